"""The server of the kiosk: one page, one websocket and its process for each visitor, within limits; its end leaves no process behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from tui_portail.errors import PortailError
from tui_portail.logs import note, note_incident
from tui_portail.serving.browser_words import (
    BrowserWords,
    Focused,
    NotUnderstood,
    Pinged,
    Resized,
    Typed,
    read_message,
    terminal_size,
)
from tui_portail.serving.limits import Limits, Refusal, Stay, Turnstile
from tui_portail.serving.pages import TERMINAL_FOLDER, WEB_FOLDER, headers, kiosk_page, sentence_page
from tui_portail.serving.session import KioskSession
from tui_portail.serving.side_pages import Activate, ActivationPage, Notified, PaymentPages
from tui_portail.serving.visitors import host_is_ours, origin_is_ours, visitor_address

MOST_BYTES_OF_A_FRAME = 32 * 1024
"""A long paste; a key is a few bytes."""
MOST_BYTES_OF_A_FORM = 4 * 1024
_HEARTBEAT_SECONDS = 15.0
_SECONDS_TO_CLOSE = 2.0
_SECONDS_TO_STOP = 5.0
_SECONDS_TO_HEAR = 10.0
"""Left to a kiosk to take what was typed: past it, it no longer reads, and the visitor is better served by a new one."""
_OVER_REST, _OVER_LONGEST = 4000, 4001
"""Websocket close codes of our own: a rest too long, a session too long."""

_SENTENCES = {
    Refusal.FULL: "Toutes les places sont prises en ce moment : recommencez dans quelques minutes.",
    Refusal.ADDRESS_FULL: "Le portail est ouvert trop de fois depuis votre connexion : fermez-en une page, puis recommencez.",
    Refusal.TOO_OFTEN: "Le portail a été ouvert trop souvent depuis votre connexion : recommencez dans une minute.",
}
_STATUS = {Refusal.FULL: 503, Refusal.ADDRESS_FULL: 503, Refusal.TOO_OFTEN: 429}
_HTTP_SENTENCES = {
    404: ("Page introuvable", "Cette page n’existe pas : vérifiez l’adresse, ou allez au portail."),
    405: ("Page introuvable", "Cette page ne s’ouvre pas ainsi : allez au portail."),
    413: ("Envoi refusé", "Ce qui a été envoyé est trop long : recommencez depuis le message reçu."),
}


class PortTaken(PortailError):
    """The address or port to serve on cannot be had."""

    code = "PORT_INDISPONIBLE"


@dataclass(frozen=True, slots=True)
class Serving:
    """What a kiosk's server is made of.

    `command`: the words that start one kiosk, constant. `portal_address`: where families reach it (https://…), behind the mairie's proxy;
    `behind_proxy`: X-Forwarded-For is believed. `activate`, `notified`: what the links of e-mails and PayFiP's notifications do, None: no
    such page. `clock`: seconds that only go forward.
    """

    command: Sequence[str]
    title: str = "Portail Famille"
    limits: Limits = field(default_factory=Limits)
    portal_address: str | None = None
    behind_proxy: bool = False
    activate: Activate | None = None
    notified: Notified | None = None
    clock: Callable[[], float] = time.monotonic


class KioskServer:
    """Serves until `stop`. One event loop, one use."""

    def __init__(self, serving: Serving, address: str = "127.0.0.1", port: int = 8000) -> None:
        self.serving = serving
        self.address = address
        self.port = port
        self._turnstile = Turnstile(serving.limits)
        self._sessions: set[KioskSession] = set()
        self._closing = asyncio.Event()
        self._payments = PaymentPages(serving.title, serving.notified, self._address_of, serving.clock)

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes of the visitors inside."""
        return [session.pid for session in self._sessions if session.pid is not None]

    def stop(self) -> None:
        """Ask `serve` to end. To be called in its event loop."""
        self._closing.set()

    async def serve(self, ready: Callable[[str], None]) -> None:
        """Answer until `stop`, then end every visitor's process. `ready` is given the address once it answers.

        Port 0 takes a free one. Raises PortTaken.
        """
        runner = web.AppRunner(
            self._application(), access_log=None, handle_signals=False, shutdown_timeout=_SECONDS_TO_STOP
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, self.address, self.port)
            try:
                await site.start()
            except (OSError, OverflowError) as refused:
                raise PortTaken(
                    f"« {self.address} », port {self.port}, ne peut pas être ouvert : un autre programme s’en sert, ou cette adresse n’est "
                    "pas de cette machine. Choisissez-en un autre par --port ou --adresse."
                ) from refused
            self.port = int(runner.addresses[0][1])
            host = f"[{self.address}]" if ":" in self.address else self.address
            note("borne_servie", port=self.port)
            ready(f"http://{host}:{self.port}/")
            await self._closing.wait()
        finally:
            self._closing.set()
            await asyncio.gather(*(session.stop() for session in list(self._sessions)), return_exceptions=True)
            await runner.cleanup()
            await self._payments.finish()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._watch], client_max_size=MOST_BYTES_OF_A_FORM)
        application.on_response_prepare.append(self._with_headers)
        application.add_routes(
            [
                web.get("/", self._first_page, allow_head=True),
                web.get("/ws", self._websocket, allow_head=False),
                web.static("/web", WEB_FOLDER),
                web.static("/terminal", TERMINAL_FOLDER),
                *self._payments.routes(),
            ]
        )
        if self.serving.activate is not None:
            page = ActivationPage(self.serving.title, self.serving.activate, self._address_of, self.serving.clock)
            application.add_routes(page.routes())
        return application

    async def _with_headers(self, request: web.Request, answer: web.StreamResponse) -> None:
        answer.headers.update(headers(self.serving.portal_address))
        answer.headers.setdefault("Cache-Control", "no-cache")

    @web.middleware
    async def _watch(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Refuse a name that is not ours, and say in French what went wrong."""
        if not host_is_ours(request.headers.get("Host"), self.address, self.serving.portal_address):
            sentence = "Le portail ne répond pas sous ce nom : ouvrez-le par l’adresse donnée par la mairie."
            return self._refused(request, "Adresse inconnue", sentence, 421)
        try:
            return await handler(request)
        except web.HTTPException as refused:
            heading, sentence = _HTTP_SENTENCES.get(
                refused.status, ("Demande refusée", "Cette demande n’est pas comprise : recommencez depuis le portail.")
            )
            if refused.status < 400:
                raise
            return self._refused(request, heading, sentence, refused.status)
        except ConnectionError:
            raise
        except Exception as bug:
            incident = note_incident(bug, where="navigateur")
            sentence = f"Une erreur imprévue est notée sous la référence {incident.reference} : recommencez, ou venez au guichet."
            return self._refused(request, "La page n’a pas pu s’ouvrir", sentence, 500)

    def _refused(
        self, request: web.Request, heading: str, sentence: str, status: int, *, retry_after: int | None = None
    ) -> web.Response:
        way_out = "Réessayer" if retry_after else "Aller au portail"
        return sentence_page(
            request, self.serving.title, heading, sentence, status=status, way_out=way_out, retry_after=retry_after
        )

    def _address_of(self, request: web.Request) -> str:
        forwarded = request.headers.getall("X-Forwarded-For", [])
        return visitor_address(
            request.remote, forwarded[-1] if forwarded else None, behind_proxy=self.serving.behind_proxy
        )

    async def _first_page(self, request: web.Request) -> web.StreamResponse:
        if self._turnstile.full or self._closing.is_set():
            return self._not_now(request, Refusal.FULL)
        return kiosk_page(request, self.serving.title)

    def _not_now(self, request: web.Request, refusal: Refusal) -> web.Response:
        note("borne_refusee", motif=refusal.value, presents=self._turnstile.inside)
        return self._refused(request, "Le portail est occupé", _SENTENCES[refusal], _STATUS[refusal], retry_after=60)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        """Let a visitor in, with a process of their own that ends with the websocket."""
        site = request.headers.get("Origin"), request.headers.get("Host")
        if not origin_is_ours(*site, self.serving.portal_address):
            note("origine_refusee")
            raise web.HTTPForbidden
        websocket = web.WebSocketResponse(
            timeout=_SECONDS_TO_CLOSE, heartbeat=_HEARTBEAT_SECONDS, max_msg_size=MOST_BYTES_OF_A_FRAME
        )
        if not websocket.can_prepare(request):
            raise web.HTTPBadRequest
        address = self._address_of(request)
        refusal = Refusal.FULL if self._closing.is_set() else self._turnstile.let_in(address, self.serving.clock())
        if refusal is not None:
            return self._not_now(request, refusal)
        session = KioskSession(self.serving.command, websocket)
        self._sessions.add(session)
        try:
            await websocket.prepare(request)
            size = terminal_size(request.query.get("width", ""), request.query.get("height", ""))
            await session.start(*size)
            note("borne_ouverte", processus=session.pid, presents=self._turnstile.inside)
            await self._listen(websocket, session)
        except ConnectionError:  # gone while it was let in
            pass
        except Exception as bug:
            note_incident(bug, where="borne servie")
            await websocket.close(code=WSCloseCode.INTERNAL_ERROR)
        finally:
            try:
                await session.stop()
            finally:
                self._sessions.discard(session)
                self._turnstile.let_out(address)
                note("borne_fermee", processus=session.pid, code=websocket.close_code)
        return websocket

    async def _listen(self, websocket: web.WebSocketResponse, session: KioskSession) -> None:
        """Give the process what the browser says, until either ends or the stay is over."""
        stay = Stay(self.serving.limits, self.serving.clock())
        watch = asyncio.create_task(self._end_of_stay(websocket, stay))
        try:
            async for message in websocket:
                if message.type is not WSMsgType.TEXT:
                    raise NotUnderstood
                async with asyncio.timeout(_SECONDS_TO_HEAR):
                    await self._give(read_message(message.data), websocket, session, stay)
        except NotUnderstood:
            await websocket.close(code=WSCloseCode.POLICY_VIOLATION)
        except TimeoutError:
            note("borne_sourde", processus=session.pid)
        except ConnectionError:  # gone while it was answered
            pass
        finally:
            watch.cancel()

    async def _give(
        self, said: BrowserWords, websocket: web.WebSocketResponse, session: KioskSession, stay: Stay
    ) -> None:
        match said:
            case Typed(data):
                if not stay.begun:
                    await session.focus()  # the page may have said it before the kiosk could hear
                stay.acted(self.serving.clock())
                await session.send_bytes(data)
            case Resized(columns, rows):
                await session.set_terminal_size(columns, rows)
            case Pinged(words):
                await websocket.send_json(["pong", words])
            case Focused(here):
                await (session.focus() if here else session.blur())

    async def _end_of_stay(self, websocket: web.WebSocketResponse, stay: Stay) -> None:
        while (left := stay.seconds_left(self.serving.clock())) > 0:
            await asyncio.sleep(left)
        await websocket.close(code=_OVER_REST if stay.rested(self.serving.clock()) else _OVER_LONGEST)
