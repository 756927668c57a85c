"""What is tried at the portal and counted: a password, a dossier's number, a code, a message asked for.

A try is counted before it is made, in a transaction of its own, and forgotten once one succeeds: many at once count too. A name that
nobody has is counted as an account is, so that a refusal tells nothing; only an account's own success forgets its tries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from models import tables as t
from models.states import TryKind
from models.upserts import upsert
from tui_portail.errors import PortailError
from tui_portail.french import time_text
from tui_portail.policy import Policy
from tui_portail.portal_rules import HOUR
from tui_portail.services.desk import Desk
from tui_portail.services.portal import Portal
from tui_portail.services.sign_in import fold_username

KEPT_FOR = timedelta(days=1)
"""How long a count is kept once its first try is over: longer than any bound lasts."""


class TooManyTries(PortailError):
    """So many tries are allowed in a time, and they are spent. `until` is the instant (UTC) from which a new one is taken."""

    code = "TROP_D_ESSAIS"

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"Trop d’essais : recommencez après {time_text(until)}, ou adressez-vous au service Enfance/Jeunesse."
        )
        self.until = until


@dataclass(frozen=True, slots=True, order=True)
class Tried:
    """What is tried for. `known`: an account, a name and a dossier's number; else what was typed and is nobody's, a password perhaps."""

    text: str
    known: bool = True

    @property
    def bucket(self) -> int:
        """The row it is counted in: shared by chance with others for what was only typed."""
        digest = hashlib.sha256(self.text.encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:7] if self.known else digest[:2])


def of_account(account_id: int) -> Tried:
    """Return what an account's tries are counted for."""
    return Tried(f"compte {account_id}")


def of_username(portal: Portal, username: str) -> Tried:
    """Return what tries under a typed user name are counted for: the account that has it, or the text."""
    folded, account = fold_username(username), t.portal_account.c
    with portal.read_public() as connection:
        known = connection.scalar(
            select(account.id).where(account.username == (folded if folded.isprintable() else ""))
        )
    return Tried(folded, known=False) if known is None else of_account(known)


def count_try(desk: Desk, kind: TryKind, subjects: Iterable[Tried]) -> None:
    """Count one try for each subject, unless one of them has none left. Raises TooManyTries."""
    buckets = sorted({subject.bucket for subject in subjects})

    def counted(connection: Connection) -> datetime | None:
        now, policy = desk.instant(connection), desk.commune(connection).policy
        most, window = _bounds(kind, policy)
        connection.execute(delete(t.portal_try).where(t.portal_try.c.since_at < now - KEPT_FOR))
        until: datetime | None = None
        for bucket in buckets:
            failures, since = _locked(connection, kind, bucket, now)
            if not now - window < since <= now:  # over, or dated by a clock set right since
                failures, since = 0, now
            if failures >= most:
                until = max(until or now, since + window)
            values = {"failures": failures + 1, "since_at": since}
            connection.execute(update(t.portal_try).where(_is(kind, bucket)).values(values))
        return until

    until = desk.database.run(counted)
    if until is not None:
        raise TooManyTries(until)


def forget_tries(connection: Connection, kind: TryKind, subjects: Iterable[Tried]) -> None:
    """Forget the tries counted for these subjects, within the gesture that succeeded."""
    for bucket in sorted({subject.bucket for subject in subjects}):
        connection.execute(update(t.portal_try).where(_is(kind, bucket)).values(failures=0))


def _bounds(kind: TryKind, policy: Policy) -> tuple[int, timedelta]:
    """Return how many tries in how long: a password's are an agent's, the others the portal's by the hour."""
    if kind is TryKind.SIGN_IN:
        return policy.lockout_failures, timedelta(minutes=policy.lockout_minutes)
    return policy.portal.tries_an_hour, HOUR


def _locked(connection: Connection, kind: TryKind, bucket: int, now: datetime) -> tuple[int, datetime]:
    row = {"kind": kind.value, "bucket": bucket, "failures": 0, "since_at": now}
    connection.execute(upsert(connection.dialect.name, t.portal_try).on_conflict_do_nothing(), row)
    tried = select(t.portal_try.c.failures, t.portal_try.c.since_at)
    found = connection.execute(tried.where(_is(kind, bucket)).with_for_update()).one()
    return found.failures, found.since_at


def _is(kind: TryKind, bucket: int) -> ColumnElement[bool]:
    return and_(t.portal_try.c.kind == kind.value, t.portal_try.c.bucket == bucket)
