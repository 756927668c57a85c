"""The signed parent's home: who they are, once nothing stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from tui_portail.portal_rules import masked_email
from tui_portail.services.portal import Portal


@dataclass(frozen=True, slots=True)
class OwnHome:
    """The parent as greeted; their address as they know it again."""

    name: str
    email: str  # masked


def open_home(portal: Portal) -> OwnHome:
    """Return who is signed in. Raises PortalClosed, SignInNeeded, TermsToAccept, NotLinked."""
    with portal.read() as (_connection, own):
        return OwnHome(own.name, masked_email(own.email))
