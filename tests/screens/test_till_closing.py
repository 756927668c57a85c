"""The till closed by keys: coins counted, cheques ticked, a difference with its reason; a forgotten one shown at once."""

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_desk, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import cheque, set_time
from tests.tui_portail.services.till_acts import sell, where_an_evening_costs_ten_euros
from tui_portail.services.closing_sheets import list_sessions
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import current_session, open_session


@pytest.fixture
def just_open(database: Database, tmp_path) -> Desk:
    commune = where_an_evening_costs_ten_euros()
    made = a_desk(database, Role.ENFANCE, Role.COMPTABILITE, documents_dir=tmp_path, commune=commune)
    open_session(made, 100_00, new_operation())
    return made


@pytest.fixture
def desk(just_open: Desk) -> Desk:
    sell(just_open)
    sell(just_open, by=cheque, last_name="Martin")
    return just_open


@SIZES_AND_ENGINES
def test_a_till_is_counted_and_closed_with_the_reason_of_its_difference(
    desk: Desk, tmp_path, size: tuple[int, int]
) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f11")
        check_screen(scene, "till_open")
        await scene.press("f10")
        assert "Clôture de la caisse" in scene.text()
        await scene.press("enter", "enter")
        await scene.type("1")  # 100 €
        await scene.press("enter", "enter", "enter", "enter")
        await scene.type("1")  # 5 € where 10 € should be
        check_screen(scene, "till_closing")
        await scene.press(*["enter"] * 9)
        await scene.press("space", "enter")
        await scene.type("0")
        await scene.press("enter")
        await scene.type("0")
        await scene.press("f10")
        assert "motif" in scene.flat()
        scene.screen.query_one("#count-especes Input").focus()
        await scene.type("Erreur de rendu")
        await scene.press("f10")
        assert "C’est définitif." in scene.text()
        await scene.press("enter")
        await scene.until(lambda: current_session(desk) is None)
        await scene.settle()

    play(act, desk, size=size)
    [row] = list_sessions(desk)
    assert row.session_id == 1
    [sheet] = tmp_path.rglob("*caisse*.pdf")
    assert "Erreur de rendu" in PdfReader(sheet).pages[0].extract_text()


def test_a_value_that_is_no_amount_is_named_and_gone_to(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("f11", "f10")
        await scene.type("1")
        scene.screen.query_one("#value-cesu").focus()
        await scene.type("erreur")
        scene.screen.query_one("#closing-cheques").focus()
        await scene.press("f10")
        assert "CESU : « erreur » n’est pas un montant" in scene.flat()
        assert scene.screen.focused is scene.screen.query_one("#value-cesu")

    play(act, desk)


@SIZES_AND_ENGINES
def test_a_forgotten_till_is_shown_at_sign_in_and_closed_first(just_open: Desk, size: tuple[int, int]) -> None:
    set_time(just_open, paris("2026-12-02 08:30"))

    async def act(scene: Scene) -> None:
        check_screen(scene, "till_forgotten")
        assert "Caisse d’un jour passé" in scene.text()
        await scene.press("enter")
        assert "Motif de l’écart" in scene.text()

    play(act, just_open, size=size)
