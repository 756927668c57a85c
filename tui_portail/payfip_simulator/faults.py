"""What goes wrong on demand: a queue of faults for each operation, the oldest first; one without `times` stays until it is taken away."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """The service's operations, as its WSDL names them."""

    CREATE = "creerPaiementSecurise"
    ASK = "recupererDetailPaiementSecurise"
    CLIENT = "recupererDetailClient"


class FaultKind(StrEnum):
    """What goes wrong with one call. The value is the name the command takes."""

    DELAY = "lenteur"
    LOST_ANSWER = "reponse-perdue"
    HTTP_500 = "erreur-500"
    FUNCTIONAL = "refus"
    TECHNICAL = "incident"
    GARBAGE = "illisible"
    OTHER_AMOUNT = "autre-montant"
    OTHER_REFERENCE = "autre-reference"
    OTHER_IDENTIFIER = "autre-identifiant"
    UNKNOWN_CODE = "code-inconnu"


@dataclass(slots=True)
class Fault:
    """A fault of an operation. `times` None: at every call. `code` is a functional fault's, or the unknown result.

    A delay lasts until `released` is set, or `seconds`; the work is done first, then the answer waits. LOST_ANSWER too does the work.
    """

    kind: FaultKind
    operation: Operation
    times: int | None = 1
    code: str = "T2"
    released: threading.Event = field(default_factory=threading.Event)
    seconds: float = 60.0


class Faults:
    """The faults of one simulator, and how its notifications go. Threads may take them at once.

    `notifications`: how many times each outcome is notified (0: never, 2: twice). `late_payments`: a page still takes an outcome after
    its quarter of an hour.
    """

    def __init__(self) -> None:
        self.notifications = 1
        self.late_payments = False
        self._waiting: list[Fault] = []
        self._taken: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        """Put a fault at the end of its operation's queue, and return it."""
        with self._lock:
            self._waiting.append(fault)
        return fault

    def take(self, operation: Operation) -> Fault | None:
        """Return the fault of the call that comes in, None when all goes well."""
        with self._lock:
            for fault in self._waiting:
                if fault.operation is operation:
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._waiting.remove(fault)
                    self._taken.append(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Take all faults away and let delayed answers go."""
        with self._lock:
            for fault in (*self._waiting, *self._taken):
                fault.released.set()
            self._waiting.clear()
            self._taken.clear()
