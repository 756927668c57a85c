"""The places of a document beyond one number a day: by weekday, and the limits over ages or several activities of a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tui_portail.capacity import EVERY_DAY, CapacityLimit
from tui_portail.commune import OfferingRules
from tui_portail.commune_files.forms import CapacityLimitForm, WeekdayPlacesForm
from tui_portail.commune_files.mistakes import WrongKey
from tui_portail.service_rules import WEEKDAYS

Offered = tuple[str, str]  # site, activity


def weekday_places(
    forms: Sequence[WeekdayPlacesForm], places: Mapping[str, Mapping[str, int]]
) -> dict[Offered, dict[int, int]]:
    """Return the places of the weekdays that differ, by site and activity; one that is not offered, or a day said twice, is a mistake."""
    found: defaultdict[Offered, dict[int, int]] = defaultdict(dict)
    for at, form in enumerate(forms):
        if form.activite not in places.get(form.site, {}):
            raise WrongKey(
                ("places_jours", at, "activite"),
                f"« {form.activite} » n’est pas proposée à « {form.site} » : donnez d’abord ses places d’un jour",
            )
        for name in form.jours:
            day = WEEKDAYS.index(name)
            if day in found[form.site, form.activite]:
                raise WrongKey(("places_jours", at, "jours"), f"les places du {name} sont déjà dites plus haut")
            found[form.site, form.activite][day] = form.places
    return dict(found)


def build_limits(forms: Sequence[CapacityLimitForm], offerings: Iterable[OfferingRules]) -> tuple[CapacityLimit, ...]:
    """Return the limits; an activity that its site does not offer, or ages out of order, is a mistake."""
    offered = {(offering.site, offering.activity) for offering in offerings}
    for at, form in enumerate(forms):
        for place, activity in enumerate(form.activites):
            if (form.site, activity) not in offered:
                raise WrongKey(
                    ("limites", at, "activites", place), f"« {activity} » n’est pas proposée à « {form.site} »"
                )
        if form.age_moins_de is not None and form.age_moins_de <= form.age_de:
            raise WrongKey(("limites", at, "age_moins_de"), "attendu : un âge au-dessus de celui de départ")
    return tuple(
        CapacityLimit(
            form.site,
            form.activites,
            form.places,
            form.age_de,
            form.age_moins_de,
            frozenset(WEEKDAYS.index(day) for day in form.jours) or EVERY_DAY,
        )
        for form in forms
    )
