"""The three lines every screen has: who and when at the top, what happened and which keys at the bottom."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content
from textual.events import Click
from textual.widget import Widget
from textual.widgets import Static

from screens.commands import BY_ID, command_of, handed_on
from screens.guard import Guarded
from screens.key_names import key_name
from screens.outage import MARK
from screens.plain_text import plain

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.app import PortailApp

MAX_KEYS = 7
_ALWAYS = frozenset(BY_ID[name].label for name in ("screen.back", "app.help"))


class Kind(StrEnum):
    """What a message is, with the word that says so without colour."""

    INFO = ""
    DONE = "Fait"
    WAIT = "Un instant"
    LOST = "Base injoignable"
    NOT_DONE = "À refaire"
    UNPRINTED = "Non imprimé"
    REFUSED = "Refusé"
    INCIDENT = "Incident"


class HeaderBar(Guarded, Static):
    """One line: commune, screen, agent and roles, till, clock. The application fills it (`PortailApp.header_texts`)."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="header")

    def on_mount(self) -> None:
        """Show the line at once and follow the clock, without laying out again."""
        self.show()
        self.set_interval(5, self.show)

    def on_resize(self) -> None:
        """Use the room there is."""
        self.show()

    def show(self) -> None:
        """Write the line for the present width: the clock stays whole, the rest is shortened first."""
        app = cast("PortailApp", self.app)
        width = self.size.width or self.app.size.width
        mark = f" {MARK} " if app.outage.is_away else ""
        room = width - 2 - cell_len(mark)
        left, right = app.header_texts(self.screen.title or "", room)
        gap = max(1, room - cell_len(left) - cell_len(right))
        self.update(Content.assemble((mark, "bold reverse"), f" {left}{' ' * gap}{right} "), layout=False)


class MessageBar(Static):
    """The visible place where a sentence stays until the next gesture; hidden when there is nothing to say.

    A screen that speaks at each key gives it a fixed height and keeps it displayed: nothing is laid out again then.
    """

    def __init__(self) -> None:
        super().__init__("", markup=False, id="message")
        self.sentence = ""
        self._given = ""

    def says(self, sentence: str) -> bool:
        """Say whether this sentence is the one shown."""
        return self._given == sentence

    def show(self, sentence: str, kind: Kind = Kind.INFO) -> None:
        """Show a sentence, with its kind in words; an empty one hides the bar."""
        self._given, said = sentence, plain(sentence)
        self.sentence = said if kind.value else said[:1].upper() + said[1:]
        word = f"{kind.value} : " if kind.value else ""
        self.set_classes(f"-{kind.name.lower()}" + (" -shown" if sentence else ""))
        self.update(Content.assemble((word, "bold"), self.sentence), layout=self.styles.is_auto_height)


class FooterBar(Guarded, Widget):
    """One line of at most seven keys, made from the commands that answer now; a click presses the key."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--label"}

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow what may be pressed."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def keys(self) -> list[tuple[str, str]]:
        """Return the (key, label) pairs to show, the screen's own before the application's."""
        pairs: dict[str, tuple[str, str]] = {}
        for key, active in self.screen.active_bindings.items():
            command = command_of(active.binding)
            if active.binding.show and active.enabled and command is not None and command.id not in pairs:
                pairs[command.id] = (key, command.label)
        opens = handed_on(self.screen)
        if opens is not None and opens.shown:
            taken = {opens.id: ("enter", opens.label)}
            pairs = pairs | taken if opens.id in pairs else taken | pairs
        own = [pair for name, pair in pairs.items() if not name.startswith(("app.", "screen."))]
        rest = [pair for name, pair in pairs.items() if name.startswith(("app.", "screen."))]
        kept = min(len(rest), max(2, MAX_KEYS - len(own)))  # the way back and the help always stay
        return [*own[: MAX_KEYS - kept], *rest[:kept]]

    def _fitting(self) -> list[tuple[str, str]]:
        """Return the keys the width holds whole: the last of the screen's own make room for the way back and the help."""
        pairs = self.keys()
        always = [pair for pair in pairs if pair[1] in _ALWAYS]
        while sum(map(_width_of, pairs)) > self.size.width and (lesser := [one for one in pairs if one not in always]):
            pairs.remove(lesser[-1])
        return pairs

    def render(self) -> Text:
        """Write those keys."""
        key_style = self.get_component_rich_style("footer--key")
        label_style = self.get_component_rich_style("footer--label")
        line = Text(no_wrap=True)
        self._spans = []
        for key, label in self._fitting():
            shown, width = f" {key_name(key)} ", _width_of((key, label))
            self._spans.append((line.cell_len, line.cell_len + width, key))
            line.append(shown, key_style)
            line.append(f"{label} ", label_style)
        return line

    def on_click(self, event: Click) -> None:
        """Press the key under the mouse."""
        for start, end, key in self._spans:
            if start <= event.x < end:
                self.app.simulate_key(key)
                return


def _width_of(pair: tuple[str, str]) -> int:
    """Return the cells of a key and its label in the footer."""
    key, label = pair
    return cell_len(key_name(key)) + cell_len(label) + 3
