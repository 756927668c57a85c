"""What PayFiP takes: a client's number, a payment's fields, addresses. Checked before anything is sent, refused in French. Pure.

Lengths and letters are those of the DGFiP's guide for the web service, as eopayment applies them; a reference of four letters is seen
refused in its recordings of the real service, one of six accepted.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tui_portail.errors import InvalidInput
from tui_portail.money import format_cents
from tui_portail.plain_text import plain

LEAST_CENTS, MOST_CENTS = 100, 9_999_999
MOST_ADDRESS = 250
MOST_QUOTED = 200

_CLIENT_NUMBER = re.compile(r"[0-9]{6}")
_REFERENCE = re.compile(r"[A-Za-z0-9]{6,30}")
_ID_OP = re.compile(r"[A-Za-z0-9-]{8,64}")
_EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")
_EMAIL_LENGTH = range(6, 81)
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


def check_client_number(number: str) -> None:
    """Refuse what is no client number (`numcli`): six digits. Raises InvalidInput."""
    if not _CLIENT_NUMBER.fullmatch(number):
        raise InvalidInput(
            f"« {quoted(number)} » n’est pas un numéro de client PayFiP : la DGFiP en donne un de six chiffres."
        )


def check_payment(reference: str, amount_cents: int, email: str, year: int) -> None:
    """Refuse a payment that PayFiP would: reference of 6 to 30 letters and digits, cents from 100, e-mail of 6 to 80, year of four digits.

    Raises InvalidInput.
    """
    if not _REFERENCE.fullmatch(reference):
        raise InvalidInput("Une référence PayFiP a de 6 à 30 lettres et chiffres, sans accent ni espace.")
    if not LEAST_CENTS <= amount_cents <= MOST_CENTS:
        raise InvalidInput(
            f"PayFiP prend de {format_cents(LEAST_CENTS)} à {format_cents(MOST_CENTS)} : payez {format_cents(amount_cents)} au guichet."
        )
    if len(email) not in _EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        raise InvalidInput("PayFiP demande une adresse e-mail de 6 à 80 caractères : complétez celle du payeur.")
    if year not in range(1000, 10_000):
        raise InvalidInput("L’exercice d’un paiement s’écrit en quatre chiffres.")


def check_come_back(meant: str, address: str) -> None:
    """Refuse an address where PayFiP could not come back; `meant` says which, in French. Raises InvalidInput."""
    if not _is_web_address(address):
        raise InvalidInput(
            f"L’adresse {meant} donnée à PayFiP doit être complète, en http(s), de {MOST_ADDRESS} caractères au plus : "
            "corrigez l’adresse du portail dans les réglages."
        )


def check_service_address(address: str) -> None:
    """Refuse the base of another PayFiP unless it is reached by TLS, or on this machine. Raises InvalidInput."""
    plain_base = _is_web_address(address) and not set(address) & set("?#@")
    if plain_base and (urlsplit(address).scheme == "https" or is_on_this_machine(address)):
        return
    raise InvalidInput(
        f"« {quoted(address)} » ne peut pas être l’adresse d’un service PayFiP : donnez https://…, "
        "ou http://127.0.0.1:PORT pour le simulateur de ce poste."
    )


def is_on_this_machine(address: str) -> bool:
    """Say whether an address names this machine itself."""
    return urlsplit(address).hostname in _THIS_MACHINE


def is_id_op(text: str) -> bool:
    """Say whether a text can be an identifier of PayFiP."""
    return _ID_OP.fullmatch(text) is not None


def quoted(said: str) -> str:
    """Return on one line, cut, what somebody else wrote, for a sentence that quotes it."""
    return " ".join(plain(said).split())[:MOST_QUOTED].rstrip(" .")


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
    return named and len(address) <= MOST_ADDRESS and address.isprintable() and " " not in address
