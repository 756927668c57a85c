"""The commune's price grids by activity and period: edited in a draft, copied for the next year, tried on families, then recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.draft_screen import DraftScreen
from screens.gestures import gesture
from screens.plain_text import content
from screens.records_list import Record, RecordsList
from screens.tariff_dialogs import CopyDialog, GridDialog
from tui_portail.commune_files import grids_in, with_grids
from tui_portail.errors import InvalidInput
from tui_portail.french import plural
from tui_portail.price_grids import PriceGrid
from tui_portail.price_periods import state_on, unpriced_days
from tui_portail.price_table import tariff_words
from tui_portail.services.settings_draft import Draft
from tui_portail.tariff_form import TypedGrid, typed

_COLUMNS = (
    Column("Activité", 14, share=1),
    Column("Grille", 12, share=1, from_width=100),
    Column("Du", 10),
    Column("Au", 10),
    Column("État", 10),
    Column("Prix", 12),
    Column("", 8),
)
KEPT = "Les journées déjà réservées gardent leur prix, quelle que soit la grille."


class TariffsScreen(DraftScreen):
    """One line a grid, by activity then day."""

    AREA = "tariffs"
    TITLE = "Tarifs"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("tariffs")
    DEFAULT_CSS = "TariffsScreen #tariffs-note { height: auto; max-height: 4; padding: 0 1; color: $secondary; }"
    HELP = (
        "Une grille vaut pour une activité, du … au … ; deux grilles d’une activité ne se chevauchent pas et ne laissent pas de trou.\n"
        "c copie toutes les grilles pour l’année suivante ; t montre ce que le brouillon change pour des familles ; F10 enregistre.\n"
        f"{KEPT}"
    )

    def compose_body(self) -> Iterable[Widget]:
        """What prices are for, the grids, the state of the draft."""
        yield Static(Content(KEPT), id="tariffs-note")
        yield RecordsList(_COLUMNS, id="grids", empty="Aucune grille. n : en ajouter une.")
        yield self.state_line()

    def show_draft(self) -> None:
        """Show the grids, and what is not voted yet."""
        draft = self.draft
        if draft is None:
            return
        grids, recorded = grids_in(draft.document), set(grids_in(draft.read.document))
        names = dict(self._activities(draft))
        ranks = {code: place for place, code in enumerate(names)}
        order = sorted(
            range(len(grids)), key=lambda at: (ranks.get(grids[at].activity, len(ranks)), grids[at].valid_from)
        )
        was = {(grid.activity, grid.valid_from) for grid in recorded}
        records = self.query_one(RecordsList)
        records.show([self._record(at, grids[at], names, recorded, was) for at in order])
        if self.focused is None:
            records.lines.focus()
        self._say_unpriced(draft)

    def _record(
        self, at: int, grid: PriceGrid, names: dict[str, str], recorded: set[PriceGrid], was: set[tuple[str, date]]
    ) -> Record:
        mark = "" if grid in recorded else "modifiée" if (grid.activity, grid.valid_from) in was else "nouvelle"
        texts = (
            names.get(grid.activity, grid.activity),
            grid.name,
            f"{grid.valid_from:%d/%m/%Y}",
            f"{grid.valid_until:%d/%m/%Y}" if grid.valid_until else "sans fin",
            state_on(grid, self.today).value,
            tariff_words(grid.tariff),
            mark,
        )
        return Record(at, texts, "$warning" if mark else "")

    def _say_unpriced(self, draft: Draft) -> None:
        """Say what has no price after its last grid: nothing is refused for it, and nothing can be booked."""
        try:
            later = [days for days in unpriced_days(draft.commune()) if days.after_the_last]
        except InvalidInput:  # the state line says what is wrong
            later = []
        words = f"{KEPT}\n{later[0].sentence}" if later else KEPT
        more = f" Et {plural(len(later) - 1, 'autre activité', 'autres activités')}." if len(later) > 1 else ""
        self.query_one("#tariffs-note", Static).update(content(words + more))

    def _activities(self, draft: Draft) -> list[tuple[str, str]]:
        return list(draft.names()["activites"].items())

    @property
    def _chosen(self) -> int | None:
        return self.query_one(RecordsList).chosen

    def _take_grids(self, draft: Draft, grids: Sequence[PriceGrid], at: int) -> None:
        self.take(with_grids(draft.document, grids))
        self.query_one(RecordsList).choose(at)

    @on(OptionList.OptionSelected)
    @gesture(group="grid")
    async def action_edit(self) -> None:
        """Edit the grid under the cursor."""
        draft, at = self.draft, self._chosen
        if draft is not None and at is not None:
            grids = list(grids_in(draft.document))
            grid = await self._typed(draft, f"Grille « {grids[at].name} »", typed(grids[at]))
            if grid is not None:
                grids[at] = grid
                self._take_grids(draft, grids, at)

    @gesture(group="grid")
    async def action_add(self) -> None:
        """Type a new grid, of the activity under the cursor unless told otherwise."""
        draft, at = self.draft, self._chosen
        if draft is None:
            return
        grids = grids_in(draft.document)
        activities = self._activities(draft)
        if not activities:
            self.message("décrivez d’abord les activités, dans « Réglages de la commune ».", Kind.REFUSED)
            return
        code = activities[0][0] if at is None else grids[at].activity
        form = TypedGrid(code, dict(activities)[code], fictitious=bool(draft.document["fictif"]))
        grid = await self._typed(draft, "Nouvelle grille", form)
        if grid is not None:
            self._take_grids(draft, (*grids, grid), len(grids))

    async def _typed(self, draft: Draft, title: str, form: TypedGrid) -> PriceGrid | None:
        self.message("")
        fictitious = bool(draft.document["fictif"]) or form.fictitious
        return await self.ask_form(GridDialog(title, form, self._activities(draft), fictitious=fictitious))

    @gesture(group="grid")
    async def action_copy_all(self) -> None:
        """Copy every grid in force for the next year."""
        await self._copy(None)

    @gesture(group="grid")
    async def action_copy_one(self) -> None:
        """Copy the grid under the cursor for another period."""
        if self._chosen is not None:
            await self._copy(self._chosen)

    async def _copy(self, place: int | None) -> None:
        draft = self.draft
        if draft is None:
            return
        self.message("")
        grids = grids_in(draft.document)
        copied = await self.ask_form(CopyDialog(grids, place))
        if copied is not None:
            self._take_grids(draft, copied, len(grids))
            count = plural(len(copied) - len(grids), "grille copiée", "grilles copiées")
            self.message(f"{count}. t : les essayer sur des familles ; F10 : les enregistrer.")

    def action_remove(self) -> None:
        """Take the grid under the cursor out of the draft."""
        draft, at = self.draft, self._chosen
        if draft is None or at is None:
            return
        grids = list(grids_in(draft.document))
        gone = grids.pop(at)
        self._take_grids(draft, grids, max(0, at - 1))
        self.message(f"grille « {gone.name} » enlevée du brouillon ; les journées réservées à son prix le gardent.")

    def action_try(self) -> None:
        """See what the draft changes for families."""
        if self.draft is not None:
            self.portail.open("tariff_trial", self.draft)
