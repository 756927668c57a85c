"""By which words a dossier is found, kept in the same transaction as the names, telephones and dates they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, delete, or_, select

from models import tables as t
from models.bulk import Told, write_rows
from models.upserts import upsert
from tui_portail.folding import name_words, vocabulary_words

DOSSIERS_AT_ONCE = 500


def phone_word(text: str) -> str:
    """Return a telephone's digits as dialled in France: « +33 6 12… », « 0033612… » and « 06.12… » give 0612…; "" without digits."""
    digits = "".join(character for character in text if character in "0123456789")
    if text.lstrip().startswith("+33"):
        return f"0{digits[2:].lstrip('0')}"
    if digits.startswith("0033"):
        return f"0{digits[4:].lstrip('0')}"
    return digits


def date_word(day: date) -> str:
    """Return the word a date of birth is found by: 2019-03-12. No folded name holds a hyphen, so it is never one."""
    return day.isoformat()


def person_words(
    last_name: str, first_name: str, birth_on: date | None, *phones: str, birth_name: str = ""
) -> frozenset[str]:
    """Return every word one person is found by."""
    words = set(name_words(last_name, first_name, birth_name))
    if birth_on is not None:
        words.add(date_word(birth_on))
    words |= {digits for phone in phones if (digits := phone_word(phone))}
    return frozenset(words)


def index_dossier(connection: Connection, dossier_id: int) -> None:
    """Bring the words of a dossier in line with its rows as they now are in this transaction."""
    index_dossiers(connection, [dossier_id])


def index_dossiers(connection: Connection, dossier_ids: Sequence[int], told: Told | None = None) -> None:
    """Bring the words of many dossiers in line with their rows. The vocabulary, which other desks write in too, comes last.

    `told` is given how many dossiers were just indexed.
    """
    token, names = t.search_token, set[str]()
    for start in range(0, len(dossier_ids), DOSSIERS_AT_ONCE):
        some = dossier_ids[start : start + DOSSIERS_AT_ONCE]
        wanted = _wanted(connection, some)
        rows = connection.execute(
            select(token.c.word, token.c.dossier_id, token.c.id).where(token.c.dossier_id.in_(some))
        )
        kept = {(row.word, row.dossier_id): row.id for row in rows}
        if gone := [kept[word] for word in kept.keys() - wanted]:
            connection.execute(delete(token).where(token.c.id.in_(gone)))
        if added := sorted(wanted - kept.keys()):
            write_rows(connection, token, ("word", "dossier_id"), added)
            names.update(word for word, _ in added)
        if told is not None:
            told(len(some))
    add_to_vocabulary(connection, names)


def add_to_vocabulary(connection: Connection, words: Iterable[str]) -> None:
    """Add names to the words among which a typing error is looked for; sorted, so that two gestures never wait for each other in a ring."""
    rows = [{"word": word} for word in sorted(vocabulary_words(words))]
    if rows:
        connection.execute(upsert(connection.dialect.name, t.search_word).on_conflict_do_nothing(), rows)


def _wanted(connection: Connection, dossier_ids: Sequence[int]) -> set[tuple[str, int]]:
    """Return each word of these dossiers, with its dossier; the number of one merged into another is a word of the latter."""
    dossier, guardian, child = t.dossier.c, t.guardian.c, t.child.c
    known = connection.execute(
        select(dossier.number, dossier.id, dossier.merged_into_id).where(
            or_(dossier.id.in_(dossier_ids), dossier.merged_into_id.in_(dossier_ids))
        )
    ).all()
    merged = {row.id for row in known if row.merged_into_id is not None}
    dossier_ids = [dossier_id for dossier_id in dossier_ids if dossier_id not in merged]
    numbers = {(row.number, row.merged_into_id or row.id) for row in known}
    wanted = {(number, dossier_id) for number, dossier_id in numbers if dossier_id in dossier_ids}
    of_guardians = select(
        *(guardian.dossier_id, guardian.last_name, guardian.first_name, guardian.birth_name, guardian.birth_on),
        *(guardian.phone, guardian.phone_2),
    ).where(guardian.dossier_id.in_(dossier_ids))
    for row in connection.execute(of_guardians):
        words = person_words(
            row.last_name, row.first_name, row.birth_on, row.phone, row.phone_2, birth_name=row.birth_name
        )
        wanted.update((word, row.dossier_id) for word in words)
    of_children = select(child.dossier_id, child.last_name, child.first_name, child.birth_name, child.birth_on)
    for born in connection.execute(of_children.where(child.dossier_id.in_(dossier_ids))):
        words = person_words(born.last_name, born.first_name, born.birth_on, birth_name=born.birth_name)
        wanted.update((word, born.dossier_id) for word in words)
    return wanted
