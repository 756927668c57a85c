"""The sheet of a site's activity on a day: who is expected, who told they would not come, who came all the same, what was marked.

A child recorded twice is one line. Only what the one who calls the names needs is here: no price, no payer, no dossier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from models import tables as t
from models.states import ENDED_STATES, LIVE_STATES, BookingState, ProofState
from models.states import AttendanceState as AttendanceState
from tui_portail.badges import badge_number
from tui_portail.commune import Commune
from tui_portail.family_words import DIETS
from tui_portail.folding import fold
from tui_portail.payment_rules import age_on
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import in_force, shown_as
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey

ERASED = "identité effacée"
_LIVE = (BookingState.CONFIRMED.value, BookingState.DUE.value)


@dataclass(frozen=True, slots=True)
class SheetChild:
    """A child as those who receive them know them. `marks` are the PAI and the meal, in neutral words, for who may see them."""

    child_id: int
    dossier_id: int
    first_name: str
    last_name: str
    birth_on: date
    age: int
    school: str
    class_name: str
    marks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name as it is called and sorted: « DUPONT Inès »."""
        return f"{self.last_name.upper()} {self.first_name}".strip() or ERASED

    @property
    def badge(self) -> str:
        """The number of the child's badge."""
        return badge_number(self.child_id)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A child on a day: what was marked (None: nothing yet), by whom; `told` where the absence was told, too late to be given back.

    `given_back`: a justificatif was accepted for it; `by_itself`: justified so, without being marked.
    """

    child: SheetChild
    state: AttendanceState | None
    booking_id: int | None
    told: bool = False
    given_back: bool = False
    by_itself: bool = False
    marked_at: datetime | None = None
    marked_by: str = ""

    @property
    def is_expected(self) -> bool:
        """Whether the child is on the list because a day was booked."""
        return not self.told and self.state is not AttendanceState.UNBOOKED

    @property
    def sort_key(self) -> tuple[str, str, int]:
        """What puts lines in the order of names."""
        return fold(self.child.last_name), fold(self.child.first_name), self.child.child_id

    @property
    def came(self) -> bool:
        """Whether the child was there."""
        return self.state in (AttendanceState.PRESENT, AttendanceState.UNBOOKED)


@dataclass(frozen=True, slots=True)
class AttendanceSheet:
    """Everybody of a slot, by name: expected and come without booking first, absences told apart.

    `rows` are the ids of the marks by child, those taken off included; `slot_id` is None where nobody ever booked.
    """

    slot: SlotKey
    site: str
    activity: str
    lines: tuple[SheetLine, ...]
    slot_id: int | None = None
    rows: Mapping[int, int] = field(default_factory=dict)

    def line(self, child_id: int) -> SheetLine | None:
        """Return the line of a child."""
        return next((line for line in self.lines if line.child.child_id == child_id), None)

    @property
    def expected(self) -> tuple[SheetLine, ...]:
        """The children who booked."""
        return tuple(line for line in self.lines if line.is_expected)

    @property
    def left(self) -> tuple[SheetLine, ...]:
        """The children expected of whom nothing was marked yet."""
        return tuple(line for line in self.expected if line.state is None)

    def count(self, *states: AttendanceState) -> int:
        """Count the lines marked so."""
        return sum(line.state in states for line in self.lines)


def attendance_sheet(desk: Desk, slot: SlotKey) -> AttendanceSheet:
    """Return the sheet of a slot (site, activity, day), past or to come. Raises NotAllowed."""
    with desk.read(Right.ATTENDANCE) as connection:
        agent = desk.require()
        seen = agent.may(Right.SEE_DIET) or agent.may(Right.NUMBERS)
        return read_sheet(connection, desk.commune(connection), slot, marks=seen)


def read_sheet(connection: Connection, commune: Commune, slot: SlotKey, *, marks: bool = False) -> AttendanceSheet:
    """Read a slot's sheet; without `marks`, the children's meals and PAI are left out."""
    site, activity, day = slot
    known = t.slot.c
    slot_id = connection.scalar(
        select(known.id).where(known.site_code == site, known.activity_code == activity, known.day == day)
    )
    booked: defaultdict[int, list[Any]] = defaultdict(list)
    marked: dict[int, Any] = {}
    if slot_id is not None:
        for row in _booked(connection, slot_id):
            booked[row.person].append(row)
        marked = {row.person: row for row in _marked(connection, slot_id)}
    persons = booked.keys() | marked.keys()
    children = read_children(connection, commune, persons, day, marks=marks)
    lines = [_line(children[person], booked.get(person, ()), marked.get(person)) for person in persons]
    shown = sorted((line for line in lines if line is not None), key=lambda line: (line.told, line.sort_key))
    rows = {person: row.id for person, row in marked.items()}
    names = site_name(commune, site), activity_label(commune, activity)
    return AttendanceSheet(slot, *names, tuple(shown), slot_id, rows)


def site_name(commune: Commune, code: str) -> str:
    """Return a site's name, its code when the commune has it no more."""
    return next((site.name for site in commune.sites if site.code == code), code)


def activity_label(commune: Commune, code: str) -> str:
    """Return an activity's label, its code when the commune has it no more."""
    rule = commune.policy.activities.get(code)
    return code if rule is None else rule.label


