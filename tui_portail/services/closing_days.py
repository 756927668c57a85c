"""Cancelling days for all families: the calendar closed first, then one transaction a dossier, resumed where it stopped.

Once the closure is recorded nothing new can be booked on its days. A payment under way at another desk is waited for at its dossier's
turn: what it confirmed is given back like the rest; what it comes to pay after that turn is no longer there. The last step locks the slots
closed and looks again, so that a closure said « faite » has left no day booked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import func, insert, update

from models import tables as t
from models.engine import lock_rows
from models.states import OWED, AvoirReason, BookingState, ClosedDayOutcome, ClosureState
from tui_portail.closed_days import ClosedDays, checked_days, refuse_nothing_open, refuse_past
from tui_portail.errors import PortailError
from tui_portail.french import plural
from tui_portail.holds import is_live
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.avoirs import GivenAvoir, ReturnedLine, avoir_from, give_avoir
from tui_portail.services.baskets import basket_lines, close_basket, release
from tui_portail.services.cancellations import close_proofs
from tui_portail.services.closed_bookings import booked, closed_keys, dossiers_to_close, outcome_of, withdraw_waiting
from tui_portail.services.closed_family import OnHold, lock_family
from tui_portail.services.debts import drop_debts
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import lock_series
from tui_portail.services.payment import settle_if_nothing_due
from tui_portail.services.recorded_closures import (
    lock_closed_slots,
    lock_closure,
    lock_set_up,
    put_on_calendar,
    read_closure,
    refuse_closed_twice,
    write_closure,
)
from tui_portail.services.rights import Right
from tui_portail.services.sale import CashedBasket
from tui_portail.services.waiting_offers import lock_places, offers_made

RECORD, FAMILY, FINISH = "annuler_journees", "annuler_journees_famille", "fin_annuler_journees"
TURNS = 20
Progress = Callable[[int, int], None]
"""Told how many families are done and of how many; what it raises stops between two families."""


class ClosureUndone(PortailError):
    """The closure is undone, or is being undone: no family is closed for it any more."""

    code = "ANNULATION_DEFAITE"

    def __init__(self) -> None:
        super().__init__("Cette annulation a été défaite, ou est en train de l’être : elle ne se poursuit plus.")


@dataclass(frozen=True, slots=True)
class FamilyClosed:
    """What a closure did of a family: avoirs given, baskets they paid whole, days by what came of them."""

    avoirs: tuple[GivenAvoir, ...]
    settled: tuple[CashedBasket, ...]
    days: int


@dataclass(frozen=True, slots=True)
class ClosureRun:
    """What going through the families did in this run: families, days, avoirs given and what they give back (cents)."""

    closure_id: int
    families: int
    days: int
    avoirs: int
    avoir_cents: int

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        if not self.families:
            return "Aucune famille n’avait de journée à annuler. Le calendrier est fermé ces jours-là."
        days = plural(self.days, "journée annulée", "journées annulées")
        return f"{days} pour {plural(self.families, 'famille')}, {format_cents(self.avoir_cents)} d’avoirs donnés."


def record_closure(desk: Desk, asked: ClosedDays, operation: str, *, past_confirmed: bool = False) -> int:
    """Record a closure, close its days on the commune's calendar and withdraw those who wait for a place; return its id.

    No day booked is touched yet: `close_families` goes through the dossiers. An agent with CLOSE_DAYS needs no right on the settings.
    Raises FormRefused with the field to mend, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        commune = lock_set_up(connection)
        days = checked_days(asked, commune)
        refuse_past(days, in_paris(gesture.now).date(), past_confirmed)
        refuse_closed_twice(connection, days)
        if not dossiers_to_close(connection, days, gesture.now, commune.policy):
            refuse_nothing_open(days, commune)
        lock_closed_slots(connection, commune, days)
        closure_id = write_closure(gesture, days)
        version = put_on_calendar(gesture, commune, days)
        waiting = withdraw_waiting(gesture, days)
        details = {"days": asdict(days), "version": version, "waiting": waiting}
        return Done({"closure_id": closure_id}, "day_closure", closure_id, None, days.reason, details)

    content = [asdict(asked), past_confirmed]
    return perform(desk, RECORD, Right.CLOSE_DAYS, operation, content, work, lambda kept: int(kept["closure_id"]))


