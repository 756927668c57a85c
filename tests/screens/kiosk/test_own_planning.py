"""« Payer mes journées » by keys: read, « Modifier », days ticked, « Valider », « Terminer », the counter; what is refused and why."""

from pathlib import Path

import pytest

from models.engine import Database
from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Notice
from tests.factories import BOTH_DESKS, Family, a_child, a_desk, a_family
from tests.screens.kiosk.family_acts import Parent, beside, go_to
from tests.screens.kiosk.playing import PHONE, SMALL, Visit, check_page
from tests.screens.playing import Scene, play
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    NEXT_MONDAY,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    alternate_weeks,
    book_and_pay,
    clock_of,
    hold,
    set_capacity,
    states_of,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.till import open_session

BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, PHONE], ids=["80x24", "40x30"])


@pytest.fixture
def parent(desk: Desk, family: Family) -> Parent:
    return Parent(desk, family)


def test_a_parent_books_two_days_and_pays_at_comptabilite(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, *BOTH_DESKS, documents_dir=tmp_path)
    open_session(desk, 50_00, new_operation())
    family = a_family(desk, children=2, quotient_cents=745_00)

    async def books(scene: Visit) -> None:
        await scene.press("p")
        assert "Semaine du 30 novembre au 4 décembre 2026" in scene.flat()
        await scene.press("enter")
        assert "Modifier" in scene.flat()  # nothing is ticked before
        await scene.press("m", "enter", "right", "enter")
        assert "+ 4 réservations" in scene.flat()
        assert "À payer 5,90 €" in scene.flat()
        await scene.press("v")
        assert "Terminer les modifications" in scene.flat()
        await scene.press("t")
        assert scene.page == "OwnBasketPage"
        assert "4 réservations vous sont gardées jusqu’à 10 h 45 : il reste à payer 5,90 €" in scene.flat()
        assert "15:00" in scene.flat()
        assert "Payer en ligne" not in scene.flat()
        await scene.press("c")
        assert "avant 10 h 45" in scene.flat()
        assert "Marie Dupont" in scene.flat()

    parent = Parent(desk, family)
    parent.visits(books)
    assert {state for states in states_of(database, family.child_ids).values() for state in states} == {"held"}

    async def cashes(scene: Scene) -> None:
        await scene.open("queue")
        assert "Marie Dupont" in scene.text()
        await scene.press("enter", "enter")
        assert "Quittance n°" in scene.text()

    play(cashes, desk)
    assert {state for states in states_of(database, family.child_ids).values() for state in states} == {"confirmed"}

    async def reads(scene: Visit) -> None:
        await scene.press("q")
        assert "5,90 € · n° 2026-000001" in scene.flat()

    parent.visits(reads)


def test_a_cancellation_in_time_tells_its_avoir_first(desk: Desk, family: Family, parent: Parent) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "s", "m")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter")
        assert "avoir de" in scene.flat()
        await scene.press("v")
        said = scene.flat()
        assert said.index("Vous annulez") < said.index("Terminer")
        assert "avoir de" in said
        await scene.press("t")
        assert "Avoir n° AV-2026-000001" in scene.flat()
        await scene.press("escape", "escape", "a")
        assert "AV-2026-000001" in scene.flat()

    parent.visits(act)


def test_a_late_cancellation_tells_first_that_nothing_is_given_back(desk: Desk, family: Family, parent: Parent) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    clock_of(desk).advance(days=1, hours=4)  # Wednesday 14:30: Thursday's limit was noon

    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, EVENING, THURSDAY)
        await scene.press("enter", "v")
        assert "sans remboursement" in scene.flat()
        await scene.press("t")
        assert "1 journée annulée" in scene.flat()
        await scene.press("escape", "escape", "a")
        assert "0,00 €" in scene.flat()

    parent.visits(act)


def test_a_late_alsh_day_tells_until_when_a_paper_is_awaited(desk: Desk) -> None:
    family = a_family(desk, children=(a_child(renew_alsh_years=(2026,)),))
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    clock_of(desk).advance(hours=4)

    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, WEDNESDAY_ALSH, WEDNESDAY)
        await scene.press("enter", "v")
        assert "en attente de justificatif jusqu’au vendredi 4 décembre 2026 inclus" in scene.flat()
        await scene.press("t")
        assert "justificatif" in scene.flat()

    Parent(desk, family).visits(act)


def test_what_is_refused_says_why_beside_the_cell(desk: Desk, family: Family, parent: Parent) -> None:
    set_capacity(desk.database, EVENING, FRIDAY, 0)

    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        assert "complet" in scene.flat()
        await scene.press("enter")
        assert "Attention." in scene.flat()
        await go_to(scene, family.child_id, EVENING, WEDNESDAY.replace(day=1))
        assert "limite" in scene.flat()
        await scene.press("v")
        assert "Rien n’est coché" in scene.flat()

    parent.visits(act)


def test_a_cell_where_nothing_can_be_shows_the_cursor_and_says_why_once(
    desk: Desk, family: Family, parent: Parent
) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        await scene.press("enter")
        await go_to(scene, family.child_id, EVENING, WEDNESDAY)
        assert scene.flat().count("›") == 1
        await scene.press("enter")
        said = scene.screen.query_one(Notice).sentence
        assert said
        assert said not in beside(scene, "own-words")
        await scene.press("v")
        assert scene.page == "OwnReviewPage"
        assert "Refusé" not in scene.flat()

    parent.visits(act)


