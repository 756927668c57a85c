"""The families' portal in the document: its opening, its terms of use, payment online; read with what they ask of each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tui_portail.commune_files.mistakes import WrongKey
from tui_portail.commune_files.portal_forms import Mode, OnlinePaymentForm, PortalForm
from tui_portail.policy import BasketKind, Means, MeansRule
from tui_portail.service_rules import WEEKDAYS, OnlinePaymentRules, PayFipMode, PortalRules, Terms

LEAST_CENTS, MOST_CENTS = 1_00, 100_000_00
"""PayFiP takes no payment below 1 €, nor above 100 000 €."""

RECORDED_BY_PROGRAM = frozenset({"reference"})
"""What the program itself notes of a payment online: PayFiP's own reference. Nobody is there to type anything else."""

_MODES: Mapping[Mode, PayFipMode] = MappingProxyType(
    {"test": PayFipMode.TEST, "activation": PayFipMode.ACTIVATION, "production": PayFipMode.PRODUCTION}
)
_MODE_WORDS: Mapping[PayFipMode, Mode] = MappingProxyType({mode: word for word, mode in _MODES.items()})


def build_portal(form: PortalForm) -> PortalRules:
    """Return when the portal is open and its terms; a closing that ends before it begins is a mistake."""
    for key, hour in (("ferme_de", form.ferme_de), ("ferme_a", form.ferme_a)):
        if hour.tzinfo is not None:
            raise WrongKey(("portail", key), 'attendu : une heure de Paris sans décalage, par exemple "02:00"')
    if form.ferme_a < form.ferme_de:
        raise WrongKey(
            ("portail", "ferme_a"),
            "attendu : une heure après celle où le portail ferme, le même jour ; la même heure s’il ne ferme jamais",
        )
    return PortalRules(
        open_weekdays=frozenset(WEEKDAYS.index(day) for day in form.ouvert),
        closed_from=form.ferme_de,
        closed_until=form.ferme_a,
        terms=Terms(form.conditions.version, form.conditions.date, form.conditions.texte),
        activation_hours=form.activation_heures,
        reset_minutes=form.mot_de_passe_minutes,
        tries_an_hour=form.essais_par_heure,
        rest_seconds=form.repos_secondes,
    )


def build_online(form: OnlinePaymentForm, means: Mapping[Means, MeansRule]) -> OnlinePaymentRules:
    """Return how one pays online; switched on without a client number, or where the régie's PayFiP can't take it, is a mistake."""
    if not LEAST_CENTS <= form.montant_minimum <= MOST_CENTS:
        expected = "attendu : un montant de 1,00 € à 100 000,00 €, ce que PayFiP accepte"
        raise WrongKey(("paiement_en_ligne", "montant_minimum"), expected)
    if form.actif:
        if not form.client:
            raise WrongKey(
                ("paiement_en_ligne", "client"),
                "attendu : les six chiffres du numéro de client donné par la DGFiP, puisque le paiement en ligne est actif",
            )
        _check_means(means.get(Means.PAYFIP))
    return OnlinePaymentRules(
        enabled=form.actif,
        client_number=form.client,
        mode=_MODES[form.mode],
        subject=form.objet,
        least_cents=form.montant_minimum,
    )


def portal_table(rules: PortalRules) -> dict[str, object]:
    """Return the branch `portail` of a document."""
    return {
        "ouvert": [WEEKDAYS[day] for day in sorted(rules.open_weekdays)],
        "ferme_de": rules.closed_from.isoformat(),
        "ferme_a": rules.closed_until.isoformat(),
        "activation_heures": rules.activation_hours,
        "mot_de_passe_minutes": rules.reset_minutes,
        "essais_par_heure": rules.tries_an_hour,
        "repos_secondes": rules.rest_seconds,
        "conditions": {
            "version": rules.terms.version,
            "date": rules.terms.on.isoformat(),
            "texte": list(rules.terms.paragraphs),
        },
    }


def online_table(rules: OnlinePaymentRules) -> dict[str, object]:
    """Return the branch `paiement_en_ligne` of a document."""
    return {
        "actif": rules.enabled,
        "client": rules.client_number,
        "mode": _MODE_WORDS[rules.mode],
        "objet": rules.subject,
        "montant_minimum": f"{rules.least_cents // 100},{rules.least_cents % 100:02d}",
    }


def _check_means(rule: MeansRule | None) -> None:
    """Refuse payment online where the régie's matrix would refuse each payment it makes: all of it is then for nothing."""
    if rule is None or not rule.enabled:
        lacks = "que le moyen de paiement PayFiP soit d’abord admis"
    elif BasketKind.RESERVATION not in rule.basket_kinds:
        lacks = "que le moyen PayFiP paie les réservations"
    elif not set(rule.required) <= RECORDED_BY_PROGRAM:
        lacks = "que le moyen PayFiP ne fasse noter que sa référence, la seule que le programme note lui-même"
    elif rule.needs_open_till:
        lacks = "que le moyen PayFiP se passe d’une caisse ouverte"
    else:
        return
    raise WrongKey(("paiement_en_ligne", "actif"), f"le paiement en ligne demande {lacks}")
