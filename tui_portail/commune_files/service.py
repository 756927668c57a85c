"""The parts of the document that Enfance/Jeunesse goes by: papers asked for, the diary's weekly template."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tui_portail.commune_files.forms import AppointmentsForm, PaperForm
from tui_portail.commune_files.mistakes import WrongKey
from tui_portail.service_rules import (
    WEEKDAYS,
    AppointmentKind,
    AppointmentRules,
    OpeningHours,
    PaperRule,
)


def build_papers(forms: Sequence[PaperForm], activities: Collection[str]) -> tuple[PaperRule, ...]:
    """Return the kinds of papers; a code given twice, or an activity that there is not, is a mistake."""
    seen: set[str] = set()
    for place, form in enumerate(forms):
        if form.code in seen:
            raise WrongKey(("pieces", place, "code"), f"le code « {form.code} » est déjà pris plus haut")
        seen.add(form.code)
        for at, activity in enumerate(form.bloque):
            if activity not in activities:
                raise WrongKey(("pieces", place, "bloque", at), f"« {activity} » n’est le code d’aucune activité")
    return tuple(
        PaperRule(form.code, form.nom, form.de, form.validite, form.mois, form.obligatoire, form.bloque)
        for form in forms
    )


def build_appointments(form: AppointmentsForm) -> AppointmentRules:
    """Return the diary's template; a stretch that ends before it begins, or crosses another, is a mistake."""
    codes = [kind.code for kind in form.motifs]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise WrongKey(("rendez_vous", "motifs", place, "code"), f"le code « {code} » est déjà pris plus haut")
    openings: list[OpeningHours] = []
    for place, opening in enumerate(form.ouvertures):
        at = ("rendez_vous", "ouvertures", place)
        if opening.de.tzinfo is not None or opening.a.tzinfo is not None:
            raise WrongKey((*at, "de"), 'attendu : une heure de Paris sans décalage, par exemple "09:00"')
        if opening.a <= opening.de:
            raise WrongKey((*at, "a"), "attendu : une heure après celle du début")
        hours = OpeningHours(WEEKDAYS.index(opening.jour), opening.de, opening.a, opening.postes)
        if any(
            known.weekday == hours.weekday and known.starts < hours.ends and hours.starts < known.ends
            for known in openings
        ):
            raise WrongKey((*at, "de"), f"cette plage en chevauche une autre du {opening.jour}")
        openings.append(hours)
    if openings and not form.motifs:
        raise WrongKey(("rendez_vous", "motifs"), "attendu : au moins un motif de rendez-vous")
    return AppointmentRules(
        tuple(AppointmentKind(kind.code, kind.nom, kind.minutes) for kind in form.motifs), tuple(openings)
    )
