"""Writing a payment once it is judged: tenders, lines, avoirs used, the row that seals them, the journal, the quittance.

Cashing a basket (`payment`) and correcting a payment (`corrections`) both end here; the number of statements is the same for any number
of lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert

from models import tables as t
from models.states import EntryKind, SeriesKind, SnapshotKind
from tui_portail.payment_rules import AvoirPlan, DueLine, Tender, TenderDecision
from tui_portail.policy import BasketKind, Means
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import (
    ACCOUNT_OF,
    AVOIRS,
    CARE_REVENUE,
    DEBTS,
    MEAL_REVENUE,
    Head,
    Movement,
    enter,
    lock_head,
    next_number,
)


@dataclass(frozen=True, slots=True)
class CashedBasket:
    """A basket paid: its quittance, and in cents what was charged, taken from avoirs, received and given back."""

    payment_id: str
    quittance_id: int
    quittance_number: str
    total_cents: int
    avoir_cents: int
    received_cents: int
    change_cents: int
    avoir_left_cents: int


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A booking as a payment charges it: its child and slot, the name and label it is charged under, its price in cents."""

    id: int
    child_id: int
    slot_id: int
    snapshot_id: int
    activity: str
    label: str
    day: date
    price_cents: int
    care_cents: int
    meal_cents: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A payment judged, with everything its rows are written from; `rows` are charged lines, or rows that have the same columns."""

    payment_id: str
    basket_id: int
    basket_kind: str
    dossier_id: int
    payer_id: int
    payer_snapshot_id: int
    payer_name: str
    till_session_id: int | None
    rows: Sequence[Any]
    lines: Sequence[DueLine]
    plan: AvoirPlan
    tenders: Sequence[Tender]
    decision: TenderDecision
    avoir_left_cents: int
    corrects_id: str | None = None

    @property
    def total_cents(self) -> int:
        """The price of the lines, in cents."""
        return sum(line.price_cents for line in self.lines)

    @property
    def settles_a_debt(self) -> bool:
        """Whether its revenue was entered already: what is paid again after a reversal, what was owed since the child came."""
        return self.corrects_id is not None or self.basket_kind == BasketKind.REGULARISATION.value


# Statements built once: with twenty of them a gesture, building them anew would cost as much as running them.
_TENDERS = insert(t.tender)
_ALLOCATION = insert(t.tender_allocation)
_PAYMENT_LINES = insert(t.payment_line)
_AVOIR_USES = insert(t.avoir_use)
_PAYMENT = insert(t.payment)
_QUITTANCE = insert(t.quittance).returning(t.quittance.c.id)


def quittance_number(year: int, number: int) -> str:
    """Return the number of a quittance as printed."""
    return f"{year}-{number:06d}"


def write_sale(gesture: Gesture, sale: Sale) -> CashedBasket:
    """Number and write a payment; the basket is won, its avoirs and slots are locked. Returns what the agent sees.

    The number and the head are held until the commit, and every payment of the régie waits for them: what needs neither is written first.
    """
    written = _write_tenders(gesture, sale)
    _write_lines(gesture, sale)
    year, number = next_number(gesture.connection, gesture.regie_id, SeriesKind.QUITTANCE, gesture.now)
    head = lock_head(gesture.connection, gesture.regie_id)
    _write_payment(gesture, sale, head)
    entry_hash = _journal(gesture, sale, head, written, (year, number))
    quittance_id = gesture.connection.execute(
        _QUITTANCE,
        {
            "regie_id": gesture.regie_id,
            "year": year,
            "number": number,
            "payment_id": sale.payment_id,
            "issued_at": gesture.now,
            "avoir_left_cents": sale.avoir_left_cents,
            "agent_name": gesture.agent.name,
            "head_hash": entry_hash,
            "fictitious": gesture.commune.policy.fictitious,
        },
    ).scalar_one()
    return CashedBasket(
        sale.payment_id,
        quittance_id,
        quittance_number(year, number),
        sale.total_cents,
        sale.plan.used_cents,
        sum(received_cents(tender) for tender in sale.tenders),
        sale.decision.change_cents,
        sale.avoir_left_cents,
    )


def received_cents(tender: Tender) -> int:
    """Return what was handed over, in cents."""
    return tender.amount_cents if tender.received_cents is None else tender.received_cents


def _write_tenders(gesture: Gesture, sale: Sale) -> list[dict[str, Any]]:
    """Write the tenders and their allocation to lines; return the tenders' rows, ranked from 1."""
    if not sale.tenders:
        return []
    rows = [
        {
            "payment_id": sale.payment_id,
            "rank": rank,
            "means": tender.means.value,
            "amount_cents": tender.amount_cents,
            "received_cents": received_cents(tender),
            "bank": tender.references.get("bank", "").strip(),
            "reference": reference_of(tender),
            "drawer_snapshot_id": _drawer_snapshot(gesture, sale, tender),
        }
        for rank, tender in enumerate(sale.tenders, start=1)
    ]
    gesture.connection.execute(_TENDERS, rows)
    gesture.connection.execute(
        _ALLOCATION,
        [
            {
                "payment_id": sale.payment_id,
                "tender_rank": share.tender_index + 1,
                "booking_id": share.line_key,
                "amount_cents": share.amount_cents,
            }
            for share in sale.decision.allocation
        ],
    )
    return rows


