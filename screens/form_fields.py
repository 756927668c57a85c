"""The fields of a form: a label, what is typed, and under it the sentence that says what is wrong.

Enter moves to the next field, so do the arrows; a date or an amount is written out as it was understood on leaving its field; what is
wrong is said on leaving too, by the pure rule's own sentence, and never takes what was typed away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from textual import on
from textual.containers import Vertical
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
    """One field, known by its `key`. Subclasses give `editor()`, `text` and `value`.

    It draws its label itself, beside the editor, and has a line for a sentence only once there is one: forms are long.
    """

    DEFAULT_CSS = """
    Field { height: auto; text-wrap: nowrap; }
    Field > .editor { width: 1fr; height: 1; margin-left: 13; }
    Field > .wrong { display: none; height: auto; color: $error; padding-left: 1; text-wrap: wrap; }
    Field.-wrong > .wrong { display: block; }
    Field > .note { display: none; height: auto; color: $warning; padding-left: 1; text-wrap: wrap; }
    Field.-note > .note { display: block; }
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
        self._said: dict[str, Static] = {}

    def compose(self) -> Iterable[Widget]:
        """The editor, beside the label."""
        yield self.editor()

    def render(self) -> Content:
        """Draw the label."""
        return Content(self.label)

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
    def held(self) -> object:
        """What a form without widgets keeps of it: the text typed, or the value chosen."""
        return self.text

    def hold(self, held: object) -> None:
        """Show what such a form keeps."""
        raise NotImplementedError

    def focus_field(self) -> None:
        """Put the cursor here."""
        self.query_one(".editor").focus()

    def say_wrong(self, sentence: str) -> None:
        """Show a sentence under the field, or take it away."""
        if sentence != self.wrong:
            self.wrong = plain(sentence)
            self._say("wrong", self.wrong)

    def say_note(self, sentence: str) -> None:
        """Show under the field a doubt that refuses nothing, or take it away."""
        if self.is_mounted:
            self._say("note", plain(sentence))

    def _say(self, kind: str, sentence: str) -> None:
        self.set_class(bool(sentence), f"-{kind}")
        if kind in self._said:
            self._said[kind].update(Content(sentence))
        elif sentence:
            self._said[kind] = Static(Content(sentence), classes=kind)
            self.mount(self._said[kind])

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
        self._hidden = hidden
        self._seen = text
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

    def hold(self, held: object) -> None:
        """Show a text."""
        self._seen = str(held or "")
        with self.prevent(Input.Changed):
            self.text = self._seen

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
        if event.value != self._seen:  # a line just mounted says what it holds
            self._seen = event.value
            self.say_wrong("")
            self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(self))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self._input.scroll_to(x=0, animate=False)  # a long text is read from its beginning
        if self.text.strip() and self.check():
            written = self.written_out()
            if written != self.text:
                self._seen = written
                with self.prevent(Input.Changed):
                    self.text = written
                self.post_message(self.Changed(self))


class DateField(TextField):
    """A day typed short: `12/3`, `120319`, `+7`. `past`: a year left out is past."""

    def __init__(
        self,
        key: str,
        label: str,
        today: date,
        day: date | str | None = None,
        *,
        past: bool = False,
        judge: Judge | None = None,
        proposed: bool = False,
    ) -> None:
        text = date_text(day) if isinstance(day, date) else day or ""
        super().__init__(key, label, text, judge=judge, placeholder="jj/mm/aaaa", proposed=proposed)
        self._today = today
        self._past = past

    @property
    def value(self) -> date | None:
        """The day, None for an empty field. Raises InvalidInput."""
        return parse_date(self.text, self._today, past=self._past) if self.text.strip() else None

    def written_out(self) -> str:
        """Return the day in full figures."""
        return date_text(self.value) if self.value else ""


class QuotientField(TextField):
    """A quotient familial: 745 or 745,50."""

    def __init__(self, key: str, label: str, text: str = "", *, judge: Judge | None = None) -> None:
        super().__init__(key, label, text, judge=judge, placeholder="ex. 745", proposed=True)

    @property
    def value(self) -> int | None:
        """The quotient in cents, None for an empty field. Raises InvalidInput."""
        return read_quotient(self.text)

    def written_out(self) -> str:
        """Return it without useless cents."""
        return "" if self.value is None else quotient_text(self.value)


def date_text(day: date) -> str:
    """Return « 12/03/2019 »."""
    return f"{day:%d/%m/%Y}"


def read_quotient(text: str) -> int | None:
    """Return a quotient familial in cents, None for an empty text. Raises InvalidInput."""
    return parse_amount(text) if text.strip() else None


def quotient_text(cents: int) -> str:
    """Return « 745 » or « 745,50 »."""
    text = format_cents(cents, symbol=False)
    return text.removesuffix(",00")
