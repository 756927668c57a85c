"""What a diagnostic says of a SQLite file: where it is, who may read it, its log, its room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from models.addresses import DatabaseAddress
from models.network_drives import network_type
from tui_portail.diagnosis import Finding, State, size_text
from tui_portail.services.diagnosed_machine import mode_text, open_to_others, room_finding

SECTION = "Base"


def sqlite_file_findings(path: Path) -> Iterator[Finding]:
    """Yield what can be told of the file without opening it."""
    try:
        size = path.stat().st_size
    except OSError:
        return
    shared = open_to_others(path)
    yield Finding(
        SECTION,
        "Fichier",
        f"{size_text(size)}, mode {mode_text(path)}, dossier {mode_text(path.parent)}",
        State.ATTENTION if shared else State.OK,
        f"Tous les comptes de la machine peuvent le lire : « chmod o-rwx {path} »." if shared else "",
    )
    kind = network_type(path)
    yield Finding(
        SECTION,
        "Disque",
        f"réseau ({kind})" if kind else "local",
        State.ERREUR if kind else State.OK,
        "SQLite y perd des écritures : placez le fichier sur cette machine, ou passez à PostgreSQL." if kind else "",
    )
    yield room_finding(SECTION, path.parent)


def sqlite_findings(_address: DatabaseAddress, connection: Connection) -> Iterator[Finding]:
    """Yield the engine's own settings."""
    yield Finding(SECTION, "SQLite", str(connection.execute(text("SELECT sqlite_version()")).scalar()))
    mode = str(connection.execute(text("PRAGMA journal_mode")).scalar())
    yield Finding(
        SECTION,
        "Journal des écritures",
        mode,
        State.OK if mode == "wal" else State.ATTENTION,
        "" if mode == "wal" else "Il redevient « wal » à la prochaine ouverture du programme sur ce poste.",
    )
