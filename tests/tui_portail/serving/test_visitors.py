"""Where a request comes from, and which pages and names are ours."""

import pytest

from tui_portail.serving.visitors import (
    host_is_ours,
    is_loopback,
    origin_is_ours,
    visitor_address,
    websocket_origin,
)

PORTAL = "https://portail.clapiers.example/borne"


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind_proxy", "counted"),
    [
        ("192.0.2.7", None, False, "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", False, "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", None, True, "127.0.0.1"),
        ("127.0.0.1", "<script>", True, "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, False, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", None, False, "192.0.2.7"),
        (None, None, False, "inconnue"),
    ],
)
def test_a_visitor_is_counted_under_the_address_that_can_be_believed(
    peer: str | None, forwarded: str | None, behind_proxy: bool, counted: str
) -> None:
    assert visitor_address(peer, forwarded, behind_proxy=behind_proxy) == counted


@pytest.mark.parametrize(
    ("origin", "host", "portal", "ours"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", None, True),
        ("http://localhost:8000", "localhost:8000", None, True),
        ("http://localhost:8001", "localhost:8000", None, False),
        ("http://127.0.0.1", "127.0.0.1:80", None, True),
        ("https://portail.clapiers.example", "127.0.0.1:8000", PORTAL, True),
        ("https://PORTAIL.clapiers.example:443", "127.0.0.1:8000", PORTAL, True),
        ("http://portail.clapiers.example", "127.0.0.1:8000", PORTAL, False),
        ("https://portail.clapiers.example.evil.example", "127.0.0.1:8000", PORTAL, False),
        ("https://portail.clapiers.example@evil.example", "127.0.0.1:8000", PORTAL, False),
        ("https://evil.example", "127.0.0.1:8000", PORTAL, False),
        ("null", "127.0.0.1:8000", PORTAL, False),
        ("", "127.0.0.1:8000", PORTAL, False),
        (None, "127.0.0.1:8000", PORTAL, False),
        ("http://127.0.0.1:8000", None, None, False),
        ("http://127.0.0.1:port", "127.0.0.1:port", None, False),
        ("file://", "", None, False),
    ],
)
def test_a_websocket_is_opened_by_our_pages_only(
    origin: str | None, host: str | None, portal: str | None, ours: bool
) -> None:
    assert origin_is_ours(origin, host, portal) is ours


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("localhost", True),
        ("borne.mairie.example:8000", True),
        ("portail.clapiers.example", True),
        ("Portail.Clapiers.example", True),
        ("evil.example:8000", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        (None, False),
        ("[::1", False),
    ],
)
def test_a_name_of_somebody_elses_that_leads_here_is_not_answered(host: str | None, ours: bool) -> None:
    assert host_is_ours(host, "borne.mairie.example", PORTAL) is ours


def test_loopback_is_this_machine_and_nothing_else() -> None:
    assert all(is_loopback(address) for address in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))
    assert not any(is_loopback(address) for address in ("0.0.0.0", "::", "192.168.1.4", "mairie.example"))  # noqa: S104


def test_the_portals_websocket_is_encrypted_when_the_portal_is() -> None:
    assert websocket_origin(PORTAL) == "wss://portail.clapiers.example"
    assert websocket_origin("https://portail.example:8443/") == "wss://portail.example:8443"
    assert websocket_origin("http://192.168.1.4:8000") == "ws://192.168.1.4:8000"
    assert websocket_origin(None) is None
