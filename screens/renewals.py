"""The children whose ALSH dossier is to renew for a year, by site, with whom to call; renewed in one gesture at the appointment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import elide, plural
from tui_portail.services.diary import RENEWAL
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.renewals import RenewalList, RenewalRow, children_to_renew, last_words, print_call_list

_COLUMNS = (
    Column("Site", 9),
    Column("Enfant", 18, share=2),
    Column("Classe", 8, share=1),
    Column("Dernière ALSH", 13),
    Column("Téléphone", 14),
    Column("RDV", 5),
    Column("À appeler", 18, share=1, from_width=112),
    Column("Dossier", 9, from_width=112),
)


class RenewalsScreen(ReadForAgent):
    """The list of a year: this one first, the next by `;`."""

    AREA = "renewals"
    TITLE = "Renouvellements ALSH"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("renewals")
    DEFAULT_CSS = "RenewalsScreen #renewals-sum { height: auto; max-height: 3; padding: 0 1; }"
    HELP = (
        "Un enfant qui a fréquenté l’ALSH dans l’année ou celle d’avant est à jour de lui-même : il n’est pas dans la liste.\n"
        "Le 1er janvier, la liste change toute seule."
    )

    def __init__(self) -> None:
        super().__init__()
        self._year = 0
        self._rows: dict[int, RenewalRow] = {}
        self._found: RenewalList | None = None

    def compose_body(self) -> Iterable[Widget]:
        """What the list comes to, the list."""
        yield Static("", id="renewals-sum", markup=False)
        yield RecordsList(_COLUMNS, id="renewals", empty="Aucun enfant à renouveler pour cette année-là.")

    def read(self) -> None:
        """Read the year shown, this one first."""
        self._year = self._year or self.today.year
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._found, self._rows = None, {}
        self.query_one(RecordsList).show([])
        self.query_one("#renewals-sum", Static).update("")

    @property
    def chosen(self) -> RenewalRow | None:
        """The child under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._rows.get(key)

    def action_reload(self) -> None:
        """Read the list again."""
        self.message("")
        self.read_list()

    @gesture(group="renewals", exclusive=True)
    async def read_list(self) -> None:
        """Read the children to renew for the year shown."""
        found = await self.ask(children_to_renew, self.desk, self._year)
        self._found, self._rows = found, {row.child_id: row for row in found.rows}
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in found.rows])
        if self.focused is None:
            records.lines.focus()
        self.query_one("#renewals-sum", Static).update(Content(_sum_words(found, self.today.year)))

    def action_move_year(self, step: int) -> None:
        """Show another year."""
        self._year += step
        self.message("")  # what was said was of the other year
        self.read_list()

    @on(OptionList.OptionSelected)
    def action_open_dossier(self) -> None:
        """Open the child's dossier."""
        if row := self.chosen:
            self.portail.open("dossier", row.dossier_id)

    def action_book_appointment(self) -> None:
        """Open the diary, for the family to be given a time."""
        if row := self.chosen:
            self.portail.open("appointments", row.dossier_id, RENEWAL)

    @gesture(group="renew")
    async def action_renew(self) -> None:
        """Renew the child's dossier for the year shown, once confirmed: nothing takes it back."""
        if (row := self.chosen) is None or self._found is None:
            return
        self.message("")
        desk, child_id, year, decision = self.desk, row.child_id, self._found.year, self._found.decision
        if not decision:
            self.message(decision.sentence, Kind.REFUSED)
            return
        lines = (f"{row.child}, {row.site} : dossier ALSH renouvelé pour {year}.",)
        if await self.app.push_screen_wait(ConfirmDialog("Renouveler le dossier ALSH", lines, yes="Renouveler")):
            await self.send(f"renew-{child_id}-{year}", lambda operation: renew_alsh(desk, child_id, year, operation))
            self.message(f"dossier ALSH {elide('de', row.child)} renouvelé pour {year}.", Kind.DONE)
            self.read_list()

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self) -> None:
        """Draw the call list and print it."""
        printed = await self.ask(print_call_list, self.desk, self._year)
        self.message(printed.sentence, Kind.DONE)


def _record(row: RenewalRow) -> Record:
    name, phone = row.callers[0] if row.callers else ("", "—")
    more = f" +{len(row.callers) - 1}" if len(row.callers) > 1 else ""
    coming = f"{row.appointment_on:%d/%m}" if row.appointment_on else ""
    texts = (row.site, row.child, row.school, last_words(row), phone, coming, f"{name}{more}", row.dossier_number)
    return Record(row.child_id, texts)


def _sum_words(found: RenewalList, this_year: int) -> str:
    year = found.year
    listed = f"Année {year} : {plural(len(found.rows), 'enfant')} à renouveler."
    right = (
        f" À jour : {plural(found.renewed, 'dossier renouvelé', 'dossiers renouvelés')}, "
        f"{plural(found.attended, 'enfant venu', 'enfants venus')} à l’ALSH en {year - 1} ou {year}, sans rien à faire."
    )
    if not found.decision:
        return listed + right + f" {found.decision.sentence}"
    if found.next_open and year == this_year:
        return listed + right + f" Les renouvellements pour {year + 1} sont ouverts : « ; »."
    return listed + right
