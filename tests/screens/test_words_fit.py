"""Words that 80 columns must hold, and a number that must not be read for another."""

from datetime import date

import pytest
from rich.cells import cell_len

from screens.activities import ActivitiesScreen
from screens.day_places_words import row_words
from screens.enfance import EnfanceScreen
from screens.figures import _drawn_bar
from screens.places import PlacesScreen
from screens.regie import RegieScreen
from tui_portail.capacity import SlotPlaces
from tui_portail.commune_sections.table import SECTIONS
from tui_portail.figures import Bar, Figure, FigureKind
from tui_portail.services.week_places import DayPlaces, LimitLeft
from tui_portail.site_day import SlotCount


@pytest.mark.parametrize("hub", [ActivitiesScreen, EnfanceScreen, RegieScreen])
def test_a_place_of_a_hub_is_one_line(hub: type[PlacesScreen]) -> None:
    assert [name for _, name, what in hub.PLACES if cell_len(name) > 25 or cell_len(what) > 52] == []


def test_the_title_of_a_new_setting_is_one_line() -> None:
    assert [one.title for one in SECTIONS if cell_len(f"{one.title} : ajouter {one.one}") > 66] == []


@pytest.mark.parametrize(("left", "said"), [(0, "reste 0 (3 pris sur 20)"), (40, "reste 17 (3 pris sur 20)")])
def test_a_full_day_is_full_at_every_age(left: int, said: str) -> None:
    limits = (LimitLeft("les moins de 6 ans", 20, 17),)
    row = DayPlaces("ALSH", "ALSH mercredi", date(2026, 12, 16), SlotPlaces(60), SlotCount(settled=20), left, limits)
    assert row_words(row).endswith(f"Aussi pour les moins de 6 ans, {said}.")


def test_words_too_long_to_stand_beside_the_bars_are_under_them() -> None:
    long = "74 prévus · 68 présents, dont 2 sans réservation, 8 absents"
    bars = (Bar("30/11/2026", (74, 68), long), Bar("07/12/2026", (10, 9), "10 prévus · 9 présents"))
    figure = Figure(FigureKind.ATTENDANCE, "Présences", ("prévu", "présent"), bars)
    lines = _drawn_bar(figure, bars[0], 77).plain.splitlines()
    assert lines[2] == f"  {long}"
    assert all(cell_len(line) <= 77 for line in lines)
