"""The password of a server's account, from the system's keyring when libpq has none: neither address, PGPASSWORD nor password file.

The server is asked first: a keyring is opened, and unlocked by whoever sits there, only when a password is really wanted.
"""

from typing import Any

import psycopg
from sqlalchemy import Engine, event

from models.addresses import DatabaseAddress
from tui_portail.password_keyring import kept_password


def account_of(address: DatabaseAddress) -> str:
    """Return the name under which an address's password is kept: user, server and base, none of the options."""
    kept = {name: value for name, value in address.url.query.items() if name in {"host", "hostaddr", "port", "user"}}
    shown = address.url.set(drivername="postgresql", query=kept)
    return shown._replace(password=None).render_as_string()


def take_from_keyring(engine: Engine, address: DatabaseAddress) -> None:
    """Have an engine connect with the password kept for this address, where the server asks for one and nobody gave it."""
    found: list[str] = []

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
        if found:
            options = {**options, "password": found[0]}
        try:
            return dialect.connect(*arguments, **options)
        except psycopg.OperationalError as refused:
            if not getattr(refused.pgconn, "needs_password", False) or found:
                raise
            password = kept_password(account_of(address))
            if password is None:
                raise
        connection = dialect.connect(*arguments, **{**options, "password": password})
        found.append(password)
        return connection
