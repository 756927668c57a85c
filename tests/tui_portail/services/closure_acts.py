"""What an agent does to close days for all families, in one line each; and what is left of it."""

from datetime import date

from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.tui_portail.services.desk_acts import EVENING, HARMONIE
from tui_portail.closed_days import ClosedDays
from tui_portail.services.closing_days import ClosureRun, close_families, record_closure
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.restored_days import UndoneRun, begin_undoing, restore_families

STRIKE = "Grève nationale"


def closed(first: date, last: date | None = None, *activities: str, site: str | None = HARMONIE) -> ClosedDays:
    return ClosedDays(first, last or first, site, activities or (EVENING,), STRIKE)


def close(desk: Desk, days: ClosedDays, *, past: bool = False) -> ClosureRun:
    closure_id = record_closure(desk, days, new_operation(), past_confirmed=past)
    return close_families(desk, closure_id, new_operation())


def undo(desk: Desk, closure_id: int) -> UndoneRun:
    begin_undoing(desk, closure_id, "Préavis levé", new_operation())
    return restore_families(desk, closure_id, new_operation())


def outcomes(database: Database, closure_id: int) -> list[str]:
    """What came of each day, in the order they were closed."""
    line = t.day_closure_line.c
    with database.read() as connection:
        return list(
            connection.scalars(select(line.outcome).where(line.closure_id == closure_id).order_by(line.booking_id))
        )


def left_why(database: Database, closure_id: int) -> list[str | None]:
    """Why each day stays cancelled, None where it was booked again."""
    line = t.day_closure_line.c
    with database.read() as connection:
        return list(
            connection.scalars(select(line.not_restored).where(line.closure_id == closure_id).order_by(line.booking_id))
        )
