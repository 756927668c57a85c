"""A payment online that is contested: « j’ai payé, rien n’apparaît », or the reverse. What is said, what was answered, by whom.

PayFiP is asked again first: most disputes end there. One dispute a payment; its texts go when the family is erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from models import tables as t
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import DossierErased
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.online_entering import lock_online
from tui_portail.services.online_following import FollowedPayment, follow
from tui_portail.services.online_services import OnlineServiceMissing
from tui_portail.services.rights import Right

LONGEST_REASON = 200


class DisputeRefused(PortailError):
    """The payment is contested already, was, or is not."""

    code = "CONTESTATION_REFUSEE"


@dataclass(frozen=True, slots=True)
class NotedDispute:
    """A dispute noted: what PayFiP said when it was asked again (`followed`), or why it could not be (`not_asked`, French)."""

    followed: FollowedPayment | None
    not_asked: str = ""


def ask_again(desk: Desk, online_id: int) -> FollowedPayment:
    """Ask PayFiP what became of a payment. Raises OnlineServiceMissing where it cannot be asked from here, and as `follow`."""
    if desk.online is None:
        with desk.read(Right.ONLINE_PAYMENTS):  # whoever may not follow payments is told that first
            raise OnlineServiceMissing
    return follow(desk, desk.online, online_id)


def dispute(desk: Desk, online_id: int, reason: str, operation: str) -> NotedDispute:
    """Note that a payment is contested, once PayFiP was asked again where it can be: what it says is kept, whatever it is.

    Raises DisputeRefused, OnlinePaymentUnknown, DossierErased, InvalidInput (no reason), NotAllowed, OperationReused.
    """
    reason = _checked(reason, "le motif de la contestation", "Tapez ce que dit la famille : c’est conservé.")

    def work(gesture: Gesture) -> Done:
        row, dossier_id = _locked(gesture, online_id)
        if row.dispute_ended_at is not None:
            raise DisputeRefused(
                "Ce paiement a déjà été contesté, et il y a été répondu : lisez la réponse à son détail."
            )
        if row.disputed_at is not None:
            raise DisputeRefused("Ce paiement est déjà contesté : terminez la contestation quand vous avez la réponse.")
        _write(gesture, online_id, disputed_at=gesture.now, disputed_by=gesture.agent.agent_id, dispute=reason)
        return Done({}, "online_payment", online_id, dossier_id, reason)

    followed, not_asked = None, ""
    try:
        followed = ask_again(desk, online_id)
    except PortailError as refused:  # what stops the gesture itself is raised by it
        not_asked = refused.sentence
    perform(desk, "contester_paiement", Right.ONLINE_PAYMENTS, operation, [online_id, reason], work, _nothing)
    return NotedDispute(followed, not_asked)


def end_dispute(desk: Desk, online_id: int, answer: str, operation: str) -> None:
    """End a dispute with what was answered to the family.

    Raises DisputeRefused, OnlinePaymentUnknown, DossierErased, InvalidInput (no answer), NotAllowed, OperationReused.
    """
    answer = _checked(
        answer, "la réponse à la contestation", "Tapez ce qui a été répondu à la famille : c’est conservé."
    )

    def work(gesture: Gesture) -> Done:
        row, dossier_id = _locked(gesture, online_id)
        if row.disputed_at is None:
            raise DisputeRefused("Ce paiement n’est pas contesté : il n’y a rien à terminer.")
        if row.dispute_ended_at is not None:
            raise DisputeRefused("Cette contestation est déjà terminée : lisez la réponse à son détail.")
        ended = {"dispute_ended_at": gesture.now, "dispute_ended_by": gesture.agent.agent_id, "dispute_answer": answer}
        _write(gesture, online_id, **ended)
        return Done({}, "online_payment", online_id, dossier_id, answer)

    perform(desk, "terminer_contestation", Right.ONLINE_PAYMENTS, operation, [online_id, answer], work, _nothing)


def _checked(text: str, what: str, missing: str) -> str:
    checked = checked_reason(text, LONGEST_REASON, what, "reason")
    if not checked:
        raise InvalidInput(missing)
    return checked


def _locked(gesture: Gesture, online_id: int) -> tuple[Any, int | None]:
    row, dossier_id = lock_online(gesture.connection, online_id)
    erased_at = gesture.connection.scalar(select(t.dossier.c.erased_at).where(t.dossier.c.id == dossier_id))
    if erased_at is not None:
        raise DossierErased
    return row, dossier_id


def _write(gesture: Gesture, online_id: int, **values: object) -> None:
    gesture.connection.execute(update(t.online_payment).where(t.online_payment.c.id == online_id).values(**values))


def _nothing(_: Mapping[str, Any]) -> None:
    return None
