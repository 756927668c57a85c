"""What commands ask, on the terminal or one line of the standard input where there is none; and the words they are given."""

from __future__ import annotations

import sys
from enum import StrEnum
from getpass import getpass
from typing import TypeVar

from tui_portail.errors import InvalidInput

Word = TypeVar("Word", bound=StrEnum)


def ask(label: str, *, hidden: bool = False) -> str:
    """Return what is answered; a hidden answer is not shown while it is typed. Raises InvalidInput when nobody answers."""
    if sys.stdin.isatty():
        return getpass(f"{label} : ") if hidden else input(f"{label} : ")
    line = sys.stdin.readline()
    if not line:
        raise InvalidInput(
            f"Il manque une réponse : « {label} ». Donnez-les une par ligne, ou lancez la commande dans un terminal."
        )
    return line.rstrip("\r\n")


def known_word(words: type[Word], typed: str, name: str) -> Word:
    """Return the word meant. Raises InvalidInput, which names those there are."""
    try:
        return words(typed.strip().lower())
    except ValueError:
        known = ", ".join(words)
        raise InvalidInput(f"« {typed[:30]} » n’est pas un {name} connu. Choisissez parmi : {known}.") from None


def parse_year(typed: str) -> int:
    """Return the year meant. Raises InvalidInput."""
    text = typed.strip()
    if not (text.isascii() and text.isdigit() and 1970 <= int(text[:5]) <= 2999):
        raise InvalidInput(f"« {typed[:30]} » n’est pas une année : tapez quatre chiffres, comme 2026.")
    return int(text)
