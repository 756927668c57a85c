"""A browser's side of the websocket, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp

from tests.served_kiosk import PATIENCE, Served

Answer = TypeVar("Answer")


def with_client(talk: Callable[[aiohttp.ClientSession], Awaitable[Answer]]) -> Answer:
    """Run one conversation with a client of its own."""

    async def run() -> Answer:
        async with aiohttp.ClientSession() as client, asyncio.timeout(PATIENCE):
            return await talk(client)

    return asyncio.run(run())


@asynccontextmanager
async def visit(
    client: aiohttp.ClientSession, served: Served, **headers: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a websocket as our page does."""
    sent = {"Origin": served.address.rstrip("/"), **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with client.ws_connect(f"{served.address}ws?width=80&height=24", headers=sent) as websocket:
        yield websocket


async def read_until(websocket: aiohttp.ClientWebSocketResponse, words: str) -> str:
    """Read what is drawn until these words come. Fails when the websocket closes first."""
    shown = ""
    while words not in shown:
        message = await websocket.receive()
        assert message.type is aiohttp.WSMsgType.BINARY, (message, shown)
        shown += message.data.decode("utf-8", "replace")
    return shown


async def close_code(websocket: aiohttp.ClientWebSocketResponse) -> int | None:
    """Read until the websocket is closed, and return why."""
    async for _ in websocket:
        pass
    return websocket.close_code
