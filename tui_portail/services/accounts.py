"""One person, one purse: the accounts that a person has had, and the one that lives since their dossiers were merged.

A payer joined into another (`joined_into_id`) keeps its rows: payments, baskets, avoirs and bookings go on naming it. Its balances were
moved by one entry of the journal, and every entry written since speaks of the account that lives (`ledger.enter` sees to it). Whoever asks
what a person has, owes or may spend asks it of all that person's accounts, here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, ScalarSelect, Select, func, or_, select

from models import tables as t


def living(payer: FromClause = t.payer) -> ColumnElement[Any]:
    """Return, in a query over `payer`, the account that pays now for that person."""
    return func.coalesce(payer.c.joined_into_id, payer.c.id)


def living_of(payer_id: ColumnElement[int]) -> ScalarSelect[Any]:
    """Return, in a query that has a payer's id, the account that pays now for that person."""
    payer = t.payer.alias("as_recorded")
    return select(living(payer)).where(payer.c.id == payer_id).correlate_except(payer).scalar_subquery()


def accounts_of(payer_id: ColumnElement[int]) -> Select[Any]:
    """Return, in a query that has the id of an account that lives, the ids of all the accounts of that person."""
    payer = t.payer.alias("of_the_person")
    own = or_(payer.c.id == payer_id, payer.c.joined_into_id == payer_id)
    return select(payer.c.id).where(own).correlate_except(payer)


def accounts_at(connection: Connection, payer_id: int, at: datetime) -> list[int]:
    """Return the accounts that a payer's had taken in at an instant, itself first: what its papers of that time count."""
    taken_in = select(t.payer.c.id).where(t.payer.c.id == payer_id).cte("taken_in", recursive=True)
    transfer = t.payer_transfer.c
    taken_in = taken_in.union(
        select(transfer.from_payer_id)
        .join(taken_in, taken_in.c.id == transfer.into_payer_id)
        .where(transfer.transferred_at <= at)
    )
    return sorted(connection.scalars(select(taken_in.c.id)), key=lambda found: found != payer_id)
