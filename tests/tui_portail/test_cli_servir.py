"""`tui-portail servir`: what it says, what it refuses, and its end."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.states import DatabaseKind
from tests.factories import the_commune
from tests.served_kiosk import PATIENCE
from tests.tui_portail.services.online_acts import paying_online
from tui_portail.cli import servir
from tui_portail.cli.program import app
from tui_portail.services.setup import initialise


def started(base: str, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tui_portail", "servir", "--base", base, "--port", "0", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def base(tmp_path: Path) -> str:
    url = str(tmp_path / "portail.sqlite")
    initialise(url, the_commune(), "essai", DatabaseKind.TEST)
    return url


def test_families_who_could_not_pay_online_here_are_told_of(tmp_path: Path) -> None:
    url = str(tmp_path / "enligne.sqlite")
    initialise(url, paying_online(), "essai", DatabaseKind.TEST)
    program = started(url)
    assert program.stdout is not None
    assert "La borne est servie" in program.stdout.readline()
    program.terminate()
    _, complaints = program.communicate(timeout=PATIENCE)
    assert complaints.startswith(
        "ATTENTION : les familles ne pourront pas payer en ligne ici. Pour cela : donnez l’adresse du portail"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_kiosk_is_served_until_it_is_told_to_stop(base: str, number: signal.Signals) -> None:
    program = started(base)
    assert program.stdout is not None
    said = program.stdout.readline()
    address = said.split()[5]
    assert said.startswith("La borne est servie sur http://127.0.0.1:")
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310  our own address
        assert "<title>Portail Famille" in answer.read().decode()
    program.send_signal(number)
    rest, complaints = program.communicate(timeout=PATIENCE)
    assert (program.returncode, rest, complaints) == (0, "La borne n’est plus servie.\n", "")


def test_another_address_than_this_machines_is_warned_of(base: str) -> None:
    program = started(base, "--adresse", "0.0.0.0")  # noqa: S104
    assert program.stdout is not None
    assert "http://0.0.0.0:" in program.stdout.readline()
    program.terminate()
    _, complaints = program.communicate(timeout=PATIENCE)
    assert complaints.startswith("ATTENTION : sur 0.0.0.0, la borne répond aux autres machines sans chiffrement")
    assert "HTTPS" in complaints


def test_without_the_proxys_word_on_addresses_families_would_count_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    servir._warn("127.0.0.1", "https://portail.clapiers.example", behind_proxy=False)
    assert "--derriere-proxy" in capsys.readouterr().err
    servir._warn("127.0.0.1", "https://portail.clapiers.example", behind_proxy=True)
    servir._warn("127.0.0.1", None, behind_proxy=False)
    assert capsys.readouterr().err == ""


def test_a_port_already_taken_is_refused_in_a_sentence(base: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = CliRunner().invoke(app, ["servir", "--base", base, "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 1
    assert "Choisissez-en un autre par --port" in done.output


def test_a_base_that_cannot_be_opened_is_not_served(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["servir", "--base", str(tmp_path / "absente.sqlite")])
    assert done.exit_code == 1
    assert len(done.output.strip().splitlines()) == 1


def test_without_the_library_the_extra_to_install_is_named(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servir, "LIBRARY", "textual_serve_absent")
    done = CliRunner().invoke(app, ["servir", "--base", base])
    assert done.exit_code == 1
    assert "tui-portail[navigateur]" in done.output


def test_each_visitor_gets_the_kiosk_on_the_base_served() -> None:
    assert servir.kiosk_command("b.sqlite") == [
        sys.executable, "-m", "tui_portail", "borne", "--en-ligne", "--base", os.fspath(Path("b.sqlite")),
    ]  # fmt: skip
    assert servir.kiosk_command(None)[-1] == "--en-ligne"
