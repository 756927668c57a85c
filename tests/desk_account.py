"""A base on the run's PostgreSQL as a town sets it up: owned by one account, its desks on another, its reports on a third.

The three accounts have names of their own (accounts are the whole server's) and go at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from models.migrate import migrate
from models.states import DatabaseKind
from tests.databases import PostgresqlServer
from tui_portail.services.server_accounts import GivenRights, give_rights


@dataclass(frozen=True)
class Town:
    """The addresses of one base, by account."""

    server: str
    owner: str
    desk: str
    reader: str
    given: GivenRights

    def name(self, address: str) -> str:
        return str(make_url(address).username)


def as_account(address: str, role: str) -> str:
    """Return an address with another account, without a password: the run's server trusts its own socket."""
    url = make_url(address).set(username=role, password=None)
    return url.render_as_string(hide_password=False)


@contextmanager
def a_town(server: PostgresqlServer) -> Iterator[Town]:
    """Give a base migrated by its owner, who is no superuser, and whose accounts have their rights."""
    mark = uuid4().hex[:8]
    owner, desk, reader = (f"{word}_{mark}" for word in ("mairie", "poste", "lecture"))
    with psycopg.connect(server.uri, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(owner)))
        try:
            with server.fresh(empty=True) as address:
                base = sql.Identifier(str(make_url(address).database))
                admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(base, sql.Identifier(owner)))
                by_owner = as_account(address, owner)
                migrate(by_owner, DatabaseKind.TEST)
                given = give_rights(by_owner, desk, reader)
                yield Town(address, by_owner, as_account(address, desk), as_account(address, reader), given)
        finally:
            for role in (desk, reader, owner):
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
