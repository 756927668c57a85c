"""The versions of the commune's set-up: when, who, why, from where, and what each changed; none is ever taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models import tables as t
from tui_portail.commune_files import to_document
from tui_portail.commune_sections import Change, differences
from tui_portail.errors import PortailError
from tui_portail.services.commune import read_commune_version
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right


class VersionUnknown(PortailError):
    """There is no such version of the set-up."""

    code = "VERSION_INCONNUE"

    def __init__(self, version: int) -> None:
        super().__init__(f"Les réglages n’ont pas de version {version}. Choisissez-en une dans l’historique.")


@dataclass(frozen=True, slots=True)
class CommuneVersion:
    """One version. `who` is None for the one an empty base was filled with, which nobody signed."""

    version: int
    recorded_at: datetime
    who: str | None
    reason: str
    source: str


def list_versions(desk: Desk) -> tuple[CommuneVersion, ...]:
    """Return every version, the latest first. Raises NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        rows = connection.execute(
            select(
                t.commune_version.c.id,
                t.commune_version.c.recorded_at,
                t.agent.c.name,
                t.commune_version.c.reason,
                t.commune_version.c.source,
            )
            .select_from(t.commune_version)
            .outerjoin(t.agent, t.agent.c.id == t.commune_version.c.agent_id)
            .order_by(t.commune_version.c.id.desc())
        ).all()
    return tuple(CommuneVersion(*row) for row in rows)


def version_changes(desk: Desk, version: int) -> tuple[Change, ...]:
    """Return what a version changed from the one before; nothing for the first. Raises VersionUnknown, NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        after = _document(connection, version)
        earlier = select(func.max(t.commune_version.c.id)).where(t.commune_version.c.id < version)
        before = connection.scalar(earlier)
        return () if before is None else differences(_document(connection, before), after)


def version_document(desk: Desk, version: int) -> dict[str, Any]:
    """Return a version's whole document. Raises VersionUnknown, NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        return _document(connection, version)


def _document(connection: Connection, version: int) -> dict[str, Any]:
    """Return a version's document with every default spelled out: one of an earlier program says fewer."""
    if connection.scalar(select(t.commune_version.c.id).where(t.commune_version.c.id == version)) is None:
        raise VersionUnknown(version)
    return dict(to_document(read_commune_version(connection, version)))
