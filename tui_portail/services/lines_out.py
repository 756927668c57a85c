"""Taking days out of a basket before it is paid: what would be left, and doing it.

What avoirs then pay whole is settled at once, with its quittance (rules, « Hold and payment »: nothing due).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from tui_portail.booking_rules import removed_with
from tui_portail.errors import InvalidInput
from tui_portail.holds import is_live
from tui_portail.policy import BasketKind, Policy
from tui_portail.services.baskets import (
    BasketExpired,
    BasketView,
    DebtStays,
    basket_lines,
    close_basket,
    load_basket,
    lock_basket,
    release,
    slots_of_bookings,
)
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import lock_avoirs
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.payment import settle_if_nothing_due
from tui_portail.services.rights import Right
from tui_portail.services.sale import CashedBasket
from tui_portail.services.waiting_offers import lock_places, offers_made


@dataclass(frozen=True, slots=True)
class LinesTaken:
    """What taking lines out would do: all the bookings that leave, and what is left to pay, in cents, the same avoirs used."""

    booking_ids: frozenset[int]
    due_cents: int


@dataclass(frozen=True, slots=True)
class LinesRemoved:
    """The basket as it stands without the lines taken out; `settled` is its payment when avoirs pay all that is left."""

    view: BasketView
    settled: CashedBasket | None = None


class _Line(NamedTuple):
    id: int
    child_id: int
    day: date
    activity: str


def lines_taken(view: BasketView, chosen: Collection[int], policy: Policy) -> LinesTaken:
    """Return what `remove_lines` would do to a basket as it was read, with no query."""
    lines = [_Line(line.booking_id, line.child_id, line.day, line.activity) for line in view.lines]
    gone = frozenset(_lines_with(lines, set(chosen), policy, keep_brought=False))
    total = sum(line.price_cents for line in view.lines if line.booking_id not in gone)
    return LinesTaken(gone, max(0, total - view.avoir_cents))


def remove_lines(
    desk: Desk, basket_id: int, booking_ids: Collection[int], operation: str, *, keep_brought: bool = False
) -> LinesRemoved:
    """Take days out of a basket on hold, before it is paid; the meal goes with its break. An emptied basket is closed.

    Raises BasketExpired, BasketAlreadyPaid, BasketGone, BasketUnknown, DebtStays, InvalidInput.
    """

    def work(gesture: Gesture) -> Done:
        connection, policy = gesture.connection, gesture.commune.policy
        basket = lock_basket(connection, basket_id)
        if basket.kind == BasketKind.REGULARISATION.value:
            raise DebtStays
        if not is_live(basket.expires_at, gesture.now):
            raise BasketExpired(basket.expires_at)
        lines = basket_lines(connection, basket_id)
        gone = _lines_with(lines, set(booking_ids), policy, keep_brought)
        if not gone:
            raise InvalidInput(
                "Aucune ligne de ce panier n’est sélectionnée : choisissez au moins une journée à retirer."
            )
        lock_avoirs(
            connection, [basket.payer_id]
        )  # those and the places of every line, before the sale locks them in turn
        slots = slots_of_bookings(connection, gone)
        lock_places(gesture, slots, also={line.slot_id for line in lines})
        release(connection, gone, gesture.now)
        settled = None
        if len(gone) == len(lines):
            close_basket(connection, basket_id, gesture.now)
        else:
            settled = settle_if_nothing_due(gesture, basket_id, basket.payer_id)
        details = {"bookings": gone} | ({"quittance": settled.quittance_number} if settled else {})
        details |= offers_made(gesture, slots)
        result = {"settled": asdict(settled) if settled else None}
        return Done(result, "basket", basket_id, basket.dossier_id, details=details)

    def answer(result: Mapping[str, Any]) -> CashedBasket | None:
        return CashedBasket(**result["settled"]) if result["settled"] else None

    content = [basket_id, sorted(booking_ids), keep_brought]
    settled = perform(desk, "retirer_lignes", Right.REMOVE_LINES, operation, content, work, answer)
    return LinesRemoved(load_basket(desk, basket_id), settled)


def _lines_with(lines: Sequence[Any], chosen: set[int], policy: Policy, keep_brought: bool) -> list[int]:
    """Return the chosen lines and those that leave with them on the same child and day."""
    gone: set[int] = set()
    for child_id, day in {(line.child_id, line.day) for line in lines if line.id in chosen}:
        of_day = [line for line in lines if (line.child_id, line.day) == (child_id, day)]
        codes = [line.activity for line in of_day if line.id in chosen]
        leaving = removed_with(codes, policy, keep_brought=keep_brought, booked=[line.activity for line in of_day])
        gone |= {line.id for line in of_day if line.activity in leaving}
    return sorted(gone)
