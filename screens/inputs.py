"""Fields that say what they understood: amounts and dates. Enter moves on; what is wrong is said on leaving the field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.guard import Guarded
from screens.plain_text import plain
from screens.typed_dates import parse_date
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.money import format_cents, parse_amount


class PlainInput(Guarded, Input):
    """A line of text: line ends, odd spaces and control characters of a paste are taken out."""

    def _on_paste(self, event: Paste) -> None:
        event.text = " ".join(plain(event.text).split())  # Textual calls Input's own handler next


class _UnderstoodField(Guarded, Vertical):
    """A field with, under it, what was understood or why not."""

    class Changed(Message):
        """The value understood changed."""

        def __init__(self, field: _UnderstoodField) -> None:
            super().__init__()
            self.field = field

        @property
        def control(self) -> _UnderstoodField:
            """The field, for `@on(…, "#id")`."""
            return self.field

    class Submitted(Changed):
        """Enter was pressed."""

    def __init__(self, label: str, text: str = "", *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(id=id, classes="understood-field")
        self._label = label
        self._text = text
        self._placeholder = placeholder

    def compose(self) -> Iterable[Widget]:
        """Label, field, understanding."""
        yield Static(Content(self._label), classes="field-label")
        yield PlainInput(self._text, placeholder=self._placeholder)
        yield Static("", classes="understood", markup=False)

    def on_mount(self) -> None:
        """Say what the first text means."""
        self._say(strict=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value if self.is_mounted else self._text

    @text.setter
    def text(self, value: str) -> None:
        self._text = value
        if self.is_mounted:
            self.query_one(Input).value = value

    def focus_field(self) -> None:
        """Put the cursor in the field, its text selected so that typing replaces it."""
        field = self.query_one(Input)
        field.focus()
        field.select_all()

    def understood(self) -> str:
        """Return what the text means, in French. Raises InvalidInput."""
        raise NotImplementedError

    def _say(self, strict: bool) -> None:
        line = self.query_one(".understood", Static)
        sentence, wrong = "", False
        if self.text.strip():
            try:
                sentence = f"= {self.understood()}"
            except InvalidInput as error:
                wrong = True
                sentence = error.sentence if strict else "…"
        line.set_class(wrong and strict, "-wrong")
        line.update(Content(sentence), layout=strict)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(strict=False)
        self.post_message(self.Changed(self))

    @on(Input.Blurred)
    def _left(self) -> None:
        self._say(strict=True)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._say(strict=True)
        self.post_message(self.Submitted(self))


class MoneyInput(_UnderstoodField):
    """An amount in euros: comma or point; shows « = 12,50 € »."""

    def understood(self) -> str:
        """Return the amount, written the French way."""
        return format_cents(parse_amount(self.text))

    @property
    def cents(self) -> int:
        """The amount in cents, 0 for an empty field. Raises InvalidInput with the sentence to show."""
        return parse_amount(self.text) if self.text.strip() else 0

    @cents.setter
    def cents(self, value: int) -> None:
        self.text = format_cents(value, symbol=False)


class DateInput(_UnderstoodField):
    """A date typed short: `12/3`, `120319`, `+7`, `12/03/2019`. `today` is the desk's day; `past` reads a year left out as past."""

    def __init__(self, label: str, today: date, text: str = "", *, past: bool = False, id: str | None = None) -> None:
        super().__init__(label, text, id=id, placeholder="jj/mm/aaaa")
        self._today = today
        self._past = past

    def understood(self) -> str:
        """Return the date in words."""
        return long_date(parse_date(self.text, self._today, past=self._past))

    @property
    def day(self) -> date | None:
        """The date, None for an empty field. Raises InvalidInput with the sentence to show."""
        return parse_date(self.text, self._today, past=self._past) if self.text.strip() else None

    @day.setter
    def day(self, value: date | None) -> None:
        self.text = f"{value:%d/%m/%Y}" if value else ""
