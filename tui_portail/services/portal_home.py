"""The signed parent's home: who they are, once nothing stands in the way, and what waits to be paid."""

from __future__ import annotations

from dataclasses import dataclass

from tui_portail.portal_rules import masked_email
from tui_portail.services.portal import Portal
from tui_portail.services.portal_planning import OwnBasket, own_basket_within


@dataclass(frozen=True, slots=True)
class OwnHome:
    """The parent as greeted; their address as they know it again; what waits to be paid."""

    name: str
    email: str  # masked
    waiting: OwnBasket | None = None
    """The basket that waits to be paid."""


def open_home(portal: Portal) -> OwnHome:
    """Return who is signed in, and what waits to be paid. Raises PortalClosed, SignInNeeded, TermsToAccept, NotLinked."""
    with portal.read() as (connection, own):
        return OwnHome(own.name, masked_email(own.email), own_basket_within(portal, connection, own))
