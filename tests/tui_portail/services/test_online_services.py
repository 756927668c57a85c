"""PayFiP found from a desk's settings: never another than the Trésor's on a real base."""

import pytest

from models.states import DatabaseKind
from tui_portail.errors import InvalidInput
from tui_portail.payfip import PayFipService
from tui_portail.service_rules import PayFipMode
from tui_portail.services.online_services import online_services

PORTAL = "https://portail.clapiers.exemple/"
SIMULATOR = "http://127.0.0.1:8765"


def test_the_tresor_is_asked_and_comes_back_to_the_portal() -> None:
    services = online_services(None, PORTAL, DatabaseKind.REAL)
    assert services is not None
    found = services("123456", PayFipMode.PRODUCTION)
    assert found == PayFipService(
        "123456",
        PayFipMode.PRODUCTION,
        None,
        "https://portail.clapiers.exemple/payfip/retour",
        "https://portail.clapiers.exemple/payfip/notification",
    )


@pytest.mark.parametrize("kind", [DatabaseKind.DEMO, DatabaseKind.TEST])
def test_a_demonstration_and_a_test_base_may_use_the_simulator(kind: DatabaseKind) -> None:
    services = online_services(SIMULATOR, PORTAL, kind)
    assert services is not None
    found = services("123456", PayFipMode.TEST)
    assert isinstance(found, PayFipService)
    assert found.address == SIMULATOR


def test_a_real_base_refuses_the_simulator_and_says_what_to_do() -> None:
    services = online_services(SIMULATOR, PORTAL, DatabaseKind.REAL)
    assert services is not None
    with pytest.raises(InvalidInput, match="payfip_adresse"):
        services("123456", PayFipMode.TEST)


def test_without_the_portals_address_or_the_extra_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert online_services(None, None, DatabaseKind.REAL) is None
    monkeypatch.setattr("tui_portail.services.online_services.find_spec", lambda name: None)
    assert online_services(None, PORTAL, DatabaseKind.REAL) is None
