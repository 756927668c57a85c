"""Letters: of one family, by its number, or to all those concerned; how many there are, written in one PDF with its progress."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, ProgressBar, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.plain_text import plain
from screens.records_list import FilterField, Record, RecordsList
from screens.sending import new_operation
from screens.writing import WritingScreen
from tui_portail.dossier_number import is_number
from tui_portail.services.desk import Desk
from tui_portail.services.letter_batch import WrittenLetters
from tui_portail.services.letter_offers import (
    LetterOffer,
    dossier_numbered,
    offers_to_all,
    offers_to_family,
    write_offer,
)
from tui_portail.services.letters import print_letters

_COLUMNS = (Column("Courrier", 30, share=1), Column("Pour qui", 30, share=1), Column("Combien", 8, right=True))


class LettersScreen(WritingScreen):
    """The letters that may be written: to all, or to the family whose number is typed."""

    AREA = "letters"
    TITLE = "Courriers"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("letters")
    DEFAULT_CSS = "LettersScreen #letters-whose { height: 1; padding: 0 1; }"
    HELP = (
        "Champ vide : toutes les familles concernées. Un numéro de dossier : cette famille seule, ses rendez-vous compris.\n"
        "Un courrier par foyer ; deux parents séparés ont chacun le leur, à part. Les textes se changent dans « Modèles de courriers »."
    )

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[LetterOffer, ...] = ()
        self._written: WrittenLetters | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The number, whose letters are shown, the progress, the letters."""
        yield FilterField(placeholder="Numéro de dossier (vide : toutes les familles)", id="letters-number")
        yield Static("", id="letters-whose", markup=False)
        yield ProgressBar(show_eta=False, id="letters-progress")
        yield RecordsList(_COLUMNS, id="letters", empty="Rien à écrire.")

    def read(self) -> None:
        """Read what may be written."""
        self.look_up(self.query_one("#letters-number", Input).value)

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._offers, self._written = (), None
        self.query_one(RecordsList).show([])

    @on(Input.Changed, "#letters-number")
    def _typed(self, event: Input.Changed) -> None:
        self.look_up(event.value)

    @on(Input.Submitted, "#letters-number")
    def _entered(self) -> None:
        self.query_one(RecordsList).lines.focus()

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        self.query_one(RecordsList).move(step)

    @gesture(group="letters", exclusive=True)
    async def look_up(self, text: str) -> None:
        """Show the letters to all, or those to the family of a whole number: nothing in between can be written."""
        typed = plain(text).strip()
        self._offers = ()
        if typed and not is_number(typed):
            self._show("Tapez les neuf chiffres du numéro de dossier.")
            return
        self._offers = await self.ask(_offers, self.desk, typed)
        self._show("Cette famille seule." if typed else "Toutes les familles concernées.")

    def _show(self, whose: str) -> None:
        self.query_one("#letters-whose", Static).update(Content(whose), layout=False)
        self.query_one(RecordsList).show(
            [Record(place, (one.label, one.whom, f"{one.count}")) for place, one in enumerate(self._offers)]
        )

    @on(OptionList.OptionSelected)
    def action_write_letters(self) -> None:
        """Write the letter chosen."""
        place = self.query_one(RecordsList).chosen
        if place is not None and place < len(self._offers):
            self.write(self._offers[place])

    @gesture(group="write", keys_wait=False)
    async def write(self, offer: LetterOffer) -> None:
        """Write letters in one PDF, their progress shown; the screen goes on answering."""
        desk, operation = self.desk, new_operation()
        written = await self.write_behind(lambda told: write_offer(desk, offer, operation, told))
        if written is not None:
            self._written = written
            self.message(f"{written.sentence} : {written.path} — F10 : imprimer.", Kind.DONE)

    @gesture(group="print", keys_wait=False)
    async def action_print_letters(self) -> None:
        """Print what was just written."""
        if self._written is None:
            self.message("rien n’est encore écrit : choisissez un courrier, F5 l’écrit.", Kind.INFO)
            return
        printed = await self.ask(print_letters, self.desk, self._written)
        self.message(printed.sentence, Kind.DONE)


def _offers(desk: Desk, typed: str) -> tuple[LetterOffer, ...]:
    return offers_to_family(desk, dossier_numbered(desk, typed)) if typed else offers_to_all(desk)
