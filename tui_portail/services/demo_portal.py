"""The demonstration's families on the portal: two parents who have their account, one of them with a basket made at the kiosk.

Payment online is on there, with PayFiP's simulator: nothing is paid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select

from models import tables as t
from models.states import BasketOrigin
from tui_portail.commune import Commune
from tui_portail.planning import Change
from tui_portail.policy import Means
from tui_portail.service_rules import OnlinePaymentRules
from tui_portail.services.desk import Desk
from tui_portail.services.portal import Portal, take_seat
from tui_portail.services.portal_accounts import AccountForm, accept_terms, activate_by_code, create_account
from tui_portail.services.portal_codes import new_secret
from tui_portail.services.portal_planning import finish_own_changes
from tui_portail.services.portal_sign_in import sign_in_parent

PARENT_PASSWORD = "marelle-cartable-goûter"  # noqa: S105 (printed in the README: it opens fictitious families)
PARENTS = ("parentun", "parentdeux")
CLIENT_NUMBER = "090909"  # the simulator's
Operations = Callable[[], str]


def paying_online(commune: Commune) -> Commune:
    """Return a commune that takes payments online by the simulator."""
    policy = commune.policy
    means = {**policy.means, Means.PAYFIP: replace(policy.means[Means.PAYFIP], enabled=True)}
    return replace(commune, policy=replace(policy, means=means, online=OnlinePaymentRules(True, CLIENT_NUMBER)))


def kiosk_of(desk: Desk) -> Portal:
    """Return the mairie's kiosk, on the base and the clock of a desk; its messages are kept by nobody."""
    return take_seat(Desk(desk.database, desk.documents_dir, desk.clock), BasketOrigin.KIOSK)


def make_account(portal: Portal, username: str, dossier_id: int, operation: Operations) -> None:
    """Make the account of a dossier's first payer as they would: three steps, the code, the terms."""
    guardian, payer, dossier = t.guardian.c, t.payer.c, t.dossier.c
    with portal.desk.database.read() as connection:
        who = connection.execute(
            select(guardian.last_name, guardian.first_name, dossier.number)
            .join(t.payer, payer.guardian_id == guardian.id)
            .join(t.dossier, dossier.id == guardian.dossier_id)
            .where(guardian.dossier_id == dossier_id, payer.rank == 1)
        ).one()
    form = AccountForm(who.last_name, who.first_name, f"{username}@exemple.fr", username, PARENT_PASSWORD)
    secret = new_secret()
    create_account(portal, form, who.number, secret, operation())
    activate_by_code(portal, username, secret.code, operation())
    sign_in_parent(portal, username, PARENT_PASSWORD)
    accept_terms(portal, portal.desk.commune().policy.portal.terms.version, operation())
    portal.forget()


def book_at_the_kiosk(portal: Portal, username: str, changes: Sequence[Change], operation: Operations) -> int:
    """Book as a parent does at the kiosk, and return how many baskets then wait."""
    sign_in_parent(portal, username, PARENT_PASSWORD)
    finished = finish_own_changes(portal, changes, operation())
    portal.forget()
    return len(finished.baskets)
