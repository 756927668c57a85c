"""The set-up a commune begins with when it has no file: its name, its régie, its school calendar; no site and no activity yet.

The portal's terms are those shipped, which say themselves that they are an example to be replaced.

The dates are those shipped for zone C. Autumn and Christmas holidays are the same in every zone; the others are not: for zones A and B
the calendar stops before the winter holidays, until the commune types its own. A day not known is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tui_portail.commune import Commune
from tui_portail.commune_files.building import from_document
from tui_portail.commune_files.document import to_document
from tui_portail.commune_files.reading import shipped_commune
from tui_portail.errors import InvalidInput
from tui_portail.french import elide, join_words

ZONES = ("A", "B", "C")
KNOWN_ZONE = "C"
REGIE_CODE = "PERISCOLAIRE"
REGIE_CODE_FORM = re.compile(r"[A-Z][A-Z0-9_]{0,29}")
"""As `forms.Code`, which a file's code must be."""
_ANSWERS: Mapping[str, str] = {"": "Réponses"}


@dataclass(frozen=True, slots=True)
class StartingAnswers:
    """What is asked. `year` is the one the first school year begins in."""

    commune: str
    regie_code: str
    zone: str
    year: int


def shipped_years() -> tuple[int, ...]:
    """Return the years whose school year is known, by the one they begin in."""
    return tuple(year.first_day.year for year in shipped_commune().calendar.years)


def proposed_year(today: date) -> int:
    """Return the school year to propose: the one that runs, the next one in the summer, the last known after that."""
    years = shipped_commune().calendar.years
    return next((year.first_day.year for year in years if today <= year.last_day), years[-1].first_day.year)


def starting_commune(answers: StartingAnswers) -> Commune:
    """Return the set-up to begin with. Raises InvalidInput with the sentence to show for an answer that doesn't do."""
    name, zone = " ".join(answers.commune.split()), answers.zone.strip().upper()
    if not name:
        raise InvalidInput("Donnez le nom de la commune.")
    if zone not in ZONES:
        raise InvalidInput(f"« {answers.zone[:20]} » n’est pas une zone scolaire : donnez {join_words(ZONES, 'ou')}.")
    if not REGIE_CODE_FORM.fullmatch(answers.regie_code.strip().upper()):
        raise InvalidInput(
            f"« {answers.regie_code.strip()[:30]} » ne convient pas au code de la régie : des majuscules sans accent ni espace, "
            f"comme {REGIE_CODE}."
        )
    if answers.year not in shipped_years():
        known = join_words([f"{year}-{year + 1}" for year in shipped_years()], "ou")
        raise InvalidInput(f"Le calendrier fourni ne connaît pas cette année scolaire : donnez {known}.")
    shipped: dict[str, Any] = dict(to_document(shipped_commune()))
    calendar = _calendar(shipped["calendrier"], zone, answers.year)
    return from_document(
        {
            "commune": name,
            "fictif": False,
            "en_vigueur": calendar["couvert_du"],
            "identite": {"nom": f"Mairie {elide('de', name)}", "service": shipped["identite"]["service"]},
            "regie": {"code": answers.regie_code.strip().upper(), "nom": "Régie de recettes périscolaire"},
            "regles": {
                key: reasons
                for key, reasons in shipped["regles"].items()
                if key.startswith(("justificatif_", "motifs_"))
            },
            "portail": {"conditions": shipped["portail"]["conditions"]},
            "calendrier": calendar,
            "tarifs": {"fictif": False},
        },
        _ANSWERS,
    )


def _calendar(shipped: Mapping[str, Any], zone: str, year: int) -> dict[str, Any]:
    years = [one for one in shipped["annees"] if int(one["premier_jour"][:4]) >= year]
    first, last = years[0]["premier_jour"], shipped["couvert_au"]
    if zone != KNOWN_ZONE:
        years, last = years[:1], f"{year + 1}-01-31"
    return {
        "zone": zone,
        "couvert_du": first,
        "couvert_au": last,
        "annees": years,
        "vacances": [one for one in shipped["vacances"] if first <= one["du"] <= last],
        "ponts": [day for day in shipped["ponts"] if first <= day <= last],
    }
