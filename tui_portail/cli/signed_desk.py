"""A desk for a command where an agent signs in, as at the desk: rights are those of the agent, and the gesture bears their name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui_portail.cli.asking import ask

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk


@contextmanager
def signed_desk(base: str | None, username: str | None) -> Iterator[Desk]:
    """Open a desk on the base, where the agent named (or asked) signs in. Raises what the base, or the sign-in, refuses."""
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.sign_in import sign_in  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    database = Database.open(base or settings.base)
    try:
        desk = Desk(database, settings.documents_dir, clock_of(database))
        username = username or ask("Identifiant")
        sign_in(desk, username, ask(f"Mot de passe de « {username} »", hidden=True))
        yield desk
    finally:
        database.close()
