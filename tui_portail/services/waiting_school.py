"""The school a child who waits will be at on the day it waits for: none once it left, which no list may keep a place for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from models import tables as t
from tui_portail.services.family_facts import shown_as


def school_then() -> ColumnElement[str]:
    """Return, in a query over `waiting_entry` and its `child`, the school in force on its day, by the child's record that is shown.

    None where the child, or its dossier, is archived (erased too), and for one without school. `waiting_line.may_attend` judges it.
    """
    schooling, shown, dossier = (table.alias(f"waiting_{table.name}") for table in (t.schooling, t.child, t.dossier))
    schools = (
        select(schooling.c.school_code)
        .join(shown, shown.c.id == schooling.c.child_id)
        .join(dossier, dossier.c.id == shown.c.dossier_id)
        .where(shown.c.id == shown_as(), shown.c.archived_at.is_(None), dossier.c.archived_at.is_(None))
        .limit(1)
    )

    def of_entry(query: Select[Any]) -> ColumnElement[str]:
        return query.correlate(t.child, t.waiting_entry).scalar_subquery()

    # the latest begun, else the first to begin (`family_facts.in_force`)
    begun = schools.where(schooling.c.from_on <= t.waiting_entry.c.day).order_by(schooling.c.from_on.desc())
    return func.coalesce(of_entry(begun), of_entry(schools.order_by(schooling.c.from_on))).label("school")
