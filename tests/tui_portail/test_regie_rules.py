"""What the régie is warned of: cash above the encaisse maximum, cheques not deposited by the next open day, a month without a deposit."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.tui_portail.calendars import d, leaflet_policy, paris, zone_c, zone_c_with
from tui_portail.decision import POLICY as DEFAULT_SOURCE
from tui_portail.regie_rules import HeldFacts, RegieWarning, cheque_due_on, month_after, warnings
from tui_portail.school_calendar import Closure, SchoolCalendar

POLICY = replace(leaflet_policy(), cash_on_hand_max_cents=1_000_00, cheque_deposit_days=1)
NOTHING = HeldFacts(0, (), None, None)


def told(now: str, calendar: SchoolCalendar | None = None, **facts: object) -> tuple[RegieWarning, ...]:
    held = replace(NOTHING, **facts)  # type: ignore[arg-type]
    return warnings(held, POLICY, calendar or zone_c(), paris(now))


def codes(now: str, **facts: object) -> list[str]:
    return [one.code for one in told(now, **facts)]


def test_a_regie_that_holds_nothing_is_told_nothing() -> None:
    assert told("2026-12-01 10:30") == ()


def test_cash_is_too_much_above_the_encaisse_maximum_to_the_cent() -> None:
    assert codes("2026-12-01 10:30", cash_cents=1_000_00) == []
    [warning] = told("2026-12-01 10:30", cash_cents=1_000_01, cash_received_cents=900_01)
    assert warning.code == "ENCAISSE_MAXIMUM"
    assert (
        "1\u202f000,01" in warning.sentence and "1\u202f000,00" in warning.sentence and "bordereau" in warning.sentence
    )


@pytest.mark.parametrize(
    ("received_cents", "by_slip", "by_movement"),
    [(500_01, True, False), (500_00, True, False), (499_99, True, True), (0, False, True)],
)
def test_too_much_cash_is_deposited_as_far_as_payments_brought_it_and_the_float_is_lowered(
    received_cents: int, by_slip: bool, by_movement: bool
) -> None:
    [warning] = told("2026-12-01 10:30", cash_cents=1_500_00, cash_received_cents=received_cents)
    assert ("À verser sans attendre par un bordereau" in warning.sentence) == by_slip
    assert ("« Retrait »" in warning.sentence) == by_movement


@pytest.mark.parametrize(
    ("received", "last_day"),
    [
        ("2026-12-01", "2026-12-02"),  # a Tuesday
        ("2026-12-04", "2026-12-07"),  # a Friday: the week-end does not count
        ("2026-12-05", "2026-12-07"),  # a Saturday
        ("2026-11-10", "2026-11-12"),  # the eve of a public holiday
        ("2026-12-24", "2026-12-28"),  # Christmas, then the week-end
    ],
)
def test_a_cheque_is_deposited_by_the_next_open_weekday(received: str, last_day: str) -> None:
    assert cheque_due_on(d(received), POLICY, zone_c()) == d(last_day)


def test_a_closure_of_the_mairie_gives_as_many_days_more() -> None:
    closed = zone_c_with(Closure(d("2026-12-28"), d("2026-12-31"), "Fermeture de fin d’année"))
    assert cheque_due_on(d("2026-12-24"), POLICY, closed) == d("2027-01-04")


def test_a_commune_may_give_several_days_or_none() -> None:
    assert cheque_due_on(d("2026-12-03"), replace(POLICY, cheque_deposit_days=3), zone_c()) == d("2026-12-08")
    assert cheque_due_on(d("2026-12-03"), replace(POLICY, cheque_deposit_days=0), zone_c()) == d("2026-12-03")


def test_a_cheque_is_late_once_its_last_day_is_over_in_paris() -> None:
    received = (paris("2026-12-01 16:00"),)
    assert codes("2026-12-02 23:59", cheques_received=received) == []
    assert codes("2026-12-03 00:00", cheques_received=received) == ["CHEQUES_A_REMETTRE"]


def test_only_the_late_cheques_are_counted_with_the_first_day_that_was_missed() -> None:
    received = tuple(map(paris, ("2026-12-01 16:00", "2026-11-30 09:00", "2026-12-03 09:00")))
    [warning] = told("2026-12-03 10:00", cheques_received=received)
    assert warning.sentence == (
        "2 chèques étaient à remettre au plus tard le mardi 1er décembre 2026. À verser aujourd’hui par un bordereau."
    )
    [alone] = told("2026-12-03 10:00", cheques_received=received[:1])
    assert alone.sentence.startswith("1 chèque était à remettre au plus tard le mercredi 2 décembre 2026.")


@pytest.mark.parametrize(("day", "after"), [("2026-12-15", "2027-01-15"), ("2027-01-31", "2027-02-28")])
def test_a_month_after_is_the_same_day_or_the_last_of_the_month(day: str, after: str) -> None:
    assert month_after(d(day)) == d(after)


def test_a_month_without_deposit_is_counted_from_the_last_one_while_money_is_held() -> None:
    last = paris("2026-11-01 15:00")
    held = paris("2026-11-30 09:00")
    assert codes("2026-12-01 18:00", last_deposit_at=last, oldest_held_at=held) == []
    [warning] = told("2026-12-02 08:00", last_deposit_at=last, oldest_held_at=held)
    assert warning.code == "MOIS_SANS_VERSEMENT"
    assert "depuis le dimanche 1er novembre 2026 :" in warning.sentence
    assert codes("2026-12-02 08:00", last_deposit_at=last) == [], "there is nothing to deposit"


def test_a_regie_that_never_deposited_counts_from_the_first_money_it_holds() -> None:
    first = paris("2026-10-20 09:00")
    assert codes("2026-11-20 18:00", oldest_held_at=first) == []
    [warning] = told("2026-11-21 08:00", oldest_held_at=first)
    assert "mardi 20 octobre 2026, premier encaissement" in warning.sentence


def test_each_warning_names_the_acte_constitutif_where_the_commune_does() -> None:
    named = replace(POLICY, sources={"paiement": "Arrêté du 3 mars 2020"})
    too_much = replace(NOTHING, cash_cents=2_000_00)
    now: datetime = paris("2026-12-01 10:30")
    assert [one.source for one in warnings(too_much, named, zone_c(), now)] == ["Arrêté du 3 mars 2020"]
    plain = replace(POLICY, sources={})
    assert [one.source for one in warnings(too_much, plain, zone_c(), now)] == [DEFAULT_SOURCE]


def test_the_most_urgent_comes_first() -> None:
    old = paris("2026-09-01 09:00")
    facts = {"cash_cents": 2_000_00, "cheques_received": (old,), "oldest_held_at": old}
    assert codes("2026-12-01 10:30", **facts) == ["ENCAISSE_MAXIMUM", "CHEQUES_A_REMETTRE", "MOIS_SANS_VERSEMENT"]
