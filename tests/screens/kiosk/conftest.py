"""Fixtures of the kiosk: Marie Dupont's family, the portal, and where its messages go."""

import pytest

from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.tui_portail.services.portal_acts import Mailbox, a_portal
from tui_portail.services.desk import Desk
from tui_portail.services.portal import Portal


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    """A desk of both roles on Tuesday 1 December 2026, 10:30, on SQLite; its clock is the kiosk's."""
    return a_desk(sqlite_database)


@pytest.fixture
def family(desk: Desk) -> Family:
    """Marie Dupont and her two children."""
    return a_family(desk, children=2, quotient_cents=745_00)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def portal(desk: Desk, mailbox: Mailbox) -> Portal:
    """The public computer."""
    return a_portal(desk, mailbox)
