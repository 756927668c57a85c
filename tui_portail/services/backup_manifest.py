"""What a backup holds, written beside it as JSON: which base, of which version, how far its journal goes, and the file's own SHA-256.

Read from a base of any of our versions, in the very snapshot that is copied. Nobody is named in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text

from models import tables as t
from tui_portail.errors import PortailError
from tui_portail.files import FileTooLarge, read_text, reason
from tui_portail.french import date_time_text, plural
from tui_portail.services.commune import CommuneMissing, commune_name
from tui_portail.services.sale import quittance_number

FORMAT = 1
SUFFIX = ".json"
_BLOCK = 1 << 20


class BackupUnreadable(PortailError):
    """The backup, or what was written beside it, is not what this program writes."""

    code = "SAUVEGARDE_ILLISIBLE"


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a régie's journal goes: its last entry and the hash that stands for all of them."""

    regie: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """What is read of a base. `rows`: how many each table has. `quittance`: the last number given, and when (aware), None before any."""

    base_id: str
    kind: str
    revision: str
    commune: str
    chains: tuple[Chain, ...]
    rows: dict[str, int]
    quittance: str | None = None
    quittance_at: datetime | None = None

    @property
    def entries(self) -> int:
        """How many entries the journal has."""
        return self.rows.get("journal_entry", 0)

    @property
    def sentence(self) -> str:
        """Say how far the base goes: « dernière quittance 2026-000123 du …, tête de chaîne 1a2b…, 412 écritures »."""
        last = "aucune quittance"
        if self.quittance and self.quittance_at:
            last = f"dernière quittance {self.quittance} du {date_time_text(self.quittance_at)}"
        heads = ", ".join(one.hash[:12] for one in self.chains) or "aucune"
        return f"{last}, tête de chaîne {heads}, {plural(self.entries, 'écriture')}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup's own description. `size` and `sha256` are of the file as it is kept, encrypted or not; `content_sha256` of what it holds.

    `sealed`: None, « cle » or « phrase ». `verified`: None when it was not tried; `verification` says what came of it, or why not (our
    code, and the server's, when it could not).
    """

    facts: BaseFacts
    program: str
    engine: str
    at: datetime
    size: int
    sha256: str
    content_sha256: str
    sealed: str | None = None
    verified: bool | None = None
    verification: str = ""
    dumped_by: int | None = None


def read_facts(connection: Connection) -> BaseFacts:
    """Read a base's facts in one snapshot, whatever its version."""
    there = set(inspect(connection).get_table_names())
    identity = t.database_identity.c
    base_id, kind = connection.execute(select(identity.base_id, identity.kind)).one()
    revision: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    head, quittance = t.journal_head.c, t.quittance.c
    chains = connection.execute(select(head.regie_id, head.last_seq, head.head_hash).order_by(head.regie_id))
    last = connection.execute(
        select(quittance.year, quittance.number, quittance.issued_at)
        .order_by(quittance.year.desc(), quittance.number.desc())
        .limit(1)
    ).first()
    try:
        commune = commune_name(connection)
    except CommuneMissing:
        commune = ""
    return BaseFacts(
        base_id,
        kind,
        revision,
        commune,
        tuple(Chain(*row) for row in chains),
        {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in t.metadata.tables.values()
            if table.name in there
        },
        quittance_number(last.year, last.number) if last else None,
        last.issued_at if last else None,
    )


def sha256_of(file: Path) -> str:
    """Return a file's SHA-256, in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with file.open("rb") as read:
        while block := read.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def manifest_path(backup: Path) -> Path:
    """Return where a backup's manifest is: beside it."""
    return backup.with_name(backup.name + SUFFIX)


def as_json(manifest: Manifest) -> str:
    """Return a manifest's text."""
    written = {"format": FORMAT, **asdict(manifest)}
    return json.dumps(written, ensure_ascii=False, indent=1, default=_instant) + "\n"


def read_manifest(backup: Path) -> Manifest:
    """Return the manifest beside a backup. Raises BackupUnreadable, which says what to do where there is none."""
    path = manifest_path(backup)
    try:
        if path.exists() and not path.is_file():  # a pipe would keep its reader waiting for ever
            raise BackupUnreadable(
                f"{path} n’est pas un fichier. Reprenez une copie de la description, ou une autre sauvegarde."
            )
        return _manifest(json.loads(read_text(path)), path)
    except FileNotFoundError:
        raise BackupUnreadable(
            f"La description {path.name} manque à côté de la sauvegarde : rien ne dit qu’elle est entière. Copiez les deux ensemble, ou "
            "donnez --sans-description pour restaurer ce qui peut l’être."
        ) from None
    except OSError as error:
        raise BackupUnreadable(f"La description {path} ne peut pas être lue ({reason(error)}).") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, FileTooLarge) as error:
        raise BackupUnreadable(
            f"La description {path} est abîmée. Reprenez-en une copie, ou une autre sauvegarde."
        ) from error


def with_file(manifest: Manifest, file: Path) -> Manifest:
    """Return the manifest of a file as it is kept. Raises OSError."""
    return replace(manifest, size=file.stat().st_size, sha256=sha256_of(file))


def _manifest(written: dict[str, Any], path: Path) -> Manifest:
    """Read a description: every field there, of its type. Raises BackupUnreadable for a later format, ValueError and such."""
    if written.pop("format") != FORMAT:
        raise BackupUnreadable(f"{path} a été écrit par une version plus récente : mettez le programme à jour.")
    from pydantic import TypeAdapter  # noqa: PLC0415  slow to load

    read = TypeAdapter(Manifest).validate_json(json.dumps(written), strict=True)
    at = read.facts.quittance_at
    return replace(read, at=_in_utc(read.at), facts=replace(read.facts, quittance_at=at and _in_utc(at)))


def _in_utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC, that any clock of the world can tell. Raises ValueError, OverflowError."""
    told = instant.astimezone(UTC)
    if instant.tzinfo is None or not MINYEAR < told.year < MAXYEAR:
        raise ValueError(instant)
    return told


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
