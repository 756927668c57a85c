"""Birth dates as they were known at an instant: the verifier judges what was given by the age that was known, corrected since or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from models import tables as t
from models.bulk import by_chunks
from models.states import ChangeSubject
from tui_portail.payment_rules import age_on


@dataclass(frozen=True, slots=True)
class Births:
    """What the corrections of some children's birth dates replaced, oldest first; None where an erasure emptied it."""

    corrected: dict[int, list[tuple[datetime, date | None]]]

    def age_known(self, child_id: int, birth_on: date, at: datetime, day: date) -> int | None:
        """Return the age on `day`, in years, of a child now recorded as born on `birth_on`, as it was known at `at`; None if lost."""
        for changed_at, before in self.corrected.get(child_id, ()):
            if changed_at >= at:
                return None if before is None else age_on(before, day)
        return age_on(birth_on, day)


def read_births(connection: Connection, child_ids: Collection[int]) -> Births:
    """Read how the birth dates of these children were corrected."""
    change = t.dossier_change.c
    found: defaultdict[int, list[tuple[datetime, date | None]]] = defaultdict(list)
    for some in by_chunks(sorted(child_ids)):
        rows = connection.execute(
            select(change.subject_id, change.changed_at, change.before)
            .where(change.subject == ChangeSubject.CHILD.value, change.field == "birth_on", change.subject_id.in_(some))
            .order_by(change.changed_at, change.id)
        )
        for child_id, changed_at, before in rows:
            found[child_id].append((changed_at, date.fromisoformat(before) if before else None))
    return Births(dict(found))
