"""Bookings, baskets and justificatifs: each is in a state that its payment, its avoir and the others allow, and names the right persons."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from models import tables as t
from models.states import (
    OWED,
    TO_PAY,
    AttendanceState,
    AvoirReason,
    BasketState,
    BookingState,
    ClosedDayOutcome,
    ProofState,
    ReversedLine,
    SnapshotKind,
)
from tui_portail.policy import BasketKind
from tui_portail.services.accounts import living_of
from tui_portail.services.attendance_facts import marked_present
from tui_portail.services.avoir_sums import not_reversed
from tui_portail.services.family_facts import record_of
from tui_portail.services.findings import Rule, asked

_ENDED = [
    BookingState.RELEASED.value,
    BookingState.CANCELLED.value,
    BookingState.CANCELLED_LATE.value,
    BookingState.DUE_LATE.value,
]
_CANCELLED = [BookingState.CANCELLED.value, BookingState.CANCELLED_LATE.value]
_AFTER_PAYMENT = [BookingState.CONFIRMED.value, *_CANCELLED]
_OWED_ONCE = [*OWED, *_AFTER_PAYMENT]  # still to pay, paid, or dropped since

booking, basket, proof = t.booking.c, t.basket.c, t.absence_proof.c
payment, line, avoir, returned = t.payment.c, t.payment_line.c, t.avoir.c, t.avoir_line.c
undone, closed = t.reversal_line.c, t.day_closure_line.c


@asked
def check_bookings() -> Iterator[Rule]:
    """Yield the rows that contradict the others, a rule after the other."""
    yield from (*_bookings(), *_baskets(), *_proofs(), *_persons(), *_attendance())


def _in_basket(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(basket.id == booking.basket_id, *conditions)


def _returned(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(returned.booking_id == booking.id, avoir.id == returned.avoir_id, *conditions)


def _bookings() -> Iterator[Rule]:
    paid = exists().where(line.booking_id == booking.id, not_reversed(line.payment_id))
    taken_back = exists().where(
        undone.booking_id == booking.id, undone.outcome == ReversedLine.WITHDRAWN.value
    )  # the avoir it gave was withdrawn with its payment
    justified = exists().where(proof.id == booking.proof_id, proof.state == ProofState.ACCEPTED.value)
    in_time, on_proof = (
        _returned(avoir.reason.not_in([AvoirReason.PROOF.value, AvoirReason.COMMUNE.value])),
        _returned(avoir.reason == AvoirReason.PROOF.value),
    )
    by_right = _returned(
        avoir.reason == AvoirReason.COMMUNE.value
    )  # whether cancelled too late by the family before, or not
    closed_debt = exists().where(closed.booking_id == booking.id, closed.outcome == ClosedDayOutcome.DEBT_DROPPED.value)
    state = booking.state
    # A day owed is cancelled in time, or with its debt by the régisseur; cancelled too late, it stays owed.
    owed_no_more = and_(
        state == BookingState.CANCELLED.value, _in_basket(basket.kind == BasketKind.REGULARISATION.value)
    )
    dropped = and_(owed_no_more, or_(_in_basket(basket.state == BasketState.CLOSED.value), closed_debt))
    other = t.payment_line.alias()
    twice = exists().where(
        line.booking_id == booking.id,
        other.c.booking_id == booking.id,
        other.c.payment_id != line.payment_id,
        not_reversed(line.payment_id),
        not_reversed(other.c.payment_id),
    )
    for broken, sentence in (
        (and_(state == BookingState.CONFIRMED.value, ~paid), "confirmée sans avoir été payée."),
        (and_(state.not_in(_AFTER_PAYMENT), paid), "payée, mais ni confirmée ni annulée."),
        (twice, "payée deux fois."),
        (
            and_(
                state == BookingState.HELD.value,
                ~_in_basket(basket.state == BasketState.OPEN.value, basket.kind == BasketKind.RESERVATION.value),
            ),
            "en attente hors d’un panier ouvert.",
        ),
        (
            and_(
                state.in_(OWED),
                ~_in_basket(basket.state == BasketState.OPEN.value, basket.kind == BasketKind.REGULARISATION.value),
            ),
            "due hors d’une régularisation ouverte.",
        ),
        (and_(state.in_(_CANCELLED), ~paid, ~taken_back, ~owed_no_more), "annulée sans avoir été payée."),
        (and_(_returned(), ~paid, ~taken_back), "rendue en avoir sans avoir été payée."),
        (
            and_(state == BookingState.CANCELLED.value, paid, booking.price_cents > 0, ~in_time, ~by_right),
            "payée et annulée à temps, sans avoir.",
        ),
        (and_(in_time, state != BookingState.CANCELLED.value), "rendue en avoir, mais pas annulée à temps."),
        (and_(by_right, state.not_in(_CANCELLED)), "rendue par la commune, mais pas annulée."),
        (
            and_(on_proof, or_(state != BookingState.CANCELLED_LATE.value, ~justified)),
            "rendue sur justificatif, mais son absence n’est pas justifiée.",
        ),
        (and_(on_proof, marked_present()), "rendue sur justificatif, mais l’enfant est pointé présent."),
        (
            and_(state == BookingState.CANCELLED_LATE.value, justified, booking.price_cents > 0, ~on_proof, ~by_right),
            "son absence est justifiée, sans avoir.",
        ),
        (
            _returned(or_(returned.care_cents != booking.care_cents, returned.meal_cents != booking.meal_cents)),
            "l’avoir ne rend pas son prix.",
        ),
        (_returned(living_of(avoir.payer_id) != living_of(booking.payer_id)), "rendue à un autre payeur."),
        (
            or_(
                and_(state.in_(_ENDED), booking.ended_at.is_(None)),
                and_(state.not_in(_ENDED), booking.ended_at.is_not(None)),
            ),
            "sa date de fin ne va pas avec son état.",
        ),
        (_in_basket(basket.payer_id != booking.payer_id), "son payeur n’est pas celui de son panier."),
        (
            ~exists().where(
                t.child.c.id == booking.child_id,
                t.payer.c.id == booking.payer_id,
                t.child.c.dossier_id == t.payer.c.dossier_id,
            ),
            "l’enfant et le payeur ne sont pas du même dossier.",
        ),
        (
            and_(
                booking.proof_id.is_not(None),
                or_(
                    and_(state.not_in([BookingState.CANCELLED_LATE.value, BookingState.DUE_LATE.value]), ~dropped),
                    ~exists().where(
                        proof.id == booking.proof_id,
                        record_of(proof.child_id) == record_of(booking.child_id),
                        t.slot.c.id == booking.slot_id,
                        proof.activity_code == t.slot.c.activity_code,
                        booking.day.between(proof.first_on, proof.last_on),
                    ),
                ),
            ),
            "elle n’est pas de l’absence qu’elle nomme.",
        ),
    ):
        yield t.booking, broken, sentence


def _baskets() -> Iterator[Rule]:
    def cashed(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(payment.basket_id == basket.id, *conditions)

    other = t.payment.alias()
    first = payment.corrects_id.is_(None)  # what corrects it came later
    for broken, sentence in (
        (and_(basket.state == BasketState.PAID.value, ~cashed()), "marqué payé sans paiement."),
        (and_(basket.state == BasketState.OPEN.value, cashed()), "payé mais encore ouvert."),
        (and_(basket.state == BasketState.CLOSED.value, cashed()), "payé mais marqué clos."),
        (
            cashed(
                other.c.basket_id == basket.id,
                other.c.id != payment.id,
                or_(
                    and_(first, other.c.corrects_id.is_(None)), and_(not_reversed(payment.id), not_reversed(other.c.id))
                ),
            ),
            "payé deux fois.",
        ),
        (cashed(first, payment.paid_at >= basket.expires_at), "payé après son expiration."),
        (cashed(first, payment.paid_at != basket.closed_at), "son paiement n’est pas de l’instant où il a été clos."),
        (
            or_(
                and_(basket.state == BasketState.OPEN.value, basket.closed_at.is_not(None)),
                and_(basket.state != BasketState.OPEN.value, basket.closed_at.is_(None)),
            ),
            "sa date de clôture ne va pas avec son état.",
        ),
        (
            and_(
                basket.state == BasketState.OPEN.value,
                ~exists().where(booking.basket_id == basket.id, booking.state.in_(TO_PAY)),
            ),
            "ouvert sans aucune journée à payer.",
        ),
        (
            exists().where(t.payer.c.id == basket.payer_id, t.payer.c.dossier_id != basket.dossier_id),
            "son payeur n’est pas de son dossier.",
        ),
    ):
        yield t.basket, broken, sentence


def _proofs() -> Iterator[Rule]:
    first = select(func.min(booking.day)).where(booking.proof_id == proof.id).scalar_subquery()
    last = select(func.max(booking.day)).where(booking.proof_id == proof.id).scalar_subquery()
    decision = (proof.received_on, proof.decided_at, proof.decided_by)
    for broken, sentence in (
        (
            or_(
                and_(
                    proof.state == ProofState.AWAITED.value,
                    or_(*(column.is_not(None) for column in decision), proof.reason != ""),
                ),
                and_(
                    proof.state != ProofState.AWAITED.value,
                    or_(*(column.is_(None) for column in decision), proof.reason == ""),
                ),
            ),
            "sa décision ne va pas avec son état.",
        ),
        (
            or_(func.coalesce(first, last).is_(None), first != proof.first_on, last != proof.last_on),
            "ses dates ne sont pas celles des journées d’absence.",
        ),
        (
            exists().where(t.child.c.id == proof.child_id, t.child.c.dossier_id != proof.dossier_id),
            "l’enfant n’est pas de son dossier.",
        ),
    ):
        yield t.absence_proof, broken, sentence


def _attendance() -> Iterator[Rule]:
    """Yield the marks that tell of another child's or another day's booking, and a presence without booking that nobody ever owed."""
    marked = t.attendance.c
    told = exists().where(
        booking.id == marked.booking_id,
        booking.slot_id == marked.slot_id,
        record_of(booking.child_id) == record_of(marked.child_id),
    )
    owed = exists().where(booking.id == marked.booking_id, booking.state.in_(_OWED_ONCE))
    for broken, sentence in (
        (and_(marked.booking_id.is_not(None), ~told), "elle ne parle pas de la réservation de cet enfant ce jour-là."),
        (
            and_(marked.state == AttendanceState.UNBOOKED.value, ~owed),
            "venu sans réservation, mais sa journée n’est ni due, ni payée, ni remise.",
        ),
        (
            exists().where(t.child.c.id == marked.child_id, t.child.c.dossier_id != marked.dossier_id),
            "l’enfant n’est pas de son dossier.",
        ),
    ):
        yield t.attendance, broken, sentence


def _persons() -> Iterator[Rule]:
    """Yield the rows whose identity snapshot is another person's; an erased one still says whose it was."""
    person = t.identity_snapshot.c
    for lines in (t.payment_line, t.avoir_line):
        named = exists().where(
            person.id == lines.c.child_snapshot_id,
            person.kind == SnapshotKind.CHILD.value,
            booking.id == lines.c.booking_id,
            booking.child_id == person.person_id,
        )
        yield lines, ~named, "elle nomme un autre enfant que celui de sa réservation."
    for table in (t.payment, t.avoir):
        named = exists().where(
            person.id == table.c.payer_snapshot_id,
            person.kind == SnapshotKind.PAYER.value,
            t.payer.c.id == table.c.payer_id,
            t.payer.c.guardian_id == person.person_id,
        )
        yield table, ~named, "il nomme une autre personne que son payeur."
