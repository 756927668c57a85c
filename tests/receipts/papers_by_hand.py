"""The régie's own papers built by hand, filled with what a test does not care about. Every name is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from receipts.closing_document import Avoirs, CashChange, ClosingSheet, Count, CountedCheque
from receipts.documents import Recipient
from receipts.family_documents import CertifiedChild, RefundLine, RefundList, TaxCertificate
from receipts.figures import Amount, CashLine
from receipts.register_document import BarPlot, Column, PlotSeries, Register, RegisterRow
from receipts.slip_document import ChequeState, DepositSlip, SlipCheque, SlipMeans
from tests.receipts.documents_by_hand import AT_HALF_PAST_TEN, HEAD, ISSUER, PAYER

AT_SIX = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
ZOE = Recipient("Zoé Lefèvre-Œuvrard")
HOSTILE = '<b>Jean</b> & <font size="90">Co</font> &amp;'


def cheque(cents: int, quittance: str = "2026-000123", **changes: Any) -> CountedCheque:
    line = CountedCheque(quittance, ZOE, "Crédit rural", "0004512", cents, found=True)
    return replace(line, **changes)


def closing_sheet(**changes: Any) -> ClosingSheet:
    """Return a session opened with 100,00 €, 20,00 € of cash received, a cheque of 42,50 € found, closed without difference."""
    sheet = ClosingSheet(
        issuer=ISSUER,
        till="Caisse du guichet",
        number="12",
        opened_at=AT_HALF_PAST_TEN,
        opened_by="Camille Ferrand",
        closed_at=AT_SIX,
        closed_by="Camille Ferrand",
        float_cents=100_00,
        cash=Count("Espèces", 120_00, 120_00),
        denominations=(CashLine(50_00, 2), CashLine(10_00, 1), CashLine(2_00, 4), CashLine(50, 4)),
        cheques=Count("Chèques", 42_50, 42_50),
        values=(Count("CESU", 0, 0), Count("Chèques-vacances ANCV", 0, 0)),
        received=(Amount("Espèces", 20_00), Amount("Chèques", 42_50)),
        imputations=(Amount("Garde", 50_00), Amount("Repas", 15_00)),
        activities=(Amount("ALSH mercredi", 50_00), Amount("Restaurant scolaire", 15_00)),
        avoirs=Avoirs(issued_count=1, issued_cents=7_70, used_cents=2_50, outstanding_cents=318_40),
        quittance_count=2,
        first_quittance="2026-000123",
        last_quittance="2026-000124",
        cheque_lines=(cheque(42_50),),
        cash_received_cents=20_00,
        head_hash=HEAD,
    )
    return replace(sheet, **changes)


def eventful_sheet(**changes: Any) -> ClosingSheet:
    """Return a session where everything happened: a float that differs, changes, a reversal, missing cheques, differences."""
    told: dict[str, Any] = {
        "float_expected_cents": 101_00,
        "float_reason": "pièce tombée au comptage",
        "changes": (
            CashChange(AT_HALF_PAST_TEN, "Apport", 50_00, "monnaie pour le guichet"),
            CashChange(AT_SIX, "Versement", -80_00, "bordereau n° B2026-000007"),
        ),
        "cash_reversed_cents": 5_00,
        "cash": Count("Espèces", 85_00, 84_00, "rendu de monnaie trop grand"),
        "denominations": (CashLine(50_00, 1), CashLine(20_00, 1), CashLine(5_00, 2), CashLine(2_00, 2)),
        "cheques": Count("Chèques", 92_50, 62_50, "chèque cherché, non retrouvé"),
        "cheque_lines": (
            cheque(42_50),
            cheque(50_00, "2026-000124", found=False),
            cheque(20_00, "2026-000099", expected=False),
            cheque(33_00, "2026-000098", expected=False, found=False),
        ),
        "values": (Count("CESU", 15_00, 10_00, "un titre au service"), Count("Chèques-vacances ANCV", 30_00, 30_00)),
        "reversed_by_means": (Amount("Espèces", 5_00), Amount("Chèques", 44_50)),
        "warnings": ("L’encaisse dépasse 300,00 €\u00a0: versez les espèces par un bordereau.",),
    }
    return closing_sheet(**(told | changes))


def slip_cheque(cents: int, state: ChequeState = ChequeState.DEPOSITED, **changes: Any) -> SlipCheque:
    return replace(SlipCheque("2026-000123", ZOE, "Crédit rural", "0004512", cents, state), **changes)


def slip(**changes: Any) -> DepositSlip:
    """Return the worked example: cash 35,50 €, cheques 42, 42, 43 and 44,50 €, the last reversed before validation."""
    lines = (slip_cheque(42_00), slip_cheque(42_00), slip_cheque(43_00), slip_cheque(44_50, ChequeState.CANCELLED))
    document = DepositSlip(
        issuer=ISSUER,
        number="B2026-000007",
        issued_at=AT_SIX,
        till="Caisse du guichet",
        agent="Camille Ferrand",
        cash=SlipMeans("Espèces", 1, 35_50),
        denominations=(CashLine(20_00, 1), CashLine(10_00, 1), CashLine(5_00, 1), CashLine(50, 1)),
        cheques=SlipMeans("Chèques", 4, 171_50, 1, 44_50),
        cheque_lines=lines,
        head_hash=HEAD,
    )
    return replace(document, **changes)


COLUMNS = (
    Column("Date", 0.12),
    Column("Quittance", 0.13),
    Column("Payeur", 0.33),
    Column("Débit", 0.14, money=True, summed=True),
    Column("Crédit", 0.14, money=True, summed=True),
    Column("Solde", 0.14, money=True),
)

MONTHS = BarPlot(
    "Recettes par mois",
    ("novembre 2026", "décembre 2026"),
    (PlotSeries("Garde", (1_234_50, -50_00)), PlotSeries("Repas", (200_00, 90_00))),
)


def register(**changes: Any) -> Register:
    document = Register(
        title="Journal à souches",
        subtitle=("Du mardi 1er au jeudi 31 décembre 2026", "Toutes les caisses"),
        issuer=ISSUER,
        issued_at=AT_SIX,
        columns=COLUMNS,
        head_hash=HEAD,
    )
    return replace(document, **changes)


def lines(count: int, name: str = "Zoé Lefèvre-Œuvrard") -> Iterator[RegisterRow]:
    """Yield rows, the n-th with a debit of n and a credit of 2 × n euros, and the running balance."""
    balance = 0
    for place in range(1, count + 1):
        balance += place * 100 - place * 200
        day = f"{1 + place % 31:02d}/12/2026"
        yield RegisterRow((day, f"2026-{place:06d}", f"{name} {place}", place * 100, place * 200, balance))


def tax_certificate(*children: CertifiedChild, **changes: Any) -> TaxCertificate:
    chosen = children or (
        CertifiedChild("Léa Lefèvre", date(2021, 3, 14), 412_50),
        CertifiedChild("Noé Lefèvre", date(2025, 6, 1), 87_45),
    )
    document = TaxCertificate(
        issuer=ISSUER,
        year=2026,
        issued_at=datetime(2027, 2, 1, 9, 0, tzinfo=UTC),
        payer=PAYER,
        children=chosen,
        total_cents=sum(child.paid_cents for child in chosen),
        signed_by="Camille Ferrand",
    )
    return replace(document, **changes)


def refund(cents: int, **changes: Any) -> RefundLine:
    line = RefundLine("R2026-000003", date(2026, 12, 1), PAYER, cents, "départ de la commune")
    return replace(line, **changes)


def refund_list(*chosen: RefundLine, **changes: Any) -> RefundList:
    total = sum(line.amount_cents for line in chosen)
    document = RefundList(ISSUER, "année 2026", AT_SIX, chosen, total, "Camille Ferrand")
    return replace(document, **changes)
