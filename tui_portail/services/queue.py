"""The queue « à encaisser », the same at both desks: live baskets, soonest to expire first, debts, then those that have just expired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select, text

from models import tables as t
from models.states import OPEN_BASKET, TO_PAY, BasketOrigin
from tui_portail.french import join_words
from tui_portail.holds import is_live
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.online_payments import page_is_open
from tui_portail.services.rights import Right

EXPIRED_SHOWN = timedelta(minutes=30)
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One basket of the queue; amounts in cents, `expires_at` None for a régularisation.

    `being_paid`: a page of PayFiP is open for it, which may be paid at any moment.
    """

    basket_id: int
    dossier_id: int
    dossier_number: str
    payer_name: str
    kind: BasketKind
    lines: int
    total_cents: int
    avoir_cents: int
    due_cents: int
    expires_at: datetime | None
    expired: bool
    extensions: int
    children: str
    booked_by: str
    origin: BasketOrigin = BasketOrigin.DESK
    being_paid: bool = False


def list_queue(desk: Desk) -> tuple[QueueRow, ...]:
    """Return the baskets to cash, each with the avoirs it would use if it were cashed next: on hold, soonest to expire first, then debts.

    Those expired for less than thirty minutes follow, marked: they can only be booked again.
    """
    with desk.read(Right.SEE_QUEUE) as connection:
        now = desk.instant(connection)
        rows = _baskets(connection, now)
        children = _children(connection, [row.id for row in rows])
        left = {
            payer_id: sum(avoir.remaining_cents for avoir in avoirs)
            for payer_id, avoirs in avoir_balances(connection, [row.account_id for row in rows]).items()
        }
    found = []
    for row in rows:  # what is on hold has reserved its avoirs before a debt
        expired, available = not is_live(row.expires_at, now), left.get(row.account_id, 0)
        used = 0 if expired else min(int(row.total), available)
        left[row.account_id] = available - used
        found.append(_shown(row, used, expired, join_words(children.get(row.id, []))))
    return tuple(found)


def _baskets(connection: Connection, now: datetime) -> Sequence[Any]:
    """Read the baskets in the order of the queue: no engine's own place for NULL, and none on hold cut off by the expired."""
    basket = t.basket.c
    place = case((basket.expires_at.is_(None), 1), (basket.expires_at > now, 0), else_=2)
    return connection.execute(
        select(
            t.basket,
            living().label("account_id"),
            t.dossier.c.number,
            t.guardian.c.first_name,
            t.guardian.c.last_name,
            t.agent.c.name.label("booked_by"),
            page_is_open(basket.id, now).label("being_paid"),
            func.count(t.booking.c.id).label("lines"),
            func.coalesce(func.sum(t.booking.c.price_cents), 0).label("total"),
        )
        .select_from(t.basket)
        .join(t.dossier, t.dossier.c.id == basket.dossier_id)
        .join(t.payer, t.payer.c.id == basket.payer_id)
        .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .join(t.agent, t.agent.c.id == basket.agent_id)
        .join(t.booking, t.booking.c.basket_id == basket.id)
        .where(
            text(OPEN_BASKET),  # word for word, so that the partial index leads
            or_(basket.expires_at.is_(None), basket.expires_at > now - EXPIRED_SHOWN),
            t.booking.c.state.in_(TO_PAY),
        )
        .group_by(
            *t.basket.c, living(), t.dossier.c.number, t.guardian.c.first_name, t.guardian.c.last_name, t.agent.c.name
        )
        .order_by(place, basket.expires_at, basket.id)
        .limit(MOST_ROWS)
    ).all()


def _shown(row: Any, used: int, expired: bool, children: str) -> QueueRow:
    return QueueRow(
        row.id,
        row.dossier_id,
        row.number,
        f"{row.first_name} {row.last_name}",
        BasketKind(row.kind),
        row.lines,
        int(row.total),
        used,
        int(row.total) - used,
        row.expires_at,
        expired,
        row.extensions,
        children,
        row.booked_by,
        BasketOrigin(row.origin),
        row.being_paid,
    )


def _children(connection: Connection, basket_ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for basket_id, first_name, _ in connection.execute(
        select(t.booking.c.basket_id, t.child.c.first_name, t.child.c.id)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .where(
            t.booking.c.basket_id.in_(basket_ids),
            t.booking.c.state.in_(TO_PAY),
        )
        .distinct()
        .order_by(t.child.c.id)
    ):
        names.setdefault(basket_id, []).append(first_name)
    return names
