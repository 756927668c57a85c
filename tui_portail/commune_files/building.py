"""From a document to the pure `Commune`, checking what one key says against the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from tui_portail.commune import Commune, Identity, OfferingRules, RegieIdentity, SchoolRules, SiteRules
from tui_portail.commune_files.calendars import build_calendar
from tui_portail.commune_files.capacities import build_limits, weekday_places
from tui_portail.commune_files.forms import ActivityForm, CommuneForm, LimitForm, MeansForm, SchoolForm, SiteForm
from tui_portail.commune_files.grids import build_grids
from tui_portail.commune_files.mistakes import Place, WrongKey, first_mistake, mistake
from tui_portail.commune_files.portal import build_online, build_portal
from tui_portail.commune_files.service import build_appointments, build_papers
from tui_portail.field_checks import FormRefused, checked_phone
from tui_portail.french import long_date
from tui_portail.policy import ActivityRule, LimitRule, Means, MeansRule, Policy
from tui_portail.price_grids import PriceGrid
from tui_portail.price_periods import check_prices
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.school_levels import level_of
from tui_portail.service_rules import AttendanceRules, RetentionRules, StaffRatio

CodedForm = TypeVar("CodedForm", SiteForm, SchoolForm, ActivityForm)

IN_THE_DATABASE: Mapping[str, str] = MappingProxyType({"": "Règles enregistrées dans la base"})


def from_document(document: Mapping[str, object], files: Mapping[str, str] = IN_THE_DATABASE) -> Commune:
    """Return the commune a JSON document describes; the exact inverse of `to_document`.

    `files` names where the document (key "") and its branches came from, for the messages. Raises InvalidInput with the French
    sentence that names the file, the key and what was expected.
    """
    try:
        form = CommuneForm.model_validate_json(json.dumps(document))
        return _build(form)
    except ValidationError as fault:
        raise first_mistake(fault, files) from fault
    except WrongKey as fault:
        raise mistake(fault.place, fault.expected, files) from fault


def new_commune(document: Mapping[str, object], files: Mapping[str, str] = IN_THE_DATABASE) -> Commune:
    """As `from_document`, for a set-up not recorded yet: a telephone mistyped, days without price between two grids are refused too.

    One recorded before they were stays readable, to be mended.
    """
    commune = from_document(document, files)
    for place, site in enumerate(commune.sites):
        for family, phone in site.contacts.items():
            _check_phone(phone, ("sites", place, "contacts", family.value), files)
    _check_phone(commune.identity.phone, ("identite", "telephone"), files)
    for refusal in check_prices(commune):
        raise mistake(("tarifs", "grilles"), refusal.sentence, files)
    return commune


def _check_phone(phone: str, place: Place, files: Mapping[str, str]) -> None:
    """Refuse a telephone that families could not dial. Raises DocumentMistake."""
    try:
        checked_phone(phone, "")
    except FormRefused as refused:
        raise mistake(place, refused.sentence, files) from refused


def _build(form: CommuneForm) -> Commune:
    sites = _by_code(form.sites, "sites")
    activities = _by_code(form.activites, "activites")
    _by_code(form.ecoles, "ecoles")
    for place, school in enumerate(form.ecoles):
        _known(school.site_alp, sites, ("ecoles", place, "site_alp"), "site")
        _known(school.site_alsh, sites, ("ecoles", place, "site_alsh"), "site")
    calendar = build_calendar(form.calendrier, sites, activities)
    grids = build_grids(form.tarifs, activities)
    offerings = _offerings(form, sites, activities)
    _check_prices(form, offerings, grids, calendar)
    limits = build_limits(form.limites, offerings)
    return Commune(
        identity=Identity(
            form.identite.nom,
            form.identite.service,
            form.identite.adresse,
            form.identite.telephone,
            form.identite.courriel,
        ),
        regie=RegieIdentity(form.regie.code, form.regie.nom, form.regie.caisse, form.regie.contact),
        sites=tuple(SiteRules(site.code, site.nom, dict(site.contacts)) for site in form.sites),
        schools=tuple(
            SchoolRules(school.code, school.nom, school.classes, school.site_alp, school.site_alsh, _levels(school))
            for school in form.ecoles
        ),
        offerings=offerings,
        policy=_policy(form, activities),
        calendar=calendar,
        grids=grids,
        limits=limits,
    )


def _levels(school: SchoolForm) -> tuple[str, ...]:
    """Return a school's levels, those its classes are called by when it names none."""
    if school.niveaux is not None:
        return school.niveaux
    return tuple(dict.fromkeys(level for name in school.classes if (level := level_of(name))))


