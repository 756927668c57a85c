"""`tui-portail payfip` from a shell: what is tried, what is simulated, and that it says so."""

import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.engine import Database
from models.states import DatabaseKind
from tests.factories import a_desk, a_family, paris
from tests.payfip_server import CLIENT, LocalPayFip
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add
from tests.tui_portail.services.online_acts import open_page, paying_online
from tests.tui_portail.services.portal_acts import a_portal, an_active_account, hold_own
from tui_portail.cli import app
from tui_portail.cli.payfip import Breakdown
from tui_portail.payfip import PayFipRefused, PayFipService, PayFipUnreachable
from tui_portail.payfip_simulator.faults import FaultKind
from tui_portail.services.clock import FixedClock
from tui_portail.services.online_services import online_services
from tui_portail.services.setup import initialise
from tui_portail.settings import settings_with


def test_a_client_number_is_tried_and_told_by_its_labels(payfip: LocalPayFip) -> None:
    tried = ["payfip", "essayer", "--client", CLIENT, "--adresse", payfip.simulator.address]
    answer = CliRunner().invoke(app, tried)
    assert answer.exit_code == 0, answer.output
    assert "COMMUNE D ESSAI" in answer.output
    assert "rien n’y est payé pour de vrai" in answer.output
    assert payfip.simulator.tresor.payments() == ()


def test_the_desks_own_address_is_tried_when_none_is_given(
    payfip: LocalPayFip, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(settings_with(), payfip_address=payfip.simulator.address)
    monkeypatch.setattr("tui_portail.settings.load_settings", lambda: own)
    answer = CliRunner().invoke(app, ["payfip", "essayer", "--client", CLIENT])
    assert "COMMUNE D ESSAI" in answer.output


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [("12345", 2, "six chiffres"), ("123456", 1, "T2"), ("\x1b[31m", 2, "n’est pas un numéro de client")],
)
def test_a_number_that_is_none_is_refused_in_a_sentence(payfip: LocalPayFip, number: str, code: int, said: str) -> None:
    answer = CliRunner().invoke(app, ["payfip", "essayer", "--client", number, "--adresse", payfip.simulator.address])
    assert answer.exit_code == code
    assert said in answer.output
    assert "\x1b" not in answer.output


def test_every_fault_of_the_simulator_has_its_name_on_the_command_line() -> None:
    assert [one.value for one in Breakdown] == [one.value for one in FaultKind]


def test_a_port_that_is_taken_is_said() -> None:
    pytest.importorskip("eopayment")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = CliRunner().invoke(app, ["payfip", "simuler", "--port", str(taken.getsockname()[1])])
    assert (answer.exit_code, "déjà pris" in answer.output) == (2, True)


def test_the_simulator_says_that_nothing_is_real_and_breaks_as_asked() -> None:
    pytest.importorskip("eopayment")
    broken = ["--panne", "refus", "--code", "M5", "--sur", "creation", "--panne", "illisible"]
    command = [sys.executable, "-m", "tui_portail", "payfip", "simuler", "--port", "0", *broken]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        try:
            assert running.stdout is not None
            said = [running.stdout.readline() for _ in range(4)]
            assert "Aucun paiement réel" in said[1]
            address = re.search(r"http://\S+", said[0])
            assert address is not None
            service = PayFipService(
                CLIENT,
                address=address[0],
                return_address="https://a.fr/",
                notification_address="https://a.fr/",
                timeout=60,
            )
            with pytest.raises(PayFipRefused, match="M5"):
                service.create("PANIER000042", 1250, "Cantine", "parent@exemple.fr", 2026)
            assert service.client().number == CLIENT
        finally:
            running.kill()


def test_interrupted_it_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("eopayment")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    known: list[str] = []

    def interrupted() -> None:
        known.append(PayFipService(CLIENT, address=address).client().number)
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_portail.cli.payfip._serve", interrupted)
    answer = CliRunner().invoke(app, ["payfip", "simuler", "--port", str(port)])
    assert (answer.exit_code, "Simulation arrêtée." in answer.output, known) == (0, True, [CLIENT])
    with pytest.raises(PayFipUnreachable):
        PayFipService(CLIENT, address=address).client()


def _paying_base(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    base = folder / "essai.sqlite"
    initialise(str(base), paying_online(), "essai", DatabaseKind.TEST)
    for name, value in (
        ("BASE", str(base)),
        ("PAYFIP_ADRESSE", address),
        ("PORTAIL_ADRESSE", "https://portail.exemple.fr"),
    ):
        monkeypatch.setenv(f"TUI_PORTAIL_{name}", value)
    return base


def test_the_communes_own_number_is_tried_and_what_is_set_is_told(
    payfip: LocalPayFip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _paying_base(tmp_path, payfip.simulator.address, monkeypatch)
    answer = CliRunner().invoke(app, ["payfip", "essayer"])
    assert "Réglages de la commune : ouvert, mode test." in answer.output
    assert answer.exit_code == 0, answer.output


def test_payments_under_way_are_followed_by_a_command(
    payfip: LocalPayFip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = _paying_base(tmp_path, payfip.simulator.address, monkeypatch)
    database = Database.open(str(base))
    desk = a_desk(database, at="2026-12-01 10:30")
    family, portal = a_family(desk), a_portal(desk)
    portal.desk.online = online_services(payfip.simulator.address, "https://portail.exemple.fr", database.kind)
    an_active_account(portal, family)
    open_page(portal, hold_own(portal, add(family.child_id, EVENING, FRIDAY)).basket_id)
    [waiting] = payfip.simulator.tresor.payments()
    payfip.simulator.faults.notifications = 0
    payfip.simulator.decide(waiting.id_op, "P")
    database.close()
    monkeypatch.setattr(
        "tui_portail.services.clock.clock_of", lambda opened: FixedClock(opened, paris("2026-12-01 10:40"))
    )
    answer = CliRunner().invoke(app, ["payfip", "suivre"])
    assert answer.exit_code == 0, answer.output
    assert "1,95 €, payee, quittance 2026-000001" in answer.output.replace("\u00a0", " ").replace("\u202f", " ")
    assert "1 paiement suivi" in answer.output
    assert "0 paiement suivi" in CliRunner().invoke(app, ["payfip", "suivre"]).output
