"""Families already known that look like one about to be registered: found by the words of the search, told apart by the pure rules.

A child is looked for by birth date and name, a guardian by name with birth date, or by name with telephone: a few ranges of an index,
whatever the number of homonyms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.duplicates import Comparison, Likeness, PersonTraits, compare_children, compare_guardians
from tui_portail.family_forms import ChildForm, FamilyForm, GuardianForm
from tui_portail.folding import name_words
from tui_portail.search_terms import Term
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import dossiers_meeting
from tui_portail.services.rights import Right
from tui_portail.services.search_index import date_word, phone_word

MOST_CANDIDATES, MOST_SHOWN = 20, 10


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A dossier that may be the same family's, with why in words, the surest reason first."""

    dossier_id: int
    number: str
    label: str
    archived: bool
    likeness: Likeness
    why: tuple[str, ...]


def likely_duplicates(desk: Desk, form: FamilyForm, but: int | None = None) -> tuple[Duplicate, ...]:
    """Return the dossiers that a family about to be written looks like, the likeliest first; none for one never seen.

    Of a dossier being edited, `form` holds those who are new to it and `but` is its own id. Raises NotAllowed.
    """
    with desk.read(Right.EDIT_DOSSIER) as connection:
        candidates = sorted(_candidates(connection, form) - {but})
        if not candidates:
            return ()
        dossiers = connection.execute(select(t.dossier).where(t.dossier.c.id.in_(candidates))).all()
        guardians = _by_dossier(connection, t.guardian, candidates)
        children = _by_dossier(connection, t.child, candidates)
    found = []
    for dossier in dossiers:
        alike = [
            *_alike(map(child_traits, form.children), children.get(dossier.id, ()), compare_children),
            *_alike(map(guardian_traits, form.guardians), guardians.get(dossier.id, ()), compare_guardians),
        ]
        if alike:
            alike.sort(key=lambda one: -one.likeness)
            why = tuple(dict.fromkeys(one.why for one in alike))
            archived = dossier.archived_at is not None
            found.append(Duplicate(dossier.id, dossier.number, dossier.label, archived, alike[0].likeness, why))
    found.sort(key=lambda one: (-one.likeness, -len(one.why), one.archived, one.number))
    return tuple(found[:MOST_SHOWN])


def child_traits(child: ChildForm | Any) -> PersonTraits:
    """Return what a child, typed or recorded, is compared by."""
    return PersonTraits(child.last_name, child.first_name, child.birth_on, getattr(child, "birth_name", ""))


def guardian_traits(guardian: GuardianForm | Any) -> PersonTraits:
    """Return what a guardian, typed or recorded, is compared by."""
    phones = frozenset(phone_word(phone) for phone in (guardian.phone, getattr(guardian, "phone_2", "")) if phone)
    where = f"{guardian.address} {guardian.postcode} {guardian.city}" if guardian.address else ""
    return PersonTraits(
        guardian.last_name,
        guardian.first_name,
        guardian.birth_on,
        getattr(guardian, "birth_name", ""),
        phones - {""},
        guardian.email,
        where,
    )


def _candidates(connection: Connection, form: FamilyForm) -> set[int]:
    """Return the dossiers that share two words with a person of the form."""
    pairs: dict[tuple[Term, Term], None] = {}
    for child in form.children:
        born = Term(exact=(date_word(child.birth_on),))
        for names in (_names(child.last_name), _names(child.first_name)):  # one of the two may be mistyped
            pairs[born, names] = None
    for guardian in form.guardians:
        called = _names(guardian.last_name)
        if guardian.birth_on is not None:
            pairs[Term(exact=(date_word(guardian.birth_on),)), called] = None
        if dialled := phone_word(guardian.phone):
            pairs[Term(exact=(dialled,)), _names(guardian.first_name, guardian.last_name)] = None
        pairs[called, _names(guardian.first_name)] = None
    found: set[int] = set()
    for way in pairs:
        if all(term.exact for term in way):
            found.update(dossiers_meeting(connection, way, MOST_CANDIDATES))
    return found


def _names(*names: str) -> Term:
    return Term(exact=tuple(sorted(name_words(*names))))


def _alike(typed: Iterable[PersonTraits], known: Collection[Any], compare: Any) -> Iterator[Comparison]:
    traits = child_traits if compare is compare_children else guardian_traits
    recorded = [traits(row) for row in known]
    for one in typed:
        best = max((compare(one, other) for other in recorded), key=lambda found: found.likeness, default=None)
        if best is not None and best.likeness:
            yield best


def _by_dossier(connection: Connection, table: Any, ids: Collection[int]) -> dict[int, list[Any]]:
    rows = connection.execute(select(table).where(table.c.dossier_id.in_(ids)).order_by(table.c.id))
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.dossier_id, []).append(row)
    return grouped
