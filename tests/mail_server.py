"""A real SMTP server on 127.0.0.1 for tests, in a thread of its own: what programs hand to it is read as messages.

`mail_server` is the fixture: `from tests.mail_server import mail_server as mail_server` in a conftest, or in a test's module.

    def test_...(mail_server: PostOffice) -> None:
        ...something that sends by `mail_server.settings`, or whose settings are those of `mail_server.variables`...
        assert "https://" in mail_server.text_to("marie@exemple.fr")

What was accepted is there as soon as the sender has its answer. Each server has a port of its own, given by the system.
"""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest

from tui_portail.settings import MailServer

SENDER = "periscolaire@clapiers.example"


@dataclass
class PostOffice:
    """A server at work: where it is, and what it accepted, in order. `opened`: recipients named, refused ones too."""

    settings: MailServer
    messages: list[EmailMessage] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)
    presented: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a desk that sends by this server."""
        values = {
            "SERVEUR": self.settings.host,
            "PORT": str(self.settings.port),
            "SECURITE": self.settings.security,
            "EXPEDITEUR": self.settings.sender,
            "UTILISATEUR": self.settings.username,
            "MOT_DE_PASSE": self.settings.password,
        }
        return {f"TUI_PORTAIL_COURRIEL_{name}": value for name, value in values.items() if value is not None}

    def to(self, address: str) -> list[EmailMessage]:
        """The messages accepted for an address, the oldest first."""
        return [one for one in self.messages if one["To"].addresses[0].addr_spec == address]

    def text_to(self, address: str) -> str:
        """The text of the last message accepted for an address."""
        body = self.to(address)[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@dataclass(frozen=True)
class Answers:
    """What a server answers instead of accepting, by step: an address refused, the message refused, the sender refused."""

    recipients: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None
    sender: str | None = None


@contextmanager
def serving_mail(
    security: str = "aucune",
    tls: ssl.SSLContext | None = None,
    account: tuple[str, str] | None = None,
    answers: Answers | None = None,
    host: str = "127.0.0.1",
) -> Iterator[PostOffice]:
    """Serve mail while this lasts. `tls`: the server's certificate, for « starttls » or « tls »; `account`: who must sign in, and how.

    `host` is how the settings name this machine, `localhost` for a certificate's sake.
    """
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, LoginPassword

    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    username, password = account or (None, None)
    office = PostOffice(MailServer(host, SENDER, port, security, username, password))

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        office.accounts.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=office.accounts[-1] == account, handled=False)

    class OnItsOwnPort(Controller):
        """A controller on a port that is taken already: no other test can take it in between."""

        def _create_server(self) -> Awaitable[Any]:
            return self.loop.create_server(self._factory_invoker, sock=listening, ssl=self.ssl_context)

    controller = OnItsOwnPort(
        _Handler(office, answers or Answers(), signed=account is not None),
        hostname="127.0.0.1",
        port=port,
        ssl_context=tls if security == "tls" else None,
        tls_context=tls if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=authenticate if account else None,
        auth_require_tls=account is None or security == "starttls",
        ready_timeout=60,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@pytest.fixture
def mail_server() -> Iterator[PostOffice]:
    """A server of this machine that accepts every message, without TLS nor account."""
    with serving_mail() as office:
        yield office


class _Handler:
    """What the server does at each step of SMTP."""

    def __init__(self, office: PostOffice, answers: Answers, signed: bool) -> None:
        self.office, self.answers, self.signed = office, answers, signed

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, name: str, responses: list[str]
    ) -> list[str]:
        self.office.presented.append(name)
        session.host_name = name
        return responses

    async def handle_MAIL(self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.signed and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.answers.sender is not None:
            return self.answers.sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        self.office.opened.append(address)
        if address in self.answers.recipients:
            return self.answers.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers.message is not None:
            return self.answers.message
        self.office.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        assert isinstance(message, EmailMessage)
        self.office.messages.append(message)
        return f"250 2.0.0 Ok: queued as {len(self.office.messages)}"
