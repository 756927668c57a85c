"""Files brought in and the school year changed, by the keys of their screens."""

from datetime import date
from pathlib import Path

import pytest

from models.engine import Database
from screens.records_list import RecordsList
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.onde_files import delimited, guardian, guardians_file, pupil, pupils_file
from tests.tui_portail.services.desk_acts import row_counts, set_time
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import search
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.import_maps import list_maps
from tui_portail.services.imports import apply_import


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "eleves 2026.csv").write_bytes(
        pupils_file(
            pupil("ROUX", "Zoé", "2019-05-04"),
            pupil("ROUX", "Tom", "12/03/2016", "CM2", sex="H"),
            pupil("HÉRAULT", "Max", "29/02/2019", sex="M"),
            pupil("=cmd|x", "[red]Bob", "2019-01-04", address="3 rue Basse", sex="M"),
            pupil("ROUX", "Zoé", "2019-05-04", "CE2"),
            encoding="cp1252",
        )
    )
    (tmp_path / "resp.csv").write_bytes(
        guardians_file(guardian("ROUX", "Anne", ("ROUX", "Zoé", "CE1"), ("ROUX", "Tom", "CM2")), encoding="cp1252")
    )
    titles = ["Nom de l'enfant", "Prénom", "Naissance", "Niveau", "Nom parent", "Prénom parent", "Mail"]
    (tmp_path / "tableau.csv").write_bytes(
        delimited([titles, ["VIDAL", "Léo", "04/05/2019", "CE1", "VIDAL", "Anne", "anne@exemple.fr"]])
    )
    return tmp_path


async def until_simulated(scene: Scene) -> None:
    await scene.until(lambda: "Lignes :" in scene.text())
    await scene.settle()


@SIZES_AND_ENGINES
def test_the_schools_files_are_simulated_read_line_by_line_and_imported(
    database: Database, home: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database)
    before = row_counts(database)

    async def act(scene: Scene) -> None:
        await scene.open("imports")
        await scene.burst("'~/eleves 2026.csv'\r~/resp.csv\r\r\r")
        await until_simulated(scene)
        assert "4 créées · 0 reconnue · 1 ambiguë · 1 rejetée" in scene.flat()
        assert row_counts(database) == before
        check_screen(scene, "imports")
        await scene.press("enter")
        assert "Date naissance : 29/02/2019" in scene.text()
        await scene.press("escape", "ctrl+n", "ctrl+n")
        assert len(scene.screen.query_one(RecordsList)._records) == 1
        assert "montrées : ambiguës seulement" in scene.flat()
        await scene.press("f10", "enter")
        await scene.until(lambda: "Import enregistré" in scene.text())
        assert "eleves2026-a-corriger.csv" in scene.flat().replace(" ", ""), "the path is cut where the line ends"
        await scene.press("f5")
        await until_simulated(scene)
        assert "0 créée · 4 reconnues" in scene.flat()
        await scene.open("dossier", search(desk, "bob cmd")[0].dossier_id)
        assert "[red]Bob =cmd|x" in scene.text()
        await scene.press("p", "semicolon", "space")
        assert "Ce dossier n’a pas de payeur : ajoutez le responsable qui paie" in scene.flat()

    play(act, desk, size=size)
    assert (home / "eleves 2026-a-corriger.csv").read_bytes().decode("cp1252").count("\r\n") == 3
    family = load_dossier(desk, search(desk, "roux zoe")[0].dossier_id)
    assert [child.first_name for child in family.children] == ["Tom", "Zoé"]
    assert search(desk, "bob cmd"), "a formula is a name like another"


