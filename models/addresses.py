"""Where the database is: a plain path or `sqlite:///…` for one desk, `postgresql://…` for several."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from models.database_errors import DatabaseAddressInvalid

Dialect = Literal["sqlite", "postgresql"]
POSTGRESQL_NAMES = {"postgresql", "postgres", "postgresql+psycopg"}
BUSY_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """An address understood. `path` is the absolute file on SQLite, `url` the driver's URL on PostgreSQL."""

    dialect: Dialect
    url: URL
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> "DatabaseAddress":
        """Read a path or a URL. Raises DatabaseAddressInvalid on anything else."""
        if "://" not in text:
            return cls._of_file(text)
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise _not_an_address() from None
        if url.drivername in POSTGRESQL_NAMES:
            return cls("postgresql", url.set(drivername="postgresql+psycopg"))
        if url.drivername in {"sqlite", "sqlite+pysqlite"} and url.database and not url.host:
            return cls._of_file(url.database)
        raise _not_an_address()

    @classmethod
    def _of_file(cls, text: str) -> "DatabaseAddress":
        if not text.strip() or text == ":memory:":
            raise _not_an_address()
        path = Path(text).expanduser().absolute()
        return cls("sqlite", URL.create("sqlite", database=str(path)), path)

    def __str__(self) -> str:
        """Return the address as it may be shown: never with the password."""
        if self.path is not None:
            return str(self.path)
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)

    @property
    def text(self) -> str:
        """Return what `parse` reads back: the file's path, or the server's URL with its password."""
        return str(self.path) if self.path is not None else self.url.render_as_string(hide_password=False)

    def connect_sqlite(self, *, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
        """Open the file without ever creating an empty one unless asked, in autocommit: transactions are begun by hand.

        Raises sqlite3.OperationalError.
        """
        if self.path is None:
            raise ValueError("not a SQLite address")
        return sqlite3.connect(
            f"{self.path.as_uri()}?mode={'rwc' if create else 'rw'}",
            uri=True,
            timeout=busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )


def _not_an_address() -> DatabaseAddressInvalid:
    return DatabaseAddressInvalid(
        "Cette adresse de base n’est pas comprise. Donnez un chemin de fichier, « sqlite:///chemin » "
        "ou « postgresql://utilisateur@serveur/base »."
    )
