"""Cashing a basket: payment, confirmation, avoirs, quittance and journal commit together, or nothing does.

The basket is won by a compare-and-swap (open → paid) that also locks it; then the payer's avoirs and the lines' slots are locked; only then
is the hold judged by the clock, so that no other desk can have sold its places; then the number and the journal's head (design, guarantees
1 to 5). The number of statements does not depend on the number of lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import bindparam, case, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import BasketState, BookingState
from tui_portail.decision import Decision, sources_of
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.holds import is_live
from tui_portail.money import format_cents
from tui_portail.payment_means import payment_refusal
from tui_portail.payment_rules import Tender, judge_tenders, use_avoirs
from tui_portail.policy import BasketKind, Means, Policy
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
from tui_portail.services.ledger import lock_series
from tui_portail.services.rights import Right
from tui_portail.services.sale import CashedBasket, Sale, received_cents, write_sale
from tui_portail.services.till import session_for

HIGHEST_TENDER_CENTS = 1_000_000_00
LONGEST_REFERENCE = 80


class TendersRefused(PortailError):
    """The means given do not pay the basket; `decisions` says each reason."""

    code = "REGLEMENT_REFUSE"

    def __init__(self, decisions: Sequence[Decision]) -> None:
        super().__init__(" ".join(decision.sentence for decision in decisions), source=sources_of(decisions))
        self.decisions = tuple(decisions)


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
    .values(
        state=case(
            (t.booking.c.state == BookingState.DUE_LATE.value, BookingState.CANCELLED_LATE.value),
            else_=BookingState.CONFIRMED.value,
        )
    )
)


def cash_basket(desk: Desk, basket_id: int, tenders: Sequence[Tender], operation: str) -> CashedBasket:
    """Cash a basket on hold: payment, confirmation, avoirs, quittance and journal together, or nothing.

    Sent again with the same `operation`, returns the same quittance. Raises BasketExpired, BasketAlreadyPaid, BasketGone,
    BasketUnknown, TendersRefused, TillClosed, InvalidInput, OperationReused, NotAllowed — each with the sentence to show.
    """
    tenders = [checked_tender(tender) for tender in tenders]
    content = [basket_id, [[t_.means, t_.amount_cents, t_.received_cents, dict(t_.references)] for t_ in tenders]]

    def work(gesture: Gesture) -> Done:
        cashed, dossier_id = settle(gesture, basket_id, tenders)
        details = {"quittance": cashed.quittance_number}
        return Done(asdict(cashed), "basket", basket_id, dossier_id, details=details)

    return perform(desk, "encaisser", Right.CASH, operation, content, work, lambda result: CashedBasket(**result))


def settle(
    gesture: Gesture, basket_id: int, tenders: Sequence[Tender], *, online: bool = False
) -> tuple[CashedBasket, int]:
    """Write a payment within a gesture and return it with its dossier's id. One `online` is of no till.

    Till session, basket, avoirs, slots, number and head are locked in that order.
    """
    # with nothing to receive the till is not concerned, and « Terminer » already holds later locks
    session_id = None if online else session_for(gesture, [tender.means for tender in tenders])
    sale = _win(gesture, basket_id, tenders, session_id)
    if not sale.decision.accepted:
        raise TendersRefused(sale.decision.refusals)
    if not online:
        refuse_by_hand(tenders, gesture.commune.policy)
    cashed = write_sale(gesture, sale)
    gesture.connection.execute(_CONFIRM, {"bookings": [line.key for line in sale.lines]})
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


def lock_waiting(gesture: Gesture, payer_ids: Collection[int], also: Collection[int] = ()) -> list[tuple[int, int]]:
    """Lock the payers' baskets on hold, avoirs and slots, in the fixed order, and return the live ones with their payer.

    `also` are baskets to be locked with them. What then gives avoirs ends by `settle_waiting`.
    """
    connection, basket = gesture.connection, t.basket.c
    on_hold = select(basket.id, basket.payer_id, basket.expires_at).where(
        basket.payer_id.in_(payer_ids), basket.state == BasketState.OPEN.value, basket.expires_at > gesture.now
    )
    lock_rows(connection, t.basket, {*also, *(row.id for row in connection.execute(on_hold))})
    waiting = connection.execute(on_hold.order_by(basket.id)).all()
    lock_avoirs(connection, list(payer_ids))
    lock_rows(connection, t.slot, {line.slot_id for one in waiting for line in basket_lines(connection, one.id)})
    if waiting:
        lock_series(connection, gesture.regie_id, gesture.now)
    now = gesture.under_lock()  # one that expired while locks were waited for must not refuse the gesture
    return [(one.id, one.payer_id) for one in waiting if is_live(one.expires_at, now)]


def settle_waiting(gesture: Gesture, waiting: Sequence[tuple[int, int]]) -> list[CashedBasket]:
    """Settle those of the baskets locked by `lock_waiting` that the avoirs given since pay whole."""
    settled = [settle_if_nothing_due(gesture, basket_id, payer_id) for basket_id, payer_id in waiting]
    return [cashed for cashed in settled if cashed is not None]


def checked_tender(tender: Tender) -> Tender:
    """Return a tender with its references cleaned. Raises InvalidInput on an amount or a text that no tender can have."""
    if max(abs(tender.amount_cents), abs(received_cents(tender))) > HIGHEST_TENDER_CENTS:
        raise InvalidInput(
            f"Vérifiez le montant tapé : un règlement ne dépasse pas {format_cents(HIGHEST_TENDER_CENTS)}."
        )
    references = {
        name: checked_reason(text, LONGEST_REFERENCE, "la référence du règlement", name)
        for name, text in tender.references.items()
    }
    return replace(tender, references=references)


def refuse_by_hand(tenders: Sequence[Tender], policy: Policy) -> None:
    """Refuse PayFiP typed by an agent: that money is entered from PayFiP's own answer, or the Trésor's statement. Raises TendersRefused."""
    if any(tender.means is Means.PAYFIP for tender in tenders):
        sentence = "PayFiP ne se saisit pas au guichet : la famille paie elle-même sur le portail, et son paiement s’enregistre seul."
        raise TendersRefused([payment_refusal(policy, "MOYEN_EN_LIGNE", sentence)])


def _win(gesture: Gesture, basket_id: int, tenders: Sequence[Tender], session_id: int | None) -> Sale:
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
    return Sale(
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