def test_ticks_are_all_taken_off_by_a_second_press_alone(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "d")
        assert "choisissez « Tout décocher » encore une fois" in scene.flat()
        assert "+ 2 réservations" in scene.flat()
        await scene.press("escape")
        assert "choisissez « Retour » encore une fois" in scene.flat()
        await scene.press("d")
        assert "+ 2 réservations" in scene.flat(), "another question was asked between"
        await scene.press("d")
        assert "Rien n’est coché" in beside(scene, "own-words")
        assert scene.page == "OwnPlanningPage"

    parent.visits(act)


@pytest.mark.parametrize("keys", ["p", "pm", "pm\r"], ids=["read", "changed", "ticked"])
def test_every_button_of_the_planning_names_its_key(desk: Desk, family: Family, parent: Parent, keys: str) -> None:
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await scene.press(*("enter" if key == "\r" else key for key in keys))
        shown = [button for button in scene.screen.query("#bar BigButton").results(BigButton) if button.display]
        assert len(shown) == {"p": 5, "pm": 4, "pm\r": 5}[keys]
        for button in shown:
            named = button.key.upper() or ("" if button.id == "quit" else button.action)
            assert not button.key or str(button.label).strip().startswith(named)
        assert "Échap" in scene.flat() and "F1" in scene.flat()

    parent.visits(act)


def test_a_parents_own_avoir_is_theirs(desk: Desk, family: Family, parent: Parent) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "s", "m")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter")
        assert "- 1 annulation" in beside(scene, "own-words")
        await scene.press("v", "t", "escape", "p", "m")
        assert "Votre avoir : " in beside(scene, "own-words")
        assert "Rien n’est coché." in beside(scene, "own-words")

    parent.visits(act)


def test_a_day_of_the_other_parents_is_read_and_never_ticked(desk: Desk) -> None:
    family = a_family(desk, two_payers=True)
    alternate_weeks(desk.database, family.child_id, *family.payer_ids, NEXT_MONDAY.replace(month=11, day=30))
    hold(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "s", "m")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        assert "Réservé par l’autre parent" in scene.flat()
        assert "Karim" not in scene.flat()
        await scene.press("enter")
        assert "à la charge de l’autre parent" in scene.flat()
        assert "Karim" not in scene.flat()

    Parent(desk, family).visits(act)


def test_days_ticked_are_not_lost_by_one_escape(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "escape")
        assert "encore une fois" in scene.flat()
        assert scene.page == "OwnPlanningPage"
        await scene.press("escape")
        assert "ajout" not in scene.flat()
        await scene.press("escape")
        assert scene.page == "FamilyHome"

    parent.visits(act)


def test_a_basket_waits_on_the_planning_and_is_given_up_with_its_places(
    desk: Desk, family: Family, parent: Parent
) -> None:
    hold(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY) + add(family.child_id, BREAK, FRIDAY))
    clock_of(desk).advance(minutes=5)

    async def act(scene: Visit) -> None:
        await scene.press("p")
        assert "avant 10 h 45 (10 minutes)" in beside(scene, "own-words")
        await scene.press("b", "a")
        assert "Rendre 2 places gardées ?" in scene.flat()
        await scene.press("enter")  # « Non » has the focus
        assert scene.page == "OwnBasketPage"
        await scene.press("a", "o")
        assert "Vos places sont rendues" in scene.flat()

    parent.visits(act)
    assert {state for states in states_of(desk.database, family.child_ids).values() for state in states} == {"released"}


def test_a_basket_that_expires_under_the_eyes_says_so(desk: Desk, family: Family, parent: Parent) -> None:
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "b")
        clock_of(desk).advance(minutes=15)
        scene.screen._tick()  # type: ignore[attr-defined]  # what the timer does
        await scene.settle()
        assert "Le quart d’heure est passé" in scene.flat()
        assert "Payer à Comptabilité" not in scene.flat()

    parent.visits(act)


def test_what_changed_meanwhile_is_refused_at_terminer_and_said_on_the_planning(
    desk: Desk, family: Family, parent: Parent
) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        await scene.press("enter", "v")
        set_capacity(desk.database, EVENING, FRIDAY, 0)
        await scene.press("t")
        assert scene.page == "OwnPlanningPage"
        assert "Attention." in scene.flat()
        assert "vendredi 4 décembre" in scene.flat()

    parent.visits(act)


def test_a_tap_ticks_a_day(family: Family, parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m")
        grid = scene.screen.query_one("#grid")
        await scene.pilot.click(grid, offset=(grid.label_width + 3 * grid.cell_width + 2, 2))  # type: ignore[attr-defined]
        await scene.settle()
        assert "+ 1 réservation" in scene.flat()

    parent.visits(act)


@BOTH_SIZES
def test_the_pages_of_a_booking_are_as_kept(desk: Desk, family: Family, parent: Parent, size: tuple[int, int]) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p")
        check_page(scene, "planning")
        await scene.press("m")
        await go_to(scene, family.child_id, MEAL, FRIDAY)
        await scene.press("enter")
        check_page(scene, "planning-ticked")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter", "v")
        check_page(scene, "review")
        await scene.press("t")
        check_page(scene, "basket")
        await scene.press("a")
        check_page(scene, "release")

    parent.visits(act, size=size)
