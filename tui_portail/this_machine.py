"""Whether a server is this machine itself: what is said to it never leaves, and may go in clear. Pure."""

from __future__ import annotations

import ipaddress


def is_this_machine(host: str) -> bool:
    """Say whether a host is `localhost` or a loopback number (127.0.0.0/8, ::1).

    It is judged as it is written, never resolved: who answers for a name is exactly what a certificate proves.
    """
    if host.lower() == "localhost":
        return True
    try:
        number = ipaddress.ip_address(host.partition("%")[0] if ":" in host else host)
    except ValueError:
        return False
    mapped = getattr(number, "ipv4_mapped", None)
    return bool((mapped or number).is_loopback)
