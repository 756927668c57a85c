"""A desk left alone locks itself and shows nothing of a family, whatever ends behind the lock and whoever unlocks it."""

import threading
from pathlib import Path

import pytest

from models.engine import Database
from screens.desk_screen import DeskDialog, DeskScreen
from screens.gestures import gesture
from tests.factories import BOTH_DESKS, a_desk, a_family, an_agent
from tests.screens.playing import Scene, play
from tui_portail.services.desk import Desk
from tui_portail.services.passwords import hash_password
from tui_portail.services.rights import Role

PASSWORD = "tilleul-soupe-jeudi"
FAMILY = "Kermadec"


@pytest.fixture
def mairie(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A desk where « camille », who may do both desks, is signed in; « ines » only cashes."""
    desk = a_desk(sqlite_database, *BOTH_DESKS, documents_dir=tmp_path)
    hashed = hash_password(PASSWORD)
    camille = an_agent(sqlite_database, *BOTH_DESKS, username="camille", name="Camille Roux", password_hash=hashed)
    an_agent(sqlite_database, Role.COMPTABILITE, username="ines", name="Inès Leroy", password_hash=hashed)
    desk.sign(camille)
    return desk


async def unlock(scene: Scene, username: str = "") -> None:
    if username:
        await scene.press("shift+tab", "ctrl+u")
        await scene.type(username)
        await scene.press("enter")
    await scene.type(PASSWORD)
    await scene.press("enter")


def shows(scene: Scene) -> bool:
    return FAMILY.upper() in scene.text().upper()


def test_a_desk_left_alone_locks_by_the_clock_alone_and_its_frame_names_nobody(mairie: Desk) -> None:
    family = a_family(mairie, last_name=FAMILY)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        assert shows(scene)
        scene.app.idle_seconds = 60
        scene.app._lock_if_idle()
        assert shows(scene), "somebody was there a moment ago"
        scene.app._last_input -= 61
        scene.app._lock_if_idle()  # what the timer calls; no key, no mouse
        await scene.settle()
        assert "Poste verrouillé" in scene.text()
        assert not shows(scene)
        for key in ("escape", "ctrl+f", "f2", "f4", "f9", "ctrl+g", "ctrl+l", "p", "slash", "tab", "down", "ctrl+a"):
            await scene.press(key)
            assert not shows(scene), key
        assert "Poste verrouillé" in scene.text()
        scene.screen.query_one("#password").focus()
        scene.screen.query_one("#password").value = ""  # type: ignore[attr-defined]
        scene.screen.query_one("#username").value = "camille"  # type: ignore[attr-defined]
        await unlock(scene)
        assert shows(scene), "the screen is as it was"

    play(act, mairie, idle_minutes=10)


def test_a_desk_left_while_it_asks_for_another_agent_locks_too(mairie: Desk) -> None:
    family = a_family(mairie, last_name=FAMILY)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("ctrl+g")
        assert "Changer d’agent" in scene.text()
        scene.app._last_input -= 10_000
        scene.app._lock_if_idle()
        scene.app._lock_if_idle()
        await scene.settle()
        await scene.press("escape", "escape")
        assert "Poste verrouillé" in scene.text()
        assert not shows(scene)
        await unlock(scene)
        assert "Changer d’agent" in scene.text(), "one lock, one password"

    play(act, mairie, idle_minutes=10)


def test_the_timer_of_an_idle_desk_is_set_when_it_opens(mairie: Desk) -> None:
    async def act(scene: Scene) -> None:
        waiting = [timer for timer in scene.app._timers if timer._callback == scene.app._lock_if_idle]
        assert [timer._interval <= 15 for timer in waiting] == [True]

    play(act, mairie, idle_minutes=10)


def test_another_agent_unlocks_and_what_the_first_alone_could_see_is_gone(mairie: Desk) -> None:
    family = a_family(mairie, last_name=FAMILY)

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.open("planning", family.dossier_id)
        assert shows(scene)
        await scene.press("ctrl+l")
        await unlock(scene, "ines")
        assert "Inès Leroy" in scene.lines()[0]
        assert not shows(scene)
        assert [type(screen).__name__ for screen in scene.app.screen_stack[1:]] == ["QueueScreen"]

    play(act, mairie)


class Shown(DeskScreen):
    """A family's screen that a gesture opens at its end."""

    TITLE = FAMILY


class Asked(DeskDialog[bool]):
    """A dialog about a family, closed by its own gesture."""

    TITLE = FAMILY

    def __init__(self, call: object) -> None:
        super().__init__()
        self.call = call

    @gesture(group="save")
    async def save(self) -> None:
        await self.send("save", self.call)  # type: ignore[arg-type]
        self.dismiss(True)


class Slow(DeskScreen):
    """A screen whose gestures last."""

    TITLE = "Lent"

    def __init__(self, call: object) -> None:
        super().__init__()
        self.call = call
        self.answers: list[object] = []

    @gesture(group="switch")
    async def switch(self) -> None:
        await self.send("switch", self.call)  # type: ignore[arg-type]
        self.app.switch_screen(Shown())

    @gesture(group="ask")
    async def question(self) -> None:
        await self.send("ask", self.call)  # type: ignore[arg-type]
        self.answers.append(await self.app.push_screen_wait(Asked(str)))

    @gesture(group="push")
    async def push(self) -> None:
        await self.send("push", self.call)  # type: ignore[arg-type]
        self.app.push_screen(Shown())


@pytest.mark.parametrize("ending", ["switch", "question", "push", "dialog"])
def test_a_gesture_that_ends_behind_the_lock_opens_nothing_until_the_password(mairie: Desk, ending: str) -> None:
    server = threading.Event()

    def call(_operation: str) -> bool:
        return server.wait(20)

    async def act(scene: Scene) -> None:
        slow = Slow(call)
        await scene.app.push_screen(slow)
        if ending == "dialog":
            asked = Asked(call)
            await scene.app.push_screen(asked)
            asked.save()
        else:
            getattr(slow, ending)()
        await scene.pilot.pause()
        scene.app.action_lock()
        await scene.pilot.pause()
        server.set()
        await scene.settle()
        assert "Poste verrouillé" in scene.text()
        assert not shows(scene)
        await unlock(scene)
        assert "Poste verrouillé" not in scene.text()
        assert shows(scene) == (ending != "dialog"), "what the gesture ends with is shown, or closed, now"
        if ending == "question":
            await scene.press("escape")
            assert slow.answers == [None]

    play(act, mairie)


def test_what_was_held_is_not_shown_to_an_agent_who_may_do_less(mairie: Desk) -> None:
    server = threading.Event()

    async def act(scene: Scene) -> None:
        slow = Slow(lambda _operation: server.wait(20))
        await scene.app.push_screen(slow)
        slow.question()
        await scene.pilot.pause()
        scene.app.action_lock()
        await scene.pilot.pause()
        server.set()
        await scene.settle()
        await unlock(scene, "ines")
        assert not shows(scene)
        assert "À encaisser · Inès Leroy" in scene.text()
        await scene.press("ctrl+f")
        assert "Recherche" in scene.text(), "no key waits for what was given up"

    play(act, mairie)
