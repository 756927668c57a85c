"""A backup that could not be tried: one true sentence, and nothing of what the server said, which may quote a family's row."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.databases import PostgresqlServer
from tests.tui_portail.backup_acts import backed_up, run

pytestmark = pytest.mark.postgresql
ONLY_THERE = """
CREATE FUNCTION only_there(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN IF current_database() <> '{name}' THEN RAISE EXCEPTION 'famille % refused', $1; END IF; RETURN true; END $$;
ALTER TABLE alembic_version ADD CHECK (only_there(version_num || 'Zwyxfamille'));
"""


def test_a_trial_that_the_server_refuses_keeps_the_backup_and_quotes_nobody(
    tmp_path: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh() as url:
        with psycopg.connect(url) as owner:
            owner.execute(ONLY_THERE.format(name=owner.info.dbname))
        saved = run("sauvegarder", "--base", url, "--vers", tmp_path / "s")
    said = " ".join(saved.output.split())
    described = json.loads(backed_up(tmp_path / "s").with_suffix(".dump.json").read_text(encoding="utf-8"))
    assert saved.exit_code == 3, said
    assert "NON VÉRIFIÉE : elle est gardée, mais sa restauration d’essai s’est arrêtée sur une erreur" in said
    assert "Rien n’est gardé" not in said and "Zwyxfamille" not in said and "refused" not in said
    assert (described["verified"], described["verification"]) == (None, "PROGRAMME_POSTGRESQL_ARRETE")
    assert "Zwyxfamille" not in json.dumps(described)


def test_a_restore_that_the_server_refuses_says_that_nothing_is_restored(
    tmp_path: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh() as url, postgresql_server.fresh(empty=True) as elsewhere:
        with psycopg.connect(url) as owner:
            owner.execute(ONLY_THERE.format(name=owner.info.dbname))
        assert run("sauvegarder", "--base", url, "--vers", tmp_path / "s", "--sans-verification").exit_code == 0
        done = run("restaurer", backed_up(tmp_path / "s"), "--base", elsewhere)
    assert (done.exit_code, "Rien n’est restauré" in done.output) == (1, True), done.output
    assert "Zwyxfamille" not in done.output
