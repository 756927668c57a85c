"""Undoing a payment typed wrong or a cheque that came back: a reversal, with a reason of the commune's list and the régisseur's right.

The days are owed again (`due`, or `due_late` where they were cancelled too late), in a régularisation cashed like another basket. Avoirs
that the payment used come back to the payer; what the régie keeps of the money becomes an avoir; an avoir given since for one of its
days is taken back, unless it was spent. A basket of theirs on hold that these avoirs now pay whole is settled at once (rules: nothing
due). Nothing is deleted, no cash is given back (CGCT R.1617-1 and following: a régie de recettes).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from models import tables as t
from models.states import BookingState, ReversalKind, ReversedLine, SeriesKind
from tui_portail.decision import POLICY
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import join_words
from tui_portail.policy import Means, Policy
from tui_portail.services.accounts import living
from tui_portail.services.avoir_sums import left_cents, not_reversed, withdrawn_cents
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.debts import open_debt
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import lock_head, next_number
from tui_portail.services.payment import lock_waiting, settle_waiting
from tui_portail.services.reversal_entry import (
    PaidBefore,
    ReversedPayment,
    Undone,
    lock_payment,
    refuse_reversed,
    reversed_from,
    write_reversal,
)
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number
from tui_portail.services.till import session_for


class AvoirSpent(PortailError):
    """An avoir given for the payment's days, or kept of it, was used since: it cannot be taken back."""

    code = "AVOIR_DEJA_UTILISE"
    source = POLICY

    def __init__(
        self, avoir: str, quittances: Sequence[str], *, given: str = "donné pour des journées de ce paiement"
    ) -> None:
        if quittances:
            where = f"par la quittance n° {join_words(quittances)}"
            after = "Contre-passez d’abord cette quittance, la plus récente la première."
        else:
            where, after = "par une demande de remboursement", "Voyez la somme avec l’ordonnateur."
        super().__init__(f"L’avoir {avoir}, {given}, a déjà été utilisé {where} : il ne peut plus être repris. {after}")


