"""Signing in at a desk: one answer for an unknown user and a wrong password, both locked after repeated failures.

A failure is counted in a transaction of its own, committed although the sign-in is refused; the lock ends by the database's clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models import tables as t
from models.engine import lock_rows
from tui_portail.errors import PortailError
from tui_portail.french import plural, time_text
from tui_portail.policy import Policy
from tui_portail.services.clock import SET_BACK_AT_MOST
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.gesture import Done, fingerprint, keep
from tui_portail.services.logged_gesture import LoggedGesture
from tui_portail.services.passwords import hash_password, needs_rehash, verify
from tui_portail.services.rights import Role


class BadCredentials(PortailError):
    """Unknown user or wrong password: it is never said which."""

    code = "IDENTIFIANTS_REFUSES"

    def __init__(self, name: str = "L’identifiant") -> None:
        super().__init__(
            f"{name} ou le mot de passe n’est pas le bon. Vérifiez le verrouillage des majuscules, puis recommencez."
        )


class AccountLocked(PortailError):
    """Too many failures. `until` is the instant (UTC) from which a new try is taken."""

    code = "COMPTE_VERROUILLE"

    def __init__(self, until: datetime, minutes: int) -> None:
        super().__init__(
            f"Trop d’essais manqués : ce compte est verrouillé jusqu’à {time_text(until)} ({plural(minutes, 'minute')}). "
            "Un administrateur peut le déverrouiller."
        )
        self.until = until


class AccountDisabled(PortailError):
    """The password is right, and the account was closed."""

    code = "COMPTE_FERME"

    def __init__(self) -> None:
        super().__init__("Ce compte a été désactivé. Adressez-vous à l’administrateur.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a try is refused: `minutes` of a lock that lasts until `locked_until` (UTC), none of them for a wrong password."""

    locked_until: datetime | None = None
    minutes: int = 0

    def error(self) -> PortailError:
        """Return what to raise, once the failure is committed."""
        return BadCredentials() if self.locked_until is None else AccountLocked(self.locked_until, self.minutes)


def fold_username(text: str) -> str:
    """Return a user name as it is kept and compared: without surrounding spaces, in lower case."""
    return text.strip().casefold()


def sign_in(desk: Desk, username: str, password: str) -> SignedAgent:
    """Check a user name and a password, put the agent at the desk and return them.

    Raises BadCredentials, AccountLocked (for a name that nobody has, too), AccountDisabled; DatabaseFailure.
    """
    folded = fold_username(username)
    with desk.database.read() as connection:
        known = connection.execute(
            select(t.agent.c.id, t.agent.c.password_hash).where(
                t.agent.c.username == (folded if folded.isprintable() else "")  # what a database cannot even compare
            )
        ).first()
    with LoggedGesture("ouvrir_session", new_operation(), known.id if known else None):
        return _judged(desk, folded, password, known)


def _judged(desk: Desk, folded: str, password: str, known: Any) -> SignedAgent:
    """Judge the password typed for the agent `known` (None: nobody has that name), and sign the agent."""
    matches = verify(known.password_hash if known else None, password)
    if known is None:
        raise desk.database.run(lambda connection: _try_nobody(desk, connection, folded)).error()
    renewed = hash_password(password) if matches and needs_rehash(known.password_hash) else None

    def gesture(connection: Connection) -> tuple[Refusal | None, Any]:
        refusal, row = judge_try(desk, connection, known.id, known.password_hash if matches else None)
        if refusal is None and row.disabled_at is None:
            values: dict[str, object] = {"failures": 0, "locked_until": None}
            connection.execute(
                update(t.agent)
                .where(t.agent.c.id == row.id)
                .values(values | ({"password_hash": renewed} if renewed else {}))
            )
            _audit(connection, "ouvrir_session", row.id, desk.instant(connection), row.id)
        return refusal, row

    refusal, row = desk.database.run(gesture)
    if refusal is not None:
        raise refusal.error()
    if row.disabled_at is not None:
        raise AccountDisabled
    with desk.database.read() as connection:
        agent = signed_as(connection, row)
    desk.sign(agent)
    return agent


def judge_try(desk: Desk, connection: Connection, agent_id: int, matched: str | None) -> tuple[Refusal | None, Any]:
    """Lock the agent's row and judge a password tried for it; return why it is refused (None: it is right) and the row.

    `matched` is the hash that the password matched, None when it did not: a password changed meanwhile is not the right one. A failure is
    counted, the one too many locks the account; the caller commits, then raises.
    """
    lock_rows(connection, t.agent, [agent_id])
    row = connection.execute(select(t.agent).where(t.agent.c.id == agent_id)).one()
    now = desk.instant(connection)
    policy = desk.commune(connection).policy
    if refusal := _locked(row, policy, now):
        return refusal, row
    if matched is not None and row.password_hash == matched:
        return None, row
    values, refusal = _failure(row.failures, policy, now)
    connection.execute(update(t.agent).where(t.agent.c.id == agent_id).values(values))
    if refusal.locked_until is not None:
        _audit(connection, "verrouiller_compte", agent_id, now, None)
    return refusal, row


def signed_as(connection: Connection, row: Any) -> SignedAgent:
    """Return the agent of a row of `agent`, with their roles."""
    roles = connection.scalars(select(t.agent_role.c.role).where(t.agent_role.c.agent_id == row.id)).all()
    return SignedAgent(row.id, row.username, row.name, frozenset(map(Role, roles)), bool(row.must_change_password))


def _try_nobody(desk: Desk, connection: Connection, folded: str) -> Refusal:
    """Count a failure under a name that nobody has, and answer as for one that somebody has."""
    unknown = t.unknown_sign_in
    bucket = int.from_bytes(hashlib.sha256(folded.encode(errors="surrogatepass")).digest()[:2])
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(unknown).on_conflict_do_nothing(), {"bucket": bucket, "failures": 0})
    lock_rows(connection, unknown, [bucket])
    row = connection.execute(select(unknown).where(unknown.c.bucket == bucket)).one()
    now = desk.instant(connection)
    policy = desk.commune(connection).policy
    if refusal := _locked(row, policy, now):
        return refusal
    values, refusal = _failure(row.failures, policy, now)
    connection.execute(update(unknown).where(unknown.c.bucket == bucket).values(values))
    return refusal


def lasting_lock(locked_until: datetime | None, policy: Policy, now: datetime) -> datetime | None:
    """Return until when a lock lasts, None when it is over.

    One that would last longer than any does was put by a clock in advance, set right since: nobody would ever end it.
    """
    longest = timedelta(minutes=policy.lockout_minutes) + SET_BACK_AT_MOST
    lasts = locked_until is not None and now < locked_until <= now + longest
    return locked_until if lasts else None


def _locked(row: Any, policy: Policy, now: datetime) -> Refusal | None:
    until = lasting_lock(row.locked_until, policy, now)
    return None if until is None else Refusal(until, -int((now - until).total_seconds() // 60))


def _failure(before: int, policy: Policy, now: datetime) -> tuple[dict[str, object], Refusal]:
    """Count one more failure; the one too many locks, and the count starts again from 0 after the lock."""
    if before + 1 < policy.lockout_failures:
        return {"failures": before + 1, "locked_until": None}, Refusal()
    until = now + timedelta(minutes=policy.lockout_minutes)
    return {"failures": 0, "locked_until": until}, Refusal(until, policy.lockout_minutes)


def _audit(connection: Connection, name: str, agent_id: int, now: datetime, by: int | None) -> None:
    keep(connection, name, fingerprint([name, agent_id]), new_operation(), now, Done({}, "agent", agent_id), by)
