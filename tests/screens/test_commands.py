"""One list of commands for keys, palette, help and footer; keys an AZERTY keyboard types."""

import re

import pytest
from textual.app import App

from screens.commands import COMMANDS, bindings_of, command_of
from screens.desk_screen import DeskScreen
from screens.destinations import DESTINATIONS
from screens.key_names import key_name
from tests.screens.playing import Scene, play
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right

NEEDS_ALTGR_OR_SHIFT_DIGIT = set("[]{}\\~@#|^`") | set("0123456789")
EATEN_BY_TERMINALS = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s", "ctrl+z"}


def test_every_command_has_one_id() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_no_command_needs_altgr_shift_digit_or_a_key_the_terminal_eats(command: object) -> None:
    for key in command.keys.split(","):  # type: ignore[attr-defined]
        assert key not in EATEN_BY_TERMINALS
        assert key not in NEEDS_ALTGR_OR_SHIFT_DIGIT
        assert not re.search(r"left_square|right_square|curly|backslash|tilde|number_sign|^at$", key)


def test_every_right_named_by_a_command_or_a_place_exists() -> None:
    named = {command.right for command in COMMANDS} | {place.right for place in DESTINATIONS.values()}
    assert named - {None} <= set(Right.__members__)


@pytest.mark.parametrize("area", sorted({command.area for command in COMMANDS}))
def test_two_commands_of_a_screen_never_share_a_key(area: str) -> None:
    keys = [key for command in COMMANDS if command.area == area for key in command.keys.split(",")]
    assert len(set(keys)) == len(keys)


def test_each_binding_leads_back_to_its_command() -> None:
    for binding in bindings_of("planning"):
        command = command_of(binding)  # type: ignore[arg-type]
        assert command is not None
        assert command.label


def test_every_action_of_a_screen_exists() -> None:
    from screens.app import PortailApp
    from screens.appointments import AppointmentsScreen
    from screens.finished import FinishedScreen
    from screens.paid import PaidScreen
    from screens.payment import PaymentScreen
    from screens.planning import PlanningScreen
    from screens.planning_review import ReviewDialog
    from screens.queue import QueueScreen
    from screens.renewals import RenewalsScreen
    from screens.search import SearchScreen

    homes: dict[str, type] = {
        "app": PortailApp,
        "screen": DeskScreen,
        "planning": PlanningScreen,
        "review": ReviewDialog,
        "finished": FinishedScreen,
        "queue": QueueScreen,
        "payment": PaymentScreen,
        "paid": PaidScreen,
        "search": SearchScreen,
        "appointments": AppointmentsScreen,
        "renewals": RenewalsScreen,
    }
    for command in COMMANDS:
        name = command.action.removeprefix("app.").partition("(")[0]
        home = PortailApp if command.action.startswith("app.") else homes.get(command.area)
        if home is not None:
            assert hasattr(home, f"action_{name}"), command.id


def test_keys_are_named_in_french() -> None:
    assert [key_name(key) for key in ("escape", "ctrl+f", "f12", "space", "shift+tab", "w", "W")] == [
        "Échap",
        "Ctrl+F",
        "F12",
        "Espace",
        "Maj+Tab",
        "w",
        "W",
    ]


def test_a_key_moved_in_the_settings_moves_in_the_footer_too(desk: Desk, family: object) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)  # type: ignore[attr-defined]
        await scene.press("semicolon", "home")
        assert " q Semaine" in scene.text()
        await scene.press("q")
        assert "+ 8 à ajouter" in scene.text()

    play(act, desk, keymap={"planning.week": "q"})


def test_the_palette_speaks_french_and_runs_the_command_chosen(desk: Desk, family: object) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)  # type: ignore[attr-defined]
        await scene.press("semicolon", "home")
        await scene.press("f2")
        await scene.type("mois")
        await scene.until(lambda: "Passer de la semaine au mois" in scene.text())
        assert not re.search(r"Search|commands|Toggle|Quit the", scene.text())
        await scene.press("enter")
        await scene.until(lambda: "Décembre 2026" in scene.text())

    play(act, desk)


def test_the_palette_says_in_french_that_nothing_matches(desk: Desk, family: object) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)  # type: ignore[attr-defined]
        await scene.press("semicolon", "home")
        await scene.press("f2")
        await scene.type("zzz")
        await scene.until(lambda: "Aucune commande de ce nom" in scene.text())

    play(act, desk)


def test_the_application_is_a_plain_textual_one() -> None:
    from screens.app import PortailApp

    assert issubclass(PortailApp, App)
    assert not PortailApp.ENABLE_COMMAND_PALETTE  # Textual's own palette is in English
