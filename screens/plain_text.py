"""Text from people is text: shown without markup and without the control characters a terminal would obey."""

from __future__ import annotations

import unicodedata

from textual.content import Content

_KEPT = frozenset("\n")
_REMOVED = frozenset({"Cc", "Cf", "Co", "Cs"})


def plain(text: str) -> str:
    """Return a text without control characters, direction marks and the like; tabs become spaces, line ends stay."""
    spaced = text.replace("\t", " ")
    return "".join(char for char in spaced if char in _KEPT or unicodedata.category(char) not in _REMOVED)


def content(text: str, style: str = "") -> Content:
    """Return a text from people as a `Content`: `[red]` in a name stays `[red]`."""
    return Content.styled(plain(text), style) if style else Content(plain(text))
