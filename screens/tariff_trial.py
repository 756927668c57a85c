"""What a draft of price grids would change, tried on families: the price now → the price then, activity by activity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.choice_field import ChoiceField, YesNoField
from screens.columns import Column
from screens.commands import bindings_of
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.commune_files import grids_in
from tui_portail.french import plural, short_date
from tui_portail.price_grids import quotient_text
from tui_portail.services.sample_families import read_sample_family
from tui_portail.services.settings_draft import Draft
from tui_portail.services.tariff_papers import export_price_table, print_price_table
from tui_portail.tariff_samples import (
    MOST_CHILDREN,
    SampleFamily,
    SampleTable,
    SampleTerms,
    family_samples,
    read_quotients,
    typed_samples,
)

_PRICE_WIDTH = len("16,00 → 16,40")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: on which day, on which families; `number` is the dossier of a real one."""

    day: date
    terms: SampleTerms = field(default_factory=SampleTerms)
    number: str = ""


class TariffTrialScreen(ReadForAgent):
    """A line an activity and quotient (or payer), a column a child."""

    AREA = "tariff_trial"
    TITLE = "Tarifs : essai sur des familles"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("tariff_trial")
    DEFAULT_CSS = "TariffTrialScreen #trial-words { height: auto; max-height: 3; padding: 0 1; }"
    HELP = (
        "Chaque case dit le prix d’aujourd’hui → celui du brouillon, pour le jour choisi ; un prix seul ne change pas.\n"
        "Entrée choisit le jour, les quotients, le nombre d’enfants, ou le dossier d’une vraie famille."
    )

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._before, self._after = draft.read.commune.grids, grids_in(draft.document)
        self._trial: Trial | None = None
        self._family: SampleFamily | None = None

    def compose_body(self) -> Iterable[Widget]:
        """What is tried, then the prices."""
        yield Static("", id="trial-words", markup=False)
        yield RecordsList((Column("Activité", 16, share=1),), id="trial", empty="Aucune activité n’est proposée.")

    def read(self) -> None:
        """Show the families tried; the first day is that of the first new grid."""
        if self._trial is None:
            coming = (grid.valid_from for grid in set(self._after) - set(self._before) if grid.valid_from > self.today)
            self._trial = Trial(min(coming, default=self.today))
        self._show()

    def forget(self) -> None:
        """Take a real family off: another agent may not see it."""
        self._family = None
        if self._trial is not None:
            self._trial = replace(self._trial, number="")

    def _table(self, trial: Trial) -> SampleTable:
        commune = self._draft.read.commune
        if self._family is not None:
            return family_samples(commune, self._before, self._after, trial.day, self._family)
        return typed_samples(commune, self._before, self._after, trial.day, trial.terms)

    def _show(self) -> None:
        trial = self._trial
        if trial is None:
            return
        table = self._table(trial)
        columns = (
            Column("Activité", 12, share=2),
            Column("Quotient" if self._family is None else "Payeur (quotient)", 10, share=1),
            *(Column(title, _PRICE_WIDTH, right=True) for title in table.columns),
        )
        changed = [at for at, row in enumerate(table.rows) if any(one.before != one.after for one in row.changes)]
        rows = [
            Record(
                at,
                (row.activity, row.who, *(change.words for change in row.changes)),
                "$warning" if at in changed else "",
            )
            for at, row in enumerate(table.rows)
        ]
        records = self.query_one(RecordsList)
        first_time = records.chosen is None
        records.show(rows, columns=columns)
        if first_time and changed:
            records.choose(changed[0])
        if self.focused is None:
            records.lines.focus()
        self.query_one("#trial-words", Static).update(Content(plain(self._words(trial, table))))

    def _words(self, trial: Trial, table: SampleTable) -> str:
        total = sum(len(row.changes) for row in table.rows)
        changed = f"{plural(table.changed, 'prix')} sur {total} {'change' if table.changed < 2 else 'changent'}"
        if self._family is not None:
            return f"{short_date(trial.day)}, famille {self._family.label} : {changed}."
        home = "résidents" if trial.terms.resident else "extérieurs"
        meal = "repas fourni" if trial.terms.meal_supplied else "sans repas fourni"
        return f"{short_date(trial.day)}, {home}, {meal} : {changed}."

    @on(OptionList.OptionSelected)
    @gesture(group="families")
    async def action_choose(self) -> None:
        """Ask for the day and the families."""
        if self._trial is None:
            return
        self.message("")
        trial = await self.app.push_screen_wait(FamiliesDialog(self._trial))
        if trial is None:
            return
        family = await self.ask(read_sample_family, self.desk, trial.number) if trial.number else None
        self._trial, self._family = trial, family
        self._show()

    def action_turn_home(self) -> None:
        """Show residents, or families from outside."""
        if self._trial is not None:
            self._turn(replace(self._trial.terms, resident=not self._trial.terms.resident))

    def action_turn_meal(self) -> None:
        """Show meals supplied, or not."""
        if self._trial is not None:
            self._turn(replace(self._trial.terms, meal_supplied=not self._trial.terms.meal_supplied))

    def _turn(self, terms: SampleTerms) -> None:
        if self._family is not None:
            self.message("c’est une vraie famille : Entrée en choisit d’autres.")
        elif self._trial is not None:
            self._trial = replace(self._trial, terms=terms)
            self._show()

    @gesture(group="print", keys_wait=False)
    async def action_print_table(self) -> None:
        """Draw the whole price table of the day."""
        if self._trial is not None:
            day, draft = self._trial.day, self._draft.is_touched
            printed = await self.ask(print_price_table, self.desk, self._after, day, draft=draft)
            self.message(printed.sentence, Kind.DONE)

    @gesture(group="print", keys_wait=False)
    async def action_export_table(self) -> None:
        """Write the whole price table of the day as a CSV file."""
        if self._trial is not None:
            path = await self.ask(export_price_table, self.desk, self._after, self._trial.day)
            self.message(f"grille des prix écrite : {path}", Kind.DONE)


class FamiliesDialog(FormDialog[Trial | None]):
    """The day, and the families tried: of the commune's choosing, or a real one by its dossier."""

    TITLE = "Essayer sur des familles"
    WIDE_LABELS = True
    SAVES = "essayer"

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self._trial = trial

    def form_fields(self) -> Iterable[Field]:
        """Return what is tried."""
        terms = self._trial.terms
        quotients = " ".join(quotient_text(cents) for cents in terms.quotients if cents is not None)
        counts = [(count, str(count)) for count in range(1, MOST_CHILDREN + 1)]
        return [
            DateField("day", "Prix du", self.today, self._trial.day, proposed=True),
            TextField("quotients", "Quotients", quotients, placeholder="ex. 300 745 1200"),
            ChoiceField("children", "Enfants", counts, terms.children),
            YesNoField("resident", "Résidents", terms.resident),
            YesNoField("meal_supplied", "Repas fourni", terms.meal_supplied),
            *(
                [TextField("number", "Ou un dossier", self._trial.number, placeholder="son numéro ; vide : aucun")]
                if self.may("SEARCH")
                else []
            ),
        ]

    async def save(self, values: dict[str, object]) -> Trial:
        """Return what to try. Raises InvalidInput."""
        terms = SampleTerms(
            read_quotients(str(values["quotients"])),
            cast(int, values["children"]),
            bool(values["resident"]),
            bool(values["meal_supplied"]),
        )
        day = cast("date | None", values["day"]) or self._trial.day
        return Trial(day, terms, str(values.get("number", "")))
