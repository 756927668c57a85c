"""The hours declared to the CAF: the whole slot, capped on school Wednesdays, told by age on the day."""

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import the_commune
from tui_portail.caf_hours import Presence, hours_text, slot_minutes, sum_hours
from tui_portail.policy import Formula
from tui_portail.service_rules import AttendanceRules

POLICY = the_commune().policy
RULES = AttendanceRules()
WEDNESDAY = date(2026, 12, 2)


def hours_of(code: str, begins: str, ends: str, formula: Formula | None = Formula.DAY) -> int | None:
    begins_at, ends_at = time.fromisoformat(begins), time.fromisoformat(ends)
    return slot_minutes(replace(POLICY.activity(code), begins_at=begins_at, ends_at=ends_at, formula=formula), RULES)


@pytest.mark.parametrize(
    ("code", "begins", "ends", "formula", "minutes"),
    [
        ("ALSH_MERCREDI", "08:00", "18:00", Formula.DAY, 9 * 60),
        ("ALSH_MERCREDI", "08:30", "17:00", Formula.DAY, 8 * 60 + 30),
        ("ALSH_MERCREDI", "13:30", "18:00", Formula.HALF_DAY, 4 * 60),
        ("ALSH_MERCREDI", "14:00", "17:30", Formula.HALF_DAY, 3 * 60 + 30),
        ("ALSH_MERCREDI", "07:30", "18:30", None, 9 * 60),
        ("ALSH_VACANCES", "08:00", "18:00", Formula.DAY, 10 * 60),
        ("ALP_SOIR", "16:30", "18:15", None, 105),
    ],
)
def test_a_presence_is_the_whole_slot_capped_on_a_school_wednesday(
    code: str, begins: str, ends: str, formula: Formula | None, minutes: int
) -> None:
    assert hours_of(code, begins, ends, formula) == minutes


def test_an_activity_without_hours_declares_none() -> None:
    """The meal: the hours of its break are declared already."""
    assert slot_minutes(POLICY.activity("RESTAURATION"), RULES) is None
    assert hours_of("ALP_SOIR", "18:00", "18:00") is None
    presence = Presence(1, date(2019, 1, 1), "HARMONIE", "RESTAURATION", date(2026, 12, 3))
    [row] = sum_hours([presence, replace(presence, activity="DISPARUE")], POLICY)[:1]
    assert (row.days, row.minutes, row.slot_minutes) == (1, 0, None)


def test_a_child_turns_six_on_the_birthday() -> None:
    born = date(2020, 12, 9)
    days = (date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16))
    [row] = sum_hours([Presence(7, born, "MELODIE", "ALSH_MERCREDI", day) for day in days], POLICY)
    assert (row.under_six.children, row.under_six.days, row.under_six.minutes) == (1, 1, 9 * 60)
    assert (row.six_and_over.children, row.six_and_over.days, row.six_and_over.minutes) == (1, 2, 18 * 60)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 8),
            st.sampled_from(["MELODIE", "HARMONIE"]),
            st.sampled_from(sorted(POLICY.activities)),
            st.integers(0, 400),
        ),
        max_size=40,
    )
)
def test_the_sums_are_those_counted_day_by_day(drawn: list[tuple[int, str, str, int]]) -> None:
    """Counted a second way: each presence alone, its minutes on the clock, its age by the birthday."""
    born = {child: date(2020, child, 15) for child in range(1, 9)}
    presences = [
        Presence(child, born[child], site, activity, date(2026, 1, 1) + timedelta(days=later))
        for child, site, activity, later in drawn
    ]
    minutes: Counter[tuple[str, str, bool]] = Counter()
    seen: dict[tuple[str, str, bool], set[int]] = {}
    for one in presences:
        birthday = date(born[one.child_id].year + 6, born[one.child_id].month, 15)
        key = (one.site, one.activity, one.day < birthday)
        clock = {"ALP_MATIN": 60, "PAUSE_MERIDIENNE": 120, "ALP_SOIR": 120, "ALSH_MERCREDI": 540, "ALSH_VACANCES": 600}
        minutes[key] += clock.get(one.activity, 0)
        seen.setdefault(key, set()).add(one.child_id)
    rows = sum_hours(presences, POLICY)
    told = {
        (row.site, row.activity, young): (summed.minutes, summed.children)
        for row in rows
        for young, summed in ((True, row.under_six), (False, row.six_and_over))
        if summed.days
    }
    assert told == {key: (minutes[key], len(children)) for key, children in seen.items()}
    assert sum(row.days for row in rows) == len(presences)


def test_hours_are_written_the_french_way() -> None:
    assert [hours_text(minutes).replace("\u00a0", " ") for minutes in (0, 540, 750, 65)] == [
        "0 h",
        "9 h",
        "12 h 30",
        "1 h 05",
    ]
