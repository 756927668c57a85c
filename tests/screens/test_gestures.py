"""Reads may be dropped, writes never; sent once however often a key is pressed; every refusal is said."""

import threading
from collections.abc import Callable
from pathlib import Path

from screens.bars import Kind
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from tests.screens.outages import Pauses
from tests.screens.playing import Scene, play
from tui_portail.errors import PortailError
from tui_portail.services.desk import Desk


class Probe(DeskScreen):
    """A screen whose gestures call what the test gives."""

    def __init__(self, call: Callable[[str], object]) -> None:
        super().__init__()
        self.call = call
        self.answers: list[object] = []

    @gesture(group="read", exclusive=True)
    async def read(self, text: str) -> None:
        self.answers.append(await self.ask(self.call, text))

    @gesture(group="write")
    async def write(self) -> None:
        self.answers.append(await self.send("write", self.call))


async def put(scene: Scene, probe: Probe) -> Probe:
    await scene.app.push_screen(probe)
    await scene.settle()
    return probe


def test_a_stale_answer_is_dropped_whatever_the_order_they_come_in(desk: Desk) -> None:
    first_may_answer = threading.Event()

    def call(text: str) -> str:
        if text == "d":
            first_may_answer.wait(5)
        else:
            first_may_answer.set()
        return text

    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(call))
        probe.read("d")
        await scene.pilot.pause()
        probe.read("du")
        await scene.settle()
        assert probe.answers == ["du"]

    play(act, desk)


def test_a_read_under_way_while_a_write_is_answered_is_asked_again(desk: Desk) -> None:
    """Given a dossier read when its screen comes back in front, when a gesture changes it meanwhile, what was before is never shown."""
    written, read_before = threading.Event(), threading.Event()
    seen: list[bool] = []

    def call(text: str) -> object:
        if text != "read":  # the write, which has an operation id
            read_before.wait(5)
            written.set()
            return "written"
        seen.append(written.is_set())
        read_before.set()
        written.wait(5)
        may_answer.wait(5)
        return seen[-1]

    may_answer = threading.Event()

    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(call))
        probe.read("read")
        probe.write()
        await scene.until(lambda: "written" in probe.answers)
        may_answer.set()
        await scene.settle()
        assert seen == [False, True]
        assert probe.answers == ["written", True]

    play(act, desk)


def test_a_key_pressed_twice_sends_once(desk: Desk) -> None:
    may_answer = threading.Event()
    operations: list[str] = []

    def call(operation: str) -> str:
        operations.append(operation)
        may_answer.wait(5)
        return operation

    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(call))
        probe.write()
        await scene.pilot.pause()
        probe.write()
        await scene.pilot.pause()
        await scene.pilot.press("escape")
        assert scene.screen is probe  # it stays until the answer is known
        await scene.until(lambda: "pas encore confirmé" in scene.flat())
        may_answer.set()
        await scene.settle()
        assert probe.answers == operations
        assert len(operations) == 1

    play(act, desk)


def test_a_busy_database_is_said_and_the_same_gesture_tried_again_by_itself(desk: Desk) -> None:
    operations: list[str] = []

    def call(operation: str) -> str:
        operations.append(operation)
        if len(operations) == 1:
            raise PortailError("La base est occupée : recommencez.", code="BASE_OCCUPEE")
        return operation

    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(call))
        pauses = Pauses(scene)
        probe.write()
        await scene.settle()
        assert "d’autres postes occupent la base ; votre saisie est gardée" in scene.flat()
        assert "INJOIGNABLE" not in scene.text()
        await pauses.over()
        assert probe.answers == [operations[0]]

    play(act, desk)
    assert operations[0] == operations[1]


def test_after_a_refusal_the_next_try_is_another_gesture(desk: Desk) -> None:
    operations: list[str] = []

    def call(operation: str) -> str:
        operations.append(operation)
        raise PortailError("Il manque un motif.")

    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(call))
        for _ in range(2):
            probe.write()
            await scene.settle()

    play(act, desk)
    assert operations[0] != operations[1]


def test_a_bug_gives_a_reference_and_the_desk_goes_on(desk: Desk, tmp_path: Path) -> None:
    def call(text: str) -> str:
        raise ZeroDivisionError("détail technique")

    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(call))
        probe.read("x")
        await scene.settle()
        assert "référence" in scene.flat()
        assert "détail technique" not in scene.text()
        await scene.press("escape")
        assert scene.screen is not probe

    play(act, desk, log_folder=tmp_path, bugs_expected=True)
    assert "ZeroDivisionError" in (tmp_path / "incidents.log").read_text(encoding="utf-8")


def test_an_error_in_a_key_handler_does_not_close_the_desk(desk: Desk, tmp_path: Path) -> None:
    class Broken(DeskScreen):
        def key_x(self) -> None:
            raise RuntimeError("touche cassée")

    async def act(scene: Scene) -> None:
        await scene.app.push_screen(Broken())
        await scene.press("x")
        assert "référence" in scene.flat()
        await scene.press("escape")
        assert not isinstance(scene.screen, Broken)

    play(act, desk, log_folder=tmp_path, bugs_expected=True)


def test_a_message_is_text_and_never_markup(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        probe = await put(scene, Probe(str))
        probe.message("[red]Zoé[/red] \x1b[31m\u202eabc", Kind.REFUSED)
        await scene.settle()
        assert "[red]Zoé[/red] [31mabc" in scene.text()

    play(act, desk)
