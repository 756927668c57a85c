"""Databases of a PostgreSQL server: made or closed to desks while they are filled, taken away, and who is connected to one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.addresses import DatabaseAddress
from models.any_version import marks_of
from models.database_errors import DatabaseFailure, DatabaseLocked, DatabaseMissing, DatabaseNotEmpty
from models.driver_errors import translated
from models.engine import postgresql_engine
from models.inspection import IN_USE
from tui_portail.errors import PortailError

LONGEST_NAME = 63  # what PostgreSQL keeps of a name
LEAVING_STEPS = 10
MAINTENANCE = ("postgres", "template1")
READ_ONLY = "default_transaction_read_only"
"""What a new connection reads of its database: one that cannot write is no base to a desk."""
DUPLICATE_DATABASE, OBJECT_IN_USE = "42P04", "55006"
TAKEN_MEANWHILE = (
    "Une base {address} a été créée pendant la restauration : elle n’a pas été changée, et rien n’est restauré. Donnez une autre adresse, "
    "ou recommencez une fois cette base retirée."
)
STAYS = (
    "La base « {name} » n’a pas pu être supprimée du serveur, et contient une copie des données des familles : supprimez-la par "
    "« dropdb {name} », ou demandez-le à l’administrateur du serveur."
)


def named(address: DatabaseAddress, name: str) -> DatabaseAddress:
    """Return the address of another database of the same server."""
    return replace(address, url=address.url.set(database=name))


def name_of(address: DatabaseAddress) -> str:
    """Return the database's name: by default the account's, as PostgreSQL does."""
    return address.url.database or address.url.username or "postgres"


def name_with(address: DatabaseAddress, suffix: str) -> str:
    """Return the database's name with a suffix, as long as the server allows."""
    return f"{name_of(address)[: LONGEST_NAME - len(suffix)]}{suffix}"


@contextmanager
def asked(address: DatabaseAddress) -> Iterator[Connection]:
    """Give a connection where each statement is its own, without time limit. Raises DatabaseFailure."""
    engine = postgresql_engine(address).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with translated(address), engine.connect() as server:
            server.execute(text("SET statement_timeout = 0"))
            yield server
    finally:
        engine.dispose()


