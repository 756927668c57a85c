"""What the closing of a till must find: the cash the books say is there, the cheques held one by one, the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from tui_portail.payment_means import means_label
from tui_portail.policy import Means, Policy
from tui_portail.services.desk import Desk
from tui_portail.services.held import HeldTender, held_tenders
from tui_portail.services.rights import Right
from tui_portail.services.till import TillSessionView, may_close, read_open_session
from tui_portail.services.till_balance import ValueHeld, cash_held, values_held
from tui_portail.till_rules import counted_values


@dataclass(frozen=True, slots=True)
class TillToClose:
    """What a session's closing must find: cash (cents), cheques one by one, values; `may_close`: by who sits at the desk."""

    session: TillSessionView
    cash_cents: int
    cheques: tuple[HeldTender, ...]
    values: tuple[ValueHeld, ...]
    may_close: bool

    @property
    def expected(self) -> dict[Means, int]:
        """What the books say is there of each means counted, in cents."""
        return {
            Means.CASH: self.cash_cents,
            Means.CHEQUE: cheques_expected(self.cheques),
            **{value.means: value.expected_cents for value in self.values},
        }


def till_to_close(desk: Desk) -> TillToClose | None:
    """Return what the closing of the open session must find, None when the till is closed. Raises NotAllowed."""
    with desk.read(Right.TILL) as connection:
        regie_id, till_id = desk.place(connection)
        session = read_open_session(connection, till_id, desk.instant(connection))
        if session is None:
            return None
        policy = desk.commune(connection).policy
        allowed = may_close(desk.require(), session)
        return read_to_close(connection, regie_id, till_id, session, policy, allowed)


def read_to_close(
    connection: Connection, regie_id: int, till_id: int, session: TillSessionView, policy: Policy, allowed: bool
) -> TillToClose:
    """Read what an open session must hold; under lock when it is about to be closed."""
    values = values_held(connection, regie_id, till_id)
    return TillToClose(
        session,
        cash_held(connection, regie_id, session.session_id),
        held_tenders(connection, regie_id, till_id, Means.CHEQUE),
        tuple(ValueHeld(means, means_label(means, policy), values[means]) for means in counted_values(policy, values)),
        allowed,
    )


def cheques_expected(cheques: Sequence[HeldTender]) -> int:
    """Return what cheques held make, in cents; one missing at the last closing is expected no more until it is found again."""
    return sum(cheque.amount_cents for cheque in cheques if not cheque.missing)
