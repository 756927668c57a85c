"""The deposit slip (bordereau de versement): what leaves the régie for the Trésor, by means, coin by coin and cheque by cheque."""

from __future__ import annotations

from receipts import letterhead
from receipts.documents import Paper
from receipts.regie_papers import Columns, Head, denominations_table, fact_row, foot_text, signatures
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from receipts.slip_document import ChequeState, DepositSlip, SlipCheque, SlipMeans
from receipts.wording import recipient_lines, signed_amount_in_words
from tui_portail.french import plural
from tui_portail.money import format_cents

DRAFT = "BROUILLON"


def draw_deposit_slip(slip: DepositSlip, paper: Paper = "A4") -> bytes:
    """Return the slip as a PDF, stamped « BROUILLON » until it is numbered; the same slip gives the same bytes."""
    measures = MEASURES[paper]
    number = f"n°\u00a0{slip.number}" if slip.number else ""
    head = Head(
        slip.issuer, "Bordereau de versement", number, slip.issued_at, slip.fictitious, "" if slip.number else DRAFT
    )
    facts = [
        fact_row(measures, "Caisse", slip.till),
        fact_row(measures, "Validé par" if slip.number else "Préparé par", slip.agent),
    ]
    drawn = Sheet(
        title=f"Bordereau de versement {slip.number or DRAFT}",
        author=slip.issuer.commune,
        issued_at=slip.issued_at,
        heading=head.first_page(measures, *facts),
        reminder=head.next_pages(measures),
        tables=[
            _means(slip, measures),
            Table(closing=_total_in_words(slip, measures)),
            denominations_table(measures, slip.denominations, "Aucune coupure saisie."),
            _cheques(slip, measures),
            Table(closing=[signatures(measures, "Le régisseur", "Le comptable public")]),
        ],
        foot=foot_text(slip.head_hash),
        fictitious=slip.fictitious,
    )
    return draw_sheet(drawn, paper)


def _means(slip: DepositSlip, measures: Measures) -> Table:
    columns = Columns(
        measures,
        ("Moyen de paiement", "Nb", "Initial", "Nb", "Annulé", "Nb", "À verser"),
        (0.28, 0.07, 0.17, 0.07, 0.17, 0.07, 0.17),
        frozenset(range(1, 7)),
    )
    body = [(columns.line(*_figures(means)), means.final_cents) for means in slip.means]
    return Table(columns.head("Versement par moyen de paiement"), body, closing=[columns.total(*_figures(slip.total))])


def _figures(means: SlipMeans) -> tuple[str, ...]:
    return (
        means.label,
        str(means.initial_count),
        format_cents(means.initial_cents),
        str(means.cancelled_count),
        format_cents(means.cancelled_cents),
        str(means.final_count),
        format_cents(means.final_cents),
    )


def _total_in_words(slip: DepositSlip, measures: Measures) -> list[Row]:
    cents = slip.total.final_cents
    text = f"Total à verser\u00a0: {format_cents(cents)}, soit {signed_amount_in_words(cents)}."
    rows = [letterhead.sentence_row(measures, text, bold=True, above=measures.size)]
    if cents < 0:
        less = "Les sommes reprises dépassent les sommes reçues\u00a0: ce bordereau vient en déduction des versements."
        rows.append(letterhead.sentence_row(measures, less))
    return rows


def _cheques(slip: DepositSlip, measures: Measures) -> Table:
    columns = Columns(
        measures,
        ("Quittance", "Tireur", "Banque", "Numéro", "État", "Montant"),
        (0.16, 0.25, 0.17, 0.14, 0.14, 0.14),
        frozenset({5}),
    )
    body = [(_cheque(columns, line), _deposited(line)) for line in slip.cheque_lines]
    total = columns.total(
        "", plural(slip.cheques.final_count, "chèque"), "", "", "", format_cents(slip.cheques.final_cents)
    )
    none = letterhead.sentence_row(measures, "Aucun chèque.")
    return Table(columns.head("Chèques"), body, columns.carry(5), [total if body else none])


def _cheque(columns: Columns, line: SlipCheque) -> Row:
    drawer = recipient_lines(line.drawer)[0]
    state = "" if line.state is ChequeState.DEPOSITED else line.state.value
    return columns.line(line.quittance, drawer, line.bank, line.number, state, format_cents(line.amount_cents))


def _deposited(line: SlipCheque) -> int:
    """Return what a cheque counts for in what is deposited, in cents."""
    return 0 if line.state is ChequeState.CANCELLED else line.amount_cents
