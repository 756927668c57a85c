"""Cashing a basket: payment, confirmation, avoirs, quittance and journal commit together, or nothing does.

The basket is won by a compare-and-swap (open → paid) that also locks it; then the payer's avoirs and the lines' slots are locked; only then
is the hold judged by the clock, so that no other desk can have sold its places; then the number and the journal's head (design, guarantees
1 to 5). The number of statements does not depend on the number of lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import bindparam, insert, select, update

from models import tables as t
from models.states import BasketState, BookingState, EntryKind, SeriesKind, SnapshotKind
from tui_portail.decision import Decision, sources_of
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.holds import is_live
from tui_portail.money import format_cents
from tui_portail.payment_rules import AvoirPlan, DueLine, Tender, TenderDecision, judge_tenders, needs_till, use_avoirs
from tui_portail.policy import BasketKind, Means
from tui_portail.services.baskets import (
    BasketExpired,
    BasketGone,
    avoirs_for,
    basket_lines,
    due_line_of,
    refuse_unless_open,
)
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import avoir_balances, lock_avoirs
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import (
    ACCOUNT_OF,
    AVOIRS,
    CARE_REVENUE,
    MEAL_REVENUE,
    Head,
    Movement,
    enter,
    lock_head,
    next_number,
)
from tui_portail.services.rights import Right
from tui_portail.services.till import TillClosed, open_session_id

HIGHEST_TENDER_CENTS = 1_000_000_00
LONGEST_REFERENCE = 80


class TendersRefused(PortailError):
    """The means given do not pay the basket; `decisions` says each reason."""

    code = "REGLEMENT_REFUSE"

    def __init__(self, decisions: Sequence[Decision]) -> None:
        super().__init__(" ".join(decision.sentence for decision in decisions), source=sources_of(decisions))
        self.decisions = tuple(decisions)


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
class _Sale:
    """A basket won, with everything its rows are written from."""

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

    @property
    def total_cents(self) -> int:
        return sum(line.price_cents for line in self.lines)


# Statements built once: with twenty of them a gesture, building them anew would cost as much as running them.
_WIN = (
    update(t.basket)
    .where(t.basket.c.id == bindparam("basket"), t.basket.c.state == BasketState.OPEN.value)
    .values(state=BasketState.PAID.value, closed_at=bindparam("now"))
    .returning(t.basket.c.dossier_id, t.basket.c.payer_id, t.basket.c.kind, t.basket.c.expires_at)
)
_CONFIRM = (
    update(t.booking)
    .where(t.booking.c.id.in_(bindparam("bookings", expanding=True)))
    .values(state=BookingState.CONFIRMED.value)
)
_TENDERS = insert(t.tender)
_ALLOCATION = insert(t.tender_allocation)
_PAYMENT_LINES = insert(t.payment_line)
_AVOIR_USES = insert(t.avoir_use)
_PAYMENT = insert(t.payment)
_QUITTANCE = insert(t.quittance).returning(t.quittance.c.id)


def quittance_number(year: int, number: int) -> str:
    """Return the number of a quittance as printed."""
    return f"{year}-{number:06d}"


def cash_basket(desk: Desk, basket_id: int, tenders: Sequence[Tender], operation: str) -> CashedBasket:
    """Cash a basket on hold: payment, confirmation, avoirs, quittance and journal together, or nothing.

    Sent again with the same `operation`, returns the same quittance. Raises BasketExpired, BasketAlreadyPaid, BasketGone,
    BasketUnknown, TendersRefused, TillClosed, InvalidInput, OperationReused, NotAllowed — each with the sentence to show.
    """
    tenders = [_checked(tender) for tender in tenders]
    content = [basket_id, [[t_.means, t_.amount_cents, t_.received_cents, dict(t_.references)] for t_ in tenders]]

    def work(gesture: Gesture) -> Done:
        cashed, dossier_id = settle(gesture, basket_id, tenders)
        details = {"quittance": cashed.quittance_number}
        return Done(asdict(cashed), "basket", basket_id, dossier_id, details=details)

    return perform(desk, "encaisser", Right.CASH, operation, content, work, lambda result: CashedBasket(**result))


def settle(gesture: Gesture, basket_id: int, tenders: Sequence[Tender]) -> tuple[CashedBasket, int]:
    """Write a payment within a gesture and return it with its dossier's id.

    Till session, basket, avoirs, slots, number and head are locked in that order.
    """
    policy = gesture.commune.policy
    # with nothing to receive the till is not concerned, and « Terminer » already holds later locks
    session_id = open_session_id(gesture.connection, gesture.till_id, lock=True) if tenders else None
    if session_id is None and needs_till(tenders, policy):
        raise TillClosed
    sale = _win(gesture, basket_id, tenders, session_id)
    if not sale.decision.accepted:
        raise TendersRefused(sale.decision.refusals)
    year, number = next_number(gesture.connection, gesture.regie_id, SeriesKind.QUITTANCE, gesture.now)
    head = lock_head(gesture.connection, gesture.regie_id)
    written = _write_tenders(gesture, sale)
    _write_lines(gesture, sale)
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
            "fictitious": policy.fictitious,
        },
    ).scalar_one()
    gesture.connection.execute(_CONFIRM, {"bookings": [line.key for line in sale.lines]})
    cashed = CashedBasket(
        sale.payment_id,
        quittance_id,
        quittance_number(year, number),
        sale.total_cents,
        sale.plan.used_cents,
        sum(_received(tender) for tender in tenders),
        sale.decision.change_cents,
        sale.avoir_left_cents,
    )
    return cashed, sale.dossier_id


def settle_if_nothing_due(gesture: Gesture, basket_id: int, payer_id: int) -> CashedBasket | None:
    """Settle a locked basket whose lines the payer's avoirs now pay whole, with its quittance (rules: nothing due)."""
    connection = gesture.connection
    lock_avoirs(connection, [payer_id])
    total = sum(line.price_cents for line in basket_lines(connection, basket_id))
    if total > sum(avoir.remaining_cents for avoir in avoir_balances(connection, [payer_id]).get(payer_id, ())):
        return None
    cashed, _ = settle(gesture, basket_id, ())
    return cashed


