"""Names as they are looked for: no accent, no ligature, no hyphen, no apostrophe, lower case.

The same folding is applied to what is recorded and to what is typed, so that « Le Goff », « le-goff » and « LEGOFF », « D’Alembert » and
« dalembert », « Cœurdacier » and « coeurdacier » meet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST_WORD = 120  # what the search tables keep of a word
PARTICLES = frozenset(
    {
        "al",
        "ap",
        "ben",
        "bin",
        "bint",
        "d",
        "da",
        "das",
        "de",
        "dei",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
    }
    | {"e", "el", "et", "l", "la", "las", "le", "les", "lo", "los", "mac", "mc", "o", "san", "st", "ste", "ten", "ter"}
    | {"van", "vom", "von", "y", "zu"}
)

_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ŋ": "ng",
        "ə": "e",
        "ʻ": "'",
        "ʼ": "'",
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
    }
)
_GROUP = re.compile(r"[^\W_]+(?:['\-‐‑–][^\W_]+)*'?")  # words tied together by apostrophes or hyphens
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return a text in lower case without accents or ligatures; spaces, hyphens and apostrophes are kept."""
    if text.isascii():
        return text.lower().replace("`", "'")
    lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in lower if not unicodedata.combining(character))
    return bare.translate(_LETTERS)


@lru_cache(maxsize=8_192)  # a list of families found is read again at each letter typed
def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, in order: « Jean-Noël O’Connor » gives jean, noel, o, connor."""
    return tuple(word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))


def name_words(*names: str) -> frozenset[str]:
    """Return every word a person's names are found by: each word, and the words of a compound name written as one."""
    found: set[str] = set()
    for name in names:
        words = words_of(name)
        found.update(words)
        found.update(_joined(group) for group in _GROUP.findall(fold(name)))
        if len(words) > 1:
            found.add("".join(words)[:LONGEST_WORD])
            found.update(_after_particles(words))
    return frozenset(found)


def vocabulary_words(words: Iterable[str]) -> frozenset[str]:
    """Keep the words long enough for a typing error in them to be told from another word."""
    return frozenset(word for word in words if len(word) >= 4 and not any(map(str.isdecimal, word)))


def _joined(group: str) -> str:
    return "".join(_WORD.findall(group))[:LONGEST_WORD]


def _after_particles(words: tuple[str, ...]) -> Iterable[str]:
    """Yield what follows the particles, written as one: « de la Tour du Pin » is also looked for as tourdupin."""
    start = 0
    while start < len(words) - 1 and words[start] in PARTICLES:
        start += 1
        yield "".join(words[start:])[:LONGEST_WORD]
