"""The fields of a form: a label, what is typed, and under it the sentence that says what is wrong.

Enter moves to the next field, so do the arrows; a date or an amount is written out as it was understood on leaving its field; what is
wrong is said on leaving too, by the pure rule's own sentence, and never takes what was typed away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.guard import Guarded
from screens.inputs import PlainInput
from screens.plain_text import plain
from screens.typed_dates import parse_date
from tui_portail.errors import InvalidInput
from tui_portail.money import format_cents, parse_amount

Judge = Callable[[object], object]
"""Raises InvalidInput with the sentence to show, for a value that cannot be kept."""


class Field(Guarded, Vertical):
    """One field, known by its `key`. Subclasses give `editor()`, `text` and `value`."""

    DEFAULT_CSS = """
    Field { height: auto; }
    Field > Horizontal { height: 1; }
    Field .label { width: 13; height: 1; text-wrap: nowrap; }
    Field .editor { width: 1fr; height: 1; }
    Field > .wrong { display: none; height: auto; color: $error; padding-left: 1; }
    Field.-wrong > .wrong { display: block; }
    Field > .note { display: none; height: auto; color: $warning; padding-left: 1; }
    Field.-noted > .note { display: block; }
    Field.-full { column-span: 2; }
    """

    class Done(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Changed(Message):
        """What the field holds changed."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(self, key: str, label: str, *, judge: Judge | None = None, full: bool = False) -> None:
        super().__init__(classes="-full" if full else None)
        self.key = key
        self.label = label
        self.judge = judge
        self.wrong = ""

    def compose(self) -> Iterable[Widget]:
        """Label and editor on one line, the sentence below."""
        with Horizontal():
            yield Static(Content(self.label), classes="label")
            yield self.editor()
        yield Static("", classes="wrong", markup=False)
        yield Static("", classes="note", markup=False)

    def editor(self) -> Widget:
        """Return the widget one types in."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What is typed or chosen, as text: what tells whether the form was touched."""
        raise NotImplementedError

    @property
    def value(self) -> object:
        """What it means. Raises InvalidInput."""
        raise NotImplementedError

    @property
    def initial(self) -> str:
        """What the field held when it was made, as text."""
        raise NotImplementedError

    def take(self, other: Field) -> None:
        """Hold what another field of the same kind was made with, and count it as the start."""
        raise NotImplementedError

    def focus_field(self) -> None:
        """Put the cursor here."""
        self.query_one(".editor").focus()

    def say_wrong(self, sentence: str) -> None:
        """Show a sentence under the field, or take it away."""
        if sentence != self.wrong:
            self.wrong = plain(sentence)
            self.set_class(bool(sentence), "-wrong")
            self.query_one(".wrong", Static).update(Content(self.wrong))

    def say_note(self, sentence: str) -> None:
        """Show under the field a doubt that refuses nothing, or take it away."""
        if self.is_mounted:
            self.set_class(bool(sentence), "-noted")
            self.query_one(".note", Static).update(Content(plain(sentence)))

    def check(self) -> bool:
        """Judge what is typed and say what is wrong; return whether it can be kept."""
        try:
            value = self.value
            if self.judge is not None:
                self.judge(value)
        except InvalidInput as error:
            self.say_wrong(error.sentence)
            return False
        self.say_wrong("")
        return True


class TextField(Field):
    """A line of text."""

    def __init__(
        self,
        key: str,
        label: str,
        text: str = "",
        *,
        judge: Judge | None = None,
        full: bool = False,
        hidden: bool = False,
        placeholder: str = "",
        proposed: bool = False,
    ) -> None:
        super().__init__(key, label, judge=judge, full=full)
        self._start = text
        self._hidden = hidden
        self._input = PlainInput(
            text,
            password=hidden,
            placeholder=placeholder,
            classes="editor",
            max_length=300,
            select_on_focus=proposed,  # typing replaces what was only proposed
        )

    def editor(self) -> Widget:
        """Return the line."""
        return self._input

    @property
    def initial(self) -> str:
        """What the line held when it was made."""
        return self._start

    def take(self, other: Field) -> None:
        """Hold another field's start."""
        self._start = other.initial
        self.text = other.initial

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    @text.setter
    def text(self, value: str) -> None:
        self._input.value = value

    @property
    def value(self) -> object:
        """The text without spaces around it; a hidden one is taken as it is."""
        return self.text if self._hidden else self.text.strip()

    def written_out(self) -> str:
        """Return what was understood as it should be read."""
        return self.text

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.say_wrong("")
        self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(self))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        if self.text.strip() and self.check():
            written = self.written_out()
            if written != self.text:
                with self.prevent(Input.Changed):
                    self.text = written


class DateField(TextField):
    """A day typed short: `12/3`, `120319`, `+7`. `past`: a year left out is past."""

    def __init__(
        self,
        key: str,
        label: str,
        today: date,
        day: date | None = None,
        *,
        past: bool = False,
        judge: Judge | None = None,
        proposed: bool = False,
    ) -> None:
        text = f"{day:%d/%m/%Y}" if day else ""
        super().__init__(key, label, text, judge=judge, placeholder="jj/mm/aaaa", proposed=proposed)
        self._today = today
        self._past = past

    @property
    def value(self) -> date | None:
        """The day, None for an empty field. Raises InvalidInput."""
        return parse_date(self.text, self._today, past=self._past) if self.text.strip() else None

    def written_out(self) -> str:
        """Return the day in full figures."""
        return f"{self.value:%d/%m/%Y}" if self.value else ""


class QuotientField(TextField):
    """A quotient familial: 745 or 745,50."""

    def __init__(self, key: str, label: str, cents: int | None = None) -> None:
        super().__init__(key, label, "" if cents is None else quotient_text(cents), placeholder="ex. 745")

    @property
    def value(self) -> int | None:
        """The quotient in cents, None for an empty field. Raises InvalidInput."""
        return parse_amount(self.text) if self.text.strip() else None

    def written_out(self) -> str:
        """Return it without useless cents."""
        return "" if self.value is None else quotient_text(self.value)


def quotient_text(cents: int) -> str:
    """Return « 745 » or « 745,50 »."""
    text = format_cents(cents, symbol=False)
    return text.removesuffix(",00")
