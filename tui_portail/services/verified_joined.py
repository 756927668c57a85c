"""Accounts of one person joined, children recorded twice: what was joined is empty, was transferred, and leads to what lives."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, func, or_, select

from models import tables as t
from models.states import BookingState
from tui_portail.services.accounts import living_of
from tui_portail.services.findings import MOST_OF_A_KIND, Finding, Rule, asked
from tui_portail.services.ledger import AVOIRS, DEBTS

_LIVE = [BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value]
payer, child, transfer, posting = t.payer.c, t.child.c, t.payer_transfer.c, t.posting.c


def check_joined(connection: Connection) -> Iterator[Finding]:
    """Yield what does not hold, the accounts first."""
    yield from _accounts(connection)
    yield from _emptied(connection)
    yield from _children(connection)
    yield from _booked_twice(connection)


@asked
def _accounts() -> Iterator[Rule]:
    other, joined = t.payer.alias("other"), payer.joined_into_id.is_not(None)
    moved = exists().where(
        transfer.from_payer_id == payer.id, living_of(transfer.into_payer_id) == payer.joined_into_id
    )
    lives = exists().where(
        other.c.id == payer.joined_into_id,
        other.c.joined_into_id.is_(None),
        other.c.dossier_id == payer.dossier_id,
    )
    for broken, sentence in (
        (and_(joined, ~moved), "son compte est réuni à un autre, sans le transfert qui le dit."),
        (and_(joined, ~lives), "son compte est réuni à un autre qui n’est pas le sien."),
        (
            and_(~joined, exists().where(transfer.from_payer_id == payer.id)),
            "son compte a été transféré, mais reste ouvert.",
        ),
    ):
        yield t.payer, broken, sentence


def _emptied(connection: Connection) -> Iterator[Finding]:
    """Yield the accounts transferred on which the journal still has, or has put again, avoirs or debts."""
    left = func.sum(posting.amount_cents)
    rows = connection.execute(
        select(posting.payer_id)
        .join(t.payer_transfer, transfer.from_payer_id == posting.payer_id)
        .where(posting.account.in_([AVOIRS, DEBTS]))
        .group_by(posting.payer_id, posting.account)
        .having(left != 0)
        .order_by(posting.payer_id)
        .limit(MOST_OF_A_KIND)
    )
    for payer_id in dict.fromkeys(rows.scalars()):
        yield Finding("payer", str(payer_id), "son compte transféré n’est pas vide au journal.")


@asked
def _children() -> Iterator[Rule]:
    other, merged = t.child.alias("other"), child.merged_into_id.is_not(None)
    lives = exists().where(
        other.c.id == child.merged_into_id,
        other.c.merged_into_id.is_(None),
        other.c.dossier_id == child.dossier_id,
    )
    for broken, sentence in (
        (and_(merged, ~lives), "sa fiche est réunie à une autre qui n’est pas de son dossier."),
        (and_(merged, child.archived_at.is_(None)), "sa fiche est réunie à une autre, mais reste ouverte."),
    ):
        yield t.child, broken, sentence


def _booked_twice(connection: Connection) -> Iterator[Finding]:
    """Yield the days for which one child, recorded twice, is booked twice."""
    one, two = t.booking.alias("one"), t.booking.alias("two")
    first, second = t.child.alias("first"), t.child.alias("second")
    live = [row.c.state.in_(_LIVE) for row in (one, two)]
    same = or_(first.c.id == second.c.merged_into_id, first.c.merged_into_id == second.c.merged_into_id)
    twice = connection.scalars(
        select(two.c.id)
        .join(second, second.c.id == two.c.child_id)
        .join(first, same)
        .join(one, and_(one.c.child_id == first.c.id, one.c.slot_id == two.c.slot_id, one.c.id != two.c.id))
        .where(second.c.merged_into_id.is_not(None), *live)
        .order_by(two.c.id)
        .limit(MOST_OF_A_KIND)
    )
    for booking_id in dict.fromkeys(twice):
        yield Finding("booking", str(booking_id), "le même enfant est réservé deux fois ce jour-là.")
