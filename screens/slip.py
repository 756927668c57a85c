"""One deposit slip: its payments, what was cancelled since, its totals by means; a draft is counted and validated from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.columns import Column, fit
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.slip_count import SlipCountDialog
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.services.slip_papers import print_slip
from tui_portail.services.slip_reading import load_slip
from tui_portail.services.slip_views import SlipLine, SlipView
from tui_portail.services.slips import prepare_slip, put_back, take_out, validate_slip

_COLUMNS = (
    Column("", 3),
    Column("Quittance", 11),
    Column("Jour", 10, from_width=96),
    Column("Payeur", 13, share=2),
    Column("Moyens", 14, share=2),
    Column("État", 12),
    Column("Montant", 11, right=True),
)
_CANCELLED, _ORDINARY = "annulé", ("à déposer", "déposé")


class SlipScreen(ReadForAgent):
    """A slip. Space leaves a payment of the draft for a later one, or puts it back."""

    AREA = "slip"
    TITLE = "Bordereau"
    CSS_PATH = "slip.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("slip")
    HELP = (
        "[x] au bordereau, [ ] laissé pour un suivant. Annulé : contre-passé avant d’être versé. Impayé, contre-passé : versé par un "
        "bordereau précédent, déduit de celui-ci.\n"
        "F5 compte les espèces par coupure et valide : le bordereau est numéroté et ne change plus."
    )

    def __init__(self, slip_id: int) -> None:
        super().__init__()
        self._slip_id = slip_id
        self.view: SlipView | None = None
        self._lines: list[SlipLine] = []

    def compose_body(self) -> Iterable[Widget]:
        """The totals, the payments."""
        yield Static("", id="slip-head", markup=False)
        yield Static("", id="slip-totals", markup=False)
        yield RecordsList(_COLUMNS, id="slip-lines", empty="Ce bordereau est vide.")

    def read(self) -> None:
        """Read the slip."""
        self.read_slip()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.view, self._lines = None, []
        for what in ("#slip-head", "#slip-totals"):
            self.query_one(what, Static).update("")
        self.query_one(RecordsList).show([])

    @property
    def is_draft(self) -> bool:
        """Whether the slip may still change."""
        return self.view is not None and not self.view.number

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A validated slip only prints."""
        if action in {"leave_out", "complete", "validate"} and not self.is_draft:
            return False
        return super().check_action(action, parameters)

    @gesture(group="slip", exclusive=True)
    async def read_slip(self) -> None:
        """Read the slip as it stands."""
        self._show(await self.ask(load_slip, self.desk, self._slip_id))

    def _show(self, view: SlipView) -> None:
        self.view = view
        self._lines = sorted((*view.lines, *view.waiting), key=lambda line: (line.taken_off, line.quittance))
        at = in_paris(view.validated_at or view.created_at)
        name = f"Bordereau {view.number}" if view.number else "Bordereau en préparation (brouillon)"
        head = f"{name} · {at:%d/%m/%Y} · {view.agent_name}" + (" · FICTIF" if view.fictitious else "")
        self.query_one("#slip-head", Static).update(Content.styled(plain(head), "bold"), layout=False)
        self.query_one("#slip-totals", Static).update(Content(plain(totals_text(view))))
        records = self.query_one(RecordsList)
        records.show([_record(place, line, view) for place, line in enumerate(self._lines)])
        if self.focused is None:
            records.lines.focus()
        self.refresh_bindings()

    @gesture(group="leave-out")
    async def action_leave_out(self) -> None:
        """Leave the payment chosen for a later slip, or put it back."""
        key = self.query_one(RecordsList).chosen
        if key is None or self.view is None:
            return
        line, desk, slip_id = self._lines[key], self.desk, self._slip_id
        change = take_out if line in self.view.lines else put_back
        name = f"{change.__name__}-{line.payment_id}"
        self._show(await self.send(name, lambda operation: change(desk, slip_id, line.payment_id, operation)))

    @gesture(group="leave-out")
    async def action_complete(self) -> None:
        """Put on the draft all that waits: what came since, and what was left for later."""
        desk, before = self.desk, self.view
        view = await self.send("complete", lambda operation: prepare_slip(desk, operation))
        self._show(view)
        added = len(view.lines) - (len(before.lines) if before else 0)
        self.message(f"{plural(added, 'paiement')} de plus." if added > 0 else "rien n’attendait : il est complet.")

    @gesture(group="validate")
    async def action_validate(self) -> None:
        """Count the cash by note and coin, say that it is definitive, validate and print."""
        view, desk = self.view, self.desk
        if view is None:
            return
        cash_cents = view.cents_of(Means.CASH)
        counted: dict[int, int] | None = {}
        if cash_cents > 0:
            counted = await self.app.push_screen_wait(SlipCountDialog(cash_cents))
        if counted is None:
            return
        pieces = counted
        lines = (
            f"Versé au Trésor : {format_cents(view.final_cents)}.",
            *(
                f"{total.label} ({total.final_count}) : {format_cents(total.final_cents)}"
                for total in view.totals
                if total.final_count
            ),
            "C’est définitif : un bordereau validé ne change plus.",
        )
        if not await self.app.push_screen_wait(ConfirmDialog("Valider le bordereau ?", lines, yes="Valider")):
            return
        done = await self.send(
            "validate",
            lambda operation: validate_slip(desk, view.slip_id, pieces, operation, seen_cents=view.final_cents),
        )
        self._show(done)
        self.message(f"bordereau {done.number} validé.", Kind.DONE)
        self.print_paper(f"Bordereau {done.number} validé. ")

    def action_print_slip(self) -> None:
        """Print the slip, or its draft."""
        self.print_paper("")

    @gesture(group="print", keys_wait=False)
    async def print_paper(self, said: str) -> None:
        """Draw the paper and hand it to the printer; the screen goes on answering."""
        printed = await self.ask(print_slip, self.desk, self._slip_id)
        self.message(said + printed.sentence, Kind.DONE)


