"""Days cancelled for all families: each line's day is as its closure left it, with the avoir it names; each day booked again is there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, or_

from models import tables as t
from models.states import AvoirReason, BookingState, ClosedDayOutcome, ClosureState
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living_of
from tui_portail.services.family_facts import record_of
from tui_portail.services.findings import Rule, asked

closure, line, booking = t.day_closure.c, t.day_closure_line.c, t.booking.c
avoir, returned, slot = t.avoir.c, t.avoir_line.c, t.slot.c
_STANDS_FOR = {
    ClosedDayOutcome.AVOIR: (BookingState.CANCELLED.value, BookingState.CANCELLED_LATE.value),
    ClosedDayOutcome.RELEASED: (BookingState.RELEASED.value,),
    ClosedDayOutcome.DEBT_DROPPED: (BookingState.CANCELLED.value,),
    ClosedDayOutcome.NOTHING: (BookingState.CANCELLED.value,),
}
_NEVER_PAID = (BookingState.HELD.value, BookingState.RELEASED.value)


@asked
def check_closures() -> Iterator[Rule]:
    """Yield what does not hold, the closures first."""
    yield from (*_closures(), *_lines(), *_restored(), *_avoirs())


def _closures() -> Iterator[Rule]:
    undone = closure.state == ClosureState.UNDONE.value
    for broken, sentence in (
        (
            or_(
                and_(undone, or_(closure.undone_at.is_(None), closure.undone_by.is_(None))),
                and_(~undone, closure.undone_at.is_not(None)),
            ),
            "son état ne va pas avec l’heure où elle a été défaite.",
        ),
        (
            or_(
                and_(closure.state == ClosureState.DONE.value, closure.finished_at.is_(None)),
                and_(closure.state == ClosureState.RUNNING.value, closure.finished_at.is_not(None)),
            ),
            "son état ne va pas avec l’heure où elle a été finie.",
        ),
        (closure.reason == "", "elle n’a pas de motif."),
        (
            ~exists().where(t.day_closure_activity.c.closure_id == closure.id),
            "elle n’annule aucune activité.",
        ),
    ):
        yield t.day_closure, broken, sentence


def _lines() -> Iterator[Rule]:
    def day(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(booking.id == line.booking_id, *conditions)

    given_back = exists().where(returned.booking_id == line.booking_id, returned.avoir_id == line.avoir_id)
    gives = line.outcome == ClosedDayOutcome.AVOIR.value
    for outcome, states in _STANDS_FOR.items():
        sentence = f"sa journée n’est pas dans l’état où « {outcome.value} » la laisse."
        broken = and_(line.outcome == outcome.value, ~day(booking.state.in_(states)))
        yield t.day_closure_line, broken, sentence
    owed = day(t.basket.c.id == booking.basket_id, t.basket.c.kind == BasketKind.REGULARISATION.value)
    closed = day(
        slot.id == booking.slot_id,
        closure.id == line.closure_id,
        booking.day.between(closure.first_on, closure.last_on),
        or_(closure.site_code.is_(None), closure.site_code == slot.site_code),
        t.day_closure_activity.c.closure_id == line.closure_id,
        t.day_closure_activity.c.activity_code == slot.activity_code,
    )
    for broken, sentence in (
        (and_(gives, or_(line.avoir_id.is_(None), ~given_back)), "l’avoir qu’elle nomme ne rend pas sa journée."),
        (and_(~gives, line.avoir_id.is_not(None)), "elle nomme un avoir sans rien rendre."),
        (
            and_(line.outcome == ClosedDayOutcome.NOTHING.value, ~day(booking.price_cents == 0)),
            "sa journée était payante, et rien n’est rendu.",
        ),
        (and_(line.outcome == ClosedDayOutcome.DEBT_DROPPED.value, ~owed), "sa journée n’était pas une dette."),
        (~closed, "sa journée n’est pas de celles que son annulation ferme."),
        (
            ~day(t.child.c.id == booking.child_id, t.child.c.dossier_id == line.dossier_id),
            "sa journée n’est pas de son dossier.",
        ),
    ):
        yield t.day_closure_line, broken, sentence


def _restored() -> Iterator[Rule]:
    before, undone = t.booking.alias("before"), closure.undone_by.is_not(None)
    same = exists().where(
        before.c.id == line.booking_id,
        booking.id == line.restored_booking_id,
        booking.id > before.c.id,
        before.c.state == BookingState.CANCELLED.value,
        record_of(booking.child_id) == record_of(before.c.child_id),
        living_of(booking.payer_id) == living_of(before.c.payer_id),
        booking.slot_id == before.c.slot_id,
        booking.care_cents == before.c.care_cents,
        booking.meal_cents == before.c.meal_cents,
        booking.state.not_in(_NEVER_PAID),
    )
    dealt_with = or_(line.restored_booking_id.is_not(None), line.not_restored.is_not(None))
    of_it = closure.id == line.closure_id
    for broken, sentence in (
        (
            and_(line.restored_booking_id.is_not(None), ~same),
            "la journée réservée de nouveau n’est pas la même, payée.",
        ),
        (and_(dealt_with, ~exists().where(of_it, undone)), "elle est rétablie, et son annulation n’est pas défaite."),
        (
            and_(~dealt_with, exists().where(of_it, closure.state == ClosureState.UNDONE.value)),
            "son annulation est défaite, sans qu’on sache ce qu’elle est devenue.",
        ),
    ):
        yield t.day_closure_line, broken, sentence


def _avoirs() -> Iterator[Rule]:
    told = exists().where(line.booking_id == returned.booking_id, line.avoir_id == returned.avoir_id)
    by_right = exists().where(avoir.id == returned.avoir_id, avoir.reason == AvoirReason.COMMUNE.value)
    named = exists().where(line.booking_id == returned.booking_id)
    yield t.avoir_line, and_(by_right, ~told), "rendue par la commune, sans l’annulation qui le dit."
    yield t.avoir_line, and_(~by_right, named), "rendue par une annulation, l’avoir dit un autre motif."
