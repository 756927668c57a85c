"""Closures as recorded: the one asked for, its calendar entry, the lock every step of it takes first.

Locks, in this order: the closure, the commune's set-up, then the fixed order of every gesture (design, guarantee 1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import ClosureState
from tui_portail.closed_days import ClosedDays, closed_openings
from tui_portail.commune import Commune
from tui_portail.errors import PortailError
from tui_portail.field_checks import FormRefused
from tui_portail.school_calendar import Closure
from tui_portail.services.closed_bookings import slots_of
from tui_portail.services.commune import latest_version, read_commune_version, record_commune
from tui_portail.services.gesture import Gesture
from tui_portail.services.slots import ensure_slots

SOURCE = "journées annulées"


class ClosureUnknown(PortailError):
    """No closure has this id."""

    code = "ANNULATION_INCONNUE"

    def __init__(self) -> None:
        super().__init__("Cette annulation de journées n’existe pas. Rouvrez la liste « Journées annulées ».")


class ClosureStands(PortailError):
    """A calendar would no longer close days that are cancelled for families."""

    code = "FERMETURE_EN_COURS"

    def __init__(self, days: ClosedDays) -> None:
        super().__init__(
            f"Ce calendrier rouvrirait des journées annulées aux familles ({days.days_in_words()}, {days.reason}). Rien n’est "
            "enregistré : annulez d’abord la fermeture dans « Journées annulées » (D : défaire), ou remettez-la telle quelle au calendrier."
        )


@dataclass(frozen=True, slots=True)
class RecordedClosure:
    """A closure as it stands. `undone_by`: its undoing began; `undone_at`: it is over."""

    closure_id: int
    days: ClosedDays
    state: ClosureState
    recorded_at: datetime
    undone_by: int | None
    undone_at: datetime | None
    undo_reason: str

    @property
    def is_running(self) -> bool:
        """Whether families are still to be done, or to be undone."""
        return self.state is ClosureState.RUNNING or (self.undone_by is not None and self.undone_at is None)


def read_closure(connection: Connection, closure_id: int) -> RecordedClosure:
    """Return a closure. Raises ClosureUnknown."""
    row = connection.execute(select(t.day_closure).where(t.day_closure.c.id == closure_id)).first()
    if row is None:
        raise ClosureUnknown
    return recorded_from(row, activities_of(connection, [closure_id])[closure_id])


def recorded_from(row: Any, activities: tuple[str, ...]) -> RecordedClosure:
    """Build a closure from its row."""
    days = ClosedDays(row.first_on, row.last_on, row.site_code, activities, row.reason)
    state = ClosureState(row.state)
    return RecordedClosure(row.id, days, state, row.recorded_at, row.undone_by, row.undone_at, row.undo_reason)


def activities_of(connection: Connection, closure_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return the activities of each closure, in the order families know them."""
    closed = t.day_closure_activity.c
    found: dict[int, tuple[str, ...]] = dict.fromkeys(closure_ids, ())
    rows = connection.execute(
        select(closed.closure_id, closed.activity_code)
        .join(t.activity, t.activity.c.code == closed.activity_code)
        .where(closed.closure_id.in_(closure_ids))
        .order_by(t.activity.c.rank, t.activity.c.code)
    )
    for row in rows:
        found[row.closure_id] = (*found[row.closure_id], row.activity_code)
    return found


def lock_closure(connection: Connection, closure_id: int) -> RecordedClosure:
    """Lock a closure until the transaction ends, and return it. Raises ClosureUnknown."""
    lock_rows(connection, t.day_closure, [closure_id])
    return read_closure(connection, closure_id)


def refuse_closed_twice(connection: Connection, days: ClosedDays) -> None:
    """Refuse days that another closure cancels whole, or touches while its families are being gone through. Raises FormRefused.

    A day booked is given back by one closure: were two to share it, undoing neither would book it again.
    """
    closure = t.day_closure.c
    rows = connection.execute(
        select(t.day_closure).where(
            closure.state != ClosureState.UNDONE.value,
            closure.first_on <= days.last,
            closure.last_on >= days.first,
        )
    ).all()
    activities = activities_of(connection, [row.id for row in rows])
    for row in rows:
        other = recorded_from(row, activities[row.id])
        named = f"{other.days.days_in_words()}, {other.days.reason}"
        if other.is_running and other.days.overlaps(days):
            raise FormRefused(
                f"Une annulation de ces journées n’est pas finie ({named}) : ouvrez-la dans « Journées annulées », "
                "F10 la continue, puis recommencez.",
                "first",
            )
        if other.days.covers(days):
            raise FormRefused(
                f"Ces journées sont déjà annulées ({named}) : ouvrez cette annulation dans « Journées annulées ».",
                "first",
            )