def totals_text(view: SlipView) -> str:
    """Return initial, cancelled and final by means, a line each, then of all."""
    rows = [("", "initial", "annulé", "à verser" if not view.number else "versé")]
    rows += [
        (
            f"{total.label} ({total.final_count})",
            format_cents(total.initial_cents),
            format_cents(total.cancelled_cents),
            format_cents(total.final_cents),
        )
        for total in view.totals
    ]
    rows.append(
        ("Total", format_cents(view.initial_cents), format_cents(view.cancelled_cents), format_cents(view.final_cents))
    )
    return "\n".join(fit(label, 30) + "".join(fit(cell, 14, right=True) for cell in cells) for label, *cells in rows)


def _record(place: int, line: SlipLine, view: SlipView) -> Record:
    waits = line in view.waiting
    state = _state(line, waits, is_draft=not view.number)
    texts = (
        "[ ]" if waits else "[x]",
        line.quittance,
        f"{in_paris(line.paid_at):%d/%m/%Y}",
        line.payer_name or "identité effacée",
        ", ".join(
            f"{one.label} annulé" if one.cancelled and state != _CANCELLED else one.label for one in line.tenders
        ),
        state,
        format_cents(sum(one.amount_cents for one in line.tenders) if state == _CANCELLED else line.final_cents),
    )
    return Record(place, texts, "" if state in _ORDINARY else "$warning")


def _state(line: SlipLine, waits: bool, is_draft: bool) -> str:
    """Return what becomes of a line, in a word."""
    if line.taken_off:
        return "impayé" if line.unpaid else "contre-passé"
    if all(tender.cancelled for tender in line.tenders):
        return _CANCELLED
    if is_draft and any(tender.missing and not tender.cancelled for tender in line.tenders):
        return "manquant"
    if waits:
        return "laissé"
    return "à déposer" if is_draft else "déposé"
