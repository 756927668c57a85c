"""Late ALSH absences and their justificatif: those that wait, and the decision that gives an avoir or not.

Cancelling itself goes through the planning (`booking.finish_changes`). What counts is the date of reception the agent records; the paper is
not kept: « vu le … par … » (rules, « Cancelling »).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, case, exists, func, or_, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import AvoirReason, BookingState, ProofState
from tui_portail.cancellation_rules import judge_proof
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import join_words, long_date, plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.accounts import living
from tui_portail.services.attendance_facts import marked_present
from tui_portail.services.avoirs import GivenAvoir, ReturnedLine, avoir_from, give_avoir
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import lock_dossier_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.payment import lock_waiting, settle_waiting
from tui_portail.services.rights import Right
from tui_portail.services.sale import CashedBasket


class ProofRefusedByRule(PortailError):
    """A justificatif received too late, or dated in the future, cannot be accepted."""

    code = "JUSTIFICATIF_REFUSE"


class AbsenceOwed(PortailError):
    """The payment of the absence was reversed: there is nothing to give back until the debt is paid."""

    code = "ABSENCE_DUE"

    def __init__(self) -> None:
        super().__init__(
            "Le paiement de cette absence a été contre-passé : encaissez d’abord la régularisation du payeur, "
            "puis acceptez le justificatif."
        )


class ChildCame(PortailError):
    """A child was marked present on a day of the absence."""

    code = "ABSENT_POINTE_PRESENT"

    def __init__(self, name: str, days: Sequence[date]) -> None:
        super().__init__(
            f"{name} a été pointé présent : {join_words([long_date(day) for day in days])}. Aucun avoir ne peut être donné : "
            "refusez le justificatif, ou faites d’abord corriger le pointage si c’est une erreur."
        )


class ProofAlreadyJudged(PortailError):
    """The absence was decided already."""

    code = "JUSTIFICATIF_DEJA_TRAITE"

    def __init__(self) -> None:
        super().__init__("Le justificatif de cette absence a déjà été traité. Rouvrez la liste pour voir la décision.")


@dataclass(frozen=True, slots=True)
class ProofRow:
    """An absence that waits: its child, activity and days, the exclusive end of its 48 h (UTC), what an acceptance would give (cents)."""

    proof_id: int
    dossier_id: int
    dossier_number: str
    child: str
    activity_label: str
    first_on: date
    last_on: date
    due_until: datetime
    overdue: bool
    refund_cents: int
    payer_name: str


@dataclass(frozen=True, slots=True)
class ProofOutcome:
    """The decision taken, with the avoirs it gave, one a payer of the absence, and the baskets on hold that they paid whole."""

    accepted: bool
    avoirs: tuple[GivenAvoir, ...]
    sentence: str
    settled: tuple[CashedBasket, ...] = ()


_GIVEN_BACK = exists().where(t.avoir_line.c.booking_id == t.booking.c.id)
_DROPPED = or_(
    t.booking.c.state == BookingState.CANCELLED.value,  # its debt was dropped: it was not paid, nothing comes back
    _GIVEN_BACK,  # the commune cancelled its day since
)
BY_THE_COMMUNE = "journées annulées par la commune"


def waiting_proofs(desk: Desk) -> tuple[ProofRow, ...]:
    """Return the absences that wait for a justificatif, the first to run out first."""
    with desk.read(Right.JUDGE_PROOF) as connection:
        now = desk.instant(connection)
        rows = connection.execute(_awaited_query()).all()
    return tuple(
        ProofRow(
            row.id,
            row.dossier_id,
            row.number,
            f"{row.first_name} {row.last_name}",
            row.label,
            row.first_on,
            row.last_on,
            row.due_until,
            now >= row.due_until,
            int(row.refund),
            row.payer,
        )
        for row in rows
        if row.payer is not None
    )


def _awaited_query() -> Select[Any]:
    """Return the query of the absences awaited: what each would give back is summed proof by proof, never over all the bookings."""
    proof, booking, guardian = t.absence_proof.c, t.booking.c, t.guardian.c
    refund = select(func.coalesce(func.sum(case((_DROPPED, 0), else_=booking.price_cents)), 0))
    payer = (
        select(func.min(guardian.first_name + " " + guardian.last_name))
        .select_from(t.booking)
        .join(t.payer, t.payer.c.id == booking.payer_id)
        .join(t.guardian, guardian.id == t.payer.c.guardian_id)
    )
    return (
        select(
            t.absence_proof,
            t.dossier.c.number,
            t.child.c.first_name,
            t.child.c.last_name,
            t.activity.c.label,
            refund.where(booking.proof_id == proof.id).scalar_subquery().label("refund"),
            payer.where(booking.proof_id == proof.id).scalar_subquery().label("payer"),
        )
        .join(t.dossier, t.dossier.c.id == proof.dossier_id)
        .join(t.child, t.child.c.id == proof.child_id)
        .join(t.activity, t.activity.c.code == proof.activity_code)
        .where(proof.state == ProofState.AWAITED.value)
        .order_by(proof.due_until, proof.id)
        .limit(200)
    )


def proof_reasons(desk: Desk, accepted: bool) -> tuple[str, ...]:
    """Return the commune's reasons for accepting, or for refusing, a justificatif: none names an illness. Raises NotAllowed."""
    with desk.read(Right.JUDGE_PROOF) as connection:
        policy = desk.commune(connection).policy
    return policy.proof_acceptance_reasons if accepted else policy.proof_refusal_reasons