def _offerings(
    form: CommuneForm, sites: Mapping[str, SiteForm], activities: Mapping[str, ActivityForm]
) -> tuple[OfferingRules, ...]:
    """Return the offerings in the order of sites then activities, whatever the order of the keys."""
    for site, places in form.places.items():
        _known(site, sites, ("places", site), "site")
        for activity in places:
            _known(activity, activities, ("places", site, activity), "activité")
    by_weekday = weekday_places(form.places_jours, form.places)
    return tuple(
        OfferingRules(site, activity, form.places[site][activity], by_weekday.get((site, activity), {}))
        for site in sites
        if site in form.places
        for activity in activities
        if activity in form.places[site]
    )


def _check_prices(
    form: CommuneForm, offerings: Iterable[OfferingRules], grids: Sequence[PriceGrid], calendar: SchoolCalendar
) -> None:
    """Refuse example prices in a commune that is not one, and an activity offered without a price from the first day."""
    for place, grid in enumerate(grids):
        if grid.fictitious and not form.fictif:
            raise WrongKey(
                ("tarifs", "grilles", place, "fictif") if form.tarifs.grilles[place].fictif else ("tarifs", "fictif"),
                f"la grille « {grid.name} » est fictive alors que la commune ne l’est pas : recopiez les prix de votre délibération, "
                "puis dites-la non fictive (fictif = false) ; ou laissez la commune en exemple fictif",
            )
    first_day = max(form.en_vigueur, calendar.first_covered)
    for offering in offerings:
        if not any(grid.activity == offering.activity and grid.covers(first_day) for grid in grids):
            raise WrongKey(
                ("places", offering.site, offering.activity),
                f"aucune grille de tarifs ne donne de prix à « {offering.activity} » le {long_date(first_day)}, "
                "premier jour de ces règles : ajoutez-en une, ou enlevez cette ligne",
            )


def _refuse_cycles(form: CommuneForm) -> None:
    """Refuse activities that bring each other: none could be taken off any more."""
    brings = {activity.code: activity.apporte for activity in form.activites}
    for place, activity in enumerate(form.activites):
        reached, ahead = set[str](), list(activity.apporte)
        while ahead:
            code = ahead.pop()
            if code == activity.code:
                raise WrongKey(
                    ("activites", place, "apporte"),
                    f"« {activity.code} » finit par s’apporter elle-même : une des activités qu’elle apporte l’apporte aussi",
                )
            if code not in reached:
                reached.add(code)
                ahead.extend(brings[code])


def _policy(form: CommuneForm, activities: Mapping[str, ActivityForm]) -> Policy:
    rules = form.regles
    for place, activity in enumerate(form.activites):
        for name, others in (("apporte", activity.apporte), ("exclut", activity.exclut)):
            for at, other in enumerate(others):
                _known(other, activities, ("activites", place, name, at), "activité")
                if other == activity.code:
                    raise WrongKey(("activites", place, name, at), "une activité ne peut pas se nommer elle-même ici")
        if both := set(activity.apporte) & set(activity.exclut):
            raise WrongKey(("activites", place, "exclut"), f"« {min(both)} » est déjà apportée par cette activité")
    _refuse_cycles(form)
    means = _means(form, activities)
    if any(activity.justificatif for activity in form.activites):
        for name, reasons in (("acceptation", rules.justificatif_acceptation), ("refus", rules.justificatif_refus)):
            if not reasons:
                expected = "attendu : au moins un motif, puisqu’une activité rembourse sur justificatif"
                raise WrongKey(("regles", f"justificatif_{name}"), expected)
    return Policy(
        commune=form.commune,
        activities={activity.code: _activity(activity, place) for place, activity in enumerate(form.activites)},
        means=means,
        hold_minutes=rules.attente_minutes,
        extension_minutes=rules.prolongation_minutes,
        max_extensions=rules.prolongations_au_plus,
        meal_freeze_minutes=rules.repas_attente_minutes,
        proof_days=rules.justificatif_jours,
        proof_refusal_reasons=rules.justificatif_refus,
        proof_acceptance_reasons=rules.justificatif_acceptation,
        renewal_opens=rules.renouvellement_alsh,
        bridge_days_open_alsh=rules.ponts_alsh_ouverts,
        lockout_failures=rules.blocage_essais,
        lockout_minutes=rules.blocage_minutes,
        change_to_confirm_cents=rules.monnaie_a_confirmer,
        cash_on_hand_max_cents=rules.encaisse_maximum,
        cheque_deposit_days=rules.cheques_jours,
        debt_blocks_bookings=rules.dette_bloque_reservations,
        unpaid_reasons=rules.motifs_impaye,
        reversal_reasons=rules.motifs_annulation,
        correction_reasons=rules.motifs_correction,
        papers=build_papers(form.pieces, activities),
        appointments=build_appointments(form.rendez_vous),
        retention=RetentionRules(form.conservation.famille_annees, form.conservation.rendez_vous_mois),
        offer_minutes=form.liste_attente.offre_minutes,
        attendance=AttendanceRules(
            form.pointage.sans_reservation_coefficient,
            form.pointage.sans_reservation_supplement,
            form.pointage.caf_journee_heures,
            form.pointage.caf_demi_journee_heures,
        ),
        staff={family: StaffRatio(ratio.moins_de_6, ratio.six_et_plus) for family, ratio in form.encadrement.items()},
        portal=build_portal(form.portail),
        online=build_online(form.paiement_en_ligne, means),
        sources={str(key): text for key, text in form.sources.items()},
        fictitious=form.fictif,
        effective_on=form.en_vigueur,
    )


