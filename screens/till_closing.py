"""Closing the till: notes and coins down a column, cheques ticked one by one, values; the difference of each shown as one counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.cash_count import CashCount
from screens.columns import fit
from screens.commands import bindings_of
from screens.count_row import CountRow
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.inputs import PlainInput
from screens.plain_text import content, plain
from screens.threads import in_thread
from screens.till_closing_state import ClosingState, ValueUnreadable
from tui_portail.errors import PortailError
from tui_portail.french import date_time_text, plural
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.services.closing_sheets import print_closing_sheet
from tui_portail.services.held import HeldTender
from tui_portail.services.till_closing import CountStale, SessionClosed, close_session
from tui_portail.services.till_counting import till_to_close


class TillClosingScreen(DeskScreen):
    """The open session, counted and closed."""

    AREA = "closing"
    TITLE = "Clôture de la caisse"
    CSS_PATH = "till_closing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("closing")
    HELP = (
        "Tapez combien il y a de chaque coupure ; Entrée passe à la suivante, puis aux chèques.\n"
        "Espace dit qu’un chèque est là. Ce qui diffère demande un motif, gardé au journal. F10 clôture."
    )
    unsaved_question: ClassVar[str] = "Ce que vous avez compté sera perdu ; la caisse restera ouverte."

    def __init__(self) -> None:
        super().__init__()
        self._state: ClosingState | None = None
        self._done = False

    def compose_body(self) -> Iterable[Widget]:
        """What is counted above, the four sums below."""
        with Horizontal(id="closing-counts"):
            yield CashCount(id="closing-cash")
            with Vertical(id="closing-papers"):
                yield Static("Lecture de la caisse…", id="closing-session", markup=False)
                yield Static("", id="closing-cheques-title", markup=False)
                yield OptionList(id="closing-cheques")
                yield Vertical(id="closing-values")
        yield Static(content(CountRow.TITLES), id="closing-titles")
        yield Vertical(id="closing-rows")

    def on_mount(self) -> None:
        """Read what is to be counted."""
        self.read()

    def has_unsaved(self) -> bool:
        """A count begun is lost on leaving."""
        return not self._done and self._state is not None and self._state.touched

    # -- what is shown ---------------------------------------------------------------------------------------------------

    @gesture(group="books", exclusive=True)
    async def read(self) -> None:
        """Read what the books say is there; what was counted stays."""
        books = await self.ask(till_to_close, self.desk)
        if books is None:
            self._done = True
            self.leave()
            self.portail.say("la caisse n’est pas ouverte : il n’y a rien à clôturer.")
            return
        first = self._state is None
        if self._state is None:
            self._state = ClosingState(books)
        else:
            self._state.read_again(books)
        session = books.session
        said = f"Ouverte {date_time_text(session.opened_at)} par {session.opened_by}"
        self.query_one("#closing-session", Static).update(content(said))
        await self._show_fields()
        self._show_cheques()
        self._show_counts()
        if first:
            self.query_one(CashCount).focus_first()
        if not books.may_close:
            self.message(
                f"cette caisse a été ouverte par {session.opened_by} : cet agent ou un régisseur la clôture.", Kind.INFO
            )

    @property
    def _ready(self) -> ClosingState:
        if self._state is None:
            raise RuntimeError("the till is not read yet")
        return self._state

    async def _show_fields(self) -> None:
        """Make the fields of the values and the row of each means, once."""
        state = self._ready
        values, rows = self.query_one("#closing-values"), self.query_one("#closing-rows")
        present = {row.means for row in self.query(CountRow)}
        for value in state.books.values:
            if value.means not in present:
                await values.mount(ValueField(value.means, value.label))
        for means, label in state.labels.items():
            if means not in present:
                await rows.mount(CountRow(means, label))

    def _show_cheques(self) -> None:
        listed, cheques = self.query_one("#closing-cheques", OptionList), self._ready.books.cheques
        kept = listed.highlighted
        listed.display = bool(cheques)
        listed.set_options(Option(self._cheque_text(cheque)) for cheque in cheques)
        if cheques:
            listed.highlighted = min(kept or 0, len(cheques) - 1)

    def _cheque_text(self, cheque: HeldTender) -> Content:
        mark = "[x]" if (cheque.payment_id, cheque.rank) in self._ready.found else "[ ]"
        width = max(20, self.query_one("#closing-papers").size.width - 3)
        amount = format_cents(cheque.amount_cents)
        missing = " manquait :" if cheque.missing else ""
        number = f"n° {cheque.reference}" if cheque.reference else ""
        named = " · ".join(part for part in (cheque.drawer, number, cheque.bank, cheque.quittance) if part)
        left = f"{mark}{missing} {named}"
        return Content(fit(left, width - 12) + fit(amount, 12, right=True))

    def _show_counts(self) -> None:
        """Write each sum again: what the books say, what was counted, the difference."""
        state = self._ready
        counts, expected = state.counts(), state.books.expected
        for row in self.query(CountRow):
            if row.means in expected:
                row.show(expected[row.means], counts[row.means])
        cheques = state.books.cheques
        found = (
            f"Chèques : {len(state.found)} sur {plural(len(cheques), 'chèque')}"
            if cheques
            else "Aucun chèque en caisse."
        )
        self.query_one("#closing-cheques-title", Static).update(Content(found), layout=False)

    def on_resize(self) -> None:
        """Lay the cheques out for the new width."""
        if self._state is not None:
            self._show_cheques()

    # -- counting --------------------------------------------------------------------------------------------------------

    @on(CashCount.Changed)
    def _cash_typed(self) -> None:
        self._ready.pieces = self.query_one(CashCount).pieces
        self._typed()

    @on(Input.Changed, "#closing-values Input")
    def _value_typed(self, event: Input.Changed) -> None:
        self._ready.value_texts[Means(event.input.name or "")] = event.value
        self._typed()

    @on(Input.Changed, "#closing-rows Input")
    def _reason_typed(self, event: Input.Changed) -> None:
        self._ready.reasons[Means(event.input.name or "")] = event.value
        self.message("")

    def _typed(self) -> None:
        self.message("")
        self._show_counts()

    def action_tick(self) -> None:
        """Say that the cheque under the cursor is there, or no longer."""
        listed = self.query_one("#closing-cheques", OptionList)
        place = listed.highlighted
        if self._state is None or place is None or not listed.has_focus:
            return
        cheque = self._state.books.cheques[place]
        self._state.tick((cheque.payment_id, cheque.rank))
        listed.replace_option_prompt_at_index(place, self._cheque_text(cheque))
        if place + 1 < len(self._state.books.cheques):
            listed.highlighted = place + 1
        self._typed()

    @on(CashCount.Done)
    @on(OptionList.OptionSelected)
    @on(Input.Submitted, "#closing-values Input")
    def _next(self) -> None:
        self.focus_next()

    @on(Input.Submitted, "#closing-rows Input")
    def _reason_entered(self) -> None:
        reasons = [row.reason for row in self.query(CountRow) if row.differs]
        here = next((place for place, reason in enumerate(reasons) if reason.has_focus), len(reasons) - 1)
        if here + 1 < len(reasons):
            reasons[here + 1].focus()
        else:
            self.action_close()

    # -- closing ---------------------------------------------------------------------------------------------------------

    def action_read_again(self) -> None:
        """Read what the books say now."""
        self.read()

    @gesture(group="close")
    async def action_close(self) -> None:
        """Say what will be closed, then close, print the sheet and go back."""
        state, desk = self._state, self.desk
        if state is None:
            return
        values = state.values()
        lines = (
            f"Espèces comptées : {format_cents(state.counted(Means.CASH) or 0)}.",
            *state.gaps(),
            "C’est définitif.",
        )
        if state.is_complete and not await self.app.push_screen_wait(
            ConfirmDialog("Clôturer la caisse ?", lines, yes="Clôturer", no="Revenir au comptage")
        ):
            return
        cash, cheques, reasons, seen = state.pieces, state.cheques, state.given_reasons(), state.books.expected
        session_id = state.books.session.session_id
        closed = await self.send(
            "close",
            lambda operation: close_session(desk, session_id, cash, cheques, values, reasons, operation, seen=seen),
        )
        self._done = True
        self.message("impression de la feuille de caisse…", Kind.WAIT)
        said = await self._print(closed.session_id)
        self.portail.read_till()
        self.leave()
        self.portail.say(f"la caisse est clôturée : {format_cents(closed.cash_cents)} d’espèces. {said}", Kind.DONE)

    async def _print(self, session_id: int) -> str:
        try:
            return (await in_thread(self.app, print_closing_sheet, self.desk, session_id)).sentence
        except PortailError as error:
            return f"La feuille de caisse n’a pas été imprimée : {error.sentence} Rééditez-la depuis les sessions."

    def refused(self, error: PortailError) -> None:
        """Say why; go where it is to be mended; a till that changed is read again, what was counted stays."""
        super().refused(error)
        facts = getattr(getattr(error, "decision", None), "facts", {})
        means = error.means if isinstance(error, ValueUnreadable) else facts.get("means")
        for row in self.query(CountRow):
            if error.code == "ECART_SANS_MOTIF" and row.means is means:
                row.reason.focus()
        for field in self.query(ValueField):
            if error.code != "ECART_SANS_MOTIF" and field.means is means:
                field.query_one(Input).focus()
        if isinstance(error, CountStale):
            self.read()
        if isinstance(error, SessionClosed):
            self._done = True
            self.portail.read_till()


class ValueField(Horizontal):
    """The total of a value: its label and what was counted of it."""

    def __init__(self, means: Means, label: str) -> None:
        super().__init__(classes="closing-value")
        self.means = means
        self._label = label

    def compose(self) -> Iterable[Widget]:
        """Label and amount on one line."""
        yield Static(Content(plain(self._label)), classes="value-label")
        yield PlainInput(name=self.means.value, id=f"value-{self.means.value}", placeholder="à compter")
