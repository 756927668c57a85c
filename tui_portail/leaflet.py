"""What the counter's page says of a commune's own set-up: the limits in words, its sites with their telephones. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from tui_portail.commune import Commune, SiteRules
from tui_portail.french import join_words, month_name, plural, time_text
from tui_portail.policy import ActivityFamily, LimitRule, Policy


def limit_words(rule: LimitRule) -> str:
    """Return a limit as the leaflet says it: « au plus tard la veille avant midi (week-end exclu) »."""
    hour = "midi" if rule.at == time(12, 0) else time_text(rule.at)
    left_out = "week-end et jours fériés exclus" if rule.skip_public_holidays else "week-end exclu"
    if rule.days_before <= 0:
        return f"au plus tard le jour même avant {hour}"
    day = "la veille" if rule.days_before == 1 else f"{plural(rule.days_before, 'jour')} avant,"
    return f"au plus tard {day} avant {hour} ({left_out})"


def limit_lines(policy: Policy) -> tuple[str, ...]:
    """Return until when one books and cancels, a line a rule; activities are named only where they differ."""
    adding = _by_rule((one.add_limit, one.label) for one in policy.activities.values())
    cancelling = _by_rule((one.cancel_limit, one.label) for one in policy.activities.values())
    if adding == cancelling:
        return _lines("Réserver ou annuler une journée", adding)
    return (*_lines("Réserver une journée", adding), *_lines("Annuler une journée", cancelling))


def site_lines(commune: Commune) -> tuple[str, ...]:
    """Return the sites as the set-up gives them: « ALP/ALSH Mélodie : 06 24 82 28 41 », a line a telephone."""
    return tuple(line for site in commune.sites for line in _contacts(site))


def proof_delay(policy: Policy) -> str:
    """Return how long a family has to bring a justificatif: « 48 h »."""
    return f"{24 * policy.proof_days} h"


def renewal_day(policy: Policy) -> str:
    """Return the day from which the ALSH dossier is renewed for the next year: « 1er octobre »."""
    month, day = policy.renewal_opens
    return f"{'1er' if day == 1 else day} {month_name(date(2000, month, day))}"


def _by_rule(limits: Iterable[tuple[LimitRule, str]]) -> dict[LimitRule, list[str]]:
    found: dict[LimitRule, list[str]] = {}
    for rule, label in limits:
        found.setdefault(rule, []).append(label)
    return found


def _lines(what: str, by_rule: dict[LimitRule, list[str]]) -> tuple[str, ...]:
    if len(by_rule) == 1:
        return tuple(f"{what} : {limit_words(rule)}" for rule in by_rule)
    return tuple(f"{what} ({join_words(labels)}) : {limit_words(rule)}" for rule, labels in by_rule.items())


def _contacts(site: SiteRules) -> list[str]:
    by_number: dict[str, list[ActivityFamily]] = {}
    for family, number in site.contacts.items():
        by_number.setdefault(number, []).append(family)
    if not by_number:
        return [site.name]
    return [f"{'/'.join(families)} {site.name} : {number}" for number, families in by_number.items()]
