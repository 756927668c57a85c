"""Keys sent all at once land where they would have one by one: nothing lost, nothing elsewhere, no gesture twice."""

import threading
from collections.abc import Callable

import pytest
from textual.widgets import Input

from screens.desk_screen import DeskScreen
from screens.family_form import FamilyFormScreen
from screens.gestures import gesture
from screens.payment import PaymentScreen
from screens.planning import PlanningScreen
from screens.search import SearchScreen
from tests.factories import Family, a_family
from tests.screens.playing import Scene, play
from tests.screens.test_opening import PASSWORD, mairie
from tests.screens.test_payment_act import a_basket
from tui_portail.services.desk import Desk

__all__ = ["mairie"]  # the fixture

CTRL_A, CTRL_E, CTRL_K, F4, ESCAPE = "\x01", "\x05", "\x0b", "\x1bOS", "\x1b[27u"


def typed_in(scene: Scene) -> list[str]:
    return [field.value for field in scene.screen.query(Input)]


def test_a_form_typed_in_one_burst_has_each_text_in_its_field(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registration")
        await scene.burst("Martin\rZoé\r06 12 34 56 78\t3 rue Haute\r")
        assert isinstance(scene.screen, FamilyFormScreen)
        assert typed_in(scene)[:4] == ["Martin", "Zoé", "06 12 34 56 78", "3 rue Haute"]

    play(act, desk)


def test_keys_that_edit_a_field_keep_their_place_among_the_letters(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registration")
        await scene.burst(f"faux{CTRL_A}{CTRL_K}Martin{CTRL_A}St-{CTRL_E}!\rab{CTRL_A}{CTRL_K}Zoé\r")
        assert typed_in(scene)[:2] == ["St-Martin!", "Zoé"]

    play(act, desk)


def test_a_paste_keeps_its_place_too(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registration")
        await scene.burst("Mar\x1b[200~tin\x1b[201~eau\rZoé\r")
        assert typed_in(scene)[:2] == ["Martineau", "Zoé"]

    play(act, desk)


def test_a_name_and_enter_in_one_burst_open_that_family_and_its_planning(desk: Desk) -> None:
    a_family(desk, last_name="Durand", children=2)
    a_family(desk, last_name="Lefèvre", children=2)

    async def act(scene: Scene) -> None:
        await scene.burst("durand\rp")
        assert isinstance(scene.screen, PlanningScreen)
        assert "Planning Durand" in scene.lines()[0]

    play(act, desk)


def test_a_whole_counter_act_may_be_sent_in_one_burst(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.burst("dupont\rp;\x1b[Hwvt\r\r")
        assert "Quittance n°" in scene.text()

    play(act, desk)


def test_signing_in_and_the_first_search_may_be_sent_in_one_burst_before_the_database_is_open(mairie: Desk) -> None:
    a_family(mairie, last_name="Durand", children=2)
    may_open = threading.Event()

    def opener() -> Desk:
        may_open.wait(5)
        return mairie

    async def act(scene: Scene) -> None:
        for_later = f"camille\r{PASSWORD}\rdurand"
        threading.Timer(0, may_open.set).start()
        await scene.burst(for_later)
        assert isinstance(scene.screen, SearchScreen)
        assert typed_in(scene) == ["durand"]

    play(act, opener)


def test_an_amount_and_enter_in_one_burst_cash_that_amount(desk: Desk, family: Family) -> None:
    basket_id, _ = a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("payment", basket_id)
        await scene.burst("50\r")
        assert "Quittance n°" in scene.text()
        assert "Reçu 50,00" in scene.text()

    play(act, desk)


def test_enter_struck_again_while_a_payment_is_written_does_not_ask_for_the_next_one(
    desk: Desk, family: Family
) -> None:
    basket_id, _ = a_basket(desk, family)
    other = a_family(desk, last_name="Durand", children=1)
    a_basket(desk, other)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        await scene.open("payment", basket_id)
        assert isinstance(scene.screen, PaymentScreen)
        await scene.burst("\r\r\r\r\r")
        assert "Quittance n°" in scene.text()

    play(act, desk)


def test_a_command_named_and_entered_in_one_burst_is_run(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        await scene.burst("\x1bOQmois\r")
        await scene.until(lambda: "Décembre 2026" in scene.text())

    play(act, desk)


def test_every_key_that_turns_the_week_counts_and_the_tick_falls_in_the_last_one(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        await scene.burst(";;\x1b[Hw")
        assert "14" in scene.lines()[2]
        assert "à ajouter" in scene.flat()

    play(act, desk)


class Slow(DeskScreen):
    """A screen that writes when asked, and counts the keys it receives."""

    def __init__(self, call: Callable[[str], object]) -> None:
        super().__init__()
        self.call = call
        self.received: list[str] = []

    def key_w(self) -> None:
        self.write()

    @gesture(group="write")
    async def write(self) -> None:
        await self.send("write", self.call)

    def key_x(self) -> None:
        self.received.append("x")


def test_keys_wait_for_a_write_and_escape_does_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.typed_ahead.PATIENCE", 60.0)
    may_answer = threading.Event()
    written: list[str] = []

    def call(operation: str) -> None:
        may_answer.wait(20)
        written.append(operation)

    async def act(scene: Scene) -> None:
        slow = Slow(call)
        await scene.app.push_screen(slow)
        await scene.settle()
        await scene.pilot.press("w")
        await scene.pilot.press("escape")
        await scene.until(lambda: "pas encore confirmé" in scene.flat())
        scene.send("wwx")
        await scene.pilot.pause()
        assert slow.received == []
        may_answer.set()
        await scene.settle()
        assert slow.received == ["x"]
        assert len(written) == 1  # « w » struck again asked for the same write

    play(act, desk)


def test_a_screen_that_never_answers_does_not_keep_the_keyboard(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    may_answer = threading.Event()
    monkeypatch.setattr("screens.typed_ahead.PATIENCE", 0.0)

    async def act(scene: Scene) -> None:
        slow = Slow(lambda _operation: may_answer.wait(20))
        await scene.app.push_screen(slow)
        await scene.settle()
        await scene.pilot.press("w")
        await scene.pilot.press("x")
        while scene.app.typed.is_waiting:
            await scene.pilot.pause()
        assert slow.received == ["x"]
        may_answer.set()

    play(act, desk)
