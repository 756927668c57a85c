"""The HTTP of the simulator, on 127.0.0.1 only: a request read within bounds, handed to a function, its answer written or lost."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tui_portail.payfip_simulator.exchanges import Answer

MOST_BYTES = 65_536
IDLE_SECONDS = 30.0

OnGet = Callable[[str, Mapping[str, str]], Answer | None]
OnPost = Callable[[str, bytes, Mapping[str, str]], Answer | None]


class LocalServer(ThreadingHTTPServer):
    """Listens on a port of 127.0.0.1 (0: any that is free). Raises OSError where the port is taken."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, on_get: OnGet, on_post: OnPost) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.on_get = on_get
        self.on_post = on_post

    @property
    def port(self) -> int:
        """The port listened on."""
        return int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    timeout = IDLE_SECONDS
    server_version = "SimulateurPayFiP"
    sys_version = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._write(self.server.on_get(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._write(Answer(413, b"", {}))
            return
        body = self.rfile.read(int(length))
        form: dict[str, str] = {}
        if self.headers.get_content_type() == "application/x-www-form-urlencoded":
            with contextlib.suppress(ValueError):
                form = dict(parse_qsl(body.decode("ascii", errors="replace"), keep_blank_values=True))
        self._write(self.server.on_post(urlsplit(self.path).path, body, form))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses carry the identifiers of payments."""

    def _write(self, answer: Answer | None) -> None:
        self.close_connection = True
        answer = answer or Answer(404, b"", {})
        with contextlib.suppress(OSError):  # whoever asked has gone
            if answer.lost:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
