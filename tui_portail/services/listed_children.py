"""A child as a site's list names it: age on the day, class, what it eats, whether there is an instruction to ask for. No health data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.family_words import CARE_NOTE
from tui_portail.french import plural
from tui_portail.meal_counts import MENUS, NOT_SUPPLIED
from tui_portail.payment_means import age_on
from tui_portail.school_levels import level_label
from tui_portail.services.family_facts import in_force
from tui_portail.services.meal_rows import batches


@dataclass(frozen=True, slots=True)
class ListedChild:
    """A child on a day's list; `marks` are the words of its menu and of its care, empty for most."""

    child_id: int
    dossier_id: int
    name: str
    sort_key: tuple[str, str]
    born_on: date
    age: int
    school_class: str
    marks: tuple[str, ...]

    @property
    def words(self) -> str:
        """The child in one line: « Dupont Inès, 7 ans, CE1 (menu sans porc) »."""
        said = ", ".join(part for part in (self.name, plural(self.age, "an"), self.school_class) if part)
        return f"{said} ({', '.join(self.marks)})" if self.marks else said


class ChildDirectory:
    """The children of some lists, read once, told for any day."""

    def __init__(self, connection: Connection, child_ids: Collection[int]) -> None:
        self._rows: dict[int, Any] = {}
        self._schools: defaultdict[int, list[Any]] = defaultdict(list)
        child, schooling = t.child.c, t.schooling.c
        for ids in batches(child_ids):
            found = connection.execute(
                select(child.id, child.dossier_id, child.first_name, child.last_name, child.birth_on, child.diet)
                .add_columns(child.meal_supplied, child.pai, child.pai_until_on)
                .where(child.id.in_(ids))
            )
            self._rows |= {row.id: row for row in found}
            for row in connection.execute(
                select(schooling.child_id, schooling.class_name, schooling.level, schooling.from_on).where(
                    schooling.child_id.in_(ids)
                )
            ):
                self._schools[row.child_id].append(row)

    def on(self, child_id: int, day: date) -> ListedChild:
        """Return a child as listed on a day."""
        row = self._rows[child_id]
        school = in_force(self._schools[child_id], "from_on", day)
        return ListedChild(
            child_id,
            row.dossier_id,
            f"{row.last_name} {row.first_name}",
            (row.last_name.casefold(), row.first_name.casefold()),
            row.birth_on,
            age_on(row.birth_on, day),
            "" if school is None else level_label(school.level) if school.level else school.class_name,
            _marks(row, day),
        )


def in_name_order(children: Collection[ListedChild]) -> tuple[ListedChild, ...]:
    """Return children by name."""
    return tuple(sorted(children, key=lambda child: (child.sort_key, child.child_id)))


def _marks(row: Any, day: date) -> tuple[str, ...]:
    menu = row.diet if row.meal_supplied else NOT_SUPPLIED
    marks = [MENUS[menu] if menu == NOT_SUPPLIED else f"menu {MENUS[menu]}"] if menu else []
    if row.pai and (row.pai_until_on is None or row.pai_until_on >= day):
        marks.append(CARE_NOTE)
    return tuple(marks)
