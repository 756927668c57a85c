"""Signing in at a desk: one answer for an unknown user and a wrong password, an account locked after repeated failures.

A failure is counted in a transaction of its own, committed although the sign-in is refused; the lock ends by the database's clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, select, update

from models import tables as t
from models.engine import lock_rows
from tui_portail.errors import PortailError
from tui_portail.french import plural, time_text
from tui_portail.policy import Policy
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.gesture import Done, fingerprint, keep
from tui_portail.services.passwords import hash_password, needs_rehash, verify
from tui_portail.services.rights import Role


class BadCredentials(PortailError):
    """Unknown user or wrong password: it is never said which."""

    code = "IDENTIFIANTS_REFUSES"

    def __init__(self) -> None:
        super().__init__(
            "L’identifiant ou le mot de passe n’est pas le bon. Vérifiez le verrouillage des majuscules, puis recommencez."
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


class _Outcome(Enum):
    WRONG = auto()
    LOCKED = auto()
    DISABLED = auto()
    SIGNED = auto()


def fold_username(text: str) -> str:
    """Return a user name as it is kept and compared: without surrounding spaces, in lower case."""
    return text.strip().casefold()


def sign_in(desk: Desk, username: str, password: str) -> SignedAgent:
    """Check a user name and a password, put the agent at the desk and return them.

    Raises BadCredentials, AccountLocked, AccountDisabled; DatabaseFailure.
    """
    with desk.database.read() as connection:
        known = connection.execute(
            select(t.agent.c.id, t.agent.c.password_hash).where(t.agent.c.username == fold_username(username))
        ).first()
    matches = verify(known.password_hash if known else None, password)
    if known is None:
        raise BadCredentials
    renewed = hash_password(password) if matches and needs_rehash(known.password_hash) else None

    def gesture(connection: Connection) -> tuple[_Outcome, Any, int]:
        lock_rows(connection, t.agent, [known.id])
        row = connection.execute(select(t.agent).where(t.agent.c.id == known.id)).one()
        now = desk.instant(connection)
        policy = desk.commune(connection).policy
        if row.locked_until is not None and now < row.locked_until:
            return _Outcome.LOCKED, row, _minutes_left(row.locked_until, now)
        if not matches or row.password_hash != known.password_hash:
            return _count_failure(connection, row, policy, now)
        if row.disabled_at is not None:
            return _Outcome.DISABLED, row, 0
        values: dict[str, object] = {"failures": 0, "locked_until": None}
        connection.execute(
            update(t.agent)
            .where(t.agent.c.id == row.id)
            .values(values | ({"password_hash": renewed} if renewed else {}))
        )
        _audit(connection, "ouvrir_session", row.id, now, row.id)
        return _Outcome.SIGNED, row, 0

    outcome, row, minutes = desk.database.run(gesture)
    if outcome is _Outcome.LOCKED:
        raise AccountLocked(row.locked_until, minutes)
    if outcome is _Outcome.DISABLED:
        raise AccountDisabled
    if outcome is _Outcome.WRONG:
        raise BadCredentials
    with desk.database.read() as connection:
        agent = signed_as(connection, row)
    desk.sign(agent)
    return agent


def signed_as(connection: Connection, row: Any) -> SignedAgent:
    """Return the agent of a row of `agent`, with their roles."""
    roles = connection.scalars(select(t.agent_role.c.role).where(t.agent_role.c.agent_id == row.id)).all()
    return SignedAgent(row.id, row.username, row.name, frozenset(map(Role, roles)), bool(row.must_change_password))


def _count_failure(connection: Connection, row: Any, policy: Policy, now: datetime) -> tuple[_Outcome, Any, int]:
    """Count a failure; the one too many locks the account, and the count starts again from 0 after the lock."""
    failures = row.failures + 1
    if failures < policy.lockout_failures:
        connection.execute(update(t.agent).where(t.agent.c.id == row.id).values(failures=failures, locked_until=None))
        return _Outcome.WRONG, row, 0
    until = now + timedelta(minutes=policy.lockout_minutes)
    connection.execute(update(t.agent).where(t.agent.c.id == row.id).values(failures=0, locked_until=until))
    _audit(connection, "verrouiller_compte", row.id, now, None)
    locked = connection.execute(select(t.agent).where(t.agent.c.id == row.id)).one()
    return _Outcome.LOCKED, locked, policy.lockout_minutes


def _minutes_left(until: datetime, now: datetime) -> int:
    return -int((now - until).total_seconds() // 60)


def _audit(connection: Connection, name: str, agent_id: int, now: datetime, by: int | None) -> None:
    keep(connection, name, fingerprint([name, agent_id]), new_operation(), now, Done({}, "agent", agent_id), by)
