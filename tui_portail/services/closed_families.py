"""The families that a closure touches: whose children, on which days, for how much, how to reach them, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from models.bulk import by_chunks
from models.states import Authority, BookingState, ClosedDayOutcome, NotRestored
from tui_portail.folding import fold
from tui_portail.services.accounts import living_of
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.closed_bookings import outcome_of
from tui_portail.services.family_facts import shown_as

WHY_WORDS = {
    NotRestored.AVOIR_USED: "avoir déjà utilisé",
    NotRestored.ON_HOLD: "n’était pas payé",
    NotRestored.DEBT: "était une dette : à reprendre à la main",
    NotRestored.BASKET: "un panier attendait son paiement",
    NotRestored.BOOKED: "réservé autrement depuis",
    NotRestored.FULL: "plus de place",
    NotRestored.CLOSED: "jour encore fermé",
    NotRestored.LATE: "la famille l’avait annulée hors délai : son avoir lui reste",
    NotRestored.GONE: "famille ou enfant archivé",
}


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day that a closure cancels, or cancelled: whose, paid by which account that lives, what comes of it, the cents given back.

    `late`: the family had cancelled it too late. Once undone, what it became.
    """

    dossier_id: int
    child_id: int
    payer_id: int
    activity: str
    day: date
    outcome: ClosedDayOutcome
    cents: int
    late: bool = False
    avoir: str = ""
    restored: bool = False
    not_restored: NotRestored | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """A guardian, who pays by an account or not, and the telephones to try, the first first."""

    guardian_id: int
    payer_id: int | None
    name: str
    phones: tuple[str, ...]
    email: str

    @property
    def words(self) -> str:
        """« 06 12 34 56 78 Marie Dupont »: the number first, a narrow column cuts the end."""
        return f"{' / '.join(self.phones)} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class ClosedFamily:
    """A family touched: its days, the children concerned with their first names, who to call, those who pay first."""

    dossier_id: int
    number: str
    label: str
    named: tuple[tuple[int, str], ...]
    days: tuple[ClosedDay, ...]
    reach: tuple[Reach, ...]

    @property
    def children(self) -> tuple[str, ...]:
        """The first names of the children concerned."""
        return tuple(name for _, name in self.named)

    @property
    def avoir_cents(self) -> int:
        """What is given back, in cents."""
        return sum(day.cents for day in self.days)

    @property
    def avoirs(self) -> tuple[str, ...]:
        """The numbers of its avoirs."""
        return tuple(sorted({day.avoir for day in self.days if day.avoir}))

    def count(self, outcome: ClosedDayOutcome) -> int:
        """Return how many of its days come to that."""
        return sum(day.outcome is outcome for day in self.days)

    @property
    def restored(self) -> int:
        """How many days were booked again."""
        return sum(day.restored for day in self.days)

    @property
    def why_left(self) -> tuple[str, ...]:
        """Why the others stay cancelled, in words, each once."""
        return tuple(dict.fromkeys(WHY_WORDS[day.not_restored] for day in self.days if day.not_restored is not None))

    @property
    def phones(self) -> str:
        """Who to call, in order."""
        return " · ".join(one.words for one in self.reach if one.phones)


def days_to_close(rows: Iterable[Any]) -> list[ClosedDay]:
    """Return what closing would make of days booked (`closed_bookings.booked`)."""
    found = []
    for row in rows:
        outcome = outcome_of(row)
        cents = row.price_cents if outcome is ClosedDayOutcome.AVOIR else 0
        late = row.state == BookingState.CANCELLED_LATE.value
        day = ClosedDay(row.dossier_id, row.child_id, row.payer_id, row.activity_code, row.day, outcome, cents, late)
        found.append(day)
    return found


def days_closed(connection: Connection, closure_id: int) -> list[ClosedDay]:
    """Return what a closure did, as its lines say."""
    line, booking, avoir = t.day_closure_line.c, t.booking.c, t.avoir.c
    rows = connection.execute(
        select(
            t.day_closure_line,
            booking.day,
            booking.state,
            booking.price_cents,
            avoir.year,
            avoir.number,
            t.slot.c.activity_code,
        )
        .add_columns(shown_as().label("child_id"), living_of(booking.payer_id).label("payer_id"))
        .join(t.booking, booking.id == line.booking_id)
        .join(t.slot, t.slot.c.id == booking.slot_id)
        .join(t.child, t.child.c.id == booking.child_id)
        .outerjoin(t.avoir, avoir.id == line.avoir_id)
        .where(line.closure_id == closure_id)
        .order_by(booking.day, line.id)
    )
    return [
        ClosedDay(
            row.dossier_id,
            row.child_id,
            row.payer_id,
            row.activity_code,
            row.day,
            ClosedDayOutcome(row.outcome),
            0 if row.number is None else row.price_cents,
            row.state == BookingState.CANCELLED_LATE.value,
            "" if row.number is None else avoir_number(row.year, row.number),
            row.restored_booking_id is not None,
            None if row.not_restored is None else NotRestored(row.not_restored),
        )
        for row in rows
    ]


def families_of(connection: Connection, days: Sequence[ClosedDay]) -> tuple[ClosedFamily, ...]:
    """Return the families of these days, by name."""
    by_dossier: defaultdict[int, list[ClosedDay]] = defaultdict(list)
    for day in days:
        by_dossier[day.dossier_id].append(day)
    families = []
    for ids in by_chunks(sorted(by_dossier)):
        dossier = t.dossier.c
        named = connection.execute(select(dossier.id, dossier.number, dossier.label).where(dossier.id.in_(ids))).all()
        children, reach = _children(connection, ids), _reach(connection, ids)
        for row in named:
            own = tuple(by_dossier[row.id])
            concerned = {day.child_id for day in own}
            named_ones = tuple(one for one in children[row.id] if one[0] in concerned)
            families.append(ClosedFamily(row.id, row.number, row.label, named_ones, own, tuple(reach[row.id])))
    return tuple(sorted(families, key=lambda family: (fold(family.label), family.dossier_id)))


def _children(connection: Connection, dossier_ids: Collection[int]) -> defaultdict[int, list[tuple[int, str]]]:
    child = t.child.c
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in connection.execute(
        select(child.id, child.dossier_id, child.first_name)
        .where(child.dossier_id.in_(dossier_ids))
        .order_by(child.birth_on, child.id)
    ):
        found[row.dossier_id].append((row.id, row.first_name))
    return found


def _reach(connection: Connection, dossier_ids: Collection[int]) -> defaultdict[int, list[Reach]]:
    """Return whom to call, those who pay first; never one known to hold no parental authority, unless that one pays."""
    guardian, payer = t.guardian.c, t.payer.c
    found: defaultdict[int, list[Reach]] = defaultdict(list)
    rows = connection.execute(
        select(t.guardian, payer.rank, payer.id.label("payer_id"))
        .outerjoin(t.payer, (payer.guardian_id == guardian.id) & payer.joined_into_id.is_(None))
        .where(guardian.dossier_id.in_(dossier_ids))
        .order_by(payer.rank.is_(None), payer.rank, guardian.id)
    )
    for row in rows:
        if row.rank is None and row.authority == Authority.NOT_HELD.value:
            continue
        phones = tuple(dict.fromkeys(phone for phone in (row.phone, row.phone_2) if phone))
        name = f"{row.first_name} {row.last_name}".strip()
        found[row.dossier_id].append(Reach(row.id, row.payer_id, name, phones, row.email))
    return found
