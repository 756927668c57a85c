"""Which days the planning shows: a week (Monday to Friday) or a month (every day). Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from tui_portail.french import day_name, day_number, month_name
from tui_portail.weeks import monday_of


@dataclass(frozen=True, slots=True)
class PlanningWindow:
    """A week or a month, named by one of its days."""

    day: date
    month: bool = False

    @property
    def first_day(self) -> date:
        """The first day shown."""
        return self.day.replace(day=1) if self.month else monday_of(self.day)

    @property
    def last_day(self) -> date:
        """The last day shown."""
        if self.month:
            return self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
        return self.first_day + timedelta(days=4)

    @property
    def days(self) -> tuple[date, ...]:
        """The days shown, in order."""
        return _days_between(self.first_day, self.last_day)

    @property
    def short_title(self) -> str:
        """« Semaine du 7 au 11 déc. », « Du 30 nov. au 4 déc. », « Déc. 2026 »: for a small terminal."""
        first, last = self.first_day, self.last_day
        if self.month:
            return f"{_short_month(first).capitalize()} {first.year}"
        if first.month == last.month:
            return f"Semaine du {day_number(first)} au {last.day} {_short_month(last)}"
        return f"Du {first.day} {_short_month(first)} au {day_number(last)} {_short_month(last)}"

    @property
    def title(self) -> str:
        """« Semaine du 7 au 11 décembre 2026 », « Décembre 2026 »."""
        first, last = self.first_day, self.last_day
        if self.month:
            return f"{month_name(first).capitalize()} {first.year}"
        start = day_number(first) if first.month == last.month else f"{first.day} {month_name(first)}"
        return f"Semaine du {start} au {day_number(last)} {month_name(last)} {last.year}"

    def moved(self, steps: int) -> PlanningWindow:
        """Return the window some weeks or months later (earlier if negative)."""
        if not self.month:
            return replace(self, day=self.day + timedelta(weeks=steps))
        months = self.day.year * 12 + self.day.month - 1 + steps
        return replace(self, day=date(months // 12, months % 12 + 1, 1))

    def showing(self, day: date) -> PlanningWindow:
        """Return the window of the same size that holds a day."""
        return replace(self, day=day)

    def toggled(self, day: date) -> PlanningWindow:
        """Return the month of a day for a week, its week for a month."""
        return PlanningWindow(day, not self.month)


def _short_month(day: date) -> str:
    return ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")[
        day.month - 1
    ]


@lru_cache(maxsize=8)  # asked for each cell drawn
def _days_between(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))


@lru_cache(maxsize=8)
def column_heads(window: PlanningWindow) -> tuple[tuple[str, str], ...]:
    """Return the two lines above each column: « lun. », « 07 » for a week; « L », « 07 » for a month, where weekends have no number."""
    if window.month:
        return tuple(
            (
                day_name(day)[0].upper() if day.weekday() == 0 else day_name(day)[0],
                f"{day.day:02d}" if day.weekday() < 5 else "",
            )
            for day in window.days
        )
    return tuple((f"{day_name(day)[:3]}.", f"{day.day:02d}") for day in window.days)
