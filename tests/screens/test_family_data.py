"""Through the keys: the data of one parent given, the family erased once its number is typed, then all that is past its retention."""

import zipfile
from threading import Event

import pytest

from models.engine import Database
from screens import retention
from screens.dossier import DossierScreen
from tests.factories import a_desk, a_family, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add, book_and_pay, finish, remove, set_time
from tui_portail.services.desk import Desk
from tui_portail.services.erasure import erase_due
from tui_portail.services.rights import Role


@pytest.fixture
def office(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return a_desk(database, Role.ENFANCE, Role.REGISSEUR, documents_dir=tmp_path_factory.mktemp("papiers"))


@SIZES_AND_ENGINES
def test_a_family_is_given_and_erased_from_its_dossier_then_what_is_due_in_a_batch(
    office: Desk, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    family = a_family(office, two_payers=True)
    owed = a_family(office, last_name="Œuvrard")
    a_family(office, last_name="Martin")
    book_and_pay(office, owed.dossier_id, add(owed.child_id, EVENING, FRIDAY))
    finish(office, owed.dossier_id, remove(owed.child_id, EVENING, FRIDAY))
    began, resumed = Event(), Event()

    def held_back(*arguments: object) -> object:
        began.set()
        assert resumed.wait(20)
        return erase_due(*arguments)  # type: ignore[arg-type]

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("k", "enter")
        assert "Karim Benali : rien de l’autre parent" in scene.flat()
        await scene.press("down", "enter")
        await scene.until(lambda: "Données de la famille écrites" in scene.flat())
        [file] = office.documents().rglob("famille-*.zip")
        assert b"Dupont" not in zipfile.ZipFile(file).read("LISEZ-MOI.txt")
        await scene.press("k", "down", "enter")
        check_screen(scene, "erase_family")
        await scene.press(*"123456789", "enter")
        assert "ce n’est pas le numéro de ce dossier" in scene.flat()
        await scene.press("ctrl+u", *family.number, "enter")
        await scene.until(lambda: "Données effacées le 01/12/2026" in scene.flat())
        check_screen(scene, "dossier_erased")
        assert "Dupont" not in scene.text()
        await scene.press(*"aigcvfxkp")
        assert isinstance(scene.screen, DossierScreen), "nothing is changed, nor asked for"
        assert "Données effacées le 01/12/2026" in scene.flat()

        set_time(office, paris("2032-01-05 09:00"))
        await scene.open("retention")
        check_screen(scene, "retention")
        monkeypatch.setattr(retention, "erase_due", held_back)
        await scene.press("f5")
        assert "2 familles ont dépassé leur durée" in scene.flat()
        scene.send("\r")
        await scene.until(began.is_set)
        await scene.pilot.pause()
        assert scene.screen.has_unsaved()  # type: ignore[attr-defined]
        scene.send("\x1b[19~")  # F8
        await scene.until(lambda: scene.screen._stopped)  # type: ignore[attr-defined]
        resumed.set()
        await scene.until(lambda: "effacement arrêté" in scene.flat())
        await scene.press("f5", "enter")
        await scene.until(lambda: "1 famille effacée, 1 gardée, à régler d’abord" in scene.flat())
        assert "Martin" not in scene.text()
        assert "Œuvrard" in scene.text()

    play(act, office, size=size)
    assert not list(office.documents().rglob("famille-*.zip"))  # erased with the family
