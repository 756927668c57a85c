"""The diary of Enfance/Jeunesse as it is read: its days, who comes, the times left free by the weekly template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from models import tables as t
from models.states import AppointmentState as AppointmentState
from tui_portail.appointment_times import FreeTime, TakenTime, closed_words, free_times, openings_of
from tui_portail.commune import Commune
from tui_portail.french import join_words, short_date, time_text
from tui_portail.instants import day_begins, in_paris
from tui_portail.service_rules import AppointmentKind, OpeningHours
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right

ONE_DAY = timedelta(days=1)
LOOKED_AHEAD = timedelta(days=60)  # how far a free time is looked for
TAKES_A_PLACE = (AppointmentState.PLANNED, AppointmentState.KEPT)
ERASED = "famille effacée"
KNOWN_FAMILY, RENEWAL = "DOSSIER", "RENOUVELLEMENT"
"""Kinds proposed for a family that has a dossier, and for an ALSH renewal, where the commune has kinds of these codes."""


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment: `starts_at` is UTC, `who` and `phone` the family's or those typed, `number` empty where there is no dossier.

    `moved` says how many times it was moved: given back when it is changed.
    """

    appointment_id: int
    starts_at: datetime
    minutes: int
    place: int
    kind_code: str
    kind: str
    state: AppointmentState
    dossier_id: int | None
    number: str
    who: str
    phone: str
    note: str
    moved: int
    booked_at: datetime

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def day(self) -> date:
        """Its day in Paris."""
        return in_paris(self.starts_at).date()


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """A day: why it is closed (empty when it is not), its openings, every appointment in order, the times still free from now on."""

    day: date
    closed: str
    openings: tuple[OpeningHours, ...]
    appointments: tuple[AppointmentView, ...]
    free: tuple[FreeTime, ...]

    @property
    def expected(self) -> tuple[AppointmentView, ...]:
        """Those that were not cancelled."""
        return tuple(one for one in self.appointments if one.state is not AppointmentState.CANCELLED)


def diary(desk: Desk, from_on: date, until_on: date) -> tuple[DiaryDay, ...]:
    """Return the days from one to the other, both included, in two statements. Raises NotAllowed."""
    with desk.read(Right.APPOINTMENTS) as connection:
        now = desk.instant(connection)
        commune = desk.commune(connection)
        found = read_appointments(connection, commune, from_on - ONE_DAY, until_on)
    taken = [_taken(one) for one in found if one.state in TAKES_A_PLACE]
    shortest = min((kind.minutes for kind in commune.policy.appointments.kinds), default=0)
    return tuple(_day(commune, day, found, taken, shortest, now) for day in days_between(from_on, until_on))


def appointment_kinds(desk: Desk) -> tuple[AppointmentKind, ...]:
    """Return what one may come for, in the commune's order. Raises NotAllowed."""
    with desk.read(Right.APPOINTMENTS) as connection:
        return desk.commune(connection).policy.appointments.kinds


def load_appointment(desk: Desk, appointment_id: int) -> AppointmentView:
    """Return one appointment. Raises NotAllowed; sqlalchemy.exc.NoResultFound when there is none: nothing is ever deleted."""
    with desk.read(Right.APPOINTMENTS) as connection:
        row = connection.execute(_appointments().where(t.appointment.c.id == appointment_id)).one()
        return _view(row, desk.commune(connection))


