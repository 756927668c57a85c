"""A commune begun without a file: every screen lives with no site and no activity; then all is typed on the screens, by keys."""

import inspect
from importlib import import_module
from pathlib import Path

from typer.testing import CliRunner

from models.engine import Database
from screens.destinations import DESTINATIONS
from tests.factories import BOTH_DESKS, a_desk, an_agent
from tests.screens.commune_acts import add, go_to, record
from tests.screens.playing import Scene, play
from tests.screens.test_registration_screen import go, retype
from tui_portail.cli import app
from tui_portail.commune import Commune
from tui_portail.commune_files.starting import StartingAnswers, starting_commune
from tui_portail.services.rights import Role
from tui_portail.services.verification import verify


def begun() -> Commune:
    return starting_commune(StartingAnswers("Aniane", "PERISCOLAIRE", "C", 2026))


def places_without_arguments() -> list[str]:
    """The places one goes to from anywhere."""
    found = []
    for place, destination in DESTINATIONS.items():
        made = inspect.signature(getattr(import_module(destination.module), destination.name).__init__)
        needed = [one for one in list(made.parameters.values())[1:] if one.default is inspect.Parameter.empty]
        if not needed:
            found.append(place)
    return found


def test_every_screen_lives_without_a_site_or_an_activity(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database, *Role, commune=begun())

    shown: list[str] = []

    async def act(scene: Scene) -> None:
        home = scene.screen
        for place in places_without_arguments():
            await scene.open(place)
            await scene.press("enter")
            assert not scene.app.incidents, place
            shown.append(place)
            while scene.screen is not home:
                scene.app.pop_screen()

    play(act, desk)
    assert {"agents", "till", "letters", "imports", "commune"} <= set(shown)


async def set_up(scene: Scene) -> None:
    await scene.open("commune")
    await go_to(scene, "sites")
    await add(scene, code="centre", nom="Le Centre")
    await scene.press("escape")
    await go_to(scene, "ecoles")
    await add(scene, code="ferry", nom="Jules Ferry", classes="CP\nCE1", site_alp="l")
    await scene.press("escape")
    await go_to(scene, "activites")
    await add(scene, code="soir", nom="ALP soir", debut="1630", fin="1830")
    await scene.press("escape")
    await go_to(scene, "moyens")
    await add(scene, nom="Espèces", rend_monnaie="o")
    await record(scene, "ouverture")
    await scene.press("escape")
    await go_to(scene, "places")
    await add(scene, places="30")
    assert "Aucune grille de tarifs ne donne de prix à « ALP soir »" in scene.flat()
    await scene.press("escape", "escape", "escape")
    await scene.press("escape")
    await scene.open("tariffs")
    await add(scene, valid_from="1/9/2026", shape="p", price="2,10", source="n° 12")
    await record(scene, "prix")
    await scene.press("escape")
    await scene.open("commune")
    await go_to(scene, "places")
    await add(scene, places="30")
    await record(scene, "places")


async def register_book_and_cash(scene: Scene) -> None:
    await scene.press("f8")
    await retype(scene, last_name="Martin", first_name="Zoé", phone="06 12 34 56 78", address="3 rue du Four")
    await retype(scene, postcode="34150", city="Aniane")
    await scene.press("pagedown")
    await retype(scene, first_name="Noé", birth_on="12/3/2019")
    await go(scene, "school_code", "j")
    await scene.press("f10")
    assert "Fait : dossier n°" in scene.text(), scene.text()
    await scene.press("p", "semicolon", "space", "v")
    assert "2,10 €" in scene.text()
    await scene.press("t", "enter", "enter", "5", "0", "enter")
    assert "Quittance n° 2026-000001" in scene.text()


def test_from_an_empty_base_everything_is_typed_until_a_family_pays(sqlite_database: Database, tmp_path: Path) -> None:
    url = sqlite_database.url
    answers = "mairie\nDominique Roux\ntilleul-soupe-jeudi\ntilleul-soupe-jeudi\n"
    words = [
        "initialiser",
        "--base",
        url,
        "--vide",
        "--nom",
        "Aniane",
        "--regie",
        "PERI",
        "--zone",
        "C",
        "--annee",
        "2026",
    ]
    begun = CliRunner().invoke(app, words, input=answers)
    assert begun.exit_code == 0, begun.output
    desk = a_desk(sqlite_database, Role.ADMINISTRATEUR, documents_dir=tmp_path)
    counter = an_agent(sqlite_database, *BOTH_DESKS, name="Zoé Petit")

    play(set_up, desk)
    desk.sign(counter)
    play(register_book_and_cash, desk)
    assert verify(desk).findings == ()
