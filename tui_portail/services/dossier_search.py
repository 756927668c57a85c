"""Finding a family: by number, names in any order, child, date of birth, telephone; as one types, and with one typing error.

Each word is a range of an index; the rarest leads and the others are checked on the dossiers it gives, so that the time does not grow with
the number of dossiers. Typing errors are looked for only when the words as typed find too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select

from models import tables as t
from tui_portail.dossier_number import display
from tui_portail.folding import fold, words_of
from tui_portail.instants import in_paris
from tui_portail.search_terms import Reading, Term, is_name, name_of, readings, without_particles
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right
from tui_portail.services.search_vocabulary import vocabulary_of

FEW = 3
SHOWN = 30  # nobody reads further: one types another letter
COUNTED = 6_000
SEEK = 8  # looking one dossier up in an index takes as long as listing so many
ROWS_A_HIT = 2
VAGUE = 600
MOST_HITS = 200
HIGH = "\U0010ffff"
RECENT_EVENTS = 400


@dataclass(frozen=True, slots=True)
class DossierHit:
    """A dossier found. `detail` tells homonyms apart (children with their year of birth, where they live, telephone).

    `matched` says who met the words typed, with their date of birth where it is known, or that the number did.
    """

    dossier_id: int
    number: str
    label: str
    detail: str
    matched: str
    archived: bool = False


def search(desk: Desk, text: str, limit: int = SHOWN) -> tuple[DossierHit, ...]:
    """Return the dossiers that meet every word typed, those found only with a typing error last, the archived ones after all others.

    None for an empty text. The number of a dossier merged into another finds the latter.
    """
    limit = min(limit, MOST_HITS)
    ways = readings(text, in_paris(desk.now_estimate()).date())
    with desk.read(Right.SEARCH) as connection:
        found: dict[int, bool] = {}
        for way in ways:
            _add(found, dossiers_meeting(connection, way, limit), approximate=False)
            if len(found) >= FEW:
                break
        if ways and not found and (bare := without_particles(ways[0])) not in ((), ways[0]):
            _add(found, dossiers_meeting(connection, bare, limit), approximate=False)
        if ways and not found:
            for way in _with_an_error(desk, connection, ways[0]):
                _add(found, dossiers_meeting(connection, way, limit), approximate=True)
        hits = _hits(connection, list(found)[:limit], ways[0] if ways else ())
    return tuple(
        sorted(
            hits,
            key=lambda hit: (hit.archived, found[hit.dossier_id], _rank(hit, ways[0]), fold(hit.label), hit.number),
        )
    )


def recent_dossiers(desk: Desk, limit: int = 20) -> tuple[DossierHit, ...]:
    """Return the dossiers touched last at any desk, the latest first."""
    with desk.read(Right.SEARCH) as connection:
        event = t.audit_event
        last = (
            select(func.coalesce(t.dossier.c.merged_into_id, t.dossier.c.id).label("dossier_id"), event.c.at)
            .select_from(event)
            .join(t.dossier, t.dossier.c.id == event.c.dossier_id)
            .order_by(event.c.at.desc())
            .limit(RECENT_EVENTS)
            .subquery()
        )
        ids = list(
            connection.scalars(
                select(last.c.dossier_id)
                .join(t.dossier, t.dossier.c.id == last.c.dossier_id)
                .where(t.dossier.c.erased_at.is_(None))
                .group_by(last.c.dossier_id)
                .order_by(func.max(last.c.at).desc(), last.c.dossier_id.desc())
                .limit(min(limit, MOST_HITS))
            )
        )
        hits = {hit.dossier_id: hit for hit in _hits(connection, ids, ())}
    return tuple(hits[dossier_id] for dossier_id in ids if dossier_id in hits)


def _add(found: dict[int, bool], dossier_ids: Iterable[int], *, approximate: bool) -> None:
    for dossier_id in dossier_ids:
        found.setdefault(dossier_id, approximate)


def dossiers_meeting(connection: Connection, way: Reading, limit: int) -> list[int]:
    """Return the dossiers that meet every term, in the order of the leading term's words.

    Words of one or two letters alone are too vague to be looked for to the end: the first in that order are enough to go on typing.
    """
    counted = _rarest_first(connection, way)
    if not counted:
        return []
    terms = [term for _, term in counted]
    vague = len(terms) > 1 and all(len(prefix) <= 2 for term in way for prefix in term.prefixes or ("...",))
    leads = counted[0][0]
    listed = tuple(not vague and count < min(COUNTED, leads * SEEK) for count, _ in counted[1:])
    query = _finding(tuple(map(_shape, terms)), vague, listed)
    rows = connection.scalars(query, {**_words(terms), "rows": limit * ROWS_A_HIT}).all()
    return list(dict.fromkeys(rows))[:limit]


def _rarest_first(connection: Connection, way: Reading) -> list[tuple[int, Term]]:
    """Return the terms and how many words meet each, the fewest first (not counted past COUNTED); none when no word meets one."""
    if len(way) == 1:
        return [(0, way[0])]
    row = connection.execute(_counting(tuple(map(_shape, way))), _words(way)).one()
    if 0 in row:
        return []
    return [(count, term) for count, _, term in sorted(zip(row, range(len(way)), way, strict=True))]


Shape = tuple[int, bool]
"""How many prefixes a term has, and whether it has exact words: statements are built once for terms of the same shapes."""


def _shape(term: Term) -> Shape:
    return len(term.prefixes), bool(term.exact)


def _words(terms: Sequence[Term]) -> dict[str, Any]:
    """Return what `_within` binds for each term."""
    bound: dict[str, Any] = {}
    for place, term in enumerate(terms):
        for rank, prefix in enumerate(term.prefixes):
            bound |= {f"from_{place}_{rank}": prefix, f"until_{place}_{rank}": prefix + HIGH}
        if term.exact:
            bound[f"exact_{place}"] = term.exact
    return bound


def _within(word: ColumnElement[str], place: int, shape: Shape) -> ColumnElement[bool]:
    """Say that a word meets the term at this place, whose words are bound by `_words`."""
    prefixes, exact = shape
    ranges = [
        and_(word >= bindparam(f"from_{place}_{rank}"), word < bindparam(f"until_{place}_{rank}"))
        for rank in range(prefixes)
    ]
    if exact:
        ranges.append(word.in_(bindparam(f"exact_{place}", expanding=True)))
    return or_(*ranges)


@cache
def _finding(shapes: tuple[Shape, ...], vague: bool, listed: tuple[bool, ...]) -> Select[Any]:
    """Return the query of the dossiers whose words meet a term of each shape, the first leading.

    Those of a term `listed` are listed once; for the others, each dossier of the leading term is looked up.
    """
    token, other = t.search_token, t.search_token.alias("other")
    leading = select(token.c.word, token.c.dossier_id).where(_within(token.c.word, 0, shapes[0]))
    ordered = leading.order_by(
        token.c.word, token.c.dossier_id
    )  # else PostgreSQL looks all of them up before the first is shown
    if vague:
        ordered = ordered.limit(VAGUE)
    first = ordered.subquery("leading")
    query = select(first.c.dossier_id)
    for place, (shape, as_list) in enumerate(zip(shapes[1:], listed, strict=True), start=1):
        met = _within(other.c.word, place, shape)
        if as_list:  # + 0: else SQLite looks each dossier of the list up among the leading words
            query = query.where((first.c.dossier_id + 0).in_(select(other.c.dossier_id).where(met)))
        else:
            looked_up = select(other.c.dossier_id).where(other.c.dossier_id == first.c.dossier_id, met).limit(1)
            query = query.where(looked_up.scalar_subquery().is_not(None))  # one by one: EXISTS would be made a join
    return query.order_by(first.c.word, first.c.dossier_id).limit(bindparam("rows"))


@cache
def _counting(shapes: tuple[Shape, ...]) -> Select[Any]:
    """Return the query that counts the words each term meets, to COUNTED."""
    token = t.search_token
    counts = []
    for place, shape in enumerate(shapes):
        met = select(token.c.dossier_id).where(_within(token.c.word, place, shape)).limit(COUNTED)
        counts.append(select(func.count()).select_from(met.subquery()).scalar_subquery())
    return select(*counts)


def _with_an_error(desk: Desk, connection: Connection, way: Reading) -> list[Reading]:
    """Return the readings where one name is replaced by the recorded names at one error of it.

    A name that somebody has is not the mistyped one, unless every name typed is somebody's.
    """
    names = [(place, name) for place, term in enumerate(way) if (name := name_of(term))]
    if not names:
        return []
    vocabulary = vocabulary_of(desk.database, connection)
    unknown = [(place, name) for place, name in names if not vocabulary.knows(name)]
    if len(unknown) > 1:  # a second error is one too many, but the first part of a name may be unknown as such
        unknown = [(place, name) for place, name in unknown if vocabulary.neighbours(name)]
    return [
        (*way[:place], Term(exact=near), *way[place + 1 :])
        for place, name in unknown or names
        if (near := vocabulary.neighbours(name))
    ]


def _hits(connection: Connection, ids: Sequence[int], way: Reading) -> list[DossierHit]:
    if not ids:
        return []
    asked = {"ids": ids}
    dossiers = connection.execute(_DOSSIERS, asked).all()
    guardians = _by_dossier(connection.execute(_GUARDIANS, asked).all())
    children = _by_dossier(connection.execute(_CHILDREN, asked).all())
    names = [f" {term.prefixes[0]}" for term in way if is_name(term)]
    others = [term for term in way if not is_name(term)]
    former = _by_dossier(connection.execute(_MERGED, asked).all()) if others else {}
    return [
        DossierHit(
            row.id,
            row.number,
            row.label,
            _detail(guardians.get(row.id, []), children.get(row.id, [])),
            _matched(
                (row.number, *(one.number for one in former.get(row.id, []))),
                guardians.get(row.id, []),
                children.get(row.id, []),
                names,
                others,
            ),
            row.archived_at is not None,
        )
        for row in dossiers
    ]


def _among(dossier_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return dossier_id.in_(bindparam("ids", expanding=True))


_DOSSIERS = select(t.dossier.c.id, t.dossier.c.number, t.dossier.c.label, t.dossier.c.archived_at).where(
    _among(t.dossier.c.id)
)
_MERGED = (
    select(t.dossier.c.merged_into_id.label("dossier_id"), t.dossier.c.number)
    .where(_among(t.dossier.c.merged_into_id))
    .order_by(t.dossier.c.id)
)
_GUARDIANS = (
    select(
        *(t.guardian.c.dossier_id, t.guardian.c.first_name, t.guardian.c.last_name, t.guardian.c.birth_name),
        *(t.guardian.c.birth_on, t.guardian.c.phone, t.guardian.c.address, t.guardian.c.city),
    )
    .where(_among(t.guardian.c.dossier_id))
    .order_by(t.guardian.c.id)
)
_CHILDREN = (
    select(*(t.child.c.dossier_id, t.child.c.first_name, t.child.c.last_name, t.child.c.birth_name, t.child.c.birth_on))
    .where(_among(t.child.c.dossier_id), t.child.c.archived_at.is_(None))
    .order_by(t.child.c.birth_on, t.child.c.id)
)


def _by_dossier(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.dossier_id, []).append(row)
    return grouped


def _detail(guardians: Sequence[Any], children: Sequence[Any]) -> str:
    """Return « Inès 2019, Noé 2021 · 06 12 34 56 78 · 1 rue du Puits, Clapiers »: what is least needed last, where it may be cut."""
    born = ", ".join(f"{child.first_name} {child.birth_on.year}" for child in children)
    homes = ((guardian.address, guardian.city) for guardian in guardians if guardian.address or guardian.city)
    home = ", ".join(part for part in next(homes, ()) if part)
    phone = next((guardian.phone for guardian in guardians if guardian.phone), "")
    return " · ".join(part for part in (born, phone, home) if part)


def _matched(
    numbers: Sequence[str],
    guardians: Sequence[Any],
    children: Sequence[Any],
    names: Sequence[str],
    others: Sequence[Term],
) -> str:
    """Return who met what was typed: the person with the most of the names, the child born that day, or one of the numbers.

    `names` are the beginnings of words typed, a space before each; `others` the terms that are no name.
    """
    typed = next((number for number in numbers if any(term.meets(number) for term in others)), "")
    if typed:
        return f"n° {display(typed)}" + ("" if typed == numbers[0] else ", réuni à ce dossier")
    if not names:
        born = (child for child in children if any(term.meets(child.birth_on.isoformat()) for term in others))
        return next((_name(child) for child in born), "")
    best, most = None, 0
    for person in (*guardians, *children):
        words = _words_called(person.first_name, f"{person.last_name} {person.birth_name}".rstrip())
        met = sum(name in words for name in names)
        if met > most:
            best, most = person, met
    return _name(best) if best is not None else ""


@lru_cache(20_000)
def _words_called(first_name: str, last_name: str) -> str:
    """Return a person's words, a space before each."""
    return "".join(f" {word}" for word in words_of(first_name) + words_of(last_name))


def _name(person: Any) -> str:
    born = "".join(
        f", {words}"
        for words in (
            f"né(e) {person.birth_name}" if person.birth_name else "",
            f"{person.birth_on:%d/%m/%Y}" if person.birth_on else "",
        )
        if words
    )
    return f"{person.first_name} {person.last_name}{born}"


def _rank(hit: DossierHit, way: Reading) -> int:
    """Put first the families one of whose members is called exactly as typed."""
    if len(way) == 0:
        return 0
    words = set(words_of(hit.matched)) | set(words_of(hit.label))
    return sum(not any(prefix in words for prefix in term.prefixes) for term in way)