def _write_lines(gesture: Gesture, sale: Sale) -> None:
    gesture.connection.execute(
        _PAYMENT_LINES,
        [
            {
                "payment_id": sale.payment_id,
                "booking_id": row.id,
                "child_snapshot_id": row.snapshot_id,
                "activity_code": row.activity,
                "activity_label": row.label,
                "day": row.day,
                "price_cents": row.price_cents,
                "care_cents": row.care_cents,
                "meal_cents": row.meal_cents,
            }
            for row in sale.rows
        ],
    )
    if sale.plan.uses:
        gesture.connection.execute(
            _AVOIR_USES,
            [
                {
                    "avoir_id": use.avoir_id,
                    "payment_id": sale.payment_id,
                    "booking_id": use.line_key,
                    "amount_cents": use.amount_cents,
                }
                for use in sale.plan.uses
            ],
        )


def _write_payment(gesture: Gesture, sale: Sale, head: Head) -> None:
    """Write the row that seals the tenders, lines, uses and allocations: a trigger checks that they make its total."""
    gesture.connection.execute(
        _PAYMENT,
        {
            "id": sale.payment_id,
            "regie_id": gesture.regie_id,
            "basket_id": sale.basket_id,
            "payer_id": sale.payer_id,
            "payer_snapshot_id": sale.payer_snapshot_id,
            "till_session_id": sale.till_session_id,
            "agent_id": gesture.agent.agent_id,
            "paid_at": gesture.now,
            "total_cents": sale.total_cents,
            "avoir_cents": sale.plan.used_cents,
            "change_cents": sale.decision.change_cents,
            "entry_seq": head.seq,
            "corrects_id": sale.corrects_id,
        },
    )


def _journal(
    gesture: Gesture, sale: Sale, head: Head, tenders: Sequence[Mapping[str, Any]], number: tuple[int, int]
) -> str:
    """Chain the payment: means and avoirs debited, care and meals (or the debt) credited; every fact by reference, no name."""
    owed_before = sale.total_cents if sale.settles_a_debt else 0
    revenue = () if sale.settles_a_debt else sale.lines
    movements = [
        *(
            Movement(ACCOUNT_OF[Means(row["means"])], row["amount_cents"], till_session_id=sale.till_session_id)
            for row in tenders
        ),
        Movement(AVOIRS, sale.plan.used_cents, sale.payer_id),
        Movement(DEBTS, -owed_before, sale.payer_id),
        Movement(CARE_REVENUE, -sum(line.care_cents for line in revenue)),
        Movement(MEAL_REVENUE, -sum(line.meal_cents for line in revenue)),
    ]
    facts = payment_facts(
        {
            "id": sale.payment_id,
            "basket_id": sale.basket_id,
            "payer_id": sale.payer_id,
            "payer_snapshot_id": sale.payer_snapshot_id,
            "till_session_id": sale.till_session_id,
            "total_cents": sale.total_cents,
            "avoir_cents": sale.plan.used_cents,
            "change_cents": sale.decision.change_cents,
        }
        | ({"corrects_id": sale.corrects_id} if sale.corrects_id else {}),
        (*number, sale.avoir_left_cents, gesture.commune.policy.fictitious),
        sale.basket_kind,
        [(row.id, row.child_id, row.slot_id) for row in sale.rows],
        [tuple(row[column] for column in TENDER_FACTS) for row in tenders],
        [
            (row.id, row.snapshot_id, row.activity, row.label, row.day, row.price_cents, row.care_cents, row.meal_cents)
            for row in sale.rows
        ],
        [(use.avoir_id, use.line_key, use.amount_cents) for use in sale.plan.uses],
        [(share.tender_index + 1, share.line_key, share.amount_cents) for share in sale.decision.allocation],
    )
    return enter(
        gesture.connection,
        head,
        EntryKind.PAYMENT,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        movements,
        facts,
    )


TENDER_FACTS = ("rank", "means", "amount_cents", "received_cents", "bank", "reference", "drawer_snapshot_id")
LineFact = tuple[int, int, str, str, date, int, int, int]


def payment_facts(
    payment: Mapping[str, Any],
    quittance: tuple[int, int, int, bool],
    basket_kind: str,
    bookings: Sequence[tuple[int, int, int]],
    tenders: Sequence[tuple[Any, ...]],
    lines: Sequence[LineFact],
    uses: Sequence[tuple[int, int, int]],
    allocation: Sequence[tuple[int, int, int]],
) -> dict[str, Any]:
    """Return what the chain keeps of a payment, each list sorted.

    `quittance` is its year, number, avoir left (cents) and whether it says FICTIF; `bookings` are their id, child and slot.
    """
    return {
        "payment": dict(payment),
        "quittance": list(quittance),
        "basket_kind": basket_kind,
        "bookings": sorted(map(list, bookings)),
        "tenders": sorted(map(list, tenders)),
        "lines": sorted(map(list, lines)),
        "uses": sorted(map(list, uses)),
        "allocation": sorted(map(list, allocation)),
    }


def reference_of(tender: Tender) -> str:
    """Return the number the agent noted, whatever the policy calls it for this means."""
    names = ("number", "terminal", "reference")
    return " ".join(text for name in names if (text := tender.references.get(name, "").strip()))


def _drawer_snapshot(gesture: Gesture, sale: Sale, tender: Tender) -> int | None:
    """Return the snapshot that names a cheque's drawer: the payer's own when it is the payer, a new one otherwise."""
    name = tender.references.get("drawer", "").strip()
    if not name:
        return None
    if name.casefold() == sale.payer_name.casefold():
        return sale.payer_snapshot_id
    return int(
        gesture.connection.execute(
            insert(t.identity_snapshot)
            .values(kind=SnapshotKind.DRAWER.value, person_id=None, name=name, address="", taken_at=gesture.now)
            .returning(t.identity_snapshot.c.id)
        ).scalar_one()
    )
