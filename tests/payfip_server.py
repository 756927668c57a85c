"""A PayFiP of the tests: the shipped simulator on a port of 127.0.0.1, with a clock that moves when told.

from tests.payfip_server import LocalPayFip, payfip  # noqa: F401
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tui_portail.payfip import OpenedPayment, PayFipService
from tui_portail.service_rules import PayFipMode

if TYPE_CHECKING:
    from tui_portail.payfip_simulator.server import PayFipSimulator

CLIENT = "090909"
LABELS = ("COMMUNE D ESSAI", "REGIE PERISCOLAIRE", "")
NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)


@dataclass
class MovedClock:
    """An aware instant that stays until it is moved."""

    instant: datetime = NOON

    def __call__(self) -> datetime:
        return self.instant

    def forward(self, **duration: float) -> None:
        """Move by a duration, as timedelta takes it."""
        self.instant += timedelta(**duration)


@dataclass
class LocalPayFip:
    """A simulator at work, its clock, and what it said."""

    simulator: PayFipSimulator
    clock: MovedClock
    said: list[str] = field(default_factory=list)

    def service(
        self, *, client: str = CLIENT, mode: PayFipMode = PayFipMode.TEST, timeout: float = 30.0
    ) -> PayFipService:
        """Return the adapter for this simulator. Nobody listens where it says that notifications go: the port is closed."""
        return PayFipService(
            client_number=client,
            mode=mode,
            address=self.simulator.address,
            return_address="https://portail.mairie.exemple/retour",
            notification_address="http://127.0.0.1:9/notification",
            timeout=timeout,
        )

    def opened(self, reference: str = "PANIER000042", amount_cents: int = 1250) -> OpenedPayment:
        """Open a payment as the portal would."""
        return self.service().create(reference, amount_cents, "Activités périscolaires", "parent@exemple.fr", 2026)


@contextmanager
def local_payfip(clock: MovedClock | None = None) -> Iterator[LocalPayFip]:
    """Give a simulator that knows one client; stopped at the end, its delayed answers let go."""
    from tui_portail.payfip_simulator.server import PayFipSimulator  # only a test that pays loads the extra

    clock = clock or MovedClock()
    said: list[str] = []
    with PayFipSimulator(clock, clients={CLIENT: LABELS}, told=said.append) as simulator:
        yield LocalPayFip(simulator, clock, said)


@pytest.fixture
def payfip() -> Iterator[LocalPayFip]:
    pytest.importorskip("eopayment", reason="the extra « paiement » is not installed")
    with local_payfip() as running:
        yield running
