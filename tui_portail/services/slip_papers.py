"""The deposit slip as a paper: drawn from its committed rows, again for ever; a draft prints as such."""

from __future__ import annotations

from sqlalchemy import select

from models import tables as t
from models.states import SlipLineKind
from receipts.documents import Recipient
from receipts.figures import CashLine
from receipts.slip_document import ChequeState, DepositSlip, SlipCheque, SlipMeans
from tui_portail.instants import in_paris
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, issuer_of, keep_paper, print_paper
from tui_portail.services.rights import Right
from tui_portail.services.slip_reading import read_slip
from tui_portail.services.slip_views import SlipLine, SlipTender, SlipTotal


def slip_document(desk: Desk, slip_id: int) -> DepositSlip:
    """Return what a slip prints. Raises SlipUnknown, NotAllowed."""
    with desk.read(Right.DEPOSIT) as connection:
        commune = desk.commune(connection)
        view = read_slip(connection, commune.policy, slip_id)
        _, till_id = desk.place(connection)
        till = connection.scalar(select(t.till.c.name).where(t.till.c.id == till_id)) or ""
        now = desk.instant(connection)
    totals = {total.means: _means(total) for total in view.totals}
    return DepositSlip(
        issuer_of(commune),
        view.number or None,
        view.validated_at or now,
        till,
        view.agent_name,
        totals.pop(Means.CASH),
        tuple(CashLine(value, pieces) for value, pieces in view.cash),
        totals.pop(Means.CHEQUE),
        tuple(_cheque(line, tender) for line in view.lines for tender in line.tenders if tender.means is Means.CHEQUE),
        tuple(totals.values()),
        view.head_hash,
        view.fictitious,
    )


def print_slip(desk: Desk, slip_id: int) -> PrintedDocument:
    """Draw a slip, keep it and hand it to the printer. Raises SlipUnknown, NotAllowed."""
    from receipts.deposit_slip import draw_deposit_slip  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    slip = slip_document(desk, slip_id)
    name = f"bordereau-{slip.number}" if slip.number else f"bordereau-brouillon-{slip_id}"
    return print_paper(desk, keep_paper(desk, slip.issued_at, f"{name}.pdf", draw_deposit_slip(slip)))


def _means(total: SlipTotal) -> SlipMeans:
    return SlipMeans(
        total.label, total.initial_count, total.initial_cents, total.cancelled_count, total.cancelled_cents
    )


def _cheque(line: SlipLine, tender: SlipTender) -> SlipCheque:
    if line.kind is SlipLineKind.REVERSAL:
        state = ChequeState.UNPAID if line.unpaid else ChequeState.TAKEN_OFF
    else:
        state = ChequeState.CANCELLED if tender.cancelled else ChequeState.DEPOSITED
    erased_on = None if tender.erased_at is None else in_paris(tender.erased_at).date()
    drawer = Recipient(tender.drawer, (), erased_on)
    return SlipCheque(line.quittance, drawer, tender.bank, tender.reference, tender.amount_cents, state)
