"""The waiting lists: whom to call, in order, for which day; places freed are offered, said no to, given up."""

from __future__ import annotations

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
from screens.dialogs import ReasonDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.short_labels import short_label
from tui_portail.dossier_number import display
from tui_portail.french import date_time_text, day_name, plural
from tui_portail.services.waiting import decline_offer, offer_due, withdraw_entry
from tui_portail.services.waiting_reading import CallList, WaitingLine, call_list, print_call_list
from tui_portail.waiting_line import until_words

_LABEL = 9
_COLUMNS = (
    Column("Jour", 8),
    Column("Activité", _LABEL),
    Column("Site", 10, from_width=112),
    Column("Enfant", 13, share=1),
    Column("Âge", 3, right=True, from_width=100),
    Column("Téléphone", 17),
    Column("Où il en est", 22, share=1),
)
_EVERY = 20
"""Seconds between two looks at the offers' time."""


class WaitingScreen(ReadForAgent):
    """The desk's call list. Coming here offers what expired holds and offers left free."""

    AREA = "waiting"
    TITLE = "Listes d’attente"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("waiting")
    DEFAULT_CSS = """
    WaitingScreen #waiting-sum { height: 1; padding: 0 1; }
    WaitingScreen #waiting-detail { height: 3; padding: 0 1; color: $secondary; }
    """
    HELP = (
        "Premier arrivé, premier servi, parmi ceux à qui la place convient (âge). Une place libérée est proposée d’elle-même ; sans "
        "réponse à son heure, elle va au suivant. La famille rappelée : Entrée ouvre le planning, la journée s’y coche (o)."
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[int, WaitingLine] = {}

    def compose_body(self) -> Iterable[Widget]:
        """How many wait, the list, the line under the cursor in full."""
        yield Static("", id="waiting-sum", markup=False)
        yield RecordsList(_COLUMNS, id="waiting", empty="Personne n’attend de place.")
        yield Static("", id="waiting-detail", markup=False)

    def on_mount(self) -> None:
        """Follow the offers' time."""
        self.set_interval(_EVERY, self._tick)

    def read(self) -> None:
        """Read who waits."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._lines = {}
        self.query_one(RecordsList).show([])
        for shown in ("#waiting-sum", "#waiting-detail"):
            self.query_one(shown, Static).update("")

    @gesture(group="waiting", exclusive=True)
    async def read_list(self) -> None:
        """Read who waits; places that are free for somebody are offered first."""
        listed = await self.ask(call_list, self.desk)
        if listed.has_to_offer:
            listed = await self._offer()
        self._show(listed)

    async def _offer(self) -> CallList:
        desk = self.desk
        count = await self.send("offer", lambda operation: offer_due(desk, operation))
        if count:
            self.message(f"{plural(count, 'place proposée', 'places proposées')} : appelez les familles.", Kind.DONE)
        return await self.ask(call_list, desk)

    def _show(self, listed: CallList) -> None:
        self._lines = {line.entry_id: line for line in listed.lines}
        records = self.query_one(RecordsList)
        records.show([self._record(line) for line in listed.lines])
        if self.focused is None:
            records.lines.focus()
        offered = sum(line.place.offer_until is not None for line in listed.lines)
        words = f"{plural(len(listed.lines), 'enfant')} en attente"
        if offered:
            words += f", dont {plural(offered, 'place proposée', 'places proposées')}"
        self.query_one("#waiting-sum", Static).update(Content(f"{words}."))
        self._say_line()

    def _record(self, line: WaitingLine) -> Record:
        until = line.place.offer_until
        state = line.state if until is None else until_words(until)
        phone = line.phones[0] if line.phones else "—"
        more = f" +{len(line.phones) - 1}" if len(line.phones) > 1 else ""
        texts = (
            f"{day_name(line.day)[:2]} {line.day:%d/%m}",
            short_label(line.activity, _LABEL),
            line.site,
            line.child,
            str(line.age),
            f"{phone}{more}",
            state,
        )
        return Record(line.entry_id, texts, "$accent" if until is not None else "")

    def _tick(self) -> None:
        now = self.desk.now_estimate()
        if any((until := line.place.offer_until) is not None and until <= now for line in self._lines.values()):
            self.read_list()

    @on(OptionList.OptionHighlighted)
    def _say_line(self) -> None:
        line = self.chosen
        words = ""
        if line is not None:
            parts = [
                line.child,
                plural(line.age, "an"),
                line.slot,
                *line.phones,
                f"dossier {display(line.dossier_number)}",
            ]
            parts.append(f"demandé le {date_time_text(line.place.asked_at)}")
            if line.place.offer_until is not None:
                parts.append(line.state)
            words = " · ".join(parts)
        self.query_one("#waiting-detail", Static).update(Content(plain(words)), layout=False)

    @property
    def chosen(self) -> WaitingLine | None:
        """The line under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._lines.get(key)

    def action_reload(self) -> None:
        """Read the lists again."""
        self.message("")
        self.read_list()

    @on(OptionList.OptionSelected)
    def action_open_planning(self) -> None:
        """Open the family's planning at the day."""
        if line := self.chosen:
            self.portail.open("planning", line.dossier_id, line.key)

    def action_open_dossier(self) -> None:
        """Open the family's dossier."""
        if line := self.chosen:
            self.portail.open("dossier", line.dossier_id)

    @gesture(group="offer")
    async def action_offer(self) -> None:
        """Offer every place that is free for somebody who waits."""
        listed = await self.ask(call_list, self.desk)
        if listed.has_to_offer:
            listed = await self._offer()
        else:
            self.message(
                "aucune place n’est libre pour ceux qui attendent : chaque journée est complète, ou déjà proposée."
            )
        self._show(listed)

    def action_decline(self) -> None:
        """Record that the family says no."""
        self.end("decline", decline_offer, "Place refusée", "La place va au suivant.")

    def action_withdraw(self) -> None:
        """Take the child off the list."""
        self.end("withdraw", withdraw_entry, "Retirer de la liste d’attente", "Une place proposée va au suivant.")

    @gesture(group="end")
    async def end(self, name: str, service: Callable[..., int], title: str, words: str) -> None:
        """Ask why, then end the entry under the cursor."""
        line, desk = self.chosen, self.desk
        if line is None:
            return
        self.message("")
        if service is decline_offer and line.place.offer_until is None:
            self.message("aucune place n’est proposée à cet enfant ; x le retire de la liste.", Kind.REFUSED)
            return
        reason = await self.app.push_screen_wait(ReasonDialog(title, f"{line.child}, {line.slot}. {words}"))
        if reason is None:
            return
        offered = await self.send(
            f"{name}-{line.entry_id}", lambda operation: service(desk, line.entry_id, operation, reason)
        )
        told = f"{line.child} n’attend plus cette journée."
        if offered:
            told += f" {plural(offered, 'place proposée', 'places proposées')} au suivant : appelez la famille."
        self.message(told, Kind.DONE)
        self._show(await self.ask(call_list, desk))

    @gesture(group="print", keys_wait=False)
    async def action_print_list(self) -> None:
        """Draw the call list and print it."""
        printed = await self.ask(print_call_list, self.desk)
        self.message(printed.sentence, Kind.DONE)
