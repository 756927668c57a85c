"""What is done at a site in a test: the slot, an agent of the site, children booked, paid and marked."""

from datetime import date

from models.states import AttendanceState
from tests.factories import an_agent
from tests.tui_portail.services.desk_acts import HARMONIE, THURSDAY
from tui_portail.services.attendance import Mark, mark_children
from tui_portail.services.attendance_sheet import attendance_sheet
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.slots import SlotKey

PRESENT, ABSENT, JUSTIFIED = AttendanceState.PRESENT, AttendanceState.ABSENT, AttendanceState.JUSTIFIED
UNBOOKED, CLEARED = AttendanceState.UNBOOKED, AttendanceState.CLEARED
THURSDAY_EVENING = "2026-12-03 17:00"


def at(activity: str, day: date = THURSDAY, site: str = HARMONIE) -> SlotKey:
    return (site, activity, day)


def desk_of(desk: Desk, *roles: Role, name: str = "Lou Martel") -> Desk:
    """Another desk on the same base, with an agent of these roles: of the site unless said otherwise."""
    other = Desk(desk.database, desk.documents_dir, desk.clock)
    other.sign(an_agent(desk.database, *(roles or (Role.SITE,)), name=name))
    return other


def mark(desk: Desk, slot: SlotKey, child_id: int, state: AttendanceState) -> None:
    mark_children(desk, slot, [Mark(child_id, state)], new_operation())


def states(desk: Desk, slot: SlotKey) -> dict[int, AttendanceState | None]:
    """What the sheet says of each child."""
    return {line.child.child_id: line.state for line in attendance_sheet(desk, slot).lines}
