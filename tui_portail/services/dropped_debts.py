"""Dropping a debt that will not be paid: nothing was ever due (cashed for another family), or the ordonnateur gives it up.

The régisseur does it, whole, with a reason that the journal chains. Its days are cancelled, the places of those still to come are free
again; the revenue entered when they were first paid is taken off. Nothing is received and nothing given back: the avoirs that the
reversal gave back, or kept, stay the payer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update

from models import tables as t
from models.states import BookingState
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.money import format_cents
from tui_portail.policy import BasketKind
from tui_portail.services.baskets import BasketUnknown, basket_lines, close_basket, lock_basket, slots_of_bookings
from tui_portail.services.chained_reasons import refuse_names
from tui_portail.services.debts import drop_debts
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import lock_dossier_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.waiting_offers import lock_places, offers_made

LONGEST_REASON = 200


class NotADebt(PortailError):
    """A basket on hold was to be dropped as a debt."""

    code = "PANIER_SANS_DETTE"

    def __init__(self) -> None:
        super().__init__(
            "Ce panier est une réservation en attente, pas une dette : abandonnez-le, ses places seront rendues."
        )


@dataclass(frozen=True, slots=True)
class DroppedDebt:
    """A debt dropped: what is no longer owed (cents), how many days were cancelled. No name: it is kept in the audit trail."""

    dropped_cents: int
    days: int

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        cancelled = "journée annulée" if self.days == 1 else "journées annulées"
        return f"Dette annulée : {format_cents(self.dropped_cents)} ne sont plus dus, {self.days} {cancelled}."


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of the debt, as `drop_debts` takes it off the accounts (cents)."""

    booking_id: int
    payer_id: int
    care_cents: int
    meal_cents: int


def drop_debt(desk: Desk, basket_id: int, reason: str, operation: str) -> DroppedDebt:
    """Drop a debt whole, with a reason: its days are cancelled and it is owed no more. No till need be open.

    Raises NotADebt, BasketUnknown, BasketAlreadyPaid, BasketGone, InvalidInput (no reason), NotAllowed, OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de l’annulation de la dette", "reason")
    if not reason:
        raise InvalidInput("Tapez le motif de l’annulation de la dette : il est conservé.")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        _lock_dossier(gesture, basket_id)
        basket = lock_basket(connection, basket_id)
        if basket.kind != BasketKind.REGULARISATION.value:
            raise NotADebt
        refuse_names(connection, basket.dossier_id, reason)
        rows = basket_lines(connection, basket_id)
        slots = slots_of_bookings(connection, [row.id for row in rows])
        lock_places(gesture, slots)
        _cancel_days(gesture, basket_id)
        drop_debts(gesture, [_Day(row.id, basket.payer_id, row.care_cents, row.meal_cents) for row in rows], reason)
        close_basket(connection, basket_id, gesture.now)
        dropped = DroppedDebt(sum(row.price_cents for row in rows), len(rows))
        details = {"removed": [{"booking": row.id} for row in rows]} | offers_made(gesture, slots)
        return Done(asdict(dropped), "basket", basket_id, basket.dossier_id, reason, details)

    def answer(result: Mapping[str, Any]) -> DroppedDebt:
        return DroppedDebt(**result)

    return perform(desk, "annuler_dette", Right.REVERSE, operation, [basket_id, reason], work, answer)


def _lock_dossier(gesture: Gesture, basket_id: int) -> None:
    """Lock the dossier of a basket: none of its days is cancelled, and no justificatif of them judged, meanwhile."""
    of_basket = select(t.basket.c.dossier_id).where(t.basket.c.id == basket_id)
    if lock_dossier_of(gesture.connection, of_basket) is None:
        raise BasketUnknown


def _cancel_days(gesture: Gesture, basket_id: int) -> None:
    """Cancel the days of a debt; those cancelled too late ended then, and give nothing back: they were not paid."""
    booking = t.booking.c
    for owed, ended in ((BookingState.DUE, {"ended_at": gesture.now}), (BookingState.DUE_LATE, {})):
        gesture.connection.execute(
            update(t.booking)
            .where(booking.basket_id == basket_id, booking.state == owed.value)
            .values(state=BookingState.CANCELLED.value, **ended)
        )
