"""PayFiP as this desk or kiosk reaches it, from its settings: one way to find it for all of them.

Another PayFiP than the Trésor's (the simulator) is for a demonstration or a test base: money that nobody paid never enters a real one.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from models.states import DatabaseKind
from tui_portail.errors import InvalidInput, PortailError

if TYPE_CHECKING:
    from tui_portail.service_rules import PayFipMode
    from tui_portail.services.online_payments import OnlineService, OnlineServices

RETURN_PATH = "/payfip/retour"
NOTIFICATION_PATH = "/payfip/notification"
"""Where PayFiP sends the payer's browser back to, and where it posts `idop`, under the portal's address."""


class OnlineServiceMissing(PortailError):
    """PayFiP cannot be asked from here."""

    code = "PAYFIP_PAS_ICI"

    def __init__(self) -> None:
        super().__init__(f"PayFiP ne peut pas être interrogé depuis ce poste : {what_is_missing()}")


def what_is_missing() -> str:
    """Return what to do for PayFiP to be asked from this machine, in the order it is done."""
    if find_spec("eopayment") is None:
        return "installez le programme avec l’extension « paiement »."
    return (
        "donnez l’adresse du portail (portail_adresse) dans les réglages de ce poste ; "
        "sur une base de démonstration ou de test, celle d’un PayFiP simulé aussi (payfip_adresse)."
    )


def online_services(
    payfip_address: str | None, portal_address: str | None, kind: DatabaseKind
) -> OnlineServices | None:
    """Return what finds PayFiP for a client's number and mode; None where the extra « paiement » or the portal's address is missing.

    A demonstration or a test base never asks the Trésor's own: None without a `payfip_address`.

    Called, it raises InvalidInput for a `payfip_address` on a real base: everything else of the desk goes on.
    """
    pretended = kind is not DatabaseKind.REAL and not payfip_address
    if not portal_address or pretended or find_spec("eopayment") is None:
        return None
    portal = portal_address.rstrip("/")

    def service(client_number: str, mode: PayFipMode) -> OnlineService:
        from tui_portail.payfip import PayFipService  # noqa: PLC0415  only where PayFiP is really asked

        if payfip_address and kind is DatabaseKind.REAL:
            raise InvalidInput(
                "Un autre PayFiP que celui du Trésor (payfip_adresse) n’est admis que sur une base de démonstration ou de test : "
                "enlevez payfip_adresse des réglages de ce poste."
            )
        return PayFipService(
            client_number,
            mode,
            address=payfip_address or None,
            return_address=f"{portal}{RETURN_PATH}",
            notification_address=f"{portal}{NOTIFICATION_PATH}",
        )

    return service
