"""The régisseur reverses an unpaid cheque and corrects means typed wrong, by keys only."""

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.screens.counter_acts import FRIDAY, THURSDAY
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    add,
    book_and_pay,
    cash,
    cheque,
    finish,
    hold,
    remove,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import list_quittances
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session


@pytest.fixture
def regisseur(database: Database, tmp_path) -> Desk:
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, documents_dir=tmp_path)
    open_session(desk, 100_00, new_operation())
    return desk


def pay(desk: Desk, *tenders, last_name: str = "Dupont") -> None:
    family = a_family(desk, last_name=last_name)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    cash_basket(desk, basket.basket_id, tenders, new_operation())


@SIZES_AND_ENGINES
def test_an_unpaid_cheque_is_reversed_and_its_debt_waits_in_the_queue(regisseur: Desk, size: tuple[int, int]) -> None:
    pay(regisseur, cash(1_00), cheque(2 * EVENING_CENTS - 1_00))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10")
        assert "[x] Chèque" in scene.text(), "the cheque is ticked by itself"
        assert "1,00 € gardés deviennent un avoir du payeur : aucune espèce n’est rendue." in scene.flat()
        check_screen(scene, "reversal")
        await scene.press("enter")
        assert "Chèque sans provision" in scene.text()
        await scene.press("enter", "enter")
        assert "est contre-passée" in scene.flat()
        assert "Contre-passée mardi 1er décembre 2026" in scene.flat()
        assert "Cochez" not in scene.text(), "there is nothing left to tick"
        await scene.press("f4")
        assert "Régul." in scene.text()

    play(act, regisseur, size=size)
    [debt] = list_queue(regisseur)
    assert (debt.total_cents, debt.avoir_cents) == (2 * EVENING_CENTS, 1_00)


def test_the_debt_of_a_payment_that_was_another_familys_is_dropped_from_the_queue(regisseur: Desk) -> None:
    pay(regisseur, cash(2 * EVENING_CENTS))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10", "enter", "down", "enter", "enter")
        assert "Si rien n’est dû, annulez-y cette dette" in scene.flat()
        await scene.press("f4", "a", "enter")
        assert "le régisseur peut l’annuler en entier, avec un motif" in scene.flat()
        await scene.press("d")
        assert "Marie Dupont doit 3,90 €. Pourquoi annuler cette dette ?" in scene.flat()
        await scene.press("enter")
        assert "écrivez un motif" in scene.flat()
        await scene.type("Encaissé pour une autre famille")
        await scene.press("enter")
        assert "Annuler cette dette ?" in scene.text()
        assert "Marie Dupont ne devra plus 3,90 € (2 journées, Inès)." in scene.flat()
        await scene.press("escape")
        assert "Régul." in scene.text(), "nothing was done"
        await scene.press("d")
        await scene.type("Encaissé pour une autre famille")
        await scene.press("enter", "enter")
        assert "Dette annulée : 3,90 € ne sont plus dus, 2 journées annulées." in scene.flat()
        assert "Aucun panier à encaisser" in scene.text()

    play(act, regisseur)
    assert list_queue(regisseur) == ()


