"""Addresses that a browser opens, as the settings give them: what they must be for a link or a payment to be safe. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tui_portail.errors import InvalidInput
from tui_portail.this_machine import is_this_machine

WEB_ADDRESS_EXPECTED = (
    "attendu : une adresse comme « https://portail.mairie.fr », sans identifiant ni « ? » ; "
    "« http:// » pour cette machine seulement"
)
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\.?")
_PATH = re.compile(r"[A-Za-z0-9/._~%-]*")


def checked_web_address(text: str) -> str:
    """Return an address of the web without its last « / », its scheme and host in small letters. Raises InvalidInput.

    « https:// » only, « http:// » being for this machine: what passes there are activation links, passwords, amounts.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _refused() from None
    host = parts.hostname or ""
    numbered = ":" in host and is_this_machine(
        host
    )  # an IPv6 is only ever this machine's: others have a name to be certified
    if not text.isascii() or not text.isprintable() or " " in text or not (_HOST.fullmatch(host) or numbered):
        raise _refused()
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        raise _refused()
    if "@" in parts.netloc or "?" in text or "#" in text or not _PATH.fullmatch(parts.path):
        raise _refused()
    place = f"[{host}]" if numbered else host
    return f"{parts.scheme}://{place}{'' if port is None else f':{port}'}{parts.path}".rstrip("/")


def _refused() -> InvalidInput:
    return InvalidInput(f"Cette adresse du web ne peut pas servir ({WEB_ADDRESS_EXPECTED}).")
