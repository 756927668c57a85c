"""The words of the pointage: a child a line, what the sheet comes to, where and when it is."""

from __future__ import annotations

from collections.abc import Collection

from screens.columns import Column
from screens.records_list import Record
from tui_portail.french import long_date, plural
from tui_portail.services.attendance_sheet import AttendanceSheet, AttendanceState, SheetLine

COLUMNS = (
    Column("", 1),
    Column("Enfant", 20, share=2),
    Column("Âge", 3, right=True),
    Column("Classe", 15, share=1),
    Column("À savoir", 11, share=1),
    Column("Pointé", 16),
    Column("Par", 16, share=1, from_width=112),
)
WORDS = {
    AttendanceState.PRESENT: "présent",
    AttendanceState.ABSENT: "absent",
    AttendanceState.JUSTIFIED: "absent justifié",
    AttendanceState.UNBOOKED: "sans réservation",
}
_LETTERS = {
    AttendanceState.PRESENT: ("P", "$success"),
    AttendanceState.ABSENT: ("A", "$error"),
    AttendanceState.JUSTIFIED: ("J", "$warning"),
    AttendanceState.UNBOOKED: ("S", "$secondary"),
}


def record_of(line: SheetLine, pending: AttendanceState | None = None) -> Record:
    """Return a child's line; `pending` is what was typed and is not yet written, shown with « … »."""
    child, state = line.child, line.state if pending is None else pending
    letter, style = _LETTERS.get(state, (" ", "")) if state is not None else (" ", "")
    word = WORDS.get(state, "") if state is not None else ""
    if line.told and state in (None, AttendanceState.ABSENT):
        word, style = "absence annoncée", "$foreground 70%"
    if pending is not None:
        word = f"{word}…"
    marks = ", ".join(child.marks)
    by = line.marked_by if line.marked_at is not None and state is line.state and state is not None else ""
    return Record(child.child_id, (letter, child.name, f"{child.age}", child.class_name, marks, word, by), style)


def place_words(sheet: AttendanceSheet) -> str:
    """Say where and when."""
    return f"{sheet.site} · {sheet.activity} · {long_date(sheet.slot[2])}"


def sum_words(sheet: AttendanceSheet, pending: Collection[AttendanceState] = ()) -> str:
    """Say what the sheet comes to."""
    counted = [
        (sheet.count(AttendanceState.PRESENT), "présent", "présents"),
        (sheet.count(AttendanceState.ABSENT), "absent", "absents"),
        (sheet.count(AttendanceState.JUSTIFIED), "justifié", "justifiés"),
        (sheet.count(AttendanceState.UNBOOKED), "sans réservation", "sans réservation"),
    ]
    parts = [plural(count, one, several) for count, one, several in counted if count]
    left = len(sheet.left)
    expected = plural(len(sheet.expected), "attendu", "attendus")
    rest = f"reste {left} à pointer" if left else "tous sont pointés" if sheet.expected else ""
    writing = f"{len(pending)} en cours d’écriture" if pending else ""
    return " · ".join(part for part in (expected, *parts, rest, writing) if part)


def done_words(line: SheetLine, state: AttendanceState) -> str:
    """Say what was just marked of a child, and what stood before."""
    before = f" (était {WORDS[line.state]})" if line.state not in (None, state) and line.state in WORDS else ""
    told = " (absence annoncée)" if line.told and not before else ""
    return f"{WORDS.get(state, 'pointage effacé')} : {line.child.name}{before}{told}"
