"""Payments online at Comptabilité's desk, by keys only: followed, contested, reconciled with a statement, money entered from it."""

import re
from datetime import date
from pathlib import Path

import pytest

from models.engine import Database
from screens.online_words import (
    count_words,
    difference_text,
    late_words,
    page_open_words,
    reconciliation_words,
)
from tests.factories import a_desk, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import FRIDAY, NEXT_MONDAY
from tests.tui_portail.services.online_desk import OnlineDesk
from tui_portail.services.online_late import LateMoney
from tui_portail.services.online_list import OnlineSort
from tui_portail.services.reconciliation import Difference, Gap, Reconciliation
from tui_portail.services.registers import Period
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

TUESDAY = date(2026, 12, 1)


@pytest.fixture
def world(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OnlineDesk:
    numbers = iter(f"PF2026ABCDEFGHJKLM{place:02d}" for place in range(10, 40))
    monkeypatch.setattr("tui_portail.services.online_payments.new_reference", lambda year: next(numbers))
    return OnlineDesk(database, tmp_path)


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "releve.csv"
    path.write_text("\n".join(["Référence;Montant;Date", *lines]), encoding="cp1252")
    return path


@SIZES_AND_ENGINES
def test_a_payment_is_found_read_and_asked_about_again(world: OnlineDesk, size: tuple[int, int]) -> None:
    paid = world.paid(FRIDAY)
    world.page(NEXT_MONDAY)

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+r")
        assert "Paiements en ligne" in scene.text()
        await scene.open("online")
        assert "2 paiements (tous)" in scene.text()
        check_screen(scene, "online_payments")
        world.payfip.decide("P")
        await scene.press("f5")
        assert "Fait : 1,66 € : payée, quittance n° 2026-000002." in scene.flat()
        await scene.press("enter")
        assert "payé par carte bancaire" in scene.flat()
        check_screen(scene, "online_payment")
        await scene.press("escape", "ctrl+n")
        assert "Aucun paiement en ligne." in scene.text()
        await scene.press("ctrl+n")
        assert "2 paiements (payés)" in scene.text()
        await scene.type(paid.reference)
        assert "1 paiement (payés)" in scene.text()

    play(act, world.desk, size=size)
    assert world.is_sound()


def test_all_that_may_still_be_paid_are_asked_and_who_does_not_answer_is_said(world: OnlineDesk) -> None:
    world.page(FRIDAY)
    world.payfip.decide("R")
    world.page(NEXT_MONDAY)
    world.payfip.decide("P")

    async def act(scene: Scene) -> None:
        await scene.open("online")
        world.payfip.lost = [True]
        await scene.press("f6")
        assert "2 paiements demandés à PayFiP, 1 payé. Au moins un n’a pas de réponse" in scene.flat()
        await scene.press("f6")
        assert "1 paiement demandé à PayFiP, 0 payé." in scene.flat()

    play(act, world.desk)
    assert world.is_sound()


def test_a_dispute_is_noted_then_answered(world: OnlineDesk) -> None:
    world.page(FRIDAY)
    world.payfip.decide("P")

    async def act(scene: Scene) -> None:
        await scene.open("online")
        await scene.press("f8")
        assert "que dit la famille" in scene.flat()
        await scene.type("rien vu")
        await scene.press("enter")
        assert "contestation notée. 1,66 € : payée" in scene.flat()
        assert "contestée, payée" in scene.text()
        await scene.press("f8")
        await scene.type("quittance remise")
        await scene.press("enter")
        assert "contestation terminée" in scene.flat()
        await scene.press("enter")
        assert "rien vu" in scene.flat()
        assert "quittance remise" in scene.flat()

    play(act, world.desk)


def test_a_desk_without_payfip_says_what_to_do(world: OnlineDesk) -> None:
    world.page(FRIDAY)
    world.desk.online = None

    async def act(scene: Scene) -> None:
        await scene.open("online")
        await scene.press("f5")
        assert "donnez l’adresse du portail (portail_adresse)" in scene.flat()

    play(act, world.desk)


@SIZES_AND_ENGINES
def test_a_statement_is_read_kept_and_its_money_entered(
    world: OnlineDesk, size: tuple[int, int], tmp_path: Path
) -> None:
    row = world.forgotten(FRIDAY)
    paid = world.paid(NEXT_MONDAY)
    path = a_file(
        tmp_path,
        f"{row.reference};1,66;01/12/2026",
        f"{paid.reference};1,66;02/12/2026",
        "AUTRE;5,00;02/12/2026",
        "SANS DATE;5,00;",
    )

    async def act(scene: Scene) -> None:
        await scene.open("online")
        await scene.press("f10")
        assert "Payé ici : 1 paiement, 1,66 € · au relevé : 0 ligne, 0,00 €" in scene.flat()
        check_screen(scene, "reconciliation_before")
        await scene.press("f5")
        await scene.type(str(path))
        await scene.press("enter")
        assert "rapprochée 1 · autre montant 0 · pas payée ici 1 · inconnue ici 1" in scene.flat()
        check_screen(scene, "treasury_statement")
        await scene.press("enter")
        assert "Ligne 5" in scene.text()
        await scene.press("escape", "ctrl+n")
        assert "Lignes montrées : rapprochée" in scene.flat()
        await scene.press("f10")
        assert "Un relevé enregistré ne change plus." in scene.flat()
        await scene.press("enter")
        assert "Relevé enregistré : 3 paiements, 8,32 €, 2 lignes à regarder." in scene.flat()
        check_screen(scene, "reconciliation_after")
        await scene.press("enter")
        assert "F8 entre la somme" in scene.flat()
        await scene.press("escape", "f8")
        await scene.type("au relevé")
        await scene.press("enter")
        assert "Fait : 1,66 € : payée, quittance n° 2026-000002." in scene.flat()
        await scene.press("f8")
        assert "seule une ligne du relevé « pas payé ici » se saisit" in scene.flat()
        await scene.press("f5")
        await scene.type(str(path))
        await scene.press("enter")
        assert "Ce relevé a déjà été lu" in scene.flat()

    play(act, world.desk, size=size)
    assert world.is_sound()


def test_a_statement_left_unkept_is_asked_about(world: OnlineDesk, tmp_path: Path) -> None:
    path = a_file(tmp_path, "AUTRE;5,00;02/12/2026")

    async def act(scene: Scene) -> None:
        await scene.open("reconciliation")
        await scene.press("f5")
        await scene.type(str(path))
        await scene.press("enter", "escape")
        assert "Ce relevé n’est pas enregistré : partir l’abandonne." in scene.flat()
        await scene.press("enter")
        assert "Rapprochement PayFiP" in scene.text()

    play(act, world.desk)


def test_a_file_that_is_no_statement_is_refused_on_screen(world: OnlineDesk, tmp_path: Path) -> None:
    path = tmp_path / "autre.csv"
    path.write_text("Nom;Prénom\nDupont;Marie\n")

    async def act(scene: Scene) -> None:
        await scene.open("reconciliation")
        await scene.press("f5")
        await scene.type(str(tmp_path / "absent.csv"))
        await scene.press("enter")
        assert "Aucun fichier" in scene.flat()
        await scene.press("ctrl+u")
        await scene.type(str(path))
        await scene.press("enter")
        assert "Ce n’est pas un relevé de paiements compris ici" in scene.flat()

    play(act, world.desk)


def test_the_reconciliation_is_exported(world: OnlineDesk, tmp_path: Path) -> None:
    world.paid(FRIDAY)

    async def act(scene: Scene) -> None:
        await scene.open("reconciliation")
        await scene.press("ctrl+x", "enter")
        assert "Rapprochement PayFiP le mardi 1er décembre 2026 : 4 lignes dans" in scene.flat()

    play(act, world.desk)
    [written] = tmp_path.rglob("rapprochement-payfip-*.csv")
    assert "payé ici, sur aucun relevé" in written.read_text("utf-8-sig")


def test_comptabilite_reads_the_reconciliation_and_the_regisseur_alone_enters_money(world: OnlineDesk) -> None:
    row = world.forgotten(FRIDAY)
    world.read((row.reference, 166, TUESDAY))
    other = a_desk(world.desk.database, Role.COMPTABILITE, at=world.desk.now(), username="comptabilite")

    async def act(scene: Scene) -> None:
        await scene.open("reconciliation")
        assert "au relevé, pas payé ici" in scene.flat()
        for key in ("f5", "f8"):
            await scene.press(key)
            assert "Réservé à : Régisseur." in scene.flat()

    play(act, other)


def test_cashing_a_basket_whose_page_is_open_is_confirmed_first(world: OnlineDesk) -> None:
    open_session(world.desk, 50_00, "une-operation-de-caisse")
    basket_id = world.evenings(FRIDAY)
    world.page(NEXT_MONDAY)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        assert "PayFiP en cours" in scene.text()
        check_screen(scene, "queue_being_paid")
        await scene.open("payment", basket_id)
        await scene.press("enter")
        assert "Un paiement en ligne est ouvert jusqu’à 10 h 45" in scene.flat()
        assert "la somme deviendra un avoir" in scene.flat()
        await scene.press("escape")
        assert "Encaissement" in scene.text()
        await scene.press("enter", "enter")
        assert "2026-000001" in scene.text()

    play(act, world.desk)
    assert world.is_sound()


def test_words_of_payments_online_are_french() -> None:
    def flat(text: str) -> str:
        return re.sub(r"[\u00a0\u202f]", " ", text)

    assert page_open_words(paris("2026-12-01 10:45")).startswith("Un paiement en ligne est ouvert jusqu’à 10 h 45 :")
    assert count_words(OnlineSort.ALL, 200) == "Les 200 derniers (tous) : tapez pour chercher plus loin."
    told = flat(late_words(LateMoney(1, 2, 332, "AV-2026-000001")))
    assert told == (
        "Argent venu quand le panier n’attendait plus ainsi. 1 réservation confirmée. 2 réservations n’ont pas pu être gardées. "
        "3,32 € deviennent l’avoir n° AV-2026-000001, qui servira tout seul au prochain paiement."
    )
    nothing = Reconciliation(Period(TUESDAY, TUESDAY), 0, 0, 0, 0, 0, 0, 0, 0, ())
    assert flat(reconciliation_words(nothing)).endswith("Compte PayFiP : 0,00 €")
    wrong = Reconciliation(Period(TUESDAY, TUESDAY), 1, 100, 1, 100, 1, 90, 0, 0, ())
    assert "le journal ne dit pas la même somme" in reconciliation_words(wrong)
    for gap in Gap:
        assert difference_text(Difference(gap, "PF1", None, 100, 100)).splitlines()[-1]