def _checked(tender: Tender) -> Tender:
    """Return a tender with its references cleaned. Raises InvalidInput on an amount or a text that no tender can have."""
    if max(abs(tender.amount_cents), abs(_received(tender))) > HIGHEST_TENDER_CENTS:
        raise InvalidInput(
            f"Vérifiez le montant tapé : un règlement ne dépasse pas {format_cents(HIGHEST_TENDER_CENTS)}."
        )
    references = {
        name: checked_reason(text, LONGEST_REFERENCE, "la référence du règlement", name)
        for name, text in tender.references.items()
    }
    return replace(tender, references=references)


def _win(gesture: Gesture, basket_id: int, tenders: Sequence[Tender], session_id: int | None) -> _Sale:
    """Swap the basket from open and live to paid, and judge the tenders on its lines. Raises when it cannot be won."""
    connection, policy = gesture.connection, gesture.commune.policy
    won = connection.execute(_WIN, {"basket": basket_id, "now": gesture.now}).first()
    if won is None:
        refuse_unless_open(connection.execute(select(t.basket).where(t.basket.c.id == basket_id)).first())
        raise BasketGone
    lock_avoirs(connection, [won.payer_id])
    balances = avoirs_for(connection, won, gesture.now)
    rows = basket_lines(connection, basket_id, lock_slots=True)
    if not is_live(won.expires_at, gesture.under_lock()):
        raise BasketExpired(won.expires_at)
    if not rows:
        raise BasketGone
    lines = [due_line_of(row, policy) for row in rows]
    plan = use_avoirs(lines, balances, policy)
    return _Sale(
        str(uuid5(NAMESPACE_OID, gesture.operation + str(basket_id))),
        basket_id,
        won.kind,
        won.dossier_id,
        won.payer_id,
        rows[0].payer_snapshot_id,
        f"{rows[0].payer_first_name} {rows[0].payer_last_name}",
        session_id,
        rows,
        lines,
        plan,
        tenders,
        judge_tenders(lines, plan, tenders, BasketKind(won.kind), policy),
        sum(avoir.remaining_cents for avoir in balances) - plan.used_cents,
    )


def _write_tenders(gesture: Gesture, sale: _Sale) -> list[dict[str, Any]]:
    """Write the tenders and their allocation to lines; return the tenders' rows, ranked from 1."""
    if not sale.tenders:
        return []
    rows = [
        {
            "payment_id": sale.payment_id,
            "rank": rank,
            "means": tender.means.value,
            "amount_cents": tender.amount_cents,
            "received_cents": _received(tender),
            "bank": tender.references.get("bank", "").strip(),
            "reference": _reference(tender),
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


def _write_lines(gesture: Gesture, sale: _Sale) -> None:
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


def _write_payment(gesture: Gesture, sale: _Sale, head: Head) -> None:
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
        },
    )


def _journal(
    gesture: Gesture, sale: _Sale, head: Head, tenders: Sequence[Mapping[str, Any]], number: tuple[int, int]
) -> str:
    """Chain the payment: means and avoirs debited, care and meals credited; every fact by reference, no name."""
    movements = [
        *(
            Movement(ACCOUNT_OF[Means(row["means"])], row["amount_cents"], till_session_id=sale.till_session_id)
            for row in tenders
        ),
        Movement(AVOIRS, sale.plan.used_cents, sale.payer_id),
        Movement(CARE_REVENUE, -sum(line.care_cents for line in sale.lines)),
        Movement(MEAL_REVENUE, -sum(line.meal_cents for line in sale.lines)),
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
        },
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


def _received(tender: Tender) -> int:
    return tender.amount_cents if tender.received_cents is None else tender.received_cents


def _reference(tender: Tender) -> str:
    """Return the number the agent noted, whatever the policy calls it for this means."""
    names = ("number", "terminal", "reference")
    return " ".join(text for name in names if (text := tender.references.get(name, "").strip()))


def _drawer_snapshot(gesture: Gesture, sale: _Sale, tender: Tender) -> int | None:
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
