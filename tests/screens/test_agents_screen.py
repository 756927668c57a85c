"""The agents: created, given roles, closed, unlocked, given a password again — by an administrateur, through keys."""

import pytest

from models.engine import Database
from tests.factories import a_desk, an_agent
from tests.screens.playing import Scene, play
from tui_portail.services.agents import AgentRow, list_agents, sign_in
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"


def the_agent(desk: Desk, username: str) -> AgentRow:
    return next(agent for agent in list_agents(desk) if agent.username == username)


def test_an_agent_is_created_with_roles_and_must_choose_a_password(database: Database, tmp_path) -> None:
    desk = a_desk(database, Role.ADMINISTRATEUR, documents_dir=tmp_path)

    async def act(scene: Scene) -> None:
        assert "Agents" in scene.text(), "an administrateur's first screen"
        await scene.press("n")
        await scene.type("Zoé Petit")
        await scene.press("enter")
        await scene.type("Zoe.Petit")
        await scene.press("enter", "o", "enter", "o", "enter", "enter", "enter", "enter")
        await scene.press("ctrl+u")
        await scene.type("court")
        await scene.press("enter")
        assert "au moins 10 caractères" in scene.flat()
        await scene.press("ctrl+u")
        await scene.type(PASSWORD)
        await scene.press("enter")
        assert "Zoé Petit peut se connecter" in scene.flat()
        assert "mot de passe prov." in scene.text()

    play(act, desk)
    created = the_agent(desk, "zoe.petit")
    assert created.roles == (Role.ENFANCE, Role.COMPTABILITE)
    assert sign_in(Desk(database, tmp_path, desk.clock), "zoe.petit", PASSWORD).must_change_password


def test_roles_are_toggled_and_the_last_administrateur_stays(desk: Desk) -> None:
    desk.sign(an_agent(desk.database, Role.ADMINISTRATEUR, username="admin", name="Aline Chef"))
    an_agent(desk.database, Role.ENFANCE, username="zoe", name="Zoé Petit")

    async def act(scene: Scene) -> None:
        await scene.press("down", "down", "r")
        assert "Rôles : Zoé Petit" in scene.text()
        await scene.press("enter", "enter", "space", "f10")
        assert "Zoé Petit : Enfance/Jeunesse et Régisseur." in scene.flat()
        await scene.press("up", "up", "enter", "up", "n", "o")
        for _ in range(3):
            await scene.press("down")
        await scene.press("n", "f10")
        assert "dernier administrateur actif" in scene.flat()
        await scene.press("escape", "escape")

    play(act, desk)
    assert the_agent(desk, "zoe").roles == (Role.ENFANCE, Role.REGISSEUR)
    assert the_agent(desk, "admin").roles == (Role.ADMINISTRATEUR,)


def test_an_account_is_closed_reopened_and_never_ones_own(desk: Desk) -> None:
    desk.sign(an_agent(desk.database, Role.ADMINISTRATEUR, username="admin", name="Aline Chef"))
    an_agent(desk.database, Role.ENFANCE, username="zoe", name="Zoé [red]x[/]")

    async def act(scene: Scene) -> None:
        await scene.press("x", "enter")
        assert "Vous ne pouvez pas désactiver votre propre compte" in scene.flat()
        await scene.press("down", "down", "x")
        assert "Zoé [red]x[/] (zoe) ne pourra plus se connecter." in scene.flat()
        await scene.press("escape")
        assert not the_agent(desk, "zoe").disabled
        await scene.press("x", "enter")
        assert "x désactivé" in scene.text()
        assert the_agent(desk, "zoe").disabled
        await scene.press("x")
        assert "est rouvert" in scene.flat()

    play(act, desk)
    assert not the_agent(desk, "zoe").disabled


def test_a_locked_account_is_unlocked_or_given_a_provisional_password(desk: Desk) -> None:
    from tui_portail.errors import PortailError
    from tui_portail.services.passwords import hash_password

    desk.sign(an_agent(desk.database, Role.ADMINISTRATEUR, username="admin", name="Aline Chef"))
    an_agent(desk.database, Role.ENFANCE, username="zoe", name="Zoé Petit", password_hash=hash_password(PASSWORD))
    elsewhere = Desk(desk.database, desk.documents_dir, desk.clock)

    def lock() -> None:
        for _ in range(5):
            with pytest.raises(PortailError):
                sign_in(elsewhere, "zoe", "faux-mot-de-passe")

    lock()

    async def act(scene: Scene) -> None:
        assert "verrouillé → 10h45" in scene.text()
        assert "Déverrouiller" not in scene.lines()[-1]
        await scene.press("down", "down")
        assert "Déverrouiller" in scene.lines()[-1]
        await scene.press("d")
        assert "est déverrouillé" in scene.flat()
        await scene.press("m")
        await scene.press("enter")
        assert "choisira un nouveau mot de passe" in scene.flat()

    play(act, desk)
    assert the_agent(desk, "zoe").locked_until is None
    assert the_agent(desk, "zoe").must_change_password


def test_the_dialogs_open_and_close_twenty_one_times(desk: Desk) -> None:
    desk.sign(an_agent(desk.database, Role.ADMINISTRATEUR, username="admin", name="Aline Chef"))

    async def act(scene: Scene) -> None:
        depth = len(scene.app.screen_stack)
        for key in ("n", "r", "m"):
            for _ in range(7):
                await scene.press(key, "escape")
            assert len(scene.app.screen_stack) == depth

    play(act, desk)


def test_comptabilite_does_not_reach_the_agents(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        before = scene.screen
        await scene.press("f9")
        assert scene.screen is before

    play(act, desk)
