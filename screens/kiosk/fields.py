"""The fields of a page: a label above, a frame to type in, under it what is wrong. Enter goes to the next."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.guard import Guarded
from screens.inputs import PlainInput
from screens.plain_text import content


class KioskField(Guarded, Vertical):
    """A text to type. `key` is the name the services give it in a refusal; `hidden` is a password's."""

    class Entered(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: KioskField) -> None:
            super().__init__()
            self.field = field

    def __init__(
        self, key: str, label: str, text: str = "", *, hint: str = "", hidden: bool = False, longest: int = 254
    ) -> None:
        super().__init__(classes="kiosk-field")
        self.key, self._label, self._text, self._hint = key, label, text, hint
        self.hidden, self._longest = hidden, longest

    def compose(self) -> Iterable[Widget]:
        """Label, frame, what is wrong."""
        yield Static(Content(self._label), classes="field-label")
        yield PlainInput(
            self._text,
            placeholder=f"Exemple : {self._hint}" if self._hint else "",
            password=self.hidden,
            max_length=self._longest,
        )
        wrong = Static("", classes="wrong", markup=False)
        wrong.display = False
        yield wrong
        self._text = ""

    @property
    def input(self) -> Input:
        """The frame typed in."""
        return self.query_one(Input)

    @property
    def text(self) -> str:
        """What is typed, spaces around taken out; a password's are kept."""
        value = self.input.value
        return value if self.hidden else value.strip()

    def say_wrong(self, sentence: str) -> None:
        """Say under the field what is wrong; an empty sentence takes it off."""
        wrong = self.query_one(".wrong", Static)
        wrong.update(content(f"✗ {sentence}" if sentence else ""))
        wrong.display = bool(sentence)

    def reveal(self, shown: bool) -> None:
        """Show a password, or hide it again."""
        if self.hidden:
            self.input.password = not shown

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.say_wrong("")
