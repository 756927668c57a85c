"""Figures counted from what happened, each the sum of the list behind it."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select

from models import tables as t
from models.engine import Database
from models.states import AttendanceState
from tests.factories import BOTH_DESKS, Family, a_desk, a_family, paris
from tests.tui_portail.services.attendance_acts import at, mark
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MEAL,
    NEXT_MONDAY,
    THURSDAY,
    add,
    agent_of,
    book_and_pay,
    finish,
    hold,
    merged,
    remove,
    set_time,
)
from tui_portail.errors import InvalidInput
from tui_portail.figures import Bar, Figure, FigureKind
from tui_portail.money import format_cents
from tui_portail.services.desk import Desk
from tui_portail.services.figure_papers import print_figure
from tui_portail.services.figure_reading import FigureAsked
from tui_portail.services.figures import figure_choices, list_behind, read_figure
from tui_portail.services.registers import Period, open_books
from tui_portail.services.registers_revenue import revenue
from tui_portail.services.rights import NotAllowed, Role

MONDAY, SUNDAY = date(2026, 11, 30), date(2026, 12, 13)
FIRST, SECOND = "30/11/2026", "07/12/2026"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, *BOTH_DESKS, documents_dir=tmp_path)


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk, children=2, quotient_cents=745_00)


def asked(kind: FigureKind, activity: str = "", site: str = "") -> FigureAsked:
    return FigureAsked(kind, MONDAY, SUNDAY, activity, site)


def bars(figure: Figure) -> dict[str, Bar]:
    return {bar.label: bar for bar in figure.bars}


def rows(desk: Desk, ask: FigureAsked, label: str) -> Sequence[tuple[str, ...]]:
    return list_behind(desk, ask, label).rows


def test_occupation_counts_the_days_booked_on_the_places_of_each_week(desk: Desk, family: Family) -> None:
    ask = asked(FigureKind.OCCUPATION, EVENING, "HARMONIE")
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY, NEXT_MONDAY))
    hold(desk, family.dossier_id, add(family.child_ids[1], EVENING, THURSDAY))
    found = bars(read_figure(desk, ask))
    assert (found[FIRST].values, found[FIRST].full) == ((3,), 4 * 120)
    assert (found[SECOND].values, found[SECOND].full) == ((1,), 4 * 120)
    assert [row[4] for row in rows(desk, ask, FIRST)].count("en attente de paiement") == 1
    set_time(desk, paris("2026-12-01 10:50"))
    assert bars(read_figure(desk, ask))[FIRST].values == (2,), "a hold that has expired takes no place"
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
    assert bars(read_figure(desk, ask))[FIRST].values == (1,)
    assert len(rows(desk, ask, FIRST)) == 1


def test_attendance_tells_who_was_expected_from_who_came(desk: Desk, family: Family) -> None:
    book_and_pay(
        desk,
        family.dossier_id,
        [change for child in family.child_ids for change in add(child, EVENING, THURSDAY, FRIDAY)],
    )
    set_time(desk, paris("2026-12-04 19:00"))
    ask = asked(FigureKind.ATTENDANCE, EVENING)
    assert read_figure(desk, ask).bars == (), "nobody was marked yet"
    with desk.database.write() as connection:
        slot_id = connection.scalars(
            select(t.slot.c.id).where(t.slot.c.day == THURSDAY, t.slot.c.activity_code == EVENING)
        ).one()
        booking_id = connection.scalars(
            select(t.booking.c.id).where(t.booking.c.slot_id == slot_id, t.booking.c.child_id == family.child_id)
        ).one()
        connection.execute(
            insert(t.attendance).values(
                dossier_id=family.dossier_id,
                child_id=family.child_id,
                slot_id=slot_id,
                day=THURSDAY,
                booking_id=booking_id,
                state="absent",
                marked_at=desk.clock.now(connection),
                agent_id=agent_of(desk).agent_id,
            )
        )
    [bar] = read_figure(desk, ask).bars
    assert (bar.label, bar.values) == (FIRST, (2, 0)), "Friday, where nobody was marked, does not count"
    assert bar.words == "2 prévus · 0 présent, 1 absent, 1 non pointé"
    assert sorted(row[4] for row in rows(desk, ask, FIRST)) == ["absent", "non pointé"]


def test_a_child_merged_and_marked_under_the_record_kept_counts_once(desk: Desk, family: Family) -> None:
    other = a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, THURSDAY))
    merged(desk, family, other)
    set_time(desk, paris("2026-12-03 17:00"))
    mark(desk, at(EVENING), family.child_id, AttendanceState.PRESENT)
    ask = asked(FigureKind.ATTENDANCE, EVENING)
    [bar] = read_figure(desk, ask).bars
    assert bar.values == (1, 1)
    assert [row[4] for row in rows(desk, ask, FIRST)] == ["présent"]


def test_revenue_by_activity_is_what_the_register_says(desk: Desk, family: Family) -> None:
    book_and_pay(
        desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY) + add(family.child_id, MEAL, FRIDAY)
    )
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
    figure = read_figure(desk, asked(FigureKind.REVENUE))
    with open_books(desk) as books:
        told = revenue(books, Period(MONDAY, SUNDAY))
    assert sum(bar.values[0] for bar in figure.bars) == told.net_cents > 0
    assert f"{format_cents(told.net_cents)} en tout" in figure.note
    for bar in figure.bars:
        behind = rows(desk, asked(FigureKind.REVENUE), bar.label)
        cents = [int(re.sub(r"[^0-9−-]", "", row[6]).replace("−", "-")) for row in behind]
        assert sum(cents) == bar.values[0]


def test_families_are_counted_in_the_bracket_of_the_quotient_proven_today(desk: Desk, family: Family) -> None:
    a_family(desk, quotient_cents=None)
    ask = asked(FigureKind.BRACKETS)
    figure = read_figure(desk, ask)
    found = bars(figure)
    assert found["500 à 900"].values == (1,)
    assert found["non prouvé"].values == (1,)
    assert sum(bar.values[0] for bar in figure.bars) == 2
    assert [row[2] for row in rows(desk, ask, "500 à 900")] == ["745"]
    activities = figure_choices(desk).bracket_grids
    assert activities
    assert read_figure(desk, asked(FigureKind.BRACKETS, activities[-1])).bars


def test_a_figure_prints_with_its_bars_words(desk: Desk, family: Family) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    pdf = print_figure(desk, asked(FigureKind.OCCUPATION, EVENING)).path
    text = " ".join(PdfReader(pdf).pages[0].extract_text().split())
    assert "Occupation : ALP soir" in text
    assert "1 / 800 · < 1 %" in text
    assert "FICTIF" in text


def test_a_period_out_of_order_or_too_long_is_refused() -> None:
    for first, last in ((SUNDAY, MONDAY), (MONDAY, MONDAY + timedelta(days=401))):
        with pytest.raises(InvalidInput):
            FigureAsked(FigureKind.OCCUPATION, first, last)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_both_desks_see_the_figures_and_no_other_role(desk: Desk, family: Family) -> None:
    for role in Role:
        other = a_desk(desk.database, role, documents_dir=desk.documents_dir)
        if role in (Role.ENFANCE, Role.COMPTABILITE, Role.REGISSEUR):
            assert read_figure(other, asked(FigureKind.BRACKETS)).bars
            continue
        for gesture in (
            lambda other=other: read_figure(other, asked(FigureKind.BRACKETS)),
            lambda other=other: list_behind(other, asked(FigureKind.BRACKETS), "0 à 500"),
            lambda other=other: figure_choices(other),
            lambda other=other: print_figure(other, asked(FigureKind.BRACKETS)),
        ):
            with pytest.raises(NotAllowed):
                gesture()
