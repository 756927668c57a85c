"""`tui-portail droits` from a shell: what it says, and what it refuses in a sentence."""

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from tests.databases import PostgresqlServer
from tui_portail.cli import app


@pytest.mark.postgresql
def test_the_accounts_are_made_and_how_to_give_their_passwords_is_said(postgresql_server: PostgresqlServer) -> None:
    desk, reader = f"poste_{uuid4().hex[:8]}", f"lecture_{uuid4().hex[:8]}"
    with postgresql_server.fresh() as address:
        for _ in range(2):  # run again, it gives the same
            answer = CliRunner().invoke(app, ["droits", "--base", address, "--role", desk, "--lecture", reader])
            assert answer.exit_code == 0, answer.output
        assert f"« {desk} » a les droits d’un poste" in answer.output
        assert f"\\password {reader}" in answer.output
        verified = CliRunner().invoke(app, ["verifier", "--base", address.replace("postgres:@", f"{reader}@")])
        assert "Tout concorde." in verified.output, verified.output
    with psycopg.connect(postgresql_server.uri, autocommit=True) as admin:
        for role in (desk, reader):
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Donnez le compte des postes par --role"),
        (["--role", "poste", "--lecture", "poste"], "deux comptes"),
        (["--role", "poste"], "Une base SQLite n’a pas de comptes"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    answer = CliRunner().invoke(app, ["droits", "--base", str(tmp_path / "base.sqlite"), *arguments])
    assert answer.exit_code == 2
    assert said in answer.output
