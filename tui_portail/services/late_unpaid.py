"""A cheque that a reversal had kept, come back unpaid since: the avoir it was kept as is withdrawn, the next slip takes it off.

The reversal stands as it was written: what was owed again stays owed, and no avoir pays it any more for money that never came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, insert, select

from models import tables as t
from models.states import EntryKind
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.services.avoir_sums import left_cents
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import lock_avoirs
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.held import missing_ranks
from tui_portail.services.ledger import AVOIRS, Head, Movement, enter, lock_head
from tui_portail.services.reversal_entry import PaidBefore, account_of, lock_payment
from tui_portail.services.reversals import AvoirSpent, used_by
from tui_portail.services.rights import Right
from tui_portail.services.till import session_for


class AlreadyBack(PortailError):
    """The cheque was said to have come back, here or at another desk, or its payment's reversal had lost it already."""

    code = "CHEQUE_DEJA_REVENU"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Ce chèque de la quittance n° {number} a déjà été retiré des comptes de la régie. Rien n’a été changé."
        )


@dataclass(frozen=True, slots=True)
class ChequeBack:
    """What was done: the quittance of the cheque, its amount (cents), the avoir it was kept as."""

    payment_id: str
    quittance: str
    lost_cents: int
    avoir: str

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        return (
            f"Chèque de {format_cents(self.lost_cents)} de la quittance n° {self.quittance} noté impayé : "
            f"l’avoir {self.avoir}, qui l’avait gardé, est repris d’autant."
        )


def declare_unpaid(desk: Desk, payment_id: str, rank: int, reason: str, operation: str) -> ChequeBack:
    """Say that a cheque kept by its payment's reversal came back unpaid; `reason` is one of the policy's `unpaid_reasons`.

    Raises PaymentUnknown, InvalidInput, AlreadyBack, AvoirSpent, TillClosed, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        if reason not in gesture.commune.policy.unpaid_reasons:
            raise InvalidInput("Choisissez un motif d’impayé dans la liste de la commune.")
        paid = lock_payment(gesture, payment_id)
        tender = next((one for one in paid.tenders if one.rank == rank), None)
        if tender is None or Means(tender.means) is not Means.CHEQUE:
            raise InvalidInput("Seul un chèque revient impayé : choisissez-le parmi les règlements de cette quittance.")
        session_id = session_for(gesture, [Means.CHEQUE])
        lock_avoirs(gesture.connection, [paid.row.payer_id])
        avoir = _avoir_kept(gesture, paid, tender)
        head = lock_head(gesture.connection, gesture.regie_id)
        _write(gesture, paid, tender, avoir.id, reason, session_id, head)
        done = ChequeBack(payment_id, paid.number, tender.amount_cents, avoir_number(avoir.year, avoir.number))
        return Done(asdict(done), "payment", payment_id, paid.row.dossier_id, reason, {"impayee": paid.number})

    content = [payment_id, rank, reason]
    return perform(desk, "cheque_revenu", Right.REVERSE, operation, content, work, _answer)


def _avoir_kept(gesture: Gesture, paid: PaidBefore, tender: Row[Any]) -> Row[Any]:
    """Return the avoir that holds what was kept of the payment, which must still hold this cheque.

    Raises InvalidInput, AlreadyBack, AvoirSpent.
    """
    back, late = t.reversal_tender.c, t.late_unpaid.c
    found = gesture.connection.execute(
        select(back.kept, late.id.label("late_id"), t.avoir, left_cents().label("left"))
        .join(t.reversal, t.reversal.c.payment_id == back.payment_id)
        .outerjoin(t.avoir, t.avoir.c.id == t.reversal.c.kept_avoir_id)
        .outerjoin(t.late_unpaid, (late.payment_id == back.payment_id) & (late.tender_rank == back.tender_rank))
        .where(back.payment_id == paid.row.id, back.tender_rank == tender.rank)
    ).first()
    if found is None:
        raise InvalidInput(
            f"La quittance n° {paid.number} n’est pas contre-passée : contre-passez-la, ce chèque coché."
        )
    if not found.kept or found.late_id is not None:
        raise AlreadyBack(paid.number)
    if found.left < tender.amount_cents:
        number = avoir_number(found.year, found.number)
        spent_by = used_by(gesture.connection, found.id, tender.amount_cents)
        raise AvoirSpent(number, spent_by, given="gardé de ce paiement")
    return found


def _write(
    gesture: Gesture,
    paid: PaidBefore,
    tender: Row[Any],
    avoir_id: int,
    reason: str,
    session_id: int | None,
    head: Head,
) -> None:
    """Write the entry, the row that says it, what it takes from the avoir."""
    missing = missing_ranks(gesture.connection, gesture.till_id, paid.row.id)
    cents = tender.amount_cents
    said = {
        "payment_id": paid.row.id,
        "tender_rank": tender.rank,
        "amount_cents": cents,
        "reason": reason,
        "till_session_id": session_id,
    }
    enter(
        gesture.connection,
        head,
        EntryKind.UNPAID,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        [
            Movement(AVOIRS, cents, paid.row.payer_id),
            Movement(account_of(tender, missing), -cents, till_session_id=session_id),
        ],
        {"unpaid": said, "missing": tender.rank in missing, "withdrawal": [avoir_id, cents]},
    )
    late_id = gesture.connection.execute(
        insert(t.late_unpaid)
        .values(
            regie_id=gesture.regie_id,
            declared_at=gesture.now,
            agent_id=gesture.agent.agent_id,
            entry_seq=head.seq,
            **said,
        )
        .returning(t.late_unpaid.c.id)
    ).scalar_one()
    gesture.connection.execute(
        insert(t.avoir_withdrawal).values(avoir_id=avoir_id, late_unpaid_id=late_id, amount_cents=cents)
    )


def _answer(result: Mapping[str, Any]) -> ChequeBack:
    return ChequeBack(**result)
