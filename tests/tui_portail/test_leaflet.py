"""The counter's page says the commune's own limits and contacts, as the leaflet words them."""

from dataclasses import replace
from datetime import time

from tests.factories import the_commune
from tui_portail.leaflet import limit_lines, limit_words, proof_delay, renewal_day, site_lines
from tui_portail.policy import LimitRule


def test_limits_are_worded_as_the_leaflet_does() -> None:
    assert limit_words(LimitRule()) == "au plus tard la veille avant midi (week-end exclu)"
    assert (
        limit_words(LimitRule(time(10, 30), 2, skip_public_holidays=True))
        == "au plus tard 2 jours avant, avant 10 h 30 (week-end et jours fériés exclus)"
    )
    assert limit_words(LimitRule(time(8), 0)) == "au plus tard le jour même avant 8 h"


def test_activities_are_named_only_where_their_limits_differ() -> None:
    policy = the_commune().policy
    assert limit_lines(policy) == (
        "Réserver ou annuler une journée : au plus tard la veille avant midi (week-end exclu)",
    )
    meal = policy.activities["RESTAURATION"]
    later = replace(meal, cancel_limit=LimitRule(time(9)))
    said = limit_lines(replace(policy, activities={"ALP_MATIN": policy.activities["ALP_MATIN"], "RESTAURATION": later}))
    assert said == (
        "Réserver une journée : au plus tard la veille avant midi (week-end exclu)",
        "Annuler une journée (ALP matin) : au plus tard la veille avant midi (week-end exclu)",
        "Annuler une journée (restaurant scolaire) : au plus tard la veille avant 9 h (week-end exclu)",
    )


def test_sites_and_contacts_are_those_of_the_set_up() -> None:
    assert site_lines(the_commune()) == (
        "ALP/ALSH Mélodie : 06 24 82 28 41",
        "ALP Harmonie : 06 86 68 95 66",
        "ALSH Harmonie : 06 88 82 24 66",
        "ALSH Ados : 06 86 68 95 66",
    )
    assert proof_delay(the_commune().policy) == "48 h"
    assert renewal_day(the_commune().policy) == "1er octobre"