def reverse_payment(desk: Desk, payment_id: str, lost: Collection[int], reason: str, operation: str) -> ReversedPayment:
    """Reverse a payment: `lost` are the ranks of the tenders that never came or went back, the others are kept as an avoir.

    None need be lost of a payment that used avoirs: they come back, so that what gave them can be reversed in its turn.
    `reason` is one of the policy's `unpaid_reasons` (cheques only) or `reversal_reasons`. Raises PaymentUnknown, AlreadyReversed,
    AvoirSpent, TillClosed, InvalidInput, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        kind = _kind_of(reason, gesture.commune.policy)
        paid = lock_payment(gesture, payment_id)
        means = {tender.rank: Means(tender.means) for tender in paid.tenders}
        _check_lost(lost, means, kind, paid.row.avoir_cents)
        session_id = session_for(gesture, [means[rank] for rank in lost])
        waiting = lock_waiting(gesture, [_account(gesture.connection, paid)], also=[paid.row.basket_id])
        refuse_reversed(gesture.connection, paid)
        outcomes = {line.booking_id: outcome_of(line) for line in paid.lines}
        _refuse_spent(gesture.connection, paid, outcomes)
        owed = [booking_id for booking_id, outcome in outcomes.items() if outcome is not ReversedLine.WITHDRAWN]
        debt_id = open_debt(gesture, paid.row.dossier_id, paid.row.payer_id) if owed else None
        undone = Undone(kind, reason, frozenset(lost), outcomes, session_id, debt_id)
        kept_cents = sum(tender.amount_cents for tender in paid.tenders if tender.rank not in lost)
        number = (
            next_number(gesture.connection, gesture.regie_id, SeriesKind.AVOIR, gesture.now) if kept_cents else None
        )
        done = write_reversal(gesture, paid, undone, lock_head(gesture.connection, gesture.regie_id), number)
        done = replace(done, settled=tuple(settle_waiting(gesture, waiting)))
        details = {"contrepassee": paid.number} | (
            {"quittances": [one.quittance_number for one in done.settled]} if done.settled else {}
        )
        return Done(asdict(done), "payment", payment_id, paid.row.dossier_id, reason, details)

    content = [payment_id, sorted(lost), reason]
    return perform(desk, "contre_passer", Right.REVERSE, operation, content, work, reversed_from)


def _account(connection: Connection, paid: PaidBefore) -> int:
    """Return the account that pays now for the person who paid: the one whose basket may wait."""
    return int(connection.execute(select(living()).where(t.payer.c.id == paid.row.payer_id)).scalar_one())


def _kind_of(reason: str, policy: Policy) -> ReversalKind:
    if reason in policy.unpaid_reasons:
        return ReversalKind.UNPAID
    if reason in policy.reversal_reasons:
        return ReversalKind.CANCELLED
    raise InvalidInput("Choisissez un motif dans la liste de la commune.")


def _check_lost(lost: Collection[int], means: Mapping[int, Means], kind: ReversalKind, avoir_cents: int) -> None:
    if not means and not avoir_cents:
        raise InvalidInput(
            "Ces journées étaient gratuites : il n’y a rien à contre-passer. Annulez-les plutôt au planning."
        )
    if avoir_cents and not lost and kind is ReversalKind.CANCELLED:
        return  # the avoirs it used come back, the money stays: what gave them can then be reversed in its turn
    if not lost or not set(lost) <= set(means):
        raise InvalidInput(
            "Cochez au moins un règlement de cette quittance : celui qui n’a pas été reçu, ou qui est revenu impayé."
        )
    if kind is ReversalKind.UNPAID and any(means[rank] is not Means.CHEQUE for rank in lost):
        raise InvalidInput("Seul un chèque revient impayé : ne cochez que lui, ou choisissez un autre motif.")


def outcome_of(line: Row[Any]) -> ReversedLine:
    """Say what becomes of a line: given back since, it is taken back; cancelled too late, it stays owed; else it is due."""
    if line.avoir_id is not None or line.state == BookingState.CANCELLED.value:
        return ReversedLine.WITHDRAWN
    return ReversedLine.DUE_LATE if line.state == BookingState.CANCELLED_LATE.value else ReversedLine.DUE


def _refuse_spent(connection: Connection, paid: PaidBefore, outcomes: Mapping[int, ReversedLine]) -> None:
    """Refuse when an avoir given for these days no longer holds what they gave."""
    taken: defaultdict[int, int] = defaultdict(int)
    for line in paid.lines:
        if outcomes[line.booking_id] is ReversedLine.WITHDRAWN and line.avoir_id is not None:
            taken[line.avoir_id] += line.price_cents
    avoir = t.avoir.c
    for row in connection.execute(
        select(avoir.id, avoir.year, avoir.number, left_cents().label("left"))
        .where(avoir.id.in_(taken))
        .order_by(avoir.id)
    ):
        if row.left < taken[row.id]:
            raise AvoirSpent(avoir_number(row.year, row.number), used_by(connection, row.id, taken[row.id]))


def used_by(connection: Connection, avoir_id: int, wanted_cents: int) -> list[str]:
    """Return the numbers of the quittances that used an avoir, the latest first.

    None where reversing them all would not leave `wanted_cents` in it: a refund took too much, and they are to be left alone.
    """
    unused = select(t.avoir.c.amount_cents - withdrawn_cents()).where(t.avoir.c.id == avoir_id)
    if connection.execute(unused).scalar_one() < wanted_cents:
        return []
    use, quittance = t.avoir_use.c, t.quittance.c
    rows = connection.execute(
        select(quittance.year, quittance.number)
        .where(
            quittance.payment_id.in_(select(use.payment_id).where(use.avoir_id == avoir_id)),
            not_reversed(quittance.payment_id),
        )
        .order_by(quittance.year.desc(), quittance.number.desc())
    )
    return [quittance_number(row.year, row.number) for row in rows]