def test_a_basket_on_hold_is_no_debt_to_drop(regisseur: Desk) -> None:
    family = a_family(regisseur)
    hold(regisseur, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.press("f4", "d")
        assert "ce panier n’est pas une dette : a rend ses places" in scene.flat()

    play(act, regisseur)


@SIZES_AND_ENGINES
def test_the_second_cheque_of_a_payment_is_said_unpaid_once_the_first_was_reversed(
    regisseur: Desk, size: tuple[int, int]
) -> None:
    pay(regisseur, cheque(1_00, number="0000001"), cheque(2 * EVENING_CENTS - 1_00, number="0000002"))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10", "space", "enter", "enter", "enter")
        assert "est contre-passée" in scene.flat()
        assert "gardé en avoir" in scene.flat()
        assert "Un chèque gardé revient impayé ?" in scene.flat()
        check_screen(scene, "reversal_kept")
        await scene.press("up", "enter")
        assert "choisissez le chèque gardé" in scene.flat(), "the first is lost already"
        await scene.press("down", "enter")
        assert "l’avoir qui les gardait est repris d’autant" in scene.flat()
        await scene.press("escape", "enter", "enter", "escape", "enter", "enter", "enter")
        assert "noté impayé" in scene.flat()
        assert "revenu impayé" in scene.flat()
        assert "Un chèque gardé revient impayé ?" not in scene.flat()

    play(act, regisseur, size=size)
    [debt] = list_queue(regisseur)
    assert (debt.total_cents, debt.avoir_cents) == (2 * EVENING_CENTS, 0)


def test_a_debt_is_paid_by_a_transfer_which_a_booking_never_is(regisseur: Desk) -> None:
    pay(regisseur, cheque(2 * EVENING_CENTS))
    family = a_family(regisseur, last_name="Martin")
    hold(regisseur, family.dossier_id, add(family.child_id, EVENING, THURSDAY))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10", "enter", "enter", "enter", "f4", "enter")
        assert "Virement" not in scene.text()
        await scene.press("f10")
        assert "Le virement ne peut pas payer une réservation." in scene.flat()
        await scene.press("escape", "down", "enter")
        assert "F10 Virement" in scene.text()
        await scene.press("f10", "enter")
        await scene.type("SEPA 4411")
        await scene.press("enter")
        assert "Encaissé" in scene.text()

    play(act, regisseur)
    assert [row.payer_name for row in list_queue(regisseur)] == ["Marie Martin"]


@SIZES_AND_ENGINES
def test_means_typed_wrong_are_corrected_and_the_new_quittance_says_which_it_replaces(
    regisseur: Desk, size: tuple[int, int]
) -> None:
    pay(regisseur, cash(2 * EVENING_CENTS, 10_00))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10", "f5")
        assert "Correction des moyens" in scene.text()
        await scene.press("f7")
        check_screen(scene, "correction")
        await scene.press("enter")
        await scene.type("0042")
        await scene.press("enter")
        assert "Moyen de paiement mal saisi" in scene.text()
        await scene.press("enter")
        assert "Quittance n° 2026-000002" in scene.flat()
        await scene.press("escape", "f7")
        assert "annulée" in scene.text()

    play(act, regisseur, size=size)
    new, old = list_quittances(regisseur)
    assert (new.means, old.reversed, new.reversed) == ("Carte bancaire", True, False)
    assert list_queue(regisseur) == ()


def test_a_payment_made_of_avoirs_alone_has_nothing_to_tick_and_gives_them_back(regisseur: Desk) -> None:
    family = a_family(regisseur)
    book_and_pay(regisseur, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    finish(regisseur, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))
    hold(regisseur, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10")
        assert "Les avoirs ont tout payé." in scene.flat()
        assert "Cochez" not in scene.text()
        await scene.press("enter")
        assert "Chèque sans provision" not in scene.text()
        await scene.press("enter", "enter")
        assert "Avoirs rendus au payeur" in scene.flat()

    play(act, regisseur)
    assert list_quittances(regisseur)[0].reversed is True


def test_what_avoirs_and_a_card_paid_is_reversed_with_nothing_ticked_and_the_money_stays(regisseur: Desk) -> None:
    family = a_family(regisseur)
    book_and_pay(regisseur, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    finish(regisseur, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))
    book_and_pay(regisseur, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10", "space")
        assert "Rien n’est coché : tout a été reçu." in scene.flat()
        await scene.press("enter", "enter", "enter")
        assert "La somme gardée devient l’avoir AV-2026-000002 de 1,95 €." in scene.flat()

    play(act, regisseur)
    assert list_quittances(regisseur)[0].reversed is True


def test_giving_up_the_reason_or_the_confirmation_changes_nothing(regisseur: Desk) -> None:
    pay(regisseur, cheque(2 * EVENING_CENTS))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10", "enter", "escape", "enter", "enter", "escape")
        await scene.press("space", "enter")
        assert "cochez par Espace" in scene.flat()

    play(act, regisseur)
    assert list_quittances(regisseur)[0].reversed is False


def test_comptabilite_is_told_whose_right_it_is(database: Database, tmp_path) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.COMPTABILITE, documents_dir=tmp_path)
    open_session(desk, 0, new_operation())
    pay(desk, cheque(2 * EVENING_CENTS))

    async def act(scene: Scene) -> None:
        await scene.press("f7", "f10")
        assert "Réservé à : Régisseur" in scene.flat()
        await scene.press("f4", "d")
        assert "Réservé à : Régisseur" in scene.flat()

    play(act, desk)
