"""The texts of letters and the coat of arms: which are the commune's own, and the way to each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import short_date
from tui_portail.instants import in_paris
from tui_portail.services.coat_of_arms import remove_coat_of_arms, set_coat_of_arms
from tui_portail.services.letter_texts import LetterText, LetterTexts, list_texts

_COLUMNS = (Column("Courrier", 28), Column("Texte", 30, share=1))


class LetterTextsScreen(ReadForAgent):
    """One line a kind of letter."""

    AREA = "letter_texts"
    TITLE = "Modèles de courriers"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("letter_texts")
    DEFAULT_CSS = "LetterTextsScreen #arms { height: 1; padding: 0 1; }"
    HELP = "Chaque texte est celui fourni avec le programme tant que la commune n’écrit pas le sien."

    def __init__(self) -> None:
        super().__init__()
        self._texts: LetterTexts | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The coat of arms, then the texts."""
        yield Static("", id="arms", markup=False)
        yield RecordsList(_COLUMNS, id="letter-texts")

    def read(self) -> None:
        """Read the texts."""
        self.read_texts()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._texts = None
        self.query_one(RecordsList).show([])

    @gesture(group="texts", exclusive=True)
    async def read_texts(self) -> None:
        """Read which texts are in force."""
        self._texts = texts = await self.ask(list_texts, self.desk)
        records = self.query_one(RecordsList)
        records.show([Record(place, (one.form.label, _whose(one))) for place, one in enumerate(texts.texts)])
        if self.focused is None:
            records.lines.focus()
        arms = "aucun (b : en donner un)" if texts.arms_since is None else f"imprimé depuis le {_day(texts.arms_since)}"
        self.query_one("#arms", Static).update(Content(f"Blason de la commune : {arms}"), layout=False)

    @on(OptionList.OptionSelected)
    def action_edit(self) -> None:
        """Open the text chosen."""
        place = self.query_one(RecordsList).chosen
        if place is not None and self._texts is not None:
            self.portail.open("letter_text", self._texts.texts[place].kind)

    @gesture(group="arms")
    async def action_arms(self) -> None:
        """Ask for the file of the coat of arms."""
        has_one = self._texts is not None and self._texts.arms_since is not None
        said = await self.app.push_screen_wait(CoatOfArmsDialog(has_one))
        if said:
            self.message(said, Kind.DONE)
            self.read_texts()


class CoatOfArmsDialog(FormDialog[str | None]):
    """The path of an image; an empty one takes the coat of arms off."""

    TITLE = "Blason de la commune"
    WIDE_LABELS = True

    def __init__(self, has_one: bool) -> None:
        super().__init__()
        self._has_one = has_one

    def form_fields(self) -> Iterable[Field]:
        """The path."""
        example = "vide : ne plus en imprimer" if self._has_one else "ex. ~/blason.png"
        return [TextField("path", "Image PNG ou JPEG", placeholder=example)]

    async def save(self, values: dict[str, object]) -> str:
        """Keep the image, or take the one there was off."""
        desk, path = self.desk, str(values["path"])
        if not path and self._has_one:
            await self.send("arms-off", lambda operation: remove_coat_of_arms(desk, operation))
            return "les courriers n’ont plus de blason."
        await self.send(f"arms-{path}", lambda operation: set_coat_of_arms(desk, path, operation))
        return "blason enregistré : les prochains courriers le portent."


def _whose(text: LetterText) -> str:
    if text.recorded_at is None or not text.own:
        return "fourni avec le programme"
    by = f", {text.agent_name}" if text.agent_name else ""
    return f"de la commune, {_day(text.recorded_at)}{by}"


def _day(instant: datetime) -> str:
    return short_date(in_paris(instant).date())
