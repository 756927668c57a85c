"""Entering money that came online: the basket it was asked for where it still waits, what can still be had of it otherwise.

What PayFiP answers (`online_following`) and what the Trésor's statement alone shows (`online_from_statement`) end here, under the same
locks: a page paid is paid once.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, literal, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import BasketState, OnlineState
from tui_portail.errors import PortailError
from tui_portail.holds import is_live
from tui_portail.payment_rules import Tender, use_avoirs
from tui_portail.policy import Means, MeansRule
from tui_portail.services.accounts import living_of
from tui_portail.services.baskets import avoirs_for, basket_lines, due_line_of
from tui_portail.services.family_facts import lock_avoirs, lock_dossier_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import lock_series
from tui_portail.services.online_late import take_up_again
from tui_portail.services.payment import settle


class OnlinePaymentUnknown(PortailError):
    """No payment online has this id, or it is another family's."""

    code = "PAIEMENT_EN_LIGNE_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce paiement en ligne n’existe pas. Revenez à la liste des paiements en ligne.")


def online_row(connection: Connection, online_id: int) -> Any:
    """Return a payment online as it is written. Raises OnlinePaymentUnknown."""
    row = connection.execute(select(t.online_payment).where(t.online_payment.c.id == online_id)).first()
    if row is None:
        raise OnlinePaymentUnknown
    return row


def lock_online(connection: Connection, online_id: int) -> tuple[Any, int | None]:
    """Lock the payer's dossier then a payment online, and return it as it is now with the dossier's id. Raises OnlinePaymentUnknown."""
    payer_id = online_row(connection, online_id).payer_id
    of_payer = select(t.payer.c.dossier_id).where(t.payer.c.id == living_of(literal(payer_id)))
    dossier_id = lock_dossier_of(connection, of_payer)
    lock_rows(connection, t.online_payment, [online_id])
    return online_row(connection, online_id), dossier_id


def enter_money(gesture: Gesture, row: Any, code: str, paid_on: date | None, dossier_id: int) -> dict[str, Any]:
    """Enter the money of a locked payment online: the basket as it waits, or what can still be had of it.

    `code` and `paid_on` are who says so and the day it was paid (Paris). Returns what was given, for the audit trail.
    """
    gesture = _taking_payfip(gesture)
    tender = Tender(Means.PAYFIP, row.amount_cents, references={"reference": row.reference})
    in_time = _is_as_asked(gesture, row)
    if in_time:
        cashed, _ = settle(gesture, row.basket_id, [tender], online=True)
        given: dict[str, Any] = {"avoirs": [], "settled": []}
    else:
        taken = take_up_again(gesture, row, dossier_id, tender)
        cashed = taken.cashed
        avoirs = [] if taken.avoir is None else [asdict(taken.avoir)]
        given = {"avoirs": avoirs, "settled": [asdict(one) for one in taken.settled]}
    online = t.online_payment
    gesture.connection.execute(
        update(online)
        .where(online.c.id == row.id)
        .values(
            state=OnlineState.PAID.value,
            payment_id=cashed.payment_id,
            code=code,
            paid_on=paid_on,
            late=not in_time,
            asked_again_at=gesture.now,
            ended_at=gesture.now,
        )
    )
    return {"cashed": asdict(cashed), **given}


def _taking_payfip(gesture: Gesture) -> Gesture:
    """Return the gesture with PayFiP admitted: the money is there, whatever the set-up became since it was asked for."""
    policy = gesture.commune.policy
    known = policy.means.get(Means.PAYFIP)
    rule = MeansRule(Means.PAYFIP, known.label if known else "PayFiP")
    admitted = replace(policy, means={**policy.means, Means.PAYFIP: rule})
    return replace(gesture, commune=replace(gesture.commune, policy=admitted))


def _is_as_asked(gesture: Gesture, row: Any) -> bool:
    """Lock the basket, its avoirs and slots, and say whether it still waits, live, with the same days and the same due."""
    connection, policy = gesture.connection, gesture.commune.policy
    lock_rows(connection, t.basket, [row.basket_id])
    basket = connection.execute(select(t.basket).where(t.basket.c.id == row.basket_id)).one()
    if basket.state != BasketState.OPEN.value:
        return False
    lock_avoirs(connection, [basket.payer_id])
    rows = basket_lines(connection, row.basket_id, lock_slots=True)
    lock_series(connection, gesture.regie_id, gesture.now)
    now = gesture.under_lock()
    asked = connection.scalars(
        select(t.online_payment_line.c.booking_id).where(t.online_payment_line.c.online_payment_id == row.id)
    ).all()
    if not is_live(basket.expires_at, now) or sorted(asked) != sorted(line.id for line in rows):
        return False
    lines = [due_line_of(line, policy) for line in rows]
    return bool(use_avoirs(lines, avoirs_for(connection, basket, now), policy).rest_cents == row.amount_cents)
