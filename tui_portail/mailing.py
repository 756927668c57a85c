"""Messages to families by e-mail: written so that no text can become a header, and handed to the mairie's SMTP server over a proved link.

A message is accepted by the server or it is not sent: nothing is kept to be sent again. Neither the password nor the text of a message
is in a sentence, a log or a trace (`tui_portail/mail_refusals.py`).
"""

from __future__ import annotations

import base64
import smtplib
import ssl
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from tui_portail.errors import InvalidInput
from tui_portail.instants import in_paris
from tui_portail.logs import note
from tui_portail.mail_addresses import check_address as check_address
from tui_portail.mail_addresses import posted
from tui_portail.mail_refusals import (
    CHECK_ACCOUNT,
    account_refused,
    codes_of,
    message_refused,
    not_protected,
    recipient_refused,
    refusals_told,
    sender_refused,
    words_of,
)
from tui_portail.mail_refusals import MailNotSent as MailNotSent
from tui_portail.password_keyring import kept_password
from tui_portail.plain_text import plain
from tui_portail.settings import MailServer, Settings, settings_file
from tui_portail.this_machine import is_this_machine

SEND_SECONDS = 10.0
LONGEST_LINE = 200
_OK, _FORWARDED = 250, 251


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; its name may have accents and spaces. `kind` is its type (RFC 6838)."""

    name: str
    content: bytes
    kind: str = "application/pdf"

    def __post_init__(self) -> None:
        _check_line(self.name, "Le nom d’une pièce jointe")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one person. `sender_name` is shown before the address it comes from: the service's name, say.

    Raises FormRefused for an address that cannot be one, InvalidInput for a subject or a name with a line end or another control in it.
    """

    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    sender_name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "to", check_address(self.to, "to"))
        _check_line(self.subject, "L’objet d’un message")
        _check_line(self.sender_name, "Le nom de l’expéditeur d’un message")


def server_of(settings: Settings) -> MailServer:
    """Return the mail server of a desk. Raises MailNotSent (COURRIEL_NON_REGLE) where none is set."""
    if settings.mail is None:
        raise MailNotSent(
            "Aucun serveur de courriels n’est réglé sur ce poste : donnez « courriel_serveur » et « courriel_expediteur » dans "
            f"{settings_file()}, puis essayez par « tui-portail courriel essayer ADRESSE ».",
            code="COURRIEL_NON_REGLE",
        )
    return settings.mail


def keyring_account(server: MailServer) -> str:
    """Return the name under which the password of the server's account is kept in the system's keyring."""
    return f"smtp://{server.username}@{server}"


def send(
    server: MailServer,
    message: Message,
    *,
    timeout_seconds: float = SEND_SECONDS,
    context: ssl.SSLContext | None = None,
) -> str:
    """Hand a message to the server, and return the words it was accepted with. Raises MailNotSent.

    No answer is waited for longer than `timeout_seconds`: to be called off the screen's thread, and outside a transaction.
    `context`: the authorities trusted, None for the system's (or those of SSL_CERT_FILE).
    """
    content = written(message, server.sender).as_bytes()
    try:
        with refusals_told(server), _connected(server, timeout_seconds, context) as client:
            _sign_in(client, server)
            answer = _hand_over(client, server, message.to, content)
    except MailNotSent as refused:
        note("courriel", issue=refused.code)
        raise
    note("courriel", issue="accepte")
    return answer


