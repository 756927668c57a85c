"""The families' portal as a seat of its own: a desk whose agent is the portal itself, and the parent who signed in at it.

The portal's agent holds one right, to act for the account signed in: no service of the desks answers it. What a parent sees and does goes
through `Portal.read` and `act`, which find the parent's own dossier and payer in the same transaction, from the account alone: no screen
says whose they are. Closed hours, an account unlinked, a password changed meanwhile and terms not accepted yet stop both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.states import BasketOrigin
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris
from tui_portail.portal_rules import judge_open
from tui_portail.services.accounts import living
from tui_portail.services.desk import Desk, Post, SignedAgent
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right, Role
from tui_portail.services.sign_in import signed_as

if TYPE_CHECKING:
    from tui_portail.commune import Commune
    from tui_portail.services.online_payments import OnlineServices

T = TypeVar("T")
PORTAL_USERNAME = "portail famille"  # a space: no agent's user name has one
PORTAL_NAME = "Portail Famille"


class PortalClosed(PortailError):
    """It is one of the hours at which the portal is closed."""

    code = "PORTAIL_FERME"


class SignInNeeded(PortailError):
    """Nobody is signed in at the portal, or the session was ended: by an unlinking, by a new password."""

    code = "PORTAIL_SESSION_FINIE"

    def __init__(self) -> None:
        super().__init__("Votre session est terminée : identifiez-vous de nouveau pour continuer.")


class NotLinked(PortailError):
    """The account is linked to no dossier (any more)."""

    code = "COMPTE_NON_RATTACHE"

    def __init__(self) -> None:
        super().__init__(
            "Votre compte n’est rattaché à aucun dossier : tapez le numéro reçu par courrier, "
            "ou adressez-vous au service Enfance/Jeunesse."
        )


class TermsToAccept(PortailError):
    """The terms in force were not accepted yet."""

    code = "CONDITIONS_A_ACCEPTER"

    def __init__(self) -> None:
        super().__init__("Lisez et acceptez les conditions d’utilisation pour continuer.")


@dataclass(frozen=True, slots=True)
class SignedAccount:
    """The parent signed in. `version` is the account's then: a session ends when it moves."""

    account_id: int
    username: str
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class Own:
    """What is the parent's own, read from the account within the transaction: nobody else's is ever asked for."""

    account_id: int
    guardian_id: int
    payer_id: int
    dossier_id: int
    name: str
    email: str


@dataclass(slots=True)
class Portal:
    """What every gesture of a parent needs."""

    desk: Desk
    account: SignedAccount | None = None

    @property
    def online(self) -> OnlineServices | None:
        """PayFiP, where payments online can be asked for from this desk."""
        return self.desk.online

    @property
    def post(self) -> Post | None:
        """What sends messages, None where none can be sent."""
        return self.desk.post

    def forget(self) -> None:
        """Forget who was signed in."""
        self.account = None

    def require(self) -> SignedAccount:
        """Return the parent signed in. Raises SignInNeeded."""
        if self.account is None:
            raise SignInNeeded
        return self.account

    @contextmanager
    def read_public(self) -> Iterator[Connection]:
        """Give a read transaction for what everyone may see, at whatever hour."""
        with self.desk.read(Right.PORTAL) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[tuple[Connection, Own]]:
        """Give a read transaction, and what is the signed parent's own. Raises what `own_of` raises."""
        signed = self.require()
        with self.desk.read(Right.PORTAL) as connection:
            yield connection, own_of(connection, signed, self.desk.instant(connection), self.desk.commune(connection))


def was_done(portal: Portal, operation: str) -> bool:
    """Say whether a gesture was done: sent again after a lost answer, what it needed (a free name, a code) is used up by itself."""
    done = select(t.audit_event.c.operation_id).where(t.audit_event.c.operation_id == operation)
    with portal.read_public() as connection:
        return connection.scalar(done) is not None


