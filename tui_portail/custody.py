"""Which of two separated parents pays a day (leaflet, « Parents séparés »): weeks of custody alternate from an anchor date.

Never by the parity of ISO weeks: 2026 has a week 53, hence two odd weeks in a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tui_portail.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class CustodyPattern:
    """Custody by turns of `period_days`: the first payer's turn begins on `anchor_on`, the second's follows, and so on both ways.

    It is the one agreed from `from_on` on, until a later one. Raises InvalidInput for a turn shorter than a day.
    """

    anchor_on: date
    first_payer_id: int
    second_payer_id: int
    period_days: int = 7
    from_on: date = date.min

    def __post_init__(self) -> None:
        if self.period_days < 1:
            raise InvalidInput("La garde alternée doit compter au moins un jour par période : tapez par exemple 7.")


def payer_on(day: date, pattern: CustodyPattern) -> int:
    """Return the identifier of the payer whose turn a day falls in, before the anchor date as well as after."""
    turn = (day - pattern.anchor_on).days // pattern.period_days
    return pattern.first_payer_id if turn % 2 == 0 else pattern.second_payer_id


def pattern_on(day: date, patterns: Iterable[CustodyPattern]) -> CustodyPattern | None:
    """Return the pattern in force on a day: the latest agreed by then, none before the first."""
    return max((known for known in patterns if known.from_on <= day), key=lambda known: known.from_on, default=None)
