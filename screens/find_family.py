"""Finding a family in a dialog: its dossier, or the name typed where it has none yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.columns import Column, lay_out
from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.plain_text import content, plain
from screens.search import SearchField
from tui_portail.dossier_number import display
from tui_portail.services.dossier_search import DossierHit, recent_dossiers, search

MOST_SHOWN = 20
_COLUMNS = (Column("", 11), Column("", 16, share=1), Column("", 20, share=2))


@dataclass(frozen=True, slots=True)
class FamilyFound:
    """A dossier and how its family is called, or the name of a family that has none."""

    dossier_id: int | None
    label: str


class FindFamilyDialog(DeskDialog[FamilyFound | None]):
    """A field and the dossiers that match; the last line takes the name as typed, where it may. Returns None when given up."""

    DEFAULT_CSS = "FindFamilyDialog #found { height: auto; max-height: 10; min-height: 3; margin-top: 1; }"

    def __init__(self, title: str, explanation: str, *, without_dossier: bool = True) -> None:
        super().__init__()
        self.title = title
        self._without_dossier = without_dossier
        self._explanation = explanation
        self._found: tuple[FamilyFound, ...] = ()
        self._looked_up = ""

    def compose_body(self) -> Iterable[Widget]:
        """The field above, the list below."""
        yield Static(content(self._explanation), id="dialog-text")
        yield SearchField(placeholder="Nom, enfant, numéro, téléphone", id="family-text", max_length=100)
        yield OptionList(id="found")

    def on_mount(self) -> None:
        """Begin with the last dossiers consulted."""
        self.query_one("#family-text").focus()
        self.look_up("")

    def keys_line(self) -> str:
        """Say how to choose."""
        return "↑ ↓ : choisir · Entrée : prendre · Échap : annuler"

    @on(Input.Changed, "#family-text")
    def _typed(self, event: Input.Changed) -> None:
        self.look_up(event.value)

    @gesture(group="find", exclusive=True)
    async def look_up(self, text: str) -> None:
        """Show the dossiers that match."""
        await self._read(text)

    async def _read(self, text: str) -> None:
        typed = " ".join(plain(text).split())
        hits = (
            await self.ask(search, self.desk, typed, MOST_SHOWN)
            if typed
            else await self.ask(recent_dossiers, self.desk)
        )
        self._show(hits[:MOST_SHOWN], typed)

    def _show(self, hits: Sequence[DossierHit], typed: str) -> None:
        self._looked_up = typed
        self._found = tuple(FamilyFound(hit.dossier_id, hit.label) for hit in hits)
        options = self.query_one("#found", OptionList)
        width = max(40, options.size.width - 2)
        lines = [Content(lay_out(_COLUMNS, (display(hit.number), hit.label, hit.detail), width)) for hit in hits]
        if self._without_dossier and any(map(str.isalpha, typed)):
            self._found = (*self._found, FamilyFound(None, typed))
            lines.append(Content(f"Sans dossier : « {typed} »"))
        options.set_options(Option(line) for line in lines)
        options.highlighted = 0 if lines else None

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        options = self.query_one("#found", OptionList)
        if self._found:
            options.highlighted = max(0, min(len(self._found) - 1, (options.highlighted or 0) + step))

    @on(OptionList.OptionSelected, "#found")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    @on(Input.Submitted, "#family-text")
    @gesture(group="find", exclusive=True)
    async def _entered(self) -> None:
        """Take the line chosen; what was typed since is looked up first."""
        text = self.query_one("#family-text", Input).value
        if " ".join(plain(text).split()) != self._looked_up:
            await self._read(text)
        place = self.query_one("#found", OptionList).highlighted
        if place is not None:
            self.dismiss(self._found[place])
