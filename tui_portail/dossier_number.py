"""The number of a dossier, as printed on the family's letter: seven random digits and a key of two, as on a French RIB.

The whole number is a multiple of 97, so that any wrong digit and any two digits swapped are seen before the database is asked.
It says nothing of the family and cannot be guessed from another one.
"""

from __future__ import annotations

from collections.abc import Callable

LENGTH = 9
_FIRST, _LAST = 1_000_000, 9_999_999


def draw_number(below: Callable[[int], int]) -> str:
    """Return a new number; `below(n)` gives a random integer in `[0, n[` (`secrets.randbelow` for a real dossier)."""
    return with_key(_FIRST + below(_LAST - _FIRST + 1))


def with_key(root: int) -> str:
    """Return the number whose first seven digits are `root`. Raises ValueError when it has not seven digits."""
    if not _FIRST <= root <= _LAST:
        raise ValueError("the root of a dossier number has seven digits")
    return f"{root}{97 - root * 100 % 97:02d}"


def compact(text: str) -> str:
    """Return a typed number without the spaces, points and hyphens people put in it."""
    return "".join(character for character in text if not (character.isspace() or character in ".-\u00b7"))


def is_number(text: str) -> bool:
    """Say whether a typed text is a well-formed number: nine digits, the key right."""
    number = compact(text)
    return len(number) == LENGTH and number.isascii() and number.isdecimal() and int(number) % 97 == 0


def display(number: str) -> str:
    """Return « 123 456 789 », as printed and read aloud."""
    return f"{number[:3]}\u00a0{number[3:6]}\u00a0{number[6:]}"
