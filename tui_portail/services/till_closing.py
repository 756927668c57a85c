"""Closing the till: cash by note and coin, cheques one by one, values, against what the books say; each difference is an entry of its own.

The session is locked first, then the journal's head: nothing is paid, moved or deposited between what is expected and the closing. Of two
people who close at once the first wins, the other is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from models.states import CountAt, EntryKind, SessionState
from tui_portail.decision import Decision
from tui_portail.errors import PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.french import date_time_text, join_words
from tui_portail.payment_means import means_label
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import enter, lock_head
from tui_portail.services.rights import NotAllowed, Right
from tui_portail.services.till import LONGEST_REASON, TillRefused, TillSessionView, may_close
from tui_portail.services.till_counting import TillToClose, read_to_close
from tui_portail.services.till_differences import enter_difference
from tui_portail.till_rules import Count, cash_cents, judge_cash, judge_counts, judge_values

ChequeKey = tuple[str, int]
"""The payment and rank that name a cheque."""


class SessionUnknown(PortailError):
    """No session of the desk's till has this id."""

    code = "SESSION_INCONNUE"

    def __init__(self) -> None:
        super().__init__("Cette session de caisse n’existe pas. Retrouvez-la dans la liste des sessions.")


class SessionClosed(PortailError):
    """The session is closed: by another desk while this one counted, or before."""

    code = "CAISSE_DEJA_CLOTUREE"

    def __init__(self, closed_at: datetime, closed_by: str) -> None:
        super().__init__(
            f"Cette caisse a déjà été clôturée par {closed_by}, le {date_time_text(closed_at)}. "
            "Rien n’a été changé : sa feuille de caisse est dans la liste des sessions."
        )


class CountStale(PortailError):
    """What the till should hold changed while it was being counted."""

    code = "COMPTAGE_DEPASSE"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Rien n’a été clôturé : relisez la caisse (F5), puis clôturez.")


@dataclass(frozen=True, slots=True)
class ClosedTill:
    """A session just closed: what was counted of cash and the differences entered, in cents."""

    session_id: int
    closed_at: datetime
    cash_cents: int
    difference_cents: int


def close_session(
    desk: Desk,
    session_id: int,
    cash: Mapping[int, int],
    cheques: Mapping[ChequeKey, bool],
    values: Mapping[Means, int],
    reasons: Mapping[Means, str],
    operation: str,
    *,
    seen: Mapping[Means, int] | None = None,
) -> ClosedTill:
    """Close a session as it was counted: pieces by denomination (cents), each cheque held found or not, values (cents).

    `reasons` says why a means differs; `seen` is what was expected when it was counted, refused if it changed since. Raises SessionUnknown,
    SessionClosed, CountStale, TillRefused (not counted, no reason), InvalidInput, NotAllowed (another agent's session), OperationReused.
    """
    said = {
        means: checked_reason(text, LONGEST_REASON, "le motif de l’écart", f"reason_{means.value}")
        for means, text in reasons.items()
    }
    content = [
        session_id,
        sorted(cash.items()),
        sorted([*key, found] for key, found in cheques.items()),
        sorted(values.items()),
        sorted(said.items()),
        None if seen is None else sorted(seen.items()),
    ]

    def work(gesture: Gesture) -> Done:
        connection, policy = gesture.connection, gesture.commune.policy
        session = _lock_session(gesture, session_id)
        if not may_close(gesture.agent, session):
            raise NotAllowed(Right.CLOSE_ANY_TILL)
        lock_head(connection, gesture.regie_id)
        to_close = read_to_close(connection, gesture.regie_id, gesture.till_id, session, policy, allowed=True)
        _refuse(judge_cash(cash, policy))
        _refuse(judge_values(values, [value.means for value in to_close.values], policy))
        _refuse_stale(to_close, cheques, seen)
        counts = _counts(to_close, cash, cheques, values)
        _refuse(judge_counts(counts, said, policy))
        different = [count for count in counts if count.difference_cents]
        for count in different:
            enter_difference(gesture, session_id, CountAt.CLOSING, count, said[count.means])
        _seal(gesture, session_id, counts, cash, cheques)
        difference_cents = sum(count.difference_cents for count in different)
        closed = {
            "session_id": session_id,
            "closed_at": gesture.now,
            "cash_cents": cash_cents(cash),
            "difference_cents": difference_cents,
        }
        reason = " ; ".join(f"{means_label(count.means, policy)} : {said[count.means]}" for count in different)
        return Done(closed, "till_session", session_id, reason=reason[:300])  # each is whole in its own difference

    def answer(result: Mapping[str, Any]) -> ClosedTill:
        return ClosedTill(**{**result, "closed_at": datetime.fromisoformat(result["closed_at"])})

    return perform(desk, "cloturer_caisse", Right.TILL, operation, content, work, answer)


