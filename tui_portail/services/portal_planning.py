"""A parent's planning on the portal: « Payer mes journées », « Modifier », « Valider », « Terminer les modifications » (leaflet).

The same snapshot, rules and gesture as at the desks, on the parent's own dossier; of the other parent, only that a day is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, exists, select

from models import tables as t
from models.states import BasketState
from tui_portail.errors import InvalidInput
from tui_portail.planning import Change, PlanningSnapshot
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living_of
from tui_portail.services.baskets import (
    BasketUnknown,
    BasketView,
    load_basket_within,
    lock_basket,
    release_within,
)
from tui_portail.services.booking import FinishedChanges, finish_within, finished_from
from tui_portail.services.family_facts import load_family
from tui_portail.services.gesture import Done, Gesture
from tui_portail.services.planning import snapshot_of
from tui_portail.services.portal import Own, Portal, act
from tui_portail.services.sale import quittance_number


def load_own_planning(portal: Portal, first_day: date, last_day: date) -> PlanningSnapshot:
    """Load the signed parent's planning from `first_day` to `last_day`, both included (Paris days). Raises what `own_of` raises."""
    with portal.read() as (connection, own):
        desk = portal.desk
        now, commune = desk.instant(connection), desk.commune(connection)
        family = load_family(connection, commune, own.dossier_id, now)
        return snapshot_of(connection, commune, family, first_day, last_day, now).seen_by(own.payer_id)


def finish_own_changes(portal: Portal, changes: Sequence[Change], operation: str) -> FinishedChanges:
    """« Terminer les modifications » of the signed parent: their own days booked on hold and cancelled, judged now.

    Raises ChangesRefused (a day of the other parent's too), InvalidInput, and what `act` raises.
    """
    if not changes:
        raise InvalidInput("Aucune journée n’est cochée : cochez d’abord des journées.")
    by_key = {change.key: change for change in changes}
    if len(by_key) != len(changes) or any(c.derogation or c.payer_id or c.payer_reason for c in changes):
        raise InvalidInput("Ces modifications ne peuvent pas être demandées ici. Rouvrez le planning et recommencez.")

    def work(gesture: Gesture, own: Own) -> Done:
        return finish_within(gesture, own.dossier_id, by_key, own.payer_id)

    content = [[key, change.tick] for key, change in sorted(by_key.items())]
    return act(portal, "terminer_portail", operation, content, work, finished_from)


@dataclass(frozen=True, slots=True)
class OwnBasket:
    """The signed parent's basket on hold, with what pays it and until when (UTC)."""

    view: BasketView
    expires_at: datetime


def own_basket(portal: Portal) -> OwnBasket | None:
    """Return the signed parent's live basket, if any. Raises what `own_of` raises."""
    with portal.read() as (connection, own):
        return own_basket_within(portal, connection, own)


def own_basket_within(portal: Portal, connection: Connection, own: Own) -> OwnBasket | None:
    """Return a parent's live basket, if any, within a read."""
    basket = t.basket.c
    row = connection.execute(
        select(basket.id, basket.expires_at).where(
            living_of(basket.payer_id) == own.payer_id,
            basket.dossier_id == own.dossier_id,
            basket.kind == BasketKind.RESERVATION.value,
            basket.state == BasketState.OPEN.value,
            basket.expires_at > portal.desk.instant(connection),
        )
    ).first()
    return None if row is None else OwnBasket(load_basket_within(portal.desk, connection, row.id), row.expires_at)


@dataclass(frozen=True, slots=True)
class PaidBasket:
    """The quittance of a basket that was paid: its id, and its number as printed."""

    quittance_id: int
    quittance_number: str


def own_basket_paid_elsewhere(portal: Portal, basket_id: int) -> PaidBasket | None:
    """Return the quittance of a basket of the signed parent's that was paid otherwise than by a page online, None where it was not.

    Raises what `own_of` raises.
    """
    payment, quittance = t.payment.c, t.quittance.c
    with portal.read() as (connection, own):
        row = connection.execute(
            select(quittance.id, quittance.year, quittance.number)
            .join(t.payment, payment.id == quittance.payment_id)
            .join(t.basket, t.basket.c.id == payment.basket_id)
            .where(
                payment.basket_id == basket_id,
                living_of(payment.payer_id) == own.payer_id,
                t.basket.c.state == BasketState.PAID.value,  # never one reversed since
                ~exists().where(t.online_payment.c.payment_id == payment.id),
            )
            .order_by(quittance.id.desc())
        ).first()
    return None if row is None else PaidBasket(row.id, quittance_number(row.year, row.number))


def release_own_basket(portal: Portal, basket_id: int, operation: str) -> None:
    """Give up the signed parent's basket on hold: its places are free again, nothing is due. Raises BasketUnknown, BasketAlreadyPaid."""

    def work(gesture: Gesture, own: Own) -> Done:
        basket = t.basket.c
        mine = select(basket.id).where(basket.id == basket_id, living_of(basket.payer_id) == own.payer_id)
        if gesture.connection.scalar(mine) is None:
            raise BasketUnknown
        return release_within(gesture, lock_basket(gesture.connection, basket_id))

    act(portal, "abandonner_panier_portail", operation, [basket_id], work, lambda kept: None)
