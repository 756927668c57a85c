"""Which tender pays which line: a flow from means to lines, in whole cents.

A tender may pay some lines only, a line takes at most what is due on it. Tenders are served in turn; when the lines a tender may pay are
taken, earlier tenders are moved to other lines they may pay (an augmenting path), so that a way is found whenever there is one.
The same input always gives the same answer. Pure integers: no means, no policy, no sentence here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Flow:
    """What was placed: `placed[t][line]` cents of tender t, and `unplaced[t]` cents that no line can take.

    `blocked` names the tenders that together have too few lines: those reached from the first tender left with cents.
    """

    placed: tuple[Mapping[int, int], ...]
    unplaced: tuple[int, ...]
    blocked: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Say whether every cent found a line."""
        return not any(self.unplaced)


def allocate(amounts: Sequence[int], dues: Mapping[int, int], payable: Sequence[Sequence[int]]) -> Flow:
    """Place as many cents of each tender as lines can take.

    `amounts[t]` and `dues[line]` are cents, 0 or more; `payable[t]` lists the lines tender t may pay, tried in that order. An earlier
    tender's placed total never falls for a later one's sake.
    """
    placed: list[dict[int, int]] = [{} for _ in amounts]
    free = dict(dues)
    unplaced: list[int] = []
    blocked: tuple[int, ...] = ()
    for tender, amount in enumerate(amounts):
        left = amount
        while left > 0:
            steps, reached = _path(tender, placed, free, payable)
            if not steps:
                blocked = blocked or reached
                break
            left -= _push(steps, left, placed, free)
        unplaced.append(left)
    return Flow(
        tuple({line: cents for line, cents in sorted(shares.items()) if cents} for shares in placed),
        tuple(unplaced),
        blocked,
    )


def _path(
    start: int, placed: Sequence[Mapping[int, int]], free: Mapping[int, int], payable: Sequence[Sequence[int]]
) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """Return the shortest path from a tender to a line with cents free, as (tender, line) steps, and the tenders reached.

    On the path, each tender takes its line's cents from the next tender, and the last line has cents free. Empty: there is none.
    """
    came_to_tender: dict[int, tuple[int, int] | None] = {start: None}
    seen_lines: set[int] = set()
    waiting = deque([start])
    while waiting:
        tender = waiting.popleft()
        for line in payable[tender]:
            if line in seen_lines:
                continue
            seen_lines.add(line)
            if free[line] > 0:
                return _steps_back(tender, line, came_to_tender), tuple(sorted(came_to_tender))
            for other, shares in enumerate(placed):
                if shares.get(line, 0) > 0 and other not in came_to_tender:
                    came_to_tender[other] = (tender, line)
                    waiting.append(other)
    return [], tuple(sorted(came_to_tender))


def _steps_back(tender: int, line: int, came_to_tender: Mapping[int, tuple[int, int] | None]) -> list[tuple[int, int]]:
    steps = [(tender, line)]
    while (previous := came_to_tender[steps[-1][0]]) is not None:
        steps.append(previous)
    return steps[::-1]


def _push(steps: Sequence[tuple[int, int]], left: int, placed: Sequence[dict[int, int]], free: dict[int, int]) -> int:
    """Move as many cents as the path bears, `left` at most; return how many."""
    moved = min(left, free[steps[-1][1]])
    for (_, line), (displaced, _) in pairwise(steps):
        moved = min(moved, placed[displaced][line])
    for (_, line), (displaced, _) in pairwise(steps):
        placed[displaced][line] -= moved
    for tender, line in steps:
        placed[tender][line] = placed[tender].get(line, 0) + moved
    free[steps[-1][1]] -= moved
    return moved
