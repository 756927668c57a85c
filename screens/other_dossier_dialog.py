"""Choosing another dossier by its number or a name, over the one that is open."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.plain_text import content, plain
from screens.search import SearchField, find, hit_text
from tui_portail.search_terms import why_nothing
from tui_portail.services.dossier_search import DossierHit


class OtherDossierDialog(DeskDialog[DossierHit | None]):
    """A field and the dossiers found, but for the one that is open. Returns the one chosen."""

    DEFAULT_CSS = """
    OtherDossierDialog #dialog { width: 76; }
    OtherDossierDialog OptionList { height: 12; }
    """

    def __init__(self, title: str, explanation: str, but: int) -> None:
        super().__init__()
        self.title = title
        self._explanation = explanation
        self._but = but
        self._hits: tuple[DossierHit, ...] = ()
        self._looked_up = ""

    def compose_body(self) -> Iterable[Widget]:
        """The field above, the list below."""
        yield Static(content(self._explanation), id="dialog-text")
        yield SearchField(placeholder="Numéro, nom, enfant, date de naissance, téléphone", id="other-text")
        yield OptionList(id="other-hits")

    def keys_line(self) -> str:
        """Name the keys."""
        return "↑ ↓ : choisir · Entrée : prendre ce dossier · Échap : annuler"

    @on(Input.Changed, "#other-text")
    def _typed(self, event: Input.Changed) -> None:
        self.look_up(event.value)

    @gesture(group="other", exclusive=True)
    async def look_up(self, text: str) -> None:
        """Show the dossiers that match."""
        await self._show(text)

    async def _show(self, text: str) -> None:
        typed = plain(text).strip()
        hits = await self.ask(find, self.desk, typed) if typed else ()
        self._hits, self._looked_up = tuple(hit for hit in hits if hit.dossier_id != self._but), typed
        options = self.query_one("#other-hits", OptionList)
        options.set_options(Option(hit_text(hit)) for hit in self._hits)
        options.highlighted = 0 if self._hits else None
        nothing = typed and not self._hits
        self.message((why_nothing(typed, self.today) or "aucun autre dossier ne correspond.") if nothing else "")

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        options = self.query_one("#other-hits", OptionList)
        if self._hits:
            options.highlighted = max(0, min(len(self._hits) - 1, (options.highlighted or 0) + step))

    @on(Input.Submitted, "#other-text")
    @on(OptionList.OptionSelected, "#other-hits")
    @gesture(group="other-choice")
    async def choose(self) -> None:
        """Return the dossier chosen; what was just typed is looked up first."""
        text = self.query_one("#other-text", Input).value
        if plain(text).strip() != self._looked_up:
            await self._show(text)
        place = self.query_one("#other-hits", OptionList).highlighted
        if place is not None and place < len(self._hits):
            self.dismiss(self._hits[place])
