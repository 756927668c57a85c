"""A cell in one word, and the days a telephone shows."""

from datetime import date

from rich.cells import cell_len

from screens.kiosk.own_days import LEGEND, OTHERS, WORDS, DayWindow, window_on
from screens.planning_window import PlanningWindow
from tui_portail.planning_ticks import CellState


def test_every_state_has_a_word_that_fits_and_is_explained() -> None:
    assert WORDS.keys() == set(CellState)
    for word in {*WORDS.values(), OTHERS} - {"", WORDS[CellState.BLOCKED]}:
        assert cell_len(word) <= 7
        assert word in LEGEND


def test_a_telephone_goes_from_friday_to_monday_and_back() -> None:
    friday = DayWindow(date(2026, 12, 4))
    assert friday.days == (date(2026, 12, 4),)
    assert friday.moved(1) == DayWindow(date(2026, 12, 7))
    assert friday.moved(1).moved(-1) == friday
    assert friday.title == "vendredi 4 décembre 2026"


def test_a_weekend_opens_on_the_monday_after() -> None:
    assert window_on(date(2026, 12, 5), one_day=True) == DayWindow(date(2026, 12, 7))
    assert window_on(date(2026, 12, 3), one_day=False) == PlanningWindow(date(2026, 12, 3))


def test_a_week_over_the_new_year_is_whole() -> None:
    assert window_on(date(2026, 12, 31), one_day=False).title == "Semaine du 28 décembre au 1er janvier 2027"
