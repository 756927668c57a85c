"""What is asked of a figure, and what every figure is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.figures import KIND_LABELS, FigureKind
from tui_portail.instants import in_paris
from tui_portail.weeks import monday_of

MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class FigureAsked:
    """Which figure: over which days (both included, Paris), of which activity (all, where empty) and site (all, where empty)."""

    kind: FigureKind
    from_on: date
    until_on: date
    activity: str = ""
    site: str = ""

    def __post_init__(self) -> None:
        if self.until_on < self.from_on:
            raise InvalidInput("La période finit avant de commencer : donnez d’abord le premier jour, puis le dernier.")
        if (self.until_on - self.from_on).days > MOST_DAYS:
            raise InvalidInput(f"La période dépasse {MOST_DAYS} jours : raccourcissez-la.")


@dataclass(frozen=True, slots=True)
class FigureReading:
    """A figure being counted: what was asked, the set-up, the instant it is counted at."""

    connection: Connection
    commune: Commune
    now: datetime
    asked: FigureAsked
    regie_id: int

    @property
    def today(self) -> date:
        """The day it is in Paris."""
        return in_paris(self.now).date()

    def label(self, activity: str) -> str:
        """Return an activity's label."""
        rule = self.commune.policy.activities.get(activity)
        return rule.label if rule else activity

    def site_name(self, code: str) -> str:
        """Return a site's name."""
        return next((site.name for site in self.commune.sites if site.code == code), code)

    @property
    def activities(self) -> tuple[str, ...]:
        """The activities asked of."""
        return (self.asked.activity,) if self.asked.activity else tuple(self.commune.policy.activities)

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites asked of."""
        return (self.asked.site,) if self.asked.site else tuple(site.code for site in self.commune.sites)

    @property
    def of_slots(self) -> ColumnElement[bool]:
        """The slots asked of, in a query."""
        slot = t.slot.c
        return and_(
            slot.site_code.in_(self.sites),
            slot.activity_code.in_(self.activities),
            slot.day.between(self.asked.from_on, self.asked.until_on),
        )

    @property
    def title(self) -> str:
        """What is counted, of what, where."""
        what = self.label(self.asked.activity) if self.asked.activity else "toutes les activités"
        where = f", {self.site_name(self.asked.site)}" if self.asked.site else ""
        return f"{KIND_LABELS[self.asked.kind]} : {what}{where}"

    @property
    def period_words(self) -> str:
        """The days, to follow a title."""
        return f"du {self.asked.from_on:%d/%m/%Y} au {self.asked.until_on:%d/%m/%Y}"


def week_label(monday: date) -> str:
    """Return how a week is called under its bar: by its Monday."""
    return f"{monday:%d/%m/%Y}"


def week_of(of: FigureReading, label: str) -> date:
    """Return the Monday a bar is called by. Raises InvalidInput when it is not in the period any more."""
    monday = monday_of(of.asked.from_on)
    while monday <= of.asked.until_on:
        if week_label(monday) == label:
            return monday
        monday += timedelta(days=7)
    raise InvalidInput("Cette semaine n’est plus dans la période : relisez le graphique.")


WHO = (
    t.slot.c.day,
    t.slot.c.activity_code,
    t.slot.c.site_code,
    t.child.c.last_name,
    t.child.c.first_name,
)
"""What a list of days says of each: when, what, where, who."""
