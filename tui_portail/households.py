"""Who of a dossier receives a letter, and on which envelope: one a household, never two separated parents on the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui_portail.folding import fold


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian as letters know them: name, address as printed (a line each, none: not known), whether they pay.

    `authority` is True, False, or None where nobody recorded it.
    """

    guardian_id: int
    first_name: str
    last_name: str
    address: tuple[str, ...]
    pays: bool
    authority: bool | None = None

    @property
    def name(self) -> str:
        """The name as printed."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Household:
    """Those a letter is addressed to; the first comes first on the envelope."""

    guardians: tuple[Guardian, ...]

    @property
    def guardian_id(self) -> int:
        """The guardian it is known by: the first."""
        return self.guardians[0].guardian_id

    def holds(self, guardian_id: int) -> bool:
        """Say whether a guardian is of it."""
        return any(one.guardian_id == guardian_id for one in self.guardians)

    @property
    def address(self) -> tuple[str, ...]:
        """Where they live, a line each; empty when nobody knows."""
        return self.guardians[0].address

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, each once: a dossier merged from two may hold a person twice."""
        return tuple(dict.fromkeys(guardian.name for guardian in self.guardians))


def households(guardians: Iterable[Guardian]) -> tuple[Household, ...]:
    """Return the households of a dossier that letters go to, in the order of those who pay, then of the others.

    A letter goes to each guardian who pays or is known to hold parental authority. One who lives at the same address shares the envelope,
    except another payer: two payers are separated parents, and each has a letter of their own. Who is known to hold no authority, and
    does not pay, receives nothing.
    """
    known = sorted(
        (one for one in guardians if one.pays or one.authority is not False),
        key=lambda one: (not one.pays, not one.authority),
    )
    made: list[list[Guardian]] = []
    for one in known:
        shared = None if one.pays else next((home for home in made if _same_home(home[0], one)), None)
        if shared is not None:
            shared.append(one)
        elif one.pays or one.authority:
            made.append([one])
    return tuple(Household(tuple(home)) for home in made)


def _same_home(one: Guardian, other: Guardian) -> bool:
    return bool(one.address) and [fold(line) for line in one.address] == [fold(line) for line in other.address]