def test_a_tables_columns_are_chosen_once_and_found_again_by_name(desk: Desk, home: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("imports")
        await scene.burst("~/tableau.csv\r\r\r\r")
        await scene.until(lambda: "Colonnes du tableau" in scene.text())
        await scene.type("Ancien")
        check_screen(scene, "import_columns")
        await scene.press("f10")
        await until_simulated(scene)
        assert "1 créée · 0 reconnue" in scene.flat()
        await scene.press("escape", "enter")  # leaves without importing
        await scene.open("imports")
        await scene.burst("~/tableau.csv\r\r\r\r")
        await scene.until(lambda: "dire les colonnes une à une" in scene.text())
        await scene.press("enter")
        await until_simulated(scene)
        await scene.press("f10", "enter")
        await scene.until(lambda: "Import enregistré" in scene.text())

    play(act, desk)
    assert list_maps(desk)["Ancien"].titles["resp1_courriel"] == "Mail"
    assert load_dossier(desk, search(desk, "vidal")[0].dossier_id).guardians[0].email == "anne@exemple.fr"


def test_an_import_stopped_at_f8_keeps_nothing_and_a_mistaken_path_says_so(
    desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from screens import imports

    reached, go_on = Event(), Event()

    def slow(*given: object, progress: object, **named: object) -> object:
        def told(done: int, total: int) -> None:
            reached.set()
            go_on.wait(20)
            progress(done, total)  # type: ignore[operator]

        return apply_import(*given, progress=told, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "apply_import", slow)
    before = row_counts(desk.database)

    async def act(scene: Scene) -> None:
        await scene.open("imports")
        await scene.burst("~/absent.csv\r\r\r\r")
        await scene.until(lambda: "vérifiez le chemin" in scene.flat())
        scene.screen.query_one("Form").fields[0].focus_field()  # type: ignore[attr-defined]
        await scene.press("ctrl+u")
        await scene.burst("~/resp.csv\r\r\r\r")
        await until_simulated(scene)
        await scene.press("f10")
        assert "aucune ligne ne peut être importée" in scene.flat().lower()
        scene.screen.query_one("Form").fields[0].focus_field()  # type: ignore[attr-defined]
        await scene.press("ctrl+u")
        await scene.burst("~/eleves 2026.csv\r\r\r\r")
        await until_simulated(scene)
        scene.send("\x1b[21~\r")  # F10, Enter
        await scene.until(reached.is_set)
        scene.send("\x1b[19~")  # F8
        await scene.until(lambda: scene.screen._stopped)  # type: ignore[attr-defined]
        go_on.set()
        await scene.until(lambda: "rien n’est enregistré" in scene.flat())

    play(act, desk)
    assert row_counts(desk.database) == before


@SIZES_AND_ENGINES
def test_the_year_is_previewed_a_repeater_left_out_and_the_rest_applied(
    database: Database, size: tuple[int, int]
) -> None:
    desk = a_desk(database)
    little = a_child("Zoé", "Roux", birth_on=date(2021, 5, 4), school_code="MATERNELLE", class_name="Grande section")
    family = a_family(desk, last_name="Roux", children=[little])
    repeater = a_family(desk, last_name="Petit", children=[a_child("Max", "Petit")])
    for name, class_name in (("Blanc", "3e"), ("Ulysse", "")):
        child = a_child("Éva", name, birth_on=date(2014, 1, 9), school_code="COLLEGE", class_name=class_name)
        a_family(desk, last_name=name, children=[child])
    set_time(desk, paris("2027-06-15 10:00"))

    async def act(scene: Scene) -> None:
        await scene.open("year_change")
        assert "2027-2028 : 2 montent, dont 1 change d’école · 1 part · 1 à voir · 0 faits" in scene.flat()
        await scene.press("space")
        assert "rien n’est proposé pour cet enfant" in scene.flat().lower()
        await scene.press("end", "space")
        check_screen(scene, "year_change")
        await scene.press("t")
        assert "monte → CP, École élémentaire" in scene.flat()
        await scene.press("escape", "f10", "enter")
        assert "1 enfant monté d’un niveau" in scene.flat()
        assert "1 faits" in scene.flat()

    play(act, desk, size=size)
    set_time(desk, paris("2027-09-02 10:00"))
    assert class_of(desk, family) == "CP"
    assert class_of(desk, repeater) == "CE1"


def class_of(desk: Desk, family: Family) -> str:
    return load_dossier(desk, family.dossier_id).children[0].class_name
