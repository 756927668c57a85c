"""Ticking without a screen: whatever the keys, the bill is the sum of what is ticked, and only what changed is painted again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.engine import Database
from screens.planning_state import PlanningState
from screens.planning_window import PlanningWindow, column_heads
from screens.planning_words import cell_words, money_words, payer_blocks, refusal_lines
from screens.short_labels import fit, short_label
from screens.wrapping import hung, wrapped
from tests.databases import SqliteTemplate
from tests.factories import a_desk, a_family
from tests.tui_portail.plannings import child, payer, snapshot
from tui_portail.capacity import CapacityLimit, SlotPlaces
from tui_portail.planning import CellKey, PlanningSnapshot
from tui_portail.pricing import QuotientFamilial
from tui_portail.services.planning import load_planning
from tui_portail.site_day import Seat, Waiting, count_site_day

WEEK = PlanningWindow(date(2026, 12, 7))


@pytest.fixture(scope="module")
def loaded(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlanningSnapshot]:
    """A family of two, read once: ticking never writes."""
    folder: Path = tmp_path_factory.mktemp("planning")
    database = Database.open(sqlite_template.fresh(folder))
    desk = a_desk(database)
    family = a_family(desk, children=2, quotient_cents=745_00)
    yield load_planning(desk, family.dossier_id, date(2026, 11, 30), date(2027, 1, 31))
    database.close()


def state_of(snapshot: PlanningSnapshot, window: PlanningWindow = WEEK) -> PlanningState:
    state = PlanningState(lambda: snapshot.taken_at)
    state.load(snapshot, window)
    return state


keys = st.tuples(st.sampled_from(["toggle", "week", "siblings", "break"]), st.integers(0, 9), st.integers(0, 4))


@given(pressed=st.lists(keys, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_pressed_the_bill_is_the_sum_of_the_days_and_cells_left_alone_keep_their_mark(
    loaded: PlanningSnapshot, pressed: list[tuple[str, int, int]]
) -> None:
    state = state_of(loaded)
    cells = [state.key(row, column) for row in range(len(state.rows)) for column in range(5)]
    for gesture, row, column in pressed:
        before = {key: state.view(key).mark for key in cells}
        key = state.key(row % len(state.rows), column)
        if gesture == "week":
            changed = state.week(key)
        elif gesture == "siblings":
            changed = state.week(key, siblings=True)
        else:
            changed = state.toggle([key], keep_brought=gesture == "break")
        fresh = state_of(loaded)
        fresh.changes = state.changes
        assert {key: state.view(key).mark for key in cells} == {key: fresh.view(key).mark for key in cells}
        assert {key for key in cells if before[key] != state.view(key).mark} <= changed
    priced = sum(added.price.total_cents for added in state.judgement.additions)
    assert sum(bill.total_cents for bill in state.judgement.bills) == priced
    assert len(state.judgement.additions) == len(state.changes)


def test_a_second_week_key_takes_back_what_the_first_ticked(loaded: PlanningSnapshot) -> None:
    state = state_of(loaded)
    key = state.key(2, 0)
    state.week(key)
    assert state.changes
    state.week(key)
    assert not state.changes


def test_a_letter_looks_for_no_other_day_and_the_sentence_under_the_cursor_does(loaded: PlanningSnapshot) -> None:
    state = state_of(loaded, PlanningWindow(date(2026, 12, 1)))
    late = state.key(0, 0)
    refusal, said = state.view(late).refusal, state.why_not(late)
    assert refusal is not None
    assert refusal.next_day is None
    assert said is not None
    assert said.next_day == date(2026, 12, 3)


def test_refusals_are_said_once_with_how_many_days_they_refuse(loaded: PlanningSnapshot) -> None:
    state = state_of(loaded, PlanningWindow(date(2026, 12, 1)))
    state.week(state.key(0, 0))
    lines = refusal_lines(state.refusals)
    assert len(lines) == len(set(lines)) >= 1
    assert not any("Source" in line for line in lines), "the pane is narrow"
    assert all("\nSource : " in line for line in refusal_lines(state.refusals, with_source=True))
    assert "Rien à payer" in money_words(state) or "Total" in money_words(state)


def test_windows_follow_each_other_across_the_year() -> None:
    december = PlanningWindow(date(2026, 12, 31), month=True)
    assert december.moved(1).title == "Janvier 2027"
    assert december.moved(-12).title == "Décembre 2025"
    assert PlanningWindow(date(2026, 12, 30)).moved(1).title == "Semaine du 4 au 8 janvier 2027"
    assert PlanningWindow(date(2026, 12, 30)).title == "Semaine du 28 décembre au 1er janvier 2027"
    assert len(column_heads(december)) == 31
    assert [head[0] for head in column_heads(WEEK)] == ["lun.", "mar.", "mer.", "jeu.", "ven."]


@given(label=st.text(max_size=60), width=st.integers(1, 40))
@settings(max_examples=100)
def test_a_label_always_fits_its_column(label: str, width: int) -> None:
    from rich.cells import cell_len

    assert cell_len(fit(label.replace("\n", " "), width)) == width
    assert cell_len(short_label(label, width)) == width


def test_a_long_label_is_still_recognised() -> None:
    assert short_label("restaurant scolaire", 15).strip() == "rest. scolaire"
    assert short_label("garderie de la pause méridienne", 18).strip() == "gard. pause mérid."
    assert short_label("ALP soir", 12).strip() == "ALP soir"


def test_two_activities_never_look_alike_in_a_narrow_column() -> None:
    assert short_label("ALSH mercredi", 9) == "ALSH mer."
    assert short_label("ALSH vacances scolaires", 9) == "ALSH vac."
    assert short_label("garderie de la pause méridienne", 16).strip() == "pause midi"
    assert short_label("garderie de la pause méridienne", 9).strip() == "pause"
    assert short_label("restaurant scolaire", 9).strip() == "repas"


def test_a_number_is_never_parted_from_its_unit_at_the_end_of_a_line() -> None:
    for width in range(8, 40):
        lines = wrapped("À payer 12,50\u00a0€ avant le vendredi 27 à 12 h, ou 10 h 30 au plus tard.", width)
        assert not any(line.startswith(("€", "h", "30")) for line in lines), width


@given(st.lists(st.text("abc é", min_size=1, max_size=30), min_size=1, max_size=6), st.integers(20, 60))
def test_what_goes_on_below_is_deeper_and_says_everything(facts: list[str], width: int) -> None:
    lines = hung(width, "   ", facts).split("\n")
    assert "".join("".join(lines).split()).replace("·", "") == "".join("".join(facts).split())
    assert all(line.startswith("     ") for line in lines[1:] if len(facts[0]) <= width - 3)


def test_a_fact_stays_whole_on_the_next_line() -> None:
    facts = ["Marie Dupont", "06 12 34 56 78", "1 place de la Mairie, 34830 Clapiers"]
    assert hung(60, "   ", facts) == ("   Marie Dupont · 06 12 34 56 78\n     1 place de la Mairie, 34830 Clapiers")


def test_the_weeks_of_a_month_stand_apart_and_a_week_is_named_whole_on_a_small_terminal() -> None:
    december = column_heads(PlanningWindow(date(2026, 12, 1), month=True))
    assert december[6] == ("L", "07")
    assert december[4:6] == (("s", ""), ("d", ""))
    assert WEEK.short_title == "Semaine du 7 au 11 déc."
    assert PlanningWindow(date(2026, 12, 1)).short_title == "Du 30 nov. au 4 déc."


def test_the_price_that_goes_up_when_the_quotient_lapses_is_explained() -> None:
    lapsing = payer(quotients=(QuotientFamilial(300_00, date(2026, 1, 1), date(2026, 12, 7)),))
    state = state_of(snapshot(payers=(lapsing,)))
    proven, lapsed = (CellKey(1, "ALP_SOIR", date(2026, 12, day)) for day in (7, 8))
    state.toggle([proven, lapsed])
    assert "QF non justifié" not in cell_words(state, proven)[2]
    assert "QF non justifié à cette date : tarif le plus haut." in cell_words(state, lapsed)[2]
    assert "  QF non justifié le mardi 8 décembre 2026 : tarif le plus haut" in payer_blocks(state)[0].split("\n")


def test_a_meal_that_is_not_supplied_says_so_beside_its_price() -> None:
    state = state_of(snapshot(children=(child(1, 1, meal_supplied=False), child(2, 2))))
    monday = WEEK.first_day
    with_family_meal, usual = CellKey(1, "RESTAURATION", monday), CellKey(2, "RESTAURATION", monday)
    state.toggle([with_family_meal, usual])
    assert "(accueil sans repas fourni)" in cell_words(state, with_family_meal)[2]
    assert "sans repas" not in cell_words(state, usual)[2]
    meals = [line for line in payer_blocks(state)[0].split("\n") if "restaurant" in line]
    assert [line.endswith("(accueil sans repas fourni)") for line in meals] == [True, False]


def test_a_free_cell_says_how_many_places_are_left_for_that_child_and_how_many_come_first() -> None:
    """In words made of the snapshot alone: a move of the cursor asks the base nothing."""
    friday = date(2026, 12, 11)
    under_six = CapacityLimit("HARMONIE", ("ALP_SOIR",), 4, under_age=6)
    line = [Waiting(1, Seat(9, "ALP_SOIR", 5))]
    day = count_site_day("HARMONIE", [under_six], {"ALP_SOIR": SlotPlaces(20)}, line=line)
    made = snapshot(children=(child(1, birth_on=date(2021, 5, 2)), child(2, birth_on=date(2018, 5, 2))))
    state = state_of(replace(made, places={**made.places, ("HARMONIE", friday): day}))
    assert cell_words(state, CellKey(1, "ALP_SOIR", friday))[2] == (
        "Libre. 3 places pour les moins de 6 ans, 1 enfant en attente."
    )
    assert cell_words(state, CellKey(2, "ALP_SOIR", friday))[2] == "Libre. 19 places, 1 enfant en attente."
