"""The children whose ALSH dossier is to renew for a civil year (leaflet, « Dossier ALSH »), by site, with whom to call.

Read in five statements whatever the number of children. Nothing is computed at the turn of the year: whoever attended in N-1 or N is right
by the rule itself, so that on 1 January the list is right too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    extract,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)

from models import tables as t
from models.states import LIVE_STATES, AlshOrigin, AppointmentState, BookingState
from receipts.register_document import Column, Register, RegisterRow, RowKind
from tui_portail.alsh_dossier import AlshFacts, may_renew
from tui_portail.commune import Commune
from tui_portail.decision import Decision
from tui_portail.dossier_number import display
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.policy import ActivityFamily
from tui_portail.school_levels import level_label
from tui_portail.services.attendance_facts import CAME, marked_absent
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import in_force, shown_as
from tui_portail.services.identities import person_name
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.rights import Right


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """A child to renew: `last_year` is the last civil year of attendance, None for who never came; `booked_on` the next ALSH day booked.

    `callers` are the guardians who can be called, each with a telephone; `appointment_on` the day the family comes, if it is booked.
    """

    child_id: int
    dossier_id: int
    dossier_number: str
    child: str
    age: int
    site_code: str
    site: str
    school: str
    last_year: int | None
    booked_on: date | None
    callers: tuple[tuple[str, str], ...]
    appointment_on: date | None


@dataclass(frozen=True, slots=True)
class RenewalList:
    """The children to renew for a year, by site. `attended` and `renewed` count those who may book without anything more.

    `decision` says whether one may be renewed today, and why not; `next_open` whether it may be for the year after too.
    """

    year: int
    rows: tuple[RenewalRow, ...]
    attended: int
    renewed: int
    decision: Decision
    next_open: bool


def children_to_renew(desk: Desk, year: int) -> RenewalList:
    """Return the children of the service's levels who may not book an ALSH day of a civil year. Raises NotAllowed.

    For the year to come, whoever attended this year is not listed: on 1 January that is the year before, and enough.
    """
    with desk.read(Right.APPOINTMENTS) as connection:
        now = desk.instant(connection)
        commune = desk.commune(connection)
        today = in_paris(now).date()
        children = _children(connection, commune, today)
        enrolled, booked_on = _years(connection, commune, today)
        to_call = _callers(connection)
        coming = {row[0]: row[1] for row in connection.execute(_APPOINTMENTS.where(t.appointment.c.starts_at > now))}
    rows, attended, renewed = [], 0, 0
    for child, site_code in children:
        facts = enrolled.get(child.id, AlshFacts())
        if {year - 1, year} & facts.attended_years:
            attended += 1
        elif year in facts.renewed_years:
            renewed += 1
        else:
            appointment = coming.get(child.dossier_id)
            rows.append(
                RenewalRow(
                    child.id,
                    child.dossier_id,
                    child.number,
                    person_name(child.first_name, child.last_name),
                    _age(child.birth_on, today),
                    site_code,
                    _site_name(commune, site_code),
                    level_label(child.level) if child.level else child.class_name,
                    max(facts.attended_years, default=None),
                    booked_on.get(child.id),
                    to_call.get(child.dossier_id, ()),
                    in_paris(appointment).date() if appointment else None,
                )
            )
    decision, following = (may_renew(one, today, commune.policy) for one in (year, year + 1))
    return RenewalList(year, _in_order(commune, rows), attended, renewed, decision, bool(following))


def print_call_list(desk: Desk, year: int) -> PrintedDocument:
    """Draw the list of whom to call by site and hand it to the printer. Raises NotAllowed."""
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    found = children_to_renew(desk, year)
    with desk.read(Right.APPOINTMENTS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    paper = Register(
        f"ALSH {year} : dossiers à renouveler",
        (plural(len(found.rows), "enfant"),),
        service_issuer(commune),
        now,
        (
            Column("Enfant", 0.22),
            Column("Dossier", 0.1),
            Column("Âge", 0.06),
            Column("Classe", 0.11),
            Column("Dernière ALSH", 0.13),
            Column("À appeler", 0.17),
            Column("Téléphone", 0.11),
            Column("Rendez-vous", 0.1),
        ),
        fictitious=commune.policy.fictitious,
    )
    name = f"alsh-a-renouveler-{year}-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(paper, _by_site(found.rows))))


def last_words(row: RenewalRow) -> str:
    """Return when a child last came, and that they will: « 2024 », « jamais », « viendra 16/12 »."""
    if row.booked_on is not None:
        return f"viendra {row.booked_on:%d/%m}"
    return "jamais" if row.last_year is None else str(row.last_year)


def _by_site(rows: Iterable[RenewalRow]) -> Iterable[RegisterRow]:
    site = ""
    for row in rows:
        if row.site != site:
            site = row.site
            yield RegisterRow((site,), RowKind.HEADING)
        first, *others = row.callers or (("aucun téléphone", ""),)
        coming = f"{row.appointment_on:%d/%m/%Y}" if row.appointment_on else ""
        about = (row.child, display(row.dossier_number), plural(row.age, "an"), row.school, last_words(row))
        yield RegisterRow((*about, *first, coming))
        for caller in others:
            yield RegisterRow(("", "", "", "", "", *caller, ""))


def _in_order(commune: Commune, rows: Sequence[RenewalRow]) -> tuple[RenewalRow, ...]:
    """Return rows by site: those who came last, those who never did, then those who will be right once a day booked is past."""
    sites = [site.code for site in commune.sites]
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                sites.index(row.site_code),
                row.booked_on is not None,
                -(row.last_year or 0),
                row.child.casefold(),
            ),
        )
    )


def _age(birth_on: date, today: date) -> int:
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))


def _site_name(commune: Commune, code: str) -> str:
    return next(site.name for site in commune.sites if site.code == code)


def _served() -> ColumnElement[bool]:
    """Say that a dossier is one the service still follows."""
    dossier = t.dossier.c
    return and_(dossier.archived_at.is_(None), dossier.merged_into_id.is_(None), dossier.erased_at.is_(None))


def _children(connection: Connection, commune: Commune, today: date) -> list[tuple[Any, str]]:
    """Return the children of the service's levels whose school has an ALSH site today, each with that site."""
    child, schooling = t.child, t.schooling
    found = connection.execute(
        select(
            child.c.id,
            child.c.dossier_id,
            child.c.first_name,
            child.c.last_name,
            child.c.birth_on,
            t.dossier.c.number,
            schooling.c.school_code,
            schooling.c.class_name,
            schooling.c.level,
            schooling.c.from_on,
        )
        .join(t.dossier, t.dossier.c.id == child.c.dossier_id)
        .join(schooling, schooling.c.child_id == child.c.id)
        .where(_served(), child.c.archived_at.is_(None))
        .order_by(child.c.id)
    )
    schools = {school.code: school for school in commune.schools if school.alsh_site}
    levels = {level for school in schools.values() for level in school.levels}
    by_child: defaultdict[int, list[Any]] = defaultdict(list)
    for row in found:
        by_child[row.id].append(row)
    served = []
    for rows in by_child.values():
        latest = in_force(rows, "from_on", today)
        school = schools.get(latest.school_code) if latest is not None else None
        if (
            latest is not None
            and school is not None
            and school.alsh_site
            and (not latest.level or latest.level in levels)
        ):
            served.append((latest, school.alsh_site))
    return served


