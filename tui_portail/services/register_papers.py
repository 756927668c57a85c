"""The registers as papers: journal à souches, grand-livre, avoirs, revenue, closings, refunds; drawn as PDF as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import select

from models import tables as t
from models.states import PeriodKind
from receipts.family_documents import RefundLine, RefundList
from receipts.register_document import BarPlot, Column, PlotSeries, Register, RegisterRow, RowKind
from tui_portail.french import short_date
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.revenue import Grain
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, issuer_of, keep_paper, print_paper, recipient_of
from tui_portail.services.period_closings import ClosedPeriod, list_closings
from tui_portail.services.refunds import list_refunds
from tui_portail.services.registers import Books, Period, open_books
from tui_portail.services.registers_avoirs import AvoirState, avoir_states
from tui_portail.services.registers_journal import Stub, stubs
from tui_portail.services.registers_ledger import AccountBalance, account_balances, ledger_lines
from tui_portail.services.registers_references import means_label
from tui_portail.services.registers_revenue import Revenue, revenue
from tui_portail.services.registers_tables import became
from tui_portail.services.revenue_sums import Dimension, RevenueSum, sum_by

Progress = Callable[[int], None]
PERIOD_WORDS = {PeriodKind.DAY: "Journées", PeriodKind.MONTH: "Mois", PeriodKind.YEAR: "Années"}


def print_journal(desk: Desk, period: Period, on_page: Progress | None = None) -> PrintedDocument:
    """Draw the journal à souches of a period and hand it to the printer. Raises NotAllowed."""
    columns = (
        Column("Quittance", 0.1),
        Column("Délivrée le", 0.1),
        Column("Payeur", 0.2),
        Column("Moyens", 0.22),
        Column("Avoirs", 0.08, money=True, summed=True),
        Column("Reçu", 0.09, money=True, summed=True),
        Column("Ce qu’elle est devenue", 0.21),
    )
    with open_books(desk) as books:
        rows = _stub_rows(books, stubs(books, period))
        return _draw(desk, books, "Journal à souches", period.words, columns, rows, "journal-a-souches", on_page)


def print_ledger(
    desk: Desk, period: Period, account: str | None = None, on_page: Progress | None = None
) -> PrintedDocument:
    """Draw the grand-livre of a period, of one account if given. Raises NotAllowed."""
    columns = (
        Column("Date", 0.1),
        Column("Écriture", 0.08, right=True),
        Column("Opération", 0.46),
        Column("Débit", 0.12, money=True, summed=True),
        Column("Crédit", 0.12, money=True, summed=True),
        Column("Solde", 0.12, money=True),
    )
    with open_books(desk) as books:
        balances = account_balances(books, period, account)
        rows = (row for balance in balances for row in _account_rows(books, period, balance))
        return _draw(desk, books, "Grand-livre", period.words, columns, rows, "grand-livre", on_page)


def print_avoirs(desk: Desk, on: date | None, on_page: Progress | None = None) -> PrintedDocument:
    """Draw the state of avoirs by payer at the end of a day, now when None. Raises NotAllowed."""
    columns = (
        Column("Avoir", 0.14),
        Column("Donné le", 0.12),
        Column("Dossier", 0.12),
        Column("Montant", 0.15, money=True, summed=True),
        Column("Utilisé", 0.15, money=True, summed=True),
        Column("Repris ou à rembourser", 0.17, money=True, summed=True),
        Column("Reste", 0.15, money=True, summed=True),
    )
    with open_books(desk) as books:
        by_payer = sorted(
            avoir_states(books, on), key=lambda one: (one.payer_name.casefold(), one.payer_id, one.number)
        )
        words = Period(None, on).words or "à ce jour"
        return _draw(
            desk, books, "État des avoirs par payeur", words, columns, _avoir_rows(by_payer), "avoirs", on_page
        )


def print_revenue(
    desk: Desk, period: Period, dimension: Dimension, grain: Grain = Grain.MONTH, on_page: Progress | None = None
) -> PrintedDocument:
    """Draw the revenue of a period added up one way, with its plot. Raises NotAllowed."""
    columns = (
        Column(dimension.label, 0.36),
        Column("Encaissé", 0.16, money=True, summed=True),
        Column("Contre-passé", 0.16, money=True, summed=True),
        Column("Rendu en avoir", 0.16, money=True, summed=True),
        Column("Net", 0.16, money=True, summed=True),
    )
    with open_books(desk) as books:
        told = revenue(books, period, grain)
        sums = sum_by(told, dimension)
        rows = (
            RegisterRow((one.label, one.cashed_cents, one.reversed_cents, one.returned_cents, one.net_cents))
            for one in sums
        )
        title = f"Recettes par {dimension.label.lower()}"
        return _draw(
            desk,
            books,
            title,
            period.words,
            columns,
            _with_total(rows, 0),
            "recettes",
            on_page,
            _plot(sums),
            _notes(told),
        )


def print_closings(desk: Desk, kind: PeriodKind) -> PrintedDocument:
    """Draw the closings of a kind, the oldest first, with their perpetual total. Raises NotAllowed."""
    columns = (
        Column("Période", 0.17),
        Column("Écritures", 0.13),
        Column("Encaissé", 0.13, money=True, summed=True),
        Column("Contre-passé", 0.13, money=True, summed=True),
        Column("Net", 0.13, money=True, summed=True),
        Column("Total perpétuel", 0.14, money=True),
        Column("Clôturée le", 0.17),
    )
    closed = list_closings(desk, kind, limit=None)[::-1]
    with open_books(desk) as books:
        rows = _with_total((_closing_row(one) for one in closed), 1)
        name = f"clotures-{kind.value}"
        return _draw(desk, books, f"Clôtures : {PERIOD_WORDS[kind].lower()}", "", columns, rows, name, None)


def print_refunds(desk: Desk, year: int) -> PrintedDocument:
    """Draw the list of avoirs to be refunded by mandat, for the ordonnateur. Raises NotAllowed."""
    from receipts.refund_list import draw_refund_list  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    lines = tuple(
        RefundLine(
            row.number,
            in_paris(row.requested_at).date(),
            recipient_of(row.payer_name, "\n".join(row.address), row.erased_at),
            row.amount_cents,
            row.reason,
        )
        for row in list_refunds(desk, year)
    )
    with open_books(desk) as books:
        now = desk.instant(books.connection)
        paper = RefundList(
            issuer_of(books.commune),
            f"année {year}",
            now,
            lines,
            sum(line.amount_cents for line in lines),
            desk.require().name,
            books.commune.policy.fictitious,
        )
    return print_paper(desk, keep_paper(desk, now, f"remboursements-{year}.pdf", draw_refund_list(paper)))


def _draw(
    desk: Desk,
    books: Books,
    title: str,
    subtitle: str,
    columns: tuple[Column, ...],
    rows: Iterable[RegisterRow],
    name: str,
    on_page: Progress | None,
    plot: BarPlot | None = None,
    notes: tuple[str, ...] = (),
) -> PrintedDocument:
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    now = desk.instant(books.connection)
    head = books.connection.scalar(
        select(t.journal_head.c.head_hash).where(t.journal_head.c.regie_id == books.regie_id)
    )
    register = Register(
        title,
        (subtitle,) if subtitle else (),
        issuer_of(books.commune),
        now,
        columns,
        notes,
        plot,
        head_hash=head or "",
        fictitious=books.commune.policy.fictitious,
    )
    pdf = draw_register(register, rows, on_page)
    return print_paper(desk, keep_paper(desk, now, f"{name}-{in_paris(now):%Y%m%d-%H%M%S}.pdf", pdf))


def _with_total(rows: Iterable[RegisterRow], label_at: int) -> Iterator[RegisterRow]:
    """Yield the rows, then their total, its label in one of the columns of text."""
    width = 0
    for row in rows:
        width = len(row.cells)
        yield row
    if width:
        yield RegisterRow(tuple("Total" if place == label_at else None for place in range(width)), RowKind.TOTAL)


def _stub_rows(books: Books, issued: Iterable[Stub]) -> Iterator[RegisterRow]:
    """Yield a line a quittance, then their total, which says how much of it was reversed since."""
    count = reversed_cents = 0
    for stub in issued:
        count += 1
        reversed_cents += stub.reversed_cents
        yield _stub_row(books, stub)
    if count:
        said = f"dont {format_cents(reversed_cents)} contre-passés" if reversed_cents else None
        yield RegisterRow((None, None, None, "Total", None, None, said), RowKind.TOTAL)


def _stub_row(books: Books, stub: Stub) -> RegisterRow:
    means = ", ".join(means_label(books.commune, one) for one in stub.means_cents)
    day = short_date(in_paris(stub.issued_at).date())
    return RegisterRow((stub.number, day, stub.payer_name, means, stub.avoir_cents, stub.received_cents, became(stub)))


def _account_rows(books: Books, period: Period, balance: AccountBalance) -> Iterator[RegisterRow]:
    if not (balance.opening_cents or balance.debit_cents or balance.credit_cents):
        return
    whose = f" · {balance.payer_name}" if balance.payer_id is not None else ""
    yield RegisterRow((f"{balance.label}{whose}",), RowKind.HEADING)
    yield RegisterRow(("", "", "Solde d’ouverture", None, None, balance.opening_cents))
    for line in ledger_lines(books, period, balance.account, balance.payer_id):
        yield RegisterRow(
            (
                _day(line.entered_at),
                f"{line.entry_seq}",
                line.words,
                line.debit_cents or None,
                line.credit_cents or None,
                line.running_cents,
            )
        )
    totals = (balance.debit_cents, balance.credit_cents, balance.closing_cents)
    yield RegisterRow(("", "", "Totaux et solde de clôture", *totals), RowKind.SUBTOTAL)


def _avoir_rows(states: Iterable[AvoirState]) -> Iterator[RegisterRow]:
    payer, none = 0, (None, None, None, None)
    for state in states:
        if state.payer_id != payer:
            if payer:
                yield RegisterRow(("Total du payeur", "", "", *none), RowKind.SUBTOTAL)
            yield RegisterRow((state.payer_name,), RowKind.HEADING)
            payer = state.payer_id
        cents = (state.issued_cents, state.used_cents, state.withdrawn_cents, state.left_cents)
        yield RegisterRow((state.number, _day(state.issued_at), state.dossier_number, *cents))
    if payer:
        yield RegisterRow(("Total du payeur", "", "", *none), RowKind.SUBTOTAL)
        yield RegisterRow(("Total", "", "", *none), RowKind.TOTAL)


def _closing_row(one: ClosedPeriod) -> RegisterRow:
    days = _short(one.starts_on) if one.starts_on == one.ends_on else f"{_short(one.starts_on)} – {_short(one.ends_on)}"
    closed = f"{_day(one.closed_at)}, {one.agent_name}"
    cents = (one.received_cents, one.reversed_cents, one.total_cents, one.perpetual_cents)
    return RegisterRow((days, f"{one.first_seq} à {one.last_seq}", *cents, closed))


def _plot(sums: tuple[RevenueSum, ...]) -> BarPlot | None:
    if not sums:
        return None
    return BarPlot(
        "Recettes nettes", tuple(one.label for one in sums), (PlotSeries("Net", tuple(one.net_cents for one in sums)),)
    )


def _notes(told: Revenue) -> tuple[str, ...]:
    if told.ledger_cents == told.net_cents:
        return ("Le total net est celui des comptes de recettes et de créances du grand-livre.",)
    return ("Attention : ce total n’est pas celui du grand-livre. Lancez « tui-portail verifier ».",)


def _day(instant: datetime) -> str:
    return _short(in_paris(instant).date())


def _short(day: date) -> str:
    return f"{day:%d/%m/%Y}"
