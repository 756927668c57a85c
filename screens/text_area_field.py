"""A field of several lines. Enter begins a line; Tab goes to the next field."""

from __future__ import annotations

from textual import on
from textual.widget import Widget
from textual.widgets import TextArea

from screens.form_fields import Field, Judge
from screens.guard import Guarded


class PlainArea(Guarded, TextArea):
    """The lines, as they are typed: no colours, no markup."""

    DEFAULT_CSS = """
    PlainArea, PlainArea:focus { border: none; padding: 0 1; background: $surface; }
    PlainArea:focus { background: $panel; }
    """


class TextAreaField(Field):
    """Several lines of text, shown in `lines` rows."""

    def __init__(self, key: str, label: str, text: str = "", *, judge: Judge | None = None, lines: int = 6) -> None:
        super().__init__(key, label, judge=judge, full=True)
        self._area = PlainArea(text, soft_wrap=True, tab_behavior="focus", classes="editor")
        self._area.styles.height = lines

    def editor(self) -> Widget:
        """Return the lines."""
        return self._area

    @property
    def text(self) -> str:
        """What is typed."""
        return self._area.text

    @property
    def value(self) -> object:
        """The text without spaces around it."""
        return self.text.strip()

    def hold(self, held: object) -> None:
        """Show a text."""
        self._area.load_text(str(held or ""))

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.say_wrong("")
        self.post_message(self.Changed(self))
