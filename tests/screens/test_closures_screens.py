"""A strike by its keys: the hub, the form, the families before anything is written, the avoirs, the letters, the undoing."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.closure_acts import closed
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    THURSDAY,
    add,
    book_and_pay,
    hold,
    row_counts,
    states_of,
)
from tui_portail.services.closing_days import record_closure
from tui_portail.services.desk import Desk, new_operation


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path)


@SIZES_AND_ENGINES
def test_a_strike_is_typed_seen_done_written_about_and_undone(
    desk: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    one, waits = a_family(desk, children=2), a_family(desk, last_name="Martin")
    book_and_pay(desk, one.dossier_id, [change for child in one.child_ids for change in add(child, EVENING, THURSDAY)])
    hold(desk, waits.dossier_id, add(waits.child_id, EVENING, THURSDAY))

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+a")
        assert "Journées annulées" in scene.text()
        await scene.open("closures")
        assert "Aucune journée annulée." in scene.flat()
        await scene.press("f5")
        await scene.type("1/12")
        await scene.press("f10")
        assert "Tapez le motif" in scene.flat()
        await scene.type("Grève nationale")
        await scene.press("f10")
        assert "Mardi 1er décembre 2026 n’est pas à venir : confirmez" in scene.flat()
        await scene.press(*["up"] * 10)
        assert scene.screen.focused is not None
        await scene.press("end", *["backspace"] * 10)
        await scene.type("3/12")
        check_screen(scene, "closure-form")
        before = row_counts(desk.database)
        await scene.press("f10")
        assert row_counts(desk.database) == before
        check_screen(scene, "closure-preview")
        await scene.press("f10")
        assert "On peut défaire tant que l’avoir n’a pas servi" in scene.flat()
        await scene.press("escape")
        assert row_counts(desk.database) == before
        await scene.press("f10", "enter")
        await scene.until(lambda: "3 journées annulées pour 2 familles" in scene.flat())
        check_screen(scene, "closure-done")

        await scene.press("l", "enter")
        await scene.until(lambda: "2 courriers pour 2 familles" in scene.flat())
        await scene.press("i")
        await scene.until(lambda: "familles-a-appeler" in scene.flat())
        await scene.press("x")
        await scene.until(lambda: "2 familles dans" in scene.flat())

        await scene.press("d")
        await scene.type("Préavis levé")
        await scene.press("enter")
        await scene.until(lambda: "2 journées réservées de nouveau" in scene.flat())
        check_screen(scene, "closure-undone")
        await scene.press("escape")
        check_screen(scene, "closures")

    play(act, desk, size=size)
    [letters] = tmp_path.rglob("courriers-fermeture-*.pdf")
    assert len(PdfReader(letters).pages) == 2
    states = states_of(desk.database, one.child_ids)
    assert set(map(tuple, states.values())) == {("cancelled", "confirmed")}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_closure_that_stopped_goes_on_with_its_key(desk: Desk) -> None:
    one = a_family(desk)
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, FRIDAY))
    record_closure(desk, closed(FRIDAY), new_operation())  # then F8, or a power cut

    async def act(scene: Scene) -> None:
        await scene.open("closures")
        assert "à finir" in scene.text()
        await scene.press("enter")
        assert "« Continuer » reprend où elle en était." in scene.flat()
        await scene.press("f10")
        await scene.until(lambda: "1 journée annulée pour 1 famille" in scene.flat())
        await scene.press("enter")
        assert "Annulé par la commune" in scene.flat()

    play(act, desk)
