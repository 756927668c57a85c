"""The registers, closings, refunds and certificates on screen: shown, told apart, printed, exported, by keys only."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from screens.register_words import account_text
from tests.factories import a_child, a_desk, a_family, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import EVENING, add, card, cheque, finish, hold, remove, set_time
from tests.tui_portail.services.till_acts import close_till
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.refunds import list_refunds
from tui_portail.services.register_views import AccountView
from tui_portail.services.registers_ledger import AccountBalance, LedgerLine
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session


@pytest.fixture
def regisseur(database: Database, tmp_path: Path) -> Desk:
    """Two families: one pays by card and cheque, gives a day back; a young child, so that there is something to certify."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, documents_dir=tmp_path)
    open_session(desk, 100_00, new_operation())
    young = a_child("Léo", birth_on=date(2021, 5, 4), school_code="MATERNELLE", class_name="Grande section")
    family = a_family(desk, children=[young])
    days = (date(2026, 12, 10), date(2026, 12, 11))
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, *days))
    tenders = [cheque(1_00), card(basket.due_cents - 1_00)]
    cash_basket(desk, basket.basket_id, tenders, new_operation())
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, days[0]))
    return desk


@SIZES_AND_ENGINES
def test_each_register_is_shown_over_its_days(regisseur: Desk, size: tuple[int, int]) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registers")
        assert "1 quittance, 3,90 € reçus" in scene.flat()
        check_screen(scene, "register_journal")
        await scene.press("f5", "enter")
        assert "Carte bancaire 2,90 €" in scene.flat()
        assert "Écriture n° 2 du journal" in scene.text()
        await scene.press("escape")
        await scene.press("f6")
        assert "Débits 105,85 €, crédits 105,85 €" in scene.flat()
        check_screen(scene, "register_ledger")
        await scene.press("enter")
        assert "Solde à la fin" in scene.text()
        await scene.press("escape", "f8")
        assert "1,95 € restants" in scene.flat()
        await scene.press("enter")
        assert "reste 1,95" in scene.flat()
        await scene.press("escape", "f9")
        assert "comme au grand-livre" in scene.flat()
        check_screen(scene, "register_revenue")
        await scene.press("ctrl+n", "ctrl+n")
        assert "Recettes par activité" in scene.flat()
        assert "ALP soir" in scene.text()

    play(act, regisseur, size=size)


def test_what_was_reversed_is_told_apart_from_what_was_received(regisseur: Desk, tmp_path: Path) -> None:
    family = a_family(regisseur, last_name="Martin")
    basket = hold(regisseur, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 10)))
    paid = cash_basket(regisseur, basket.basket_id, [cheque(basket.due_cents)], new_operation())
    reverse_payment(regisseur, paid.payment_id, [1], "Chèque sans provision", new_operation())

    async def act(scene: Scene) -> None:
        await scene.open("registers")
        assert "2 quittances, 5,85 € reçus dont 1,95 € annulés, 0,00 € par avoir." in scene.flat()
        await scene.press("f10")

    play(act, regisseur)
    [paper] = tmp_path.rglob("journal-a-souches-*.pdf")
    assert "dont 1,95 € contre-passés" in PdfReader(paper).pages[0].extract_text().replace("\xa0", " ")


def test_the_number_of_a_slip_is_whole_in_the_movements_of_an_account() -> None:
    at = paris("2026-12-01 10:40")
    line = LedgerLine(at, 63, "versement", "BV-2026-0002", None, 0, 26_24, 119_46)
    balance = AccountBalance("caisse", "Espèces en caisse", 145_70, 0, 26_24)
    text = account_text(balance, AccountView((line,), 1))
    assert "bordereau BV-2026-0002 " in text
    assert {len(told) for told in text.splitlines()} == {68}


def test_a_register_is_printed_and_exported_and_the_journal_checks(regisseur: Desk, tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registers")
        await scene.press("f6", "f10")
        await scene.press("f9", "f10")
        await scene.press("f5", "ctrl+x")
        assert "beancount" in scene.text()
        await scene.press("down", "down", "enter")
        assert "3 écritures" in scene.flat()

    play(act, regisseur)
    [ledger] = tmp_path.rglob("grand-livre-*.pdf")
    assert "GRAND-LIVRE" in PdfReader(ledger).pages[0].extract_text()
    assert list(tmp_path.rglob("recettes-*.pdf"))
    [book] = tmp_path.rglob("journal-*.beancount")
    done = subprocess.run([Path(sys.executable).with_name("bean-check"), book], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_days_in_the_wrong_order_are_said(regisseur: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registers")
        scene.screen.query_one("#from-on").focus_field()  # type: ignore[attr-defined]
        await scene.type("31/12/2026")
        await scene.press("enter", "enter")
        assert "La période finit avant de commencer" in scene.flat()

    play(act, regisseur)


@SIZES_AND_ENGINES
def test_periods_that_are_over_are_closed_and_their_total_goes_on(regisseur: Desk, size: tuple[int, int]) -> None:
    close_till(regisseur)
    set_time(regisseur, paris("2027-01-04 09:00"))

    async def act(scene: Scene) -> None:
        await scene.open("closings")
        assert "F5 clôture ce qui est terminé" in scene.flat()
        await scene.press("f5")
        assert "clôturé : 1 journée, 1 mois, 1 année" in scene.flat().lower()
        check_screen(scene, "closings")
        await scene.press("f6")
        assert "12/2026" in scene.text()
        await scene.press("f5")
        assert "déjà clôturées" in scene.flat()
        await scene.press("f10")

    play(act, regisseur, size=size)


@SIZES_AND_ENGINES
def test_a_family_that_leaves_is_put_on_the_ordonnateurs_list(
    regisseur: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("dossier", 1)
        await scene.press("b")
        assert "Aucune espèce n’est rendue" in scene.flat()
        await scene.type("Demenagement")
        await scene.press("enter")
        assert "RM-2026-0001" in scene.text()
        await scene.open("refunds")
        check_screen(scene, "refunds")
        await scene.press("f10")

    play(act, regisseur, size=size)
    assert [row.amount_cents for row in list_refunds(regisseur, 2026)] == [1_95]
    assert list(tmp_path.rglob("remboursements-2026.pdf"))


@SIZES_AND_ENGINES
def test_all_the_certificates_of_a_year_are_written(regisseur: Desk, tmp_path: Path, size: tuple[int, int]) -> None:
    close_till(regisseur)
    set_time(regisseur, paris("2027-02-01 09:00"))

    async def act(scene: Scene) -> None:
        await scene.open("certificates")
        assert "Année 2026 : 1 attestation, 1,95 € de garde." in scene.flat()
        check_screen(scene, "certificates")
        await scene.press("f5")
        await scene.until(lambda: "attestations écrites" in scene.flat().lower())
        await scene.press("comma")
        assert "Rien à attester" in scene.flat()

    play(act, regisseur, size=size)
    assert list(tmp_path.rglob("attestations-fiscales-2026.pdf"))


@SIZES_AND_ENGINES
def test_the_regie_says_where_to_go(regisseur: Desk, size: tuple[int, int]) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("ctrl+r")
        check_screen(scene, "regie")

    play(act, regisseur, size=size)