def refuse_reopened(connection: Connection, before: Commune, after: Commune, today: date) -> None:
    """Refuse a set-up that takes off the calendar a closure that stands, over days not past. Raises ClosureStands."""
    closure = t.day_closure.c
    rows = connection.execute(
        select(t.day_closure)
        .where(closure.state != ClosureState.UNDONE.value, closure.last_on >= today)
        .order_by(closure.first_on, closure.id)
    ).all()
    activities = activities_of(connection, [row.id for row in rows])
    for row in rows:
        days = recorded_from(row, activities[row.id]).days
        if own_entry(before, days) is not None and own_entry(after, days) is None:
            raise ClosureStands(days)


def lock_set_up(connection: Connection) -> Commune:
    """Lock the commune's set-up against other changes, and return the one in force then."""
    lock_rows(connection, t.database_identity, [1])
    return read_commune_version(connection, latest_version(connection))


def lock_closed_slots(connection: Connection, commune: Commune, days: ClosedDays) -> None:
    """Make and lock every slot closed: no gesture that judged by the set-up before may book one once this transaction ends."""
    known = connection.scalars(select(t.slot.c.id).where(slots_of(days)))
    ensure_slots(connection, commune, closed_openings(days, commune), also=list(known))


def write_closure(gesture: Gesture, days: ClosedDays) -> int:
    """Write a closure that begins, and return its id."""
    connection = gesture.connection
    closure_id = connection.execute(
        insert(t.day_closure)
        .values(
            first_on=days.first,
            last_on=days.last,
            site_code=days.site,
            reason=days.reason,
            state=ClosureState.RUNNING.value,
            recorded_at=gesture.now,
            agent_id=gesture.agent.agent_id,
        )
        .returning(t.day_closure.c.id)
    ).scalar_one()
    connection.execute(
        insert(t.day_closure_activity),
        [{"closure_id": closure_id, "activity_code": code} for code in days.activities],
    )
    return int(closure_id)


def put_on_calendar(gesture: Gesture, commune: Commune, days: ClosedDays) -> int:
    """Add a closure to the commune's calendar, its set-up locked; return the version in force."""
    return _record(gesture, commune, (*commune.calendar.closures, days.on_the_calendar(commune.policy)), days.reason)


def take_off_calendar(gesture: Gesture, commune: Commune, days: ClosedDays, reason: str) -> tuple[int, bool]:
    """Take a closure off the commune's calendar, its set-up locked; return the version in force, and whether it was still there."""
    version = _record(gesture, commune, without(commune, days), reason)
    return version, own_entry(commune, days) is not None


def own_entry(commune: Commune, days: ClosedDays) -> Closure | None:
    """Return the entry of the calendar that a closure added, None where somebody took it off.

    One that closed everything says no activity by name: activities added since, or taken away, do not hide it.
    """
    named = days.on_the_calendar(commune.policy)
    forms = (replace(named, only=frozenset(days.activities)), replace(named, only=frozenset[str]()))
    return next((form for form in forms if form in commune.calendar.closures), None)


def without(commune: Commune, days: ClosedDays) -> tuple[Closure, ...]:
    """Return the closures of the calendar without the one that a closure added; nothing else goes where somebody took it off already."""
    closures, own = commune.calendar.closures, own_entry(commune, days)
    if own is None:
        return closures
    place = closures.index(own)
    return (*closures[:place], *closures[place + 1 :])


def _record(gesture: Gesture, commune: Commune, closures: tuple[Closure, ...], reason: str) -> int:
    changed = replace(commune, calendar=replace(commune.calendar, closures=closures))
    return record_commune(gesture.connection, changed, SOURCE, gesture.now, gesture.agent.agent_id, reason)
