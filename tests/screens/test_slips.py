"""The régisseur prepares a slip, counts its cash and validates it, by keys only; what came back shows in the next."""

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_desk
from tests.screens.playing import LARGE, SMALL, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import cheque
from tests.tui_portail.services.till_acts import sell, where_an_evening_costs_ten_euros
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slip_reading import list_slips
from tui_portail.services.till import open_session


@pytest.fixture
def regisseur(database: Database, tmp_path) -> Desk:
    desk = a_desk(
        database, Role.ENFANCE, Role.REGISSEUR, documents_dir=tmp_path, commune=where_an_evening_costs_ten_euros()
    )
    open_session(desk, 100_00, new_operation())
    return desk


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_slip_is_prepared_counted_and_validated(regisseur: Desk, tmp_path, size: tuple[int, int]) -> None:
    sell(regisseur)
    sell(regisseur, by=cheque, last_name="Martin")
    unpaid = sell(regisseur, by=cheque, last_name="Nguyen")
    reverse_payment(regisseur, unpaid.payment_id, [1], "Chèque sans provision", new_operation())

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+r", "down", "enter")
        assert "Bordereaux" in scene.text()
        await scene.press("f5")
        assert "brouillon" in scene.text()
        check_screen(scene, "slip_draft")
        await scene.press("f5")
        await scene.press(*["enter"] * 5)
        await scene.type("1")
        check_screen(scene, "slip_count")
        await scene.press("f10")
        assert "Un bordereau validé ne change plus." in scene.text()
        await scene.press("enter")
        assert "BV-2026-0001" in scene.text()
        await scene.press("escape")
        check_screen(scene, "slips")

    play(act, regisseur, size=size)
    [row] = list_slips(regisseur)
    assert (row.number, row.final_cents) == ("BV-2026-0001", 20_00)
    [paper] = tmp_path.rglob("bordereau-BV-2026-0001.pdf")
    assert "20,00" in PdfReader(paper).pages[0].extract_text()


def test_a_payment_left_out_waits_for_the_next_slip(regisseur: Desk) -> None:
    sell(regisseur)
    sell(regisseur, by=cheque, last_name="Martin")

    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5", "space")
        assert "[ ]" in scene.text()
        await scene.press("space")
        assert "[ ]" not in scene.text()

    play(act, regisseur)


def test_a_count_that_does_not_make_the_cash_is_refused(regisseur: Desk) -> None:
    sell(regisseur)

    async def act(scene: Scene) -> None:
        await scene.open("slips")
        await scene.press("f5", "f5")
        await scene.type("1")
        await scene.press("f10")
        assert "il en faut 10,00 €" in scene.flat()
        await scene.press("escape", "escape")

    play(act, regisseur)
    assert list_slips(regisseur)[0].number == ""
