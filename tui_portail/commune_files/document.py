"""From the pure `Commune` back to its JSON document, with every default spelled out, so that a later program reads the same rules."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tui_portail.capacity import EVERY_DAY, CapacityLimit
from tui_portail.commune import Commune
from tui_portail.commune_files.portal import online_table, portal_table
from tui_portail.commune_files.typed_values import REFERENCES
from tui_portail.policy import ActivityRule, LimitRule, MeansRule, Policy
from tui_portail.pricing import BracketTariff, EffortTariff, FlatTariff, PriceGrid, Tariff
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.service_rules import WEEKDAYS, AppointmentRules, PaperRule

_FRENCH_REFERENCES = {english: french for french, english in REFERENCES.items()}


def to_document(commune: Commune) -> dict[str, object]:
    """Return the document of a commune: JSON types only. `from_document` gives back an equal commune."""
    policy = commune.policy
    return {
        "commune": policy.commune,
        "fictif": policy.fictitious,
        "en_vigueur": policy.effective_on.isoformat(),
        "identite": {
            "nom": commune.identity.name,
            "service": commune.identity.service,
            "adresse": list(commune.identity.address),
            "telephone": commune.identity.phone,
            "courriel": commune.identity.email,
        },
        "regie": {
            "code": commune.regie.code,
            "nom": commune.regie.name,
            "caisse": commune.regie.till,
            "contact": commune.regie.contact,
        },
        "sites": [
            {
                "code": site.code,
                "nom": site.name,
                "contacts": {family.value: contact for family, contact in site.contacts.items()},
            }
            for site in commune.sites
        ],
        "ecoles": [
            {
                "code": school.code,
                "nom": school.name,
                "classes": list(school.classes),
                "niveaux": list(school.levels),
                "site_alp": school.alp_site,
                "site_alsh": school.alsh_site,
            }
            for school in commune.schools
        ],
        "activites": [_activity(rule) for rule in policy.activities.values()],
        "places": _places(commune),
        "places_jours": _weekday_places(commune),
        "limites": [_limit_of_places(limit) for limit in commune.limits],
        "regles": _rules(policy),
        "pieces": [_paper(rule) for rule in policy.papers],
        "rendez_vous": _appointments(policy.appointments),
        "conservation": {
            "famille_annees": policy.retention.family_years,
            "rendez_vous_mois": policy.retention.appointment_months,
        },
        "liste_attente": {"offre_minutes": policy.offer_minutes},
        "pointage": {
            "sans_reservation_coefficient": _factor(policy.attendance.unbooked_factor),
            "sans_reservation_supplement": _amount(policy.attendance.unbooked_extra_cents),
            "caf_journee_heures": policy.attendance.day_hours_max,
            "caf_demi_journee_heures": policy.attendance.half_day_hours_max,
        },
        "encadrement": {
            family.value: {"moins_de_6": ratio.under_six, "six_et_plus": ratio.six_and_over}
            for family, ratio in policy.staff.items()
        },
        "portail": portal_table(policy.portal),
        "paiement_en_ligne": online_table(policy.online),
        "sources": dict(policy.sources),
        "moyens": [_means(rule) for rule in policy.means.values()],
        "calendrier": calendar_table(commune.calendar),
        "tarifs": prices_table(commune.grids),
    }


def _places(commune: Commune) -> dict[str, dict[str, int]]:
    places: dict[str, dict[str, int]] = {}
    for offering in commune.offerings:
        places.setdefault(offering.site, {})[offering.activity] = offering.capacity
    return places


def _weekday_places(commune: Commune) -> list[dict[str, object]]:
    """Return one table a number of places, its weekdays together."""
    tables: list[dict[str, object]] = []
    for offering in commune.offerings:
        for places in sorted(set(offering.by_weekday.values())):
            days = [WEEKDAYS[day] for day, count in sorted(offering.by_weekday.items()) if count == places]
            tables.append({"site": offering.site, "activite": offering.activity, "jours": days, "places": places})
    return tables


def _limit_of_places(limit: CapacityLimit) -> dict[str, object]:
    every_day = limit.weekdays == EVERY_DAY
    return {
        "site": limit.site,
        "activites": list(limit.activities),
        "places": limit.places,
        "age_de": limit.from_age,
        "age_moins_de": limit.under_age,
        "jours": [] if every_day else [WEEKDAYS[day] for day in sorted(limit.weekdays)],
    }


def _activity(rule: ActivityRule) -> dict[str, object]:
    return {
        "code": rule.code,
        "nom": rule.label,
        "famille": rule.family.value,
        "jours": rule.runs_on.value,
        "limite_ajout": _limit(rule.add_limit),
        "limite_annulation": _limit(rule.cancel_limit),
        "repas": rule.has_meal,
        "apporte": list(rule.brings),
        "exclut": list(rule.excludes),
        "justificatif": rule.late_refund_with_proof,
        "ordre": rule.order,
        "debut": rule.begins_at.isoformat() if rule.begins_at else None,
        "fin": rule.ends_at.isoformat() if rule.ends_at else None,
        "age_de": rule.from_age,
        "age_moins_de": rule.under_age,
        "formule": rule.formula.value if rule.formula else None,
    }


def _limit(rule: LimitRule) -> dict[str, object]:
    return {
        "heure": rule.at.isoformat(),
        "jours": rule.days_before,
        "sauter_feries": rule.skip_public_holidays,
        "sauter_fermetures": rule.skip_closures,
    }


def _rules(policy: Policy) -> dict[str, object]:
    month, day = policy.renewal_opens
    return {
        "attente_minutes": policy.hold_minutes,
        "prolongation_minutes": policy.extension_minutes,
        "prolongations_au_plus": policy.max_extensions,
        "repas_attente_minutes": policy.meal_freeze_minutes,
        "justificatif_jours": policy.proof_days,
        "justificatif_acceptation": list(policy.proof_acceptance_reasons),
        "justificatif_refus": list(policy.proof_refusal_reasons),
        "renouvellement_alsh": f"{month:02d}-{day:02d}",
        "ponts_alsh_ouverts": policy.bridge_days_open_alsh,
        "blocage_essais": policy.lockout_failures,
        "blocage_minutes": policy.lockout_minutes,
        "monnaie_a_confirmer": _amount(policy.change_to_confirm_cents),
        "encaisse_maximum": _amount(policy.cash_on_hand_max_cents),
        "cheques_jours": policy.cheque_deposit_days,
        "dette_bloque_reservations": policy.debt_blocks_bookings,
        "motifs_impaye": list(policy.unpaid_reasons),
        "motifs_annulation": list(policy.reversal_reasons),
        "motifs_correction": list(policy.correction_reasons),
    }


def _paper(rule: PaperRule) -> dict[str, object]:
    return {
        "code": rule.code,
        "nom": rule.label,
        "de": rule.of.value,
        "validite": rule.validity.value,
        "mois": rule.months,
        "obligatoire": rule.required,
        "bloque": list(rule.blocks),
    }


def _appointments(rules: AppointmentRules) -> dict[str, object]:
    return {
        "motifs": [{"code": kind.code, "nom": kind.label, "minutes": kind.minutes} for kind in rules.kinds],
        "ouvertures": [
            {
                "jour": WEEKDAYS[hours.weekday],
                "de": hours.starts.isoformat(),
                "a": hours.ends.isoformat(),
                "postes": hours.places,
            }
            for hours in rules.openings
        ],
    }


def _means(rule: MeansRule) -> dict[str, object]:
    return {
        "moyen": rule.means.value,
        "nom": rule.label,
        "actif": rule.enabled,
        "rend_monnaie": rule.gives_change,
        "plafond": _amount(rule.max_net_cents),
        "activites_exclues": sorted(rule.excluded_activities),
        "alsh_moins_de": rule.alsh_under_age,
        "paniers": sorted(kind.value for kind in rule.basket_kinds),
        "references": [_FRENCH_REFERENCES[name] for name in rule.required],
        "caisse_ouverte": rule.needs_open_till,
    }


def calendar_table(calendar: SchoolCalendar) -> dict[str, object]:
    """Return the branch `calendrier` of a document."""
    return {
        "zone": calendar.zone,
        "couvert_du": calendar.first_covered.isoformat(),
        "couvert_au": calendar.last_covered.isoformat(),
        "annees": [
            {
                "nom": year.name,
                "premier_jour": year.first_day.isoformat(),
                "dernier_jour": year.last_day.isoformat(),
            }
            for year in calendar.years
        ],
        "vacances": [
            {"nom": holiday.name, "du": holiday.first.isoformat(), "au": holiday.last.isoformat()}
            for holiday in calendar.holidays
        ],
        "ponts": sorted(day.isoformat() for day in calendar.bridges),
        "feries": {day.isoformat(): name for day, name in sorted(calendar.public_holidays.items())},
        "fermetures": [
            {
                "du": closure.first.isoformat(),
                "au": closure.last.isoformat(),
                "motif": closure.reason,
                "mairie": closure.mairie,
                "activites": closure.activities,
                "site": closure.site,
                "seulement": sorted(closure.only),
            }
            for closure in calendar.closures
        ],
    }


def prices_table(grids: Iterable[PriceGrid]) -> dict[str, object]:
    """Return the branch `tarifs` of a document."""
    return {"grilles": [_grid(grid) for grid in grids]}


def _grid(grid: PriceGrid) -> dict[str, object]:
    return {
        "activite": grid.activity,
        "nom": grid.name,
        "du": grid.valid_from.isoformat(),
        "au": grid.valid_until.isoformat() if grid.valid_until else None,
        **_tariff(grid.tariff),
        "fratrie": [_factor(factor) for factor in grid.sibling_factors],
        "resident": _factor(grid.resident_factor),
        "exterieur": _factor(grid.non_resident_factor),
        "repas": _amount(grid.meal_cents),
        "part_repas": None if grid.meal_share is None else _factor(grid.meal_share),
        "repas_non_fourni": _factor(grid.unsupplied_meal_factor),
        "source": grid.source,
        "fictif": grid.fictitious,
    }


def _tariff(tariff: Tariff) -> dict[str, object]:
    match tariff:
        case FlatTariff(price_cents):
            return {"prix": _amount(price_cents)}
        case EffortTariff(rate, floor_cents, ceiling_cents):
            return {
                "effort": {
                    "taux": _factor(rate),
                    "plancher": _amount(floor_cents),
                    "plafond": _amount(ceiling_cents),
                }
            }
        case BracketTariff(brackets):
            return {
                "tranches": [
                    {
                        "de": _amount(bracket.from_quotient_cents),
                        "moins_de": _amount(bracket.below_quotient_cents),
                        "prix": _amount(bracket.price_cents),
                    }
                    for bracket in brackets
                ]
            }


def _amount(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100},{cents % 100:02d}"


def _factor(factor: Fraction) -> str:
    """Write an exact rational without rounding: « 17/20 », « 1 »."""
    return str(factor)
