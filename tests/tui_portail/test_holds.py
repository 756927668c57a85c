from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui_portail.calendars import leaflet_policy, paris
from tui_portail.holds import BasketHold, hold_expires_at, is_live, judge_extension

POLICY = leaflet_policy()
NOW = paris("2026-12-01T10:30:00")
SECOND = timedelta(seconds=1)


def expiry(text: str) -> datetime:
    return paris(text).astimezone(UTC)


def test_a_hold_lasts_fifteen_minutes() -> None:
    assert hold_expires_at(NOW, POLICY) == expiry("2026-12-01T10:45:00")


def test_a_hold_over_the_night_the_clock_goes_back_lasts_fifteen_real_minutes() -> None:
    before_change = datetime(2026, 10, 25, 0, 50, tzinfo=UTC).astimezone(NOW.tzinfo)
    assert hold_expires_at(before_change, POLICY) == datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    assert is_live(hold_expires_at(before_change, POLICY), datetime(2026, 10, 25, 1, 4, 59, tzinfo=UTC))
    assert not is_live(hold_expires_at(before_change, POLICY), datetime(2026, 10, 25, 1, 5, tzinfo=UTC))


def test_a_basket_is_payable_strictly_before_its_expiry() -> None:
    expires_at = hold_expires_at(NOW, POLICY)
    assert is_live(expires_at, expires_at - SECOND)
    assert not is_live(expires_at, expires_at)


def test_a_basket_without_expiry_is_always_payable() -> None:
    assert is_live(None, NOW)


def test_an_instant_without_zone_is_refused_as_a_bug() -> None:
    with pytest.raises(ValueError, match="without zone"):
        is_live(NOW, datetime(2026, 12, 1, 10, 30))


def test_a_live_basket_is_extended_by_fifteen_minutes_from_its_expiry() -> None:
    decision = judge_extension(BasketHold(expiry("2026-12-01T10:40:00")), NOW, POLICY)
    assert decision
    assert decision.facts["expires_at"] == expiry("2026-12-01T10:55:00")
    assert decision.sentence == "Panier prolongé de 15 minutes, à payer avant le mardi 1er décembre 2026 à 10 h 55."


def test_an_expired_basket_is_never_extended() -> None:
    decision = judge_extension(BasketHold(paris("2026-12-01T10:30:00")), NOW, POLICY)
    assert decision.code == "PANIER_EXPIRE"
    assert "mardi 1er décembre 2026 à 10 h 30" in decision.sentence


def test_a_fourth_extension_is_refused() -> None:
    live = expiry("2026-12-01T10:40:00")
    assert judge_extension(BasketHold(live, extensions=2), NOW, POLICY)
    assert judge_extension(BasketHold(live, extensions=3), NOW, POLICY).code == "PROLONGATIONS_EPUISEES"


def test_a_regularisation_has_nothing_to_extend() -> None:
    assert judge_extension(BasketHold(None), NOW, POLICY).code == "PANIER_SANS_DELAI"


def test_a_basket_with_a_meal_is_never_carried_past_a_quarter_past_noon() -> None:
    noon = paris("2026-12-01T12:00:00")
    now = paris("2026-12-01T11:58:00")
    shortened = judge_extension(BasketHold(expiry("2026-12-01T12:05:00"), 0, noon), now, POLICY)
    assert shortened.facts["expires_at"] == expiry("2026-12-01T12:15:00")
    refused = judge_extension(BasketHold(expiry("2026-12-01T12:15:00"), 0, noon), now, POLICY)
    assert refused.code == "PROLONGATION_REPAS"
    assert "12 h 15" in refused.sentence


def test_a_derogated_meal_gets_no_extension_once_the_kitchen_is_frozen() -> None:
    eve_noon = paris("2026-11-30T12:00:00")
    assert (
        judge_extension(BasketHold(expiry("2026-12-01T10:40:00"), 0, eve_noon), NOW, POLICY).code
        == "PROLONGATION_REPAS"
    )


@settings(max_examples=100)
@given(
    left=st.integers(1, 3600),
    extensions=st.integers(0, 5),
    meal_in=st.none() | st.integers(-7200, 7200),
)
def test_an_extension_only_ever_lengthens_and_within_its_bounds(
    left: int, extensions: int, meal_in: int | None
) -> None:
    expires_at = NOW.astimezone(UTC) + timedelta(seconds=left)
    meal = None if meal_in is None else NOW.astimezone(UTC) + timedelta(seconds=meal_in)
    decision = judge_extension(BasketHold(expires_at, extensions, meal), NOW, POLICY)
    if not decision:
        assert extensions >= 3 or (meal is not None and expires_at >= meal + timedelta(minutes=15))
        return
    extended = decision.facts["expires_at"]
    assert isinstance(extended, datetime)
    assert expires_at < extended <= expires_at + timedelta(minutes=15)
    assert meal is None or extended <= meal + timedelta(minutes=15)
