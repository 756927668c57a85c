"""What every page shows around its own: the commune and the hour, its title in wide letters, a sentence when something happened."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.guard import Guarded
from screens.plain_text import plain

if TYPE_CHECKING:
    from screens.kiosk.app import KioskApp


class Tone(StrEnum):
    """What a sentence is, by the word before it."""

    INFO = ""
    DONE = "C’est fait."
    WAIT = "Un instant."
    PROBLEM = "Attention."


class TopLine(Guarded, Static):
    """One line: the commune on the left, the day and hour on the right; what is fictitious is said between them."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="top")

    def on_mount(self) -> None:
        """Follow the clock."""
        self.show()
        self.set_interval(5, self.show)

    def on_resize(self) -> None:
        """Use the room there is."""
        self.show()

    def show(self) -> None:
        """Write the line again."""
        app = cast("KioskApp", self.app)
        width = max(1, (self.size.width or app.size.width) - 2)
        left, mark, right = app.top_texts(width)
        gap = max(1, width - cell_len(left) - cell_len(mark) - cell_len(right))
        parts = (f" {left}", " " * (gap // 2), (mark, "bold reverse"), " " * (gap - gap // 2), f"{right} ")
        self.update(Content.assemble(*parts), layout=False)


class WideTitle(Guarded, Static):
    """A title: « M E N U S » where it fits, else in capitals; one that holds a sum is not spaced, for the sum to be read."""

    def __init__(self, title: str) -> None:
        super().__init__("", markup=False, id="title")
        self._title = plain(title)

    def on_resize(self) -> None:
        """Use the room there is."""
        self.show(self._title)

    def show(self, title: str) -> None:
        """Write a title."""
        self._title = plain(title)
        capitals = self._title.upper()
        wide = "   ".join(" ".join(word) for word in capitals.split())
        fits = "€" not in capitals and cell_len(wide) <= self.size.width
        self.update(Content(wide if fits else capitals), layout=False)


class Notice(Guarded, Static):
    """The visible place of a sentence, hidden when there is nothing to say."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="notice")
        self.sentence = ""

    def show(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        """Show a sentence; an empty one hides the place."""
        said = plain(sentence)
        self.sentence = said[:1].upper() + said[1:]
        self.set_classes(f"-{tone.name.lower()}" + (" -shown" if sentence else ""))
        self.update(Content.assemble((f"{tone.value} " if tone.value else "", "bold"), self.sentence))


class PageBody(Guarded, VerticalScroll, can_focus=False, inherit_bindings=False):
    """The page itself, which scrolls where it is longer than the screen; arrows are the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
    ]
