"""The price grids by their keys: one created, refused for a hole, mended, tried, recorded; a day then booked at its price."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from screens.planning import PlanningScreen
from tests.factories import Family, a_desk, a_family
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import EVENING, NEXT_MONDAY, add, hold
from tui_portail.price_grids import BracketTariff, QuotientBracket
from tui_portail.services.baskets import load_basket
from tui_portail.services.commune_settings import read_settings
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, Role.ADMINISTRATEUR, documents_dir=tmp_path)


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk, children=2, quotient_cents=745_00)


async def open_evening(scene: Scene) -> None:
    """Open the prices, the cursor on the evening's only grid."""
    await scene.open("tariffs")
    await scene.press("down", "down", "down")


async def end_the_grid(scene: Scene, day: str) -> None:
    """Type the last day of the grid under the cursor."""
    await scene.press("enter", "down", "down")
    await scene.burst(f"{day}\x12")  # Ctrl+R keeps it


@SIZES_AND_ENGINES
def test_a_grid_is_refused_for_a_hole_mended_tried_recorded_and_its_price_booked(
    desk: Desk, family: Family, size: tuple[int, int]
) -> None:
    async def act(scene: Scene) -> None:
        await open_evening(scene)
        await end_the_grid(scene, "04/12/2026")
        assert "n’a plus de prix à partir du samedi 5 décembre 2026" in scene.flat()
        await scene.press("n")
        await scene.burst("\rALP soir 2026-2\r08/12/2026\r\r\r")  # activity, name, from, no end, brackets
        await scene.burst("0\r900\r1,50\r")
        await scene.burst("\r2,50\r")  # from 900, no upper bound: the last one
        assert "900" in scene.flat()
        await scene.burst("\r\r\r\r\rn° 2026-12\r\x12")
        assert "n’a pas de prix le lundi 7 décembre 2026" in scene.flat()
        await scene.press("f10")
        assert "Refusé" in scene.flat()
        check_screen(scene, "tariffs_hole")

        await scene.press("enter", "down")
        await scene.burst("\x1505/12/2026\x12")  # Ctrl+U empties the field
        assert "2 changements à enregistrer" in scene.flat()
        await scene.press("t")
        assert "sam. 05/12/2026, résidents, repas fourni" in scene.flat()
        check_screen(scene, "tariff_trial")
        await scene.press("escape", "f10")
        await scene.burst("Vote du conseil\r")
        assert "2 changements en vigueur" in scene.flat()

        await scene.open("planning", family.dossier_id)
        await scene.press("semicolon")
        screen = scene.screen
        assert isinstance(screen, PlanningScreen)
        assert screen.state is not None
        rows = enumerate(screen.state.rows)
        evening = next(place for place, row in rows if (row.child_id, row.activity) == (family.child_id, EVENING))
        screen.grid.go(evening, NEXT_MONDAY.weekday())
        await scene.press("space")
        assert "1,50 €" in scene.text()
        await scene.press("space")

    play(act, desk, size=size)
    grid = next(one for one in read_settings(desk).commune.grids if one.name == "ALP soir 2026-2")
    assert grid.tariff == BracketTariff((QuotientBracket(0, 90000, 150), QuotientBracket(90000, None, 250)))
    held = hold(desk, family.dossier_id, add(family.child_ids[1], EVENING, date(2026, 12, 4), NEXT_MONDAY))
    assert load_basket(desk, held.basket_id).total_cents == 125 + 150


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_grids_copied_for_the_next_year_are_tried_on_a_real_family_and_printed(
    desk: Desk, family: Family, tmp_path: Path
) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("tariffs")
        await scene.press("c")
        await scene.burst("\r\rbeaucoup\rn° 2027-41\r\r")
        assert "n’est pas une augmentation" in scene.flat()
        await scene.press("escape", "escape", "c")
        await scene.burst("\r\r2,5\rn° 2027-41\r\r")
        assert "6 grilles copiées" in scene.flat()
        await scene.press("t", "enter")
        await scene.burst(f"\r\r\r\r\r{family.number}\r")
        shown = scene.flat()
        assert "famille Dupont" in shown
        assert "Marie Dupont" in shown
        # Gabriel is the elder: the full price, and Inès 15 % less; 1,25 × 1,025 = 1,28, × 0,85 = 1,09
        await scene.press("r")
        assert "est une vraie famille" in scene.flat()
        await scene.press("i")
        await scene.until(lambda: "tarifs-20270901" in scene.flat().replace(" ", ""))
        await scene.press("escape", "escape")
        assert "Quitter sans enregistrer" in scene.flat()

    play(act, desk)
    [pdf] = tmp_path.rglob("tarifs-*.pdf")
    assert "Projet, non enregistré" in PdfReader(pdf).pages[0].extract_text()
    assert len(read_settings(desk).commune.grids) == 6
