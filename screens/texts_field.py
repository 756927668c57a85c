"""A field of several texts, one a line, a long one over several rows: Enter goes to a new line, on an empty one to the next field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from screens.form_fields import Field
from screens.guard import Guarded
from screens.plain_text import plain


class TextsArea(Guarded, TextArea):
    """The lines."""

    DEFAULT_CSS = """
    TextsArea, TextsArea:focus { border: none; padding: 0 1; background: $surface; }
    TextsArea:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter_line", "Ligne suivante", show=False, priority=True, id="texts.line"),
        Binding("up", "line_up", "Ligne précédente", show=False, priority=True, id="texts.up"),
        Binding("down", "line_down", "Ligne suivante", show=False, priority=True, id="texts.down"),
    ]

    class Entered(Message):
        """Enter was pressed on an empty line."""

    def action_enter_line(self) -> None:
        """Go to a new line; from an empty one, to the next field."""
        row = self.cursor_location[0]
        line = self.document.get_line(row)
        if line.strip():
            self.move_cursor((row, len(line)))
            self.insert("\n")
        else:
            self.post_message(self.Entered())

    async def action_line_up(self) -> None:
        """Go up a row; from the first, to the field before."""
        if self.navigator.is_first_wrapped_line(self.cursor_location):
            await self.run_action("form.step(-1)")
        else:
            self.action_cursor_up()

    async def action_line_down(self) -> None:
        """Go down a row; from the last, to the next field."""
        if self.navigator.is_last_wrapped_line(self.cursor_location):
            self.post_message(self.Entered())
        else:
            self.action_cursor_down()


class TextsField(Field):
    """Several texts, one a line; empty lines are left out."""

    DEFAULT_CSS = "TextsField > .editor { height: auto; min-height: 1; max-height: 6; }"

    def __init__(self, key: str, label: str, texts: Sequence[str] = ()) -> None:
        super().__init__(key, label)
        self._seen = "\n".join(texts)
        self._area = TextsArea(
            self._seen, soft_wrap=True, tab_behavior="focus", show_line_numbers=False, classes="editor"
        )

    def editor(self) -> Widget:
        """Return the lines."""
        return self._area

    @property
    def text(self) -> str:
        """What is typed."""
        return self._area.text

    @property
    def value(self) -> list[str]:
        """The texts, without spaces around them."""
        return [text for line in self.text.splitlines() if (text := " ".join(plain(line).split()))]

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.text != self._seen:
            self._seen = self.text
            self.say_wrong("")
            self.post_message(self.Changed(self))

    @on(TextsArea.Entered)
    def _entered(self, event: TextsArea.Entered) -> None:
        event.stop()
        self.post_message(self.Done(self))
