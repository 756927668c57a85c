"""A family at its turn in a closure, or in its undoing: what is locked first, in the fixed order, and what waits to be paid there."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from models import tables as t
from models.engine import lock_rows
from models.states import BasketState
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living
from tui_portail.services.baskets import close_expired
from tui_portail.services.family_facts import lock_avoirs
from tui_portail.services.gesture import Gesture


class OnHold(NamedTuple):
    """A basket that waits for its payment, and the account that pays now for its payer."""

    basket_id: int
    payer_id: int
    expires_at: datetime


def lock_family(gesture: Gesture, dossier_id: int) -> list[OnHold]:
    """Lock a dossier, its payers' open baskets, whose payment under way ends first, and avoirs; return the baskets on hold."""
    connection, basket = gesture.connection, t.basket.c
    lock_rows(connection, t.dossier, [dossier_id])
    payers = list(connection.scalars(select(t.payer.c.id).where(t.payer.c.dossier_id == dossier_id)))
    is_open = (basket.payer_id.in_(payers), basket.state == BasketState.OPEN.value)
    lock_rows(connection, t.basket, list(connection.scalars(select(basket.id).where(*is_open))))
    lock_avoirs(connection, payers)
    close_expired(connection, payers, gesture.now)
    on_hold = (
        select(basket.id, living().label("payer_id"), basket.expires_at)
        .join(t.payer, t.payer.c.id == basket.payer_id)
        .where(*is_open, basket.kind == BasketKind.RESERVATION.value)
        .order_by(basket.id)
    )
    return [OnHold(row.id, row.payer_id, row.expires_at) for row in connection.execute(on_hold)]
