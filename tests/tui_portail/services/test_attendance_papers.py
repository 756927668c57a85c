"""Where and what is marked, the lists and badges on paper, the hours for the CAF read from what was marked."""

from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, paris, the_commune
from tests.tui_portail.services.attendance_acts import ABSENT, JUSTIFIED, PRESENT, UNBOOKED, at, desk_of, mark, states
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    NEXT_MONDAY,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    merged,
    row_counts,
    set_time,
)
from tui_portail.badges import badge_number
from tui_portail.errors import InvalidInput
from tui_portail.services.attendance import mark_others_present
from tui_portail.services.attendance_papers import print_badges, print_list
from tui_portail.services.attendance_places import (
    activity_now,
    child_of_badge,
    day_beside,
    likely_children,
    places_of,
    slot_to_mark,
)
from tui_portail.services.caf_report import FileFormat, caf_report, export_caf_report, print_caf_report
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.unbooked import ChildUnknown, mark_unbooked

MELODIE = "MELODIE"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path)


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("at_time", "activity"),
    [("06:00", 0), ("07:45", 0), ("09:00", 0), ("12:30", 1), ("15:00", 1), ("16:45", 3), ("20:00", 3)],
)
def test_the_activity_proposed_is_the_one_that_goes_on_or_the_last_that_began(at_time: str, activity: int) -> None:
    activities = the_commune().policy.activities
    rules = [activities[code] for code in ("ALP_MATIN", BREAK, MEAL, EVENING)]
    assert activity_now(rules, time.fromisoformat(at_time)) == activity
    assert activity_now([activities[MEAL]], time(9)) == 0


@only_sqlite
def test_the_pointage_opens_on_today_or_on_the_last_day_that_something_ran(desk: Desk) -> None:
    assert slot_to_mark(desk) == (MELODIE, "ALP_MATIN", date(2026, 12, 1))
    assert slot_to_mark(desk, ("HARMONIE", EVENING)) == ("HARMONIE", "ALP_MATIN", date(2026, 12, 1))
    set_time(desk, paris("2026-12-06 17:00"))
    assert slot_to_mark(desk) == (MELODIE, EVENING, FRIDAY), "a Sunday"
    assert [site.name for site in places_of(desk, WEDNESDAY)] == ["Mélodie", "Harmonie", "Ados"]
    assert places_of(desk, date(2026, 12, 6)) == ()
    assert day_beside(desk, at(EVENING, FRIDAY), 1) == at(EVENING, NEXT_MONDAY)
    assert day_beside(desk, at(EVENING, NEXT_MONDAY), -1) == at(EVENING, FRIDAY)
    assert day_beside(desk, at("ALSH_VACANCES", FRIDAY), 1) == at("ALSH_VACANCES", date(2026, 12, 21))


@only_sqlite
def test_those_who_may_come_are_the_children_of_the_sites_schools(desk: Desk) -> None:
    young = a_child("Ali", birth_on=date(2022, 5, 1), school_code="MATERNELLE", class_name="Petite section")
    family = a_family(desk, children=[a_child("Zoé"), young])
    assert [one.child_id for one in likely_children(desk, at(EVENING))] == [family.child_ids[0]]
    assert [one.child_id for one in likely_children(desk, at(EVENING, site=MELODIE))] == [family.child_ids[1]]
    assert child_of_badge(desk, family.child_ids[1], THURSDAY).name == "DUPONT Ali", "of another site, but there"
    with pytest.raises(ChildUnknown):
        child_of_badge(desk, 424_242, THURSDAY)


@only_sqlite
def test_the_list_of_the_week_has_a_column_a_day_and_what_is_known_of_each(desk: Desk) -> None:
    family = a_family(desk, children=[a_child("Zoé", meal_supplied=False), a_child("Ali"), a_child("Bob")])
    zoe, ali, bob = family.child_ids
    days = (THURSDAY, FRIDAY)
    book_and_pay(desk, family.dossier_id, [*add(zoe, MEAL, *days), *add(ali, MEAL, THURSDAY)])
    set_time(desk, paris("2026-12-03 12:30"))
    mark(desk, at(MEAL), zoe, JUSTIFIED)
    mark_unbooked(desk, at(MEAL), bob, new_operation())

    printed = print_list(desk_of(desk), at(MEAL), week=True)
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(printed.path).pages).replace("\u00a0", " ").split()
    )
    assert "lu 30 ma 01 je 03 ve 04 Émargement" in text, "no school meal on a Wednesday"
    assert "DUPONT Ali 7 CE1 – – □ – DUPONT Bob 7 CE1 – – S – DUPONT Zoé 7 CE1 sans repas fourni – – J □" in text
    assert "€" not in text and "06 12" not in text, "neither money nor telephone"


