"""A key whose command the agent may not use says whose it is; it is in no footer, palette or help."""

import pytest

from models.engine import Database
from tests.factories import Family, a_desk
from tests.screens.playing import Scene, play
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role


@pytest.mark.parametrize(
    ("role", "key", "holders"),
    [
        (Role.COMPTABILITE, "f6", "Enfance/Jeunesse"),
        (Role.COMPTABILITE, "f8", "Enfance/Jeunesse"),
        (Role.COMPTABILITE, "f9", "Administrateur"),
        (Role.ENFANCE, "f7", "Comptabilité ou Régisseur"),
        (Role.ENFANCE, "f11", "Comptabilité ou Régisseur"),
        (Role.COMPTABILITE, "ctrl+d", "Régisseur"),
        (Role.ADMINISTRATEUR, "f4", "Enfance/Jeunesse ou Comptabilité ou Régisseur"),
        (Role.ADMINISTRATEUR, "ctrl+f", "Enfance/Jeunesse ou Comptabilité ou Régisseur"),
        (Role.ADMINISTRATEUR, "slash", "Enfance/Jeunesse ou Comptabilité ou Régisseur"),
    ],
)
def test_a_key_without_its_right_says_whose_it_is(
    sqlite_database: Database, role: Role, key: str, holders: str
) -> None:
    async def act(scene: Scene) -> None:
        before = scene.screen
        await scene.press(key)
        assert scene.screen is before
        assert f"Réservé à : {holders}. Ctrl+G : changer d’agent." in scene.flat()

    play(act, a_desk(sqlite_database, role))


def test_a_command_of_a_screen_says_it_too(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("queue")
        desk.sign(a_desk(desk.database, Role.ENFANCE, username="enfance").agent)  # type: ignore[arg-type]
        await scene.press("l")
        assert "Réservé à : Comptabilité ou Régisseur. Ctrl+G : changer d’agent." in scene.flat()

    play(act, desk)


def test_a_character_typed_in_a_field_is_only_a_character(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.press("slash")
        assert "Réservé" not in scene.flat()

    play(act, desk)