def _years(connection: Connection, commune: Commune, today: date) -> tuple[Mapping[int, AlshFacts], Mapping[int, date]]:
    """Return every child's ALSH years, as `family_facts.alsh_years` does for one family, and the next ALSH day booked."""
    alsh = [code for code, rule in commune.policy.activities.items() if rule.family is ActivityFamily.ALSH]
    booking, slot, enrolment = t.booking, t.slot, t.alsh_enrolment
    confirmed = (
        slot.c.activity_code.in_(alsh),
        text(LIVE_STATES),  # the index of a slot's live bookings is used only where its condition stands as it is
        booking.c.state == BookingState.CONFIRMED.value,
    )
    on_slot = booking.join(slot, slot.c.id == booking.c.slot_id)
    enrolled = select(enrolment.c.child_id, enrolment.c.year.label("year"), enrolment.c.origin.label("origin"))
    attended = (
        select(booking.c.child_id, extract("year", slot.c.day), literal(AlshOrigin.ATTENDED.value))
        .select_from(on_slot)
        .where(slot.c.day < today, *confirmed, ~marked_absent())
        .distinct()
    )
    came = (
        select(t.attendance.c.child_id, extract("year", slot.c.day), literal(AlshOrigin.ATTENDED.value))
        .join(slot, slot.c.id == t.attendance.c.slot_id)
        .where(t.attendance.c.state.in_(CAME), slot.c.activity_code.in_(alsh))
        .distinct()
    )
    to_come = (
        select(booking.c.child_id, func.min(slot.c.day).label("day"))
        .select_from(on_slot)
        .where(slot.c.day >= today, *confirmed)
        .group_by(booking.c.child_id)
    )
    years: defaultdict[int, dict[str, set[int]]] = defaultdict(lambda: {origin.value: set() for origin in AlshOrigin})
    for row in connection.execute(_as_shown(union_all(enrolled, attended, came))):
        years[row.shown][row.origin].add(int(row.year))
    facts = {
        child_id: AlshFacts(frozenset(of[AlshOrigin.ATTENDED.value]), frozenset(of[AlshOrigin.RENEWED.value]))
        for child_id, of in years.items()
    }
    booked_on: dict[int, date] = {}
    for row in connection.execute(_as_shown(to_come)):
        booked_on[row.shown] = min(row.day, booked_on.get(row.shown, row.day))
    return facts, booked_on


def _as_shown(of_children: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    """Return the rows of a query with, as `shown`, the record under which their child is shown: one may be recorded twice."""
    rows = of_children.subquery()
    return select(shown_as().label("shown"), rows).join(t.child, t.child.c.id == rows.c.child_id)


def _callers(connection: Connection) -> Mapping[int, tuple[tuple[str, str], ...]]:
    """Return the guardians of every family who have a telephone, once for each of theirs."""
    guardian = t.guardian.c
    found = connection.execute(
        select(guardian.dossier_id, guardian.first_name, guardian.last_name, guardian.phone, guardian.phone_2)
        .join(t.dossier, t.dossier.c.id == guardian.dossier_id)
        .where(_served(), or_(guardian.phone != "", guardian.phone_2 != ""))
        .order_by(guardian.dossier_id, guardian.id)
    )
    by_dossier: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in found:
        name = person_name(row.first_name, row.last_name)
        by_dossier[row.dossier_id].extend((name, phone) for phone in (row.phone, row.phone_2) if phone)
    return {dossier_id: tuple(people) for dossier_id, people in by_dossier.items()}


_APPOINTMENTS = (
    select(t.appointment.c.dossier_id, func.min(t.appointment.c.starts_at))
    .where(t.appointment.c.dossier_id.is_not(None), t.appointment.c.state == AppointmentState.PLANNED.value)
    .group_by(t.appointment.c.dossier_id)
)
"""When each family that has an appointment comes."""
