"""The school calendar of a document, with the public holidays of metropolitan France where it names none."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from itertools import pairwise

from tui_portail.commune_files.forms import CalendarForm
from tui_portail.commune_files.mistakes import WrongKey
from tui_portail.errors import InvalidInput
from tui_portail.school_calendar import Closure, HolidayPeriod, SchoolCalendar, SchoolYear

MAX_YEARS = 20


def build_calendar(form: CalendarForm, sites: Container[str], activities: Container[str]) -> SchoolCalendar:
    """Return the calendar. Raises WrongKey when its dates contradict each other or a closure names an unknown site or activity."""
    _check(form, sites, activities)
    feries = form.feries
    if feries is None:
        feries = public_holidays(form.couvert_du.year, form.couvert_au.year)
    try:
        return SchoolCalendar(
            zone=form.zone,
            first_covered=form.couvert_du,
            last_covered=form.couvert_au,
            years=tuple(SchoolYear(year.nom, year.premier_jour, year.dernier_jour) for year in form.annees),
            holidays=tuple(HolidayPeriod(holiday.nom, holiday.du, holiday.au) for holiday in form.vacances),
            bridges=frozenset(form.ponts),
            public_holidays=dict(feries),
            closures=tuple(
                Closure(
                    closure.du,
                    closure.au,
                    closure.motif,
                    closure.closes_mairie,
                    closure.activites,
                    closure.site,
                    frozenset(closure.seulement),
                )
                for closure in form.fermetures
            ),
        )
    except InvalidInput as fault:
        raise WrongKey(("calendrier",), fault.sentence) from fault


def public_holidays(first_year: int, last_year: int) -> dict[date, str]:
    """Return the public holidays of metropolitan France, both years included, with their French names."""
    import holidays  # noqa: PLC0415 - slow to load, and only for a file that names none

    return dict(sorted(holidays.country_holidays("FR", years=range(first_year, last_year + 1), language="fr").items()))


def _check(form: CalendarForm, sites: Container[str], activities: Container[str]) -> None:
    if form.couvert_au.year - form.couvert_du.year > MAX_YEARS:
        raise WrongKey(("calendrier", "couvert_au"), f"attendu : une période d’au plus {MAX_YEARS} ans")
    years = sorted(form.annees, key=lambda year: year.premier_jour)
    for before, after in pairwise(years):
        if after.premier_jour <= before.dernier_jour:
            raise WrongKey(("calendrier", "annees"), f"« {before.nom} » et « {after.nom} » se chevauchent")
    for place, holiday in enumerate(form.vacances):
        if holiday.au < holiday.du:
            raise WrongKey(
                ("calendrier", "vacances", place, "au"), "attendu : une date qui n’est pas avant le premier jour"
            )
    for earlier, later in pairwise(sorted(form.vacances, key=lambda holiday: holiday.du)):
        if later.du <= earlier.au:
            raise WrongKey(
                ("calendrier", "vacances", form.vacances.index(later)),
                f"« {later.nom} » commence le {later.du:%d/%m/%Y}, avant la fin de « {earlier.nom} » le {earlier.au:%d/%m/%Y}",
            )
    for place, closure in enumerate(form.fermetures):
        if closure.site is not None and closure.site not in sites:
            raise WrongKey(
                ("calendrier", "fermetures", place, "site"), f"« {closure.site} » n’est le code d’aucun site"
            )
        for at, activity in enumerate(closure.seulement):
            where = ("calendrier", "fermetures", place, "seulement", at)
            if activity not in activities:
                raise WrongKey(where, f"« {activity} » n’est le code d’aucune activité")
            if not closure.activites:
                raise WrongKey(where, "« seulement » va avec « activites = true »")
