"""What the simulated Trésor remembers: clients, payments asked, and the outcome chosen once for each.

An identifier (idOp) cannot be guessed and is never given twice. Its page opens for a quarter of an hour. Asked before an outcome, it is
« P5 »; one left without outcome is forgotten the night after, « P1 ». Outcomes are kept.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tui_portail.payfip_answers import ID_LIFE, OUTCOMES, REFUSALS
from tui_portail.payfip_simulator.requests_checked import PaymentRequest, check_client_number, check_request

PARIS = ZoneInfo("Europe/Paris")
CLEANED_AT = time(3, 0)
"""Paris wall time at which payments left without outcome are forgotten."""

FICTIVE_LABELS = ("SIMULATION PAYFIP", "COMMUNE FICTIVE", "REGIE PERISCOLAIRE")


class FunctionalFault(Exception):
    """The service refuses, with a code of its own (see `payfip_answers.REFUSALS`)."""

    def __init__(self, code: str) -> None:
        known = REFUSALS.get(code)
        super().__init__(code)
        self.code = code
        self.meaning = known.meaning if known else "code inconnu du simulateur"


@dataclass(frozen=True, slots=True)
class SimulatedPayment:
    """A payment asked. `result`: a letter of `resultrans`, None before; `decided_at` aware, as `created_at`."""

    id_op: str
    request: PaymentRequest
    created_at: datetime
    result: str | None = None
    decided_at: datetime | None = None

    def has_expired(self, now: datetime) -> bool:
        """Say whether its page opens no more."""
        return now >= self.created_at + ID_LIFE

    def is_forgotten(self, now: datetime) -> bool:
        """Say whether it was left without outcome until the night after its quarter of an hour."""
        if self.result is not None:
            return False
        expired = (self.created_at + ID_LIFE).astimezone(PARIS)
        night = datetime.combine(expired.date(), CLEANED_AT, PARIS)
        return now >= (night if expired < night else night + timedelta(days=1))


class SimulatedTresor:
    """The payments of one simulator; threads may ask it at once. `now` gives an aware instant.

    `clients`: the labels of each client number known; None: every number of six digits is the one of a fictive commune.
    """

    def __init__(self, now: Callable[[], datetime], clients: Mapping[str, tuple[str, str, str]] | None = None) -> None:
        self._now = now
        self._clients = clients
        self._payments: dict[str, SimulatedPayment] = {}
        self._lock = threading.Lock()

    def client(self, number: str | None) -> tuple[str, str, str]:
        """Return a client's three labels. Raises FunctionalFault: T1, T2."""
        if code := check_client_number(number):
            raise FunctionalFault(code)
        if self._clients is None:
            return FICTIVE_LABELS
        try:
            return self._clients[number or ""]
        except KeyError:
            raise FunctionalFault("T2") from None

    def create(self, request: PaymentRequest) -> SimulatedPayment:
        """Open a payment. Raises FunctionalFault for the first field that is wrong."""
        self.client(request.client_number)
        if code := check_request(request):
            raise FunctionalFault(code)
        payment = SimulatedPayment(str(uuid.uuid4()), request, self._now())
        with self._lock:
            self._payments[payment.id_op] = payment
        return payment

    def ended(self, id_op: str | None) -> SimulatedPayment:
        """Return a payment that has its outcome. Raises FunctionalFault: P1 unknown or forgotten, P5 not yet."""
        payment = self._known(id_op)
        if payment.result is None:
            raise FunctionalFault("P5")
        return payment

    def payable(self, id_op: str | None, *, late: bool = False) -> SimulatedPayment:
        """Return a payment whose page may be shown. Raises FunctionalFault: P1, P3 used already, P4 expired, unless `late`."""
        payment = self._known(id_op)
        if payment.result is not None:
            raise FunctionalFault("P3")
        if payment.has_expired(self._now()) and not late:
            raise FunctionalFault("P4")
        return payment

    def decide(self, id_op: str | None, result: str, *, late: bool = False) -> SimulatedPayment:
        """Give a payment its outcome, once. `result`: a letter of `resultrans`. Raises as `payable`, and ValueError for another letter."""
        if result not in OUTCOMES:
            raise ValueError(result)
        with self._lock:
            decided = replace(self.payable(id_op, late=late), result=result, decided_at=self._now())
            self._payments[decided.id_op] = decided
        return decided

    def forget(self, id_op: str) -> None:
        """Forget a payment now, as a night would one left without outcome."""
        with self._lock:
            self._payments.pop(id_op, None)

    def payments(self) -> tuple[SimulatedPayment, ...]:
        """Return all that was asked and not forgotten on purpose, in order."""
        with self._lock:
            return tuple(self._payments.values())

    def _known(self, id_op: str | None) -> SimulatedPayment:
        payment = self._payments.get(id_op or "")
        if payment is None or payment.is_forgotten(self._now()):
            raise FunctionalFault("P1")
        return payment
