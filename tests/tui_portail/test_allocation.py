"""The allocation of tenders to lines: exact, on admitted lines only, and found whenever there is one."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.allocation import allocate


def test_an_earlier_tender_moves_to_another_line_to_make_room() -> None:
    flow = allocate([5, 5], {1: 5, 2: 5}, [[1, 2], [1]])
    assert flow.placed == ({2: 5}, {1: 5})
    assert flow.complete


def test_a_chain_of_tenders_makes_room_one_after_the_other() -> None:
    flow = allocate([4, 4, 4], {1: 4, 2: 4, 3: 4}, [[1, 2], [2, 3], [2]])
    assert flow.complete
    assert flow.placed == ({1: 4}, {3: 4}, {2: 4})


def test_tenders_that_share_too_few_lines_are_named_and_their_excess_said() -> None:
    flow = allocate([7, 2, 6], {1: 10, 2: 5}, [[1], [2], [1]])
    assert flow.unplaced == (0, 0, 3)
    assert flow.blocked == (0, 2)
    assert not flow.complete


def test_a_later_tender_never_takes_from_the_total_of_an_earlier_one() -> None:
    flow = allocate([10, 10], {1: 10}, [[1], [1]])
    assert flow.placed == ({1: 10}, {})
    assert flow.unplaced == (0, 10)


def test_nothing_to_place_is_complete() -> None:
    assert allocate([], {}, []).complete
    assert allocate([0], {1: 3}, [[]]).complete


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[int], dict[int, int], list[list[int]]]:
    dues = dict(enumerate(draw(st.lists(st.integers(0, 9), min_size=1, max_size=5))))
    amounts = draw(st.lists(st.integers(0, 12), min_size=1, max_size=4))
    payable = [draw(st.lists(st.sampled_from(sorted(dues)), unique=True)) for _ in amounts]
    return amounts, dues, payable


def most_placeable(amounts: list[int], dues: dict[int, int], payable: list[list[int]]) -> int:
    """Max-flow by brute force over every cut: a set of tenders kept, their lines paid in full (min cut)."""
    tenders = range(len(amounts))
    cuts = []
    for size in range(len(amounts) + 1):
        for kept in combinations(tenders, size):
            lines = {line for tender in kept for line in payable[tender]}
            cuts.append(sum(amounts[t] for t in tenders if t not in kept) + sum(dues[line] for line in lines))
    return min(cuts)


@settings(max_examples=100)
@given(instances())
def test_as_much_is_placed_as_any_allocation_could(instance: tuple[list[int], dict[int, int], list[list[int]]]) -> None:
    amounts, dues, payable = instance
    flow = allocate(amounts, dues, payable)
    assert sum(sum(shares.values()) for shares in flow.placed) == most_placeable(amounts, dues, payable)


@settings(max_examples=100)
@given(instances())
def test_what_is_placed_respects_amounts_dues_and_admitted_lines(
    instance: tuple[list[int], dict[int, int], list[list[int]]],
) -> None:
    amounts, dues, payable = instance
    flow = allocate(amounts, dues, payable)
    for tender, shares in enumerate(flow.placed):
        assert set(shares) <= set(payable[tender])
        assert all(cents > 0 for cents in shares.values())
        assert sum(shares.values()) + flow.unplaced[tender] == amounts[tender]
    for line, due in dues.items():
        assert sum(shares.get(line, 0) for shares in flow.placed) <= due
    if not flow.complete:
        reachable = {line for tender in flow.blocked for line in payable[tender]}
        assert sum(amounts[tender] for tender in flow.blocked) > sum(dues[line] for line in reachable)
