"""What an import would do, line by line, and what it would write: nothing is decided later than here.

A child is matched by name (the one used or the one of birth), first name and date of birth. What the school's file says of school, level
and class is followed; what a guardian's line says only fills what is empty, so that nothing an agent typed is lost. What is new has a
negative reference, given an id when it is written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tui_portail.imports.files import SourceFile
from tui_portail.imports.lines import ChildSaid, GuardianSaid, Understand

LINES_A_SIGN = 250
Progress = Callable[[int, int], None]
"""Told how many lines are done, of how many; it may raise, and nothing is kept."""


class Outcome(StrEnum):
    """What becomes of a line."""

    CREATED = "créée"
    MATCHED = "reconnue"
    AMBIGUOUS = "ambiguë"
    REJECTED = "rejetée"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line of a file: what becomes of it, whom it is about, why. `source` is the file's place among those imported together."""

    source: int
    line: int
    outcome: Outcome
    who: str
    reason: str

    @property
    def accepted(self) -> bool:
        """Whether it would be written."""
        return self.outcome in {Outcome.CREATED, Outcome.MATCHED}


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child to write in a dossier."""

    ref: int
    dossier: int
    said: ChildSaid


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """A guardian to write in a dossier, who pays if nobody does there."""

    ref: int
    dossier: int
    said: GuardianSaid
    payer: bool


@dataclass(frozen=True, slots=True)
class FieldFilled:
    """A field of a child or of a guardian that was empty."""

    subject: str
    subject_id: int
    dossier: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class NewSchooling:
    """A child's school from a day on; `schooling_id` is the row of that very day, to be corrected, or 0."""

    child: int
    dossier: int
    from_on: date
    school_code: str
    level: str
    class_name: str
    schooling_id: int = 0
    before: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class NewAlshYear:
    """A civil year a child attended the ALSH."""

    child: int
    dossier: int
    year: int


@dataclass(frozen=True, slots=True)
class NewQuotient:
    """A guardian's quotient, in cents, for the account they pay with."""

    guardian: int
    dossier: int
    value_cents: int
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What is to be told of each line, and what is to be written."""

    lines: tuple[PlannedLine, ...]
    dossiers: tuple[int, ...] = ()
    children: tuple[NewChild, ...] = ()
    guardians: tuple[NewGuardian, ...] = ()
    filled: tuple[FieldFilled, ...] = ()
    schoolings: tuple[NewSchooling, ...] = ()
    alsh_years: tuple[NewAlshYear, ...] = ()
    quotients: tuple[NewQuotient, ...] = ()
    counts: dict[Outcome, int] = field(default_factory=dict)
    digest: str = ""

    @property
    def touched(self) -> frozenset[int]:
        """The dossiers of the base that would change."""
        parts: Iterable[tuple[NewChild | NewGuardian | FieldFilled | NewSchooling | NewAlshYear | NewQuotient, ...]] = (
            self.children,
            self.guardians,
            self.filled,
            self.schoolings,
            self.alsh_years,
            self.quotients,
        )
        return frozenset(one.dossier for part in parts for one in part if one.dossier > 0)

    @property
    def changes_nothing(self) -> bool:
        """Whether everything accepted is in the base already."""
        return not (self.dossiers or self.touched)


@dataclass(frozen=True, slots=True)
class FileToPlan:
    """A file, and what understands its lines."""

    source: SourceFile
    understand: Understand


def digest_of(lines: Sequence[PlannedLine], parts: Sequence[object]) -> str:
    """Return what tells two plans apart, whatever the base gives as ids later."""
    told = hashlib.sha256()
    for part in (lines, *parts):
        told.update(repr(part).encode(errors="surrogatepass"))
    return told.hexdigest()


def counted(lines: Sequence[PlannedLine]) -> dict[Outcome, int]:
    """Return how many lines became what."""
    found = Counter(line.outcome for line in lines)
    return {outcome: found[outcome] for outcome in Outcome}


def total_lines(files: Sequence[FileToPlan]) -> int:
    """Return how many records the files have."""
    return sum(len(one.source.records) for one in files)
