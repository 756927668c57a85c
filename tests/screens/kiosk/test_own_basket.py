"""« À payer » and what leads to it: what is held and until when, what is done for good, when paying online is offered, one page back."""

from dataclasses import replace

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.screens.kiosk.family_acts import Parent, beside, go_to
from tests.screens.kiosk.playing import PHONE, SMALL, Visit, check_page
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    NEXT_MONDAY,
    add,
    book_and_pay,
    clock_of,
    hold,
    pay_by_card,
)
from tests.tui_portail.services.online_acts import FakePayFip, paying_online
from tui_portail.services.desk import Desk


@pytest.fixture
def parent(desk: Desk, family: Family) -> Parent:
    return Parent(desk, family)


def test_nothing_is_said_booked_before_it_is_paid(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "v")
        assert "un quart d’heure, le temps de payer : seul le paiement valide l’inscription" in scene.flat()
        await scene.press("t")
        said = scene.flat()
        assert "2 réservations vous sont gardées jusqu’à 10 h 45 : il reste à payer 2,95 €" in said
        assert "Seul le paiement valide l’inscription." in said
        assert "enregistré" not in said and "confirmée" not in said

    parent.visits(act)


def test_a_mere_cancellation_is_done_and_asks_for_no_money(desk: Desk, family: Family, parent: Parent) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "s", "m")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter", "v")
        said = scene.flat()
        assert "Vous annulez" in said
        assert "Vous réservez" not in said and "À payer" not in said and "quart d’heure" not in said
        await scene.press("t")
        said = scene.flat()
        assert "C ’ E S T F A I T" in said and "1 journée annulée" in said
        assert "il servira tout seul à votre prochain paiement" in said

    parent.visits(act)


def test_what_avoirs_settle_is_confirmed_and_its_quittance_is_one_page_away(
    desk: Desk, family: Family, parent: Parent
) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "s", "m")
        await go_to(scene, family.child_id, EVENING, NEXT_MONDAY)
        await scene.press("enter", "v", "t", "escape", "m")
        await go_to(scene, family.child_id, EVENING, FRIDAY)
        await scene.press("enter", "v", "t")
        assert "1 réservation confirmée" in scene.flat()
        await scene.press("q")
        assert scene.page == "OwnQuittancePage"
        await scene.press("escape")
        assert scene.page == "OwnBasketPage"

    parent.visits(act)


def test_back_from_what_is_to_be_paid_is_the_planning_then_home(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        await scene.press("p", "m", "enter", "v", "t", "escape")
        assert scene.page == "OwnPlanningPage"
        assert "2,95 € à payer avant 10 h 45" in beside(scene, "own-words")
        await scene.press("escape")
        assert scene.page == "FamilyHome"

    parent.visits(act)


def test_a_basket_cashed_meanwhile_is_said_paid(desk: Desk, family: Family, parent: Parent) -> None:
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "b", "c")
        pay_by_card(desk, basket.basket_id)
        await scene.press("escape")
        assert scene.page == "OwnBasketPage"
        assert "Payé : quittance n° 2026-000001." in scene.flat()
        assert "Payer à Comptabilité" not in scene.flat()

    parent.visits(act)


def test_home_says_what_waits_until_it_is_paid_or_too_late(desk: Desk, family: Family, parent: Parent) -> None:
    first = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def pays(scene: Visit) -> None:
        assert "à payer avant 10 h 45" in beside(scene, "waiting")
        await scene.press("b")
        assert scene.page == "OwnBasketPage"
        pay_by_card(desk, first.basket_id)
        await scene.press("escape")
        assert beside(scene, "waiting") == "Votre panier est payé : quittance n° 2026-000001."
        assert not scene.screen.query_one("#basket").display

    async def waits(scene: Visit) -> None:
        assert "Votre panier attend : 1,06 € à payer avant 10 h 45" in beside(scene, "waiting")
        clock_of(desk).advance(minutes=16)
        scene.screen._show_waiting()  # type: ignore[attr-defined]  # what the timer does
        assert beside(scene, "waiting") == ""
        assert not scene.screen.query_one("#basket").display

    parent.visits(pays)
    hold(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    parent.visits(waits)


@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["80x24", "40x30"])
def test_home_with_a_basket_is_as_kept(desk: Desk, family: Family, parent: Parent, size: tuple[int, int]) -> None:
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        check_page(scene, "home-waiting")

    parent.visits(act, size=size)


def test_under_the_least_amount_the_counter_alone_is_offered_and_it_is_said_why(sqlite_database: Database) -> None:
    commune = paying_online()
    dear = replace(commune.policy.online, least_cents=50_00)
    desk = a_desk(sqlite_database, commune=replace(commune, policy=replace(commune.policy, online=dear)))
    family = a_family(desk, children=2)
    parent = Parent(desk, family, payfip=FakePayFip())
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await scene.press("p", "b")
        assert "Le paiement en ligne commence à 50,00 €, et il reste" in scene.flat()
        assert "Payer en ligne" not in scene.flat()
        assert scene.screen.focused is scene.screen.query_one("#counter")

    parent.visits(act)