def take_seat(
    desk: Desk,
    origin: BasketOrigin,
    post: Post | None = None,
    address: str | None = None,
) -> Portal:
    """Sign the portal's own agent at a desk, made the first time, and return the portal; its baskets are marked with `origin`."""
    try:
        agent = desk.database.run(lambda connection: _portal_agent(desk, connection))
    except IntegrityError:  # another kiosk made it meanwhile
        agent = desk.database.run(lambda connection: _portal_agent(desk, connection))
    desk.sign(agent)
    desk.origin, desk.post, desk.portal_address = origin, post or desk.post, address or desk.portal_address
    return Portal(desk)


def _portal_agent(desk: Desk, connection: Connection) -> SignedAgent:
    """Return the portal's agent, made where it lacks: no password opens it."""
    known = select(t.agent).where(t.agent.c.username == PORTAL_USERNAME)
    if (row := connection.execute(known).first()) is None:
        made = {
            "username": PORTAL_USERNAME,
            "name": PORTAL_NAME,
            "password_hash": "",
            "must_change_password": False,
            "created_at": desk.instant(connection),
        }
        agent_id = connection.execute(insert(t.agent).values(made).returning(t.agent.c.id)).scalar_one()
        connection.execute(insert(t.agent_role).values(agent_id=agent_id, role=Role.PORTAL.value))
        row = connection.execute(known).one()
    return signed_as(connection, row)


def act(
    portal: Portal,
    name: str,
    operation: str,
    content: object,
    work: Callable[[Gesture, Own], Done],
    answer: Callable[[Mapping[str, Any]], T],
) -> T:
    """Do a gesture of the signed parent once and for all, as `perform` does an agent's, on what is their own; whose it was is kept.

    Raises what `own_of` and `perform` raise, and whatever the work refuses.
    """
    signed = portal.require()

    def on_their_own(gesture: Gesture) -> Done:
        done = work(gesture, own_of(gesture.connection, signed, gesture.now, gesture.commune))
        return replace(done, details={**(done.details or {}), "account": signed.account_id})

    return perform(portal.desk, name, Right.PORTAL, operation, [signed.account_id, content], on_their_own, answer)


def refuse_closed(now: datetime, commune: Commune) -> None:
    """Raise PortalClosed outside the portal's hours (`now`: an instant)."""
    decision = judge_open(in_paris(now), commune.policy.portal)
    if not decision:
        raise PortalClosed(decision.sentence, source=decision.source)


def own_of(connection: Connection, signed: SignedAccount, now: datetime, commune: Commune) -> Own:
    """Return what is a parent's own. Raises PortalClosed, SignInNeeded, NotLinked, TermsToAccept."""
    refuse_closed(now, commune)
    row = connection.execute(_OWN, {"account": signed.account_id}).first()
    if row is None or row.version != signed.version or row.activated_at is None or row.erased_at is not None:
        raise SignInNeeded
    if row.terms_version != commune.policy.portal.terms.version:
        raise TermsToAccept
    if row.guardian_id is None or row.payer_id is None:
        raise NotLinked
    return Own(
        signed.account_id, row.guardian_id, row.payer_id, row.dossier_id, f"{row.first_name} {row.last_name}", row.email
    )


_OWN = (
    select(
        t.portal_account.c.version,
        t.portal_account.c.activated_at,
        t.portal_account.c.erased_at,
        t.portal_account.c.terms_version,
        t.portal_account.c.email,
        t.portal_account.c.guardian_id,
        t.guardian.c.first_name,
        t.guardian.c.last_name,
        t.guardian.c.dossier_id,
        living().label("payer_id"),
    )
    .select_from(t.portal_account)
    .outerjoin(t.guardian, t.guardian.c.id == t.portal_account.c.guardian_id)
    .outerjoin(t.payer, t.payer.c.guardian_id == t.guardian.c.id)
    .where(t.portal_account.c.id == bindparam("account"))
)
