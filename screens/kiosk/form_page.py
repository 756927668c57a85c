"""A page to fill in: fields, then the buttons « Continuer » and, where there is a password, « Montrer »."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import on
from textual.containers import Grid
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.fields import KioskField
from screens.kiosk.frame import Tone
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content
from tui_portail.errors import PortailError

SHOW, HIDE = "Montrer le mot de passe", "Cacher le mot de passe"


class FormPage(KioskScreen):
    """Subclasses give `INTRO`, `fields()`, `NEXT` and `action_submit`, a gesture. What was typed stays when it is refused."""

    INTRO = ""
    NEXT = "Continuer"
    FIELD_OF: ClassVar[Mapping[str, str]] = {"MOT_DE_PASSE_REFUSE": "password", "CODE_REFUSE": "code"}
    """The field that a refusal is about, by its code, where the refusal does not name it."""

    _shown = False

    def fields(self) -> Iterable[KioskField]:
        """Return the fields, in order."""
        return ()

    def intro(self) -> str:
        """Return the words above the fields."""
        return self.INTRO

    def compose_page(self) -> Iterable[Widget]:
        """Words, fields by two where there is room, buttons."""
        if words := self.intro():
            yield Static(content(words), classes="paragraph")
        fields = tuple(self.fields())
        with Grid(classes="fields"):
            yield from fields
        with Grid(classes="choices"):
            if any(field.hidden for field in fields):
                yield BigButton(SHOW, "screen.reveal", id="reveal")
            yield from self.more_buttons()
            yield BigButton(self.NEXT, "screen.submit", id="submit", shown="Entrée")

    def more_buttons(self) -> Iterable[Widget]:
        """Other buttons, before the one that goes on."""
        return ()

    def field(self, key: str) -> KioskField | None:
        """Return a field by its key."""
        return next((field for field in self.query(KioskField) if field.key == key), None)

    def text(self, key: str) -> str:
        """Return what is typed in a field."""
        field = self.field(key)
        return "" if field is None else field.text

    def action_submit(self) -> None:
        """Go on with what is typed."""
        raise NotImplementedError

    def submit(self) -> None:
        """Take off what was said, then go on."""
        self.say("")
        self.action_submit()

    def action_reveal(self) -> None:
        """Show the passwords typed, or hide them again."""
        self._shown = not self._shown
        for field in self.query(KioskField):
            field.reveal(self._shown)
        self.query_one("#reveal", BigButton).relabel(HIDE if self._shown else SHOW)

    def wrong(self, key: str, sentence: str) -> bool:
        """Say what is wrong under a field and go there; False when the page has no such field."""
        field = self.field(key)
        if field is None:
            return False
        self.say("")
        field.say_wrong(sentence)
        field.input.focus()
        return True

    def missing(self, **sentences: str) -> bool:
        """Say what each field left empty is for, among those named, and go to the first; return whether there was one."""
        said = [not self.text(key) and self.wrong(key, sentence) for key, sentence in reversed(sentences.items())]
        return any(said)

    def refused(self, error: PortailError) -> None:
        """Say it under the field it is about, else above the buttons."""
        key = getattr(error, "field", "") or self.FIELD_OF.get(error.code, "")
        if not (key and self.wrong(key, error.sentence)):
            super().refused(error)

    @on(KioskField.Entered)
    def _entered(self, event: KioskField.Entered) -> None:
        """Enter goes to the next field; in the last one it goes on."""
        event.stop()
        fields = list(self.query(KioskField))
        place = fields.index(event.field)
        if place + 1 < len(fields):
            fields[place + 1].input.focus()
        else:
            self.submit()

    def wait(self) -> None:
        """Say that it takes a moment."""
        self.say("Votre demande est en cours…", Tone.WAIT)
