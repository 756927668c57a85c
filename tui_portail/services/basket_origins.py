"""Where a basket was made, as it is read at the desks: a letter in a column, a word in a sentence. Nothing for a desk's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.states import BasketOrigin

__all__ = ["BasketOrigin", "OriginWords", "origin_words"]


@dataclass(frozen=True, slots=True)
class OriginWords:
    """The letter of a column, the word that goes with it, and what is said of such a basket in a sentence; all empty for a desk's."""

    letter: str = ""
    word: str = ""
    made: str = ""


_WORDS: Mapping[BasketOrigin, OriginWords] = {
    BasketOrigin.DESK: OriginWords(),
    BasketOrigin.KIOSK: OriginWords("B", "borne", "fait à la borne"),
    BasketOrigin.ONLINE: OriginWords("I", "internet", "fait sur Internet"),
}


def origin_words(origin: BasketOrigin) -> OriginWords:
    """Return how a basket's origin is written."""
    return _WORDS[origin]