def _booked(connection: Connection, slot_id: int) -> list[Any]:
    """Return what was booked on a slot, each row with the record its child is shown under; what was told too late comes last."""
    booking, proof = t.booking.c, t.absence_proof.c
    booked = (
        select(
            shown_as().label("person"),
            booking.id.label("booking_id"),
            booking.state,
            proof.state.label("proof_state"),
        )
        .join(t.child, t.child.c.id == booking.child_id)
        .outerjoin(t.absence_proof, proof.id == booking.proof_id)
        .where(booking.slot_id == slot_id)
        .order_by(booking.id)
    )
    # a query a partial index: each is used only where its condition stands as it is
    live = booked.where(text(f"booking.{LIVE_STATES}"), booking.state != BookingState.HELD.value)
    late = booked.where(text(f"booking.{ENDED_STATES}"), t.booking.c.state != BookingState.CANCELLED.value)
    return [*connection.execute(live), *connection.execute(late)]


def _marked(connection: Connection, slot_id: int) -> list[Any]:
    """Return what was marked on a slot, each row with the record its child is shown under."""
    marked = t.attendance.c
    return list(
        connection.execute(
            select(
                shown_as().label("person"),
                marked.id,
                marked.booking_id,
                marked.state,
                marked.marked_at,
                t.agent.c.name.label("agent"),
            )
            .join(t.child, t.child.c.id == marked.child_id)
            .join(t.agent, t.agent.c.id == marked.agent_id)
            .where(marked.slot_id == slot_id)
        )
    )


def _line(child: SheetChild, booked: Sequence[Any], mark: Any | None) -> SheetLine | None:
    """Return the line of a child from what was booked and marked; None for one no longer expected, of whom nothing stands."""
    live = next((row for row in booked if row.state in _LIVE), None)
    late = next((row for row in reversed(booked) if row.state not in _LIVE), None)
    state = None if mark is None or mark.state == AttendanceState.CLEARED.value else AttendanceState(mark.state)
    found = live or late
    if found is None and state is None:
        return None
    justified = live is None and late is not None and late.proof_state == ProofState.ACCEPTED.value
    by_itself = justified and state in (None, AttendanceState.ABSENT)
    return SheetLine(
        child,
        AttendanceState.JUSTIFIED if by_itself else state,
        found.booking_id if found is not None else mark and mark.booking_id,
        told=live is None and late is not None and state not in (AttendanceState.PRESENT, AttendanceState.UNBOOKED),
        given_back=justified,
        by_itself=by_itself,
        marked_at=mark and mark.marked_at,
        marked_by=mark.agent if mark is not None else "",
    )


def read_children(
    connection: Connection, commune: Commune, child_ids: Collection[int], day: date, *, marks: bool
) -> Mapping[int, SheetChild]:
    """Return children by id, as they are on a day: their age, their school and class."""
    child, schooling = t.child.c, t.schooling.c
    found = connection.execute(
        select(
            child.id,
            child.dossier_id,
            child.first_name,
            child.last_name,
            child.birth_on,
            child.pai,
            child.pai_until_on,
            child.diet,
            child.meal_supplied,
            schooling.school_code,
            schooling.class_name,
            schooling.from_on,
        )
        .outerjoin(t.schooling, schooling.child_id == child.id)
        .where(child.id.in_(sorted(child_ids)))
    ).all()
    by_child: defaultdict[int, list[Any]] = defaultdict(list)
    for row in found:
        by_child[row.id].append(row)
    return {child_id: _child(commune, rows, day, marks) for child_id, rows in by_child.items()}


def _child(commune: Commune, rows: list[Any], day: date, marks: bool) -> SheetChild:
    row = in_force([row for row in rows if row.from_on is not None], "from_on", day) or rows[0]
    return SheetChild(
        row.id,
        row.dossier_id,
        row.first_name,
        row.last_name,
        row.birth_on,
        age_on(row.birth_on, day),
        next((school.name for school in commune.schools if school.code == row.school_code), ""),
        row.class_name or "",
        meal_marks(row, day) if marks else (),
    )


def meal_marks(row: Any, day: date) -> tuple[str, ...]:
    """Return what those who receive a child must know, in neutral words: a PAI in force, another meal, none supplied."""
    pai = ("PAI",) if row.pai and (row.pai_until_on is None or day <= row.pai_until_on) else ()
    diet = (DIETS.get(row.diet, row.diet),) if row.diet else ()
    return (*pai, *diet, *(() if row.meal_supplied else ("sans repas fourni",)))


def children_of_site(connection: Connection, commune: Commune, slot: SlotKey) -> tuple[SheetChild, ...]:
    """Return the children whose school a site receives for an activity on a day, by name: those one may find there without booking."""
    site, activity, day = slot
    schools = [school.code for school in commune.schools if commune.sites_for(school.code).get(activity) == site]
    child, schooling = t.child.c, t.schooling.c
    latest = (
        select(func.max(schooling.from_on))
        .where(schooling.child_id == child.id, schooling.from_on <= day)
        .correlate(t.child)
        .scalar_subquery()
    )
    ids = connection.scalars(
        select(child.id)
        .join(t.schooling, schooling.child_id == child.id)
        .join(t.dossier, t.dossier.c.id == child.dossier_id)
        .where(
            schooling.school_code.in_(schools),
            or_(schooling.from_on == latest, latest.is_(None)),
            child.archived_at.is_(None),
            t.dossier.c.archived_at.is_(None),
            t.dossier.c.erased_at.is_(None),
        )
    )
    found = read_children(connection, commune, set(ids), day, marks=False).values()
    return tuple(sorted(found, key=lambda one: (fold(one.last_name), fold(one.first_name), one.child_id)))
