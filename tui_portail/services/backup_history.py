"""Which backups of a folder are of a base's own history: a base restored for a trial keeps the identity of the one it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, select

from models import tables as t
from models.states import GENESIS_HASH
from tui_portail.services.backup_manifest import Chain, Manifest
from tui_portail.services.backup_notes import BACKED_UP, SUBJECT


def of_this_history(connection: Connection, found: Mapping[str, Manifest], *, remembers: bool) -> dict[str, Manifest]:
    """Return the backups whose journal's head is an entry of this base's journal and, where it `remembers`, that it noted itself.

    A base that notes none (of an earlier version, or backed up by an account that only reads) has its journal only to tell by.
    """
    noted = _noted(connection) if remembers else None
    return {
        name: one
        for name, one in found.items()
        if (noted is None or one.sha256 in noted) and all(_holds(connection, chain) for chain in one.facts.chains)
    }


def _noted(connection: Connection) -> set[str]:
    event = t.audit_event.c
    told = connection.scalars(select(event.details).where(event.subject == SUBJECT, event.gesture == BACKED_UP))
    return {str(json.loads(details).get("sha256")) for details in told}


def _holds(connection: Connection, head: Chain) -> bool:
    """Say whether the journal has gone by this head: it only goes on."""
    if head.seq == 0:
        return head.hash == GENESIS_HASH
    entry = t.journal_entry.c
    here = select(entry.hash).where(entry.regie_id == head.regie, entry.seq == head.seq)
    return connection.scalar(here) == head.hash