def written(message: Message, sender: str) -> EmailMessage:
    """Return a message as it travels: headers that hold one line each, text in UTF-8, attached files."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(message.sender_name, addr_spec=posted(sender))
    mail["To"] = Address(addr_spec=posted(message.to))
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(in_paris(datetime.now(UTC)))
    mail["Message-ID"] = make_msgid(domain=posted(sender).rpartition("@")[2])  # else the name of this machine
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: an absence notice does not answer it
    mail.set_content(plain(message.body), cte="quoted-printable")
    for one in message.attachments:
        kind, _, subtype = one.kind.partition("/")
        mail.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
    return mail


def _check_line(text: str, what: str) -> None:
    """Refuse what could end a header and begin another, or that no header can hold."""
    if any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for one in text):
        raise InvalidInput(f"{what} tient sur une ligne, sans caractère de commande : retirez-les.")
    if len(text) > LONGEST_LINE:
        raise InvalidInput(f"{what} est trop long : {LONGEST_LINE} caractères au plus.")


@contextmanager
def _connected(server: MailServer, seconds: float, context: ssl.SSLContext | None) -> Iterator[smtplib.SMTP]:
    """Give a client whose link is protected as the settings say; left politely, or cut when the server says no more."""
    if server.security == "aucune" and not is_this_machine(server.host):
        raise not_protected(server, "les réglages le laisseraient passer en clair jusqu’à une autre machine")
    named = "localhost"  # until its number is known: smtplib would ask a DNS for a name, and may wait for it
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=named,
            timeout=seconds,
            context=context or ssl.create_default_context(),
        )
    else:
        client = smtplib.SMTP(server.host, server.port, local_hostname=named, timeout=seconds)
    try:
        client.local_hostname = _own_number(client)
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            client.starttls(context=context or ssl.create_default_context())
            client.ehlo_or_helo_if_needed()
        yield client
        with suppress(smtplib.SMTPException, OSError):  # the message is accepted, whatever is said at the door
            client.quit()
    finally:
        client.close()


def _own_number(client: smtplib.SMTP) -> str:
    """Return how a machine without a public name presents itself (RFC 5321, 4.1.3): its number, and nothing of its own name."""
    number = client.sock.getsockname()[0].partition("%")[0] if client.sock else "127.0.0.1"
    return f"[IPv6:{number}]" if ":" in number else f"[{number}]"


def _sign_in(client: smtplib.SMTP, server: MailServer) -> None:
    if server.username is None:
        return
    password = server.password or kept_password(keyring_account(server))
    if password is None:
        advice = "Enregistrez-le par « tui-portail mot-de-passe enregistrer --courriel »."
        raise account_refused(server, "son mot de passe n’est donné nulle part", advice)
    if not (server.username + password).isascii():  # smtplib would fail, and quote it
        raise account_refused(
            server, "l’identifiant ou le mot de passe a un accent", "Changez-le pour un autre, sans accent."
        )
    try:
        client.login(server.username, password)
    except smtplib.SMTPAuthenticationError as refused:
        answer = _without_password(words_of(refused.smtp_error), server.username, password)
        raise account_refused(server, codes_of(refused.smtp_code, refused.smtp_error), CHECK_ACCOUNT, answer) from None
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
        raise
    except smtplib.SMTPException:  # no AUTH at all, or none of those that smtplib knows
        advice = "Retirez « courriel_utilisateur », ou changez « courriel_port »."
        raise account_refused(
            server, "ce serveur ne demande pas de mot de passe sur ce port, ou d’une façon inconnue", advice
        ) from None


def _hand_over(client: smtplib.SMTP, server: MailServer, to: str, content: bytes) -> str:
    """Give the message in the three steps of SMTP, so that each refusal is told for what it is."""
    code, said = client.mail(posted(server.sender), [f"size={len(content)}"] if client.has_extn("size") else [])
    if code != _OK:
        raise sender_refused(server, code, said)
    code, said = client.rcpt(posted(to))
    if code not in {_OK, _FORWARDED}:
        raise recipient_refused(server, to, code, said)
    try:
        code, said = client.data(content)
    except smtplib.SMTPDataError as refusal:
        code, error = refusal.smtp_code, refusal.smtp_error
        said = error if isinstance(error, bytes) else error.encode()
    if code != _OK:
        raise message_refused(server, code, said)
    return words_of(said)


def _without_password(answer: str, username: str, password: str) -> str:
    """Return an answer, empty when it quotes the password as it was typed or as it travelled."""
    travelled = (password, f"\0{username}\0{password}")
    quoted = [password, *(base64.b64encode(text.encode()).decode().rstrip("=") for text in travelled)]
    return "" if any(one in answer for one in quoted) else answer