def next_day_free(desk: Desk, from_on: date, minutes: int) -> date:
    """Return the first day from one on where an appointment of so many minutes fits, that day itself when none does soon."""
    with desk.read(Right.APPOINTMENTS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        first = next(free_from(connection, commune, from_on, minutes, now), None)
    return from_on if first is None else in_paris(first).date()


def next_appointment_of(dossier_id: int, now: datetime) -> Any:
    """Return, as a subquery, the instant of a dossier's next planned appointment."""
    planned = t.appointment.c.state == AppointmentState.PLANNED.value
    return (
        select(func.min(t.appointment.c.starts_at))
        .where(t.appointment.c.dossier_id == dossier_id, planned, t.appointment.c.starts_at > now)
        .scalar_subquery()
    )


def read_appointments(
    connection: Connection, commune: Commune, from_on: date, until_on: date
) -> tuple[AppointmentView, ...]:
    """Return every appointment that begins on these days, cancelled ones too, in order, in one statement."""
    starts = t.appointment.c.starts_at
    query = _appointments().where(starts >= day_begins(from_on), starts < day_begins(until_on + ONE_DAY))
    rows = connection.execute(query.order_by(starts, t.appointment.c.place, t.appointment.c.id))
    return tuple(_view(row, commune) for row in rows)


def taken_times(connection: Connection, from_on: date, until_on: date, without: int = 0) -> list[TakenTime]:
    """Return what takes a place on these days, the appointment `without` left out."""
    row = t.appointment.c
    query = select(row.starts_at, row.minutes, row.place).where(
        row.starts_at >= day_begins(from_on - ONE_DAY),
        row.starts_at < day_begins(until_on + ONE_DAY),
        row.state.in_([state.value for state in TAKES_A_PLACE]),
        row.id != without,
    )
    return [TakenTime(*found) for found in connection.execute(query)]


def free_from(
    connection: Connection, commune: Commune, from_on: date, minutes: int, now: datetime, without: int = 0
) -> Iterator[datetime]:
    """Yield the instants still to come at which an appointment fits, from a day on, in one statement."""
    rules, calendar = commune.policy.appointments, commune.calendar
    first = max(from_on, in_paris(now).date())
    taken = taken_times(connection, first, first + LOOKED_AHEAD, without)
    for day in days_between(first, first + LOOKED_AHEAD):
        for free in free_times(openings_of(rules, calendar, day), taken, day, minutes):
            if free.starts_at > now:
                yield free.starts_at


def times_words(instants: Iterable[datetime]) -> str:
    """Return times by day, « mar. 01/12/2026 à 9 h et 9 h 15 ; jeu. 03/12/2026 à 13 h 30 »."""
    by_day: dict[date, list[str]] = {}
    for instant in instants:
        by_day.setdefault(in_paris(instant).date(), []).append(time_text(instant))
    return " ; ".join(f"{short_date(day)} à {join_words(times)}" for day, times in by_day.items())


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield the days from one to the other, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def _day(
    commune: Commune,
    day: date,
    found: tuple[AppointmentView, ...],
    taken: list[TakenTime],
    shortest: int,
    now: datetime,
) -> DiaryDay:
    rules, calendar = commune.policy.appointments, commune.calendar
    openings = openings_of(rules, calendar, day)
    free = free_times(openings, taken, day, shortest) if shortest else ()
    return DiaryDay(
        day,
        closed_words(rules, calendar, day),
        openings,
        tuple(one for one in found if one.day == day),
        tuple(one for one in free if one.starts_at > now),
    )


def _taken(one: AppointmentView) -> TakenTime:
    return TakenTime(one.starts_at, one.minutes, one.place)


def _appointments() -> Select[Any]:
    guardian = t.guardian
    phone = (
        select(guardian.c.phone)
        .where(guardian.c.dossier_id == t.appointment.c.dossier_id, guardian.c.phone != "")
        .order_by(guardian.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(
        t.appointment,
        t.dossier.c.number,
        t.dossier.c.label,
        t.dossier.c.erased_at,
        phone.label("family_phone"),
    ).outerjoin(t.dossier, t.dossier.c.id == t.appointment.c.dossier_id)


def _view(row: Any, commune: Commune) -> AppointmentView:
    kind = commune.policy.appointments.kind(row.kind_code)
    family = ERASED if row.erased_at is not None else row.label
    return AppointmentView(
        row.id,
        row.starts_at,
        row.minutes,
        row.place,
        row.kind_code,
        kind.label if kind else row.kind_code,
        AppointmentState(row.state),
        row.dossier_id,
        row.number or "",
        family or row.name,
        row.family_phone or row.phone,
        row.note,
        row.moved,
        row.booked_at,
    )
