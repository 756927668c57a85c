"""Many desks in a town: for each an agent of both services, a till and its session, on one connection of its own.

The program serves the first régie and the first till of a commune: those of the other desks are written by SQL, and each desk is told its
own. The clock is the server's, moved to the town's day, so that each gesture asks it as it does at a mairie.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, func, insert, select
from sqlalchemy.util import LRUCache

from bench.town import NOW
from models import tables as t
from models.engine import Database, say_settings
from models.states import GENESIS_HASH
from tui_portail.services.clock import ServerClock
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import current_session, open_session

FLOAT_CENTS = 100_00
ROLES = frozenset({Role.ENFANCE, Role.COMPTABILITE})
STATEMENTS_KEPT = 2_000


class TownClock(ServerClock):
    """The server's clock, moved by the same lead for every desk."""

    def __init__(self, database: Database, lead: timedelta) -> None:
        super().__init__(database)
        self._lead = lead

    def now(self, connection: Connection) -> datetime:
        """Return the town's instant, asked of the server."""
        return super().now(connection) + self._lead


@dataclass(frozen=True, slots=True)
class Seats:
    """The places of many desks: the agent of each, the (régie, till) they share in turn, and what the clock is moved by."""

    agents: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    lead: timedelta

    @classmethod
    def taken(cls, database: Database, count: int, *, regies: int = 1, tills: int | None = None) -> Seats:
        """Make the agents, régies and tills that the town lacks, and open the tills: as many as desks unless said."""
        with database.write() as connection:
            seats = cls(
                tuple(_agents(connection, count)),
                tuple(_tills(connection, regies, count if tills is None else tills)),
                _lead(database, connection),
            )
        for number in range(min(count, len(seats.places))):
            desk = seats.desk(database, number)
            if current_session(desk) is None:
                open_session(desk, FLOAT_CENTS, new_operation())
        return seats

    def desk(self, database: Database, number: int) -> Desk:
        """Sit an agent at a desk."""
        desk = Desk(database, Path(tempfile.gettempdir()) / "mesures", TownClock(database, self.lead))
        desk.sign(SignedAgent(self.agents[number], f"guichet{number}", f"Guichet {number}", ROLES))
        desk._place = self.places[number % len(self.places)]
        return desk


def own_connection(database: Database, compiled: LRUCache[Any, Any]) -> Database:
    """Return the same base on connections of its own: those of one desk.

    `compiled`: the statements of the desks of this process, compiled once; each desk of a mairie has compiled its own long ago.
    """
    first = database.engine
    engine = Engine(first.pool.recreate(), first.dialect, first.url, execution_options=first.get_execution_options())
    engine.update_execution_options(compiled_cache=compiled)
    if database.address.pooled:
        event.listen(engine, "begin", say_settings)
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(database.address, database.kind, engine, reader)


def _lead(database: Database, connection: Connection) -> timedelta:
    """Return what the clock is moved by: to the town's morning, or to where the last gesture left it."""
    last = connection.scalar(select(func.max(t.audit_event.c.at)))
    return max(filter(None, (NOW, last))) - database.server_now(connection)


def _agents(connection: Connection, count: int) -> list[int]:
    known = {row.username: row.id for row in connection.execute(select(t.agent.c.username, t.agent.c.id))}
    for number in range(count):
        name = f"guichet{number}"
        if name not in known:
            row = {
                "username": name,
                "name": f"Guichet {number}",
                "password_hash": "!",
                "created_at": NOW,
                "failures": 0,
            }
            added = insert(t.agent).values(row | {"must_change_password": False}).returning(t.agent.c.id)
            known[name] = connection.execute(added).scalar_one()
            connection.execute(insert(t.agent_role), [{"agent_id": known[name], "role": role.value} for role in ROLES])
    return [known[f"guichet{number}"] for number in range(count)]


def _tills(connection: Connection, regies: int, tills: int) -> list[tuple[int, int]]:
    """Return (régie, till) of each till, the régies in turn; the first régie is the commune's own."""
    known = list(connection.scalars(select(t.regie.c.id).order_by(t.regie.c.id)))
    while len(known) < regies:
        row = {"code": f"REGIE{len(known) + 1}", "name": f"Régie {len(known) + 1}"}
        known.append(connection.execute(insert(t.regie).values(row).returning(t.regie.c.id)).scalar_one())
        connection.execute(insert(t.journal_head).values(regie_id=known[-1], last_seq=0, head_hash=GENESIS_HASH))
    of_regie: dict[int, list[int]] = {regie: [] for regie in known}
    for till in connection.execute(select(t.till.c.regie_id, t.till.c.id).order_by(t.till.c.id)):
        of_regie[till.regie_id].append(till.id)
    places = []
    for number in range(tills):
        regie, rank = known[number % regies], number // regies
        if rank == len(of_regie[regie]):
            row = {"regie_id": regie, "name": f"Guichet {number}"}
            of_regie[regie].append(connection.execute(insert(t.till).values(row).returning(t.till.c.id)).scalar_one())
        places.append((regie, of_regie[regie][rank]))
    return places
