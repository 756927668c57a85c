"""What a family's own data says on paper, as values a service fills and a test builds by hand; drawing cleans every text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receipts.documents import Issuer
from receipts.figures import require_aware


@dataclass(frozen=True, slots=True)
class FamilySection:
    """Rows of one subject under their labels, a text a label (empty: not said)."""

    title: str
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.labels) for row in self.rows):
            raise ValueError(f"{self.title}: a row has one text for each label")


@dataclass(frozen=True, slots=True)
class FamilySheet:
    """Everything held on a family, or on one guardian (`whom`), at an instant."""

    issuer: Issuer
    number: str
    whom: str
    taken_at: datetime
    sections: tuple[FamilySection, ...]
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("taken_at", self.taken_at)
