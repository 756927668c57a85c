"""The registers as tables for a spreadsheet: one row a quittance, a movement, an avoir, or a cell of revenue. Amounts are in cents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tui_portail.book_entries import payer_code
from tui_portail.french import short_date
from tui_portail.instants import in_paris
from tui_portail.policy import BasketKind, Means
from tui_portail.revenue import Grain
from tui_portail.services.registers import Books, Period
from tui_portail.services.registers_avoirs import AVOIR_REASONS, avoir_states
from tui_portail.services.registers_journal import Stub, stubs
from tui_portail.services.registers_ledger import AccountBalance, account_balances, ledger_lines
from tui_portail.services.registers_references import means_label
from tui_portail.services.registers_revenue import revenue
from tui_portail.spreadsheets import Cell, CellKind, Column, Table

_KINDS = {BasketKind.RESERVATION: "réservation", BasketKind.REGULARISATION: "régularisation"}
_GRAINS = {Grain.DAY: "Jour", Grain.MONTH: "Mois (premier jour)", Grain.YEAR: "Année (premier jour)"}
_IMPUTATIONS = {"garde": "Garde", "repas": "Repas"}


def journal_table(books: Books, period: Period) -> Table:
    """Return the journal à souches, a column a means."""
    columns = (
        Column("Quittance"),
        Column("Délivrée le", CellKind.INSTANT, 20),
        Column("Dossier"),
        Column("Payeur", width=30),
        Column("Nature"),
        Column("Total", CellKind.EUROS),
        Column("Avoirs utilisés", CellKind.EUROS),
        *(Column(means_label(books.commune, means), CellKind.EUROS) for means in Means),
        Column("Agent", width=24),
        Column("État", width=50),
        Column("Écriture", CellKind.COUNT),
    )
    rows: Iterator[tuple[Cell, ...]] = (
        (
            stub.number,
            stub.issued_at,
            stub.dossier_number,
            stub.payer_name,
            _KINDS[stub.kind],
            stub.total_cents,
            stub.avoir_cents,
            *(stub.means_cents.get(means) for means in Means),
            stub.agent_name,
            became(stub),
            stub.entry_seq,
        )
        for stub in stubs(books, period)
    )
    return Table(f"Journal à souches {period.words}".strip(), columns, rows)


def became(stub: Stub) -> str:
    """Return what became of a quittance, in French; empty while it stands as it was issued."""
    said = [f"remplace la quittance {stub.replaces}"] if stub.replaces else []
    if stub.reversed_at is not None:
        said.append(f"contre-passée le {short_date(in_paris(stub.reversed_at).date())}")
    if stub.replaced_by:
        said.append(f"remplacée par la quittance {stub.replaced_by}")
    return ", ".join(said)


def ledger_table(books: Books, period: Period) -> Table:
    """Return the grand-livre: each account in turn, its opening balance, its movements, its closing balance."""
    columns = (
        Column("Compte"),
        Column("Libellé", width=34),
        Column("Code payeur"),
        Column("Payeur", width=30),
        Column("Date", CellKind.INSTANT, 20),
        Column("Écriture", CellKind.COUNT),
        Column("Opération", width=50),
        Column("Débit", CellKind.EUROS),
        Column("Crédit", CellKind.EUROS),
        Column("Solde", CellKind.EUROS),
    )

    def rows() -> Iterator[tuple[Cell, ...]]:
        for balance in account_balances(books, period):
            if not (balance.opening_cents or balance.debit_cents or balance.credit_cents):
                continue
            of_account = _of_account(balance)
            yield (*of_account, None, None, "Solde d’ouverture", None, None, balance.opening_cents)
            for line in ledger_lines(books, period, balance.account, balance.payer_id):
                moved = (line.debit_cents or None, line.credit_cents or None, line.running_cents)
                yield (*of_account, line.entered_at, line.entry_seq, line.words, *moved)
            totals = (balance.debit_cents, balance.credit_cents, balance.closing_cents)
            yield (*of_account, None, None, "Totaux et solde de clôture", *totals)

    return Table(f"Grand-livre {period.words}".strip(), columns, rows())


def _of_account(balance: AccountBalance) -> tuple[Cell, ...]:
    code = None if balance.payer_id is None else payer_code(balance.payer_id)
    return (balance.account, balance.label, code, balance.payer_name)


def avoirs_table(books: Books, on: date | None) -> Table:
    """Return the state of avoirs at the end of a day, now when None."""
    columns = (
        Column("Avoir"),
        Column("Donné le", CellKind.INSTANT, 20),
        Column("Dossier"),
        Column("Code payeur"),
        Column("Payeur", width=30),
        Column("Motif", width=40),
        Column("Montant", CellKind.EUROS),
        Column("Utilisé", CellKind.EUROS),
        Column("Retiré", CellKind.EUROS),
        Column("Reste", CellKind.EUROS),
    )
    rows: Iterator[tuple[Cell, ...]] = (
        (
            state.number,
            state.issued_at,
            state.dossier_number,
            payer_code(state.payer_id),
            state.payer_name,
            AVOIR_REASONS[state.reason],
            state.issued_cents,
            state.used_cents,
            state.withdrawn_cents,
            state.left_cents,
        )
        for state in avoir_states(books, on)
    )
    return Table(f"État des avoirs {Period(None, on).words}".strip(), columns, rows)


def revenue_table(books: Books, period: Period, grain: Grain) -> Table:
    """Return the revenue of a period told apart as finely as it goes, to be added up by any of its columns."""
    columns = (
        Column(_GRAINS[grain], CellKind.DAY),
        Column("Imputation"),
        Column("Activité", width=34),
        Column("Site", width=24),
        Column("Moyen", width=22),
        Column("Encaissé", CellKind.EUROS),
        Column("Contre-passé", CellKind.EUROS),
        Column("Rendu en avoir", CellKind.EUROS),
        Column("Net", CellKind.EUROS),
    )
    rows: Iterator[tuple[Cell, ...]] = (
        (
            row.from_on,
            _IMPUTATIONS[row.imputation],
            row.activity,
            row.site,
            row.means_label,
            row.cashed_cents,
            row.reversed_cents,
            row.returned_cents,
            row.net_cents,
        )
        for row in revenue(books, period, grain).rows
    )
    return Table(f"Recettes {period.words}".strip(), columns, rows)
