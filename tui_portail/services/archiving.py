"""A family that left: its dossier is archived, with a reason, and may be reopened. Nothing of it is lost, and it is still found.

An archived dossier books nothing any more. So nothing of it may be under way: a basket on hold, a debt, days still to come. Its children
leave the waiting lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from models import tables as t
from models.states import BasketState, BookingState
from tui_portail.decision import POLICY
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.french import join_words, long_date, plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.policy import BasketKind
from tui_portail.services.debts import owed_cents
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import person_name
from tui_portail.services.rights import Right
from tui_portail.services.waiting_offers import withdraw_entries

LONGEST_REASON, MOST_DAYS, MOST_ROWS = 200, 5, 500
ARCHIVE, REOPEN = "archiver", "rouvrir"
_TO_COME = [BookingState.CONFIRMED.value, BookingState.DUE.value]


class ArchivingRefused(PortailError):
    """Something of the dossier is under way: the sentences say what, and what to do first."""

    code = "ARCHIVAGE_REFUSE"
    source = POLICY


@dataclass(frozen=True, slots=True)
class ArchivedDossier:
    """A dossier archived, since when (UTC), why and by whom."""

    dossier_id: int
    number: str
    label: str
    archived_at: datetime
    reason: str
    agent_name: str


def archive_dossier(desk: Desk, dossier_id: int, version: int, reason: str, operation: str) -> DossierView:
    """Archive a dossier, with a reason that is kept.

    Raises ArchivingRefused, DossierChanged, DossierMerged, DossierErased, InvalidInput, NotAllowed, OperationReused.
    """
    reason = _checked(reason, "le motif de l’archivage")

    def change(gesture: Gesture) -> About:
        dossier = _row(gesture.connection, dossier_id)
        if dossier.archived_at is not None:
            raise ArchivingRefused("Ce dossier est déjà archivé.")
        if why := list(_under_way(gesture, dossier_id)):
            raise ArchivingRefused(" ".join(why))
        made = withdraw_entries(gesture, t.waiting_entry.c.dossier_id == dossier_id, "Dossier archivé")
        return _mark(gesture, dossier_id, gesture.now, made)

    return change_dossier(
        desk, ARCHIVE, dossier_id, version, operation, [reason], change, right=Right.MERGE, reason=reason
    )


def reopen_dossier(desk: Desk, dossier_id: int, reason: str, operation: str) -> DossierView:
    """Reopen an archived dossier, with a reason that is kept: its children may be booked again.

    Raises ArchivingRefused, DossierMerged, DossierErased, InvalidInput, NotAllowed, OperationReused.
    """
    reason = _checked(reason, "le motif de la réouverture")

    def change(gesture: Gesture) -> About:
        if _row(gesture.connection, dossier_id).archived_at is None:
            raise ArchivingRefused("Ce dossier n’est pas archivé : il est ouvert.")
        return _mark(gesture, dossier_id, None)

    return change_dossier(desk, REOPEN, dossier_id, None, operation, [reason], change, right=Right.MERGE, reason=reason)


def archived_dossiers(desk: Desk) -> tuple[ArchivedDossier, ...]:
    """Return the dossiers archived, the latest first (500 at most); those merged into another or erased are not among them."""
    dossier, event = t.dossier.c, t.audit_event
    last = (
        select(func.max(event.c.at))
        .where(event.c.dossier_id == dossier.id, event.c.gesture == ARCHIVE)
        .correlate(t.dossier)
        .scalar_subquery()
    )
    with desk.read(Right.MERGE) as connection:
        rows = connection.execute(
            select(dossier.id, dossier.number, dossier.label, dossier.archived_at, event.c.reason, t.agent.c.name)
            .select_from(t.dossier)
            .outerjoin(
                event,
                (event.c.dossier_id == dossier.id) & (event.c.gesture == ARCHIVE) & (event.c.at == last),
            )
            .outerjoin(t.agent, t.agent.c.id == event.c.agent_id)
            .where(dossier.archived_at.is_not(None), dossier.merged_into_id.is_(None), dossier.erased_at.is_(None))
            .order_by(dossier.archived_at.desc(), dossier.id.desc())
            .limit(MOST_ROWS)
        ).all()
    return tuple(
        ArchivedDossier(row.id, row.number, row.label, row.archived_at, row.reason or "", row.name or "")
        for row in rows
    )


def _checked(reason: str, what: str) -> str:
    clean = checked_reason(reason, LONGEST_REASON, what, "reason")
    if not clean:
        raise InvalidInput(f"Tapez {what} : il est conservé.")
    return clean


def _row(connection: Connection, dossier_id: int) -> Any:
    return connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).one()


def _mark(
    gesture: Gesture, dossier_id: int, archived_at: datetime | None, also: Mapping[str, object] | None = None
) -> About:
    gesture.connection.execute(update(t.dossier).where(t.dossier.c.id == dossier_id).values(archived_at=archived_at))
    return About("dossier", dossier_id, also=also or {})


def _under_way(gesture: Gesture, dossier_id: int) -> Iterator[str]:
    """Yield what keeps a dossier open, and what to do of it."""
    connection, guardian, basket = gesture.connection, t.guardian.c, t.basket.c
    held = (
        select(basket.id)
        .where(
            basket.payer_id == t.payer.c.id,
            basket.kind == BasketKind.RESERVATION.value,
            basket.state == BasketState.OPEN.value,
            basket.expires_at > gesture.now,
        )
        .exists()
    )
    payers = connection.execute(
        select(guardian.first_name, guardian.last_name, held.label("holds"), owed_cents().label("owes"))
        .select_from(t.payer)
        .join(t.guardian, guardian.id == t.payer.c.guardian_id)
        .where(t.payer.c.dossier_id == dossier_id, t.payer.c.joined_into_id.is_(None))
        .order_by(t.payer.c.rank)
    ).all()
    for payer in payers:
        name = person_name(payer.first_name, payer.last_name)
        if payer.holds:
            yield f"Un panier de {name} est en attente : encaissez-le ou abandonnez-le d’abord."
        if payer.owes:
            yield (
                f"{name} doit {format_cents(payer.owes)} : encaissez d’abord la régularisation ; si elle n’est pas à payer, "
                "le régisseur l’annule dans la file « à encaisser »."
            )
    yield from _days_to_come(gesture, dossier_id)


def _days_to_come(gesture: Gesture, dossier_id: int) -> Iterator[str]:
    booking, record, shown = t.booking.c, t.child, t.child.alias("shown")
    rows = gesture.connection.execute(
        select(shown.c.id, shown.c.first_name, booking.day)
        .select_from(t.booking)
        .join(record, record.c.id == booking.child_id)
        .join(
            shown,
            or_(shown.c.id == record.c.merged_into_id, (shown.c.id == record.c.id) & record.c.merged_into_id.is_(None)),
        )
        .where(
            record.c.dossier_id == dossier_id,
            booking.day >= in_paris(gesture.now).date(),
            booking.state.in_(_TO_COME),
        )
        .distinct()
        .order_by(shown.c.id, booking.day)
    ).all()
    for child_id in dict.fromkeys(row.id for row in rows):
        days = [row for row in rows if row.id == child_id]
        said = [f"le {long_date(row.day)}" for row in days[:MOST_DAYS]]
        more = len(days) - len(said)
        if more:
            said.append(plural(more, "autre jour", "autres jours"))
        yield f"{days[0].first_name} est encore réservé {join_words(said)} : annulez d’abord ces journées."
