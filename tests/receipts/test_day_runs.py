from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.day_runs import ChargedDay, lines_from_days, split_long_lines
from receipts.documents import QuittanceLine
from receipts.wording import days_text

charged_days = st.builds(
    ChargedDay,
    child=st.sampled_from(["Léa", "Noé", "Zoé"]),
    activity=st.sampled_from(["ALP matin", "Restaurant scolaire", "ALSH mercredi"]),
    day=st.dates(date(2026, 9, 1), date(2027, 2, 28)),
    cents=st.sampled_from([0, 385, 410, 1250]),
)


@settings(max_examples=100)
@given(st.lists(charged_days, max_size=60))
def test_every_day_charged_comes_out_once_at_its_price_and_the_sum_is_kept(charged: list[ChargedDay]) -> None:
    lines = lines_from_days(charged)

    out = Counter(ChargedDay(line.child, line.activity, day, line.unit_cents) for line in lines for day in line.days)
    assert out == Counter(charged)
    assert sum(line.total_cents for line in lines) == sum(item.cents for item in charged)


@settings(max_examples=100)
@given(st.lists(charged_days, min_size=1, max_size=60))
def test_a_line_never_crosses_a_week_and_its_days_go_forward(charged: list[ChargedDay]) -> None:
    for line in lines_from_days(charged):
        assert len({day.isocalendar()[:2] for day in line.days}) == 1
        assert list(line.days) == sorted(set(line.days))


@settings(max_examples=60)
@given(st.lists(charged_days, max_size=30))
def test_the_order_of_days_within_a_child_and_activity_does_not_matter(charged: list[ChargedDay]) -> None:
    by_name = sorted(charged, key=lambda item: (item.child, item.activity))
    by_name_then_day = sorted(charged, key=lambda item: (item.child, item.activity, item.day))

    assert Counter(lines_from_days(by_name)) == Counter(lines_from_days(by_name_then_day))


@settings(max_examples=60)
@given(st.lists(charged_days, max_size=60))
def test_splitting_long_lines_keeps_every_day_and_the_sum(charged: list[ChargedDay]) -> None:
    days = tuple(item.day for item in charged)
    line = QuittanceLine("Léa", "ALP matin", days, 120)

    parts = split_long_lines([line])

    assert sum(part.total_cents for part in parts) == line.total_cents
    assert Counter(day for part in parts for day in part.days) == Counter(days)


def test_a_week_of_meals_is_one_line_and_a_price_that_changes_makes_another() -> None:
    monday = date(2026, 11, 30)
    meals = [ChargedDay("Léa", "Restaurant scolaire", monday + timedelta(days=shift), 385) for shift in (0, 1, 3)]
    dearer = ChargedDay("Léa", "Restaurant scolaire", monday + timedelta(days=4), 410)

    lines = lines_from_days([*meals, dearer])

    assert [(line.quantity, line.total_cents) for line in lines] == [(3, 1155), (1, 410)]
    assert days_text(lines[1]).replace("\u00a0", " ") == "le vendredi 4 décembre 2026"


def test_children_and_activities_keep_the_order_they_come_in() -> None:
    day = date(2026, 12, 1)
    order = [("Zoé", "Restaurant scolaire"), ("Zoé", "ALP matin"), ("Anna", "Restaurant scolaire")]

    lines = lines_from_days(ChargedDay(child, activity, day, 100) for child, activity in order)

    assert [(line.child, line.activity) for line in lines] == order


def test_the_same_day_charged_twice_shows_twice() -> None:
    twice = [ChargedDay("Léa", "ALP soir", date(2026, 12, 1), 200)] * 2

    assert [line.quantity for line in lines_from_days(twice)] == [1, 1]


def test_five_days_in_a_row_read_as_a_run() -> None:
    monday = date(2027, 2, 8)
    lines = lines_from_days(
        ChargedDay("Léa", "ALSH vacances scolaires", monday + timedelta(days=shift), 1500) for shift in range(5)
    )

    assert days_text(lines[0]).replace("\u00a0", " ") == "du lundi 8 au vendredi 12 février 2027"
