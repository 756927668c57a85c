"""How many visitors at once, how often, and how long one may stay. Instants are seconds of any clock that only goes forward."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from enum import Enum

MINUTE = 60.0
MOST_ADDRESSES = 10_000
"""Addresses remembered at once; past it, the one that came longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server lets in. `idle_seconds`: without a key or a tap; `longest_seconds`: whatever is typed.

    `sessions` at once, of which `sessions_per_address`; `openings_per_minute` by address.
    """

    sessions: int = 20
    sessions_per_address: int = 10
    openings_per_minute: int = 12
    idle_seconds: float = 5 * MINUTE
    longest_seconds: float = 60 * MINUTE


class Refusal(Enum):
    """Why a visitor is not let in now."""

    FULL = "complet"
    ADDRESS_FULL = "adresse_complete"
    TOO_OFTEN = "trop_souvent"


class Pace:
    """At most so many times by address in any minute. A time refused does not count."""

    def __init__(self, most_per_minute: int) -> None:
        self._most = most_per_minute
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, address: str, now: float) -> bool:
        """Say whether this address may come now, and count it if so."""
        times = self._times.setdefault(address, deque())
        self._times.move_to_end(address)
        while times and times[0] <= now - MINUTE:
            times.popleft()
        while len(self._times) > MOST_ADDRESSES:
            self._times.popitem(last=False)
        if len(times) >= self._most:
            return False
        times.append(now)
        return True


class Turnstile:
    """Counts the visitors inside: whoever was let in is to be let out."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inside: Counter[str] = Counter()
        self._pace = Pace(limits.openings_per_minute)

    @property
    def inside(self) -> int:
        """How many visitors are inside."""
        return self._inside.total()

    @property
    def full(self) -> bool:
        """Whether nobody more can come in, from any address."""
        return self.inside >= self._limits.sessions

    def let_in(self, address: str, now: float) -> Refusal | None:
        """Count one more visitor from this address and return None, or return why not."""
        if self.full:
            return Refusal.FULL
        if self._inside[address] >= self._limits.sessions_per_address:
            return Refusal.ADDRESS_FULL
        if not self._pace.allows(address, now):
            return Refusal.TOO_OFTEN
        self._inside[address] += 1
        return None

    def let_out(self, address: str) -> None:
        """Count one visitor less."""
        self._inside[address] -= 1
        if self._inside[address] <= 0:
            del self._inside[address]


class Stay:
    """One visitor's stay: it ends after a rest, or at its longest."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._came_at = now
        self._last_at = now
        self.begun = False

    def acted(self, now: float) -> None:
        """Note that the visitor typed or tapped."""
        self.begun = True
        self._last_at = now

    def rested(self, now: float) -> bool:
        """Say whether the visitor has not typed for too long."""
        return now - self._last_at >= self._limits.idle_seconds

    def seconds_left(self, now: float) -> float:
        """Return how long the stay lasts if nothing more is typed, 0 or less when it is over."""
        rest = self._last_at + self._limits.idle_seconds
        return min(rest, self._came_at + self._limits.longest_seconds) - now
