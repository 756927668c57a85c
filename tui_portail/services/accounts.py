"""One person, one purse: the accounts that a person has had, and the one that lives since their dossiers were merged.

A payer joined into another (`joined_into_id`) keeps its rows: payments, baskets, avoirs and bookings go on naming it. Its balances were
moved by one entry of the journal, and every entry written since speaks of the account that lives (`ledger.enter` sees to it). Whoever asks
what a person has, owes or may spend asks it of all that person's accounts, here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, ScalarSelect, func, or_, select

from models import tables as t


def living(payer: FromClause = t.payer) -> ColumnElement[Any]:
    """Return, in a query over `payer`, the account that pays now for that person."""
    return func.coalesce(payer.c.joined_into_id, payer.c.id)


def living_of(payer_id: ColumnElement[int]) -> ScalarSelect[Any]:
    """Return, in a query that has a payer's id, the account that pays now for that person."""
    payer = t.payer.alias("as_recorded")
    return select(living(payer)).where(payer.c.id == payer_id).correlate_except(payer).scalar_subquery()


def is_of(owner: FromClause, payer_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Say, in a query over two payers, that `owner` is one of the accounts of the person whose account that lives is `payer_id`.

    To be joined on, never asked by IN: PostgreSQL would read a table whole for it.
    """
    return or_(owner.c.id == payer_id, owner.c.joined_into_id == payer_id)


@dataclass(frozen=True, slots=True)
class JoinedAccounts:
    """The accounts joined until some instant: each with the one it was joined into."""

    into: Mapping[int, int]

    def lives(self, payer_id: int) -> int:
        """Return the account that paid then for that payer: itself unless it was joined."""
        while payer_id in self.into:
            payer_id = self.into[payer_id]
        return payer_id

    def of(self, payer_id: int) -> list[int]:
        """Return the account and those that it had taken in."""
        return [payer_id, *(one for one in self.into if self.lives(one) == payer_id)]


def joined_accounts(connection: Connection, when: ColumnElement[bool]) -> JoinedAccounts:
    """Return the accounts joined by the transfers that `when` holds of: a paper of a date counts as was counted then."""
    transfer = t.payer_transfer.c
    rows = connection.execute(select(transfer.from_payer_id, transfer.into_payer_id).where(when))
    return JoinedAccounts({row.from_payer_id: row.into_payer_id for row in rows})
