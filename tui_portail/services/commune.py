"""The commune's set-up kept in the database: dated versions of one document, the only truth once the files have filled it.

The strict reading (`commune_files`, pydantic) is loaded with the first set-up read: finding a family needs none.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from models import tables as t
from models.engine import Database
from models.states import GENESIS_HASH
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from tui_portail.commune import Commune


class CommuneMissing(PortailError):
    """The database holds no set-up."""

    code = "COMMUNE_ABSENTE"


def read_commune_version(connection: Connection, version: int) -> Commune:
    """Return the set-up recorded as `version`. Raises CommuneMissing."""
    return _built(_text(connection, version))


def commune_in_force(connection: Connection) -> Commune:
    """Return the latest set-up recorded, in one statement. Raises CommuneMissing."""
    return _built(_text(connection))


@lru_cache(maxsize=4)  # a set-up never changes, and takes longer to build than to read
def _built(document: str) -> Commune:
    from tui_portail.commune_files import from_document  # noqa: PLC0415  slow to load

    return from_document(json.loads(document))


def latest_version(connection: Connection) -> int:
    """Return the number of the set-up in force, 0 when there is none."""
    return connection.scalar(select(func.max(t.commune_version.c.id))) or 0


def commune_name(connection: Connection) -> str:
    """Return the name of the commune, without reading the rest of its set-up. Raises CommuneMissing."""
    return str(json.loads(_text(connection, latest_version(connection)))["identite"]["nom"])


def _text(connection: Connection, version: int | None = None) -> str:
    query = select(t.commune_version.c.document).order_by(t.commune_version.c.id.desc()).limit(1)
    document = connection.scalar(query if version is None else query.where(t.commune_version.c.id == version))
    if document is None:
        raise CommuneMissing(
            "Cette base ne contient pas les règles de la commune. Lancez « tui-portail initialiser » avec le fichier de la commune."
        )
    return str(document)


def commune_of_base(url: str) -> Commune:
    """Return the set-up in force in the database at `url`. Raises DatabaseFailure, CommuneMissing."""
    database = Database.open(url, to_write=False)
    try:
        with database.read() as connection:
            return read_commune_version(connection, latest_version(connection))
    finally:
        database.close()


def town_of(database: Database) -> str:
    """Return the name of the commune whose base it is, empty before its set-up is recorded. Raises DatabaseFailure."""
    latest = t.commune_version.c.id.desc()
    with database.read() as connection:
        document = connection.scalar(select(t.commune_version.c.document).order_by(latest).limit(1))
    return str(json.loads(document)["commune"]) if document is not None else ""


def record_commune(
    connection: Connection,
    commune: Commune,
    source: str,
    recorded_at: datetime,
    agent_id: int | None = None,
    reason: str = "",
) -> int:
    """Record a set-up as the version in force and bring sites, schools, activities and offerings in line; return its number.

    The days to come whose places nobody set by hand follow it. Meals that froze under the one before, and whose limit the
    new one moves, are written as ordered first: nobody could tell any more when they froze. Raises MealsJustFrozen.
    """
    from tui_portail.commune_files import to_document  # noqa: PLC0415  slow to load
    from tui_portail.services.meal_orders import keep_orders  # noqa: PLC0415  not needed to open a desk

    document = json.dumps(to_document(commune), ensure_ascii=False, sort_keys=True)
    latest = connection.execute(
        select(t.commune_version.c.id, t.commune_version.c.document).order_by(t.commune_version.c.id.desc()).limit(1)
    ).first()
    if latest is not None and latest.document == document:
        return int(latest.id)
    if latest is not None:
        keep_orders(connection, read_commune_version(connection, latest.id), commune, recorded_at)
    _replace_set_up(connection)
    version = connection.execute(
        insert(t.commune_version)
        .values(recorded_at=recorded_at, agent_id=agent_id, source=source, document=document, reason=reason)
        .returning(t.commune_version.c.id)
    ).scalar_one()
    _bring_in_line(connection, commune)
    _follow_places(connection, commune, in_paris(recorded_at).date())
    return int(version)


_SET_UP_LOCK = "reglages"


def keep_set_up(connection: Connection) -> None:
    """Let no set-up be recorded until this transaction ends, on PostgreSQL: what it writes by the one in force is then seen by the next."""
    connection.execute(select(func.pg_advisory_xact_lock_shared(func.hashtextextended(_SET_UP_LOCK, 0))))


def _replace_set_up(connection: Connection) -> None:
    """Wait for those that keep the set-up; SQLite's write transaction is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_SET_UP_LOCK, 0))))


def _bring_in_line(connection: Connection, commune: Commune) -> None:
    """Add what the set-up names and the tables lack, and update labels and starting capacities; never remove what rows point to."""
    _merge(connection, t.site, [{"code": site.code, "name": site.name} for site in commune.sites])
    _merge(
        connection,
        t.school,
        [
            {
                "code": school.code,
                "name": school.name,
                "alp_site_code": school.alp_site,
                "alsh_site_code": school.alsh_site,
            }
            for school in commune.schools
        ],
    )
    _merge(
        connection,
        t.activity,
        [{"code": rule.code, "label": rule.label, "rank": rule.order} for rule in commune.policy.activities.values()],
    )
    _merge(
        connection,
        t.offering,
        [
            {"site_code": offering.site, "activity_code": offering.activity, "capacity": offering.capacity}
            for offering in commune.offerings
        ],
    )
    _merge_regie(connection, commune)


def _follow_places(connection: Connection, commune: Commune, today: date) -> None:
    """Give the slots from today on the places of the set-up, but those set by hand; one offered no more has none left to sell."""
    slot = t.slot.c
    rows = connection.execute(
        select(slot.id, slot.site_code, slot.activity_code, slot.day, slot.capacity)
        .where(slot.day >= today, slot.by_hand.is_(False))
        .order_by(slot.id)
    ).all()
    moved = [
        {"of": row.id, "places": places}
        for row in rows
        if (places := commune.capacity(row.site_code, row.activity_code, row.day) or 0) != row.capacity
    ]
    if moved:
        following = update(t.slot).where(slot.id == bindparam("of")).values(capacity=bindparam("places"))
        connection.execute(following, moved)


def _merge(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    keys = list(table.primary_key.columns)
    known = {tuple(row) for row in connection.execute(select(*keys))}
    for row in rows:
        key = tuple(row[column.name] for column in keys)
        if key in known:
            matching = [column == row[column.name] for column in keys]
            named = {column.name for column in keys}
            connection.execute(
                update(table).where(*matching).values({name: one for name, one in row.items() if name not in named})
            )
        else:
            connection.execute(insert(table).values(row))


def _merge_regie(connection: Connection, commune: Commune) -> None:
    code = commune.regie.code
    regie_id = connection.scalar(select(t.regie.c.id).where(t.regie.c.code == code))
    if regie_id is not None:
        connection.execute(update(t.regie).where(t.regie.c.id == regie_id).values(name=commune.regie.name))
        connection.execute(update(t.till).where(t.till.c.regie_id == regie_id).values(name=commune.regie.till))
        return
    regie_id = connection.execute(
        insert(t.regie).values(code=code, name=commune.regie.name).returning(t.regie.c.id)
    ).scalar_one()
    connection.execute(insert(t.till).values(regie_id=regie_id, name=commune.regie.till))
    connection.execute(insert(t.journal_head).values(regie_id=regie_id, last_seq=0, head_hash=GENESIS_HASH))
