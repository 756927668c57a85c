"""What stands between a desk and the run's server in tests of secrets and TLS: a certificate of its own, a password of its own.

The server of the tests speaks in clear and trusts everybody, on a socket. The proxy listens on 127.0.0.1, answers libpq's request for TLS
with the context it is given (none: « N »), asks for the password it is given, then hands the bytes on.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url

TLS_ASKED, GSS_ASKED = 80877103, 80877104
CLEAR_PASSWORD_ASKED = b"R" + struct.pack("!II", 8, 3)


@dataclass
class Proxy:
    """A proxy at work: its port, and what it saw of each connection (« TLS » or « clair », then the password given)."""

    port: int
    seen: list[str] = field(default_factory=list)


@contextmanager
def proxied(server: str, tls: ssl.SSLContext | None = None, password: str | None = None) -> Iterator[Proxy]:
    """Stand in front of the server of an address whose socket is in `?host=`."""
    url = make_url(server)
    host = url.query["host"]
    assert isinstance(host, str)
    target = str(Path(host) / f".s.PGSQL.{url.port or 5432}")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = Proxy(listening.getsockname()[1])

        def listen() -> None:
            with suppress(OSError):
                while True:
                    desk, _ = listening.accept()
                    threading.Thread(target=_serve, args=(proxy, desk, target, tls, password), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def _serve(proxy: Proxy, desk: socket.socket, target: str, tls: ssl.SSLContext | None, password: str | None) -> None:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as server:
        clear = True
        while True:
            packet = _startup(desk)
            (code,) = struct.unpack("!I", packet[4:8])
            if code == TLS_ASKED and tls is not None:
                desk.sendall(b"S")
                desk = tls.wrap_socket(desk, server_side=True)
                clear = False
            elif code in {TLS_ASKED, GSS_ASKED}:
                desk.sendall(b"N")
            else:
                break
        with desk:
            proxy.seen.append("clair" if clear else "TLS")
            if password is not None:
                desk.sendall(CLEAR_PASSWORD_ASKED)
                given = _message(desk)
                proxy.seen.append(given)
                if given != password:
                    said = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"
                    desk.sendall(b"E" + struct.pack("!I", len(said) + 4) + said)
                    return
            server.connect(target)
            server.sendall(packet)
            back = threading.Thread(target=_pass_on, args=(server, desk), daemon=True)
            back.start()
            _pass_on(desk, server)
            back.join(10)


def _startup(desk: socket.socket) -> bytes:
    size = _exactly(desk, 4)
    return size + _exactly(desk, struct.unpack("!I", size)[0] - 4)


def _message(desk: socket.socket) -> str:
    _, size = struct.unpack("!cI", _exactly(desk, 5))
    return _exactly(desk, size - 4).rstrip(b"\0").decode()


def _exactly(desk: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        part = desk.recv(size - len(read))
        if not part:
            raise ConnectionResetError
        read += part
    return read


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
