"""The HTML of the server: the page that holds the kiosk, and pages of one sentence. Everything said in them is escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import textual_serve
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tui_portail.serving.visitors import websocket_origin

WEB_FOLDER = Path(__file__).parent / "web"
TEMPLATES_FOLDER = Path(__file__).parent / "templates"
TERMINAL_FOLDER = Path(textual_serve.__file__).parent / "static"
SERVER_NAME = "tui-portail"


def headers(portal_address: str | None) -> dict[str, str]:
    """Return the headers of every answer: no frame, no guessed type, no referrer, scripts and fonts of this server alone.

    The terminal (xterm.js) writes its own styles in the page, hence `unsafe-inline` for styles; older Safari does not take `'self'` for a
    websocket, hence the portal's own.
    """
    socket = websocket_origin(portal_address)
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' {socket}" if socket else "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-Robots-Tag": "noindex, nofollow",
        "Server": SERVER_NAME,
    }


def kiosk_page(request: web.Request, title: str) -> web.Response:
    """Return the page that opens the kiosk once « Démarrer » is pressed."""
    return _page(request, "kiosk.html", 200, title=title)


def sentence_page(
    request: web.Request,
    title: str,
    heading: str,
    sentence: str,
    *,
    status: int = 200,
    way_out: str | None = None,
    retry_after: int | None = None,
) -> web.Response:
    """Return a page of one sentence; `way_out` names the link to the kiosk's first page, `retry_after` is in seconds."""
    answer = _page(request, "sentence.html", status, title=title, heading=heading, sentence=sentence, way_out=way_out)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def activation_page(request: web.Request, title: str, token: str) -> web.Response:
    """Return the page whose one button uses the link of an e-mail: opening the link, as mail scanners do, uses nothing."""
    return _page(request, "activation.html", 200, title=title, token=token)


def _page(request: web.Request, name: str, status: int, **said: object) -> web.Response:
    text = _templates().get_template(name).render(root=_root(request), **said)
    answer = web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _root(request: web.Request) -> str:
    """Return the way from a page to the first one, relative: a proxy may serve us below a path of its own."""
    return "../" * (request.rel_url.raw_path.count("/") - 1) or "./"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES_FOLDER), autoescape=True, undefined=StrictUndefined)