def judge_proof_received(
    desk: Desk, proof_id: int, received_on: date, accepted: bool, reason: str, operation: str
) -> ProofOutcome:
    """Record a justificatif seen, accepted (an avoir of what was paid, for each payer) or refused, with a reason of the commune's list.

    Raises ProofRefusedByRule when it came too late, AbsenceOwed, ChildCame, ProofAlreadyJudged, InvalidInput, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        connection, policy = gesture.connection, gesture.commune.policy
        reasons = policy.proof_acceptance_reasons if accepted else policy.proof_refusal_reasons
        if reason not in reasons:
            raise InvalidInput("Choisissez un motif dans la liste de la commune.")
        _lock_proof(connection, proof_id)
        proof = connection.execute(select(t.absence_proof).where(t.absence_proof.c.id == proof_id)).first()
        if proof is None or proof.state != ProofState.AWAITED.value:
            raise ProofAlreadyJudged
        today = in_paris(gesture.now).date()
        decision = judge_proof(received_on, proof.due_until, today)
        if not decision and (accepted or received_on > today):
            raise ProofRefusedByRule(decision.sentence, code=decision.code, source=decision.source)
        if accepted:
            _refuse_owed(connection, proof_id)
            _refuse_who_came(connection, proof_id)
        state = ProofState.ACCEPTED if accepted else ProofState.REFUSED
        connection.execute(
            update(t.absence_proof)
            .where(t.absence_proof.c.id == proof_id)
            .values(
                state=state.value,
                received_on=received_on,
                reason=reason,
                decided_at=gesture.now,
                decided_by=gesture.agent.agent_id,
            )
        )
        avoirs, settled = _give_back(gesture, proof_id) if accepted else ([], [])
        seen = f"Justificatif vu le {long_date(today)} par {gesture.agent.name}"
        if not accepted:
            sentence = f"{seen}, refusé ({reason}) : aucun avoir n’est donné."
        elif not avoirs:
            sentence = f"{seen}, accepté ({reason}) : rien n’avait été payé, aucun avoir n’est à donner."
        else:
            total = format_cents(sum(avoir.amount_cents for avoir in avoirs))
            sentence = f"{seen}, accepté ({reason}) : {plural(len(avoirs), 'avoir')} de {total}."
        for cashed in settled:
            sentence += f" Le panier en attente est réglé par avoir, quittance n° {cashed.quittance_number}."
        result = {
            "accepted": accepted,
            "avoirs": [asdict(avoir) for avoir in avoirs],
            "sentence": sentence,
            "settled": [asdict(cashed) for cashed in settled],
        }
        details = {"received_on": received_on, "accepted": accepted, "avoirs": [avoir.number for avoir in avoirs]}
        return Done(result, "absence_proof", proof_id, proof.dossier_id, reason, details)

    def answer(result: Mapping[str, Any]) -> ProofOutcome:
        given = tuple(avoir_from(avoir) for avoir in result["avoirs"])
        settled = tuple(CashedBasket(**cashed) for cashed in result["settled"])
        return ProofOutcome(result["accepted"], given, result["sentence"], settled)

    content = [proof_id, received_on, accepted, reason]
    return perform(desk, "justificatif", Right.JUDGE_PROOF, operation, content, work, answer)


def close_proofs(gesture: Gesture, proof_ids: Collection[int]) -> None:
    """Close the absences that wait for a justificatif though the commune cancelled all their days: nothing is left to give back.

    Their dossier is locked. One that has other days goes on waiting, for those alone.
    """
    connection, proof, day = gesture.connection, t.absence_proof.c, t.booking.c
    lock_rows(connection, t.absence_proof, proof_ids)
    connection.execute(
        update(t.absence_proof)
        .where(
            proof.id.in_(proof_ids),
            proof.state == ProofState.AWAITED.value,
            ~exists().where(day.proof_id == proof.id, day.price_cents > 0, ~_DROPPED),
        )
        .values(
            state=ProofState.ACCEPTED.value,
            received_on=in_paris(gesture.now).date(),
            reason=BY_THE_COMMUNE,
            decided_at=gesture.now,
            decided_by=gesture.agent.agent_id,
        )
    )


def _lock_proof(connection: Connection, proof_id: int) -> None:
    """Lock the dossier of an absence, then the absence: its payment is not reversed between what is read and the avoir."""
    lock_dossier_of(connection, select(t.absence_proof.c.dossier_id).where(t.absence_proof.c.id == proof_id))
    lock_rows(connection, t.absence_proof, [proof_id])


def _refuse_owed(connection: Connection, proof_id: int) -> None:
    owed = t.booking.c.state == BookingState.DUE_LATE.value
    if connection.scalar(select(func.count()).where(t.booking.c.proof_id == proof_id, owed)):
        raise AbsenceOwed


def _refuse_who_came(connection: Connection, proof_id: int) -> None:
    """Refuse an absence of which a day is marked present. Its dossier is locked: no mark is written meanwhile."""
    rows = connection.execute(
        select(t.child.c.first_name, t.booking.c.day)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .where(t.booking.c.proof_id == proof_id, marked_present())
        .order_by(t.booking.c.day)
    ).all()
    if rows:
        raise ChildCame(rows[0].first_name, [row.day for row in rows])


def _give_back(gesture: Gesture, proof_id: int) -> tuple[list[GivenAvoir], list[CashedBasket]]:
    """Give each payer the avoir of the absence; a basket on hold that it pays whole is settled, its locks taken first."""
    rows = gesture.connection.execute(
        select(t.booking.c.id, living().label("payer_id"), t.booking.c.care_cents, t.booking.c.meal_cents)
        .select_from(t.booking)
        .join(t.payer, t.payer.c.id == t.booking.c.payer_id)
        .where(
            t.booking.c.proof_id == proof_id,
            t.booking.c.state == BookingState.CANCELLED_LATE.value,
            t.booking.c.price_cents > 0,
            ~_GIVEN_BACK,
        )
    ).all()
    by_payer: dict[int, list[ReturnedLine]] = {}
    for row in rows:
        by_payer.setdefault(row.payer_id, []).append(ReturnedLine(row.id, row.care_cents, row.meal_cents))
    waiting = lock_waiting(gesture, sorted(by_payer))
    given = [give_avoir(gesture, payer_id, AvoirReason.PROOF, lines) for payer_id, lines in sorted(by_payer.items())]
    return given, settle_waiting(gesture, waiting)
