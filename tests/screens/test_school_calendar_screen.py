"""The school calendar by its keys: seen month by month, a closure added and its day refused, a holiday taken off with a warning."""

from datetime import date, timedelta

import pytest

from models.engine import Database
from screens.planning import PlanningScreen
from tests.factories import a_desk, a_family
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import EVENING, HOLIDAY_ALSH, THURSDAY, add, finish, hold
from tui_portail.calendar_entries import EntryKind, covering, entries_of, without_entry
from tui_portail.commune_files import with_calendar
from tui_portail.school_calendar import DayKind
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database, Role.ENFANCE, Role.ADMINISTRATEUR)


@SIZES_AND_ENGINES
def test_a_closure_is_seen_before_it_is_recorded_and_its_day_refused_after(desk: Desk, size: tuple[int, int]) -> None:
    family = a_family(desk, renew_alsh_years=(2026, 2027))
    hold(desk, family.dossier_id, add(family.child_id, HOLIDAY_ALSH, date(2026, 12, 21)))

    async def act(scene: Scene) -> None:
        await scene.open("calendar")
        assert "mardi 1er décembre 2026 : Jour d’école" in scene.flat()
        await scene.press("right", "right", "n", "enter")
        await scene.burst("Grève\r\x12")
        assert "jeudi 3 décembre 2026 : Fermeture : Grève" in scene.flat()
        assert "3X*" in scene.text()
        assert "1 changement à enregistrer" in scene.flat()
        check_screen(scene, "school_calendar")
        await scene.press("f10")
        await scene.burst("Préavis\r")
        assert "en vigueur" in scene.flat()

        for _ in range(3):  # the Christmas holidays are three lines of weeks below
            await scene.press("down")
        assert "jeudi 24 décembre 2026 : Vacances scolaires : Noël" in scene.flat()
        await scene.press("x")
        await scene.until(lambda: "1 journée déjà réservée ne pourrait plus l’être" in scene.flat())
        await scene.press("f10")
        assert "1 journée est déjà réservée pour « ALSH vacances scolaires »" in scene.flat()
        await scene.press("escape", "u", "enter")
        assert "Rien à enregistrer" in scene.flat()

        await scene.open("planning", family.dossier_id)
        screen = scene.screen
        assert isinstance(screen, PlanningScreen)
        screen.grid.go(0, THURSDAY.weekday())
        await scene.press("space", "r")
        assert "fermeture décidée par la commune (Grève)" in scene.flat()

    play(act, desk, size=size)
    calendar = read_settings(desk).commune.calendar
    assert [closure.reason for closure in calendar.closures] == ["Grève"]
    assert calendar.kind(date(2026, 12, 21)) is DayKind.HOLIDAY
    with pytest.raises(ChangesRefused, match="Grève"):
        finish(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_next_year_comes_from_the_known_dates_then_is_typed(desk: Desk) -> None:
    settings = read_settings(desk)
    calendar = settings.commune.calendar
    for entry in entries_of(calendar):
        if entry.kind is not EntryKind.YEAR and entry.first > date(2027, 7, 2):
            calendar = without_entry(calendar, entry)
    last_year = next(entry for entry in entries_of(calendar) if entry.name == "2027-2028")
    known = covering(without_entry(calendar, last_year), calendar.first_covered, date(2027, 7, 2))
    change_commune(desk, settings.version, with_calendar(settings.document, known), "essai", "Essai", new_operation())

    async def act(scene: Scene) -> None:
        await scene.open("calendar")
        assert "Calendrier connu jusqu’au vendredi 2 juillet 2027" in scene.flat()
        await scene.press("s")
        assert "Ajouter l’année 2027-2028, zone C" in scene.flat()
        await scene.press("enter", "s")
        assert "Année scolaire suivante" in scene.flat()
        await scene.burst("04/09/2028\r06/07/2029\r21/10/2028\r05/11/2028\r\x12")
        assert "changements à enregistrer" in scene.flat()
        await scene.press("f10")
        await scene.burst("Arrêté ministériel\r")
        assert "en vigueur" in scene.flat()

    play(act, desk)
    now, shipped = read_settings(desk).commune.calendar, settings.commune.calendar
    day = date(2027, 7, 3)
    while day <= date(2028, 7, 3):
        assert now.kind(day) is shipped.kind(day), day
        day += timedelta(days=1)
    assert now.kind(date(2028, 9, 4)) is DayKind.SCHOOL
    assert now.kind(date(2028, 10, 23)) is DayKind.HOLIDAY
    assert now.kind(date(2028, 11, 1)) is DayKind.PUBLIC_HOLIDAY
    assert now.last_covered == date(2029, 7, 6)
