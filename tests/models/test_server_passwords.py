"""The password of the base's account: from the keyring when the server asks for one and nobody gave it; never said anywhere."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from typer.testing import CliRunner

from models.addresses import DatabaseAddress
from models.database_errors import AccountRefused
from models.engine import Database
from models.server_passwords import account_of
from tests.databases import PostgresqlServer
from tests.memory_keyring import MemoryKeyring
from tests.memory_keyring import trousseau as trousseau
from tests.server_proxy import Proxy, proxied
from tui_portail.cli import app
from tui_portail.logs import keep_logs, note_incident

SECRET = "".join(("tilleul", "-soupe", "-jeudi"))
runner = CliRunner()


@pytest.fixture(autouse=True)
def no_password_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def served(postgresql_server: PostgresqlServer) -> Iterator[tuple[str, Proxy]]:
    with postgresql_server.fresh() as url, proxied(url, password=SECRET) as proxy:
        yield url.split("/")[3].split("?")[0], proxy


def address(served: tuple[str, Proxy], user: str = "postgres") -> str:
    return f"postgresql://{user}@127.0.0.1:{served[1].port}/{served[0]}"


@pytest.mark.postgresql
def test_a_password_kept_by_command_opens_the_base_and_forgotten_no_more(
    served: tuple[str, Proxy], trousseau: MemoryKeyring
) -> None:
    base = address(served)
    with pytest.raises(AccountRefused, match="mot-de-passe enregistrer"):
        Database.open(base)
    kept = runner.invoke(app, ["mot-de-passe", "enregistrer", "--base", base], input=f"{SECRET}\n")
    assert (kept.exit_code, SECRET in kept.output) == (0, False)
    with closing(Database.open(base)) as database, database.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        assert SECRET not in f"{database!r}{database.engine!r}{database.address}{database.engine.url!r}"
    assert runner.invoke(app, ["mot-de-passe", "oublier", "--base", base]).exit_code == 0
    assert trousseau.kept == {}
    again = runner.invoke(app, ["mot-de-passe", "oublier", "--base", base])
    assert (again.exit_code, "rien à oublier" in again.output) == (1, True)


@pytest.mark.postgresql
def test_the_keyring_is_not_opened_where_the_password_is_given(
    served: tuple[str, Proxy], trousseau: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(MemoryKeyring, "get_password", lambda *_: pytest.fail("the keyring was opened"))
    with monkeypatch.context() as given:
        given.setenv("PGPASSWORD", SECRET)
        Database.open(address(served)).close()
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"*:*:*:*:{SECRET}\n", encoding="utf-8")
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    Database.open(address(served)).close()
    monkeypatch.delenv("PGPASSFILE")
    Database.open(address(served, f"postgres:{SECRET}")).close()


@pytest.mark.postgresql
def test_a_wrong_password_is_told_without_it_in_words_in_the_log_and_in_the_exception(
    served: tuple[str, Proxy], trousseau: MemoryKeyring, tmp_path: Path
) -> None:
    wrong = f"{SECRET}x"
    trousseau.kept["tui-portail", account_of(DatabaseAddress.parse(address(served)))] = wrong
    with keep_logs(tmp_path), pytest.raises(AccountRefused, match="refuse le mot de passe") as refused:
        Database.open(address(served))
    note_incident(refused.value, tmp_path)
    one: BaseException | None = refused.value
    while one is not None:
        assert SECRET not in f"{one!s}{one!r}"
        one = one.__cause__
    assert SECRET not in "".join(file.read_text(encoding="utf-8") for file in tmp_path.glob("*.log"))


def test_without_a_keyring_that_encrypts_the_command_says_the_other_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    command = ["mot-de-passe", "enregistrer", "--base", "postgresql://agent@serveur/m"]
    refused = runner.invoke(app, command, input=f"{SECRET}\n")
    assert refused.exit_code == 1
    assert "PGPASSWORD" in refused.output and "chmod 600" in refused.output
    in_clear = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file"})()
    monkeypatch.setattr(keyring, "get_keyring", lambda: in_clear)
    assert runner.invoke(app, command, input=f"{SECRET}\n").exit_code == 1
    assert in_clear.kept == {}


def test_a_file_has_no_password(tmp_path: Path) -> None:
    told = runner.invoke(app, ["mot-de-passe", "enregistrer", "--base", str(tmp_path / "x.sqlite")], input="x\n")
    assert (told.exit_code, "est un fichier" in told.output) == (2, True)


@pytest.mark.parametrize(
    "written",
    ["postgresql://agent:{}@serveur/m", "postgresql://agent@serveur/m?password={}", "host=serveur password={}"],
)
@pytest.mark.parametrize(
    "command", [["verifier"], ["ouvrir"], ["mot-de-passe", "oublier"], ["commune", "exporter", "-"]]
)
def test_a_password_on_a_command_line_is_refused_with_the_three_ways(command: list[str], written: str) -> None:
    refused = runner.invoke(app, [*command, "--base", written.format(SECRET)])
    assert refused.exit_code == 2
    assert SECRET not in refused.output
    for way in ("trousseau", "PGPASSWORD", "chmod 600"):
        assert way in refused.output


def test_a_password_in_the_environment_stays_a_way_and_is_in_no_process_argument(tmp_path: Path) -> None:
    environment = {**os.environ, "TUI_PORTAIL_BASE": f"postgresql://agent:{SECRET}@127.0.0.1:1/m"}
    done = subprocess.run(
        [sys.executable, "-m", "tui_portail", "verifier"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 1
    assert "ne répond pas" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_options_of_the_link_do_not_change_the_account() -> None:
    plain = DatabaseAddress.parse("postgresql://agent@serveur:5433/m")
    other = DatabaseAddress.parse(f"postgresql://agent:{SECRET}@serveur:5433/m?sslrootcert=/a.pem&application_name=x")
    assert account_of(plain) == account_of(other) == "postgresql://agent@serveur:5433/m"
    assert other.text.count(SECRET) == 1, "only `text`, made for another process, holds it"
    in_query = DatabaseAddress.parse(f"postgresql://agent@serveur/m?password={SECRET}")
    assert SECRET not in f"{other}{other!r}{in_query}{in_query!r}"
