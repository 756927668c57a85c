"""Closing the public computer's program: an agent does it, whatever their role."""

from __future__ import annotations

from dataclasses import replace

from tui_portail.services.portal import Portal
from tui_portail.services.sign_in import sign_in


def check_agent(portal: Portal, username: str, password: str) -> None:
    """Check that an agent of the mairie stands at the public computer, and sign nobody at it.

    Raises what `sign_in` raises: BadCredentials, AccountLocked, AccountDisabled, DatabaseFailure.
    """
    sign_in(replace(portal.desk, agent=None), username, password)
