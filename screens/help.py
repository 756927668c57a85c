"""The help of every screen: made from the commands that answer where the agent is, so that it is never out of date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from screens.command import Command
from screens.commands import command_of, handed_on
from screens.desk_screen import DeskDialog
from screens.key_names import key_name

_IN_A_FIELD = (
    ("Entrée", "champ suivant, ou valider"),
    ("Tab, Maj+Tab", "champ suivant, précédent"),
    ("Début, Fin", "début, fin du champ"),
    ("Ctrl+U, Ctrl+K", "effacer avant, après le curseur"),
    ("Ctrl+C, Ctrl+V", "copier, coller"),
)
_IN_A_LIST = (("↑ ↓", "choisir une ligne"), ("Page préc., Page suiv.", "d’une page"))


class HelpScreen(DeskDialog[None]):
    """Lists keys and what they do: first where the focus is, then the screen, then everywhere."""

    TITLE = "Aide"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f1,question_mark", "cancel", "Fermer", id="help.close")
    ]

    def __init__(self, asked_from: Screen[Any]) -> None:
        super().__init__()
        self._sections = sections_of(asked_from)
        self._notes = getattr(asked_from, "HELP", "")

    def compose_body(self) -> Iterable[Widget]:
        """One block a section."""
        with VerticalScroll(id="help-text"):
            if self._notes:
                yield Static(Content(self._notes), classes="help-notes")
            for title, lines in self._sections:
                yield Static(Content.styled(title, "bold"), classes="help-section")
                for keys, words in lines:
                    yield Static(Content.assemble((f" {keys} ", "bold $accent"), " ", words), classes="help-line")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#help-text").focus()

    def keys_line(self) -> str:
        """Name the ways out."""
        return "↑ ↓ : défiler · Échap : fermer"


def sections_of(screen: Screen[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (title, [(keys, words)]) for what answers on a screen now."""
    keys: dict[str, list[str]] = {}
    commands: dict[str, Command] = {}
    others: dict[str, list[str]] = {}
    for key, active in screen.active_bindings.items():
        if not active.enabled:
            continue
        command = command_of(active.binding)
        if command is not None:
            commands[command.id] = command
            keys.setdefault(command.id, []).append(key_name(key))
        elif active.binding.id and active.binding.description:
            others.setdefault(active.binding.description, []).append(key_name(key))
    if (opens := handed_on(screen)) is not None:
        commands[opens.id] = opens
        keys.setdefault(opens.id, []).insert(0, key_name("enter"))
    sections: list[tuple[str, list[tuple[str, str]]]] = []
    foot = foot_keys(screen.keys_line()) if isinstance(screen, DeskDialog) else {}
    enter = key_name("enter")
    if isinstance(screen.focused, Input):
        sections.append(("Dans ce champ", [(key, foot.get(key, words)) for key, words in _IN_A_FIELD]))
    elif isinstance(screen.focused, OptionList):
        entered = [(enter, foot[enter])] if enter in foot else []
        sections.append(("Dans cette liste", [*_IN_A_LIST, *entered]))
    own = [_line(command, keys) for command in commands.values() if command.area != "app"]
    for words, names in others.items():
        said = next((foot[name] for name in names if name in foot), "")
        own.append((", ".join(names), f"{said[:1].upper()}{said[1:]}" or words))
    title = "Dans cette fenêtre" if isinstance(screen, ModalScreen) else "Sur cet écran"
    if own:
        sections.append((title, own))
    if everywhere := [_line(command, keys) for command in commands.values() if command.area == "app"]:
        sections.append(("Partout", everywhere))
    return sections


def foot_keys(line: str) -> dict[str, str]:
    """Return what each key does by the foot of a dialog, « F10 : publier · Échap : annuler »: the help says the same."""
    pairs = (part.partition(" : ") for part in line.split(" · "))
    return {key: words for keys, _, words in pairs for key in keys.split(" ou ") if words}


def _line(command: Command, keys: dict[str, list[str]]) -> tuple[str, str]:
    return ", ".join(keys[command.id]), f"{command.label} : {command.tooltip[0].lower()}{command.tooltip[1:]}"
