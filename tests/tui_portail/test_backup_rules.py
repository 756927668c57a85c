"""Which backups are kept, how they are called, when one is late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import paris
from tui_portail.backup_rules import DatedBackup, backup_name, is_late, time_of_day, to_remove
from tui_portail.errors import InvalidInput

NOW = datetime(2026, 11, 29, 1, 30, tzinfo=UTC)
BACKUPS = st.lists(
    st.builds(
        DatedBackup,
        st.uuids().map(str),
        st.integers(0, 800).map(lambda days: NOW - timedelta(days=days)),
        st.booleans(),
    ),
    unique_by=lambda one: one.name,
    max_size=40,
)


def test_a_name_says_the_commune_and_when_at_paris_time() -> None:
    assert backup_name("Mairie de Clapiers", NOW, ".sqlite3") == "portail-mairie-de-clapiers-2026-11-29-0230.sqlite3"
    assert backup_name("L’Haÿ-les-Œillets", NOW, ".dump") == "portail-l-hay-les-oeillets-2026-11-29-0230.dump"
    assert backup_name("../..", NOW, ".dump", seconds=True) == "portail-commune-2026-11-29-023000.dump"


@settings(max_examples=40)
@given(BACKUPS, st.integers(1, 20))
def test_the_last_verified_ones_and_one_a_month_are_kept(backups: list[DatedBackup], keep: int) -> None:
    gone = to_remove(backups, keep, NOW)
    kept = [one for one in backups if one.name not in gone]
    verified = sorted((one for one in backups if one.verified), key=lambda one: one.at, reverse=True)
    assert {one.at for one in verified[:keep]} <= {one.at for one in kept}
    assert len([one for one in kept if one.verified]) <= keep + 13
    assert to_remove(kept, keep, NOW) == frozenset()
    months = {(one.at.year, one.at.month) for one in verified if NOW - one.at < timedelta(days=330)}
    assert months <= {(one.at.year, one.at.month) for one in kept if one.verified}


@settings(max_examples=40)
@given(BACKUPS, st.integers(1, 20))
def test_what_was_not_verified_goes_only_once_enough_verified_ones_came_after(
    backups: list[DatedBackup], keep: int
) -> None:
    gone = to_remove(backups, keep, NOW)
    for one in backups:
        if not one.verified and one.name in gone:
            assert len([other for other in backups if other.verified and other.at > one.at]) >= keep


def test_a_backup_each_night_of_two_years_leaves_a_fortnight_and_a_year_of_months() -> None:
    kept: list[DatedBackup] = []
    for night in range(730):
        at = NOW - timedelta(days=729 - night)
        kept.append(DatedBackup(f"{night}", at, True))
        gone = to_remove(kept, 14, at)
        kept = [one for one in kept if one.name not in gone]
    assert [one.at for one in kept[-14:]] == [NOW - timedelta(days=days) for days in range(13, -1, -1)]
    assert len(kept) == 14 + 12


def test_backups_dated_ahead_stay_and_take_nobody_s_place() -> None:
    ahead = [DatedBackup(f"ahead-{days}", NOW + timedelta(days=days), True) for days in (1, 40)]
    older = [DatedBackup(f"older-{days}", NOW - timedelta(days=days), True) for days in (1, 2, 3)]
    assert to_remove([*ahead, *older], 2, NOW) == {"older-3"}


def test_two_days_without_a_verified_backup_are_too_many() -> None:
    begun = paris("2026-09-01 08:00")
    assert not is_late(NOW - timedelta(hours=47), begun, NOW)
    assert is_late(NOW - timedelta(hours=49), begun, NOW)
    assert is_late(None, begun, NOW)
    assert not is_late(None, NOW - timedelta(hours=3), NOW)


def test_an_hour_is_typed_as_one_says_it() -> None:
    assert [time_of_day(typed) for typed in ("02:30", "2h30", " 23:59 ")] == [(2, 30), (2, 30), (23, 59)]
    for typed in ("24:00", "2", "", "02:60", "02:30\n* * * * * rm"):
        with pytest.raises(InvalidInput):
            time_of_day(typed)
