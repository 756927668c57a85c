"""The paper that hands over a user name and its code, when no message could be sent to the family."""

from __future__ import annotations

from sqlalchemy import select

from models import tables as t
from tui_portail.instants import in_paris
from tui_portail.portal_rules import Secret, hours_sentence
from tui_portail.services.desk import Desk
from tui_portail.services.family_accounts import GivenCode, no_longer_linked
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.portal_accounts import dossier_of
from tui_portail.services.rights import Right


def print_identifier(desk: Desk, given: GivenCode, secret: Secret) -> PrintedDocument:
    """Draw « Votre identifiant du Portail Famille » and hand it to the printer; kept with the dossier's letters.

    Raises AccountRefused, NotAllowed.
    """
    from receipts.portal_identifier import (  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)
        PortalIdentifier,
        draw_portal_identifier,
    )

    with desk.read(Right.PORTAL_ACCOUNTS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        dossier_id = dossier_of(connection, given.account_id)
        number = connection.scalar(select(t.dossier.c.number).where(t.dossier.c.id == dossier_id))
    if number is None:
        raise no_longer_linked()
    identifier = PortalIdentifier(
        service_issuer(commune),
        given.name,
        given.username,
        secret.shown_code,
        given.until,
        hours_sentence(commune.policy.portal),
        now,
        desk.portal_address or "",
        commune.policy.fictitious,
    )
    name = f"courriers-identifiant-dossier-{number}-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_portal_identifier(identifier)))
