"""Days, months and years closed, with their perpetual total; those that are over are closed from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import TextDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import date_time_text, plural
from tui_portail.money import format_cents
from tui_portail.services.period_closings import (
    MOST_LISTED,
    ClosedPeriod,
    PeriodKind,
    Waiting,
    close_due_periods,
    list_closings,
    waiting_periods,
)
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


class _Stopped(Exception):
    """The agent stopped the closing."""


class ClosingsScreen(ReadForAgent):
    """The closings of a kind, the latest first."""

    AREA = "closings"
    TITLE = "Clôtures"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("closings")
    DEFAULT_CSS = "ClosingsScreen #closings-sum { height: 2; padding: 0 1; }"
    HELP = (
        "Une journée se clôture une fois terminée, avec toutes ses écritures ; les mois et les années suivent.\n"
        "Chaque clôture est enchaînée à la précédente : son total perpétuel ne peut que continuer. Entrée la montre en entier."
    )

    def __init__(self) -> None:
        super().__init__()
        self._kind = PeriodKind.DAY
        self._shown: dict[int, ClosedPeriod] = {}
        self._is_closing = self._stop_asked = False

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the list."""
        yield Static("", id="closings-sum", markup=False)
        yield RecordsList(_COLUMNS, id="closings", empty="Rien n’est encore clôturé : F5 clôture ce qui est terminé.")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._shown = {}
        self.query_one(RecordsList).show([])

    @gesture(group="closings", exclusive=True)
    async def read_list(self) -> None:
        """Read the closings of the kind shown."""
        closed = await self.ask(list_closings, self.desk, self._kind)
        waiting = await self.ask(waiting_periods, self.desk)
        self._shown = {one.closing_id: one for one in closed}
        records = self.query_one(RecordsList)
        records.show([_record(one) for one in closed])
        if self.focused is None:
            records.lines.focus()
        counted = (
            plural(len(closed), "clôture") if len(closed) < MOST_LISTED else f"les {MOST_LISTED} dernières clôtures"
        )
        words = f"{PERIOD_WORDS[self._kind]} : {counted}."
        if closed:
            words += f" Total perpétuel : {format_cents(closed[0].perpetual_cents)}."
        self.query_one("#closings-sum", Static).update(Content(f"{words}\n{_waiting_text(waiting)}"), layout=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a closing under way is stopped."""
        return self._is_closing if action == "stop" else super().check_action(action, parameters)

    def action_next_kind(self) -> None:
        """Show the months, the years, the days again."""
        kinds = list(PeriodKind)
        self._kind = kinds[(kinds.index(self._kind) + 1) % len(kinds)]
        self.read_list()

    @on(OptionList.OptionSelected)
    @gesture(group="detail")
    async def action_detail(self) -> None:
        """Show all that the closing chosen says."""
        one = self._shown.get(self.query_one(RecordsList).chosen or 0)
        if one is not None:
            await self.app.push_screen_wait(TextDialog(f"Clôture : {_period(one)}", _text(one)))

    def action_stop(self) -> None:
        """Stop the closing: what is closed stays so."""
        self._stop_asked = True
        self.stop_waiting()

    @gesture(group="close", keys_wait=False)
    async def action_close_periods(self) -> None:
        """Close all that is over, told as it goes; the screen goes on answering."""
        if self._is_closing:
            return
        desk, told = self.desk, self._told()
        self._is_closing, self._stop_asked = True, False
        self.refresh_bindings()
        try:
            closed = await self.send("close", lambda operation: close_due_periods(desk, operation, told))
        except _Stopped:
            self.message("clôture arrêtée : ce qui est clôturé le reste, F5 reprend la suite.", Kind.DONE)
        else:
            self.message(f"clôturé : {_counts(closed)}.", Kind.DONE)
        finally:
            self._is_closing = False
            self.refresh_bindings()
        self.read_list()

    def _told(self) -> Callable[[ClosedPeriod], None]:
        """Return what the closing's thread calls: it shows how far it is, and stops when asked."""
        app = self.app

        def told(one: ClosedPeriod) -> None:
            if self._stop_asked:
                raise _Stopped
            app.call_later(self._say_how_far, one)

        return told

    def _say_how_far(self, one: ClosedPeriod) -> None:
        if self._is_closing:
            self.message(f"clôture en cours : {_period(one)} est fait. F8 l’arrête.", Kind.WAIT)

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self) -> None:
        """Draw the list and print it."""
        printed = await self.ask(print_closings, self.desk, self._kind)
        self.message(printed.sentence, Kind.DONE)


def _period(one: ClosedPeriod) -> str:
    if one.kind is PeriodKind.YEAR:
        return f"{one.starts_on.year}"
    return f"{one.starts_on:%m/%Y}" if one.kind is PeriodKind.MONTH else f"{one.starts_on:%d/%m/%Y}"


def _counts(closed: Iterable[ClosedPeriod]) -> str:
    counts = Counter(one.kind for one in closed)
    words = ((PeriodKind.DAY, "journée"), (PeriodKind.MONTH, "mois"), (PeriodKind.YEAR, "année"))
    return ", ".join(plural(counts[kind], word) for kind, word in words if counts[kind])


def _record(one: ClosedPeriod) -> Record:
    texts = (
        _period(one),
        f"{one.first_seq} à {one.last_seq}",
        format_cents(one.received_cents),
        format_cents(one.reversed_cents),
        format_cents(one.total_cents),
        format_cents(one.perpetual_cents),
        one.head_hash[:16],
    )
    return Record(one.closing_id, texts)


def _text(one: ClosedPeriod) -> str:
    sums = (
        ("Encaissé", one.received_cents),
        ("Contre-passé", one.reversed_cents),
        ("Net", one.total_cents),
        ("Total perpétuel", one.perpetual_cents),
    )
    return "\n".join(
        (
            f"Du {one.starts_on:%d/%m/%Y} au {one.ends_on:%d/%m/%Y}, écritures {one.first_seq} à {one.last_seq} du journal",
            f"Clôturée {date_time_text(one.closed_at)} par {one.agent_name}",
            "",
            *(f"{label:<30}{format_cents(cents):>16}" for label, cents in sums),
            "",
            "Empreinte du journal :",
            one.head_hash,
        )
    )


def _waiting_text(waiting: Waiting) -> str:
    if waiting.first_on:
        return f"À clôturer depuis le {waiting.first_on:%d/%m/%Y}."
    if waiting.held_until:
        return f"Une écriture datée du {waiting.held_until:%d/%m/%Y} retient des clôtures : F5 dit lesquelles."
    return "Tout ce qui est terminé est clôturé."
