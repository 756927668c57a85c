"""How a SOAP message goes to PayFiP and its answer comes back: one connection each, TLS verified, nothing followed, little read.

Imported only where PayFiP is really called: zeep and requests come with the extra « paiement ».
"""

from __future__ import annotations

import io
import ssl
from collections.abc import Iterator, Mapping

import requests
import zeep
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from tui_portail.payfip_fields import is_on_this_machine

MOST_ANSWER_BYTES = 262_144
"""An answer of PayFiP is about two kilobytes."""

_BEFORE_SENDING = (ConnectTimeoutError, NewConnectionError, ProxyError, ssl.SSLCertVerificationError)


class NotSent(requests.RequestException):
    """Nothing reached the service: no connection, or a certificate that is not its own."""


class AnswerLost(requests.RequestException):
    """The message left, and no whole answer came back: what it asked may have been done."""


class PayFipTransport(zeep.Transport):
    """Posts every message to one address, whatever the WSDL says. `seconds` bounds the connection, then each wait for the answer."""

    def __init__(self, service_address: str, seconds: float) -> None:
        super().__init__(timeout=seconds, operation_timeout=seconds)  # type: ignore[no-untyped-call]
        self._service_address = service_address
        self._seconds = seconds
        # the mairie's proxy is named in the environment; this machine is never reached through it
        self._by_proxy = not is_on_this_machine(service_address)

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Send a message and return its answer, already read. Raises NotSent, AnswerLost.

        A session of its own: no cookie, no connection kept that the other end may have closed, and threads may post at once.
        """
        try:
            with requests.Session() as session:
                session.trust_env = self._by_proxy
                with session.post(
                    self._service_address,
                    data=message,
                    headers={**headers, "Connection": "close"},
                    timeout=(self._seconds, self._seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    return _whole(response)
        except requests.RequestException as error:
            if any(isinstance(cause, _BEFORE_SENDING) for cause in _causes(error)):
                raise NotSent(type(error).__name__) from None
            raise AnswerLost(type(error).__name__) from None


def soap_settings() -> zeep.Settings:
    """Return how answers are read: no DTD, no entity, nothing fetched because a document says so."""
    return zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)


def _whole(response: requests.Response) -> requests.Response:
    body = bytearray()
    for chunk in response.iter_content(8192):
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise AnswerLost("trop long")
    read = requests.Response()
    read.status_code, read.headers, read.encoding = response.status_code, response.headers, response.encoding
    read.raw = io.BytesIO(body)
    return read


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error, and those it was made of: requests and urllib3 keep them as arguments, reasons and causes."""
    todo, seen = [error], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        todo += [cause for cause in inner if isinstance(cause, BaseException)]
