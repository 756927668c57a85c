"""Who is let in, how often, and for how long."""

from tui_portail.serving.limits import MOST_ADDRESSES, Limits, Pace, Refusal, Stay, Turnstile


def test_no_more_visitors_than_places_and_one_who_leaves_makes_one() -> None:
    turnstile = Turnstile(Limits(sessions=2))
    assert [turnstile.let_in(address, 0) for address in "abc"] == [None, None, Refusal.FULL]
    assert turnstile.full
    turnstile.let_out("a")
    assert not turnstile.full
    assert turnstile.let_in("c", 0) is None


def test_one_address_never_takes_every_place() -> None:
    turnstile = Turnstile(Limits(sessions=5, sessions_per_address=2))
    assert [turnstile.let_in("a", 0) for _ in range(3)] == [None, None, Refusal.ADDRESS_FULL]
    assert turnstile.let_in("b", 0) is None


def test_an_address_opens_so_many_times_a_minute_and_again_a_minute_later() -> None:
    turnstile = Turnstile(Limits(openings_per_minute=2))
    for now in (0.0, 30.0):
        assert turnstile.let_in("a", now) is None
        turnstile.let_out("a")
    assert turnstile.let_in("a", 59.9) is Refusal.TOO_OFTEN
    assert turnstile.let_in("b", 59.9) is None
    assert turnstile.let_in("a", 60.0) is None


def test_a_refusal_takes_no_place_and_does_not_lengthen_the_wait() -> None:
    turnstile = Turnstile(Limits(openings_per_minute=1))
    assert turnstile.let_in("a", 0) is None
    assert [turnstile.let_in("a", now) for now in (10, 20, 59)] == [Refusal.TOO_OFTEN] * 3
    assert turnstile.inside == 1
    assert turnstile.let_in("a", 60) is None


def test_addresses_without_end_take_no_memory_without_end() -> None:
    pace = Pace(1)
    for number in range(MOST_ADDRESSES + 50):
        assert pace.allows(str(number), 0)
    assert len(pace._times) == MOST_ADDRESSES
    assert not pace.allows(str(MOST_ADDRESSES + 49), 1)


def test_a_stay_ends_after_a_rest_and_a_key_puts_that_off() -> None:
    stay = Stay(Limits(idle_seconds=60, longest_seconds=600), 0)
    assert stay.seconds_left(10) == 50
    stay.acted(50)
    assert stay.seconds_left(60) == 50
    assert not stay.rested(109)
    assert stay.rested(110)
    assert stay.seconds_left(110) == 0


def test_a_stay_ends_at_its_longest_whatever_is_typed() -> None:
    stay = Stay(Limits(idle_seconds=60, longest_seconds=600), 0)
    for now in range(0, 600, 10):
        stay.acted(now)
    assert stay.seconds_left(599) == 1
    assert stay.seconds_left(600) == 0
    assert not stay.rested(600)
