"""What became of a payment page: asked of PayFiP as often as wished, written once. The only way by which money online is believed.

A notification, a parent waiting at the kiosk, an agent, the command that follows all of them end here: PayFiP is asked by our own
connection, its answer compared with what was asked (reference, amount, client, mode), then written under locks. A page paid is paid once,
whoever asks and however often; money that comes after the basket is gone books again or becomes an avoir (`online_late`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from models import tables as t
from models.states import OnlineState
from tui_portail.errors import PortailError
from tui_portail.logs import note_incident
from tui_portail.payfip_answers import OnlineOutcome, PayFipAnswer, PaymentAsked, check_answer, is_final
from tui_portail.service_rules import PayFipMode
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.online_entering import OnlinePaymentUnknown, enter_money, lock_online, online_row
from tui_portail.services.online_late import LateMoney, late_money_of
from tui_portail.services.online_payments import OnlineServices, money_may_come
from tui_portail.services.portal import Portal
from tui_portail.services.rights import Right
from tui_portail.services.sale import quittance_number


@dataclass(frozen=True, slots=True)
class FollowedPayment:
    """Where a payment online is. Once paid: its quittance, and what became of days that had expired meanwhile (`late`)."""

    online_id: int
    state: OnlineState
    reference: str
    amount_cents: int
    quittance_id: int | None = None
    quittance_number: str = ""
    late: LateMoney | None = None

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is waited for."""
        return self.state not in (OnlineState.ASKED, OnlineState.OPEN)


def follow_own(portal: Portal, online_id: int) -> FollowedPayment:
    """Ask PayFiP what became of the signed parent's own page, and write it. Raises as `follow`, and what `own_of` raises."""
    with portal.read() as (connection, own):
        mine = select(t.online_payment.c.id).where(
            t.online_payment.c.id == online_id, t.online_payment.c.account_id == own.account_id
        )
        if connection.scalar(mine) is None:
            raise OnlinePaymentUnknown
    if portal.online is None:
        raise OnlinePaymentUnknown
    return _follow(portal.desk, portal.online, online_id, Right.PORTAL)


def follow_notified(portal: Portal, id_op: str) -> None:
    """Ask PayFiP about a page that a notification names: nothing else of it is believed, an unknown one is nothing."""
    with portal.read_public() as connection:
        online_id = connection.scalar(select(t.online_payment.c.id).where(t.online_payment.c.id_op == id_op))
    if online_id is not None and portal.online is not None:
        _follow(portal.desk, portal.online, online_id, Right.PORTAL)


def follow(desk: Desk, services: OnlineServices, online_id: int) -> FollowedPayment:
    """Ask PayFiP what became of a page, for an agent, and write it.

    Raises OnlinePaymentUnknown, NotAllowed, AnswerDoesNotMatch, AnswerNotUnderstood, and PayFiP's refusals: nothing is written then.
    """
    return _follow(desk, services, online_id, Right.ONLINE_PAYMENTS)


def unsettled(desk: Desk, right: Right = Right.ONLINE_PAYMENTS) -> tuple[int, ...]:
    """Return the pages whose money may still come, the oldest first: `follow_all` asks of each."""
    online = t.online_payment.c
    with desk.read(right) as connection:
        waiting = select(online.id).where(money_may_come(desk.instant(connection)))
        return tuple(connection.scalars(waiting.order_by(online.id)))


def follow_all(portal: Portal, tell: Callable[[int, FollowedPayment | PortailError], None]) -> int:
    """Ask of every page whose money may still come, one after the other, and return how many there were.

    `tell` is given what became of each, or why it is not known.
    """
    if portal.online is None:
        return 0
    pages = unsettled(portal.desk, Right.PORTAL)
    for online_id in pages:
        try:
            tell(online_id, _follow(portal.desk, portal.online, online_id, Right.PORTAL))
        except PortailError as refused:
            tell(online_id, refused)
        except Exception as bug:  # one page must not keep the money of those behind it waiting
            tell(
                online_id,
                PortailError(f"Incident {note_incident(bug).reference} : ce paiement sera redemandé plus tard."),
            )
    return len(pages)


