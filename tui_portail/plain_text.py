"""Text from people is text: without the characters that a terminal, a spreadsheet or a reader would obey (design, guarantee 9). Pure."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n")
_REMOVED = frozenset({"Cc", "Cf", "Co", "Cs"})


def plain(text: str) -> str:
    """Return a text without control characters, direction marks and the like; tabs become spaces, line ends stay."""
    spaced = text.replace("\t", " ")
    return "".join(char for char in spaced if char in _KEPT or unicodedata.category(char) not in _REMOVED)
