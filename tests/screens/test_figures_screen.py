"""The figures by their keys: bars readable at 80×24, the list behind each, printed."""

from pathlib import Path

from models.engine import Database
from tests.factories import BOTH_DESKS, a_desk, a_family
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, MEAL, NEXT_MONDAY, THURSDAY, add, book_and_pay


@SIZES_AND_ENGINES
def test_each_figure_is_read_and_its_list_opened(database: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    desk = a_desk(database, *BOTH_DESKS, documents_dir=tmp_path)
    family = a_family(desk, children=2, quotient_cents=745_00)
    days = [change for child in family.child_ids for change in add(child, EVENING, THURSDAY, FRIDAY, NEXT_MONDAY)]
    book_and_pay(desk, family.dossier_id, days + add(family.child_id, MEAL, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.open("figures")
        await scene.press("t", "t", "t", "t")
        assert "Occupation : ALP soir" in scene.text()
        check_screen(scene, "figures_occupation")
        await scene.press("down", "down", "down", "enter")
        assert "semaine du lundi 30 novembre 2026 : 4 journées" in scene.flat()
        assert "04/12/26" in scene.text()
        await scene.press("escape", "l", "l", "f8")
        check_screen(scene, "figures_revenue")
        await scene.press("enter")
        assert "Carte" in scene.text()
        await scene.press("escape", "f9")
        assert "500 à 900" in scene.text()
        await scene.press("f6")
        assert "Rien à compter" in scene.text()
        await scene.press("f5", "f10")
        assert "chiffres-occupation" in scene.flat()

    play(act, desk, size=size)
