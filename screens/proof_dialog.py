"""The decision on one justificatif: the day it was received, the commune's reason, Enter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from textual import on
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.inputs import DateInput
from screens.plain_text import content
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.cancellations import ProofOutcome, ProofRow, judge_proof_received


def last_day(row: ProofRow) -> date:
    """Return the last day on which a justificatif counts: the deadline is exclusive."""
    return in_paris(row.due_until - timedelta(microseconds=1)).date()


class ProofDialog(DeskDialog[ProofOutcome | None]):
    """Asks for the day and the reason, and records the decision. A refusal's sentence is shown here, what was typed stays."""

    DEFAULT_CSS = "ProofDialog OptionList { height: auto; max-height: 8; }"

    def __init__(self, row: ProofRow, accepted: bool, reasons: Sequence[str]) -> None:
        super().__init__()
        self.title = "Accepter le justificatif" if accepted else "Refuser le justificatif"
        self._row = row
        self._accepted = accepted
        self._reasons = tuple(reasons)

    def compose_body(self) -> Iterable[Widget]:
        """What is judged, the day, the reasons."""
        row = self._row
        one = row.first_on == row.last_on
        days = long_date(row.first_on) if one else f"du {long_date(row.first_on)} au {long_date(row.last_on)}"
        text = (
            f"{row.child}, {row.activity_label}, {days}.\n"
            f"Reçu jusqu’au {long_date(last_day(row))} inclus, il donne à {row.payer_name} un avoir de {format_cents(row.refund_cents)}."
        )
        yield Static(content(text), id="dialog-text")
        yield DateInput("Reçu le", self.today, f"{self.today:%d/%m/%Y}", id="received")
        yield Static("Motif, de la liste de la commune", classes="field-label", markup=False)
        yield OptionList(*(Option(content(reason)) for reason in self._reasons), id="proof-reasons")

    def on_mount(self) -> None:
        """Begin by the day, which typing replaces."""
        self.query_one(DateInput).focus_field()
        self.query_one("#proof-reasons", OptionList).highlighted = 0

    def keys_line(self) -> str:
        """Name the answers."""
        verb = "accepter" if self._accepted else "refuser"
        return f"Entrée : motif, puis {verb} · Échap : annuler"

    @on(DateInput.Changed)
    def _date_typed(self) -> None:
        self.message("")  # what was refused is being corrected

    @on(DateInput.Submitted)
    def _dated(self) -> None:
        self.query_one("#proof-reasons", OptionList).focus()

    @on(OptionList.OptionSelected, "#proof-reasons")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.decide(self._reasons[event.option_index])

    @gesture(group="decide")
    async def decide(self, reason: str) -> None:
        """Record the decision."""
        field = self.query_one(DateInput)
        received_on = field.day or self.today
        desk, proof_id, accepted = self.desk, self._row.proof_id, self._accepted
        outcome = await self.send(
            "decide",
            lambda operation: judge_proof_received(desk, proof_id, received_on, accepted, reason, operation),
        )
        self.dismiss(outcome)
