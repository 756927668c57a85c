"""Why a message did not leave, in French: what smtplib, TLS, the system and the mail server itself say of a link or of a message.

A sentence quotes a server by its codes alone (RFC 5321, RFC 3463): its words may quote the message, or what was typed to sign in. They
are kept apart, for who tries the settings. Nothing is chained to what libraries raised.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from tui_portail.errors import PortailError
from tui_portail.plain_text import plain
from tui_portail.settings import MailServer

LONGEST_ANSWER = 300
CHECK_ACCOUNT = "Vérifiez « courriel_utilisateur » et son mot de passe ; chez certains hébergeurs, il faut un mot de passe d’application."
_CODES = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_CLOSING, _CLOSED = 421, -1
_OTHER_HOST = {62, 64}
"""X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH."""
_EXPIRED = 10
_SILENT = "il ne dit rien"


class MailNotSent(PortailError):
    """The message was not accepted. `code` says why; `answer` is what the server said, for who tries the settings, else empty.

    Codes: COURRIEL_NON_REGLE, COURRIEL_SERVEUR_INJOIGNABLE, COURRIEL_NON_PROTEGE, COURRIEL_COMPTE_REFUSE, COURRIEL_EXPEDITEUR_REFUSE,
    COURRIEL_DESTINATAIRE_REFUSE (the address is wrong), COURRIEL_REFUSE (any other refusal).
    """

    code = "COURRIEL_NON_ENVOYE"

    def __init__(self, sentence: str, *, code: str, answer: str = "") -> None:
        super().__init__(sentence, code=code)
        self.answer = answer


@contextmanager
def refusals_told(server: MailServer) -> Iterator[None]:
    """Tell as MailNotSent whatever goes wrong on the link with a server while this lasts."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise not_protected(server, _certificate_fault(fault)) from None
    except ssl.SSLError:
        raise not_protected(
            server,
            "la liaison chiffrée ne se fait pas : « courriel_securite » et « courriel_port » vont-ils ensemble ?",
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise not_protected(server, "il n’offre pas STARTTLS sur ce port") from None
    except smtplib.SMTPServerDisconnected as fault:
        silent = isinstance(fault.__context__, TimeoutError)
        raise _unreachable(server, _SILENT if silent else "il a coupé la liaison") from None
    except smtplib.SMTPResponseException as fault:
        raise _unreachable(server, codes_of(fault.smtp_code, fault.smtp_error), words_of(fault.smtp_error)) from None
    except TimeoutError:
        raise _unreachable(server, _SILENT) from None
    except (smtplib.SMTPException, OSError, UnicodeError) as fault:  # UnicodeError: a name that no server can have
        raise _unreachable(server, _network_fault(fault)) from None


def not_protected(server: MailServer, why: str) -> MailNotSent:
    """Return the refusal of a link where somebody could read or take the server's place."""
    return MailNotSent(
        f"Le serveur de courriels {server} n’a pas été reconnu ou la liaison n’est pas protégée ({why}) : le message n’est pas parti. "
        "Voyez « courriel_serveur » et « courriel_securite » avec qui s’occupe de ce serveur.",
        code="COURRIEL_NON_PROTEGE",
    )


def account_refused(server: MailServer, why: str, advice: str = CHECK_ACCOUNT, answer: str = "") -> MailNotSent:
    """Return the refusal of the account that signs in to the server."""
    return MailNotSent(
        f"Le compte {server.username} n’a pas été accepté par le serveur de courriels {server} ({why}) : le message n’est pas parti. "
        f"{advice}",
        code="COURRIEL_COMPTE_REFUSE",
        answer=answer,
    )


def sender_refused(server: MailServer, code: int, said: bytes) -> MailNotSent:
    """Return the refusal of the address that messages come from."""
    return _unless_closing(server, code, said) or MailNotSent(
        f"Le serveur de courriels {server} refuse d’envoyer au nom de {server.sender} ({codes_of(code, said)}) : le message n’est pas "
        "parti. Vérifiez « courriel_expediteur », et le compte que ce serveur demande (« courriel_utilisateur »).",
        code="COURRIEL_EXPEDITEUR_REFUSE",
        answer=words_of(said),
    )


def recipient_refused(server: MailServer, to: str, code: int, said: bytes) -> MailNotSent:
    """Return the refusal of whom a message is for: for good (5xx), or for now."""
    advice = "Vérifiez comment elle s’écrit." if _for_good(code) else "Recommencez dans quelques minutes."
    return _unless_closing(server, code, said) or MailNotSent(
        f"Le serveur de courriels n’a pas accepté l’adresse {to} ({codes_of(code, said)}) : le message n’est pas parti. {advice}",
        code="COURRIEL_DESTINATAIRE_REFUSE" if _for_good(code) else "COURRIEL_REFUSE",
        answer=words_of(said),
    )


def message_refused(server: MailServer, code: int, said: bytes) -> MailNotSent:
    """Return the refusal of the message itself: too large, taken for an unwanted one…"""
    advice = (
        "Montrez ce code à qui s’occupe de ce serveur." if _for_good(code) else "Recommencez dans quelques minutes."
    )
    return _unless_closing(server, code, said) or MailNotSent(
        f"Le serveur de courriels {server} a refusé le message ({codes_of(code, said)}). {advice}",
        code="COURRIEL_REFUSE",
        answer=words_of(said),
    )


def codes_of(code: int, said: bytes | str) -> str:
    """Return the codes of an answer, « réponse 550 5.1.1 », and none of its words."""
    enhanced = _CODES.match(_bytes(said))
    return f"réponse {code}{f' {enhanced[0].decode()}' if enhanced else ''}"


def words_of(said: bytes | str) -> str:
    """Return what a server said, on one line, as it may be shown to who tries the settings."""
    return " ".join(plain(_bytes(said).decode("utf-8", "replace")).split())[:LONGEST_ANSWER]


def _unreachable(server: MailServer, why: str, answer: str = "") -> MailNotSent:
    return MailNotSent(
        f"Le serveur de courriels {server} ne répond pas comme il faut ({why}) : le message n’est pas parti. Recommencez dans quelques "
        "minutes ; si cela dure, vérifiez « courriel_serveur » et « courriel_port » dans les réglages.",
        code="COURRIEL_SERVEUR_INJOIGNABLE",
        answer=answer,
    )


def _unless_closing(server: MailServer, code: int, said: bytes) -> MailNotSent | None:
    """Return the refusal of a server that is closing, which says so at any step: neither the message nor an address is at fault."""
    return _unreachable(server, codes_of(code, said), words_of(said)) if code in {_CLOSING, _CLOSED} else None


def _for_good(code: int) -> bool:
    return code >= 500


def _certificate_fault(fault: ssl.SSLCertVerificationError) -> str:
    if fault.verify_code in _OTHER_HOST:
        return "son certificat est au nom d’un autre"
    if fault.verify_code == _EXPIRED:
        return "son certificat n’est plus valable"
    return "son certificat vient d’une autorité que ce poste ne connaît pas"


def _network_fault(fault: Exception) -> str:
    if isinstance(fault, ConnectionRefusedError):
        return "rien n’écoute à cette adresse"
    if isinstance(fault, (UnicodeError, socket.gaierror)):
        return "ce nom n’est pas connu sur le réseau"
    return "la liaison ne se fait pas"


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")
