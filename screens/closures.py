"""The days cancelled for all families, the last first, and the form that begins another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.choice_field import ChoiceField, YesNoField
from screens.columns import Column
from screens.commands import bindings_of
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.closed_days import ClosedDays
from tui_portail.commune import Commune
from tui_portail.money import format_cents
from tui_portail.services.day_closures import ClosurePreview, ClosureRow, list_closures, preview_closure

_COLUMNS = (
    Column("Jours", 16),
    Column("Quoi", 18, share=1),
    Column("Motif", 11, share=2),
    Column("Fam.", 4, right=True),
    Column("Rendu", 9, right=True),
    Column("État", 7),
    Column("Remises", 7, right=True, from_width=112),
    Column("Par", 14, from_width=112),
)
_ACTIVITY = "activity_"


class ClosuresScreen(ReadForAgent):
    """One line a closure."""

    AREA = "closures"
    TITLE = "Journées annulées"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("closures")
    HELP = (
        "Une journée que la commune annule (grève, site fermé) est rendue de droit : un avoir à chaque payeur, sans démarche.\n"
        "Rien n’est écrit avant l’aperçu des familles. Une annulation arrêtée se continue, par n’importe quel agent."
    )

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="closures", empty="Aucune journée annulée. F5 : en annuler.")

    def read(self) -> None:
        """Read the closures."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.query_one(RecordsList).show([])

    @gesture(group="closures", exclusive=True)
    async def read_list(self) -> None:
        """Read the closures and show them."""
        rows = await self.ask(list_closures, self.desk)
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in rows])
        if self.focused is None:
            records.lines.focus()

    @on(OptionList.OptionSelected)
    def action_open_closure(self) -> None:
        """Open the closure chosen."""
        if (key := self.query_one(RecordsList).chosen) is not None:
            self.portail.open("closure", key)

    @gesture(group="new")
    async def action_new_closure(self) -> None:
        """Ask which days, then show what it would do."""
        commune = await self.ask(self.desk.commune)
        preview = await self.app.push_screen_wait(ClosureDialog(commune))
        if preview is not None:
            self.portail.open("closure_preview", preview.days, preview.begun)


class ClosureDialog(FormDialog[ClosurePreview | None]):
    """Which days, where, which activities, why; it returns what closing them would do."""

    TITLE = "Annuler des journées"
    WIDE_LABELS = True
    DEFAULT_CSS = "ClosureDialog FieldGrid.-one .editor { margin-left: 34; }"

    def __init__(self, commune: Commune) -> None:
        super().__init__()
        self._commune = commune

    def form_fields(self) -> Iterable[Field]:
        """Days, reason, site, activities, and the confirmation that a past day asks."""
        sites = [(None, "tous les sites"), *((site.code, site.name) for site in self._commune.sites)]
        rules = self._commune.policy.activities.values()
        return [
            DateField("first", "Du", self.today),
            DateField("last", "Au (vide : ce jour seul)", self.today),
            TextField("reason", "Motif, écrit aux familles", placeholder="ex. grève nationale"),
            ChoiceField("site", "Site", sites),
            *(YesNoField(f"{_ACTIVITY}{rule.code}", rule.label, True) for rule in rules),
            YesNoField("past", "Jours commencés ou passés", words=("oui, je confirme", "non")),
        ]

    def keys_line(self) -> str:
        """Say that nothing is written yet."""
        return "Entrée : champ suivant · F10 : voir les familles · Échap : annuler"

    async def save(self, values: dict[str, object]) -> ClosurePreview:
        """Return what it would do."""
        days, confirmed = _days(values, self._commune), bool(values["past"])
        return await self.ask(lambda: preview_closure(self.desk, days, past_confirmed=confirmed))


def _days(values: dict[str, object], commune: Commune) -> ClosedDays:
    first, last = cast(date, values["first"]), cast("date | None", values["last"])
    site = cast("str | None", values["site"])
    activities = tuple(code for code in commune.policy.activities if values[f"{_ACTIVITY}{code}"])
    return ClosedDays(first, last or first, site, activities, str(values["reason"]))


def _record(row: ClosureRow) -> Record:
    days = row.closure.days
    first = "" if days.first == days.last else f"{days.first:%d/%m} – "
    texts = (
        f"{first}{days.last:%d/%m/%y}",
        f"{row.what[:1].upper()}{row.what[1:]}",
        days.reason,
        f"{row.families}",
        format_cents(row.avoir_cents) if row.avoir_cents else "—",
        row.state_words,
        f"{row.restored}" if row.restored else "",
        row.agent,
    )
    return Record(row.closure.closure_id, texts, "$warning" if row.closure.is_running else "")
