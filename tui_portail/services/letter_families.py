"""The families letters are written to: which, in the order of their names, and of each its households and its children."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, exists, select

from models import tables as t
from models.states import Authority
from tui_portail.folding import fold
from tui_portail.households import Guardian, Household, households
from tui_portail.policy import Policy
from tui_portail.services.missing_papers import MissingPaper, dossiers_to_ask, papers_to_ask

CHUNK = 200
"""Families read at once: a batch of thousands holds no more of them than that."""
_AUTHORITY = {Authority.HELD.value: True, Authority.NOT_HELD.value: False}


@dataclass(frozen=True, slots=True)
class FamilyToWrite:
    """A family as letters know it: number, who receives one, the children's first names, what is asked of it."""

    dossier_id: int
    number: str
    households: tuple[Household, ...]
    children: tuple[str, ...]
    papers: tuple[MissingPaper, ...] = ()

    def asked_of(self, household: Household) -> tuple[str, ...]:
        """Return the papers asked of a household, in words: never those of another parent."""
        return tuple(
            dict.fromkeys(
                one.words for one in self.papers if one.guardian_id is None or household.holds(one.guardian_id)
            )
        )


def not_connected(connection: Connection) -> list[int]:
    """Return the dossiers in use of which no guardian has a portal account, by name."""
    guardian = t.guardian.c
    linked = exists().where(guardian.dossier_id == t.dossier.c.id, guardian.linked_at.is_not(None))
    return _by_name(connection.execute(_in_use().where(~linked)))


def lacking_papers(connection: Connection, policy: Policy, today: date) -> list[int]:
    """Return the dossiers in use that lack a required paper, by name."""
    return _by_name(dossiers_to_ask(connection, policy.papers, today))


def chunks(dossier_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield dossiers a few at a time."""
    for start in range(0, len(dossier_ids), CHUNK):
        yield dossier_ids[start : start + CHUNK]


def read_families(
    connection: Connection, dossier_ids: Sequence[int], policy: Policy, today: date | None = None
) -> list[FamilyToWrite]:
    """Return families in the order given, erased ones left out, with the papers they lack on a day when one is given."""
    guardians = _guardians(connection, dossier_ids)
    children = _children(connection, dossier_ids)
    missing = papers_to_ask(connection, policy.papers, dossier_ids, today) if today is not None else {}
    dossier = t.dossier.c
    numbers = {
        row.id: row.number
        for row in connection.execute(
            select(dossier.id, dossier.number).where(dossier.id.in_(list(dossier_ids)), dossier.erased_at.is_(None))
        )
    }
    return [
        FamilyToWrite(
            dossier_id,
            numbers[dossier_id],
            households(guardians.get(dossier_id, ())),
            tuple(children.get(dossier_id, ())),
            missing.get(dossier_id, ()),
        )
        for dossier_id in dossier_ids
        if dossier_id in numbers
    ]


def _in_use() -> Select[Any]:
    dossier = t.dossier.c
    return select(dossier.id, dossier.label).where(
        dossier.archived_at.is_(None), dossier.merged_into_id.is_(None), dossier.erased_at.is_(None)
    )


def _by_name(rows: Iterable[Any]) -> list[int]:
    return [dossier_id for _, dossier_id in sorted((fold(row.label), row.id) for row in rows)]


def _guardians(connection: Connection, dossier_ids: Collection[int]) -> dict[int, list[Guardian]]:
    guardian, payer = t.guardian.c, t.payer.c
    found: dict[int, list[Guardian]] = {}
    rows = connection.execute(
        select(t.guardian, payer.rank)
        .outerjoin(t.payer, (payer.guardian_id == guardian.id) & payer.joined_into_id.is_(None))
        .where(guardian.dossier_id.in_(list(dossier_ids)))
        .order_by(payer.rank.is_(None), payer.rank, guardian.id)
    )
    for row in rows:
        street = (row.address_2, row.address, f"{row.postcode} {row.city}".strip())
        one = Guardian(
            row.id,
            row.first_name,
            row.last_name,
            tuple(line for line in street if line) if row.address or row.city else (),
            row.rank is not None,
            _AUTHORITY.get(row.authority),
        )
        found.setdefault(row.dossier_id, []).append(one)
    return found


def _children(connection: Connection, dossier_ids: Collection[int]) -> dict[int, list[str]]:
    child = t.child.c
    found: dict[int, list[str]] = {}
    for row in connection.execute(
        select(child.dossier_id, child.first_name)
        .where(child.dossier_id.in_(list(dossier_ids)), child.archived_at.is_(None))
        .order_by(child.birth_on, child.id)
    ):
        found.setdefault(row.dossier_id, []).append(row.first_name)
    return found
