"""The days that numbers are asked for, and the order in which the sites' activities are told."""

from __future__ import annotations

from datetime import date

from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right

LONGEST_DAYS = 92


def checked_days(first_on: date, last_on: date) -> tuple[date, date]:
    """Return days in order, and not too many. Raises InvalidInput."""
    if last_on < first_on:
        raise InvalidInput("Le dernier jour est avant le premier : vérifiez les deux dates.")
    if (last_on - first_on).days >= LONGEST_DAYS:
        raise InvalidInput(f"Demandez au plus {LONGEST_DAYS} jours à la fois.")
    return first_on, last_on


def place_of(commune: Commune, day: date, site_code: str, activity_code: str) -> tuple[date, int, int, str]:
    """Return where a site's activity comes among those of some days: by day, then in the commune's own order."""
    sites = [site.code for site in commune.sites]
    return day, sites.index(site_code), commune.policy.activity(activity_code).order, activity_code


def site_name(commune: Commune, code: str) -> str:
    """Return the name of a site."""
    return next(site.name for site in commune.sites if site.code == code)


def period_words(first_on: date, last_on: date) -> str:
    """Return days as a title says them: « Mercredi 2 décembre 2026 », « Du lundi 30 novembre 2026 au vendredi 4 décembre 2026 »."""
    if first_on == last_on:
        return long_date(first_on).capitalize()
    return f"Du {long_date(first_on)} au {long_date(last_on)}"


def site_choices(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return the sites that numbers may be asked of, by code and name, after « tous les sites ». Raises NotAllowed."""
    with desk.read(Right.NUMBERS) as connection:
        sites = desk.commune(connection).sites
    return (("", "tous les sites"), *((site.code, site.name) for site in sites))
