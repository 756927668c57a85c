"""Letters through the keys: one family's number, all of them with a stop, a text edited then used, the coat of arms."""

from pathlib import Path
from threading import Event

import pytest
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_desk, a_family, an_agent
from tests.screens.counter_acts import a_family_numbered, still
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tui_portail.services import letter_batch
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role


def letters_in(desk: Desk) -> dict[str, str]:
    """The words of each PDF written, by the kind its name says."""
    return {
        file.name.split("-202")[0]: " ".join(" ".join(page.extract_text() for page in PdfReader(file).pages).split())
        for file in desk.documents().rglob("*.pdf")
    }


@SIZES_AND_ENGINES
def test_one_familys_number_letter_then_all_are_written_and_printed(
    database: Database, size: tuple[int, int], tmp_path: Path
) -> None:
    desk = still(a_desk(database, Role.ENFANCE, documents_dir=tmp_path))
    a_family_numbered(desk)
    a_family(desk, last_name="Martin", two_payers=True)

    async def act(scene: Scene) -> None:
        await scene.open("enfance")
        places = scene.lines()
        await scene.press(*["down"] * _place(places, "Courriers"), "enter")
        check_screen(scene, "letters")
        await scene.type("123456")
        await scene.press("f5")
        assert "Tapez les neuf chiffres" in scene.flat()
        await scene.type("750")
        assert "Cette famille seule." in scene.text()
        assert "Marie Dupont" in scene.flat()
        await scene.press("f5")
        await scene.until(lambda: "1 courrier pour 1 famille" in scene.flat())
        await scene.press("ctrl+u", "f5")
        await scene.until(lambda: "3 courriers pour 2 familles" in scene.flat())
        await scene.press("f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())

    play(act, desk, size=size)
    words = letters_in(desk)
    assert "Martin" not in next(text for name, text in words.items() if "123456750" in name)
    assert "Martin" in words["courriers-numero"]


def _place(lines: list[str], name: str) -> int:
    """How many times down from the first place of the hub."""
    shown = [line.strip() for line in lines[1:] if line.strip()]
    return next(place for place, line in enumerate(shown) if line.startswith(name))


def test_a_batch_is_stopped_by_its_key_and_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Dupont", "Martin"):
        a_family(desk, last_name=name)
    begun, let_go = Event(), Event()
    read = letter_batch.read_families

    def slow(*given: object) -> object:
        begun.set()
        let_go.wait(20)
        return read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(letter_batch, "read_families", slow)

    async def act(scene: Scene) -> None:
        await scene.open("letters")
        await scene.pilot.press("f5")
        await scene.until(begun.is_set)
        await scene.until(lambda: "F8 Arrêter" in scene.text())
        await scene.pilot.press("f8")
        let_go.set()
        await scene.until(lambda: "écriture arrêtée" in scene.flat().lower())

    play(act, desk)
    assert letters_in(desk) == {}


@SIZES_AND_ENGINES
def test_a_text_edited_is_refused_by_its_line_then_kept_and_used_from_the_dossier(
    database: Database, size: tuple[int, int], tmp_path: Path
) -> None:
    desk = still(a_desk(database, Role.ENFANCE, documents_dir=tmp_path))
    dossier_id = a_family_numbered(desk)
    (tmp_path / "blason.svg").write_text("<svg/>", encoding="utf-8")

    async def act(scene: Scene) -> None:
        await scene.open("letter_texts")
        check_screen(scene, "letter_texts")
        await scene.press("b", *"/blason.svg", "enter")
        assert "n’existe pas" in scene.flat()
        await scene.press("escape", "escape", "enter")
        await scene.press("down", "down", *"{nom} ")
        check_screen(scene, "letter_text")
        await scene.press("f10")
        assert "Ligne 3 : {nom} n’est pas connu ici" in scene.flat()
        await scene.press("escape")
        assert "Ce texte n’est pas enregistré" in scene.flat()
        await scene.press("escape")
        await scene.press(*["delete"] * 6)
        await scene.press(*"Cher usager, ")
        await scene.press("f10")
        assert "texte enregistré" in scene.flat()
        await scene.press("escape")
        assert "de la commune, mar. 01/12/2026, Camille Roux" in scene.flat()
        await scene.open("dossier", dossier_id)
        await scene.press("c")
        assert "5 pièces manquantes — Marie Dupont" in scene.flat()
        await scene.press("enter")
        await scene.until(lambda: "1 courrier pour 1 famille" in scene.flat())
        assert "Courrier : numéro de dossier" in scene.flat()

    play(act, desk, size=size)
    [words] = letters_in(desk).values()
    assert "Cher usager, Madame, Monsieur," in words


def test_an_administrateur_finds_the_texts_from_the_agents(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database, Role.ADMINISTRATEUR)

    async def act(scene: Scene) -> None:
        await scene.open("agents")
        await scene.press("l")
        assert "Blason de la commune" in scene.text()
        desk.sign(an_agent(sqlite_database, Role.COMPTABILITE))
        await scene.open("letters")
        assert "Numéro de dossier (vide" not in scene.text()

    play(act, desk)
