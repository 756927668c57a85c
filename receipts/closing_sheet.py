"""The closing sheet of a till session: what was counted against the books, what the session received, and who signs."""

from __future__ import annotations

from receipts import letterhead
from receipts.closing_document import ClosingSheet, Count, CountedCheque
from receipts.documents import Paper
from receipts.figures import Amount, sum_of
from receipts.regie_papers import Columns, Head, denominations_table, fact_row, foot_text, signatures
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from receipts.wording import clock_date, recipient_lines
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents


def draw_closing_sheet(sheet: ClosingSheet, paper: Paper = "A4") -> bytes:
    """Return the closing sheet as a PDF; the same sheet gives the same bytes."""
    measures = MEASURES[paper]
    head = Head(sheet.issuer, "Feuille de caisse", f"session n°\u00a0{sheet.number}", sheet.closed_at, sheet.fictitious)
    drawn = Sheet(
        title=f"Feuille de caisse, session {sheet.number}",
        author=sheet.issuer.commune,
        issued_at=sheet.closed_at,
        heading=head.first_page(measures, *_facts(sheet, measures)),
        reminder=head.next_pages(measures),
        tables=[
            _counts(sheet, measures),
            _drawer(sheet, measures),
            denominations_table(measures, sheet.denominations, "Aucune espèce."),
            _cheques(sheet, measures),
            _amounts(measures, "Encaissements par moyen de paiement", "Moyen", sheet.received),
            _amounts(measures, "Contre-passations par moyen de paiement", "Moyen", sheet.reversed_by_means),
            _amounts(measures, "Sommes réglées par imputation, avoirs compris", "Imputation", sheet.imputations),
            _amounts(measures, "Sommes réglées par activité, avoirs compris", "Activité", sheet.activities),
            Table(closing=_ending(sheet, measures)),
        ],
        foot=foot_text(sheet.head_hash),
        fictitious=sheet.fictitious,
    )
    return draw_sheet(drawn, paper)


def _facts(sheet: ClosingSheet, measures: Measures) -> list[Row]:
    opened = f"le {clock_date(sheet.opened_at)} par {sheet.opened_by}"
    closed = f"le {clock_date(sheet.closed_at)} par {sheet.closed_by}"
    began = format_cents(sheet.float_cents)
    if sheet.float_expected_cents is not None and sheet.float_gap_cents:
        gap = _signed(sheet.float_gap_cents)
        began += f" (attendu {format_cents(sheet.float_expected_cents)}, écart {gap}\u00a0: {sheet.float_reason})"
    return [
        fact_row(measures, "Caisse", sheet.till),
        fact_row(measures, "Ouverte", opened),
        fact_row(measures, "Close", closed),
        fact_row(measures, "Fonds de caisse compté", began),
    ]


def _counts(sheet: ClosingSheet, measures: Measures) -> Table:
    columns = Columns(
        measures,
        ("Moyen", "Théorique", "Compté", "Écart", "Motif de l’écart"),
        (0.2, 0.16, 0.16, 0.14, 0.34),
        frozenset({1, 2, 3}),
    )
    counts = (sheet.cash, sheet.cheques, *sheet.values)
    return Table(columns.head("Comptage"), [(_count(columns, count), count.counted_cents) for count in counts])


def _count(columns: Columns, count: Count) -> Row:
    gap = _signed(count.difference_cents) if count.difference_cents else "aucun"
    return columns.line(
        count.label, format_cents(count.expected_cents), format_cents(count.counted_cents), gap, count.reason
    )


def _drawer(sheet: ClosingSheet, measures: Measures) -> Table:
    """Return what makes the cash expected: the float, what was received and reversed, each change with its hour."""
    columns = Columns(measures, ("Heure", "Nature", "Montant", "Motif"), (0.16, 0.3, 0.18, 0.36), frozenset({2}))
    opened = f"{in_paris(sheet.opened_at):%d/%m %H:%M}"
    lines = [
        (opened, "Fonds de caisse", sheet.float_cents, ""),
        ("", "Espèces encaissées", sheet.cash_received_cents, ""),
        ("", "Espèces contre-passées", -sheet.cash_reversed_cents, ""),
        *(
            (f"{in_paris(change.moved_at):%d/%m %H:%M}", change.kind, change.amount_cents, change.reason)
            for change in sheet.changes
        ),
    ]
    body = [(columns.line(hour, kind, _signed(cents), reason), cents) for hour, kind, cents, reason in lines]
    total = columns.total("", "Espèces théoriques", format_cents(sheet.cash.expected_cents), "")
    return Table(columns.head("Mouvements d’espèces"), body, columns.carry(2), [total])


def _cheques(sheet: ClosingSheet, measures: Measures) -> Table:
    columns = Columns(
        measures,
        ("Quittance", "Tireur", "Banque", "Numéro", "Montant", "État"),
        (0.16, 0.25, 0.17, 0.14, 0.14, 0.14),
        frozenset({4}),
    )
    body = [(_cheque(columns, line), line.amount_cents if line.found else 0) for line in sheet.cheque_lines]
    found = [line for line in sheet.cheque_lines if line.found]
    total = columns.total("", f"{len(found)} sur {len(body)}", "", "", format_cents(sheet.cheques.counted_cents), "")
    none = letterhead.sentence_row(measures, "Aucun chèque en caisse.")
    return Table(columns.head("Chèques"), body, columns.carry(4), [total if body else none])


def _cheque(columns: Columns, line: CountedCheque) -> Row:
    drawer = recipient_lines(line.drawer)[0]
    return columns.line(line.quittance, drawer, line.bank, line.number, format_cents(line.amount_cents), _state(line))


def _state(line: CountedCheque) -> str:
    if line.expected:
        return "trouvé" if line.found else "manquant"
    return "retrouvé" if line.found else "toujours manquant"


def _amounts(measures: Measures, title: str, first: str, amounts: tuple[Amount, ...]) -> Table:
    columns = Columns(measures, (first, "Montant"), (0.5, 0.2), frozenset({1}))
    body = [(columns.line(amount.label, format_cents(amount.cents)), amount.cents) for amount in amounts]
    total = columns.total("Total", format_cents(sum_of(amounts)))
    none = letterhead.sentence_row(measures, "Aucune somme.")
    return Table(columns.head(title), body, columns.carry(1), [total if body else none])


def _ending(sheet: ClosingSheet, measures: Measures) -> list[Row]:
    avoirs = sheet.avoirs
    said = [
        ("Quittances", _quittances(sheet)),
        ("Avoirs émis", f"{avoirs.issued_count}, pour {format_cents(avoirs.issued_cents)}"),
        ("Avoirs utilisés", format_cents(avoirs.used_cents)),
        ("Avoirs restant dus après", format_cents(avoirs.outstanding_cents)),
        *(("À surveiller", warning) for warning in sheet.warnings),
    ]
    facts = [fact_row(measures, label, text) for label, text in said]
    return [
        letterhead.sentence_row(measures, "", above=measures.size),
        *facts,
        signatures(measures, "L’agent", "Le régisseur"),
    ]


def _quittances(sheet: ClosingSheet) -> str:
    if not sheet.quittance_count:
        return "aucune"
    count = plural(sheet.quittance_count, "quittance")
    return f"{count}, du n°\u00a0{sheet.first_quittance} au n°\u00a0{sheet.last_quittance}"


def _signed(cents: int) -> str:
    """Return an amount with its sign, « + » included."""
    return f"+{format_cents(cents)}" if cents > 0 else format_cents(cents)
