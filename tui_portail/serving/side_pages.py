"""The pages beside the kiosk: the link of an activation e-mail, PayFiP's notification, the return from its payment page.

What they do is given to them: `Activate` takes the token of a link and returns the sentence to show, or raises the PortailError that
refuses it; `Notified` takes PayFiP's number of an operation, nothing else of the message being believed: it asks PayFiP
itself. Both run in a thread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TypeAlias

from aiohttp import web

from tui_portail.errors import PortailError
from tui_portail.logs import note, note_incident
from tui_portail.serving.limits import Pace
from tui_portail.serving.pages import activation_page, sentence_page

Activate: TypeAlias = Callable[[str], str]
Notified: TypeAlias = Callable[[str], None]
AddressOf: TypeAlias = Callable[[web.Request], str]

ACTIVATION_PATH = "/activer"
TOKEN_FIELD = "jeton"  # noqa: S105  the name of a field
NOTIFICATION_PATH = "/payfip/notification"
RETURN_PATH = "/payfip/retour"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")
_ID_OP = re.compile(r"[A-Za-z0-9-]{8,64}")
_ACTIVATIONS_PER_MINUTE = 10
_NOTIFICATIONS_PER_MINUTE = 120
_MOST_AT_ONCE = 16
_SECONDS_TO_WRITE = 5.0
"""Left to whoever posts a form of a few words."""


class ActivationPage:
    """`GET /activer?jeton=…` shows a button, `POST /activer` uses the link."""

    def __init__(self, title: str, activate: Activate, address_of: AddressOf, clock: Callable[[], float]) -> None:
        self._title = title
        self._activate = activate
        self._address_of = address_of
        self._clock = clock
        self._pace = Pace(_ACTIVATIONS_PER_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        """Return what this page answers to."""
        return [web.get(ACTIVATION_PATH, self.show, allow_head=True), web.post(ACTIVATION_PATH, self.use)]

    async def show(self, request: web.Request) -> web.Response:
        """Show the button, and use nothing."""
        token = request.query.get(TOKEN_FIELD, "")
        return activation_page(request, self._title, token) if _TOKEN.fullmatch(token) else self._incomplete(request)

    async def use(self, request: web.Request) -> web.Response:
        """Use the link, and say what came of it."""
        if not self._pace.allows(self._address_of(request), self._clock()):
            sentence = "Trop d’essais depuis votre connexion : recommencez dans une minute."
            return self._said(request, "Compte non activé", sentence, status=429, retry_after=60)
        token = (await posted_fields(request)).get(TOKEN_FIELD, "")
        if not _TOKEN.fullmatch(token):
            return self._incomplete(request)
        try:
            sentence = await asyncio.to_thread(self._activate, token)
        except PortailError as refused:
            note("activation_refusee", code=refused.code)
            return self._said(request, "Compte non activé", refused.sentence, status=400)
        return self._said(request, "Compte activé", sentence)

    def _incomplete(self, request: web.Request) -> web.Response:
        sentence = "Ce lien n’est pas complet : ouvrez-le depuis le message reçu, ou copiez-le en entier."
        return self._said(request, "Compte non activé", sentence, status=400)

    def _said(
        self, request: web.Request, heading: str, sentence: str, *, status: int = 200, retry_after: int | None = None
    ) -> web.Response:
        return sentence_page(
            request,
            self._title,
            heading,
            sentence,
            status=status,
            way_out="Aller au portail",
            retry_after=retry_after,
        )


class PaymentPages:
    """`POST /payfip/notification` from PayFiP, answered before anything is done; `GET /payfip/retour` for who comes back from paying."""

    def __init__(
        self, title: str, notified: Notified | None, address_of: AddressOf, clock: Callable[[], float]
    ) -> None:
        self._title = title
        self._notified = notified
        self._address_of = address_of
        self._clock = clock
        self._pace = Pace(_NOTIFICATIONS_PER_MINUTE)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return what these pages answer to."""
        routes = [web.get(RETURN_PATH, self.come_back, allow_head=True), web.post(RETURN_PATH, self.come_back)]
        return routes if self._notified is None else [*routes, web.post(NOTIFICATION_PATH, self.notify)]

    async def come_back(self, request: web.Request) -> web.Response:
        """Show the way back. What PayFiP adds to this address is not read."""
        sentence = (
            "Vous pouvez revenir au portail : il dit si votre paiement est confirmé. Cette page peut être fermée."
        )
        return sentence_page(request, self._title, "Retour du paiement", sentence, way_out="Aller au portail")

    async def notify(self, request: web.Request) -> web.Response:
        """Take note of an operation's number. 400 for what is none, 429 or 503 when there are too many: the kiosk asks by itself too."""
        if not self._pace.allows(self._address_of(request), self._clock()):
            return web.Response(status=429, headers={"Retry-After": "60"})
        fields = await posted_fields(request)
        id_op = fields.get("idop") or fields.get("idOp") or ""
        if not _ID_OP.fullmatch(id_op):
            return web.Response(status=400)
        if id_op not in self._under_way:
            if len(self._under_way) >= _MOST_AT_ONCE:
                return web.Response(status=503, headers={"Retry-After": "60"})
            task = asyncio.create_task(self._tell(id_op))
            self._under_way[id_op] = task
        return web.Response(text="")

    async def _tell(self, id_op: str) -> None:
        assert self._notified is not None  # noqa: S101  the route is there for it
        try:
            await asyncio.to_thread(self._notified, id_op)
        except PortailError as refused:
            note("notification_refusee", code=refused.code)
        except Exception as bug:  # PayFiP was answered: nobody else can be told
            note_incident(bug, where="notification")
        finally:
            del self._under_way[id_op]

    async def finish(self) -> None:
        """Wait until what was notified is done."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))


async def posted_fields(request: web.Request) -> dict[str, str]:
    """Return the text fields of a form, the first of each name. A form too long (413) or too slow (408) is refused; no form: no field."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        async with asyncio.timeout(_SECONDS_TO_WRITE):
            posted = await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (UnicodeDecodeError, LookupError, ValueError):
        return {}
    return {name: value for name, value in reversed(list(posted.items())) if isinstance(value, str)}
