"""One SOAP message in, one answer out: the operation done by the simulated Trésor, then spoilt as the faults say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tui_portail.money import format_cents
from tui_portail.payfip_simulator.faults import Fault, FaultKind, Faults, Operation
from tui_portail.payfip_simulator.requests_checked import PaymentRequest
from tui_portail.payfip_simulator.soap import Contract, SenderFault
from tui_portail.payfip_simulator.tresor import PARIS, FunctionalFault, SimulatedPayment, SimulatedTresor

XML = {"Content-Type": "text/xml; charset=utf-8"}
GARBAGE = b'<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><coup'
FICTIVE_AUTHORISATION = "SIMULATION"
UNKNOWN_RESULT = "K"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `lost`: the connection is closed without a byte of it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    lost: bool = False


class Exchanges:
    """The SOAP side of a simulator."""

    def __init__(
        self, contract: Contract, tresor: SimulatedTresor, faults: Faults, told: Callable[[str], None]
    ) -> None:
        self._contract = contract
        self._tresor = tresor
        self._faults = faults
        self._told = told

    def answer(self, message: bytes) -> Answer:
        """Return what is answered to a message; a delay is waited for here."""
        try:
            operation, argument = self._contract.read(message)
        except SenderFault as refused:
            return Answer(500, self._contract.sender_fault(str(refused)), XML)
        fault = self._faults.take(operation)
        if fault is not None and (instead := self._instead(fault)) is not None:
            return instead
        try:
            fields = self._done(operation, argument)
        except FunctionalFault as refusal:
            self._told(f"{operation} : {refusal.code}, {refusal.meaning}.")
            answer = Answer(500, self._contract.fault("FonctionnelleErreur", refusal.code, refusal.meaning), XML)
        else:
            answer = Answer(200, self._contract.answer(operation, _spoilt(fields, fault)), XML)
        return self._afterwards(answer, fault)

    def _instead(self, fault: Fault) -> Answer | None:
        """Return what a fault answers before anything is done, None when it lets the work be done."""
        if fault.kind is FaultKind.HTTP_500:
            return Answer(500, b"<html><body>Erreur interne</body></html>", {"Content-Type": "text/html"})
        if fault.kind is FaultKind.FUNCTIONAL:
            refused = FunctionalFault(fault.code)
            return Answer(500, self._contract.fault("FonctionnelleErreur", refused.code, refused.meaning), XML)
        if fault.kind is FaultKind.TECHNICAL:
            return Answer(500, self._contract.fault("TechDysfonctionnementErreur", "999", "Incident simulé"), XML)
        return None

    def _afterwards(self, answer: Answer, fault: Fault | None) -> Answer:
        if fault is None:
            return answer
        if fault.kind is FaultKind.DELAY:
            fault.released.wait(fault.seconds)
        if fault.kind is FaultKind.LOST_ANSWER:
            return Answer(answer.status, b"", {}, lost=True)
        return Answer(200, GARBAGE, XML) if fault.kind is FaultKind.GARBAGE else answer

    def _done(self, operation: Operation, argument: Any) -> dict[str, str | None]:
        """Do an operation and return its answer's fields. Raises FunctionalFault."""
        if operation is Operation.CREATE:
            payment = self._tresor.create(_request(argument))
            self._told(
                f"Paiement demandé : {format_cents(int(payment.request.amount or '0'))}, référence {payment.request.reference}."
            )
            return {"idOp": payment.id_op}
        if operation is Operation.ASK:
            return _details(self._tresor.ended(getattr(argument, "idOp", None)))
        number = getattr(argument, "numCli", None)
        first, second, third = self._tresor.client(number)
        return {"libelleN1": first, "libelleN2": second, "libelleN3": third, "numcli": number}


def _request(argument: Any) -> PaymentRequest:
    def field(name: str) -> str | None:
        value = getattr(argument, name, None)
        return value if isinstance(value, str) else None

    return PaymentRequest(
        client_number=field("numcli"),
        year=field("exer"),
        reference=field("refdet"),
        subject=field("objet"),
        amount=field("montant"),
        email=field("mel"),
        mode=field("saisie"),
        notification_address=field("urlnotif"),
        return_address=field("urlredirect"),
    )


def _details(payment: SimulatedPayment) -> dict[str, str | None]:
    request, when = payment.request, (payment.decided_at or payment.created_at).astimezone(PARIS)
    return {
        "dattrans": when.strftime("%d%m%Y"),
        "exer": request.year,
        "heurtrans": when.strftime("%H%M"),
        "idOp": payment.id_op,
        "mel": request.email,
        "montant": request.amount,
        "numauto": FICTIVE_AUTHORISATION if payment.result in {"P", "V"} else None,
        "numcli": request.client_number,
        "objet": request.subject,
        "refdet": request.reference,
        "resultrans": payment.result,
        "saisie": request.mode,
    }


def _spoilt(fields: dict[str, str | None], fault: Fault | None) -> dict[str, str | None]:
    """Return an answer's fields, one of them wrong as the fault says; an answer without that field stays as it is."""
    kind = fault.kind if fault is not None else None
    if kind is FaultKind.OTHER_AMOUNT and "montant" in fields:
        return {**fields, "montant": str(int(fields["montant"] or "0") + 1)}
    if kind is FaultKind.OTHER_REFERENCE and "refdet" in fields:
        return {**fields, "refdet": f"{fields['refdet']}X"}
    if kind is FaultKind.OTHER_IDENTIFIER and "refdet" in fields:
        return {**fields, "idOp": str(uuid.uuid4())}
    if kind is FaultKind.UNKNOWN_CODE and "resultrans" in fields:
        return {**fields, "resultrans": UNKNOWN_RESULT}
    return fields
