"""The fields of a payment asked, refused by code as the real service does: the first wrong one is told. Pure.

The service's schema says that everything is a text that may be absent; the rest is in the DGFiP's guide. A reference of four letters is
seen refused (R3) in eopayment's recordings of the real service, one of six accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LEAST_CENTS, MOST_CENTS = 100, 9_999_999
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment as asked: every field a text, None where it was absent; `amount` in cents."""

    client_number: str | None
    year: str | None
    reference: str | None
    subject: str | None
    amount: str | None
    email: str | None
    mode: str | None
    notification_address: str | None
    return_address: str | None


def check_client_number(number: str | None) -> str | None:
    """Return the code that refuses a client number, None for one well written."""
    return None if re.fullmatch(r"[0-9]{6}", number or "") else "T1"


def check_request(request: PaymentRequest) -> str | None:
    """Return the code that refuses a request, None for one to accept."""
    return (
        check_client_number(request.client_number)
        or _mode(request.mode)
        or _year(request.year)
        or _reference(request.reference)
        or _subject(request.subject)
        or _email(request.email)
        or _amount(request.amount)
        or _address(request.notification_address, "N1")
        or _address(request.return_address, "D1")
    )


def _mode(mode: str | None) -> str | None:
    return None if mode in {"T", "X", "W"} else "S1"


def _year(year: str | None) -> str | None:
    return None if re.fullmatch(r"[0-9]{4}", year or "") else "E1"


def _reference(reference: str | None) -> str | None:
    return None if re.fullmatch(r"[A-Za-z0-9]{6,30}", reference or "") else "R3"


def _subject(subject: str | None) -> str | None:
    return None if subject is None or re.fullmatch(r"[A-Za-z0-9 ]{1,100}", subject) else "O1"


def _email(email: str | None) -> str | None:
    if not email:
        return "A1"
    return None if 6 <= len(email) <= 80 and _EMAIL.fullmatch(email) else "A2"


def _amount(amount: str | None) -> str | None:
    if not re.fullmatch(r"[0-9]{1,11}", amount or ""):
        return "M1"
    if int(amount or "0") < LEAST_CENTS:
        return "M3"
    return "M5" if int(amount or "0") > MOST_CENTS else None


def _address(address: str | None, code: str) -> str | None:
    return None if len(address or "") <= 250 and _ADDRESS.fullmatch(address or "") else code
