"""What a letter to a family and the counter's page say, as values a service fills and a test builds by hand.

Names, addresses and texts are text from people: drawing cleans and escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receipts.figures import require_aware
from tui_portail.letter_templates import Block


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the commune and its service, where and how to reach it; `coat_of_arms` is a PNG or JPEG image, or nothing."""

    commune: str
    service: str
    address: tuple[str, ...]
    phone: str = ""
    email: str = ""
    coat_of_arms: bytes | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: from whom, to whom (names then address, a line each), where and when, about what, its text.

    `example`: a demonstration's, which says so.
    """

    sender: Sender
    recipient: tuple[str, ...]
    place: str
    written_at: datetime
    subject: str
    blocks: tuple[Block, ...]
    reference: str = ""
    example: bool = False

    def __post_init__(self) -> None:
        require_aware("written_at", self.written_at)


@dataclass(frozen=True, slots=True)
class CounterPage:
    """A page to put up at the counter, read from where one stands."""

    sender: Sender
    written_at: datetime
    title: str
    blocks: tuple[Block, ...]
    example: bool = False

    def __post_init__(self) -> None:
        require_aware("written_at", self.written_at)
