"""Undoing a closure « jusqu’à ce que servi »: the same days booked again, paid at once by the avoirs it gave, family by family.

A cancelled booking stays cancelled: a day is given back once only. What is booked again is a new booking, on the same slot, for the same
payer at the same price, in one basket a payer that avoirs pay whole, with its quittance. A family whose avoir was used since, who booked
otherwise, or whose days were on hold or owed, stays as it is and is listed with why (`NotRestored`). The days stay closed until every
family is done: nobody takes a place meanwhile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from models.states import (
    BookingState,
    ClosureState,
    NotRestored,
)
from tui_portail.closed_days import ClosedDays
from tui_portail.errors import PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.field_checks import FormRefused
from tui_portail.french import plural
from tui_portail.services.baskets import open_basket
from tui_portail.services.closed_family import lock_family
from tui_portail.services.closing_days import Progress
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.payment import settle
from tui_portail.services.recorded_closures import (
    RecordedClosure,
    activities_of,
    lock_closure,
    lock_set_up,
    read_closure,
    recorded_from,
    take_off_calendar,
)
from tui_portail.services.restorable_days import lines_left, why_not
from tui_portail.services.rights import Right
from tui_portail.services.sale import CashedBasket
from tui_portail.services.slots import ensure_slots

BEGIN, FAMILY, FINISH = "retablir_journees", "retablir_journees_famille", "fin_retablir_journees"
LONGEST_REASON = 200


class ClosureCovered(PortailError):
    """Another closure, done later, closes some of the same days."""

    code = "ANNULATION_RECOUVERTE"

    def __init__(self, other: ClosedDays) -> None:
        super().__init__(
            f"Une annulation faite ensuite ferme les mêmes journées ({other.days_in_words()}, {other.reason}) : défaites-la d’abord."
        )


class ClosureAlreadyUndone(PortailError):
    """There is nothing left to undo."""

    code = "ANNULATION_DEJA_DEFAITE"

    def __init__(self) -> None:
        super().__init__("Cette annulation est déjà défaite. Sa liste dit qui a retrouvé ses journées, et qui non.")


@dataclass(frozen=True, slots=True)
class UndoneRun:
    """What undoing did in this run: days booked again, days left cancelled, of how many families.

    `reopened`: the closure was taken off the calendar; false where somebody had done it already.
    """

    families: int
    restored: int
    left: int
    reopened: bool = True

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        again = plural(self.restored, "journée réservée de nouveau", "journées réservées de nouveau")
        left = plural(self.left, "reste annulée", "restent annulées")
        said = f"{again} et réglées par leurs avoirs ; {left}, la liste dit pourquoi."
        if self.reopened:
            return said
        return (
            f"{said} Cette fermeture n’était déjà plus au calendrier, qui n’a pas changé : "
            "vérifiez dans « Calendrier scolaire » que ces jours sont ouverts."
        )


@dataclass(frozen=True, slots=True)
class _Undone:
    restored: int
    left: int


def begin_undoing(desk: Desk, closure_id: int, reason: str, operation: str) -> None:
    """Say that a closure is to be undone, and why; no family is touched yet. Nothing more is cancelled for it then.

    Raises FormRefused without a reason, ClosureCovered, ClosureAlreadyUndone, ClosureUnknown, NotAllowed.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif", "reason")
    if not reason:
        raise FormRefused("Tapez pourquoi l’annulation est défaite : le motif est conservé.", "reason")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        closure = lock_closure(connection, closure_id)
        if closure.undone_at is not None:
            raise ClosureAlreadyUndone
        lock_set_up(connection)  # no closure of the same days is recorded meanwhile
        _refuse_covered(connection, closure)
        if closure.undone_by is None:
            connection.execute(
                update(t.day_closure)
                .where(t.day_closure.c.id == closure_id)
                .values(undone_by=gesture.agent.agent_id, undo_reason=reason)
            )
        return Done({}, "day_closure", closure_id, None, reason)

    perform(desk, BEGIN, Right.CLOSE_DAYS, operation, [closure_id, reason], work, lambda kept: None)


def _refuse_covered(connection: Connection, closure: RecordedClosure) -> None:
    later = t.day_closure.c
    rows = connection.execute(
        select(t.day_closure).where(later.id > closure.closure_id, later.state != ClosureState.UNDONE.value)
    ).all()
    activities = activities_of(connection, [row.id for row in rows])
    for row in rows:
        other = recorded_from(row, activities[row.id]).days
        if other.overlaps(closure.days):
            raise ClosureCovered(other)


def restore_families(desk: Desk, closure_id: int, operation: str, progress: Progress | None = None) -> UndoneRun:
    """Book again the days of a closure being undone, family by family; then open its days again on the commune's calendar.

    Goes on where a run stopped, by any agent with the right. A run that ended, sent again, gives its first answer.
    Raises ClosureAlreadyUndone, ClosureUnknown, NotAllowed.
    """
    told = progress or (lambda done, total: None)
    with desk.read(Right.CLOSE_DAYS) as connection:
        is_running = read_closure(connection, closure_id).is_running
        remaining = _remaining(connection, closure_id) if is_running else []
    restored = left = 0
    for place, dossier_id in enumerate(remaining):
        told(place, len(remaining))
        one = _restore_family(desk, closure_id, dossier_id, uuid5(NAMESPACE_OID, f"{operation} {dossier_id}").hex)
        restored, left = restored + one.restored, left + one.left
    told(len(remaining), len(remaining))
    run = UndoneRun(len(remaining), restored, left)
    return _finish(desk, closure_id, uuid5(NAMESPACE_OID, operation).hex, run)


