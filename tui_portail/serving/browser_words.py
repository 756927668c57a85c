"""What a browser says through its websocket: keys and taps, the terminal's size, a ping. Anything else is not understood."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

MOST_COLUMNS, MOST_ROWS = 400, 200
LEAST_COLUMNS, LEAST_ROWS = 20, 8


class NotUnderstood(ValueError):
    """A message that our page never sends."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys, taps, or the terminal's own answers."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    """The terminal's size in cells, within reason."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Pinged:
    """A ping, to be sent back as it came."""

    words: str


@dataclass(frozen=True, slots=True)
class Focused:
    """The page got or lost the keyboard."""

    here: bool


BrowserWords: TypeAlias = Typed | Resized | Pinged | Focused


def read_message(text: str) -> BrowserWords:
    """Return what a message says. Raises NotUnderstood."""
    try:
        match json.loads(text):
            case ["stdin", str(data)]:
                return Typed(data.encode("utf-8", "replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                return Resized(*terminal_size(width, height))
            case ["ping", str(words)]:
                return Pinged(words[:40])
            case ["focus"]:
                return Focused(True)
            case ["blur"]:
                return Focused(False)
    except (ValueError, RecursionError):
        pass
    raise NotUnderstood


def terminal_size(columns: int | str, rows: int | str) -> tuple[int, int]:
    """Return a terminal's size within reason; what is no number is 80 by 24."""
    try:
        asked = int(columns), int(rows)
    except ValueError:
        asked = 80, 24
    return (
        min(max(asked[0], LEAST_COLUMNS), MOST_COLUMNS),
        min(max(asked[1], LEAST_ROWS), MOST_ROWS),
    )
