"""The families' accounts on the portal, held by Enfance/Jeunesse: a second identifier given, a code sent again, an account unlinked.

Leaflet, « Parents séparés »: the second identifier of a dossier is asked for at Enfance/Jeunesse. The account given has no password: its
owner chooses one when activating it by the code, sent to their address or printed. An agent never knows a password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.states import CodeKind
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.mail_addresses import check_address
from tui_portail.portal_rules import LEAFLET_PORTAL, Secret, hashed, judge_username, masked_email
from tui_portail.services.account_reading import linkable_payer, read_account
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, lock_dossier
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.identities import person_name
from tui_portail.services.portal_accounts import (
    AccountForm,
    UsernameRefused,
    dossier_of,
    refuse_taken,
    taken,
    write_account,
)
from tui_portail.services.portal_codes import end_codes, write_code
from tui_portail.services.portal_links import link, unlink
from tui_portail.services.portal_messages import Sent, send_activation
from tui_portail.services.rights import Right
from tui_portail.services.sign_in import fold_username

LONGEST_REASON = 200
GIVE, SEND_AGAIN, UNLINK = "donner_identifiant", "redonner_code", "detacher_compte"
LINK_AGAIN, CORRECT = "rattacher_compte_guichet", "corriger_courriel_compte"
NO_ADDRESS = "Ce compte n’a pas d’adresse électronique : remettez son code sur papier."


class AccountRefused(PortailError):
    """What is asked of an account cannot be done as it stands; the sentence says what to do."""

    code = "COMPTE_FAMILLE_REFUSE"
    source = LEAFLET_PORTAL


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code to hand over: whose, under which user name, valid until when (UTC); `sent` says what became of its message.

    The code itself is the `secret` of whoever asked: it is kept nowhere.
    """

    account_id: int
    name: str
    username: str
    email: str  # masked; empty where there is none
    until: datetime
    sent: Sent


@dataclass(frozen=True, slots=True)
class _EnfanceSeat:
    """A desk of Enfance/Jeunesse as a sender of messages."""

    desk: Desk

    @contextmanager
    def read_public(self) -> Iterator[Connection]:
        with self.desk.read(Right.PORTAL_ACCOUNTS) as connection:
            yield connection


def give_second_identifier(
    desk: Desk, guardian_id: int, username: str, email: str, secret: Secret, operation: str
) -> GivenCode:
    """Make an account without password for a payer who has none, linked to them, with the code that activates it.

    `email` may be empty: the code is then handed over on paper. Raises UsernameRefused, FormRefused, AccountRefused, DossierUnknown,
    DossierErased, DossierMerged, NotAllowed, OperationReused. A message that could not be sent undoes nothing.
    """
    username, email = username.strip(), check_address(email) if email.strip() else ""
    if not (decision := judge_username(username)):
        raise UsernameRefused(decision.sentence, "username")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        who = _lock_payer(gesture, guardian_id)
        refuse_taken(connection, username)
        form = AccountForm(who.last_name, who.first_name, email, username, "")
        account_id = write_account(gesture, form, "", gesture.agent.agent_id)
        link(gesture, account_id, guardian_id, who.dossier_id)
        until = write_code(gesture, account_id, CodeKind.ACTIVATION, secret)
        return _done(account_id, who, {"until": until})

    content = [guardian_id, fold_username(username), email, hashed(secret.link)]
    try:
        made = perform(desk, GIVE, Right.PORTAL_ACCOUNTS, operation, content, work, dict)
    except IntegrityError:  # the portal gave the name at once
        raise taken() from None
    return _given(desk, made, secret)


def send_code_again(desk: Desk, account_id: int, secret: Secret, operation: str) -> GivenCode:
    """Give an account that waits for its activation another code; those given before end.

    Raises AccountRefused, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        account = _lock_account(gesture, account_id)
        if account.activated_at is not None:
            raise AccountRefused(
                "Ce compte est déjà activé : son mot de passe se change par « Mot de passe oublié », au portail. "
                "Si l’adresse a changé, corrigez-la d’abord ici."
            )
        return _done(account_id, account, {"until": write_code(gesture, account_id, CodeKind.ACTIVATION, secret)})

    content = [account_id, hashed(secret.link)]
    return _given(desk, perform(desk, SEND_AGAIN, Right.PORTAL_ACCOUNTS, operation, content, work, dict), secret)


def unlink_account(desk: Desk, account_id: int, reason: str, operation: str) -> None:
    """Take an account off its guardian, with a reason: its sessions and its codes end, it sees nothing of the family any more.

    Raises AccountRefused, InvalidInput, NotAllowed, OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif", "reason")
    if not reason:
        raise InvalidInput("Tapez pourquoi ce compte est détaché : le motif est conservé.")

    def work(gesture: Gesture) -> Done:
        account = _lock_account(gesture, account_id)
        end_codes(gesture, account_id)
        unlink(gesture, account_id, account.guardian_id, account.dossier_id)
        return _done(account_id, account, {}, reason)

    perform(desk, UNLINK, Right.PORTAL_ACCOUNTS, operation, [account_id, reason], work, lambda kept: None)