def server_major(address: DatabaseAddress) -> int:
    """Return the server's major version."""
    with asked(address) as server:
        return int(server.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def may_create(address: DatabaseAddress) -> bool:
    """Say whether the account may make databases on this server."""
    with asked(address) as server:
        query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        return bool(server.exec_driver_sql(query).scalar())


@contextmanager
def made_apart(address: DatabaseAddress, final: str, word: str) -> Iterator[DatabaseAddress]:
    """Give an empty database named after `address` and `word`, that is called `final` once the block ends well, and dropped otherwise.

    Until then nobody can open by its name what may still be taken away. One left by a program that was killed is taken away by the next,
    unless somebody is in it. Raises DatabaseNotEmpty when another one was called `final` meanwhile, DatabaseFailure.
    """
    made = named(address, name_with(address, f"_{word}_{uuid4().hex[:8]}"))
    with _maintenance(address) as server:
        _take_away_left(server, address, word)
        server.exec_driver_sql(f"CREATE DATABASE {_quoted(name_of(made))}")
    try:
        yield made
        with _maintenance(address) as server:
            _call(server, made, named(address, final))
    except BaseException as refused:
        if not drop_database(made):
            stays = STAYS.format(name=name_of(made))
            if not isinstance(refused, PortailError):
                raise DatabaseFailure(stays) from refused
            refused.sentence = f"{refused.sentence} {stays}"
        raise


def _call(server: Connection, made: DatabaseAddress, final: DatabaseAddress) -> None:
    try:
        server.exec_driver_sql(f"ALTER DATABASE {_quoted(name_of(made))} RENAME TO {_quoted(name_of(final))}")
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == DUPLICATE_DATABASE:
            raise DatabaseNotEmpty(TAKEN_MEANWHILE.format(address=final)) from error
        if state == OBJECT_IN_USE:
            raise DatabaseLocked(IN_USE.format(address=made)) from error
        raise


@contextmanager
def closed_to_desks(address: DatabaseAddress) -> Iterator[DatabaseAddress]:
    """Have a base refuse writing to all, but by the address given, until the block ends well: its owner and settings stay its own.

    After any exception it goes on refusing, unless it is empty. Raises DatabaseLocked when others are connected, DatabaseFailure.
    """
    own = address.url.query.get("options", ())
    options = " ".join([*([own] if isinstance(own, str) else own), f"-c {READ_ONLY}=off"])
    filling = replace(address, url=address.url.update_query_dict({"options": options}))
    _refuse_writing(filling)
    try:
        check_alone(filling)
        yield filling
    except BaseException:
        with suppress(DatabaseFailure):
            if marks_of(filling).empty:
                _accept_writing(filling)
        raise
    _accept_writing(filling)


def _refuse_writing(address: DatabaseAddress) -> None:
    with asked(address) as server:
        server.exec_driver_sql(f"ALTER DATABASE {_quoted(name_of(address))} SET {READ_ONLY} = on")


def _accept_writing(address: DatabaseAddress) -> None:
    with asked(address) as server:
        server.exec_driver_sql(f"ALTER DATABASE {_quoted(name_of(address))} RESET {READ_ONLY}")


@contextmanager
def _maintenance(address: DatabaseAddress) -> Iterator[Connection]:
    """Give a connection to one of the server's own databases. Raises DatabaseFailure."""
    with ExitStack() as held:
        try:
            server = held.enter_context(asked(named(address, MAINTENANCE[0])))
        except DatabaseMissing:
            server = held.enter_context(asked(named(address, MAINTENANCE[1])))
        yield server


def drop_database(address: DatabaseAddress) -> bool:
    """Take away a database that this program has just made, with whoever is in it; say whether it is gone."""
    return any(_dropped(named(address, own), name_of(address)) for own in MAINTENANCE)


def _dropped(by: DatabaseAddress, name: str) -> bool:
    """Drop a database from another one of its server, and say whether it is gone.

    First as anybody may: that waits five seconds for who is leaving, and sends the server's own upkeep away. By force next, which a
    mere owner may not while that upkeep is in it; then once more without.
    """
    for force in ("", " WITH (FORCE)", ""):
        with suppress(DatabaseFailure, DBAPIError), asked(by) as server:
            server.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(name)}{force}")
            return True
    return False


@contextmanager
def short_lived(address: DatabaseAddress, word: str, stays: Callable[[str], None]) -> Iterator[DatabaseAddress]:
    """Give a database of the same server that lives for this block only, named after `address`. Raises DatabaseFailure.

    `stays` hears the name of one that could not be taken away. It is by the next, as one left by a program that was killed, unless
    somebody is in it.
    """
    with asked(address) as server:
        _take_away_left(server, address, word)
        made = named(address, name_with(address, f"_{word}_{uuid4().hex[:8]}"))
        server.exec_driver_sql(f"CREATE DATABASE {_quoted(name_of(made))}")
    try:
        yield made
    finally:
        if not _dropped(address, name_of(made)):
            stays(name_of(made))


def _take_away_left(server: Connection, address: DatabaseAddress, word: str) -> None:
    shape = re.compile(re.escape(name_with(address, f"_{word}_{'0' * 8}")[:-8]) + "[0-9a-f]{8}")
    unused = (
        "SELECT datname FROM pg_database WHERE oid NOT IN "
        "(SELECT datid FROM pg_stat_activity WHERE datid IS NOT NULL AND backend_type = 'client backend')"
    )
    for name in list(server.exec_driver_sql(unused).scalars()):
        if shape.fullmatch(name):
            with suppress(DBAPIError):  # somebody came in since
                server.exec_driver_sql(f"DROP DATABASE {_quoted(name)}")


def check_alone(address: DatabaseAddress) -> None:
    """Refuse a database where others are connected; who has just left is given a second to be gone. Raises DatabaseLocked."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    with asked(address) as server:
        for _ in range(LEAVING_STEPS):
            if not server.exec_driver_sql(others).scalar_one():
                return
            server.exec_driver_sql("SELECT pg_sleep(0.1)")
    raise DatabaseLocked(IN_USE.format(address=address))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
