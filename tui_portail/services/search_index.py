"""By which words a dossier is found, kept in the same transaction as the names, telephones and dates they come from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from models import tables as t
from models.upserts import upsert
from tui_portail.folding import name_words, vocabulary_words


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
    wanted = _wanted(connection, dossier_id)
    token = t.search_token
    rows = connection.execute(select(token.c.word, token.c.id).where(token.c.dossier_id == dossier_id))
    kept = {row.word: row.id for row in rows}
    if gone := [kept[word] for word in kept.keys() - wanted]:
        connection.execute(delete(token).where(token.c.id.in_(gone)))
    added = sorted(wanted - kept.keys())
    if added:
        connection.execute(insert(token), [{"word": word, "dossier_id": dossier_id} for word in added])
        add_to_vocabulary(connection, added)


def add_to_vocabulary(connection: Connection, words: Iterable[str]) -> None:
    """Add names to the words among which a typing error is looked for; sorted, so that two gestures never wait for each other in a ring."""
    rows = [{"word": word} for word in sorted(vocabulary_words(words))]
    if rows:
        connection.execute(upsert(connection.dialect.name, t.search_word).on_conflict_do_nothing(), rows)


def _wanted(connection: Connection, dossier_id: int) -> frozenset[str]:
    guardian, child = t.guardian, t.child
    words = {connection.scalars(select(t.dossier.c.number).where(t.dossier.c.id == dossier_id)).one()}
    of_guardians = select(
        *(guardian.c.last_name, guardian.c.first_name, guardian.c.birth_name, guardian.c.birth_on),
        *(guardian.c.phone, guardian.c.phone_2),
    ).where(guardian.c.dossier_id == dossier_id)
    for row in connection.execute(of_guardians):
        words |= person_words(
            row.last_name, row.first_name, row.birth_on, row.phone, row.phone_2, birth_name=row.birth_name
        )
    of_children = select(child.c.last_name, child.c.first_name, child.c.birth_name, child.c.birth_on)
    for born in connection.execute(of_children.where(child.c.dossier_id == dossier_id)):
        words |= person_words(born.last_name, born.first_name, born.birth_on, birth_name=born.birth_name)
    return frozenset(words)
