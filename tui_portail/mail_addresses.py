"""E-mail addresses that a message can be sent to: what a form accepts, and what the post of the Internet takes (RFC 5321). Pure."""

from __future__ import annotations

import re

from tui_portail.field_checks import FormRefused, checked_email

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_EXAMPLE = "elle s’écrit comme « prenom.nom@exemple.fr »"


def check_address(text: str, field: str = "email") -> str:
    """Return an e-mail address as it was typed, cleaned. Raises FormRefused (`field`) for one that no message can be sent to.

    Beyond a form's own check: one must be given, the part before « @ » has neither accent nor a sign that means something in a
    header, and the domain, which may have accents, is one that can be written in the post.
    """
    clean = checked_email(text, field)
    if not clean:
        raise FormRefused(f"Donnez une adresse électronique : {_EXAMPLE}.", field)
    local = clean.rpartition("@")[0]
    if not local.isascii():
        raise FormRefused(
            "L’adresse électronique a un accent ou une lettre étrangère avant « @ » : aucun message ne peut y être envoyé. "
            "Donnez-en une autre.",
            field,
        )
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(_domain(clean)):
        raise FormRefused(f"L’adresse électronique ne peut pas recevoir de message : {_EXAMPLE}.", field)
    return clean


def posted(address: str) -> str:
    """Return a checked address as it travels: its domain's accents in ASCII (IDNA), « mairie@école.fr » → « mairie@xn--cole-9oa.fr »."""
    return f"{address.rpartition('@')[0]}@{_domain(address)}"


def _domain(address: str) -> str:
    """Return the domain as it travels, empty when it cannot be written there."""
    try:
        return address.rpartition("@")[2].encode("idna").decode("ascii")
    except UnicodeError:
        return ""
