"""The links and codes sent to parents: valid once and for a limited time, kept by their hash alone, replaced by a later one.

The secret is drawn by whoever asks, before the gesture, as an operation id is: sent twice, the gesture keeps the same one.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import CodeKind, TryKind
from tui_portail.errors import PortailError
from tui_portail.policy import Policy
from tui_portail.portal_rules import Secret, draw_secret, hashed, is_link, read_code
from tui_portail.services.gesture import Gesture
from tui_portail.services.portal import Portal
from tui_portail.services.portal_tries import count_try, of_username
from tui_portail.services.sign_in import fold_username


class CodeRefused(PortailError):
    """A link or a code that is wrong, used already, replaced or too old: it is never said which."""

    code = "CODE_REFUSE"

    def __init__(self) -> None:
        super().__init__(
            "Ce code n’est pas valable : il ne sert qu’une fois et pour un temps limité. Vérifiez-le, ou demandez-en un autre."
        )


def new_secret() -> Secret:
    """Return a fresh secret, drawn by the system's generator."""
    return draw_secret(secrets.randbelow)


def lasts(kind: CodeKind, policy: Policy) -> timedelta:
    """Return how long a code of this kind is valid."""
    rules = policy.portal
    if kind is CodeKind.ACTIVATION:
        return timedelta(hours=rules.activation_hours)
    return timedelta(minutes=rules.reset_minutes)


def write_code(gesture: Gesture, account_id: int, kind: CodeKind, secret: Secret) -> datetime:
    """Keep a secret's hashes for an account, ending the codes of that kind that were still valid; return until when it is (UTC)."""
    connection, code = gesture.connection, t.portal_code
    lock_rows(connection, t.portal_account, [account_id])
    connection.execute(
        update(code)
        .where(code.c.account_id == account_id, code.c.kind == kind.value, code.c.ended_at.is_(None))
        .values(ended_at=gesture.now)
    )
    until = gesture.now + lasts(kind, gesture.commune.policy)
    connection.execute(
        insert(code).values(
            account_id=account_id,
            kind=kind.value,
            link_hash=hashed(secret.link),
            code_hash=hashed(secret.code),
            made_at=gesture.now,
            expires_at=until,
        )
    )
    return until


def end_codes(gesture: Gesture, account_id: int) -> None:
    """End every code of an account, of whatever kind."""
    code = t.portal_code
    lock_rows(gesture.connection, t.portal_account, [account_id])
    gesture.connection.execute(
        update(code).where(code.c.account_id == account_id, code.c.ended_at.is_(None)).values(ended_at=gesture.now)
    )


def count_code_try(portal: Portal, username: str) -> None:
    """Count a try at a typed code for a user name. Raises TooManyTries."""
    count_try(portal.desk, TryKind.CODE, [of_username(portal, username)])


def account_of_code(connection: Connection, username: str, typed: str, kind: CodeKind, now: datetime) -> Any:
    """Return the account's row that a user name and a typed code open. Raises CodeRefused."""
    code = read_code(typed)
    named = t.portal_account.c.username == fold_username(username)
    return _opened(connection, kind, now, named, t.portal_code.c.code_hash == hashed(code)) if code else _refused()


def account_of_link(connection: Connection, link: str, kind: CodeKind, now: datetime) -> Any:
    """Return the account's row that a link opens. Raises CodeRefused."""
    return _opened(connection, kind, now, t.portal_code.c.link_hash == hashed(link)) if is_link(link) else _refused()


def use_up(gesture: Gesture, account_id: int, kind: CodeKind) -> None:
    """End the codes of a kind of an account: the one used, and any other. Raises CodeRefused when none was left."""
    code = t.portal_code
    lock_rows(gesture.connection, t.portal_account, [account_id])
    ended = gesture.connection.execute(
        update(code)
        .where(code.c.account_id == account_id, code.c.kind == kind.value, code.c.ended_at.is_(None))
        .values(ended_at=gesture.now)
    )
    if not ended.rowcount:
        raise CodeRefused


def _opened(connection: Connection, kind: CodeKind, now: datetime, *conditions: Any) -> Any:
    row = connection.execute(
        select(t.portal_account)
        .join(t.portal_code, t.portal_code.c.account_id == t.portal_account.c.id)
        .where(
            *conditions,
            t.portal_code.c.kind == kind.value,
            t.portal_code.c.ended_at.is_(None),
            t.portal_code.c.expires_at > now,
            t.portal_account.c.erased_at.is_(None),
        )
    ).first()
    return _refused() if row is None else row


def _refused() -> Any:
    raise CodeRefused
