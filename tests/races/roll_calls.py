"""What each desk of a race does at a site: it marks its own children, then all the others, then those who came without booking."""

from collections.abc import Sequence

from models.states import AttendanceState
from tests.races.desks import Place, outcome, together
from tui_portail.services.attendance import Mark, mark_children, mark_others_present
from tui_portail.services.desk import new_operation
from tui_portail.services.slots import SlotKey
from tui_portail.services.unbooked import mark_unbooked


def call_the_roll(place: Place, slot: SlotKey, mine: Sequence[int], unbooked: Sequence[int]) -> list[str]:
    """Mark one's own children absent one by one and all the others present, then those who came unbooked, with the other desks."""
    desk, outcomes = place.desk(), []
    together()
    for child_id in mine:
        absent = [Mark(child_id, AttendanceState.ABSENT)]
        outcomes.append(outcome(lambda: mark_children(desk, slot, absent, new_operation())))  # noqa: B023
    outcomes.append(outcome(lambda: mark_others_present(desk, slot, new_operation())))
    for child_id in unbooked:
        together()
        outcomes.append(outcome(lambda: mark_unbooked(desk, slot, child_id, new_operation())))  # noqa: B023
    return outcomes
