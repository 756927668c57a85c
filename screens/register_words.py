"""The registers in columns and sentences. Pure: what was read becomes text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from textual.content import Content

from screens.columns import Column, fit
from screens.records_list import Record
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.register_exports import FileFormat, RegisterName
from tui_portail.services.register_views import MOST_LINES, AccountView, JournalView, MeansPaid
from tui_portail.services.registers_avoirs import AVOIR_REASONS, AvoirState, PayerAvoirs
from tui_portail.services.registers_journal import Stub
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
CUT = f"Seules les {MOST_LINES} premières lignes sont ici : imprimez ou exportez pour tout avoir."
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
        Column("Compte", 18, share=1),
        Column("Payeur", 12, share=2),
        Column("Début", 13, right=True, from_width=96),
        Column("Débit", 12, right=True),
        Column("Crédit", 12, right=True),
        Column("Fin", 12, right=True),
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
        Column("N°", 3, right=True),
        Column("Recettes", 16, share=2),
        Column("Encaissé", 12, right=True),
        Column("Contre-passé", 12, right=True),
        Column("Rendu", 12, right=True),
        Column("Net", 12, right=True),
    ),
}


_TABS = (
    (RegisterName.JOURNAL, "F5 Journal à souches"),
    (RegisterName.LEDGER, "F6 Grand-livre"),
    (RegisterName.AVOIRS, "F8 Avoirs"),
    (RegisterName.REVENUE, "F9 Recettes"),
)


def tabs(shown: RegisterName) -> Content:
    """Return the registers with their keys, the one shown between marks, so that colour is not needed."""
    parts = [(f"▸{label}◂", "bold reverse") if name is shown else (f" {label} ", "") for name, label in _TABS]
    return Content(" ").join([Content.styled(text, style) for text, style in parts])


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
                format_cents(stub.received_cents),
                "annulée" if stub.reversed_at else ", ".join(label for label, _ in means),
                became(stub),
            ),
        )
        for place, (stub, means) in enumerate(view.stubs)
    ]


def journal_summary(view: JournalView) -> str:
    """Return how many quittances, what they received, and whether all are shown."""
    received, avoirs = format_cents(view.received_cents), format_cents(view.avoir_cents)
    undone = f" dont {format_cents(view.reversed_cents)} annulés" if view.reversed_cents else ""
    told = f"{plural(view.count, 'quittance')}, {received} reçus{undone}, {avoirs} par avoir."
    return _told(told, "Entrée : la quittance, et ce qu’elle est devenue.", view.count)


def stub_text(stub: Stub, means: MeansPaid) -> str:
    """Return all that the journal à souches says of a quittance."""
    paid = [("Avoirs", stub.avoir_cents)] if stub.avoir_cents else []
    lines = [
        f"Délivrée le {in_paris(stub.issued_at):%d/%m/%Y à %H:%M} par {stub.agent_name}",
        f"Payeur : {stub.payer_name}, dossier {stub.dossier_number}",
        f"Écriture n° {stub.entry_seq} du journal",
        "",
        *(f"{label:<44}{format_cents(cents):>16}" for label, cents in (*paid, *means)),
        f"{'Total':<44}{format_cents(stub.total_cents):>16}",
    ]
    if words := became(stub):
        lines += ["", f"{words[0].upper()}{words[1:]}."]
    return "\n".join(lines)


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
        for place, one in enumerate(balances[:MOST_LINES])
    ]


def ledger_summary(balances: Sequence[AccountBalance]) -> str:
    """Return that debits and credits are equal, as they must be."""
    debit, credit = sum(one.debit_cents for one in balances), sum(one.credit_cents for one in balances)
    told = f"Débits {format_cents(debit)}, crédits {format_cents(credit)}."
    return _told(told, "Entrée : les mouvements du compte, et son solde au début.", len(balances))


def account_title(balance: AccountBalance) -> str:
    """Return the account's name, and its payer's."""
    return f"{balance.label} · {balance.payer_name}" if balance.payer_name else balance.label


def account_text(balance: AccountBalance, view: AccountView) -> str:
    """Return the movements, one a line, between the two balances."""
    lines = [f"{'Solde au début':<52}{format_cents(balance.opening_cents):>16}"]
    for line in view.lines:
        moved = format_cents(line.debit_cents - line.credit_cents)
        lines.append(f"{in_paris(line.entered_at):%d/%m/%y} {fit(line.words, 45)}{moved:>14}")
    lines.append(f"{'Solde à la fin':<52}{format_cents(balance.closing_cents):>16}")
    if view.count > MOST_LINES:
        lines.append(CUT)
    return "\n".join(lines)


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


def avoir_summary(payers: Sequence[PayerAvoirs], until_on: date | None) -> str:
    """Return what all payers still have at that date."""
    left = format_cents(sum(one.left_cents for one in payers))
    when = "À ce jour" if until_on is None else f"Au soir du {until_on:%d/%m/%Y}"
    told = f"{when} : {plural(len(payers), 'payeur')}, {left} restants."
    return _told(told, "Entrée : les avoirs du payeur, un par un.", len(payers))


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
                f"{place + 1}",
                one.label,
                format_cents(one.cashed_cents),
                format_cents(one.reversed_cents),
                format_cents(one.returned_cents),
                format_cents(one.net_cents),
            ),
        )
        for place, one in enumerate(sums)
    ]


def revenue_summary(told: Revenue, dimension: Dimension) -> str:
    """Return the net of the period, and whether the ledger says the same."""
    agrees = "comme au grand-livre" if told.net_cents == told.ledger_cents else "ÉCART avec le grand-livre"
    by = dimension.label.lower()
    return f"Recettes par {by} : {format_cents(told.net_cents)} net, {agrees}."


def _told(text: str, hint: str, count: int) -> str:
    """Return the sum and, on the line below, what Enter shows or that the lines are not all there."""
    return f"{text}\n{hint if count <= MOST_LINES else CUT}"