def test_the_hours_are_those_of_the_marks_counted_by_hand(desk: Desk) -> None:
    """Three children, an evening and two Wednesdays; a second reckoning goes through the rows themselves."""
    five = a_child("Ali", birth_on=date(2020, 12, 9))  # six on the second Wednesday
    family = a_family(desk, children=[a_child("Zoé", renew_alsh_years=(2026,)), five, a_child("Bob")])
    zoe, ali, bob = family.child_ids
    with desk.database.write() as connection:
        connection.execute(
            t.alsh_enrolment.insert().values(
                child_id=ali, year=2026, origin="renouvele", recorded_at=paris("2026-09-01")
            )
        )
    wednesdays = (WEDNESDAY, NEXT_WEDNESDAY)
    book_and_pay(
        desk,
        family.dossier_id,
        [
            *add(zoe, WEDNESDAY_ALSH, NEXT_WEDNESDAY),
            *add(ali, WEDNESDAY_ALSH, *wednesdays),
            *add(zoe, EVENING, THURSDAY),
            *add(ali, EVENING, THURSDAY),
        ],
    )
    set_time(desk, paris("2026-12-09 18:30"))
    for day in wednesdays:
        mark_others_present(desk, at(WEDNESDAY_ALSH, day), new_operation())
    mark(desk, at(EVENING), zoe, ABSENT)
    mark_unbooked(desk, at(EVENING), bob, new_operation())

    told = caf_report(desk_of(desk), date(2026, 12, 1), date(2026, 12, 9))
    rows = {(row.site, row.activity): row.hours for row in told.rows}
    wednesday, evening = rows["Harmonie", "ALSH mercredi"], rows["Harmonie", "ALP soir"]
    assert (wednesday.under_six.children, wednesday.under_six.days, wednesday.under_six.minutes) == (1, 1, 9 * 60)
    assert (wednesday.six_and_over.children, wednesday.six_and_over.days) == (2, 2)
    assert wednesday.six_and_over.minutes == 18 * 60, "capped at nine hours a day"
    assert (evening.under_six.days, evening.six_and_over.days, evening.minutes) == (0, 1, 2 * 60)
    assert told.unmarked == 1, "Ali's evening: neither come nor absent"
    assert told.minutes == _minutes_by_rows(desk)
    assert caf_report(desk, WEDNESDAY, WEDNESDAY, "HARMONIE").minutes == 9 * 60
    assert caf_report(desk, WEDNESDAY, WEDNESDAY, MELODIE).rows == ()


def _minutes_by_rows(desk: Desk) -> int:
    """The same total from the rows: a presence a row, its minutes on the clock, nine hours at most on a Wednesday."""
    lasts = {WEDNESDAY_ALSH: timedelta(hours=9), EVENING: timedelta(hours=2)}
    with desk.database.read() as connection:
        rows = connection.execute(
            select(t.attendance.c.state, t.slot.c.activity_code).join(t.slot, t.slot.c.id == t.attendance.c.slot_id)
        )
        came = [row.activity_code for row in rows if row.state in ("present", "sans_reservation")]
    return sum(int(lasts[activity].total_seconds()) // 60 for activity in came)


@only_sqlite
def test_the_hours_are_printed_and_exported_with_the_rule_and_what_is_missing(desk: Desk) -> None:
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    set_time(desk, paris("2026-12-04 19:00"))
    mark(desk, at(EVENING), family.child_id, PRESENT)
    printed = print_caf_report(desk, THURSDAY, FRIDAY)
    text = " ".join(PdfReader(printed.path).pages[0].extract_text().replace("\u00a0", " ").split())
    assert "1 journée réservée n’est pas pointée" in text and "9 h au plus la journée avec repas" in text
    assert "Total 1 2 h" in text
    written = export_caf_report(desk, THURSDAY, FRIDAY, "", FileFormat.XLSX)
    rows = list(load_workbook(written.path).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[2:8] for row in rows[1:]] == [
        ("Harmonie", "ALP soir", "moins de 6 ans", 0, 0, 0),
        ("Harmonie", "ALP soir", "6 ans et plus", 1, 1, 120),
    ]
    for first, last in ((None, FRIDAY), (FRIDAY, None), (FRIDAY, THURSDAY)):
        with pytest.raises(InvalidInput):
            caf_report(desk, first, last)


@only_sqlite
def test_a_child_recorded_twice_has_one_badge_and_counts_once(desk: Desk) -> None:
    kept, twice = a_family(desk), a_family(desk)
    book_and_pay(desk, twice.dossier_id, add(twice.child_id, EVENING, THURSDAY))
    set_time(desk, paris("2026-12-03 17:00"))
    mark(desk, at(EVENING), twice.child_id, PRESENT)
    merged(desk, kept, twice)
    printed = print_badges(desk, at(EVENING))
    text = PdfReader(printed.path).pages[0].extract_text().replace("\u00a0", "").replace(" ", "")
    assert badge_number(kept.child_id) in text and badge_number(twice.child_id) not in text
    [row] = caf_report(desk, THURSDAY, THURSDAY).rows
    assert (row.hours.six_and_over.children, row.hours.days) == (1, 1)
    assert mark_unbooked(desk, at(MEAL), twice.child_id, new_operation()).child_id == kept.child_id, "its old badge"
    assert states(desk, at(MEAL)) == {kept.child_id: UNBOOKED}


@pytest.mark.parametrize("role", list(Role))
@only_sqlite
def test_the_sites_and_enfance_read_and_print_and_nobody_else(desk: Desk, role: Role) -> None:
    family = a_family(desk)
    asked = desk_of(desk, role)
    before = row_counts(desk.database)
    reads: tuple[Callable[[], object], ...] = (
        lambda: places_of(asked, THURSDAY),
        lambda: slot_to_mark(asked),
        lambda: day_beside(asked, at(EVENING), 1),
        lambda: likely_children(asked, at(EVENING)),
        lambda: child_of_badge(asked, family.child_id, THURSDAY),
        lambda: print_list(asked, at(EVENING)),
        lambda: print_badges(asked, at(EVENING)),
        lambda: caf_report(asked, THURSDAY, THURSDAY),
        lambda: print_caf_report(asked, THURSDAY, THURSDAY),
        lambda: export_caf_report(asked, THURSDAY, THURSDAY, "", FileFormat.CSV),
    )
    for read in reads:
        if role in (Role.ENFANCE, Role.SITE):
            read()
        else:
            with pytest.raises(NotAllowed):
                read()
    assert row_counts(desk.database) == before
