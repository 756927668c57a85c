"""Where a request comes from: its address, the host it asks for, the page that opened its websocket.

A web page of anybody's can open a websocket to another site, and a name of anybody's can lead to 127.0.0.1: the browser tells which page
and which name, in `Origin` and `Host`, and both must be ours.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

NAMES_OF_THIS_MACHINE = frozenset({"localhost", "localhost.localdomain"})
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_NETWORK_OF_A_HOME = 64
"""IPv6 gives a home 2⁶⁴ addresses: they count as one."""


def visitor_address(peer: str | None, forwarded: str | None, *, behind_proxy: bool) -> str:
    """Return the address a visitor is counted under. `forwarded`: X-Forwarded-For, believed behind a proxy only.

    What the proxy itself saw is the last of the list; what comes before was written by whoever asked.
    """
    told = (forwarded or "").rpartition(",")[2].strip() if behind_proxy else ""
    return _counted_as(told) or _counted_as(peer or "") or "inconnue"


def _counted_as(address: str) -> str:
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((read, _NETWORK_OF_A_HOME), strict=False))
    return str(read)


def is_loopback(address: str) -> bool:
    """Say whether a server bound there is reached from this machine only."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() in NAMES_OF_THIS_MACHINE


def host_is_ours(host: str | None, bound_to: str, portal_address: str | None) -> bool:
    """Say whether `Host` is a name of this server: an address in digits, this machine, what it is bound to, or the portal's address."""
    split = _split(f"//{host}") if host else None
    name = (split.hostname or "") if split else ""
    if not name:
        return False
    known = {bound_to.lower(), *NAMES_OF_THIS_MACHINE}
    if portal_address and (portal := _split(portal_address)) and portal.hostname:
        known.add(portal.hostname)
    return name in known or _in_digits(name)


def _in_digits(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def origin_is_ours(origin: str | None, host: str | None, portal_address: str | None) -> bool:
    """Say whether the page that opens a websocket is one of ours: of the same host, or of the portal's address. None: no browser."""
    asked = _site(origin)
    if asked is None:
        return False
    if portal_address and asked == _site(portal_address):
        return True
    return bool(host) and asked == _site(f"{asked[0]}://{host}")


def _site(address: str | None) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address, None where it has none."""
    split = _split(address) if address else None
    if split is None or split.scheme not in ("http", "https") or not split.hostname or "@" in split.netloc:
        return None
    return split.scheme, split.hostname, split.port or _PORTS[split.scheme]


def _split(address: str) -> SplitResult | None:
    try:
        split = urlsplit(address)
        _ = split.port  # read here: a port that is no number is told only then
    except ValueError:
        return None
    return split


def websocket_origin(portal_address: str | None) -> str | None:
    """Return the origin of the portal's websocket (wss://host[:port]), None without a portal's address."""
    split = _split(portal_address) if portal_address else None
    if split is None or split.scheme not in ("http", "https") or not split.hostname:
        return None
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    return f"{'wss' if split.scheme == 'https' else 'ws'}://{host}{f':{split.port}' if split.port else ''}"
