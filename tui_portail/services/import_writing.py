"""Writing an import's plan, in bulk: what is new with its ids, numbers and snapshots; what was empty filled; histories; words.

Nothing is decided here. Rows others may wait for (the vocabulary of names) are written last, just before the commit.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models import tables as t
from models.bulk import allocate_ids, by_chunks, write_rows
from models.states import AllowanceFund, AlshOrigin, ChangeSubject, SnapshotKind
from tui_portail.dossier_number import draw_number
from tui_portail.imports.lines import GuardianSaid
from tui_portail.imports.plan import ImportPlan, NewChild, NewGuardian, Progress
from tui_portail.residence import is_of_commune
from tui_portail.services.family_records import dossier_label
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import person_name, postal_address
from tui_portail.services.registration import DRAWS, NumbersExhausted
from tui_portail.services.search_index import index_dossiers

SOURCE = "import"
_ADDRESS = frozenset({"address", "postcode", "city"})
_SCHOOL_FIELDS = ("school_code", "level", "class_name")


def free_numbers(connection: Connection, count: int, below: Callable[[int], int] = secrets.randbelow) -> list[str]:
    """Draw as many dossier numbers as asked, all different and free. Raises NumbersExhausted."""
    drawn: dict[str, None] = {}
    for _ in range(DRAWS):
        fresh = dict.fromkeys(draw_number(below) for _ in range(count - len(drawn)))
        for some in by_chunks(list(fresh)):
            for taken in connection.scalars(select(t.dossier.c.number).where(t.dossier.c.number.in_(some))):
                del fresh[taken]
        drawn |= fresh
        if len(drawn) == count:
            return list(drawn)
    raise NumbersExhausted("Aucun numéro de dossier libre n’a été trouvé. Rien n’a été enregistré : recommencez.")


class PlanWriter:
    """Writes one plan within a gesture."""

    def __init__(self, gesture: Gesture, plan: ImportPlan, progress: Progress | None) -> None:
        self._gesture, self._plan, self._progress = gesture, plan, progress
        self._connection = gesture.connection
        self._ids: dict[int, int] = {}
        self._changes: list[tuple[int, str, int, str, str, str]] = []
        self._done = 0
        people = len(plan.children) + len(plan.guardians)
        self._total = 2 * len(plan.dossiers) + 2 * people + len(plan.schoolings) + len(plan.touched)

    def write(self) -> None:
        """Write everything the plan says."""
        plan = self._plan
        touched = sorted(plan.touched)
        self._allocate(t.dossier, plan.dossiers)
        self._allocate(t.guardian, [one.ref for one in plan.guardians])
        self._allocate(t.child, [one.ref for one in plan.children])
        self._write_dossiers()
        self._write_people()
        self._write_payers()
        self._write_schoolings()
        self._write_alsh()
        self._fill()
        self._write_quotients()
        self._history()
        self._save(touched)
        index_dossiers(self._connection, [*(self._id(ref) for ref in plan.dossiers), *touched], self._told)

    def _told(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)

    def _id(self, ref: int) -> int:
        return self._ids[ref] if ref < 0 else ref

    def _allocate(self, table: Any, refs: Sequence[int]) -> list[int]:
        ids = allocate_ids(self._connection, table, len(refs))
        self._ids.update(zip(refs, ids, strict=True))
        return ids

    def _write_dossiers(self) -> None:
        plan = self._plan
        names: defaultdict[int, list[str]] = defaultdict(list)
        for guardian in plan.guardians:
            names[guardian.dossier].append(guardian.said.last_name)
        unaccompanied = children_only(plan)
        for child in plan.children:
            if child.dossier in unaccompanied:
                names[child.dossier].append(child.said.last_name)
        numbers = free_numbers(self._connection, len(plan.dossiers))
        rows = [
            (self._id(ref), number, dossier_label(names[ref]), self._gesture.now, 1)
            for ref, number in zip(plan.dossiers, numbers, strict=True)
        ]
        write_rows(self._connection, t.dossier, ("id", "number", "label", "created_at", "version"), rows, self._told)

    def _write_people(self) -> None:
        plan, now = self._plan, self._gesture.now
        people: list[NewGuardian | NewChild] = [*plan.guardians, *plan.children]
        snapshots = allocate_ids(self._connection, t.identity_snapshot, len(people))
        rows = [
            (
                snapshot,
                _kind(one),
                self._id(one.ref),
                person_name(one.said.first_name, one.said.last_name),
                _at(one),
                now,
            )
            for snapshot, one in zip(snapshots, people, strict=True)
        ]
        columns = ("id", "kind", "person_id", "name", "address", "taken_at")
        write_rows(self._connection, t.identity_snapshot, columns, rows, self._told)
        of = dict(zip((one.ref for one in people), snapshots, strict=True))
        guardians = [
            {
                "id": self._id(one.ref),
                "dossier_id": self._id(one.dossier),
                "snapshot_id": of[one.ref],
                **guardian_values(one.said),
            }
            for one in plan.guardians
        ]
        self._write(t.guardian, guardians)
        children = [
            {
                "id": self._id(one.ref),
                "dossier_id": self._id(one.dossier),
                "last_name": one.said.last_name,
                "birth_name": one.said.birth_name,
                "first_name": one.said.first_name,
                "birth_on": one.said.birth_on,
                "sex": one.said.sex,
                "meal_supplied": True,
                "snapshot_id": of[one.ref],
            }
            for one in plan.children
        ]
        self._write(t.child, children)
        for one in people:
            if one.dossier > 0:
                subject = ChangeSubject.GUARDIAN if isinstance(one, NewGuardian) else ChangeSubject.CHILD
                self._change(one.dossier, subject, self._id(one.ref), "", "importé")

    def _write(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            columns = tuple(rows[0])
            write_rows(self._connection, table, columns, [tuple(row.values()) for row in rows], self._told)

    def _write_payers(self) -> None:
        town = self._gesture.commune.policy.commune
        paying = [one for one in self._plan.guardians if one.payer]
        ids = allocate_ids(self._connection, t.payer, len(paying))
        rows = [
            (payer_id, self._id(one.dossier), self._id(one.ref), 1, is_of_commune(one.said.place.city, town))
            for payer_id, one in zip(ids, paying, strict=True)
        ]
        columns = ("id", "dossier_id", "guardian_id", "rank", "resident")
        write_rows(self._connection, t.payer, columns, rows)

    def _write_schoolings(self) -> None:
        plan = self._plan
        new = [one for one in plan.schoolings if not one.schooling_id]
        ids = dict(zip((one.child for one in new), allocate_ids(self._connection, t.schooling, len(new)), strict=True))
        corrected = []
        for one in plan.schoolings:
            row_id, after = one.schooling_id or ids[one.child], (one.school_code, one.level, one.class_name)
            if one.schooling_id:
                corrected.append({"row": row_id, **dict(zip(("a", "b", "c"), after, strict=True))})
            if one.child > 0:
                for name, was, now in zip(_SCHOOL_FIELDS, one.before, after, strict=True):
                    if was != now:
                        self._change(one.dossier, ChangeSubject.SCHOOLING, row_id, name, now, was)
        if corrected:
            values: dict[str, Any] = {
                name: bindparam(place) for name, place in zip(_SCHOOL_FIELDS, ("a", "b", "c"), strict=True)
            }
            correcting = update(t.schooling).where(t.schooling.c.id == bindparam("row")).values(values)
            self._connection.execute(correcting, corrected)
        rows = [
            (ids[one.child], self._id(one.child), one.from_on, one.school_code, one.level, one.class_name)
            for one in new
        ]
        write_rows(self._connection, t.schooling, ("id", "child_id", "from_on", *_SCHOOL_FIELDS), rows, self._told)

    def _write_alsh(self) -> None:
        years, now, agent_id = self._plan.alsh_years, self._gesture.now, self._gesture.agent.agent_id
        ids = allocate_ids(self._connection, t.alsh_enrolment, len(years))
        rows = [
            (row_id, self._id(one.child), one.year, AlshOrigin.ATTENDED.value, now, agent_id)
            for row_id, one in zip(ids, years, strict=True)
        ]
        columns = ("id", "child_id", "year", "origin", "recorded_at", "agent_id")
        write_rows(self._connection, t.alsh_enrolment, columns, rows)
        for row_id, one in zip(ids, years, strict=True):
            if one.child > 0:
                self._change(one.dossier, ChangeSubject.ALSH, row_id, "year", f"{one.year}")

    def _fill(self) -> None:
        """Fill what was empty; a guardian whose address is filled is named by a new snapshot."""
        moved = set()
        by_field: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for one in self._plan.filled:
            by_field[one.subject, one.name].append({"row": one.subject_id, "value": one.value})
            self._change(one.dossier, ChangeSubject(one.subject), one.subject_id, one.name, one.value)
            if one.subject == "guardian" and one.name in _ADDRESS:
                moved.add(one.subject_id)
        for (subject, name), rows in by_field.items():
            table = t.guardian if subject == "guardian" else t.child
            values: dict[str, Any] = {name: bindparam("value")}
            if name == "allowance_number":
                values["allowance_fund"] = AllowanceFund.CAF.value
            self._connection.execute(update(table).where(table.c.id == bindparam("row")).values(values), rows)
        self._name_again(sorted(moved))

    def _name_again(self, guardian_ids: list[int]) -> None:
        guardian = t.guardian
        for some in by_chunks(guardian_ids):
            rows = self._connection.execute(
                select(guardian).where(guardian.c.id.in_(some)).order_by(guardian.c.id)
            ).all()
            ids = allocate_ids(self._connection, t.identity_snapshot, len(rows))
            write_rows(
                self._connection,
                t.identity_snapshot,
                ("id", "kind", "person_id", "name", "address", "taken_at"),
                [
                    (
                        snapshot,
                        SnapshotKind.PAYER.value,
                        row.id,
                        person_name(row.first_name, row.last_name),
                        postal_address(row.address, row.postcode, row.city),
                        self._gesture.now,
                    )
                    for snapshot, row in zip(ids, rows, strict=True)
                ],
            )
            self._connection.execute(
                update(guardian).where(guardian.c.id == bindparam("row")).values(snapshot_id=bindparam("snapshot")),
                [{"row": row.id, "snapshot": snapshot} for snapshot, row in zip(ids, rows, strict=True)],
            )

    def _write_quotients(self) -> None:
        payer = t.payer
        wanted = {self._id(one.guardian): one for one in self._plan.quotients}
        found = [
            (row.id, wanted[row.guardian_id])
            for some in by_chunks(sorted(wanted))
            for row in self._connection.execute(
                select(payer.c.id, payer.c.guardian_id).where(payer.c.guardian_id.in_(some)).order_by(payer.c.id)
            )
        ]
        ids = allocate_ids(self._connection, t.quotient_familial, len(found))
        rows = [
            (row_id, payer_id, one.value_cents, one.from_on, one.until_on, SOURCE, self._gesture.now)
            for row_id, (payer_id, one) in zip(ids, found, strict=True)
        ]
        columns = ("id", "payer_id", "value_cents", "valid_from_on", "valid_until_on", "source", "recorded_at")
        write_rows(self._connection, t.quotient_familial, columns, rows)
        for row_id, (_, one) in zip(ids, found, strict=True):
            if one.dossier > 0:
                self._change(one.dossier, ChangeSubject.QUOTIENT, row_id, "value_cents", f"{one.value_cents}")

    def _change(self, dossier_id: int, subject: ChangeSubject, row_id: int, name: str, now: str, was: str = "") -> None:
        self._changes.append((dossier_id, subject.value, row_id, name, was, now))

    def _history(self) -> None:
        made = [
            (dossier_id, ChangeSubject.DOSSIER.value, dossier_id, "", "", "importé")
            for dossier_id in (self._id(ref) for ref in self._plan.dossiers)
        ]
        gesture = self._gesture
        common = (gesture.operation, gesture.now, gesture.agent.agent_id)
        rows = [(dossier_id, *common, *rest) for dossier_id, *rest in (*made, *self._changes)]
        which = ("dossier_id", "operation_id", "changed_at", "agent_id")
        columns = (*which, "subject", "subject_id", "field", "before", "after")
        write_rows(self._connection, t.dossier_change, columns, rows)

    def _save(self, touched: list[int]) -> None:
        """Count a version of each dossier that changed, and call it by its guardians' names."""
        dossier, guardian = t.dossier, t.guardian
        for some in by_chunks(touched):
            self._connection.execute(
                update(dossier).where(dossier.c.id.in_(some)).values(version=dossier.c.version + 1)
            )
            names: defaultdict[int, list[str]] = defaultdict(list)
            for dossier_id, name in self._connection.execute(
                select(guardian.c.dossier_id, guardian.c.last_name)
                .where(guardian.c.dossier_id.in_(some))
                .order_by(guardian.c.id)
            ):
                names[dossier_id].append(name)
            if names:
                self._connection.execute(
                    update(dossier).where(dossier.c.id == bindparam("row")).values(label=bindparam("called")),
                    [{"row": one, "called": dossier_label(found)} for one, found in names.items()],
                )


def children_only(plan: ImportPlan) -> frozenset[int]:
    """Return the dossiers to be made that have no guardian yet: they are called by their children's name."""
    return frozenset(plan.dossiers) - {one.dossier for one in plan.guardians}


def guardian_values(said: GuardianSaid) -> dict[str, Any]:
    """Return a guardian's columns, as a file says them."""
    return {
        "last_name": said.last_name,
        "birth_name": said.birth_name,
        "first_name": said.first_name,
        "email": said.email,
        "phone": said.phone,
        "phone_2": said.phone_2,
        "address": said.place.address,
        "postcode": said.place.postcode,
        "city": said.place.city,
        "allowance_number": said.allowance_number,
        "allowance_fund": AllowanceFund.CAF.value if said.allowance_number else "",
    }


def _kind(one: NewGuardian | NewChild) -> str:
    return (SnapshotKind.PAYER if isinstance(one, NewGuardian) else SnapshotKind.CHILD).value


def _at(one: NewGuardian | NewChild) -> str:
    if isinstance(one, NewChild):
        return ""
    place = one.said.place
    return postal_address(place.address, place.postcode, place.city)
