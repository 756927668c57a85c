"""What an agent may close, what goes with it, and how it is said: without a database."""

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import the_commune
from tui_portail.closed_days import (
    ClosedDays,
    checked_days,
    closed_openings,
    refuse_nothing_open,
    refuse_past,
    with_those_that_bring,
)
from tui_portail.field_checks import FormRefused

THURSDAY, FRIDAY, SUNDAY = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 6)
EVERY = tuple(the_commune().policy.activities)


def asked(first: date = THURSDAY, last: date | None = None, *activities: str, site: str | None = None) -> ClosedDays:
    return ClosedDays(first, last or first, site, activities or EVERY, " Grève   nationale ")


def test_what_brings_a_closed_activity_is_closed_with_it_and_never_the_other_way() -> None:
    policy = the_commune().policy
    assert with_those_that_bring(["PAUSE_MERIDIENNE"], policy) == ("PAUSE_MERIDIENNE", "RESTAURATION")
    assert with_those_that_bring(["RESTAURATION"], policy) == ("RESTAURATION",)


def test_it_is_said_in_the_words_of_the_families() -> None:
    commune = the_commune()
    days = checked_days(asked(THURSDAY, FRIDAY), commune)
    assert days.reason == "Grève nationale"
    assert days.words(commune) == "les jeudi 3 et vendredi 4 décembre 2026, tous les sites, toutes les activités"
    evening = checked_days(asked(THURSDAY, None, "ALP_SOIR", site="MELODIE"), commune)
    assert evening.words(commune) == "le jeudi 3 décembre 2026, Mélodie, ALP soir"


def test_the_calendar_is_closed_for_these_days_alone_and_the_mairie_stays_open() -> None:
    commune = the_commune()
    days = checked_days(asked(THURSDAY, None, "ALP_SOIR", site="MELODIE"), commune)
    assert {opening[:2] for opening in closed_openings(days, commune)} == {("MELODIE", "ALP_SOIR")}
    closure = days.on_the_calendar(commune.policy)
    closed = replace(commune, calendar=replace(commune.calendar, closures=(closure,)))
    assert closed_openings(days, closed) == []
    assert closed.calendar.mairie_closure(THURSDAY) is None
    elsewhere = asked(THURSDAY, None, "ALP_SOIR", site="HARMONIE")
    assert closed_openings(elsewhere, closed) == closed_openings(elsewhere, commune) != []
    assert asked().on_the_calendar(commune.policy).only == frozenset()


def test_two_closures_overlap_by_day_site_and_activity() -> None:
    one = asked(THURSDAY, FRIDAY, "ALP_SOIR", site="MELODIE")
    assert one.overlaps(asked(FRIDAY))
    assert not one.overlaps(asked(SUNDAY))
    assert not one.overlaps(asked(FRIDAY, None, "ALP_MATIN"))
    assert not one.overlaps(asked(FRIDAY, site="HARMONIE"))


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (asked(FRIDAY, THURSDAY), "last"),
        (asked(THURSDAY, date(2027, 2, 3)), "last"),  # 63 days
        (asked(date(2029, 1, 5)), "first"),
        (asked(site="NULLE_PART"), "site"),
        (asked(THURSDAY, None, "PISCINE"), "activities"),
        (replace(asked(), activities=()), "activities"),
        (replace(asked(), reason="  "), "reason"),
        (replace(asked(), reason="x" * 121), "reason"),
    ],
)
def test_what_cannot_be_closed_names_the_field_to_mend(days: ClosedDays, field: str) -> None:
    with pytest.raises(FormRefused) as refused:
        checked_days(days, the_commune())
    assert refused.value.field == field


def test_a_day_begun_is_confirmed_and_a_day_when_nothing_opens_is_refused() -> None:
    refuse_past(asked(FRIDAY), THURSDAY, confirmed=False)
    refuse_past(asked(THURSDAY), THURSDAY, confirmed=True)
    with pytest.raises(FormRefused, match=r"Jeudi 3 décembre 2026 n’est pas à venir"):
        refuse_past(asked(THURSDAY), THURSDAY, confirmed=False)
    with pytest.raises(FormRefused, match="il n’y a rien à annuler"):
        refuse_nothing_open(asked(SUNDAY), the_commune())
