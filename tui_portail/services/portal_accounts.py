"""A parent's account in the leaflet's three steps: who they are, the dossier's number received by post, a summary to confirm.

Then the activation, by the link of the message or its code typed at the kiosk, and the terms accepted with their version and date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.states import CodeKind, TryKind
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.field_checks import FormRefused, checked_name
from tui_portail.mail_addresses import check_address
from tui_portail.portal_rules import LEAFLET_PORTAL, Secret, hashed, judge_username, masked_email
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.passwords import check_choice, hash_password
from tui_portail.services.portal import Portal, refuse_closed, was_done
from tui_portail.services.portal_codes import (
    account_of_code,
    account_of_link,
    count_code_try,
    use_up,
    write_code,
)
from tui_portail.services.portal_links import link, link_subjects, lock_linkable, try_number
from tui_portail.services.portal_messages import Sent, send_activation
from tui_portail.services.portal_tries import count_try, forget_tries, of_account, of_username
from tui_portail.services.rights import Right
from tui_portail.services.sign_in import fold_username


class UsernameRefused(FormRefused):
    """The user name is not in letters only, or somebody has it (whatever the case)."""

    code = "IDENTIFIANT_REFUSE"
    source = LEAFLET_PORTAL


class PasswordNeeded(PortailError):
    """The account was given by Enfance/Jeunesse: its owner chooses a password to activate it."""

    code = "MOT_DE_PASSE_A_CHOISIR"

    def __init__(self) -> None:
        super().__init__(
            "Choisissez votre mot de passe : il vous sera demandé chaque fois, avec votre nom d’utilisateur."
        )


class AccountChanged(PortailError):
    """Something of the account changed since it was read: the parent signs in again."""

    code = "COMPTE_CHANGE"

    def __init__(self) -> None:
        super().__init__("Votre compte ou les conditions ont changé entre-temps : identifiez-vous de nouveau.")


@dataclass(frozen=True, slots=True)
class AccountForm:
    """What a parent types in the first step; `password` twice on the screen, once here."""

    last_name: str
    first_name: str
    email: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account made, not activated yet; `sent` says what became of its message."""

    account_id: int
    username: str
    email: str  # masked
    sent: Sent


def account_mistakes(portal: Portal, form: AccountForm) -> tuple[InvalidInput, ...]:
    """Return all that is wrong in the first step, one mistake a field, in their order. Raises PortalClosed."""
    refuse_closed(portal.desk.now(), portal.desk.commune())
    mistakes: list[InvalidInput] = []
    checks: tuple[Callable[[], object], ...] = (
        lambda: checked_name(form.last_name, "votre nom", "last_name"),
        lambda: checked_name(form.first_name, "votre prénom", "first_name"),
        lambda: _checked_email(form.email),
        lambda: _refuse_username(portal, form.username.strip()),
        lambda: _checked_password(portal, form),
    )
    for check in checks:
        try:
            check()
        except InvalidInput as mistake:
            mistakes.append(mistake)
    return tuple(mistakes)


def check_account(portal: Portal, form: AccountForm) -> AccountForm:
    """Return the first step cleaned. Raises FormRefused, UsernameRefused, PasswordRefused, PortalClosed."""
    refuse_closed(portal.desk.now(), portal.desk.commune())
    cleaned = AccountForm(
        checked_name(form.last_name, "votre nom", "last_name"),
        checked_name(form.first_name, "votre prénom", "first_name"),
        _checked_email(form.email),
        form.username.strip(),
        form.password,
    )
    _refuse_username(portal, cleaned.username)
    return replace(cleaned, password=_checked_password(portal, cleaned))


def _checked_email(text: str) -> str:
    if not text.strip():
        raise FormRefused("Donnez votre adresse électronique : le lien d’activation y est envoyé.", "email")
    return check_address(text)


def _refuse_username(portal: Portal, username: str) -> None:
    if not (decision := judge_username(username)):
        raise UsernameRefused(decision.sentence, "username")
    with portal.read_public() as connection:
        refuse_taken(connection, username)


def _checked_password(portal: Portal, form: AccountForm) -> str:
    name = f"{form.first_name} {form.last_name}"
    return check_choice(form.password, form.username.strip(), name, portal.desk.commune().policy.commune)


def check_number(portal: Portal, form: AccountForm, number: str) -> None:
    """Check the second step: the number received by post, for the name typed. Raises LinkRefused, TooManyTries, PortalClosed."""
    refuse_closed(portal.desk.now(), portal.desk.commune())
    try_number(portal, form.last_name, form.first_name, number)