def _refuse(decision: Decision) -> None:
    if not decision:
        raise TillRefused(decision)


def _lock_session(gesture: Gesture, session_id: int) -> TillSessionView:
    """Lock the session to be closed and read it. Raises SessionUnknown, SessionClosed."""
    session = t.till_session.c
    row = gesture.connection.execute(
        select(t.till_session).where(session.id == session_id, session.till_id == gesture.till_id).with_for_update()
    ).first()
    if row is None:
        raise SessionUnknown
    if row.state == SessionState.CLOSED.value:
        raise SessionClosed(row.closed_at, _agent_name(gesture.connection, row.closed_by))
    return TillSessionView(row.id, row.opened_at, "", row.opened_by, row.float_cents)


def _agent_name(connection: Connection, agent_id: int) -> str:
    return connection.scalar(select(t.agent.c.name).where(t.agent.c.id == agent_id)) or ""


def _refuse_stale(to_close: TillToClose, cheques: Mapping[ChequeKey, bool], seen: Mapping[Means, int] | None) -> None:
    """Refuse a count of other cheques than those held now, or made against other amounts than those of now."""
    held = {(cheque.payment_id, cheque.rank): cheque for cheque in to_close.cheques}
    if uncounted := [f"n° {cheque.quittance}" for key, cheque in held.items() if key not in cheques]:
        raise CountStale(f"Des chèques en caisse n’ont pas été comptés : quittance {join_words(uncounted)}.")
    if any(key not in held for key in cheques):
        raise CountStale("Un chèque compté n’est plus en caisse.")
    if seen is not None and dict(seen) != to_close.expected:
        raise CountStale("La caisse a reçu ou rendu de l’argent depuis que vous la comptez.")


def _counts(
    to_close: TillToClose,
    cash: Mapping[int, int],
    cheques: Mapping[ChequeKey, bool],
    values: Mapping[Means, int],
) -> list[Count]:
    expected = to_close.expected
    found = sum(cheque.amount_cents for cheque in to_close.cheques if cheques[cheque.payment_id, cheque.rank])
    counted = {Means.CASH: cash_cents(cash), Means.CHEQUE: found, **values}
    return [Count(means, cents, counted[means]) for means, cents in expected.items()]


def _seal(
    gesture: Gesture,
    session_id: int,
    counts: Sequence[Count],
    cash: Mapping[int, int],
    cheques: Mapping[ChequeKey, bool],
) -> None:
    """Write the counts, the entry, the closing that seals them, then the session closed."""
    connection = gesture.connection
    pieces = [(value, count) for value, count in sorted(cash.items(), reverse=True) if count]
    connection.execute(
        insert(t.till_count),
        [
            {
                "till_session_id": session_id,
                "means": count.means.value,
                "expected_cents": count.expected_cents,
                "counted_cents": count.counted_cents,
            }
            for count in counts
        ],
    )
    if pieces:
        connection.execute(
            insert(t.cash_count),
            [{"till_session_id": session_id, "denomination_cents": value, "pieces": count} for value, count in pieces],
        )
    if cheques:
        connection.execute(
            insert(t.cheque_count),
            [
                {"till_session_id": session_id, "payment_id": payment_id, "tender_rank": rank, "found": found}
                for (payment_id, rank), found in cheques.items()
            ],
        )
    head = lock_head(connection, gesture.regie_id)
    fictitious = gesture.commune.policy.fictitious
    facts = {
        "session": session_id,
        "counts": sorted([count.means.value, count.expected_cents, count.counted_cents] for count in counts),
        "cash": sorted(map(list, pieces)),
        "cheques": sorted([*key, found] for key, found in cheques.items()),
        "fictitious": fictitious,
    }
    head_hash = enter(
        connection,
        head,
        EntryKind.TILL_CLOSING,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        [],
        facts,
    )
    connection.execute(
        insert(t.till_closing).values(
            till_session_id=session_id,
            regie_id=gesture.regie_id,
            closed_at=gesture.now,
            agent_id=gesture.agent.agent_id,
            agent_name=gesture.agent.name,
            entry_seq=head.seq,
            head_hash=head_hash,
            fictitious=fictitious,
        )
    )
    connection.execute(
        update(t.till_session)
        .where(t.till_session.c.id == session_id)
        .values(state=SessionState.CLOSED.value, closed_at=gesture.now, closed_by=gesture.agent.agent_id)
    )
