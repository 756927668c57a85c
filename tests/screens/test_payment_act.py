"""Cashing: exact, with change, by several means, what a means refuses, the till to open, lines taken out, two desks."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from screens.payment import PaymentScreen
from tests.factories import Family, a_child, a_desk, a_family
from tests.screens.counter_acts import book_and_pay, cancel
from tests.screens.playing import Scene, play
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.till import current_session

WEEK = (date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 10), date(2026, 12, 11))


def a_basket(desk: Desk, family: Family, activity: str = "ALP_SOIR", days: tuple[date, ...] = WEEK) -> tuple[int, int]:
    """A basket on hold for the first child: its id and what is due."""
    changes = [Change(CellKey(family.child_id, activity, day), Tick.ADD) for day in days]
    basket = finish_changes(desk, family.dossier_id, changes, new_operation()).baskets[0]
    return basket.basket_id, basket.due_cents


def test_another_sum_of_cash_shows_its_change_at_once_and_in_large_once_cashed(desk: Desk, family: Family) -> None:
    basket_id, due = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("50")
        change = f"{(5000 - due) // 100},{(5000 - due) % 100:02d}"
        assert f"Monnaie à rendre : {change} €" in scene.text()
        await scene.press("enter")
        assert "Quittance n° 2026-000001" in scene.text()
        assert scene.screen.query_one("#paid-change").value == change  # type: ignore[attr-defined]

    play(act, desk)


def test_a_sum_that_would_be_given_back_nearly_whole_is_confirmed_before_it_is_cashed(
    desk: Desk, family: Family
) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("1 234,00")
        await scene.press("enter")
        assert "Est-ce bien la somme remise" in scene.text()
        assert "1 234,00 €" in scene.text()
        await scene.press("escape")
        assert "Encaissement" in scene.lines()[0]
        with desk.database.read() as connection:
            assert connection.scalar(select(t.payment.c.id)) is None
        await scene.press("enter", "enter")
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, desk)


def test_the_change_of_a_large_note_is_not_asked_about(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("100")
        await scene.press("enter")
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, desk)


def test_too_little_cash_says_how_much_is_missing_and_enter_does_not_cash(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("1")
        await scene.press("enter")
        assert "Il manque" in scene.text()
        assert "Encaissement" in scene.lines()[0]

    play(act, desk)
    with desk.database.read() as connection:
        assert connection.scalar(select(t.payment.c.id)) is None


@pytest.mark.parametrize("typed", ["12,345", "abc"])
def test_a_malformed_amount_says_its_sentence_and_cashes_nothing(desk: Desk, family: Family, typed: str) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type(typed)
        await scene.press("enter")
        assert f"« {typed} »" in scene.flat()
        assert "Encaissement" in scene.lines()[0]

    play(act, desk)


def test_cash_and_a_cheque_share_a_basket_and_the_drawer_is_proposed(desk: Desk, family: Family) -> None:
    basket_id, due = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("2")  # two euros in cash, the rest by cheque
        await scene.press("f6")
        assert "Marie Dupont" in scene.text()
        assert "indiquez la banque" in scene.flat()
        await scene.press("enter")
        await scene.type("Poste")
        await scene.press("enter")
        await scene.type("1234567")
        assert "Le compte y est" in scene.text()
        await scene.press("enter")
        assert "Quittance n°" in scene.text()

    play(act, desk)
    with desk.database.read() as connection:
        tenders = {row.means: row.amount_cents for row in connection.execute(select(t.tender))}
    assert tenders == {"especes": 200, "cheque": due - 200}


def test_a_means_chosen_by_mistake_gives_way_to_the_next_one(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.press("f6", "f7")
        assert "Banque" not in scene.text()  # the fields of the cheque are gone
        await scene.press("f5", "enter")
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, desk)
    with desk.database.read() as connection:
        assert connection.scalars(select(t.tender.c.means)).all() == ["especes"]


def test_a_means_refused_because_another_covers_everything_says_which(desk: Desk, family: Family) -> None:
    basket_id, due = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.press("f6")
        await scene.type(f"{due // 100},{due % 100:02d}")  # typed by the agent: it stays
        await scene.press("f7")
        assert "Le chèque couvre déjà tout : videz le montant pour payer autrement" in scene.flat()
        await scene.press(*["backspace"] * 6)
        assert "couvre déjà tout" not in scene.flat()
        await scene.press("f7")
        assert "Réf. terminal" in scene.text()

    play(act, desk)


def test_while_an_amount_is_typed_the_sentence_speaks_of_it(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("1")
        await scene.press("f6")
        await scene.type("1")
        assert "Il manque 2,24 €. Le chèque : indiquez la banque" in scene.flat()
        await scene.type(",234")
        assert "Chèque : « 1,234 » a plus de deux chiffres" in scene.flat()

    play(act, desk)


def test_the_means_and_their_keys_are_on_the_screen(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        assert "F5 Espèces · F6 Chèque · F7 Carte · F8 CESU · F9 ANCV" in scene.text()

    play(act, desk)


def test_cesu_says_what_it_pays_and_why_not_the_rest(desk: Desk) -> None:
    family = a_family(desk, children=[a_child(renew_alsh_years=(2026,))], quotient_cents=745_00)
    changes = [Change(CellKey(family.child_id, "ALP_SOIR", WEEK[0]), Tick.ADD)]
    changes += [Change(CellKey(family.child_id, "ALSH_MERCREDI", date(2026, 12, 9)), Tick.ADD)]
    basket = finish_changes(desk, family.dossier_id, changes, new_operation()).baskets[0]

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket.basket_id)
        await scene.press("f8")
        assert "Le CESU paie ici « ALP soir ». Pas « ALSH mercredi » à" in scene.flat()
        assert "ans le jour réservé : il faut avoir moins de 6 ans" in scene.flat()

    play(act, desk)


def test_cesu_never_pays_a_meal_and_says_so(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family, "RESTAURATION")

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.press("f8")
        assert "Le CESU ne peut pas payer" in scene.flat()

    play(act, desk)


def test_cesu_is_filled_in_with_the_most_it_may_pay_and_cash_with_the_rest(desk: Desk) -> None:
    young = a_child("Noé", birth_on=date(2021, 5, 1), school_code="MATERNELLE", class_name="Moyenne section")
    family = a_family(desk, children=[young], quotient_cents=745_00)
    changes = [Change(CellKey(family.child_id, code, WEEK[0]), Tick.ADD) for code in ("RESTAURATION", "ALP_SOIR")]
    basket = finish_changes(desk, family.dossier_id, changes, new_operation()).baskets[0]

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket.basket_id)
        assert "CESU" in scene.text()
        await scene.press("f8")
        state = scene.screen.state  # type: ignore[attr-defined]
        cesu = state.entries[Means.CESU].text
        assert state.words()[0], state.words()
        assert cesu != ""
        assert state.entries[Means.CASH].text not in ("", cesu)
        await scene.press("enter")
        assert "Quittance n°" in scene.text()

    play(act, desk)


def test_the_till_is_opened_in_one_gesture_before_the_first_cash(sqlite_database: Database, tmp_path: Path) -> None:
    desk = a_desk(sqlite_database, documents_dir=tmp_path)
    basket_id, _ = a_basket(desk, a_family(desk))

    async def act(scene: Scene) -> None:
        assert "caisse fermée" in scene.lines()[0]
        await scene.open("payment", basket_id)
        await scene.press("enter")
        assert "Ouvrir la caisse" in scene.text()
        await scene.type("50")
        await scene.press("enter")
        assert "Quittance n° 2026-000001" in scene.text()
        assert "caisse ouverte" in scene.lines()[0]

    play(act, desk)
    session = current_session(desk)
    assert session is not None
    assert session.float_cents == 5_000


def test_giving_up_the_till_keeps_the_payment_as_it_was_typed(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database)
    basket_id, _ = a_basket(desk, a_family(desk))

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.type("20")
        await scene.press("enter", "escape")
        assert "Monnaie à rendre" in scene.text()

    play(act, desk)


def test_lines_are_taken_out_before_paying_and_the_amount_follows(desk: Desk, family: Family) -> None:
    basket_id, due = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.press("ctrl+r", "space", "enter")
        assert "Lignes retirées" in scene.text()
        assert scene.screen.state.view.due_cents == due * 3 // 4  # type: ignore[attr-defined]
        await scene.press("enter")
        assert "Quittance n°" in scene.text()

    play(act, desk)


@pytest.mark.parametrize(("place", "key"), [("queue", "l"), ("payment", "ctrl+r")])
def test_lines_taken_out_until_the_avoirs_pay_the_rest_give_the_quittance_at_once(
    desk: Desk, family: Family, place: str, key: str
) -> None:
    book_and_pay(desk, family, WEEK[0], activity="ALP_SOIR")
    cancel(desk, family, WEEK[0], activity="ALP_SOIR")  # an avoir of one evening
    basket_id, _ = a_basket(desk, family, days=WEEK[1:3])

    async def act(scene: Scene) -> None:
        await scene.open(place, *([basket_id] if place == "payment" else []))
        await scene.press(key, "space")
        assert "les avoirs paient le reste, le panier sera réglé aussitôt" in scene.flat()
        await scene.press("enter")
        assert "Quittance n° 2026-000002" in scene.text()
        assert "Avoirs utilisés" in scene.text()

    play(act, desk)


def test_neither_the_payment_nor_the_quittance_says_that_a_meal_is_not_supplied(desk: Desk) -> None:
    family = a_family(desk, children=[a_child("Noé", meal_supplied=False)], quotient_cents=745_00)
    basket_id, _ = a_basket(desk, family, "RESTAURATION")

    async def act(scene: Scene) -> None:
        for place, arguments, keys in (("queue", (), ("l",)), ("payment", (basket_id,), ("ctrl+r",))):
            await scene.open(place, *arguments)
            assert "sans repas" not in scene.flat()
            await scene.press(*keys)
            assert "restaurant scolaire" in scene.flat()
            assert "sans repas" not in scene.flat()
            await scene.press("escape")
        await scene.press("enter")
        assert "Quittance n° 2026-000001" in scene.text()
        await scene.open("quittances")
        await scene.press("enter")
        assert "restaurant scolaire" in scene.flat()
        assert "sans repas" not in scene.flat()

    play(act, desk)


@pytest.mark.parametrize(("place", "keys"), [("queue", ("l",)), ("payment", ("ctrl+r",))])
def test_a_line_ticked_shows_it_in_letters_with_what_would_be_left(
    desk: Desk, family: Family, place: str, keys: tuple[str, ...]
) -> None:
    basket_id, due = a_basket(desk, family, "RESTAURATION")

    async def act(scene: Scene) -> None:
        await scene.open(place, *([basket_id] if place == "payment" else []))
        await scene.press(*keys)
        assert "[x]" not in scene.text()
        assert scene.text().count("[ ]") == 8  # the meal and its break, four days
        await scene.press("enter")
        assert "cochez par Espace" in scene.flat()
        await scene.press("space")
        assert scene.text().count("[x]") == 1
        assert scene.text().count("[+]") == 2  # the break that leaves along, and the sentence that says so
        left = f"{due * 3 // 400},{due * 3 // 4 % 100:02d} €"
        assert f"2 lignes retirées (dont 1 [+] qui part avec), restera {left} à payer" in scene.flat()
        await scene.press("space")
        assert "[x]" not in scene.text()
        await scene.press("down", "space", "enter")
        assert load_basket(desk, basket_id).due_cents == due * 3 // 4

    play(act, desk)


def test_a_basket_paid_at_another_desk_is_said_and_never_paid_twice(desk: Desk, family: Family) -> None:
    basket_id, due = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        cash_basket(desk, basket_id, [Tender(Means.CASH, due)], new_operation())
        await scene.press("enter")
        assert "déjà encaissé" in scene.flat()
        await scene.press("escape")
        assert "Encaissement" not in scene.lines()[0]

    play(act, desk)
    with desk.database.read() as connection:
        assert len(list(connection.scalars(select(t.payment.c.id)))) == 1


def test_a_basket_that_expired_meanwhile_is_said_and_not_cashed(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        desk.clock.advance(minutes=15)
        await scene.press("enter")
        assert "a expiré" in scene.flat()

    play(act, desk)
    with desk.database.read() as connection:
        assert connection.scalar(select(t.payment.c.id)) is None


def test_more_than_three_hundred_euros_in_cash_is_refused_and_the_rest_goes_by_another_means(desk: Desk) -> None:
    family = a_family(desk, children=6)
    days = [date(2027, 1, day) for day in (*range(4, 30),)]
    changes = [
        Change(CellKey(child, code, day), Tick.ADD)
        for child in family.child_ids
        for code in ("ALP_MATIN", "RESTAURATION", "ALP_SOIR")
        for day in days
        if day.weekday() in (0, 1, 3, 4)
    ]
    basket = finish_changes(desk, family.dossier_id, changes, new_operation()).baskets[0]
    assert basket.due_cents > 300_00

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket.basket_id)
        assert scene.screen.state.entries[Means.CASH].text == "300,00"  # type: ignore[attr-defined]
        assert "Il manque" in scene.flat()
        await scene.press("f7")
        assert "300,00" in scene.text()
        await scene.press("enter")
        await scene.type("T42")
        await scene.press("enter")
        assert "Quittance n°" in scene.text()

    play(act, desk)


def test_a_printer_that_fails_loses_nothing_and_says_so(desk: Desk, family: Family, tmp_path: Path) -> None:
    (tmp_path / "pas-un-dossier").write_text("", encoding="utf-8")
    basket_id, _ = a_basket(desk, family)
    broken = replace(desk, documents_dir=tmp_path / "pas-un-dossier" / "docs")

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.press("enter")
        assert "Quittance n° 2026-000001" in scene.text()
        assert "n’a pas été imprimée" in scene.flat()

    play(act, broken, bugs_expected=True, log_folder=tmp_path)


def test_payment_is_not_open_to_who_may_not_cash(sqlite_database: Database) -> None:
    from tui_portail.services.rights import Role

    desk = a_desk(sqlite_database, Role.ENFANCE)
    basket_id, _ = a_basket(desk, a_family(desk))

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        assert not isinstance(scene.screen, PaymentScreen)

    play(act, desk)
