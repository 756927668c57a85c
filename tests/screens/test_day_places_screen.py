"""« Places d’une journée » by its keys: a day and a range changed by hand, given back."""

from datetime import date, timedelta

from models.engine import Database
from tests.factories import a_desk
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.crowds import a_crowd, seat, wait_for
from tests.tui_portail.services.desk_acts import FRIDAY, MEAL
from tests.tui_portail.services.test_day_places import change, row_of
from tui_portail.capacity import AgePlaces
from tui_portail.services.day_places import PlacesSet
from tui_portail.services.rights import Role

SMALL, BIG = date(2021, 5, 2), date(2018, 5, 2)


@SIZES_AND_ENGINES
def test_a_day_and_a_range_are_changed_and_given_back_by_keys(database: Database, size: tuple[int, int]) -> None:
    desk = a_desk(database, Role.ENFANCE)
    crowd, held = a_crowd(desk, (8, SMALL), (5, BIG)), a_crowd(desk, (2, BIG))
    change(desk, PlacesSet(20, 2, (AgePlaces(6, 0, 6),)))
    with database.read() as connection:
        slot_id = connection.exec_driver_sql("SELECT id FROM slot WHERE by_hand").scalar_one()
    soon = desk.now() + timedelta(minutes=10)
    seat(desk, crowd, slot_id, crowd.child_ids[:9])
    seat(desk, held, slot_id, held.child_ids, held_until=soon)
    wait_for(desk, crowd, slot_id, crowd.child_ids[9:10], offered_until=soon)
    wait_for(desk, crowd, slot_id, crowd.child_ids[10:])

    async def act(scene: Scene) -> None:
        await scene.open("day_places")
        assert "Mélodie · semaine du lundi 30 novembre 2026" in scene.text()
        await scene.press("t", *["down"] * 12)
        check_screen(scene, "day_places")
        assert "pour les moins de 6 ans, 2 enfants de plus que 6 places" in scene.flat()
        await scene.press("enter", *"6", "tab", "0")
        check_screen(scene, "day_places_change")
        await scene.press("f10")
        assert "Dites pourquoi : le motif est conservé" in scene.flat()
        await scene.press(*"Travaux", "f10")
        said = "1 journée changée. Plus d’enfants que de places le vendredi 4 décembre 2026 : rien n’est annulé"
        assert said in scene.flat()
        assert "6 enfants de plus que de places : personne n’y entre plus" in scene.flat()
        await scene.press("up", "enter", "down", "down", "down", *"8/12", "enter", *"moins de 6 : 9 ; 6 et plus : 30")
        await scene.press("enter", *"Sortie", "enter")
        assert "3 journées changées" in scene.flat(), "the meals of Friday, Monday and Tuesday"
        await scene.press("semicolon")
        assert "semaine du lundi 7 décembre 2026" in scene.text()
        await scene.press("d", *"4/12", "enter", *["down"] * 3, "r", "f10")
        assert "Dites pourquoi" in scene.flat()
        await scene.press(*"Fini", "enter")
        assert "1 journée rendue au réglage." in scene.flat()

    play(act, desk, size=size)
    evening, meals = row_of(desk, FRIDAY).places, row_of(desk, date(2026, 12, 8), MEAL).places
    assert (evening.by_hand, evening.withheld, evening.ages) == (False, 0, ())
    assert (meals.by_hand, meals.ages) == (True, (AgePlaces(9, 0, 6), AgePlaces(30, 6)))
