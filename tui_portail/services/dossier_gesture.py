"""One change of a dossier: under its lock, from the version it was made from, followed field by field in its history.

Every gesture that changes a family goes through `change_dossier`: it locks the dossier, refuses one saved meanwhile, lets the work write,
then compares what the rows were with what they are (`dossier_change`), counts a version, names and indexes the dossier again. The audit
trail keeps references, never names: those are in rows that can be erased.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import ChangeSubject
from tui_portail.errors import PortailError
from tui_portail.services.desk import Desk
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.family_facts import DossierErased, DossierUnknown, refuse_merged
from tui_portail.services.family_records import dossier_label
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.search_index import index_dossier


class DossierChanged(PortailError):
    """Somebody saved the dossier since the version that was edited."""

    code = "DOSSIER_MODIFIE"

    def __init__(self) -> None:
        super().__init__(
            "Un autre poste a enregistré ce dossier depuis que vous l’avez ouvert. Rien n’a été enregistré et votre saisie est gardée : "
            "relisez le dossier à jour, puis enregistrez de nouveau."
        )


@dataclass(frozen=True, slots=True)
class About:
    """What a change was about: a row of the dossier (`subject` is its table's name), and words that name nobody.

    `also`: what else the audit trail keeps of it.
    """

    subject: str
    subject_id: int
    words: str = ""
    also: Mapping[str, object] = field(default_factory=dict)

    @property
    def details(self) -> dict[str, object]:
        """What the audit trail keeps of it."""
        return {"subject": self.subject, "id": self.subject_id, "words": self.words, **self.also}


Row = Mapping[str, object]
Rows = dict[tuple[str, int], Row]
_UNFOLLOWED = frozenset({"id", "dossier_id", "snapshot_id", "version", "label", "created_at", "recorded_at"})


def change_dossier(
    desk: Desk,
    name: str,
    dossier_id: int,
    version: int | None,
    operation: str,
    content: object,
    change: Callable[[Gesture], About],
    *,
    right: Right = Right.EDIT_DOSSIER,
    reason: str = "",
) -> DossierView:
    """Do one change of a dossier and return it as it is then. `version` None: made from nothing that was read before.

    Raises DossierChanged, DossierErased, DossierUnknown, NotAllowed, and what the change refuses.
    """

    def work(gesture: Gesture) -> Done:
        lock_dossier(gesture.connection, dossier_id, version)
        before = dossier_rows(gesture.connection, dossier_id)
        about = change(gesture)
        keep_change(gesture, dossier_id, before)
        return Done({"dossier_id": dossier_id}, "dossier", dossier_id, dossier_id, reason=reason, details=about.details)

    def answer(kept: Mapping[str, Any]) -> DossierView:
        return load_dossier(desk, kept["dossier_id"])

    return perform(desk, name, right, operation, [dossier_id, content], work, answer)


def lock_dossier(connection: Connection, dossier_id: int, version: int | None = None) -> Any:
    """Lock a dossier until the transaction ends and return its row. Raises DossierUnknown, DossierErased, DossierMerged, DossierChanged."""
    lock_rows(connection, t.dossier, [dossier_id])
    dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).first()
    if dossier is None:
        raise DossierUnknown
    if dossier.erased_at is not None:
        raise DossierErased
    refuse_merged(connection, dossier)
    if version is not None and dossier.version != version:
        raise DossierChanged
    return dossier


def keep_change(gesture: Gesture, dossier_id: int, before: Rows) -> None:
    """Write what changed since `before`, count a version, name the dossier and index its words again."""
    connection, guardian, child = gesture.connection, t.guardian, t.child
    write_changes(gesture, dossier_id, before)
    names = (
        connection.scalars(
            select(guardian.c.last_name).where(guardian.c.dossier_id == dossier_id).order_by(guardian.c.id)
        ).all()
        or connection.scalars(  # imported from the pupils' file alone: no guardian yet
            select(child.c.last_name).where(child.c.dossier_id == dossier_id).order_by(child.c.id)
        ).all()
    )
    connection.execute(
        update(t.dossier)
        .where(t.dossier.c.id == dossier_id)
        .values(version=t.dossier.c.version + 1, label=dossier_label(list(names)))
    )
    index_dossier(connection, dossier_id)


def write_changes(gesture: Gesture, dossier_id: int, before: Rows) -> None:
    """Write in the dossier's history what changed since `before`, field by field."""
    connection = gesture.connection
    changes = list(_differences(before, dossier_rows(connection, dossier_id)))
    if changes:
        common = {
            "dossier_id": dossier_id,
            "operation_id": gesture.operation,
            "changed_at": gesture.now,
            "agent_id": gesture.agent.agent_id,
        }
        connection.execute(insert(t.dossier_change), [{**common, **change} for change in changes])


def dossier_rows(connection: Connection, dossier_id: int) -> Rows:
    """Read every row whose history is followed, by table and id."""
    of_dossier = {table: table.c.dossier_id == dossier_id for table in (t.guardian, t.payer, t.child)}
    of_child = select(t.child.c.id).where(of_dossier[t.child])
    of_payer = select(t.payer.c.id).where(of_dossier[t.payer])
    queries: dict[ChangeSubject, tuple[Table, Any]] = {
        ChangeSubject.DOSSIER: (t.dossier, t.dossier.c.id == dossier_id),
        ChangeSubject.GUARDIAN: (t.guardian, of_dossier[t.guardian]),
        ChangeSubject.PAYER: (t.payer, of_dossier[t.payer]),
        ChangeSubject.QUOTIENT: (t.quotient_familial, t.quotient_familial.c.payer_id.in_(of_payer)),
        ChangeSubject.CHILD: (t.child, of_dossier[t.child]),
        ChangeSubject.SCHOOLING: (t.schooling, t.schooling.c.child_id.in_(of_child)),
        ChangeSubject.ALSH: (t.alsh_enrolment, t.alsh_enrolment.c.child_id.in_(of_child)),
        ChangeSubject.CUSTODY: (t.custody_pattern, t.custody_pattern.c.child_id.in_(of_child)),
        ChangeSubject.CUSTODY_EXCEPTION: (t.custody_exception, t.custody_exception.c.child_id.in_(of_child)),
        ChangeSubject.CONTACT: (t.contact_person, t.contact_person.c.dossier_id == dossier_id),
        ChangeSubject.CONSENT: (t.consent, t.consent.c.dossier_id == dossier_id),
        ChangeSubject.PAPER: (t.supporting_document, t.supporting_document.c.dossier_id == dossier_id),
        ChangeSubject.WEEK_PATTERN: (t.week_pattern, t.week_pattern.c.dossier_id == dossier_id),
    }
    return {
        (subject.value, row["id"]): dict(row)
        for subject, (table, condition) in queries.items()
        for row in connection.execute(select(table).where(condition)).mappings()
    }


def _differences(before: Rows, after: Rows) -> Iterator[dict[str, object]]:
    """Yield a change for each field that differs; a row added or taken out first says so, then its fields."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, {}), after.get(key, {})
        if old == new:
            continue
        subject = {"subject": key[0], "subject_id": key[1]}
        if not old or not new:
            yield {**subject, "field": "", "before": "" if new else "présent", "after": "présent" if new else ""}
        for column in dict.fromkeys([*old, *new]):
            was, now = _text(old.get(column)), _text(new.get(column))
            if column not in _UNFOLLOWED and was != now:
                yield {**subject, "field": column, "before": was, "after": now}


def _text(value: object) -> str:
    """Return a value as the history keeps it: booleans and nothing in one way on both engines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else ""
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False).strip('"')
