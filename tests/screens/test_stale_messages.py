"""A sentence leaves when what it spoke of is corrected or left behind; a gesture asked for again is answered again."""

import pytest

from screens.change_password import ChangePasswordDialog
from screens.new_password import NewPasswordDialog
from tests.factories import Family
from tests.screens.playing import Scene, play
from tests.screens.test_payment_act import a_basket
from tui_portail.services.desk import Desk


def test_passwords_that_differ_are_no_longer_refused_while_typed_again(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        scene.app.push_screen(NewPasswordDialog("ancien"))
        await scene.settle()
        await scene.type("abc")
        await scene.press("enter")
        await scene.type("abd")
        await scene.press("enter")
        assert "ne sont pas les mêmes" in scene.flat()
        await scene.type("a")
        assert "ne sont pas les mêmes" not in scene.flat()

    play(act, desk)


def test_a_form_refused_as_a_whole_no_longer_is_once_typed_in(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        scene.app.push_screen(ChangePasswordDialog())
        await scene.settle()
        await scene.press("a", "enter", "b", "enter", "c", "enter")
        assert "ne sont pas les mêmes" in scene.flat()
        await scene.press("d")
        assert "ne sont pas les mêmes" not in scene.flat()

    play(act, desk)


@pytest.mark.parametrize("key", ["a", "r", "enter"])
def test_what_led_to_a_dossier_is_no_longer_said_once_it_is_edited(desk: Desk, family: Family, key: str) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id, "dossier ouvert.")
        assert "Fait : dossier ouvert." in scene.text()
        await scene.press(key, "escape")
        assert "dossier ouvert." not in scene.text()

    play(act, desk)


def test_printing_again_is_answered_each_time(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.press("enter", "i")
        assert "Impression demandée à nouveau (une fois)" in scene.flat()
        await scene.press("i")
        assert "Impression demandée à nouveau (2 fois)" in scene.flat()

    play(act, desk)
