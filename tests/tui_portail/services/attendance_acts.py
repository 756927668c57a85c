"""What is done at a site in a test: the slot, an agent of the site, children booked, paid and marked."""

from datetime import date

from sqlalchemy import insert, select

from models import tables as t
from models.states import AttendanceState
from tests.factories import an_agent
from tests.tui_portail.services.desk_acts import HARMONIE, THURSDAY
from tui_portail.services.attendance import Mark, mark_children
from tui_portail.services.attendance_sheet import attendance_sheet
from tui_portail.services.clock import FixedClock
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


def a_full_site(desk: Desk, slot: SlotKey, count: int, *, dossier_id: int, payer_id: int) -> tuple[int, ...]:
    """Write children who booked a slot, as quickly as can be: all in one dossier, of every age from 3 to 10. Return their ids, by name."""
    site, activity, day = slot
    now = desk.clock.instant if isinstance(desk.clock, FixedClock) else desk.now()
    agent_id = desk.require().agent_id
    with desk.database.write() as connection:
        snapshot = connection.execute(select(t.identity_snapshot.c.id).limit(1)).scalar_one()
        children = [
            {
                "dossier_id": dossier_id,
                "last_name": f"{'ABCDEFGHIJKLMNOPQRSTUVWX'[place // 5]}{'aeiou'[place % 5]}rand",
                "first_name": f"Enfant {place}",
                "birth_on": date(2016 + place % 7, 1 + place % 12, 15),
                "snapshot_id": snapshot,
            }
            for place in range(count)
        ]
        connection.execute(insert(t.child), children)
        known = t.child.c
        ids = connection.scalars(
            select(known.id).where(known.first_name.like("Enfant %")).order_by(known.last_name, known.id)
        ).all()
        slot_id = connection.execute(
            insert(t.slot)
            .values(site_code=site, activity_code=activity, day=day, capacity=200, withheld=0)
            .returning(t.slot.c.id)
        ).scalar_one()
        common = {"slot_id": slot_id, "day": day, "payer_id": payer_id, "state": "confirmed", "agent_id": agent_id}
        price = {"price_cents": 0, "care_cents": 0, "meal_cents": 0, "booked_at": now}
        connection.execute(insert(t.booking), [{**common, **price, "child_id": child_id} for child_id in ids])
    return tuple(ids)
