"""The words of all recorded names, kept in the process to find the one a typing error was made in.

Read once, then only what was added since, by id. On PostgreSQL ids may be committed out of order: each refresh reads a little back.
"""

from __future__ import annotations

from collections import defaultdict
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam, select

from models import tables as t
from models.engine import Database

READ_BACK = 500
MOST_NEIGHBOURS = 25
SHORT = 5


_ADDED = select(t.search_word.c.id, t.search_word.c.word).where(t.search_word.c.id > bindparam("after"))


class Vocabulary:
    """Words by their length and two first letters, and by their length and two last: one error leaves one of the two as it was.

    In words of four letters or less it may leave neither: those are compared with all of about their length.
    """

    def __init__(self) -> None:
        self._words: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
        self._known: set[str] = set()
        self._last_id = 0
        self._lock = Lock()

    def refresh(self, connection: Connection) -> None:
        """Add the words recorded since the last time."""
        read_back = READ_BACK if connection.dialect.name == "postgresql" else 0
        rows = connection.execute(_ADDED, {"after": self._last_id - read_back}).all()
        with self._lock:
            for row_id, known in rows:
                if known not in self._known:
                    self._known.add(known)
                    for key in _keys(known, len(known)):
                        self._words[key].append(known)
                self._last_id = max(self._last_id, row_id)

    def knows(self, word: str) -> bool:
        """Say whether somebody has this name."""
        return word in self._known

    def neighbours(self, word: str) -> tuple[str, ...]:
        """Return the recorded words at one error of `word`, a letter missing, added, wrong, or two swapped; or `word` itself."""
        from rapidfuzz import process  # noqa: PLC0415 (loaded when a first error is looked for)
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        found: dict[str, None] = {}
        for length in (len(word), len(word) + 1, len(word) - 1):
            for key in _keys(word, length):
                if choices := self._words.get(key):
                    near = process.extract(word, choices, scorer=OSA.distance, score_cutoff=1, limit=MOST_NEIGHBOURS)
                    found.update((choice, None) for choice, _, _ in near)
        return tuple(found)[:MOST_NEIGHBOURS]


def _keys(word: str, length: int) -> list[tuple[int, str, str]]:
    """Return where words of `length` letters at one error of `word` are kept, and where `word` itself is when it has that length."""
    kept = [(length, word[:2], ""), (length, "", word[-2:])]
    return [*kept, (length, "", "")] if min(len(word), length) <= SHORT else kept


_vocabularies: WeakKeyDictionary[Database, Vocabulary] = WeakKeyDictionary()


def vocabulary_of(database: Database, connection: Connection) -> Vocabulary:
    """Return the database's vocabulary, brought up to date."""
    vocabulary = _vocabularies.setdefault(database, Vocabulary())
    vocabulary.refresh(connection)
    return vocabulary