def create_account(portal: Portal, form: AccountForm, number: str, secret: Secret, operation: str) -> NewAccount:
    """Make the account once its summary is confirmed, link it to its guardian and send the link that activates it.

    Raises what both checks raise, OperationReused. A message that could not be sent undoes nothing: `sent` says it.
    """
    form = check_account_again(portal, form, operation)
    count_try(portal.desk, TryKind.LINK, link_subjects(form.last_name, form.first_name, number))
    password_hash = hash_password(form.password)

    def work(gesture: Gesture) -> Done:
        refuse_closed(gesture.now, gesture.commune)
        refuse_taken(gesture.connection, form.username)
        guardian = lock_linkable(gesture, form.last_name, form.first_name, number)
        forget_tries(gesture.connection, TryKind.LINK, link_subjects(form.last_name, form.first_name, number))
        account_id = write_account(gesture, form, password_hash)
        link(gesture, account_id, guardian.id, guardian.dossier_id)
        until = write_code(gesture, account_id, CodeKind.ACTIVATION, secret)
        result = {"account_id": account_id, "until": until}
        return Done(result, "portal_account", account_id, guardian.dossier_id)

    content = [*_identity(form), number, hashed(secret.link)]
    try:
        made = perform(portal.desk, "creer_compte_portail", Right.PORTAL, operation, content, work, dict)
    except IntegrityError:  # two kiosks took the same name at once
        raise taken() from None
    sent = send_activation(portal, made["account_id"], secret)
    return NewAccount(made["account_id"], fold_username(form.username), masked_email(form.email), sent)


def check_account_again(portal: Portal, form: AccountForm, operation: str) -> AccountForm:
    """Check the first step again, unless the gesture was done already: its own account has the name then."""
    return form if was_done(portal, operation) else check_account(portal, form)


def write_account(gesture: Gesture, form: AccountForm, password_hash: str, given_by: int | None = None) -> int:
    """Write an account linked to nobody yet, and return its id; its user name is free."""
    return int(
        gesture.connection.execute(
            insert(t.portal_account)
            .values(
                username=fold_username(form.username),
                last_name=form.last_name,
                first_name=form.first_name,
                email=form.email,
                password_hash=password_hash,
                created_at=gesture.now,
                given_by=given_by,
                terms_version="",
                version=1,
            )
            .returning(t.portal_account.c.id)
        ).scalar_one()
    )


def activate_by_code(portal: Portal, username: str, code: str, operation: str, password: str = "") -> None:
    """Activate an account by the code typed at the kiosk. One given by Enfance/Jeunesse takes its `password` then.

    Sent again after a lost answer, it is done already. Raises CodeRefused, TooManyTries, PasswordNeeded, PasswordRefused, PortalClosed.
    """
    if was_done(portal, operation):
        return
    count_code_try(portal, username)
    with portal.read_public() as connection:
        now = portal.desk.instant(connection)
        row = account_of_code(connection, username, code, CodeKind.ACTIVATION, now)
    if not row.password_hash and not password:
        portal.desk.database.run(lambda connection: forget_tries(connection, TryKind.CODE, [of_account(row.id)]))
        raise PasswordNeeded
    _activate(
        portal, row, operation, password, lambda c, at: account_of_code(c, username, code, CodeKind.ACTIVATION, at)
    )


def activate_by_link(portal: Portal, link_secret: str, operation: str) -> str:
    """Activate an account by the link of its message, and return its user name. Raises CodeRefused, PasswordNeeded, PortalClosed."""
    with portal.read_public() as connection:
        row = account_of_link(connection, link_secret, CodeKind.ACTIVATION, portal.desk.instant(connection))
    if not row.password_hash:
        raise PasswordNeeded
    _activate(portal, row, operation, "", lambda c, at: account_of_link(c, link_secret, CodeKind.ACTIVATION, at))
    return str(row.username)


def _activate(portal: Portal, row: Any, operation: str, password: str, opened: Any) -> None:
    commune = portal.desk.commune()
    values: dict[str, object] = {}
    if not row.password_hash:
        name = f"{row.first_name} {row.last_name}"
        chosen = check_choice(password, row.username, name, commune.policy.commune)
        values["password_hash"] = hash_password(chosen)

    def work(gesture: Gesture) -> Done:
        refuse_closed(gesture.now, gesture.commune)
        opened(gesture.connection, gesture.now)
        use_up(gesture, row.id, CodeKind.ACTIVATION)
        forget_tries(gesture.connection, TryKind.CODE, [of_account(row.id)])
        account = t.portal_account
        gesture.connection.execute(
            update(account)
            .where(account.c.id == row.id)
            .values(activated_at=gesture.now, version=account.c.version + 1, **values)
        )
        return Done({}, "portal_account", row.id, dossier_of(gesture.connection, row.id))

    perform(portal.desk, "activer_compte_portail", Right.PORTAL, operation, [row.id], work, lambda kept: None)


