"""One process a visitor, which never outlives its websocket, nor its limits, nor the server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import aiohttp
import pytest

from tests.served_kiosk import PATIENCE, TINY, Served, alive, ended, served
from tests.tui_portail.serving.conversations import close_code, read_until, visit, with_client
from tui_portail.serving.limits import Limits

ROOM_OF_THEIR_OWN = Limits(sessions=50, sessions_per_address=50, openings_per_minute=500)


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Served]:
    with served(limits=ROOM_OF_THEIR_OWN) as serving:
        yield serving


def test_what_is_typed_reaches_the_kiosk_and_closing_the_page_ends_its_process(kiosk: Served) -> None:
    async def talk(client: aiohttp.ClientSession) -> int:
        async with visit(client, kiosk) as websocket:
            await read_until(websocket, "processus")
            [pid] = kiosk.pids
            assert alive(pid)
            await websocket.send_json(["focus"])
            await websocket.send_json(["stdin", "é"])
            await read_until(websocket, "tapé é")
            await websocket.send_json(["resize", {"width": 43, "height": 40}])
            await read_until(websocket, "43x40")
            await websocket.send_json(["ping", "12"])
            while (message := await websocket.receive()).type is aiohttp.WSMsgType.BINARY:
                pass
            assert json.loads(message.data) == ["pong", "12"]
            return pid

    assert ended(with_client(talk))


def test_a_line_cut_without_a_word_ends_the_process(kiosk: Served) -> None:
    async def talk(client: aiohttp.ClientSession) -> int:
        async with visit(client, kiosk) as websocket:
            await read_until(websocket, "processus")
            [pid] = kiosk.pids
            transport = websocket.get_extra_info("socket")
            assert transport is not None
            websocket._response.connection.transport.abort()  # type: ignore[union-attr]
            return pid

    assert ended(with_client(talk))


def test_two_visitors_have_two_processes_and_one_leaving_leaves_the_other(kiosk: Served) -> None:
    async def talk(client: aiohttp.ClientSession) -> None:
        async with visit(client, kiosk) as one:
            await read_until(one, "processus")
            [first] = kiosk.pids
            async with visit(client, kiosk) as other:
                await read_until(other, "processus")
                [second] = set(kiosk.pids) - {first}
                await other.send_json(["stdin", "secret"])
                await read_until(other, "tapé secret")
            assert await asyncio.to_thread(ended, second)
            assert alive(first)
            await one.send_json(["stdin", "z"])
            assert "secret" not in await read_until(one, "tapé z")

    with_client(talk)


def test_a_kiosk_that_leaves_closes_its_page(kiosk: Served) -> None:
    async def talk(client: aiohttp.ClientSession) -> None:
        async with visit(client, kiosk) as websocket:
            await read_until(websocket, "Partir")
            [pid] = kiosk.pids
            await websocket.send_json(["stdin", "\t\t\r"])
            assert await close_code(websocket) == 1000
            assert await asyncio.to_thread(ended, pid)

    with_client(talk)


def test_a_kiosk_that_dies_closes_its_page(kiosk: Served) -> None:
    async def talk(client: aiohttp.ClientSession) -> None:
        async with visit(client, kiosk) as websocket:
            await read_until(websocket, "processus")
            os.kill(kiosk.pids[0], signal.SIGKILL)
            assert await close_code(websocket) == 1000

    with_client(talk)


def test_a_kiosk_that_does_not_start_closes_its_page() -> None:
    async def talk(client: aiohttp.ClientSession) -> int | None:
        async with visit(client, serving) as websocket:
            return await close_code(websocket)

    with served((*TINY, "mute")) as serving:
        assert with_client(talk) == 1000
    with served(("/nowhere/at/all",)) as serving:
        assert with_client(talk) == 1011


def test_a_kiosk_that_refuses_to_leave_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_portail.serving.session.SECONDS_TO_LEAVE", 0.2)

    async def talk(client: aiohttp.ClientSession) -> int:
        async with visit(client, serving) as websocket:
            await read_until(websocket, "sourd")
            return serving.pids[0]

    with served((*TINY, "deaf")) as serving:
        assert ended(with_client(talk))


def test_a_session_without_a_key_is_closed_after_its_rest() -> None:
    async def talk(client: aiohttp.ClientSession) -> tuple[int | None, int]:
        async with visit(client, serving) as websocket:
            message = await websocket.receive()
            assert message.type is aiohttp.WSMsgType.BINARY
            [pid] = serving.pids
            await websocket.send_json(["ping", "still here, nobody typing"])
            return await close_code(websocket), pid

    with served(limits=Limits(idle_seconds=3)) as serving:
        code, pid = with_client(talk)
        assert (code, ended(pid)) == (4000, True)


def test_a_session_ends_at_its_longest_though_keys_are_typed() -> None:
    async def talk(client: aiohttp.ClientSession) -> int | None:
        async with visit(client, serving) as websocket:
            async for message in websocket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    await websocket.send_json(["stdin", "a"])
            return websocket.close_code

    with served(limits=Limits(idle_seconds=60, longest_seconds=3)) as serving:
        assert with_client(talk) == 4001


@pytest.mark.parametrize("said", ['["quit"]', "{", "[" * 20_000])
def test_a_message_our_page_never_sends_ends_the_session(kiosk: Served, said: str) -> None:
    async def talk(client: aiohttp.ClientSession) -> int | None:
        async with visit(client, kiosk) as websocket:
            await websocket.send_str(said)
            return await close_code(websocket)

    assert with_client(talk) == 1008


def test_bytes_are_no_message_and_a_frame_too_long_is_not_read(kiosk: Served) -> None:
    async def bytes_sent(client: aiohttp.ClientSession) -> int | None:
        async with visit(client, kiosk) as websocket:
            await websocket.send_bytes(b"D\x00\x00\x00\x01q")
            return await close_code(websocket)

    async def too_long(client: aiohttp.ClientSession) -> int | None:
        async with visit(client, kiosk) as websocket:
            await websocket.send_json(["stdin", "a" * 100_000])
            return await close_code(websocket)

    assert with_client(bytes_sent) == 1008
    assert with_client(too_long) == 1009


def test_the_server_stopped_ends_every_process() -> None:
    async def talk(client: aiohttp.ClientSession) -> list[int]:
        async with visit(client, serving) as one, visit(client, serving) as other:
            await read_until(one, "processus")
            await read_until(other, "processus")
            pids = serving.pids
            assert len(pids) == 2
            stopped = asyncio.to_thread(stop.close)
            codes = await asyncio.gather(close_code(one), close_code(other), stopped)
            assert codes == [1000, 1000, None]
            return pids

    with ExitStack() as stop:
        serving = stop.enter_context(served())
        pids = with_client(talk)
        assert [alive(pid) for pid in pids] == [False, False]


def test_a_server_killed_leaves_no_kiosk_behind() -> None:
    program = (
        "import asyncio, sys\n"
        "from tests.served_kiosk import TINY\n"
        "from tui_portail.serving.server import KioskServer, Serving\n"
        "asyncio.run(KioskServer(Serving(TINY), port=0).serve(lambda address: print(address, flush=True)))\n"
    )
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = server.stdout.readline().strip()

    async def talk(client: aiohttp.ClientSession) -> int:
        async with client.ws_connect(f"{address}ws", headers={"Origin": address.rstrip("/")}) as websocket:
            shown = await read_until(websocket, "processus ")
            while not (words := shown.partition("processus ")[2].split("\x1b")[0].split()):
                shown += await read_until(websocket, "\x1b")
            server.kill()
            return int(words[0])

    pid = with_client(talk)
    assert ended(pid)
    server.wait(PATIENCE)
    server.stdout.close()
