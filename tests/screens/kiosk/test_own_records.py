"""« Mes avoirs », « Mes quittances », « Mes enfants » at the kiosk."""

import pytest

from tests.factories import Family, a_child, a_family
from tests.screens.kiosk.family_acts import Parent
from tests.screens.kiosk.playing import PHONE, SMALL, Visit, check_page
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, NEXT_MONDAY, add, book_and_pay, finish, remove
from tui_portail.services.desk import Desk


@pytest.fixture
def parent(desk: Desk, family: Family) -> Parent:
    return Parent(desk, family)


def test_with_nothing_yet_each_page_says_so(parent: Parent) -> None:
    async def act(scene: Visit) -> None:
        for key, words in (
            ("a", "Il vous reste 0,00 € d’avoirs."),
            ("q", "Vous n’avez pas encore de quittance."),
            ("e", "Aucune journée réservée par vous."),
        ):
            await scene.press(key)
            assert words in scene.flat()
            await scene.press("escape")

    parent.visits(act)


def test_a_quittance_is_not_sent_without_a_server_and_it_is_said(desk: Desk, family: Family, parent: Parent) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    parent.portal.desk.post = None

    async def act(scene: Visit) -> None:
        await scene.press("q", "enter", "r")
        assert "Attention." in scene.flat()
        assert "Imprimer" not in scene.flat()  # this kiosk has no printer

    parent.visits(act)


@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["80x24", "40x30"])
def test_the_pages_are_as_kept(desk: Desk, family: Family, parent: Parent, size: tuple[int, int]) -> None:
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_MONDAY))

    async def act(scene: Visit) -> None:
        for key, name in (("a", "avoirs"), ("e", "children"), ("q", "quittances")):
            await scene.press(key)
            check_page(scene, name)
            await scene.press("escape")
        await scene.press("q", "enter")
        check_page(scene, "quittance")

    parent.visits(act, size=size)


def test_a_name_is_text_on_every_page(desk: Desk) -> None:
    name = "[red]Zoé[/]"
    family = a_family(desk, children=(a_child(name),))
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Visit) -> None:
        await scene.press("e")
        assert name in scene.flat()
        await scene.press("escape", "p", "m", "enter")
        assert name in scene.flat()
        await scene.press("v")
        assert name in scene.flat()
        await scene.press("t")
        assert name in scene.flat()
        await scene.press("escape", "q", "enter")
        assert name in scene.flat()

    Parent(desk, family).visits(act, size=(132, 43))
