"""The messages sent to parents: activation, forgotten password, a quittance. Sent after the gesture is committed, never within it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.errors import PortailError
from tui_portail.french import plural
from tui_portail.mailing import Attachment, Message
from tui_portail.portal_rules import Secret
from tui_portail.services.desk import Desk

NO_SERVER = "La mairie n’a pas réglé l’envoi des messages : adressez-vous au service Enfance/Jeunesse, qui vous donnera votre code."

REFUSED = "Cette adresse électronique est refusée : adressez-vous au service Enfance/Jeunesse, qui la corrigera et vous donnera votre code."
NOT_NOW = "Réessayez dans quelques minutes, ou adressez-vous au service Enfance/Jeunesse."


class Seat(Protocol):
    """Who sends: the portal itself, or a desk of Enfance/Jeunesse."""

    @property
    def desk(self) -> Desk:
        """The desk, with what sends messages."""

    def read_public(self) -> AbstractContextManager[Connection]:
        """Give a read transaction that may see the account's address."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Whether a message left, and when it did not what to tell a parent, and why, for an agent."""

    done: bool
    sentence: str = ""
    cause: str = ""


def send_activation(seat: Seat, account_id: int, secret: Secret) -> Sent:
    """Send an account's activation: the code to type, and the link where the portal has an address in a browser.

    An account given by Enfance/Jeunesse has no password yet: it is chosen with the code, a link alone would not do.
    """
    commune = seat.desk.commune()
    hours = plural(commune.policy.portal.activation_hours, "heure")
    address = seat.desk.portal_address
    with seat.read_public() as connection:
        has_password = connection.scalar(
            select(t.portal_account.c.password_hash != "").where(t.portal_account.c.id == account_id)
        )
    where = "À la borne de la mairie" if address is None else f"Sur {address}, ou à la borne de la mairie"
    link = f"Ouvrez ce lien :\n{address}/activer?jeton={secret.link}\n\nOu bien : " if address and has_password else ""
    return _send(
        seat,
        account_id,
        "Activez votre compte du Portail Famille",
        f"Votre compte du Portail Famille est créé. Il reste à l’activer, dans les {hours}.\n\n"
        f"{link}{where[0].lower() + where[1:] if link else where}, choisissez « Activer mon compte » et tapez votre nom "
        "d’utilisateur, "
        f"« {{username}} », puis ce code :\n\n    {secret.shown_code}\n\n"
        "Si vous n’avez pas demandé ce compte, ne faites rien et prévenez le service Enfance/Jeunesse.",
    )


def send_new_password(seat: Seat, account_id: int, secret: Secret) -> Sent:
    """Send the code by which a new password is chosen."""
    minutes = plural(seat.desk.commune().policy.portal.reset_minutes, "minute")
    return _send(
        seat,
        account_id,
        "Votre nouveau mot de passe du Portail Famille",
        "Un nouveau mot de passe a été demandé pour votre compte du Portail Famille, « {username} ».\n\n"
        f"Tapez ce code là où il vous est demandé, dans les {minutes} :\n\n    {secret.shown_code}\n\n"
        "Si ce n’est pas vous, ne faites rien : votre mot de passe ne change pas.",
    )


def send_document(seat: Seat, account_id: int, subject: str, body: str, documents: Sequence[Attachment]) -> Sent:
    """Send documents to the parent's own address."""
    return _send(seat, account_id, subject, body.replace("{", "{{").replace("}", "}}"), documents)


def _send(seat: Seat, account_id: int, subject: str, body: str, documents: Sequence[Attachment] = ()) -> Sent:
    """Send a message to an account's address, signed by the commune; `{username}` in its body is the account's."""
    if (post := seat.desk.post) is None:
        return Sent(False, NO_SERVER)
    account = t.portal_account.c
    with seat.read_public() as connection:
        who = connection.execute(
            select(account.email, account.first_name, account.last_name, account.username).where(
                account.id == account_id
            )
        ).one()
    text = f"Bonjour {who.first_name} {who.last_name},\n\n{body.format(username=who.username)}\n\n{_signature(seat.desk.commune())}"
    try:
        sender = seat.desk.commune().identity.name
        post(Message(who.email, subject, text, tuple(documents), sender))
    except PortailError as problem:  # its own sentence is for whoever keeps the server
        sentence = REFUSED if problem.code == "COURRIEL_DESTINATAIRE_REFUSE" else NOT_NOW
        return Sent(False, sentence, str(problem))
    return Sent(True)


def _signature(commune: Commune) -> str:
    identity = commune.identity
    return "\n".join((identity.name, identity.service, *identity.address, *filter(None, (identity.phone,))))
