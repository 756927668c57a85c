"""The demonstration's pointage: the days before its own, marked at each site; one child who came without booking owes an evening."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime, time

from models.states import AttendanceState
from tui_portail.instants import PARIS
from tui_portail.services.attendance import Mark, mark_children, mark_others_present
from tui_portail.services.attendance_places import places_of
from tui_portail.services.attendance_sheet import attendance_sheet
from tui_portail.services.desk import Desk
from tui_portail.services.slots import SlotKey
from tui_portail.services.unbooked import mark_unbooked

MARKED_DAYS = (*(date(2026, 10, day) for day in range(19, 24)), date(2026, 11, 25), date(2026, 11, 30))
_ONE_ABSENT_IN = 9
_AT = time(17, 45)
_EVENING = ("HARMONIE", "ALP_SOIR", date(2026, 11, 30))


def mark_past_days(desk: Desk, set_time: Callable[[datetime], None], unbooked: Iterable[int]) -> None:
    """Mark each of the days at its own evening: one child absent in nine, the others there; then those who came without booking."""
    for day in MARKED_DAYS:
        set_time(datetime.combine(day, _AT, PARIS))
        for site in places_of(desk, day):
            for activity in site.activities:
                _mark(desk, (site.code, activity.code, day))
    for child_id in unbooked:
        mark_unbooked(desk, _EVENING, child_id, _operation("unbooked", child_id))


def _mark(desk: Desk, slot: SlotKey) -> None:
    expected = attendance_sheet(desk, slot).expected
    away = [Mark(line.child.child_id, AttendanceState.ABSENT) for line in expected[4::_ONE_ABSENT_IN]]
    if away:
        mark_children(desk, slot, away, _operation("absent", *slot))
    if expected:
        mark_others_present(desk, slot, _operation("others", *slot))


def _operation(*words: object) -> str:
    return hashlib.sha256(f"pointage {words}".encode()).hexdigest()[:32]
