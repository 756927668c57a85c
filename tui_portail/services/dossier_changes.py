"""The history of a dossier, field by field: when, who, about whom, from what to what; the latest first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from models import tables as t
from tui_portail.change_words import ADDED, SUBJECTS, TAKEN_OUT, field_words, value_words
from tui_portail.commune import Commune
from tui_portail.dossier_number import display
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_history import with_merged
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.identities import person_name
from tui_portail.services.rights import Right

PAGE = 200
Names = dict[tuple[str, str], str]
_OWNERS = {
    "payer": t.payer.c.guardian_id,
    "quotient_familial": t.quotient_familial.c.payer_id,
    "schooling": t.schooling.c.child_id,
    "alsh_enrolment": t.alsh_enrolment.c.child_id,
    "custody_pattern": t.custody_pattern.c.child_id,
    "custody_exception": t.custody_exception.c.child_id,
    "consent": t.consent.c.child_id,
    "supporting_document": t.supporting_document.c.child_id,
    "week_pattern": t.week_pattern.c.child_id,
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One field changed (« ajout » or « retrait » for the whole): when (UTC), by whom, about what and whom, before and after in French."""

    change_id: int
    at: datetime
    agent: str
    subject: str
    who: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """A page of a dossier's history; `older_than` asks for the next one, None when there is none."""

    label: str
    lines: tuple[ChangeLine, ...]
    older_than: int | None


def dossier_changes(desk: Desk, dossier_id: int, older_than: int | None = None, limit: int = PAGE) -> ChangesPage:
    """Return what changed in a dossier and those merged into it, the latest first, before the change `older_than`.

    Raises DossierUnknown, NotAllowed.
    """
    change = t.dossier_change
    with desk.read(Right.EDIT_DOSSIER) as connection:
        desk.require().require(Right.SEE_DIET)
        label = connection.scalar(select(t.dossier.c.label).where(t.dossier.c.id == dossier_id))
        if label is None:
            raise DossierUnknown
        query = (
            select(change, t.agent.c.name.label("agent"))
            .outerjoin(t.agent, t.agent.c.id == change.c.agent_id)
            .where(change.c.dossier_id.in_(with_merged(dossier_id)), _once(dossier_id))
            .order_by(change.c.id.desc())
            .limit(limit + 1)
        )
        if older_than is not None:
            query = query.where(change.c.id < older_than)
        rows = connection.execute(query).all()
        names = _names(connection, desk.commune(connection), dossier_id)
    shown = _in_order(list(rows[:limit]))
    whole = {(row.operation_id, row.subject, row.subject_id) for row in shown if not row.field}
    lines = tuple(_line(row, names, whole) for row in shown)
    return ChangesPage(label, lines, rows[limit - 1].id if len(rows) > limit else None)


def _once(dossier_id: int) -> ColumnElement[bool]:
    """Leave out what the merge itself took out of the other dossier: it is told as what came here."""
    change, here = t.dossier_change.c, t.dossier_change.alias("here")
    told = select(here.c.operation_id).where(here.c.dossier_id == dossier_id)
    return or_(change.dossier_id == dossier_id, change.operation_id.not_in(told))


def _in_order(rows: list[Any]) -> list[Any]:
    """Return the gestures latest first, what each wrote in the order it is read."""
    order = {operation: place for place, operation in enumerate(dict.fromkeys(row.operation_id for row in rows))}
    return sorted(rows, key=lambda row: (order[row.operation_id], row.id))


def _line(row: Any, names: Names, whole: set[tuple[str, str, int]]) -> ChangeLine:
    """`whole`: what was added or taken out as a whole, which held nothing before, or holds nothing after."""
    if row.field:
        field = field_words(row.field)
        alone = (row.operation_id, row.subject, row.subject_id) in whole
        before, after = (
            "" if alone and not text else value_words(row.field, text, names) for text in (row.before, row.after)
        )
    else:
        field, before, after = (ADDED, "", "") if row.after else (TAKEN_OUT, "", "")
    who = names.get((row.subject, str(row.subject_id)), "")
    agent = row.agent or ""
    return ChangeLine(row.id, row.changed_at, agent, SUBJECTS.get(row.subject, row.subject), who, field, before, after)


def _names(connection: Connection, commune: Commune, dossier_id: int) -> Names:
    """Return how everybody and everything of a dossier is called today, by table and id; codes of schools and papers too."""
    names: Names = {}
    for table in (t.guardian, t.child, t.contact_person):
        for row in connection.execute(select(table).where(table.c.dossier_id.in_(with_merged(dossier_id)))):
            names[table.name, str(row.id)] = person_name(row.first_name, row.last_name).strip()
    for kind, column in _OWNERS.items():  # payers before their quotients
        owner = {"guardian_id": "guardian", "payer_id": "payer", "child_id": "child"}[column.name]
        ids = _ids(names, owner)
        rows = connection.execute(select(column.table.c.id, column).where(column.in_(ids)))
        names |= {(kind, str(row[0])): names[owner, str(row[1])] for row in rows}
    names |= {("agent", str(row.id)): row.name for row in connection.execute(select(t.agent.c.id, t.agent.c.name))}
    names |= {("school", school.code): school.name for school in commune.schools}
    names |= {("activity", rule.code): rule.label for rule in commune.policy.activities.values()}
    names |= {("paper", kind.code): kind.label for kind in commune.policy.papers}
    into = select(t.dossier.c.merged_into_id).where(t.dossier.c.id.in_(with_merged(dossier_id)))
    merged = select(t.dossier.c.id, t.dossier.c.number).where(t.dossier.c.id.in_(into))
    return names | {("dossier", str(row.id)): display(row.number) for row in connection.execute(merged)}


def _ids(names: Mapping[tuple[str, str], str], kind: str) -> list[int]:
    return [int(key) for known, key in names if known == kind]
