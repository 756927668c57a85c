"""Payments online: each one paid is one payment, of that money, reference and days; statements agree with what they name."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from models import tables as t
from models.states import AvoirReason, BookingState, OnlineState, StatementOutcome
from tui_portail.policy import Means
from tui_portail.services.accounts import living_of
from tui_portail.services.findings import Rule, asked

online, asked_day = t.online_payment.c, t.online_payment_line.c
payment, tender, line = t.payment.c, t.tender.c, t.payment_line.c
received, statement = t.treasury_line.c, t.treasury_statement.c
avoir, returned, booking = t.avoir.c, t.avoir_line.c, t.booking.c
_BY_PAYFIP = tender.means == Means.PAYFIP.value
_PAID = online.state == OnlineState.PAID.value


@asked
def check_online() -> Iterator[Rule]:
    """Yield what does not hold, the payments first."""
    yield from (*_payments(), *_money(), *_avoirs(), *_statements())


def _payments() -> Iterator[Rule]:
    waiting = online.state.in_((OnlineState.ASKED.value, OnlineState.OPEN.value))

    def its_payment(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(payment.id == online.payment_id, *conditions)

    def its_tender(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(tender.payment_id == online.payment_id, _BY_PAYFIP, *conditions)

    charged = select(line.booking_id).where(line.payment_id == online.payment_id).correlate(t.online_payment)
    wanted = select(asked_day.booking_id).where(asked_day.online_payment_id == online.id).correlate(t.online_payment)
    for broken, sentence in (
        (
            and_(_PAID, ~its_tender(tender.amount_cents == online.amount_cents, tender.reference == online.reference)),
            "payé, mais son paiement n’a pas cette somme par PayFiP sous cette référence.",
        ),
        (
            and_(_PAID, ~its_payment(living_of(payment.payer_id) == living_of(online.payer_id))),
            "le paiement est d’un autre payeur que celui qui l’a demandé.",
        ),
        (and_(_PAID, ~its_payment(payment.till_session_id.is_(None))), "il est entré dans une caisse."),
        (
            and_(_PAID, its_payment((payment.basket_id == online.basket_id) == online.late)),
            "payé dans le quart d’heure, il paie son panier ; après, un autre : ce n’est pas ce qui est écrit.",
        ),
        (
            and_(
                _PAID,
                ~online.late,
                or_(
                    exists(charged.where(line.booking_id.not_in(wanted))),
                    exists(wanted.where(asked_day.booking_id.not_in(charged))),
                ),
            ),
            "les journées payées ne sont pas celles qui étaient demandées.",
        ),
        (~exists().where(asked_day.online_payment_id == online.id), "il ne paie aucune journée."),
        (and_(~_PAID, online.late), "il n’est pas payé, et serait venu trop tard."),
        (
            or_(and_(waiting, online.ended_at.is_not(None)), and_(~waiting, online.ended_at.is_(None))),
            "son état ne va pas avec l’heure où il a fini.",
        ),
        (
            or_(
                (online.disputed_at.is_(None)) != (online.disputed_by.is_(None)),
                (online.dispute_ended_at.is_(None)) != (online.dispute_ended_by.is_(None)),
                and_(online.disputed_at.is_(None), online.dispute_ended_at.is_not(None)),
                online.dispute_ended_at < online.disputed_at,
            ),
            "sa contestation et sa réponse ne se suivent pas.",
        ),
    ):
        yield t.online_payment, broken, sentence


def _money() -> Iterator[Rule]:
    asked_for = exists().where(
        online.payment_id == tender.payment_id,
        online.reference == tender.reference,
        online.amount_cents == tender.amount_cents,
    )
    other = t.tender.alias("other")
    twice = exists().where(
        other.c.payment_id == tender.payment_id, other.c.id < tender.id, other.c.means == tender.means
    )
    yield t.tender, and_(_BY_PAYFIP, ~asked_for), "PayFiP n’a rien payé sous cette référence."
    yield t.tender, and_(_BY_PAYFIP, twice), "le paiement a deux règlements par PayFiP."


def _avoirs() -> Iterator[Rule]:
    given_for = avoir.reason == AvoirReason.ONLINE.value
    late_day = exists().where(
        booking.id == returned.booking_id,
        payment.basket_id == booking.basket_id,
        online.payment_id == payment.id,
        online.late,
    )
    not_late = select(returned.id).where(returned.avoir_id == avoir.id, ~late_day).correlate(t.avoir)
    gives = exists().where(returned.avoir_id == avoir.id)
    broken = and_(given_for, or_(~gives, exists(not_late)))
    yield t.avoir, broken, "il rend autre chose que les journées d’un paiement en ligne venu trop tard."
    yield t.booking, booking.state == BookingState.UNKEPT.value, "payée sans place, elle n’a pas été rendue."


def _statements() -> Iterator[Rule]:
    def ours(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(online.id == received.online_payment_id, *conditions)

    def read(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(statement.id == received.statement_id, *conditions)

    is_ours = received.online_payment_id.is_not(None)
    same = online.amount_cents == received.amount_cents
    known_then = exists().where(
        online.reference == received.reference,
        statement.id == received.statement_id,
        online.asked_at < statement.read_at,
    )
    read_at = (
        select(statement.read_at)
        .where(statement.id == received.statement_id)
        .correlate(t.treasury_line)
        .scalar_subquery()
    )
    outcome = received.outcome
    for broken, sentence in (
        (
            and_(is_ours, ~ours(online.reference == received.reference)),
            "sa référence n’est pas celle du paiement qu’elle nomme.",
        ),
        (
            or_(
                and_(is_ours, outcome == StatementOutcome.UNKNOWN.value),
                and_(~is_ours, outcome != StatementOutcome.UNKNOWN.value),
                and_(~is_ours, known_then),
            ),
            "elle est dite inconnue sans l’être, ou le contraire.",
        ),
        (
            and_(is_ours, ours(same) == (outcome == StatementOutcome.AMOUNT.value)),
            "son montant ne va pas avec ce qui en est dit.",
        ),
        (
            and_(outcome == StatementOutcome.MATCHED.value, ~ours(_PAID, online.ended_at <= read_at)),
            "elle est dite rapprochée d’un paiement qui n’était pas payé.",
        ),
        (
            and_(outcome == StatementOutcome.UNPAID.value, ours(_PAID, online.ended_at < read_at)),
            "elle est dite non payée, et l’était déjà.",
        ),
        (
            read(or_(received.paid_on < statement.first_on, received.paid_on > statement.last_on)),
            "son jour n’est pas dans la période du relevé.",
        ),
    ):
        yield t.treasury_line, broken, sentence
    of_it = received.statement_id == statement.id
    first = select(func.min(received.paid_on)).where(of_it).correlate(t.treasury_statement).scalar_subquery()
    last = select(func.max(received.paid_on)).where(of_it).correlate(t.treasury_statement).scalar_subquery()
    yield (
        t.treasury_statement,
        or_(~exists().where(of_it), statement.first_on != first, statement.last_on != last),
        "sa période n’est pas celle de ses lignes.",
    )