def link_account_again(desk: Desk, account_id: int, guardian_id: int, operation: str) -> None:
    """Link an account, unlinked by mistake, to the payer it was of: second payers cannot do it by themselves.

    Raises AccountRefused, DossierUnknown, DossierErased, DossierMerged, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        who = _lock_payer(gesture, guardian_id)
        if who.former_account_id != account_id:
            raise AccountRefused("Ce compte n’était pas celui de ce responsable : donnez-lui plutôt un identifiant.")
        link(gesture, account_id, guardian_id, who.dossier_id)
        return _done(account_id, who, {})

    content = [account_id, guardian_id]
    perform(desk, LINK_AGAIN, Right.PORTAL_ACCOUNTS, operation, content, work, lambda kept: None)


def correct_email(desk: Desk, account_id: int, email: str, operation: str) -> str:
    """Correct the address of an account, and return it masked; the codes sent to the one before end.

    Raises FormRefused, AccountRefused, NotAllowed, OperationReused.
    """
    email = check_address(email) if email.strip() else ""

    def work(gesture: Gesture) -> Done:
        account = _lock_account(gesture, account_id)
        end_codes(gesture, account_id)
        of_account = t.portal_account.c.id == account_id
        gesture.connection.execute(update(t.portal_account).where(of_account).values(email=email))
        return _done(account_id, account, {})

    perform(desk, CORRECT, Right.PORTAL_ACCOUNTS, operation, [account_id, email], work, lambda kept: None)
    return masked_email(email)


def _done(account_id: int, who: Any, result: Mapping[str, Any], reason: str = "") -> Done:
    """`who`: the guardian whose account it is (guardian_id, dossier_id), named in the history whatever becomes of the link."""
    details = About("guardian", who.guardian_id).details
    return Done({"account_id": account_id, **result}, "portal_account", account_id, who.dossier_id, reason, details)


def _given(desk: Desk, made: Mapping[str, Any], secret: Secret) -> GivenCode:
    """Send the code where the account has an address, once it is kept, and return what to tell."""
    with desk.read(Right.PORTAL_ACCOUNTS) as connection:
        account = read_account(connection, made["account_id"])
    if account is None:
        raise no_longer_linked()
    sent = send_activation(_EnfanceSeat(desk), account.id, secret) if account.email else Sent(False, NO_ADDRESS)
    name, email = person_name(account.first_name, account.last_name), masked_email(account.email)
    return GivenCode(account.id, name, account.username, email, datetime.fromisoformat(made["until"]), sent)


def _lock_payer(gesture: Gesture, guardian_id: int) -> Any:
    """Lock the dossier of a guardian who pays and has no account, and return their row. Raises AccountRefused, DossierUnknown."""
    connection = gesture.connection
    dossier_id = connection.scalar(select(t.guardian.c.dossier_id).where(t.guardian.c.id == guardian_id))
    if dossier_id is None:
        raise DossierUnknown
    dossier = lock_dossier(connection, dossier_id)
    if dossier.archived_at is not None:
        raise AccountRefused("Ce dossier est archivé : rouvrez-le avant de donner un identifiant.")
    who = linkable_payer(connection, guardian_id)
    if who is None or who.dossier_id != dossier_id:
        raise AccountRefused(
            "Ce responsable ne paie rien au dossier : faites-en un payeur avant de lui donner un identifiant."
        )
    if who.account_id is not None:
        raise AccountRefused("Ce responsable a déjà un compte : redonnez-lui son code, ou détachez d’abord ce compte.")
    return who


def _lock_account(gesture: Gesture, account_id: int) -> Any:
    """Lock the dossier that an account is linked to; return its row as it is then, with its `dossier_id`. Raises AccountRefused."""
    connection = gesture.connection
    if (dossier_id := dossier_of(connection, account_id)) is None:
        raise no_longer_linked()
    lock_dossier(connection, dossier_id)
    account = read_account(connection, account_id)
    if account is None or account.dossier_id != dossier_id:
        raise no_longer_linked()
    return account


def no_longer_linked() -> AccountRefused:
    """Return the refusal of an account that was taken off its guardian meanwhile."""
    return AccountRefused(
        "Ce compte n’est plus rattaché à ce dossier : relisez l’accès au portail (F5) avant de recommencer."
    )