def send_activation_again(portal: Portal, username: str, secret: Secret, operation: str) -> None:
    """Send another activation link to the address of an account not activated yet; says nothing of whether there is one.

    Raises TooManyTries, PortalClosed.
    """
    refuse_closed(portal.desk.now(), portal.desk.commune())
    folded = fold_username(username)
    count_try(portal.desk, TryKind.MESSAGE, [of_username(portal, username)])
    account = t.portal_account.c
    with portal.read_public() as connection:
        waiting = select(account.id).where(
            account.username == folded, account.activated_at.is_(None), account.erased_at.is_(None)
        )
        account_id = connection.scalar(waiting)
    if account_id is None:
        return

    def work(gesture: Gesture) -> Done:
        until = write_code(gesture, account_id, CodeKind.ACTIVATION, secret)
        return Done({"until": until}, "portal_account", account_id, dossier_of(gesture.connection, account_id))

    content = [account_id, hashed(secret.link)]
    perform(portal.desk, "renvoyer_activation", Right.PORTAL, operation, content, work, lambda kept: None)
    send_activation(portal, account_id, secret)


def accept_terms(portal: Portal, version: str, operation: str) -> None:
    """Keep that the signed parent accepted the terms in force, by their version. Raises SignInNeeded, AccountChanged, PortalClosed."""
    signed = portal.require()

    def work(gesture: Gesture) -> Done:
        refuse_closed(gesture.now, gesture.commune)
        terms = gesture.commune.policy.portal.terms
        account = t.portal_account.c
        alive = select(account.id).where(
            account.id == signed.account_id, account.version == signed.version, account.erased_at.is_(None)
        )
        if terms.version != version or gesture.connection.scalar(alive) is None:
            raise AccountChanged
        connection, accepted = gesture.connection, t.terms_accepted
        key = (accepted.c.account_id == signed.account_id, accepted.c.version == version)
        if connection.scalar(select(accepted.c.version).where(*key)) is None:
            connection.execute(
                insert(accepted).values(
                    account_id=signed.account_id, version=version, terms_on=terms.on, accepted_at=gesture.now
                )
            )
        connection.execute(
            update(t.portal_account)
            .where(t.portal_account.c.id == signed.account_id)
            .values(terms_version=version, terms_accepted_at=gesture.now)
        )
        return Done({}, "portal_account", signed.account_id, dossier_of(connection, signed.account_id))

    content = [signed.account_id, version]
    perform(portal.desk, "accepter_conditions", Right.PORTAL, operation, content, work, lambda kept: None)


def link_again(portal: Portal, number: str, operation: str) -> None:
    """Link the signed parent's account, unlinked since, by a dossier's number. Raises LinkRefused, TooManyTries, SignInNeeded."""
    signed = portal.require()
    account = t.portal_account.c
    with portal.read_public() as connection:
        who = connection.execute(
            select(account.last_name, account.first_name).where(account.id == signed.account_id)
        ).one()
    subjects = link_subjects(who.last_name, who.first_name, number)
    count_try(portal.desk, TryKind.LINK, subjects)

    def work(gesture: Gesture) -> Done:
        refuse_closed(gesture.now, gesture.commune)
        guardian = lock_linkable(gesture, who.last_name, who.first_name, number)
        free = select(account.id).where(
            account.id == signed.account_id, account.guardian_id.is_(None), account.version == signed.version
        )
        if gesture.connection.scalar(free) is None:
            raise AccountChanged
        forget_tries(gesture.connection, TryKind.LINK, subjects)
        link(gesture, signed.account_id, guardian.id, guardian.dossier_id)
        return Done({"version": signed.version + 1}, "portal_account", signed.account_id, guardian.dossier_id)

    def answer(kept: Mapping[str, Any]) -> None:
        portal.account = replace(signed, version=kept["version"])

    perform(portal.desk, "rattacher_compte", Right.PORTAL, operation, [signed.account_id, number], work, answer)


def dossier_of(connection: Connection, account_id: int) -> int | None:
    """Return the dossier that an account is linked to, if any."""
    return connection.scalar(
        select(t.guardian.c.dossier_id)
        .join(t.portal_account, t.portal_account.c.guardian_id == t.guardian.c.id)
        .where(t.portal_account.c.id == account_id)
    )


def _identity(form: AccountForm) -> list[str]:
    """Return what names the account asked for: never its password."""
    return [form.last_name, form.first_name, form.email, fold_username(form.username)]


def refuse_taken(connection: Connection, username: str) -> None:
    """Refuse a user name that somebody has, whatever its case. Raises UsernameRefused."""
    same = select(t.portal_account.c.id).where(t.portal_account.c.username == bindparam("typed"))
    # apart from the statement, which SQLAlchemy keeps in its cache with the values written in it: what was typed is forgotten
    if connection.scalar(same, {"typed": fold_username(username)}) is not None:
        raise taken()


def taken() -> UsernameRefused:
    """Return the refusal of a name that somebody has."""
    return UsernameRefused(
        "Ce nom d’utilisateur est déjà pris, en majuscules ou en minuscules : choisissez-en un autre.", "username"
    )
