"""What the server answers over HTTP: to whom, with which headers, in which words."""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from tests.served_kiosk import Served, ended, served
from tests.tui_portail.serving.conversations import read_until, visit, with_client
from tui_portail.serving.limits import Limits

PORTAL = "https://portail.clapiers.example"
TITLE = "Portail Famille — Clapiers"


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Served]:
    with served(title=TITLE, portal_address=PORTAL, behind_proxy=True) as serving:
        yield serving


def asked(address: str, method: str = "GET", **others: object) -> tuple[int, str, dict[str, str]]:
    """Ask one page and return its status, text and headers."""

    async def talk(client: aiohttp.ClientSession) -> tuple[int, str, dict[str, str]]:
        async with client.request(method, address, **others) as answer:  # type: ignore[arg-type]
            return answer.status, await answer.text(), dict(answer.headers)

    return with_client(talk)


def refused(served: Served, **headers: str) -> int:
    """Open a websocket that is refused, and return the status."""

    async def talk(client: aiohttp.ClientSession) -> int:
        try:
            async with client.ws_connect(f"{served.address}ws", headers=headers):
                return 101
        except aiohttp.WSServerHandshakeError as refusal:
            return refusal.status

    return with_client(talk)


def test_the_first_page_is_french_and_starts_no_process(kiosk: Served) -> None:
    status, text, headers = asked(kiosk.address)
    assert status == 200
    assert '<html lang="fr">' in text
    assert f"<title>{TITLE}</title>" in text
    assert "Démarrer" in text
    assert "Recommencer" in text
    assert not any(word in text for word in ("Start", "Restart", "Session ended", "googleapis"))
    assert headers["Cache-Control"] == "no-store"
    assert kiosk.pids == []


def test_every_answer_has_the_headers_that_protect_it(kiosk: Served) -> None:
    for path in ("", "web/kiosk.css", "absent", "ws", "payfip/retour"):
        _, _, headers = asked(kiosk.address + path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "connect-src 'self' wss://portail.clapiers.example;" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] == "tui-portail"


def test_no_page_has_a_script_or_a_style_of_its_own(kiosk: Served) -> None:
    for path in ("", "absent", "payfip/retour"):
        _, text, _ = asked(kiosk.address + path)
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick" not in text.lower()
        assert all("src=" in tag for tag in text.split("<script")[1:])


def test_folders_are_not_listed_and_nothing_outside_them_is_given(kiosk: Served) -> None:
    for path in (
        "web/",
        "web",
        "terminal/",
        "terminal/js/",
        "templates/kiosk.html",
        "web/%2e%2e/server.py",
        "download/x",
    ):
        status, text, _ = asked(kiosk.address + path)
        assert status in (403, 404), path
        assert "kiosk.js" not in text
        assert '<html lang="fr">' in text


def test_the_terminals_own_files_are_served(kiosk: Served) -> None:
    for path in ("terminal/js/textual.js", "terminal/css/xterm.css", "web/kiosk.js", "web/kiosk.css"):
        assert asked(kiosk.address + path)[0] == 200
    assert asked(kiosk.address + "terminal/fonts/RobotoMono-VariableFont_wght.ttf", "HEAD")[0] == 200


def test_another_method_is_refused_in_french(kiosk: Served) -> None:
    status, text, _ = asked(kiosk.address, "DELETE")
    assert status == 405
    assert "allez au portail" in text


def test_a_name_that_is_not_ours_is_not_answered(kiosk: Served) -> None:
    assert asked(kiosk.address, headers={"Host": "evil.example"})[0] == 421
    assert asked(kiosk.address, headers={"Host": "portail.clapiers.example"})[0] == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://portail.clapiers.example.evil"]
)
def test_a_page_of_somebody_elses_opens_no_websocket(kiosk: Served, origin: str) -> None:
    assert refused(kiosk, Origin=origin) == 403
    assert kiosk.pids == []


def test_a_websocket_without_a_page_is_refused(kiosk: Served) -> None:
    assert refused(kiosk) == 403


def test_the_portals_own_page_opens_a_websocket_through_the_proxy(kiosk: Served) -> None:
    async def talk(client: aiohttp.ClientSession) -> None:
        async with visit(client, kiosk, Origin=PORTAL, Host="portail.clapiers.example") as websocket:
            await read_until(websocket, "processus")

    with_client(talk)


def test_a_full_server_says_so_in_french_and_serves_again_once_a_place_is_free() -> None:
    async def talk(client: aiohttp.ClientSession) -> int:
        async with visit(client, serving) as websocket:
            await read_until(websocket, "processus")
            async with client.get(serving.address) as answer:
                assert answer.status == 503
                assert answer.headers["Retry-After"] == "60"
                text = await answer.text()
                assert "Toutes les places sont prises" in text
                assert "Réessayer" in text
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                await client.ws_connect(f"{serving.address}ws", headers={"Origin": serving.address.rstrip("/")})
            [pid] = serving.pids
            return pid

    with served(limits=Limits(sessions=1)) as serving:
        assert ended(with_client(talk))

        async def again(client: aiohttp.ClientSession) -> None:
            while True:  # the place is free a moment after the process has ended
                try:
                    async with visit(client, serving) as websocket:
                        await read_until(websocket, "processus")
                        return
                except aiohttp.WSServerHandshakeError:
                    await asyncio.to_thread(lambda: None)

        with_client(again)


def test_an_address_that_opens_too_often_waits_and_the_others_do_not() -> None:
    async def opened(client: aiohttp.ClientSession, address: str) -> int:
        try:
            async with visit(client, serving, X_Forwarded_For=f"198.51.100.1, {address}"):
                return 101
        except aiohttp.WSServerHandshakeError as refusal:
            return refusal.status

    async def talk(client: aiohttp.ClientSession) -> list[int]:
        return [await opened(client, address) for address in ("203.0.113.9", "203.0.113.9", "203.0.113.10")]

    with served(limits=Limits(openings_per_minute=1), behind_proxy=True, clock=lambda: 0.0) as serving:
        assert with_client(talk) == [101, 429, 101]
    with served(limits=Limits(openings_per_minute=1), behind_proxy=False, clock=lambda: 0.0) as serving:
        assert with_client(talk) == [101, 429, 429]


def test_nothing_of_a_request_reaches_the_command_or_its_surroundings() -> None:
    import sys

    shown = (
        "import os, sys; os.write(1, b'__GANGLION__\\n'); t = repr((sys.argv, sorted(os.environ.items()))).encode(); "
    )
    shown += "os.write(1, b'D'+len(t).to_bytes(4,'big')+t); sys.stdin.read()"

    async def talk(client: aiohttp.ClientSession) -> str:
        headers = {"Origin": serving.address.rstrip("/"), "User-Agent": "MARQUE", "Cookie": "a=MARQUE"}
        async with client.ws_connect(
            f"{serving.address}ws?width=MARQUE&height=99&x=MARQUE", headers=headers
        ) as websocket:
            return await read_until(websocket, "TEXTUAL_DRIVER")

    with served((sys.executable, "-c", shown)) as serving:
        text = with_client(talk)
        assert "MARQUE" not in text
        assert "('COLUMNS', '80')" in text
