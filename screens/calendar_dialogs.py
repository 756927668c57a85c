"""A line of the school calendar typed; the next school year typed whole; the period the calendar covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import ClassVar, cast

from textual.widget import Widget
from textual.widgets import Static

from screens.choice_field import ChoiceField, YesNoField
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.plain_text import content
from screens.ticks_field import TicksField
from tui_portail.calendar_entries import CalendarEntry, EntryKind, covering, with_entry, with_public_holidays, with_year
from tui_portail.commune_files.calendars import public_holidays
from tui_portail.errors import InvalidInput
from tui_portail.school_calendar import HolidayPeriod, SchoolCalendar, SchoolYear

_NAME_LABELS = {
    EntryKind.CLOSURE: "Motif",
    EntryKind.YEAR: "Nom",
    EntryKind.HOLIDAY: "Nom",
    EntryKind.PUBLIC_HOLIDAY: "Nom",
}
_TYPED_HOLIDAYS = ("Toussaint", "Noël", "hiver", "printemps")
BRIDGE_NAME = "pont"


class CalendarDialog(FormDialog[SchoolCalendar | None]):
    """Returns the calendar with what was typed."""

    WORDS: ClassVar[str] = ""
    SAVES = "garder au brouillon"

    def compose_body(self) -> Iterable[Widget]:
        """What it means, then the fields."""
        if self.WORDS:
            yield Static(content(self.WORDS), id="dialog-text")
        yield from super().compose_body()


class EntryDialog(CalendarDialog):
    """One line, in a calendar that does not have it yet. `sites` and `activities`: the names of those there are, by code."""

    def __init__(
        self,
        title: str,
        calendar: SchoolCalendar,
        entry: CalendarEntry,
        sites: Mapping[str, str],
        activities: Mapping[str, str],
    ) -> None:
        super().__init__()
        self.title = title
        self._calendar, self._entry, self._sites, self._activities = calendar, entry, sites, activities

    def form_fields(self) -> Iterable[Field]:
        """Return what its kind asks for."""
        entry, today = self._entry, self.today
        if entry.kind in _NAME_LABELS:
            yield TextField("name", _NAME_LABELS[entry.kind], entry.name, full=True)
        if entry.kind is EntryKind.PUBLIC_HOLIDAY:
            yield DateField("first", "Jour", today, entry.first, proposed=True)
            return
        yield DateField("first", "Du", today, entry.first, proposed=True)
        yield DateField("last", "Au (compris)", today, entry.last, proposed=True)
        if entry.kind is EntryKind.CLOSURE:
            yield YesNoField("activities", "Activités", entry.activities, words=("fermées", "ouvertes"))
            yield YesNoField("mairie", "Mairie", entry.mairie, words=("fermée", "ouverte"))
            yield ChoiceField("site", "Site", ((None, "tous"), *self._sites.items()), entry.site, full=True)
            only = TicksField("only", "Seulement", tuple(self._activities.items()), entry.only)
            only.add_class("-full")
            yield only

    async def save(self, values: dict[str, object]) -> SchoolCalendar:
        """Return the calendar with the line. Raises InvalidInput."""
        first = cast("date | None", values["first"])
        if first is None:
            raise InvalidInput("Donnez le premier jour.")
        last = cast("date | None", values.get("last")) or first
        entry = CalendarEntry(
            self._entry.kind,
            first,
            last,
            str(values.get("name", BRIDGE_NAME)),
            bool(values.get("mairie", False)),
            bool(values.get("activities", False)),
            cast("str | None", values.get("site")),
            frozenset(map(str, cast("list[object]", values.get("only", [])))),
        )
        return _with_computed(with_entry(self._calendar, entry), self._calendar)


class YearDialog(CalendarDialog):
    """The next school year, its dates typed from the official calendar; public holidays are computed."""

    TITLE = "Année scolaire suivante"
    WORDS = (
        "Le programme ne connaît pas encore ses dates : recopiez-les du calendrier officiel de la zone. "
        "Les vacances vont du premier jour sans classe à la veille de la reprise ; les jours fériés sont calculés."
    )
    DEFAULT_CSS = "YearDialog Form { max-height: 10; }"

    def __init__(self, calendar: SchoolCalendar) -> None:
        super().__init__()
        self._calendar = calendar

    def form_fields(self) -> Iterable[Field]:
        """Return its first and last day, its holidays, the bridge of the Ascension."""
        today = self.today
        yield DateField("first", "Rentrée", today)
        yield DateField("last", "Dernier jour", today)
        for place, name in enumerate(_TYPED_HOLIDAYS):
            yield DateField(f"holiday{place}", name.capitalize(), today)
            yield DateField(f"until{place}", "jusqu’au", today)
        yield DateField("bridge", "Ascension", today)
        yield DateField("bridge_until", "jusqu’au", today)

    async def save(self, values: dict[str, object]) -> SchoolCalendar:
        """Return the calendar with the year. Raises InvalidInput."""
        days = cast("dict[str, date | None]", values)
        first, last = days["first"], days["last"]
        if first is None or last is None:
            raise InvalidInput("Donnez la rentrée et le dernier jour de classe.")
        holidays = [
            HolidayPeriod(name, *_span(name, days[f"holiday{place}"], days[f"until{place}"]))
            for place, name in enumerate(_TYPED_HOLIDAYS)
            if days[f"holiday{place}"] or days[f"until{place}"]
        ]
        bridges: list[date] = []
        if days["bridge"] or days["bridge_until"]:
            begins, ends = _span("Ascension", days["bridge"], days["bridge_until"] or days["bridge"])
            bridges = [begins + timedelta(days=step) for step in range((ends - begins).days + 1)]
        year = SchoolYear(f"{first.year}-{first.year + 1}", first, last)
        outside = [one.name for one in holidays if not (first <= one.first and one.last <= last)]
        if outside or any(not first <= day <= last for day in bridges):
            raise InvalidInput(
                f"« {(outside or ['Ascension'])[0]} » n’est pas dans cette année scolaire : vérifiez ses dates."
            )
        return with_year(self._calendar, year, holidays, bridges, public_holidays(first.year - 1, last.year))


class CoverageDialog(CalendarDialog):
    """From which day to which the calendar is known."""

    TITLE = "Période que le calendrier couvre"
    WORDS = (
        "Rien ne se réserve hors de cette période. Les jours fériés qui s’ajoutent sont calculés ; "
        "hors des années scolaires, ce sont des vacances."
    )

    def __init__(self, calendar: SchoolCalendar) -> None:
        super().__init__()
        self._calendar = calendar

    def form_fields(self) -> Iterable[Field]:
        """Return both days."""
        yield DateField("first", "Du", self.today, self._calendar.first_covered, proposed=True)
        yield DateField("last", "Au (compris)", self.today, self._calendar.last_covered, proposed=True)

    async def save(self, values: dict[str, object]) -> SchoolCalendar:
        """Return the calendar so covered. Raises InvalidInput."""
        first, last = (cast("date | None", values[key]) for key in ("first", "last"))
        if first is None or last is None:
            raise InvalidInput("Donnez les deux dates.")
        return _with_computed(covering(self._calendar, first, last), self._calendar)


def _with_computed(calendar: SchoolCalendar, before: SchoolCalendar) -> SchoolCalendar:
    """Return the calendar with the public holidays of the days it newly covers."""
    if before.covers(calendar.first_covered) and before.covers(calendar.last_covered):
        return calendar
    computed = public_holidays(calendar.first_covered.year, calendar.last_covered.year)
    return with_public_holidays(calendar, before, computed)


def _span(name: str, first: date | None, last: date | None) -> tuple[date, date]:
    if first is None or last is None:
        raise InvalidInput(f"Donnez les deux dates de « {name} ».")
    return first, last
