"""Pointage: who was there, marked child by child or all the others at once. The last gesture on a child is the one that stands.

A mark is the child's own row, written under the lock of their dossier: two agents who call the same list lose nothing of each other's.
Days to come are not marked; a past one may be corrected at any time, the audit trail says by whom and from what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import AttendanceState
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.services.attendance_sheet import AttendanceSheet, SheetChild, SheetLine, read_sheet
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey

MARKABLE = (AttendanceState.PRESENT, AttendanceState.ABSENT, AttendanceState.JUSTIFIED, AttendanceState.CLEARED)
"""What is marked of a child who booked; who came without booking is another gesture (`unbooked`)."""


class DayToCome(PortailError):
    """A day to come was to be marked."""

    code = "POINTAGE_A_VENIR"

    def __init__(self, day: date) -> None:
        super().__init__(f"Le {long_date(day)} n’est pas encore venu : pointez-le le jour même, ou après.")


class NotExpected(PortailError):
    """A child who has not booked was to be marked as one who has."""

    code = "ENFANT_NON_ATTENDU"

    def __init__(self, name: str = "Cet enfant") -> None:
        super().__init__(f"{name} n’a pas réservé : s’il est là, pointez-le « présent sans réservation ».")


class CameUnbooked(PortailError):
    """The mark of a child who came without booking was to be changed as another."""

    code = "VENU_SANS_RESERVATION"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} est pointé « présent sans réservation », et la journée est due. Si c’est une erreur, effacez d’abord ce pointage."
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be written of a child: one of MARKABLE."""

    child_id: int
    state: AttendanceState


@dataclass(frozen=True, slots=True)
class Marked:
    """What a gesture wrote, child by child."""

    marks: tuple[Mark, ...]


def mark_children(desk: Desk, slot: SlotKey, marks: Sequence[Mark], operation: str) -> Marked:
    """Mark children of a slot's sheet in one gesture, or take their marks off (CLEARED).

    Raises DayToCome, NotExpected, CameUnbooked, InvalidInput, NotAllowed, OperationReused.
    """
    if not marks or len({mark.child_id for mark in marks}) != len(marks):
        raise InvalidInput("Choisissez les enfants à pointer, chacun une fois.")
    if any(mark.state not in MARKABLE for mark in marks):
        raise InvalidInput("Un enfant venu sans réservation se pointe seul : cherchez-le par son nom ou par son badge.")
    ordered = sorted(marks, key=lambda mark: mark.child_id)

    def work(gesture: Gesture) -> Done:
        refuse_to_come(gesture, slot[2])
        lock_children(gesture.connection, [mark.child_id for mark in ordered])
        sheet = read_sheet(gesture.connection, gesture.commune, slot)
        return _written(gesture, sheet, [(_markable(sheet, mark), mark.state) for mark in ordered])

    content = [slot, [[mark.child_id, mark.state] for mark in ordered]]
    return perform(desk, "pointer", Right.ATTENDANCE, operation, content, work, _answer)


def mark_others_present(desk: Desk, slot: SlotKey, operation: str) -> Marked:
    """Mark present every child expected of whom nothing was marked: who was marked meanwhile stays as marked.

    Raises DayToCome, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        refuse_to_come(gesture, slot[2])
        connection, commune = gesture.connection, gesture.commune
        lock_children(connection, [line.child.child_id for line in read_sheet(connection, commune, slot).left])
        sheet = read_sheet(connection, commune, slot)  # as it is now that nobody else marks them
        return _written(gesture, sheet, [(line, AttendanceState.PRESENT) for line in sheet.left])

    return perform(desk, "pointer_les_autres", Right.ATTENDANCE, operation, [slot], work, _answer)


def refuse_to_come(gesture: Gesture, day: date) -> None:
    """Refuse a day that has not come yet (Paris). Raises DayToCome."""
    if day > in_paris(gesture.now).date():
        raise DayToCome(day)


def lock_children(connection: Connection, child_ids: Collection[int]) -> None:
    """Lock the dossiers of some children, by id: no mark of theirs is written, and no dossier merged, until the transaction ends."""
    of_children = select(t.child.c.dossier_id).where(t.child.c.id.in_(sorted(child_ids))).distinct()
    locked: set[int] = set()
    while (
        more := set(connection.scalars(of_children)) - locked
    ):  # a merge may have moved a child while its lock was waited for
        lock_rows(connection, t.dossier, sorted(more))
        locked |= more


def put_marks(
    gesture: Gesture,
    sheet: AttendanceSheet,
    slot_id: int,
    marks: Sequence[tuple[SheetChild, AttendanceState, int | None]],
) -> None:
    """Write marks (child, state, booking told of) on a slot: in the row each child has there, or a new one. Their dossiers are locked."""
    common = {"marked_at": gesture.now, "agent_id": gesture.agent.agent_id}
    new, known = [], []
    for child, state, booking_id in marks:
        written = {"state": state.value, "booking_id": booking_id, **common}
        if (row_id := sheet.rows.get(child.child_id)) is not None:
            known.append({"row": row_id, **written})
        else:
            about = {"dossier_id": child.dossier_id, "child_id": child.child_id, "slot_id": slot_id}
            new.append({**about, "day": sheet.slot[2], **written})
    if known:
        gesture.connection.execute(_MARKED_AGAIN, known)
    if new:
        gesture.connection.execute(insert(t.attendance), new)


_MARKED_AGAIN = (
    update(t.attendance)
    .where(t.attendance.c.id == bindparam("row"))
    .values({column: bindparam(column) for column in ("state", "booking_id", "marked_at", "agent_id")})
)


def _markable(sheet: AttendanceSheet, mark: Mark) -> SheetLine:
    """Return the line of a child that may be marked so. Raises NotExpected, CameUnbooked."""
    line = sheet.line(mark.child_id)
    if line is None:
        raise NotExpected
    if line.state is AttendanceState.UNBOOKED:
        raise CameUnbooked(line.child.name)
    if line.given_back and mark.state is AttendanceState.PRESENT:
        raise NotExpected(line.child.name)  # the day was given back: it is owed again
    return line


def _written(gesture: Gesture, sheet: AttendanceSheet, marks: Sequence[tuple[SheetLine, AttendanceState]]) -> Done:
    if marks and sheet.slot_id is not None:
        put_marks(gesture, sheet, sheet.slot_id, [(line.child, state, line.booking_id) for line, state in marks])
    told = [[line.child.child_id, line.state, state] for line, state in marks]
    result = {"marks": [[line.child.child_id, state] for line, state in marks]}
    return Done(result, "slot", sheet.slot_id or "", details={"slot": sheet.slot, "marks": told})


def _answer(result: Mapping[str, Any]) -> Marked:
    return Marked(tuple(Mark(child_id, AttendanceState(state)) for child_id, state in result["marks"]))
