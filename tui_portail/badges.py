"""A child's badge, as a bar-code reader types it: the child's rank in the base and a key of two digits. It says nothing of anybody.

The whole number leaves 1 when divided by 97: any wrong digit and any two digits swapped are seen, and no dossier number, which is a
multiple of 97, can be taken for a badge.
"""

from __future__ import annotations

_ROOT = 6  # digits at least
_LONGEST = 21  # the largest id of a base, and its key: no text typed is made a number beyond
_REMAINDER = 1
_AZERTY = str.maketrans("&é\"'(-è_çà", "1234567890")
"""What the figures' row of a French keyboard types without Shift: what many readers send, set for an American one."""
DIGITS = frozenset("0123456789") | frozenset("&é\"'(-è_çà")
"""Every character that a reader may send for a figure."""


def badge_number(child_id: int) -> str:
    """Return the badge of a child, eight digits up to the millionth. Raises ValueError for an id that no child has."""
    if child_id < 1:
        raise ValueError("a child's id is 1 or more")
    return f"{child_id:0{_ROOT}d}{(_REMAINDER - child_id * 100) % 97:02d}"


def child_of(typed: str) -> int | None:
    """Return the child whose badge was read, None for what is no badge; spaces, and figures typed without Shift, are understood."""
    number = "".join(typed.split()).translate(_AZERTY)
    if (
        not _ROOT + 2 <= len(number) <= _LONGEST
        or not (number.isascii() and number.isdecimal())
        or int(number) % 97 != _REMAINDER
    ):
        return None
    child_id = int(number[:-2])
    return child_id if child_id and number == badge_number(child_id) else None


def display(number: str) -> str:
    """Return « 000123 67 », as printed under the bars."""
    return f"{number[:-2]}\u00a0{number[-2:]}"
