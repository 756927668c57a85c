"""The registers in columns and sentences. Pure: what was read becomes text."""

from __future__ import annotations

from collections.abc import Sequence

from screens.columns import Column
from screens.records_list import Record
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.register_exports import FileFormat, RegisterName
from tui_portail.services.register_views import MOST_LINES, AccountView, JournalView
from tui_portail.services.registers import Period
from tui_portail.services.registers_avoirs import AVOIR_REASONS, AvoirState, PayerAvoirs
from tui_portail.services.registers_ledger import AccountBalance
from tui_portail.services.registers_revenue import Revenue
from tui_portail.services.registers_tables import became
from tui_portail.services.revenue_sums import Dimension, RevenueSum

FORMATS = {
    FileFormat.CSV: "CSV, pour un tableur",
    FileFormat.XLSX: "XLSX, pour un tableur",
    FileFormat.BEANCOUNT: "beancount : tout le journal, vérifiable par bean-check",
    FileFormat.HLEDGER: "hledger : tout le journal, vérifiable par hledger check",
}
SUFFIXES = {
    FileFormat.CSV: "csv",
    FileFormat.XLSX: "xlsx",
    FileFormat.BEANCOUNT: "beancount",
    FileFormat.HLEDGER: "journal",
}
COLUMNS: dict[RegisterName, tuple[Column, ...]] = {
    RegisterName.JOURNAL: (
        Column("Quittance", 11),
        Column("Jour", 10),
        Column("Payeur", 12, share=2),
        Column("Avoirs", 9, right=True),
        Column("Reçu", 10, right=True),
        Column("Moyens", 12, share=1),
        Column("Devenue", 18, share=2, from_width=112),
    ),
    RegisterName.LEDGER: (
        Column("Compte", 16, share=2),
        Column("Payeur", 16, share=2, from_width=96),
        Column("Début", 13, right=True),
        Column("Débit", 13, right=True),
        Column("Crédit", 13, right=True),
        Column("Fin", 13, right=True),
    ),
    RegisterName.AVOIRS: (
        Column("Payeur", 16, share=2),
        Column("Dossier", 11, from_width=96),
        Column("Donné", 12, right=True),
        Column("Utilisé", 12, right=True),
        Column("Repris", 11, right=True),
        Column("Reste", 12, right=True),
    ),
    RegisterName.REVENUE: (
        Column("", 18, share=2),
        Column("Encaissé", 12, right=True),
        Column("Contre-passé", 12, right=True),
        Column("Rendu", 12, right=True),
        Column("Net", 12, right=True),
    ),
}


def journal_records(view: JournalView) -> list[Record]:
    """Return a line a quittance; one whose payment was reversed says so."""
    return [
        Record(
            place,
            (
                stub.number,
                f"{in_paris(stub.issued_at):%d/%m/%Y}",
                stub.payer_name,
                format_cents(stub.avoir_cents) if stub.avoir_cents else "",
                format_cents(sum(stub.means_cents.values())),
                "annulée" if stub.reversed_at else means,
                became(stub),
            ),
        )
        for place, (stub, means) in enumerate(view.stubs)
    ]


def journal_summary(view: JournalView, period: Period) -> str:
    """Return how many quittances, what they received, and whether all are shown."""
    received, avoirs = format_cents(view.received_cents), format_cents(view.avoir_cents)
    told = (
        f"Journal à souches {period.words} : {plural(view.count, 'quittance')}, {received} reçus, {avoirs} par avoir."
    )
    return _cut(told, view.count)


def ledger_records(balances: Sequence[AccountBalance]) -> list[Record]:
    """Return a line an account, and a payer."""
    return [
        Record(
            place,
            (
                one.label,
                one.payer_name,
                format_cents(one.opening_cents),
                format_cents(one.debit_cents),
                format_cents(one.credit_cents),
                format_cents(one.closing_cents),
            ),
        )
        for place, one in enumerate(balances)
    ]


def ledger_summary(balances: Sequence[AccountBalance], period: Period) -> str:
    """Return that debits and credits are equal, as they must be."""
    debit, credit = sum(one.debit_cents for one in balances), sum(one.credit_cents for one in balances)
    return f"Grand-livre {period.words} : débits {format_cents(debit)}, crédits {format_cents(credit)}. Entrée : les mouvements."


def account_title(balance: AccountBalance) -> str:
    """Return the account's name, and its payer's."""
    return f"{balance.label} · {balance.payer_name}" if balance.payer_name else balance.label


def account_text(balance: AccountBalance, view: AccountView) -> str:
    """Return the movements, one a line, between the two balances."""
    lines = [f"{'Solde au début':<52}{format_cents(balance.opening_cents):>16}"]
    for line in view.lines:
        moved = format_cents(line.debit_cents - line.credit_cents)
        lines.append(f"{in_paris(line.entered_at):%d/%m/%y} {line.words[:42]:<42} {moved:>16}")
    lines.append(f"{'Solde à la fin':<52}{format_cents(balance.closing_cents):>16}")
    return _cut("\n".join(lines), view.count)


def avoir_records(payers: Sequence[PayerAvoirs]) -> list[Record]:
    """Return a line a payer."""
    return [
        Record(
            one.payer_id,
            (
                one.payer_name,
                one.dossier_number,
                format_cents(one.issued_cents),
                format_cents(one.used_cents),
                format_cents(one.withdrawn_cents),
                format_cents(one.left_cents),
            ),
        )
        for one in payers[:MOST_LINES]
    ]


def avoir_summary(payers: Sequence[PayerAvoirs], period: Period) -> str:
    """Return what all payers still have at that date."""
    left = format_cents(sum(one.left_cents for one in payers))
    when = Period(None, period.until_on).words or "à ce jour"
    return _cut(f"Avoirs {when} : {plural(len(payers), 'payeur')}, {left} restants. Entrée : un par un.", len(payers))


def avoirs_text(states: Sequence[AvoirState]) -> str:
    """Return the avoirs of a payer, one by one."""
    return "\n".join(
        f"{one.number}  {in_paris(one.issued_at):%d/%m/%Y}  {AVOIR_REASONS[one.reason]}\n"
        f"    donné {format_cents(one.issued_cents)}, utilisé {format_cents(one.used_cents)}, "
        f"repris {format_cents(one.withdrawn_cents)}, reste {format_cents(one.left_cents)}"
        for one in states
    )


def revenue_records(sums: Sequence[RevenueSum]) -> list[Record]:
    """Return a line a month, an activity, a site…"""
    return [
        Record(
            place,
            (
                one.label,
                format_cents(one.cashed_cents),
                format_cents(one.reversed_cents),
                format_cents(one.returned_cents),
                format_cents(one.net_cents),
            ),
        )
        for place, one in enumerate(sums)
    ]


def revenue_summary(told: Revenue, dimension: Dimension, period: Period) -> str:
    """Return the net of the period, and whether the ledger says the same."""
    agrees = "comme au grand-livre" if told.net_cents == told.ledger_cents else "ÉCART avec le grand-livre"
    by = dimension.label.lower()
    return f"Recettes par {by} {period.words} : {format_cents(told.net_cents)} net, {agrees}. Ctrl+N : autre total."


def _cut(text: str, count: int) -> str:
    return (
        text
        if count <= MOST_LINES
        else f"{text}\nLes {MOST_LINES} premières lignes : imprimez ou exportez pour tout avoir."
    )
