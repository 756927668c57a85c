"""F1 on every screen and dialog names the keys that answer there; the palette names every command, in French."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.command import CommandList
from textual.screen import Screen

from models.engine import Database
from screens.bars import FooterBar
from screens.commands import command_of
from screens.desk_screen import DeskDialog
from screens.help import HelpScreen, foot_keys
from screens.key_names import key_name
from tests.factories import Family
from tests.screens.counter_acts import StillDesk
from tests.screens.dialog_scenes import DIALOGS, OTHER_DIALOGS, as_opened, refused
from tests.screens.playing import Scene, play
from tests.screens.test_dialogs_dump import NOBODY, counter, separated
from tests.screens.test_records_snapshots import SCREENS as RECORDS
from tests.screens.test_screens_dump import SCREENS as ACTS

__all__ = ["counter", "separated"]  # the fixtures


async def help_names_what_answers(scene: Scene) -> None:
    """Press F1 and compare the help with the bindings of the screen it was asked from."""
    screen = scene.screen
    bars = screen.query(FooterBar)
    footer = bars.first().keys() if bars else []
    wanted = {key_name(key) for key, _ in footer}
    answering = [active.binding for active in screen.active_bindings.values() if active.enabled]
    labels = {command.label for binding in answering if (command := command_of(binding))}
    foot = foot_keys(screen.keys_line()) if isinstance(screen, DeskDialog) else {}
    labels |= {
        _said(screen, binding, foot) for binding in answering if binding.id and binding.description and binding.show
    }
    await scene.press("f1")
    shown = scene.screen
    assert isinstance(shown, HelpScreen)
    keys = {key for _, lines in shown._sections for names, _ in lines for key in names.split(", ")}
    words = "\n".join(text for _, lines in shown._sections for _, text in lines)
    assert wanted <= keys
    assert {label for label in labels if label.lower() not in words.lower()} == set()
    assert shown._sections, "something is said"
    await scene.press("escape")
    assert scene.screen is screen


def _said(screen: Screen[Any], asked: Binding, foot: dict[str, str]) -> str:
    """Return what the foot of a dialog says of a binding by any of its keys, else its own description."""
    names = [key_name(key) for key, active in screen.active_bindings.items() if active.binding.id == asked.id]
    return next((foot[name] for name in names if name in foot), asked.description)


def test_the_help_reads_what_each_key_does_in_the_foot_of_a_dialog() -> None:
    assert foot_keys("Entrée ou Échap : fermer") == {"Entrée": "fermer", "Échap": "fermer"}
    assert foot_keys("Tab : champ suivant · F10 : publier · Échap") == {"Tab": "champ suivant", "F10": "publier"}


@pytest.mark.parametrize("name", [*DIALOGS, *OTHER_DIALOGS])
def test_a_dialog_has_its_help(counter: StillDesk, separated: Family, name: str) -> None:
    async def act(scene: Scene) -> None:
        await {**DIALOGS, **OTHER_DIALOGS}[name](scene, separated)
        await help_names_what_answers(scene)

    play(act, counter)


@pytest.mark.parametrize("name", [name for name in ACTS if name != "help"])
def test_a_screen_of_the_counter_act_has_its_help(counter: StillDesk, separated: Family, name: str) -> None:
    async def act(scene: Scene) -> None:
        await ACTS[name](scene, separated)
        await help_names_what_answers(scene)

    play(act, counter)


@pytest.mark.parametrize("name", RECORDS)
def test_a_screen_of_the_records_has_its_help(counter: StillDesk, name: str, tmp_path: Path, settings: None) -> None:
    act_of: Callable[[Scene, StillDesk], Awaitable[None]] = RECORDS[name]

    async def act(scene: Scene) -> None:
        await act_of(scene, counter)
        await help_names_what_answers(scene)

    play(act, counter)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the test's own, and no printer."""
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", str(tmp_path / "reglages.toml"))
    monkeypatch.setattr("screens.settings.list_printers", lambda: ())


def test_sign_in_has_its_help(counter: StillDesk) -> None:
    counter.sign_out()

    async def act(scene: Scene) -> None:
        await as_opened(scene, NOBODY)
        await help_names_what_answers(scene)

    play(act, counter)


def test_a_refused_database_has_its_help(sqlite_database: Database) -> None:
    async def act(scene: Scene) -> None:
        await help_names_what_answers(scene)
        await scene.press("q")

    play(act, refused)


def test_the_palette_lists_every_command_that_answers_in_french(counter: StillDesk, separated: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", separated.dossier_id)
        answering = [active.binding for active in scene.screen.active_bindings.values() if active.enabled]
        labels = {one.label for binding in answering if (one := command_of(binding)) and one.id != "app.palette"}
        await scene.press("f2")
        options = scene.screen.query_one(CommandList)
        await scene.until(lambda: options.option_count > 0 and not scene.app.typed.is_waiting)
        await scene.settle()
        listed = "\n".join(str(option.prompt) for option in options.options)
        assert {label for label in labels if label not in listed} == set()

    play(act, counter)