def _activity(form: ActivityForm, place: int) -> ActivityRule:
    at: Place = ("activites", place)
    if form.debut and form.fin and form.fin <= form.debut:
        raise WrongKey((*at, "fin"), "attendu : une heure après celle du début")
    if form.age_de is not None and form.age_moins_de is not None and form.age_moins_de <= form.age_de:
        raise WrongKey((*at, "age_moins_de"), "attendu : un âge au-dessus de celui de départ")
    return ActivityRule(
        code=form.code,
        label=form.nom,
        family=form.famille,
        runs_on=form.jours,
        add_limit=_limit(form.limite_ajout, ("activites", place, "limite_ajout")),
        cancel_limit=_limit(form.limite_annulation, ("activites", place, "limite_annulation")),
        has_meal=form.repas,
        brings=form.apporte,
        excludes=form.exclut,
        late_refund_with_proof=form.justificatif,
        order=place + 1 if form.ordre is None else form.ordre,
        begins_at=_hour(form.debut, (*at, "debut")),
        ends_at=_hour(form.fin, (*at, "fin")),
        from_age=form.age_de,
        under_age=form.age_moins_de,
        formula=form.formule,
    )


def _hour(hour: time | None, place: Place) -> time | None:
    if hour is not None and hour.tzinfo is not None:
        raise WrongKey(place, 'attendu : une heure de Paris sans décalage, par exemple "16:30"')
    return hour


def _limit(form: LimitForm, place: Place) -> LimitRule:
    if form.heure.tzinfo is not None:
        raise WrongKey((*place, "heure"), 'attendu : une heure de Paris sans décalage, par exemple "12:00"')
    return LimitRule(form.heure, form.jours, form.sauter_feries, form.sauter_fermetures)


def _means(form: CommuneForm, activities: Mapping[str, ActivityForm]) -> dict[Means, MeansRule]:
    rules: dict[Means, MeansRule] = {}
    for place, means in enumerate(form.moyens):
        if means.moyen in rules:
            raise WrongKey(("moyens", place, "moyen"), f"« {means.moyen} » est déjà décrit plus haut")
        for at, activity in enumerate(means.activites_exclues):
            _known(activity, activities, ("moyens", place, "activites_exclues", at), "activité")
        rules[means.moyen] = _means_rule(means)
    return rules


def _means_rule(form: MeansForm) -> MeansRule:
    return MeansRule(
        means=form.moyen,
        label=form.nom,
        enabled=form.actif,
        gives_change=form.rend_monnaie,
        max_net_cents=form.plafond,
        excluded_activities=frozenset(form.activites_exclues),
        alsh_under_age=form.alsh_moins_de,
        basket_kinds=frozenset(form.paniers),
        required=form.references,
        needs_open_till=form.caisse_ouverte,
    )


def _by_code(forms: Iterable[CodedForm], branch: str) -> dict[str, CodedForm]:
    known: dict[str, CodedForm] = {}
    for place, form in enumerate(forms):
        if form.code in known:
            raise WrongKey((branch, place, "code"), f"le code « {form.code} » est déjà pris plus haut")
        known[form.code] = form
    return known


def _known(code: str | None, codes: Iterable[str], place: Place, noun: str) -> None:
    if code is not None and code not in set(codes):
        raise WrongKey(place, f"« {code} » n’est le code d’aucun{'e' if noun == 'activité' else ''} {noun}")
