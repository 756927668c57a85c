"""Days, months and years closed, with their perpetual total; those that are over are closed from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import plural
from tui_portail.money import format_cents
from tui_portail.services.period_closings import ClosedPeriod, PeriodKind, close_due_periods, list_closings
from tui_portail.services.register_papers import PERIOD_WORDS, print_closings

_COLUMNS = (
    Column("Période", 14),
    Column("Écritures", 15, from_width=96),
    Column("Encaissé", 12, right=True),
    Column("Contre-passé", 12, right=True),
    Column("Net", 12, right=True),
    Column("Total perpétuel", 15, right=True),
    Column("Empreinte", 20, share=1, from_width=112),
)


class ClosingsScreen(ReadForAgent):
    """The closings of a kind, the latest first."""

    AREA = "closings"
    TITLE = "Clôtures"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("closings")
    DEFAULT_CSS = "ClosingsScreen #closings-sum { height: 2; padding: 0 1; }"
    HELP = (
        "Une journée se clôture une fois terminée, avec toutes ses écritures ; les mois et les années suivent.\n"
        "Chaque clôture est enchaînée à la précédente : son total perpétuel ne peut que continuer."
    )

    def __init__(self) -> None:
        super().__init__()
        self._kind = PeriodKind.DAY

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the list."""
        yield Static("", id="closings-sum", markup=False)
        yield RecordsList(_COLUMNS, id="closings", empty="Rien n’est encore clôturé : F5 clôture ce qui est terminé.")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.query_one(RecordsList).show([])

    @gesture(group="closings", exclusive=True)
    async def read_list(self) -> None:
        """Read the closings of the kind shown."""
        closed = await self.ask(list_closings, self.desk, self._kind)
        records = self.query_one(RecordsList)
        records.show([_record(one) for one in closed])
        if self.focused is None:
            records.lines.focus()
        words = f"{PERIOD_WORDS[self._kind]} : {plural(len(closed), 'clôture')}."
        if closed:
            words += f" Total perpétuel : {format_cents(closed[0].perpetual_cents)}."
        self.query_one("#closings-sum", Static).update(Content(words), layout=False)

    def action_next_kind(self) -> None:
        """Show the months, the years, the days again."""
        kinds = list(PeriodKind)
        self._kind = kinds[(kinds.index(self._kind) + 1) % len(kinds)]
        self.read_list()

    @gesture(group="close")
    async def action_close_periods(self) -> None:
        """Close all that is over."""
        desk = self.desk
        closed = await self.send("close", lambda operation: close_due_periods(desk, operation))
        counts = [
            plural(count, word)
            for kind, word in ((PeriodKind.DAY, "journée"), (PeriodKind.MONTH, "mois"), (PeriodKind.YEAR, "année"))
            if (count := sum(one.kind is kind for one in closed))
        ]
        self.message(f"clôturé : {', '.join(counts)}.", Kind.DONE)
        self.read_list()

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self) -> None:
        """Draw the list and print it."""
        printed = await self.ask(print_closings, self.desk, self._kind)
        self.message(printed.sentence, Kind.DONE)


def _record(one: ClosedPeriod) -> Record:
    words = f"{one.starts_on:%d/%m/%Y}"
    if one.kind is PeriodKind.MONTH:
        words = f"{one.starts_on:%m/%Y}"
    elif one.kind is PeriodKind.YEAR:
        words = f"{one.starts_on.year}"
    texts = (
        words,
        f"{one.first_seq} à {one.last_seq}",
        format_cents(one.received_cents),
        format_cents(one.reversed_cents),
        format_cents(one.total_cents),
        format_cents(one.perpetual_cents),
        one.head_hash[:16],
    )
    return Record(one.closing_id, texts)
