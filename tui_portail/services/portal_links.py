"""Which guardian an account is: found by the dossier's number received by post and the typed name, or given by Enfance/Jeunesse.

One answer for every failure: a number that does not exist, another's name, a guardian who has an account already, one whose account
Enfance/Jeunesse took off, a second payer whose identifier is asked for there (leaflet, « Parents séparés »).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, exists, select, update

from models import tables as t
from models.states import TryKind
from tui_portail.dossier_number import compact, is_number
from tui_portail.errors import PortailError
from tui_portail.folding import words_of
from tui_portail.portal_rules import LEAFLET_PORTAL
from tui_portail.services.dossier_gesture import dossier_rows, lock_dossier, write_changes
from tui_portail.services.gesture import Gesture
from tui_portail.services.portal import Portal
from tui_portail.services.portal_tries import Tried, count_try, forget_tries


class LinkRefused(PortailError):
    """The number and the name do not lead to a guardian who may be linked: it is never said why."""

    code = "RATTACHEMENT_REFUSE"
    source = LEAFLET_PORTAL

    def __init__(self) -> None:
        super().__init__(
            "Ce numéro de dossier et ce nom ne permettent pas de rattacher votre compte. Vérifiez le numéro sur la lettre reçue et "
            "l’orthographe de votre nom ; sinon, adressez-vous au service Enfance/Jeunesse, qui donne aussi le second identifiant."
        )


def try_number(portal: Portal, last_name: str, first_name: str, number: str) -> None:
    """Say whether a dossier's number may be linked to a name, counting the try. Raises LinkRefused, TooManyTries."""
    subjects = link_subjects(last_name, first_name, number)
    count_try(portal.desk, TryKind.LINK, subjects)
    with portal.read_public() as connection:
        linkable(connection, last_name, first_name, number)
    portal.desk.database.run(lambda connection: forget_tries(connection, TryKind.LINK, subjects))


def link_subjects(last_name: str, first_name: str, number: str) -> tuple[Tried, Tried]:
    """Return what a try at a number is counted for: the person named, and the number."""
    name = " ".join(words_of(f"{last_name} {first_name}"))
    return Tried(f"nom {name}"), Tried(f"dossier {compact(number)[:20]}")


def linkable(connection: Connection, last_name: str, first_name: str, number: str) -> Any:
    """Return the guardian's row (id, dossier_id) that a number and a name lead to. Raises LinkRefused."""
    if not is_number(number):
        raise LinkRefused
    guardian, dossier, payer = t.guardian.c, t.dossier.alias("printed"), t.payer.c
    rows = connection.execute(
        select(guardian.id, guardian.dossier_id, guardian.last_name, guardian.first_name, guardian.birth_name)
        .select_from(dossier)
        .join(
            t.dossier, t.dossier.c.id.in_([dossier.c.id, dossier.c.merged_into_id])
        )  # a merged one leads to the other
        .join(t.guardian, guardian.dossier_id == t.dossier.c.id)
        .join(t.payer, payer.guardian_id == guardian.id)
        .outerjoin(t.portal_account, t.portal_account.c.guardian_id == guardian.id)
        .where(
            dossier.c.number == compact(number),
            t.dossier.c.archived_at.is_(None),
            t.dossier.c.erased_at.is_(None),
            t.dossier.c.merged_into_id.is_(None),
            payer.rank == 1,
            payer.joined_into_id.is_(None),
            guardian.linked_at.is_(None),
            t.portal_account.c.id.is_(None),
            ~exists().where(t.portal_account.alias("unlinked").c.unlinked_from_id == guardian.id),
        )
    ).all()
    first, last = words_of(first_name), words_of(last_name)
    for row in rows:
        names = {words_of(row.last_name), words_of(row.birth_name or row.last_name)}
        if first and words_of(row.first_name) == first and last in names:
            return row
    raise LinkRefused


def link(gesture: Gesture, account_id: int, guardian_id: int, dossier_id: int) -> None:
    """Make a guardian an account's, and say so in the dossier's history; the dossier is locked."""
    _write(gesture, account_id, guardian_id, dossier_id, linked=True)


def unlink(gesture: Gesture, account_id: int, guardian_id: int, dossier_id: int) -> None:
    """Take an account off its guardian: its sessions end; the dossier is locked."""
    _write(gesture, account_id, guardian_id, dossier_id, linked=False)


def lock_linkable(gesture: Gesture, last_name: str, first_name: str, number: str) -> Any:
    """Lock the dossier that a number leads to, and return the guardian's row as it is under the lock. Raises LinkRefused."""
    found = linkable(gesture.connection, last_name, first_name, number)
    lock_dossier(gesture.connection, found.dossier_id)
    return linkable(gesture.connection, last_name, first_name, number)


def _write(gesture: Gesture, account_id: int, guardian_id: int, dossier_id: int, *, linked: bool) -> None:
    connection, account = gesture.connection, t.portal_account
    before = dossier_rows(connection, dossier_id)
    connection.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(
            guardian_id=guardian_id if linked else None,
            unlinked_from_id=None if linked else guardian_id,
            version=account.c.version + 1,
        )
    )
    connection.execute(
        update(t.guardian).where(t.guardian.c.id == guardian_id).values(linked_at=gesture.now if linked else None)
    )
    write_changes(gesture, dossier_id, before)
