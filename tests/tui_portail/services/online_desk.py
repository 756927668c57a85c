"""A desk that follows payments online: families who pay on the portal, PayFiP at hand, the Trésor's statements."""

from datetime import date
from pathlib import Path

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import EVENING, add, clock_of
from tests.tui_portail.services.online_acts import FakePayFip, open_page, paying_online
from tests.tui_portail.services.portal_acts import Mailbox, a_portal, an_active_account, hold_own
from tui_portail.imports.files import SourceFile, read_delimited
from tui_portail.money import format_cents
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.online_following import FollowedPayment, follow_own
from tui_portail.services.online_list import OnlineRow, list_online_payments
from tui_portail.services.portal import Portal
from tui_portail.services.rights import Role
from tui_portail.services.treasury_statements import KeptStatement, read_statement
from tui_portail.services.verification import verify

EVENING_CENTS = 166  # of a family of the second bracket


class OnlineDesk:
    """Marie Dupont signed in at the kiosk, an agent of every desk, PayFiP."""

    def __init__(self, database: Database, documents: Path | None = None) -> None:
        roles = (Role.ENFANCE, Role.REGISSEUR)
        folder = {} if documents is None else {"documents_dir": documents}
        self.desk: Desk = a_desk(database, *roles, commune=paying_online(), **folder)  # type: ignore[arg-type]
        self.payfip = FakePayFip()
        self.desk.online = self.payfip
        self.family = a_family(self.desk, children=2)
        self.portal: Portal = a_portal(self.desk, Mailbox())
        self.portal.desk.online = self.payfip
        an_active_account(self.portal, self.family)

    def advance(self, **duration: float) -> None:
        clock_of(self.desk).advance(**duration)

    @property
    def today(self) -> date:
        return clock_of(self.desk).instant.date()

    def evenings(self, *days: date) -> int:
        """Hold evenings; return the basket."""
        return hold_own(self.portal, add(self.family.child_id, EVENING, *days)).basket_id

    def page(self, *days: date) -> int:
        """Open a page for evenings; return its id."""
        return open_page(self.portal, self.evenings(*days)).online_id

    def paid(self, *days: date) -> FollowedPayment:
        """Evenings paid online."""
        online_id = self.page(*days)
        self.payfip.decide("P")
        return follow_own(self.portal, online_id)

    def forgotten(self, *days: date) -> OnlineRow:
        """Evenings whose page is given up, and that PayFiP knows no more the day after."""
        online_id = self.page(*days)
        self.payfip.decide("P1")
        self.advance(hours=25)
        follow_own(self.portal, online_id)
        return self.row(online_id)

    def row(self, online_id: int) -> OnlineRow:
        return next(row for row in list_online_payments(self.desk) if row.online_id == online_id)

    def read(self, *lines: tuple[str, int, date], name: str = "releve.csv") -> KeptStatement:
        """Keep a statement of these references, cents and days."""
        return read_statement(self.desk, a_statement(*lines, name=name), new_operation())

    def is_sound(self) -> bool:
        report = verify(self.desk)
        assert report.sound, report.findings
        return True


def a_statement(*lines: tuple[str, int, date], name: str = "releve.csv") -> SourceFile:
    rows = [f"{reference};{format_cents(cents, symbol=False)};{day:%d/%m/%Y}" for reference, cents, day in lines]
    return read_delimited(name, "\n".join(["Référence;Montant;Date", *rows]).encode())
