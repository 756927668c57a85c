"""A field whose value is one of a few: arrows or Space turn it, a letter goes to the value it begins."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from screens.form_fields import Field
from screens.guard import Guarded
from screens.plain_text import plain


class ChoiceLine(Guarded, Static, can_focus=True):
    """One value among a few: arrows or Space change it, a letter goes to the one that begins so."""

    DEFAULT_CSS = """
    ChoiceLine { padding: 0 1; background: $surface; text-wrap: nowrap; }
    ChoiceLine:focus { background: $panel; text-style: underline; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "turn(1)", "Choix suivant", show=False, id="choice.next"),
        Binding("left", "turn(-1)", "Choix précédent", show=False, id="choice.previous"),
        Binding("enter", "done", "Champ suivant", show=False, id="choice.done"),
    ]
    place: reactive[int] = reactive(0, init=False)

    class Turned(Message):
        """Another value was chosen."""

    class Entered(Message):
        """Enter was pressed."""

    def __init__(self, labels: Sequence[str], place: int) -> None:
        super().__init__("", markup=False, classes="editor")
        self.labels = tuple(labels)
        self.set_reactive(ChoiceLine.place, place)

    def render(self) -> Content:
        """Show the value, between arrows where it can be changed."""
        label = plain(self.labels[self.place]) if self.labels else "—"
        turns = len(self.labels) > 1
        room = self.content_size.width - (len("‹  ›") if turns else 0)
        shown = Content(label).truncate(room, ellipsis=True) if room > 0 else Content(label)
        return Content.assemble("‹ ", shown, " ›") if turns else shown

    def watch_place(self) -> None:
        """Tell the field."""
        self.post_message(self.Turned())

    def action_turn(self, step: int) -> None:
        """Take the value after, or before."""
        if self.labels:
            self.place = (self.place + step) % len(self.labels)

    def action_done(self) -> None:
        """Go to the next field."""
        self.post_message(self.Entered())

    def on_click(self, event: Click) -> None:
        """Take the next value; on the left arrow, the one before. The first click only takes the focus."""
        if self.has_focus:
            self.action_turn(-1 if event.x <= 2 else 1)
        self.focus()

    def on_key(self, event: Key) -> None:
        """Go to the value a letter begins."""
        if event.character and event.character.isalnum():
            wanted = _folded(event.character)
            here = self.place
            order = [*range(here + 1, len(self.labels)), *range(here + 1)]
            found = [place for place in order if _folded(self.labels[place]).startswith(wanted)]
            if found:
                self.place = found[0]
            event.stop()


class ChoiceField(Field):
    """One of a few values, each with its label."""

    def __init__(
        self,
        key: str,
        label: str,
        choices: Sequence[tuple[object, str]],
        chosen: object = None,
        *,
        full: bool = False,
    ) -> None:
        super().__init__(key, label, full=full)
        self._choices = tuple(choices)
        self.line = ChoiceLine([label for _, label in self._choices], self._place_of(chosen))

    def _place_of(self, value: object) -> int:
        return next((place for place, (known, _) in enumerate(self._choices) if known == value), 0)

    def editor(self) -> Widget:
        """Return the line that turns."""
        return self.line

    def offer(self, choices: Sequence[tuple[object, str]]) -> None:
        """Offer other values; the one chosen stays if it is still there."""
        wanted = self.value
        self._choices = tuple(choices)
        self.line.labels = tuple(label for _, label in self._choices)
        self.hold(wanted)

    @property
    def held(self) -> object:
        """The value chosen."""
        return self.value

    def hold(self, held: object) -> None:
        """Show a value."""
        self.line.set_reactive(ChoiceLine.place, self._place_of(held))
        self.line.refresh()

    @property
    def text(self) -> str:
        """The label chosen."""
        return self._choices[self.line.place][1] if self._choices else ""

    @property
    def value(self) -> object:
        """The value chosen."""
        return self._choices[self.line.place][0] if self._choices else None

    @on(ChoiceLine.Turned)
    def _turned(self, event: ChoiceLine.Turned) -> None:
        event.stop()
        self.say_wrong("")
        self.post_message(self.Changed(self))

    @on(ChoiceLine.Entered)
    def _entered(self, event: ChoiceLine.Entered) -> None:
        event.stop()
        self.post_message(self.Done(self))


class YesNoField(ChoiceField):
    """Yes or no."""

    def __init__(
        self,
        key: str,
        label: str,
        yes: bool = False,
        *,
        words: tuple[str, str] = ("oui", "non"),
        full: bool = False,
    ) -> None:
        super().__init__(key, label, ((True, words[0]), (False, words[1])), yes, full=full)


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if unicodedata.category(c) != "Mn")
