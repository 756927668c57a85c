"""Documents built by hand, filled with what a test does not care about. Every name is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from receipts.day_runs import ChargedDay, lines_from_days
from receipts.documents import AvoirNote, Issuer, QuittanceDocument, QuittanceLine, Recipient, TenderLine

ISSUER = Issuer(
    "Mairie de Clapiers",
    ("5 Grand’rue Marie Lacroix", "34830 Clapiers"),
    "Régie de recettes Enfance/Jeunesse",
    "Service Enfance/Jeunesse, Espace Bonnier",
)
PAYER = Recipient("Zoé Lefèvre-Œuvrard", ("12 rue des Łódź", "34830 Clapiers"))
HEAD = "3f786850e387550fdab836ed7e6dc881de23001b1c3f5d4a7b2e9c8d0f1a2b3c"
AT_HALF_PAST_TEN = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
MONDAY = date(2026, 11, 30)


def week_of_meals(child: str = "Léa Lefèvre", cents: int = 385) -> tuple[QuittanceLine, ...]:
    days = (MONDAY, date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 4))
    return lines_from_days(ChargedDay(child, "Restaurant scolaire", day, cents) for day in days)


def many_lines(count: int) -> tuple[QuittanceLine, ...]:
    activities = ("ALP matin", "Garderie de la pause méridienne", "Restaurant scolaire", "ALP soir")
    children = ("Léa Lefèvre", "Noé Lefèvre")
    return tuple(
        QuittanceLine(
            children[place % 2],
            activities[place // 2 % 4],
            tuple(MONDAY + timedelta(days=7 * (place // 8) + day) for day in (0, 1, 3, 4)),
            100 + place,
        )
        for place in range(count)
    )


def quittance(lines: Sequence[QuittanceLine] | None = None, **changes: Any) -> QuittanceDocument:
    """Return a quittance paid by card for what avoirs leave, unless told otherwise."""
    chosen = tuple(week_of_meals() if lines is None else lines)
    total = sum(line.total_cents for line in chosen)
    due = total - changes.get("avoir_used_cents", 0)
    document = QuittanceDocument(
        issuer=ISSUER,
        number="2026-000123",
        issued_at=AT_HALF_PAST_TEN,
        payer=PAYER,
        lines=chosen,
        total_cents=total,
        avoir_used_cents=changes.pop("avoir_used_cents", 0),
        tenders=changes.pop("tenders", (TenderLine("Carte bancaire", due, "TPE 004512"),) if due else ()),
        agent="Camille Ferrand",
        head_hash=HEAD,
    )
    return replace(document, **changes)


def avoir_note(lines: Sequence[QuittanceLine] | None = None, **changes: Any) -> AvoirNote:
    chosen = tuple(week_of_meals() if lines is None else lines)
    amount = sum(line.total_cents for line in chosen)
    note = AvoirNote(
        issuer=ISSUER,
        number="A2026-000045",
        issued_at=AT_HALF_PAST_TEN,
        payer=PAYER,
        lines=chosen,
        amount_cents=amount,
        balance_cents=amount + 250,
        agent="Camille Ferrand",
        head_hash=HEAD,
        reason="Annulation avant la limite.",
        quittance="2026-000123",
    )
    return replace(note, **changes)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """Return the text of all pages as one line, spaces of every kind made plain."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())
