"""Signing in at the portal, and the forgotten password: an unknown user name and a wrong password are answered alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from models import tables as t
from models.states import CodeKind, TryKind
from tui_portail.errors import PortailError
from tui_portail.portal_rules import Secret, hashed
from tui_portail.services.desk import new_operation
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.passwords import check_choice, hash_password, needs_rehash, verify
from tui_portail.services.portal import Portal, SignedAccount, refuse_closed, was_done
from tui_portail.services.portal_accounts import dossier_of
from tui_portail.services.portal_codes import account_of_code, count_code_try, use_up, write_code
from tui_portail.services.portal_messages import send_new_password
from tui_portail.services.portal_tries import count_try, forget_tries, of_account, of_username
from tui_portail.services.rights import Right
from tui_portail.services.sign_in import BadCredentials, fold_username

ASKED = (
    "Si un compte actif porte ce nom, un message vient d’être envoyé à son adresse : "
    "tapez ici le code qu’il contient, puis votre nouveau mot de passe."
)
"""What is answered to whoever forgot a password, whether there is such an account or not."""

USERNAME = "Le nom d’utilisateur"
"""What a parent's identifier is called on their pages."""


class NotActivated(PortailError):
    """The password is right, and the account was not activated yet."""

    code = "COMPTE_NON_ACTIVE"

    def __init__(self) -> None:
        super().__init__(
            "Votre compte n’est pas encore activé : ouvrez le lien du message reçu, ou tapez ici le code qu’il contient."
        )


def sign_in_parent(portal: Portal, username: str, password: str) -> SignedAccount:
    """Sign a parent in by their user name, whatever its case, and password.

    Raises BadCredentials (for a name that nobody has, too), TooManyTries, NotActivated, PortalClosed, DatabaseFailure.
    """
    desk, folded = portal.desk, fold_username(username)
    refuse_closed(desk.now(), desk.commune())
    tried = [of_username(portal, username)]
    count_try(desk, TryKind.SIGN_IN, tried)
    account = t.portal_account.c
    with portal.read_public() as connection:
        row = connection.execute(
            select(t.portal_account).where(
                account.username == (folded if folded.isprintable() else ""), account.erased_at.is_(None)
            )
        ).first()
    if not verify(row.password_hash or None if row else None, password) or row is None:
        raise BadCredentials(USERNAME)
    if row.activated_at is None:
        raise NotActivated
    renewed = {"password_hash": hash_password(password)} if needs_rehash(row.password_hash) else {}

    def work(gesture: Gesture) -> Done:
        forget_tries(gesture.connection, TryKind.SIGN_IN, tried)
        still = update(t.portal_account).where(
            account.id == row.id, account.password_hash == row.password_hash, account.erased_at.is_(None)
        )
        if not gesture.connection.execute(still.values(username=row.username, **renewed)).rowcount:
            raise BadCredentials(USERNAME)  # changed meanwhile
        return Done({}, "portal_account", row.id, dossier_of(gesture.connection, row.id))

    signed = SignedAccount(row.id, row.username, f"{row.first_name} {row.last_name}", row.version)

    def answer(kept: Mapping[str, Any]) -> SignedAccount:
        portal.account = signed
        return signed

    return perform(desk, "ouvrir_session_portail", Right.PORTAL, new_operation(), [row.id], work, answer)


def ask_new_password(portal: Portal, username: str, secret: Secret, operation: str) -> str:
    """Send a code to the address of an activated account, and return what to tell: the same where there is none.

    Raises TooManyTries, PortalClosed.
    """
    desk, folded = portal.desk, fold_username(username)
    refuse_closed(desk.now(), desk.commune())
    count_try(desk, TryKind.MESSAGE, [of_username(portal, username)])
    account = t.portal_account.c
    known = select(account.id).where(
        account.username == folded, account.activated_at.is_not(None), account.erased_at.is_(None)
    )
    with portal.read_public() as connection:
        account_id = connection.scalar(known)
    if account_id is None:
        return ASKED

    def work(gesture: Gesture) -> Done:
        until = write_code(gesture, account_id, CodeKind.PASSWORD, secret)
        return Done({"until": until}, "portal_account", account_id, dossier_of(gesture.connection, account_id))

    content = [account_id, hashed(secret.link)]
    perform(desk, "demander_mot_de_passe", Right.PORTAL, operation, content, work, lambda kept: None)
    send_new_password(portal, account_id, secret)
    return ASKED


def choose_password(portal: Portal, username: str, code: str, password: str, operation: str) -> None:
    """Give an account a new password by the code received; the sessions under way end. Sent again after a lost answer, it is done already.

    Raises CodeRefused, TooManyTries, PasswordRefused, PortalClosed.
    """
    if was_done(portal, operation):
        return
    desk = portal.desk
    count_code_try(portal, username)
    with portal.read_public() as connection:
        row = account_of_code(connection, username, code, CodeKind.PASSWORD, desk.instant(connection))
    name = f"{row.first_name} {row.last_name}"
    password_hash = hash_password(check_choice(password, row.username, name, desk.commune().policy.commune))

    def work(gesture: Gesture) -> Done:
        refuse_closed(gesture.now, gesture.commune)
        connection = gesture.connection
        account_of_code(connection, username, code, CodeKind.PASSWORD, gesture.now)
        use_up(gesture, row.id, CodeKind.PASSWORD)
        for kind in (TryKind.CODE, TryKind.SIGN_IN, TryKind.MESSAGE):
            forget_tries(connection, kind, [of_account(row.id)])
        account = t.portal_account
        connection.execute(
            update(account)
            .where(account.c.id == row.id)
            .values(password_hash=password_hash, version=account.c.version + 1)
        )
        return Done({}, "portal_account", row.id, dossier_of(connection, row.id))

    perform(desk, "changer_mot_de_passe_portail", Right.PORTAL, operation, [row.id], work, lambda kept: None)
