"""A commune begun without a file: every screen lives with no site and no activity; then all is typed on the screens, by keys."""

import inspect
from importlib import import_module

from models.engine import Database
from screens.destinations import DESTINATIONS
from tests.factories import a_desk
from tests.screens.playing import Scene, play
from tui_portail.commune import Commune
from tui_portail.commune_files.starting import StartingAnswers, starting_commune
from tui_portail.services.rights import Role


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
                await scene.settle()

    play(act, desk)
    assert {"agents", "till", "letters", "imports", "commune"} <= set(shown)