def _remaining(connection: Connection, closure_id: int) -> list[int]:
    """Return the dossiers whose days are neither booked again nor left, by id."""
    line = t.day_closure_line.c
    return list(
        connection.scalars(
            select(line.dossier_id)
            .where(line.closure_id == closure_id, line.restored_booking_id.is_(None), line.not_restored.is_(None))
            .distinct()
            .order_by(line.dossier_id)
        )
    )


def _restore_family(desk: Desk, closure_id: int, dossier_id: int, operation: str) -> _Undone:
    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        closure = lock_closure(connection, closure_id)
        if closure.undone_at is not None:
            raise ClosureAlreadyUndone
        waiting = lock_family(gesture, dossier_id)
        lines = connection.execute(lines_left(closure_id, dossier_id)).all()
        ensure_slots(connection, gesture.commune, {(line.site_code, line.activity_code, line.day) for line in lines})
        why = why_not(gesture, closure.days, dossier_id, lines, {basket.payer_id for basket in waiting})
        again = [line for line in lines if line.id not in why]
        bookings, settled = _book_again(gesture, dossier_id, again)
        for line_id, booking_id in bookings.items():
            _mark(connection, [line_id], restored_booking_id=booking_id)
        for reason in NotRestored:
            _mark(connection, [line_id for line_id, one in why.items() if one is reason], not_restored=reason.value)
        result = {"restored": len(again), "left": len(why), "settled": [asdict(cashed) for cashed in settled]}
        details = {
            "closure": closure_id,
            "bookings": sorted(bookings.values()),
            "left": dict(Counter(reason.value for reason in why.values())),
        }
        return Done(result, "day_closure", closure_id, dossier_id, closure.undo_reason, details)

    def answer(kept: Mapping[str, Any]) -> _Undone:
        return _Undone(kept["restored"], kept["left"])

    return perform(desk, FAMILY, Right.CLOSE_DAYS, operation, [closure_id, dossier_id], work, answer)


def _mark(connection: Connection, line_ids: Sequence[int], **values: object) -> None:
    if line_ids:
        line = t.day_closure_line
        connection.execute(update(line).where(line.c.id.in_(line_ids)).values(**values))


def _book_again(gesture: Gesture, dossier_id: int, lines: Sequence[Any]) -> tuple[dict[int, int], list[CashedBasket]]:
    """Book days again in one basket a payer, settled at once by avoirs; return the booking of each line, and the payments."""
    by_payer: defaultdict[int, list[Any]] = defaultdict(list)
    for line in lines:
        by_payer[line.payer_id].append(line)
    bookings: dict[int, int] = {}
    baskets = []
    until = gesture.under_lock() + timedelta(minutes=gesture.commune.policy.hold_minutes)
    for payer_id, own in sorted(by_payer.items()):
        basket_id = open_basket(gesture, dossier_id, payer_id, until)
        baskets.append(basket_id)
        for line in own:
            bookings[line.id] = _book(gesture, basket_id, line)
    return bookings, [settle(gesture, basket_id, ())[0] for basket_id in baskets]


def _book(gesture: Gesture, basket_id: int, line: Any) -> int:
    return int(
        gesture.connection.execute(
            insert(t.booking)
            .values(
                child_id=line.child_id,
                slot_id=line.slot_id,
                day=line.day,
                payer_id=line.payer_id,
                basket_id=basket_id,
                state=BookingState.HELD.value,
                price_cents=line.price_cents,
                care_cents=line.care_cents,
                meal_cents=line.meal_cents,
                tariff=line.tariff,
                booked_at=gesture.now,
                agent_id=gesture.agent.agent_id,
            )
            .returning(t.booking.c.id)
        ).scalar_one()
    )


def _finish(desk: Desk, closure_id: int, operation: str, run: UndoneRun) -> UndoneRun:
    """Open the days again on the commune's calendar and say the closure undone, no family being left; return what the run did."""

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        closure = lock_closure(connection, closure_id)
        if closure.undone_at is not None or closure.undone_by is None:
            raise ClosureAlreadyUndone
        if _remaining(connection, closure_id):
            return Done(
                asdict(run), "day_closure", closure_id
            )  # a family closed by a run under way: the next one does it
        version, reopened = take_off_calendar(gesture, lock_set_up(connection), closure.days, closure.undo_reason)
        connection.execute(
            update(t.day_closure)
            .where(t.day_closure.c.id == closure_id)
            .values(state=ClosureState.UNDONE.value, undone_at=gesture.now)
        )
        result = asdict(replace(run, reopened=reopened))
        return Done(result, "day_closure", closure_id, None, closure.undo_reason, {"version": version})

    return perform(desk, FINISH, Right.CLOSE_DAYS, operation, [closure_id], work, lambda kept: UndoneRun(**kept))
