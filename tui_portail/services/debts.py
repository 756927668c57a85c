"""What a payer owes, after a reversal or for a child who came without booking: a régularisation, and the account « créances »."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, func, insert, select

from models import tables as t
from models.states import OWED, BasketState, EntryKind
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import is_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.ledger import CARE_REVENUE, DEBTS, MEAL_REVENUE, Movement, enter, lock_head


class OwedDay(Protocol):
    """A booking that is owed, in cents."""

    @property
    def booking_id(self) -> int:
        """Its id."""

    @property
    def payer_id(self) -> int:
        """Who owes it."""

    @property
    def care_cents(self) -> int:
        """Its care part."""

    @property
    def meal_cents(self) -> int:
        """Its meal part."""


def owed_cents() -> ColumnElement[int]:
    """Return, in a query over `payer`, what an account that lives owes, in cents: the days of the régularisations that wait."""
    owner = t.payer.alias("owner")
    return (
        select(func.coalesce(func.sum(t.booking.c.price_cents), 0))
        .select_from(owner)
        .join(t.basket, t.basket.c.payer_id == owner.c.id)
        .join(t.booking, t.booking.c.basket_id == t.basket.c.id)
        .where(
            is_of(owner, t.payer.c.id),
            t.basket.c.state == BasketState.OPEN.value,
            t.basket.c.kind == BasketKind.REGULARISATION.value,
            t.booking.c.state.in_(OWED),
        )
        .scalar_subquery()
    )


def open_debt(gesture: Gesture, dossier_id: int, payer_id: int) -> int:
    """Open a régularisation for a payer and return its id: no expiry; the caller moves the days owed into it."""
    return int(
        gesture.connection.execute(
            insert(t.basket)
            .values(
                dossier_id=dossier_id,
                payer_id=payer_id,
                kind=BasketKind.REGULARISATION.value,
                state=BasketState.OPEN.value,
                created_at=gesture.now,
                expires_at=None,
                extensions=0,
                agent_id=gesture.agent.agent_id,
            )
            .returning(t.basket.c.id)
        ).scalar_one()
    )


def owe_days(gesture: Gesture, payer_id: int, basket_id: int, days: Sequence[OwedDay]) -> None:
    """Enter days as owed by a payer who never paid them: revenue is credited now, the payment will settle the debt.

    Free days enter nothing.
    """
    care, meal = sum(day.care_cents for day in days), sum(day.meal_cents for day in days)
    if care + meal:
        enter(
            gesture.connection,
            lock_head(gesture.connection, gesture.regie_id),
            EntryKind.DEBT,
            gesture.now,
            gesture.agent.agent_id,
            gesture.operation,
            [Movement(DEBTS, care + meal, payer_id), Movement(CARE_REVENUE, -care), Movement(MEAL_REVENUE, -meal)],
            {
                "payer": payer_id,
                "basket": basket_id,
                "lines": sorted([day.booking_id, day.care_cents, day.meal_cents] for day in days),
            },
        )


def drop_debts(gesture: Gesture, days: Sequence[OwedDay], reason: str = "") -> None:
    """Take days off their payers' debts, and off the revenue entered when they were first paid.

    They were cancelled in time, or are dropped with a `reason`, which the entry then holds.
    The caller ends the bookings; where it also gives avoirs, it gives them before (series are locked before the head).
    """
    owed: defaultdict[int, list[OwedDay]] = defaultdict(list)
    for day in days:
        if day.care_cents or day.meal_cents:
            owed[day.payer_id].append(day)
    for payer_id, dropped in sorted(owed.items()):
        care, meal = sum(day.care_cents for day in dropped), sum(day.meal_cents for day in dropped)
        enter(
            gesture.connection,
            lock_head(gesture.connection, gesture.regie_id),
            EntryKind.DEBT_DROPPED,
            gesture.now,
            gesture.agent.agent_id,
            gesture.operation,
            [Movement(CARE_REVENUE, care), Movement(MEAL_REVENUE, meal), Movement(DEBTS, -care - meal, payer_id)],
            {
                "payer": payer_id,
                "lines": sorted([day.booking_id, day.care_cents, day.meal_cents] for day in dropped),
                **({"reason": reason} if reason else {}),
            },
        )
