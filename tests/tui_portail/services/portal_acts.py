"""What a parent does on the portal in a test, in one line each: an account made and activated, signed in, days ticked and finished."""

from dataclasses import dataclass, field

from models.states import BasketOrigin
from tests.factories import Family
from tui_portail.mailing import Message
from tui_portail.planning import Change
from tui_portail.portal_rules import Secret
from tui_portail.services.booking import FinishedBasket, FinishedChanges
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.portal import Portal, SignedAccount, take_seat
from tui_portail.services.portal_accounts import AccountForm, NewAccount, accept_terms, activate_by_code, create_account
from tui_portail.services.portal_codes import new_secret
from tui_portail.services.portal_planning import finish_own_changes
from tui_portail.services.portal_sign_in import sign_in_parent

PASSWORD = "tilleul-soupe-jeudi"


@dataclass
class Mailbox:
    """Where the portal's messages go."""

    messages: list[Message] = field(default_factory=list)

    @property
    def last(self) -> Message:
        return self.messages[-1]


def a_portal(
    desk: Desk, mailbox: Mailbox | None = None, *, origin: BasketOrigin = BasketOrigin.KIOSK, address: str | None = None
) -> Portal:
    """A kiosk on the database and the clock of a desk, nobody signed in."""
    seat = Desk(desk.database, desk.documents_dir, desk.clock)
    return take_seat(seat, origin, (mailbox or Mailbox()).messages.append, address)


def a_form(**fields: str) -> AccountForm:
    """The first step of Marie Dupont's account, unless said otherwise."""
    typed = {"last_name": "Dupont", "first_name": "Marie", "email": "marie@exemple.fr", "username": "mariedupont"}
    return AccountForm(**(typed | {"password": PASSWORD} | fields))


def new_account(portal: Portal, family: Family, secret: Secret | None = None, **fields: str) -> NewAccount:
    """The three steps, confirmed."""
    return create_account(portal, a_form(**fields), family.number, secret or new_secret(), new_operation())


def an_active_account(portal: Portal, family: Family, **fields: str) -> SignedAccount:
    """An account made, activated by its code, signed in, its terms accepted."""
    secret = new_secret()
    made = new_account(portal, family, secret, **fields)
    activate_by_code(portal, made.username, secret.code, new_operation())
    return sign_in(portal, made.username)


def sign_in(portal: Portal, username: str = "mariedupont", password: str = PASSWORD) -> SignedAccount:
    """Sign in and accept the terms in force."""
    signed = sign_in_parent(portal, username, password)
    accept_terms(portal, portal.desk.commune().policy.portal.terms.version, new_operation())
    return signed


def finish_own(portal: Portal, changes: list[Change]) -> FinishedChanges:
    return finish_own_changes(portal, changes, new_operation())


def hold_own(portal: Portal, changes: list[Change]) -> FinishedBasket:
    """Finish changes of the signed parent and return the basket."""
    [basket] = finish_own(portal, changes).baskets
    return basket
