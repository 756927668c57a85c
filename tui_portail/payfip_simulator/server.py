"""The simulator on a port of 127.0.0.1: SOAP messages, the WSDL, the payment page, and notifications to the portal.

`with PayFipSimulator(now) as payfip:` starts it in threads of its own and stops it at the end; `payfip.address` is what
`PayFipService(address=…)` takes. Nothing outside this machine reaches it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import requests

from tui_portail.payfip import PAGE_PATH, SERVICE_PATH
from tui_portail.payfip_simulator.exchanges import Answer, Exchanges
from tui_portail.payfip_simulator.faults import Faults
from tui_portail.payfip_simulator.page import HEADERS, choice_page, fault_page, home_page, outcome_page
from tui_portail.payfip_simulator.soap import contract
from tui_portail.payfip_simulator.sockets import LocalServer
from tui_portail.payfip_simulator.tresor import FunctionalFault, SimulatedPayment, SimulatedTresor

NOTIFICATION_SECONDS = 5.0
XML = {"Content-Type": "text/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Notified:
    """A notification posted: to which address, and the status answered, None when nobody answered."""

    id_op: str
    address: str
    status: int | None


class PayFipSimulator:
    """A PayFiP that pays nothing. `now` gives an aware instant; `port` 0: any that is free; `clients`: see SimulatedTresor.

    `told` is called with a French sentence for each thing that happens, from any thread. Raises PayFipMissing without the library.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        port: int = 0,
        clients: Mapping[str, tuple[str, str, str]] | None = None,
        told: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.faults = Faults()
        self.tresor = SimulatedTresor(now, clients)
        self.notified: list[Notified] = []
        self._contract = contract()
        self._exchanges = Exchanges(self._contract, self.tresor, self.faults, told)
        self._told = told
        self._server = LocalServer(port, self._get, self._post)
        self.address = f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="payfip", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.faults.clear()
        self._server.shutdown()
        self._server.server_close()

    def page_of(self, id_op: str) -> str:
        """Return the address of a payment's page."""
        return f"{self.address}{PAGE_PATH}?idop={id_op}"

    def decide(self, id_op: str, result: str) -> SimulatedPayment:
        """Give a payment its outcome as the page's buttons do: decided once, then notified as the faults say.

        `result`: P, V, R, Z or A. Raises FunctionalFault: P1, P3, P4.
        """
        payment = self.tresor.decide(id_op, result, late=self.faults.late_payments)
        self._told(f"Résultat {result} pour la référence {payment.request.reference}.")
        for _ in range(self.faults.notifications):
            self._notify(payment)
        return payment

    def _notify(self, payment: SimulatedPayment) -> None:
        address = payment.request.notification_address or ""
        status: int | None = None
        try:
            with requests.post(
                address, data={"idop": payment.id_op}, timeout=NOTIFICATION_SECONDS, allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
        except requests.RequestException:
            self._told("Le portail n’a pas pris la notification.")
        self.notified.append(Notified(payment.id_op, address, status))

    def _get(self, path: str, query: Mapping[str, str]) -> Answer | None:
        if path == SERVICE_PATH and "wsdl" in query:
            return Answer(200, self._contract.wsdl(f"{self.address}{SERVICE_PATH}"), XML)
        folder, _, name = path.rpartition("/")
        if (
            f"{folder}/" == f"{SERVICE_PATH.rpartition('/')[0]}/"
            and (schema := self._contract.schema(name)) is not None
        ):
            return Answer(200, schema, XML)
        if path == PAGE_PATH:
            try:
                return _html(200, choice_page(self.tresor.payable(query.get("idop"), late=self.faults.late_payments)))
            except FunctionalFault as fault:
                return _refused(fault)
        return _html(200, home_page()) if path == "/" else None

    def _post(self, path: str, body: bytes, form: Mapping[str, str]) -> Answer | None:
        if path == SERVICE_PATH:
            return self._exchanges.answer(body)
        if path != PAGE_PATH:
            return None
        try:
            return _html(200, outcome_page(self.decide(form.get("idop", ""), form.get("resultat", ""))))
        except FunctionalFault as fault:
            return _refused(fault)
        except ValueError:
            return Answer(400, b"", {})


def _html(status: int, page: str) -> Answer:
    return Answer(status, page.encode(), HEADERS)


def _refused(fault: FunctionalFault) -> Answer:
    return _html({"P1": 404, "P3": 409}.get(fault.code, 410), fault_page(fault))
