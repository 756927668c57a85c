"""Means of payment typed wrong: one gesture reverses the payment, writes it again with the right means, and gives a new quittance.

The new quittance names the one it replaces. Lines, days and avoirs used stay as they are, whatever became of the days since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, select

from models import tables as t
from models.engine import lock_rows
from models.states import ReversalKind, ReversedLine
from tui_portail.errors import InvalidInput
from tui_portail.payment_rules import AvoirPlan, AvoirUse, DueLine, Tender, age_on, judge_tenders
from tui_portail.policy import BasketKind, Means, Policy
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import avoir_balances, lock_avoirs
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import lock_head, lock_series
from tui_portail.services.payment import TendersRefused, checked_tender, refuse_by_hand
from tui_portail.services.reversal_entry import PaidBefore, Undone, lock_payment, refuse_reversed, write_reversal
from tui_portail.services.rights import Right
from tui_portail.services.sale import CashedBasket, ChargedLine, Sale, reference_of, write_sale
from tui_portail.services.till import session_for


@dataclass(frozen=True, slots=True)
class CorrectedPayment:
    """The payment written again, and the number of the quittance that its own replaces."""

    cashed: CashedBasket
    replaced_number: str


def correct_payment(
    desk: Desk, payment_id: str, tenders: Sequence[Tender], reason: str, operation: str
) -> CorrectedPayment:
    """Reverse a payment and write it again with the means it was really paid by; `reason` is one of the policy's `correction_reasons`.

    Raises PaymentUnknown, AlreadyReversed, TendersRefused, TillClosed, InvalidInput, NotAllowed, OperationReused.
    """
    tenders = [checked_tender(tender) for tender in tenders]
    content = [
        payment_id,
        reason,
        [[t_.means, t_.amount_cents, t_.received_cents, dict(t_.references)] for t_ in tenders],
    ]

    def work(gesture: Gesture) -> Done:
        if reason not in gesture.commune.policy.correction_reasons:
            raise InvalidInput("Choisissez un motif dans la liste de la commune.")
        paid = lock_payment(gesture, payment_id)
        if not paid.tenders:
            raise InvalidInput("Les avoirs ont tout payé : il n’y a aucun moyen de paiement à corriger.")
        _refuse_online(paid)
        _refuse_the_same(paid, tenders)
        session_id = session_for(gesture, [Means(old.means) for old in paid.tenders] + [new.means for new in tenders])
        lock_rows(gesture.connection, t.basket, [paid.row.basket_id])
        refuse_reversed(gesture.connection, paid)
        lock_avoirs(gesture.connection, [paid.row.payer_id])
        sale = _sale(gesture, paid, tenders, session_id)
        if not sale.decision.accepted:
            raise TendersRefused(sale.decision.refusals)
        refuse_by_hand(tenders, gesture.commune.policy)
        lock_series(
            gesture.connection, gesture.regie_id, gesture.now
        )  # before the head that the reversal is written at
        outcomes = dict.fromkeys((line.booking_id for line in paid.lines), ReversedLine.CORRECTED)
        ranks = frozenset(tender.rank for tender in paid.tenders)
        undone = Undone(ReversalKind.CORRECTION, reason, ranks, outcomes, session_id)
        write_reversal(gesture, paid, undone, lock_head(gesture.connection, gesture.regie_id), None)
        corrected = CorrectedPayment(write_sale(gesture, sale), paid.number)
        details = {"quittance": corrected.cashed.quittance_number, "remplace": paid.number}
        return Done(asdict(corrected), "payment", payment_id, paid.row.dossier_id, reason, details)

    return perform(desk, "corriger_paiement", Right.REVERSE, operation, content, work, _answer)


def due_lines_of(paid: PaidBefore, policy: Policy) -> list[DueLine]:
    """Return the lines of a payment as the payment rules see them, each keyed by its booking."""
    return [
        DueLine(
            line.booking_id,
            line.activity_code,
            policy.activity(line.activity_code).family,
            line.day,
            age_on(line.birth_on, line.day),
            line.price_cents,
            line.care_cents,
            line.meal_cents,
        )
        for line in paid.lines
    ]


def plan_of(connection: Connection, payment_id: str, lines: Sequence[DueLine]) -> AvoirPlan:
    """Return what avoirs paid of a payment's lines, and what other means did."""
    used = select(t.avoir_use).where(t.avoir_use.c.payment_id == payment_id).order_by(t.avoir_use.c.id)
    uses = tuple(AvoirUse(row.avoir_id, row.booking_id, row.amount_cents) for row in connection.execute(used))
    rest = {line.key: line.price_cents for line in lines}
    for use in uses:
        rest[use.line_key] -= use.amount_cents
    return AvoirPlan(uses, rest)


def _refuse_online(paid: PaidBefore) -> None:
    if any(tender.means == Means.PAYFIP.value for tender in paid.tenders):
        raise InvalidInput(
            "Ce paiement est venu de PayFiP : aucun agent n’en a saisi le moyen, il ne se corrige pas. "
            "Si le Trésor a repris la somme, contre-passez-le."
        )


def _refuse_the_same(paid: PaidBefore, tenders: Sequence[Tender]) -> None:
    before = [
        (tender.means, tender.amount_cents, tender.bank, tender.reference, (tender.drawer or "").casefold())
        for tender in paid.tenders
    ]
    after = [
        (
            one.means.value,
            one.amount_cents,
            one.references.get("bank", "").strip(),
            reference_of(one),
            one.references.get("drawer", "").strip().casefold(),
        )
        for one in tenders
    ]
    if sorted(before) == sorted(after):
        raise InvalidInput("Ces moyens sont ceux de la quittance : il n’y a rien à corriger.")


def _sale(gesture: Gesture, paid: PaidBefore, tenders: Sequence[Tender], session_id: int | None) -> Sale:
    """Judge the new means on the lines as they were paid, with the same avoirs."""
    connection, policy = gesture.connection, gesture.commune.policy
    lines = due_lines_of(paid, policy)
    plan = plan_of(connection, paid.row.id, lines)
    balances = avoir_balances(connection, [paid.row.payer_id]).get(paid.row.payer_id, ())
    return Sale(
        str(uuid5(NAMESPACE_OID, gesture.operation + paid.row.id)),
        paid.row.basket_id,
        paid.row.kind,
        paid.row.dossier_id,
        paid.row.payer_id,
        paid.row.payer_snapshot_id,
        paid.row.payer_name,
        session_id,
        [
            ChargedLine(
                line.booking_id,
                line.child_id,
                line.slot_id,
                line.child_snapshot_id,
                line.activity_code,
                line.activity_label,
                line.day,
                line.price_cents,
                line.care_cents,
                line.meal_cents,
            )
            for line in paid.lines
        ],
        lines,
        plan,
        tenders,
        judge_tenders(lines, plan, tenders, BasketKind(paid.row.kind), policy),
        sum(avoir.remaining_cents for avoir in balances),
        corrects_id=paid.row.id,
    )


def _answer(result: Mapping[str, Any]) -> CorrectedPayment:
    return CorrectedPayment(CashedBasket(**result["cashed"]), result["replaced_number"])