def close_families(desk: Desk, closure_id: int, operation: str, progress: Progress | None = None) -> ClosureRun:
    """Cancel the days of a closure recorded, family by family, those of a run that stopped left aside; then say it is done.

    Any agent with the right may go on with it. A run that ended, sent again, gives its first answer.
    Raises ClosureUnknown, ClosureUndone, NotAllowed.
    """
    told = progress or (lambda done, total: None)
    families, days, avoirs = set[int](), 0, list[GivenAvoir]()
    for turn in range(TURNS):
        with desk.read(Right.CLOSE_DAYS) as connection:
            asked = read_closure(connection, closure_id).days
            policy = desk.commune(connection).policy
            remaining = dossiers_to_close(connection, asked, desk.instant(connection), policy)
        for place, dossier_id in enumerate(remaining):
            told(place, len(remaining))
            one = uuid5(NAMESPACE_OID, f"{operation} {turn} {dossier_id}").hex
            closed = _close_family(desk, closure_id, dossier_id, one)
            if closed.days:
                families.add(dossier_id)
                days += closed.days
                avoirs += closed.avoirs
        told(len(remaining), len(remaining))
        cents = sum(avoir.amount_cents for avoir in avoirs)
        run = ClosureRun(closure_id, len(families), days, len(avoirs), cents)
        if (ended := _finish(desk, run, uuid5(NAMESPACE_OID, f"{operation} {turn}").hex)) is not None:
            return ended
    return run


def _close_family(desk: Desk, closure_id: int, dossier_id: int, operation: str) -> FamilyClosed:
    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        closure = lock_closure(connection, closure_id)
        if closure.undone_by is not None:
            raise ClosureUndone
        waiting = lock_family(gesture, dossier_id)
        days = booked(closure.days, gesture.now, gesture.commune.policy)
        rows = connection.execute(days.where(t.child.c.dossier_id == dossier_id)).all()
        lock_rows(connection, t.slot, {row.slot_id for row in rows} | _slots_on_hold(gesture, waiting))
        avoirs = _cancel(gesture, rows)
        close_proofs(gesture, {row.proof_id for row in rows if row.proof_id is not None})
        _write_lines(gesture, closure_id, dossier_id, rows, avoirs)
        settled = _settle(gesture, rows, avoirs, waiting)
        result = {
            "avoirs": [asdict(avoir) for avoir in avoirs.values()],
            "settled": [asdict(cashed) for cashed in settled],
            "days": len(rows),
        }
        details = {
            "closure": closure_id,
            "avoirs": [avoir.number for avoir in avoirs.values()],
            "removed": [{"booking": row.booking_id, "outcome": outcome_of(row)} for row in rows],
        }
        return Done(result, "day_closure", closure_id, dossier_id, closure.days.reason, details)

    def answer(kept: Mapping[str, Any]) -> FamilyClosed:
        avoirs = tuple(avoir_from(avoir) for avoir in kept["avoirs"])
        return FamilyClosed(avoirs, tuple(CashedBasket(**cashed) for cashed in kept["settled"]), kept["days"])

    return perform(desk, FAMILY, Right.CLOSE_DAYS, operation, [closure_id, dossier_id], work, answer)


def _slots_on_hold(gesture: Gesture, waiting: Sequence[OnHold]) -> set[int]:
    return {line.slot_id for basket in waiting for line in basket_lines(gesture.connection, basket.basket_id)}


