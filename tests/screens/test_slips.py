"""The régisseur prepares a slip, counts its cash and validates it, by keys only; what came back shows in the next."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_desk
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import card, cash, cheque, clock_of
from tests.tui_portail.services.slip_acts import THE_EXAMPLE, a_regie, pay, pay_all, prepared, unpaid, validated
from tests.tui_portail.services.till_acts import close_till
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.slip_reading import list_slips, load_slip
from tui_portail.services.till import open_session


@pytest.fixture
def regisseur(database: Database, tmp_path: Path) -> Desk:
    desk = a_regie(database)
    desk.documents_dir = tmp_path
    return desk


@SIZES_AND_ENGINES
def test_the_worked_example_is_prepared_counted_and_validated(
    regisseur: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    *_, last = pay_all(regisseur, *THE_EXAMPLE)

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+d")
        assert "Aucun bordereau : F5 prépare le premier." in scene.flat()
        await scene.press("f5", "escape")
        unpaid(regisseur, last)
        await scene.press("enter")
        assert "Total 207,00 € 44,50 € 162,50 €" in scene.flat()
        assert "Espèces (1) 35,50 € 0,00 € 35,50 €" in scene.flat()
        assert "Chèque (3) 171,50 € 44,50 € 127,00 €" in scene.flat()
        check_screen(scene, "slip_draft")
        await scene.press("f5")
        await scene.press(*["enter"] * 4, "1", *["enter"] * 2, "3", *["enter"] * 3, "1")
        check_screen(scene, "slip_count")
        await scene.press("f10")
        check_screen(scene, "slip_confirm")
        await scene.press("enter")
        assert "Bordereau BV-2026-0001 validé." in scene.flat()
        assert "Valider" not in scene.text(), "a validated slip only prints"
        await scene.press("escape")
        check_screen(scene, "slips")

    play(act, regisseur, size=size)
    [row] = list_slips(regisseur)
    assert (row.number, row.final_cents) == ("BV-2026-0001", 162_50)
    assert load_slip(regisseur, row.slip_id).cash == ((20_00, 1), (5_00, 3), (50, 1))
    [paper] = tmp_path.rglob("bordereau-BV-2026-0001.pdf")
    assert "162,50" in PdfReader(paper).pages[0].extract_text()


@SIZES_AND_ENGINES
def test_what_was_deposited_and_came_back_is_taken_off_the_next(regisseur: Desk, size: tuple[int, int]) -> None:
    *_, last = pay_all(regisseur, *THE_EXAMPLE)
    validated(regisseur, prepared(regisseur))
    unpaid(regisseur, last)
    missing, _ = pay_all(regisseur, cheque(20_00, drawer="Zoé [red]x[/]"), card(12_00))
    close_till(regisseur, missing=(missing.payment_id,), reasons={Means.CHEQUE: "Chèque égaré"})

    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5")
        assert "impayé" in scene.text() and "−44,50 €" in scene.text() and "manquant" in scene.text()
        check_screen(scene, "slip_negative")
        await scene.press("end", "space")
        assert "déduite de ce bordereau et ne peut pas en être retirée" in scene.flat()
        await scene.press("v", "enter")
        assert "Noté manquant à la clôture de la caisse : chèque de la quittance n° 2026-000006" in scene.flat()
        await scene.press("home", "space", "v", "enter")
        assert "Bordereau BV-2026-0002 validé." in scene.flat()

    play(act, regisseur, size=size)
    assert list_slips(regisseur)[0].final_cents == -32_50


def test_a_payment_left_out_waits_until_it_is_put_back_or_the_slip_completed(regisseur: Desk) -> None:
    pay_all(regisseur, cash(10_00), cheque(20_00))

    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5", "space")
        assert "[ ]" in scene.text() and "laissé" in scene.text() and "Total 20,00 €" in scene.flat()
        await scene.press("space")
        assert "[ ]" not in scene.text() and "Total 30,00 €" in scene.flat()
        await scene.press("space")
        pay(regisseur, card(5_00))
        await scene.press("c")
        assert "2 paiements de plus." in scene.flat() and "Total 35,00 €" in scene.flat()
        await scene.press("c")
        assert "Rien n’attendait" in scene.flat()
        await scene.press("space", "escape", "f5")
        assert "[ ]" in scene.text(), "what was left out stays out"
        await scene.press("c", "f10")
        assert "bordereau-brouillon" in scene.flat()

    play(act, regisseur)
    assert list_slips(regisseur)[0].number == "", "nothing was validated"


def test_a_count_that_does_not_make_the_cash_is_refused_and_giving_up_changes_nothing(regisseur: Desk) -> None:
    pay(regisseur, cash(10_00))

    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5", "f5", "1", "f10")
        assert "Compté 500,00 €, 490,00 € de trop." in scene.flat()
        assert "il en faut 10,00 €" in scene.flat()
        await scene.press("escape", "f5", *["enter"] * 5, "1", "f10", "escape")
        assert "brouillon" in scene.flat()

    play(act, regisseur)
    assert list_slips(regisseur)[0].number == ""


def test_a_slip_changed_at_another_desk_is_read_again_before_it_is_validated(regisseur: Desk) -> None:
    first, _ = pay_all(regisseur, cheque(10_00), card(20_00))

    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5")
        unpaid(regisseur, first)
        await scene.press("v", "enter")
        assert "verse maintenant 20,00 € et non 30,00 €" in scene.flat()
        assert "Chèque (0) 10,00 € 10,00 € 0,00 €" in scene.flat(), "it is shown as it is now"
        await scene.press("v", "enter")
        assert "BV-2026-0001" in scene.text()

    play(act, regisseur)


def test_a_slip_of_titles_that_are_missing_says_whole_what_to_do_of_them(regisseur: Desk) -> None:
    pay(regisseur, Tender(Means.ANCV, 2_050_00))
    close_till(regisseur, values={Means.ANCV: 2_040_00}, reasons={Means.ANCV: "Titre égaré"})
    prepared(regisseur)

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+d", "enter", "f5", "enter")
        assert "la régie n’en détient que 2 040,00 €" in scene.flat()
        assert "puis comptez à la clôture ceux qui restent." in scene.flat()

    play(act, regisseur)


def test_nothing_to_deposit_is_said(regisseur: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5")
        assert "tout ce qui a été reçu est déjà versé" in scene.flat()

    play(act, regisseur)


@SIZES_AND_ENGINES
def test_what_the_regie_must_deposit_is_told_at_sign_in_on_the_till_and_with_the_slips(
    regisseur: Desk, size: tuple[int, int]
) -> None:
    pay_all(regisseur, cash(950_00), cheque(20_00))
    close_till(regisseur)
    clock_of(regisseur).advance(days=34)
    open_session(regisseur, 1_050_00, new_operation())

    async def act(scene: Scene) -> None:
        scene.app.welcome()
        await scene.settle()
        await scene.until(lambda: "Ctrl+D : bordereaux" in scene.flat())
        assert "Espèces détenues : 1 050,00 €" in scene.flat()
        assert "Autres avertissements : 2." in scene.flat()
        await scene.press("ctrl+n")
        await scene.until(lambda: "1 chèque était à remettre au plus tard le mercredi 2 décembre 2026" in scene.flat())
        await scene.press("ctrl+d")
        assert "Aucun versement depuis le mardi 1er décembre 2026, premier encaissement" in scene.flat()
        assert "Selon : Acte constitutif de la régie (exemple)" in scene.flat()
        check_screen(scene, "slips_warned")
        await scene.press("f5", "v", *["enter"] * 4, "4", "7", "enter", "1", "f10", "enter")
        await scene.press("escape")
        assert "Espèces détenues" not in scene.flat()

    play(act, regisseur, size=size)


def test_comptabilite_is_told_whose_right_it_is_and_sees_the_warnings_at_the_till(
    regisseur: Desk, database: Database
) -> None:
    pay(regisseur, cash(950_00))
    desk = a_desk(database, Role.COMPTABILITE)

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+d")
        assert "Réservé à : Régisseur" in scene.flat()
        await scene.press("ctrl+n")
        await scene.until(lambda: "Espèces détenues : 1 050,00 €" in scene.flat())

    play(act, desk)
