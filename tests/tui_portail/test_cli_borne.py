"""`tui-portail borne`: what the kiosk is opened on, by whom its messages leave, what a demonstration keeps instead."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.engine import Database
from models.states import BasketOrigin, DatabaseKind
from screens.kiosk.app import KioskApp
from screens.kiosk.codes_sent import UnsentMessages
from tests.databases import SqliteTemplate
from tests.factories import a_desk, a_family, the_commune
from tests.mail_server import PostOffice
from tests.mail_server import mail_server as mail_server
from tests.tui_portail.services.portal_acts import new_account
from tui_portail.cli import app
from tui_portail.cli.post import post_of
from tui_portail.services.clock import DemoClock, ServerClock
from tui_portail.services.portal import PORTAL_NAME, Portal
from tui_portail.services.setup import initialise


class Opened:
    """The kiosks that would have been shown, and the portal each opened."""

    def __init__(self) -> None:
        self.kiosks: list[KioskApp] = []
        self.portals: list[Portal] = []

    def run(self, kiosk: KioskApp) -> None:
        self.kiosks.append(kiosk)
        self.portals.append(kiosk._open_portal())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """What the command opens, instead of showing it."""
    found = Opened()

    def run(kiosk: KioskApp) -> None:
        found.run(kiosk)

    monkeypatch.setattr(KioskApp, "run", run)
    monkeypatch.setattr("tui_portail.cli.opening.require_terminal", lambda: None)
    return found


@pytest.fixture
def base(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    """A base of a mairie, with its commune."""
    url = sqlite_template.fresh(tmp_path)
    database = Database.open(url)
    a_desk(database)
    database.close()
    return url


@pytest.fixture
def demonstration(tmp_path: Path) -> str:
    url = str(tmp_path / "demonstration.sqlite3")
    initialise(url, the_commune(), "essai", DatabaseKind.DEMO)
    return url


def test_the_public_computer_is_the_portals_own_seat_and_asks_an_agent_to_be_closed(opened: Opened, base: str) -> None:
    answer = CliRunner().invoke(app, ["borne", "--base", base])
    assert answer.exit_code == 0, answer.output
    [portal], [kiosk] = opened.portals, opened.kiosks
    assert portal.desk.origin is BasketOrigin.KIOSK
    assert portal.desk.require().name == PORTAL_NAME
    assert isinstance(portal.desk.clock, ServerClock)
    assert portal.post is None, "no mail server is set"
    assert (portal.desk.portal_address, kiosk.guarded, kiosk._rest_given) == (None, True, None)


def test_in_a_browser_baskets_are_marked_so_and_the_rest_may_be_given(
    opened: Opened, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_PORTAIL_PORTAIL_ADRESSE", "https://famille.clapiers.example")
    answer = CliRunner().invoke(app, ["borne", "--base", base, "--en-ligne", "--repos", "300"])
    assert answer.exit_code == 0, answer.output
    [portal], [kiosk] = opened.portals, opened.kiosks
    assert portal.desk.origin is BasketOrigin.ONLINE
    assert portal.desk.portal_address == "https://famille.clapiers.example"
    assert (kiosk.guarded, kiosk.rest.seconds) == (False, 300)


def test_messages_leave_by_the_mairies_server_in_its_name(
    mail_server: PostOffice, opened: Opened, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in mail_server.variables.items():
        monkeypatch.setenv(name, value)
    CliRunner().invoke(app, ["borne", "--base", base], catch_exceptions=False)
    [portal] = opened.portals
    database = Database.open(base)
    desk = a_desk(database)
    portal.desk.database, portal.desk.clock = database, desk.clock  # the command closed its own
    made = new_account(portal, a_family(desk))
    assert made.sent.done
    [message] = mail_server.to("marie@exemple.fr")
    assert message["From"].addresses[0].display_name == the_commune().identity.name
    assert "mariedupont" in mail_server.text_to("marie@exemple.fr")
    database.close()


def test_a_demonstration_sends_nothing_and_keeps_the_code_to_show_it(opened: Opened, demonstration: str) -> None:
    CliRunner().invoke(app, ["borne", "--base", demonstration], catch_exceptions=False)
    [portal] = opened.portals
    assert isinstance(portal.desk.clock, DemoClock)
    assert isinstance(portal.post, UnsentMessages)


def test_demo_opens_the_kiosk_on_the_same_base_when_asked(opened: Opened, tmp_path: Path, demonstration: str) -> None:
    answer = CliRunner().invoke(app, ["demo", "--borne", "--base", demonstration])
    assert answer.exit_code == 0, answer.output
    assert opened.portals[0].desk.require().name == PORTAL_NAME


def test_without_a_mail_server_there_is_nothing_to_send_by() -> None:
    from tui_portail.settings import load_settings

    assert post_of(load_settings()) is None


def test_a_rest_below_zero_is_refused(opened: Opened, base: str) -> None:
    answer = CliRunner().invoke(app, ["borne", "--base", base, "--repos", "-1"])
    assert answer.exit_code != 0
    assert not opened.kiosks