def _cancel(gesture: Gesture, rows: Sequence[Any]) -> dict[int, GivenAvoir]:
    """Release the days on hold, cancel the others, give back by right what was paid, drop what was owed; return the avoirs by payer.

    A day cancelled too late stays so: only what was paid for it comes back.
    """
    connection = gesture.connection
    paid = [row for row in rows if row.state == BookingState.CONFIRMED.value]
    late = [row for row in rows if row.state == BookingState.CANCELLED_LATE.value]
    owed = [row for row in rows if row.state in OWED]
    release(connection, [row.booking_id for row in rows if row.state == BookingState.HELD.value], gesture.now)
    if ended := [row.booking_id for row in (*paid, *owed)]:
        connection.execute(
            update(t.booking)
            .where(t.booking.c.id.in_(ended))
            .values(state=BookingState.CANCELLED.value, ended_at=func.coalesce(t.booking.c.ended_at, gesture.now))
        )
    returned: defaultdict[int, list[ReturnedLine]] = defaultdict(list)
    for row in (*paid, *late):
        if row.price_cents:
            returned[row.payer_id].append(ReturnedLine(row.booking_id, row.care_cents, row.meal_cents))
    if returned:
        lock_series(connection, gesture.regie_id, gesture.now)  # what avoirs then pay whole is numbered after them
    avoirs = {
        payer_id: give_avoir(gesture, payer_id, AvoirReason.COMMUNE, lines)
        for payer_id, lines in sorted(returned.items())
    }
    drop_debts(gesture, owed)
    for basket_id in sorted({row.basket_id for row in owed if row.basket_id is not None}):
        if not basket_lines(connection, basket_id):
            close_basket(connection, basket_id, gesture.now)
    return avoirs


def _write_lines(
    gesture: Gesture, closure_id: int, dossier_id: int, rows: Sequence[Any], avoirs: Mapping[int, GivenAvoir]
) -> None:
    if not rows:
        return
    lines = []
    for row in rows:
        outcome = outcome_of(row)
        avoir = avoirs[row.payer_id].avoir_id if outcome is ClosedDayOutcome.AVOIR else None
        lines.append(
            {
                "closure_id": closure_id,
                "dossier_id": dossier_id,
                "booking_id": row.booking_id,
                "outcome": outcome.value,
                "avoir_id": avoir,
            }
        )
    gesture.connection.execute(insert(t.day_closure_line), lines)


def _settle(
    gesture: Gesture, rows: Sequence[Any], avoirs: Mapping[int, GivenAvoir], waiting: Sequence[OnHold]
) -> list[CashedBasket]:
    """Close the baskets that are left empty, settle those that the payer's avoirs now pay whole."""
    emptied = {row.basket_id for row in rows if row.state == BookingState.HELD.value}
    settled, now = [], gesture.under_lock()
    for basket in waiting:
        if basket.basket_id in emptied and not basket_lines(gesture.connection, basket.basket_id):
            close_basket(gesture.connection, basket.basket_id, gesture.now)
        elif (basket.basket_id in emptied or basket.payer_id in avoirs) and is_live(basket.expires_at, now):
            settled.append(settle_if_nothing_due(gesture, basket.basket_id, basket.payer_id))
    return [cashed for cashed in settled if cashed is not None]


def _finish(desk: Desk, run: ClosureRun, operation: str) -> ClosureRun | None:
    """Say that a closure is done if no day of it is booked any more, every slot closed being locked; return its run, None if not."""
    closure_id = run.closure_id

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        closure = lock_closure(connection, closure_id)
        if closure.undone_by is not None:
            raise ClosureUndone
        keys = closed_keys(connection, closure.days)
        lock_places(gesture, keys)
        withdraw_waiting(gesture, closure.days)
        details: Mapping[str, Any] = {}
        done = not dossiers_to_close(connection, closure.days, gesture.now, gesture.commune.policy)
        if done and closure.state is ClosureState.RUNNING:
            connection.execute(
                update(t.day_closure)
                .where(t.day_closure.c.id == closure_id)
                .values(state=ClosureState.DONE.value, finished_at=gesture.now)
            )
            details = offers_made(gesture, keys)  # of an activity that shared a limit with one closed
        return Done({"run": asdict(run) if done else None}, "day_closure", closure_id, details=details)

    def answer(kept: Mapping[str, Any]) -> ClosureRun | None:
        return None if kept["run"] is None else ClosureRun(**kept["run"])

    return perform(desk, FINISH, Right.CLOSE_DAYS, operation, [closure_id], work, answer)
