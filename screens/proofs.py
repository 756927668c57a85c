"""Late ALSH cancellations that wait for their justificatif: accepted or refused, with the day it came and a reason of the commune's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.proof_dialog import ProofDialog, last_day
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.sending import new_operation
from tui_portail.errors import PortailError
from tui_portail.french import plural, short_date
from tui_portail.money import format_cents
from tui_portail.services.cancellations import ProofOutcome, ProofRow, proof_reasons, waiting_proofs
from tui_portail.services.quittances import print_avoir_note, print_quittance

_COLUMNS = (
    Column("Jusqu’au", 17),
    Column("Enfant", 14, share=2),
    Column("Jours", 13),
    Column("Avoir", 9, right=True),
    Column("Dossier", 9),
    Column("Activité", 14, share=1, from_width=96),
    Column("Payeur", 14, share=1, from_width=112),
)


class ProofsScreen(ReadForAgent):
    """The absences that wait, the first to run out first, those run out last."""

    AREA = "proofs"
    TITLE = "Justificatifs"
    CSS_PATH = "proofs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("proofs")
    HELP = (
        "Ce qui compte est le jour où le justificatif est arrivé, même s’il est saisi plus tard.\n"
        "Le document n’est pas gardé : « vu le … par … ». Aucune maladie n’est jamais écrite."
    )

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[int, ProofRow] = {}

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the list."""
        yield Static("", id="proofs-sum", markup=False)
        yield RecordsList(_COLUMNS, id="proofs", empty="Aucune absence n’attend de justificatif.")

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._rows = {}
        self.query_one(RecordsList).show([])

    @property
    def chosen(self) -> ProofRow | None:
        """The absence under the cursor."""
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._rows.get(key)

    def action_reload(self) -> None:
        """Read the list again."""
        self.read_list()

    @gesture(group="proofs", exclusive=True)
    async def read_list(self) -> None:
        """Read the absences that wait."""
        rows = sorted(await self.ask(waiting_proofs, self.desk), key=lambda row: row.overdue)  # what can be saved first
        self._rows = {row.proof_id: row for row in rows}
        records = self.query_one(RecordsList)
        records.show([_record(row) for row in rows])
        if self.focused is None:
            records.lines.focus()
        self.query_one("#proofs-sum", Static).update(Content(_sum_words(rows)), layout=False)

    def refused(self, error: PortailError) -> None:
        """Say why, and show the list as it is now when it was no longer so; a list that cannot be read is not asked for again."""
        super().refused(error)
        if error.code.startswith("JUSTIFICATIF"):
            self.read_list()

    @on(OptionList.OptionSelected)
    def action_accept(self) -> None:
        """Accept the justificatif of the absence chosen."""
        self.judge(True)

    def action_refuse(self) -> None:
        """Refuse it."""
        self.judge(False)

    @gesture(group="judge")
    async def judge(self, accepted: bool) -> None:
        """Ask for the day of reception and the reason, send, say what came of it; an avoir's note is printed."""
        if (row := self.chosen) is None:
            self.message("aucune absence n’est choisie.")
            return
        reasons = await self.ask(proof_reasons, self.desk, accepted)
        outcome = await self.app.push_screen_wait(ProofDialog(row, accepted, reasons))
        if outcome is not None:
            self.message(outcome.sentence, Kind.DONE)
            self.read_list()
            self.print_papers(outcome)

    @gesture(group="print", keys_wait=False)
    async def print_papers(self, outcome: ProofOutcome) -> None:
        """Draw and print each avoir note, and the quittance of a basket it paid whole; the decision stands whatever the printer does."""
        said = [outcome.sentence]
        try:
            for avoir in outcome.avoirs:
                printed = await self.ask(print_avoir_note, self.desk, avoir.avoir_id)
                said.append(f"L’avis d’avoir est prêt. {printed.sentence}")
            for cashed in outcome.settled:
                printed = await self.ask(print_quittance, self.desk, cashed.quittance_id, new_operation())
                said.append(printed.sentence)
        except PortailError as error:
            said.append(error.sentence)
        self.message(" ".join(said), Kind.DONE)

    def action_open_dossier(self) -> None:
        """Open the child's dossier."""
        if row := self.chosen:
            self.portail.open("dossier", row.dossier_id)


def _record(row: ProofRow) -> Record:
    due = f"{'x ' if row.overdue else ''}{short_date(last_day(row))}"
    days = f"{row.first_on:%d/%m}" if row.first_on == row.last_on else f"{row.first_on:%d/%m} → {row.last_on:%d/%m}"
    texts = (
        due,
        row.child,
        days,
        format_cents(row.refund_cents),
        row.dossier_number,
        row.activity_label,
        row.payer_name,
    )
    return Record(row.proof_id, texts, "$warning" if row.overdue else "")


def _sum_words(rows: Sequence[ProofRow]) -> str:
    if not rows:
        return ""
    late = sum(row.overdue for row in rows)
    words = plural(len(rows), "absence") + (" attendent" if len(rows) > 1 else " attend") + " un justificatif"
    return words + (f" · x délai passé pour {late}" if late else "")
