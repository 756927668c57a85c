"""The periods of a commune's price grids: which is in force, to come or past, and where an activity offered has no price.

A hole is a run of days between two grids of an activity on at least one of which it runs; days after the last grid are not yet voted:
they are told, and refused to whoever books them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tui_portail.commune import Commune
from tui_portail.decision import POLICY, Decision
from tui_portail.french import long_date
from tui_portail.price_grids import PriceGrid, check_grids
from tui_portail.school_calendar import ONE_DAY


class GridState(StrEnum):
    """Where a grid stands on a day."""

    IN_FORCE = "en vigueur"
    TO_COME = "à venir"
    PAST = "passée"


@dataclass(frozen=True, slots=True)
class UnpricedDays:
    """Days without a price of an activity offered, both included; `after_the_last`: none of its grids comes after."""

    activity: str
    label: str
    first: date
    last: date
    after_the_last: bool

    @property
    def sentence(self) -> str:
        """What is missing, for the agent."""
        if self.after_the_last:
            return f"« {self.label} » n’a plus de prix à partir du {long_date(self.first)} : rien ne s’y réserve tant qu’il n’est pas voté."
        between = f"du {long_date(self.first)} au {long_date(self.last)}"
        when = f"le {long_date(self.first)}" if self.first == self.last else between
        return f"« {self.label} » n’a pas de prix {when} : prolongez une grille, ou ajoutez-en une."


def state_on(grid: PriceGrid, day: date) -> GridState:
    """Say where a grid stands on a day."""
    if day < grid.valid_from:
        return GridState.TO_COME
    return GridState.IN_FORCE if grid.covers(day) else GridState.PAST


def unpriced_days(commune: Commune) -> tuple[UnpricedDays, ...]:
    """Return the runs of days, within the calendar's coverage, on which an activity offered runs without a price, by activity then day."""
    offered = {offering.activity for offering in commune.offerings}
    return tuple(days for code in commune.policy.activities if code in offered for days in _unpriced_of(commune, code))


def check_prices(commune: Commune) -> list[Decision]:
    """Return the refusals of a commune's grids: of each, of those in force together, then of the holes between them."""
    holes = (
        Decision.refuse("TARIF_TROU_DATES", days.sentence, POLICY, activity=days.activity, day=days.first)
        for days in unpriced_days(commune)
        if not days.after_the_last
    )
    return [*check_grids(commune.grids), *holes]


def _unpriced_of(commune: Commune, activity: str) -> Iterator[UnpricedDays]:
    policy, calendar = commune.policy, commune.calendar
    rule = policy.activity(activity)
    begins = max(policy.effective_on, calendar.first_covered)
    grids = sorted((g for g in commune.grids if g.activity == activity), key=lambda grid: grid.valid_from)
    for first, last in _gaps(grids, begins, calendar.last_covered):
        running = list(calendar.running_days(rule, first, last, policy.bridge_days_open_alsh))
        if running:
            after = all(grid.valid_from < first for grid in grids)
            yield UnpricedDays(activity, rule.label, first if after else running[0], running[-1], after)


def _gaps(grids: Sequence[PriceGrid], first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the runs of days that no grid covers, `grids` in the order of their first days."""
    for grid in grids:
        if first < grid.valid_from:
            yield first, min(last, grid.valid_from - ONE_DAY)
        if grid.valid_until is None:
            return
        first = max(first, grid.valid_until + ONE_DAY)
    if first <= last:
        yield first, last
