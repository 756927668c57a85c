"""A past of the régie made at once, for what closes it."""

from datetime import date, timedelta

from sqlalchemy import Connection

from models.states import EntryKind
from tests.factories import paris
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.ledger import enter, lock_head


def an_entry_a_day(desk: Desk, first: date, days: int) -> None:
    """Write one entry a day, at noon: a past that was never closed."""
    agent = desk.require()

    def write(connection: Connection) -> None:
        regie_id, _ = desk.place(connection)
        for place in range(days):
            noon = paris(f"{first + timedelta(days=place)} 12:00")
            enter(
                connection,
                lock_head(connection, regie_id),
                EntryKind.MOVEMENT,
                noon,
                agent.agent_id,
                new_operation(),
                [],
                {},
            )

    desk.database.run(write)
