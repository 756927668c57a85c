"""The journal of the régie: numbers without gap, entries in double entry, each chained to the one before under a locked head.

`enter` locks the head, writes the postings, then the entry that seals them; the entry's trigger moves the head on. What is hashed is the
previous hash and the entry's canonical JSON: amounts, instants in UTC and references, never a name (design, guarantees 5 and 7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, func, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import EntryKind, SeriesKind
from models.upserts import upsert
from tui_portail.instants import in_paris
from tui_portail.policy import Means
from tui_portail.services.gesture import canonical

FORMAT_VERSION = 1
CARE_REVENUE = "recettes.garde"
MEAL_REVENUE = "recettes.repas"
AVOIRS = "avoirs"
FLOAT = "fonds_de_caisse"
DEBTS = "creances"  # owed by a payer whose payment was reversed, or whose child came without booking
DEPOSITED = "recettes_versees"  # gone to the Trésor by a validated slip
IN_TRANSIT = "especes_a_verser"  # cash taken out of a till to be deposited
DIFFERENCES = "ecarts"
TO_REFUND = "mandats"  # avoirs of a payer who leaves, for the ordonnateur to pay
OF_PAYERS = (AVOIRS, DEBTS, TO_REFUND)  # the accounts that a payer has
ACCOUNT_OF: dict[Means, str] = {
    Means.CASH: "caisse",
    Means.CHEQUE: "cheques",
    Means.CARD: "cartes",
    Means.CESU: "cesu",
    Means.ANCV: "ancv",
    Means.TRANSFER: "virements",
    Means.PAYFIP: "payfip",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One amount on one account, in cents: debit positive, credit negative."""

    account: str
    amount_cents: int
    payer_id: int | None = None
    till_session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The journal's head, locked: the next entry takes `seq` and is chained to `previous_hash`."""

    regie_id: int
    seq: int
    previous_hash: str


def next_number(connection: Connection, regie_id: int, kind: SeriesKind, now: datetime) -> tuple[int, int]:
    """Return the year (Paris) and the next number of a series, taken in this transaction: rolled back, it is given again."""
    year = in_paris(now).year
    taken = {"regie_id": regie_id, "year": year, "kind": kind.value, "last_number": 1}
    number = connection.execute(_next_number(connection.dialect.name), taken).scalar_one()
    return year, int(number)


@cache
def _next_number(dialect: str) -> Executable:
    series = t.number_series
    moved = {"last_number": series.c.last_number + 1}
    taken = upsert(dialect, series).on_conflict_do_update(index_elements=["regie_id", "year", "kind"], set_=moved)
    return taken.returning(series.c.last_number)


def lock_series(connection: Connection, regie_id: int, now: datetime) -> None:
    """Lock the year's series by name, for a gesture that will number both an avoir and a quittance around the journal's head."""
    year, series = in_paris(now).year, t.number_series
    rows = [{"regie_id": regie_id, "year": year, "kind": kind.value, "last_number": 0} for kind in SeriesKind]
    made = upsert(connection.dialect.name, series).on_conflict_do_nothing()
    connection.execute(made, sorted(rows, key=lambda row: str(row["kind"])))
    lock_rows(connection, series, [(regie_id, year, kind.value) for kind in SeriesKind])


def lock_head(connection: Connection, regie_id: int) -> Head:
    """Lock the journal's head until the transaction ends, and return where the next entry goes."""
    row = connection.execute(_HEAD_LOCKED, {"regie": regie_id}).one()
    return Head(regie_id, row.last_seq + 1, row.head_hash)


def balance_of(connection: Connection, regie_id: int, *accounts: str) -> int:
    """Return what accounts of a régie hold together, in cents: debits positive."""
    posting = t.posting.c
    total = select(func.coalesce(func.sum(posting.amount_cents), 0)).where(
        posting.regie_id == regie_id, posting.account.in_(accounts)
    )
    return int(connection.execute(total).scalar_one())


_HEAD_LOCKED = (
    select(t.journal_head.c.last_seq, t.journal_head.c.head_hash)
    .where(t.journal_head.c.regie_id == bindparam("regie"))
    .with_for_update()
)
_POSTINGS = insert(t.posting)
_ENTRY = insert(t.journal_entry)


def enter(
    connection: Connection,
    head: Head,
    kind: EntryKind,
    now: datetime,
    agent_id: int,
    operation: str,
    movements: Sequence[Movement],
    facts: Mapping[str, Any],
) -> str:
    """Write one balanced entry at the locked head and return its hash. Movements of 0 are left out.

    What is moved on the account of a payer joined into another is moved on the one that lives.
    """
    kept = _of_living_accounts(connection, [movement for movement in movements if movement.amount_cents])
    if kept:
        connection.execute(
            _POSTINGS,
            [
                {
                    "regie_id": head.regie_id,
                    "entry_seq": head.seq,
                    "rank": rank,
                    "account": movement.account,
                    "payer_id": movement.payer_id,
                    "till_session_id": movement.till_session_id,
                    "amount_cents": movement.amount_cents,
                }
                for rank, movement in enumerate(kept, start=1)
            ],
        )
    document = entry_document(
        head.regie_id,
        head.seq,
        kind.value,
        now,
        agent_id,
        operation,
        [[m.account, m.payer_id, m.till_session_id, m.amount_cents] for m in kept],
        facts,
    )
    entry_hash = chain_hash(head.previous_hash, document)
    connection.execute(
        _ENTRY,
        {
            "regie_id": head.regie_id,
            "seq": head.seq,
            "format_version": FORMAT_VERSION,
            "kind": kind.value,
            "entered_at": now,
            "agent_id": agent_id,
            "operation_id": operation,
            "previous_hash": head.previous_hash,
            "hash": entry_hash,
            "document": document,
        },
    )
    return entry_hash


def _of_living_accounts(connection: Connection, movements: Sequence[Movement]) -> list[Movement]:
    payers = {movement.payer_id for movement in movements if movement.payer_id is not None}
    if not payers:
        return list(movements)
    joined = {row.id: row.joined_into_id for row in connection.execute(_JOINED, {"payers": sorted(payers)})}
    return [
        replace(movement, payer_id=joined[movement.payer_id]) if movement.payer_id in joined else movement
        for movement in movements
    ]


_JOINED = select(t.payer.c.id, t.payer.c.joined_into_id).where(
    t.payer.c.id.in_(bindparam("payers", expanding=True)), t.payer.c.joined_into_id.is_not(None)
)


def entry_document(
    regie_id: int,
    seq: int,
    kind: str,
    entered_at: datetime,
    agent_id: int,
    operation: str,
    postings: Sequence[Sequence[object]],
    facts: Mapping[str, Any],
) -> str:
    """Return the canonical JSON of an entry, format version 1; `postings` are [account, payer, till session, cents] in rank order."""
    return canonical(
        {
            "format": FORMAT_VERSION,
            "regie": regie_id,
            "seq": seq,
            "kind": kind,
            "at": utc_text(entered_at),
            "agent": agent_id,
            "operation": operation,
            "postings": postings,
            "facts": facts,
        }
    )


def chain_hash(previous_hash: str, document: str) -> str:
    """Return the SHA-256, in hexadecimal, of an entry chained to the one before."""
    return hashlib.sha256(f"{previous_hash}\n{document}".encode()).hexdigest()


def utc_text(instant: datetime) -> str:
    """Return an instant as the chain writes it: UTC, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
