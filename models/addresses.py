"""Where the database is: a plain path or `sqlite:///…` for one desk, `postgresql://…` for several."""

import os
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from models.database_errors import DatabaseAddressInvalid
from tui_portail.address_secrets import is_secret
from tui_portail.errors import InvalidInput
from tui_portail.files import expanded, names_a_file

Dialect = Literal["sqlite", "postgresql"]
POSTGRESQL_NAMES = {"postgresql", "postgres", "postgresql+psycopg"}
POOLED = "pgbouncer"
"""The address's own option: « ?pgbouncer=1 » says that a pgbouncer in transaction mode is between the desk and the server."""
BUSY_TIMEOUT_S = 5.0
NOT_AN_ADDRESS = (
    "Cette adresse de base n’est pas comprise. Donnez un chemin de fichier, « sqlite:///chemin » "
    "ou « postgresql://utilisateur@serveur/base »."
)
UNESCAPED = (
    "Cette adresse de base contient un « @ » de trop. Si le mot de passe contient « @ », « / » ou « ? », "
    "écrivez-les %40, %2F et %3F."
)
NOT_POOLED = (
    "L’option « pgbouncer » de cette adresse n’est pas comprise : écrivez « ?pgbouncer=1 » quand un pgbouncer est devant "
    "le serveur, ou retirez-la."
)

SqliteMode = Literal["rw", "ro", "immutable"]


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """An address understood. `path` is the absolute file on SQLite, `url` the driver's URL on PostgreSQL.

    `pooled`: a pgbouncer lends a server's connection for each transaction, and nothing set on one is found again in the next.
    """

    dialect: Dialect
    url: URL = field(repr=False)
    path: Path | None = None
    pooled: bool = False

    @classmethod
    def parse(cls, text: str) -> "DatabaseAddress":
        """Read a path or a URL. Raises DatabaseAddressInvalid on anything else."""
        if "://" not in text:
            return cls._of_file(text)
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise DatabaseAddressInvalid(UNESCAPED if _is_unescaped(text) else NOT_AN_ADDRESS) from None
        if url.drivername in POSTGRESQL_NAMES:
            if _is_unescaped(text):  # a part of the password would be taken, and shown, as the server's name
                raise DatabaseAddressInvalid(UNESCAPED)
            if ":" in (url.username or ""):  # « account%3Apassword », which would be shown as the account
                raise DatabaseAddressInvalid(NOT_AN_ADDRESS)
            pooled = _is_pooled(url)
            url = url.difference_update_query([POOLED])
            return cls("postgresql", url.set(drivername="postgresql+psycopg"), pooled=pooled)
        if url.drivername in {"sqlite", "sqlite+pysqlite"} and url.database and not url.host:
            return cls._of_file(url.database)
        raise DatabaseAddressInvalid(NOT_AN_ADDRESS)

    @classmethod
    def _of_file(cls, text: str) -> "DatabaseAddress":
        if not names_a_file(text):
            raise DatabaseAddressInvalid(NOT_AN_ADDRESS)
        try:
            path = expanded(text).absolute()
        except InvalidInput as refused:
            raise DatabaseAddressInvalid(refused.sentence) from None
        return cls("sqlite", URL.create("sqlite", database=str(path)), path)

    def __str__(self) -> str:
        """Return the address as it may be shown, and given again: without its password."""
        if self.path is not None:
            return str(self.path)
        shown = self._given.set(drivername="postgresql").difference_update_query(self._secrets)
        return shown._replace(password=None).render_as_string()

    @property
    def holds_password(self) -> bool:
        """Whether the address says a password, which `str` leaves out."""
        return self.url.password is not None or bool(self._secrets)

    @property
    def text(self) -> str:
        """Return what `parse` reads back: the file's path, or the server's URL with its password."""
        return str(self.path) if self.path is not None else self._given.render_as_string(hide_password=False)

    @property
    def resolved(self) -> "DatabaseAddress":
        """The address of the file itself where this one leads to it by links: what renames or replaces a base does it to the file."""
        return self if self.path is None else self._of_file(os.path.realpath(self.path))

    @property
    def _secrets(self) -> list[str]:
        """Names of the options that say one; « options » may say any setting of the server."""
        query = self.url.query
        return [
            name for name, value in query.items() if is_secret(name) or (name == "options" and is_secret(str(value)))
        ]

    @property
    def _given(self) -> URL:
        """The driver's URL with the program's own option, as it was given."""
        return self.url.update_query_dict({POOLED: "1"}) if self.pooled else self.url

    def connect_sqlite(self, mode: SqliteMode = "rw", *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
        """Open the file without ever creating one, in autocommit: transactions are begun by hand.

        `immutable` is for a copy on a disk that can only be read, where SQLite can keep neither lock nor index of the log.
        Raises sqlite3.OperationalError.
        """
        if self.path is None:
            raise ValueError("not a SQLite address")
        return sqlite3.connect(
            f"{self.path.as_uri()}?{'mode=ro&immutable=1' if mode == 'immutable' else f'mode={mode}'}",
            uri=True,
            timeout=busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )


def _is_pooled(url: URL) -> bool:
    """Say whether an address names a pgbouncer. Raises DatabaseAddressInvalid when it says neither yes nor no."""
    said = url.query.get(POOLED, "0")
    if said not in ("0", "1"):
        raise DatabaseAddressInvalid(NOT_POOLED)
    return said == "1"


def _is_unescaped(text: str) -> bool:
    """Say whether a server's address has an « @ » besides the one before the server's name."""
    address = text.split("://", 1)[1]
    before_path = re.split("[/?#]", address, maxsplit=1)[0]
    return address.count("@") > min(before_path.count("@"), 1)