def _follow(desk: Desk, services: OnlineServices, online_id: int, right: Right) -> FollowedPayment:
    with desk.read(right) as connection:
        row = online_row(connection, online_id)
        now = desk.instant(connection)
        if row.state == OnlineState.PAID.value or row.id_op is None:
            return followed(connection, row)
    answer = services(row.client_number, PayFipMode(row.mode)).ask(row.id_op)
    check_answer(answer, PaymentAsked(row.reference, row.amount_cents, row.client_number, PayFipMode(row.mode)))
    if _says_nothing_new(row, answer, now):
        return FollowedPayment(row.id, OnlineState(row.state), row.reference, row.amount_cents)
    return _write(desk, row, answer, right)


def _says_nothing_new(row: Any, answer: PayFipAnswer, now: datetime) -> bool:
    """Say whether there is nothing to write: not paid yet, or not known yet, while the page is open; or the same end as before."""
    pending = answer.outcome is OnlineOutcome.GONE and not is_final(answer.outcome, row.asked_at, now)
    if answer.outcome is OnlineOutcome.PENDING or pending:
        return row.state != OnlineState.OPEN.value or bool(now < row.page_until)
    return answer.outcome is not OnlineOutcome.PAID and bool(answer.code == row.code)


def _write(desk: Desk, row: Any, answer: PayFipAnswer, right: Right) -> FollowedPayment:
    """Write an answer once: the row is locked and read again, its money entered or its end noted."""

    def work(gesture: Gesture) -> Done:
        now_row, dossier_id = lock_online(gesture.connection, row.id)
        result: dict[str, Any] = {}
        if now_row.state == OnlineState.PAID.value:
            pass  # somebody else asked meanwhile, and wrote it
        elif answer.outcome is OnlineOutcome.PAID:
            result = enter_money(gesture, now_row, answer.code, answer.paid_on, dossier_id or 0)
        else:
            _end(gesture, now_row, answer)
        details = {"code": answer.code, "reference": row.reference}
        return Done(result, "online_payment", row.id, dossier_id, details=details)

    def written(_: Mapping[str, Any]) -> FollowedPayment:
        with desk.read(right) as connection:
            return followed(connection, online_row(connection, row.id))

    content = [row.id, answer.outcome, answer.code]
    return perform(desk, "suivre_paiement_en_ligne", right, new_operation(), content, work, written)


def _end(gesture: Gesture, row: Any, answer: PayFipAnswer) -> None:
    """Note how a page ended without money. It is asked again all the same: a bank's word may come later."""
    states = {
        OnlineOutcome.REFUSED: OnlineState.REFUSED,
        OnlineOutcome.ABANDONED: OnlineState.ABANDONED,
        OnlineOutcome.PENDING: OnlineState.EXPIRED,
        OnlineOutcome.GONE: OnlineState.EXPIRED,
    }
    state = states[answer.outcome]
    if answer.outcome is OnlineOutcome.GONE and row.state in (OnlineState.REFUSED.value, OnlineState.ABANDONED.value):
        state = OnlineState(row.state)  # forgotten since: what it had said stays
    online = t.online_payment
    gesture.connection.execute(
        update(online)
        .where(online.c.id == row.id)
        .values(state=state.value, code=answer.code, asked_again_at=gesture.now, ended_at=row.ended_at or gesture.now)
    )


def followed(connection: Connection, row: Any) -> FollowedPayment:
    """Return a payment online as it is written."""
    paid = connection.execute(
        select(t.quittance.c.id, t.quittance.c.year, t.quittance.c.number).where(
            t.quittance.c.payment_id == row.payment_id
        )
    ).first()
    return FollowedPayment(
        row.id,
        OnlineState(row.state),
        row.reference,
        row.amount_cents,
        None if paid is None else paid.id,
        "" if paid is None else quittance_number(paid.year, paid.number),
        late_money_of(connection, row.id, row.payment_id) if row.late else None,
    )
