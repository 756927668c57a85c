"""`tui-portail verifier` from a shell: green and 0 on a sound base, the row named and 1 on another, a sentence when there is none."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from typer.testing import CliRunner

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.test_counter_act import EVENING, FRIDAY, add, book, pay_cash
from tests.tui_portail.services.test_verification import tamper
from tui_portail.cli import app
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.till import open_session


def one_payment(database: Database) -> Desk:
    desk = a_desk(database)
    family = a_family(desk)
    open_session(desk, 100_00, new_operation())
    [basket] = book(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).baskets
    pay_cash(desk, basket.basket_id)
    return desk


def test_a_sound_base_is_said_to_agree(database: Database) -> None:
    one_payment(database)
    answer = CliRunner().invoke(app, ["verifier", "--base", database.url])
    assert answer.exit_code == 0, answer.output
    assert "2 écritures, 1 paiement, 0 avoir vérifiés" in answer.output
    assert "Tout concorde." in answer.output


def test_the_first_bad_row_is_named_and_the_command_fails(database: Database) -> None:
    desk = one_payment(database)
    row = tamper(desk, "tender", "amount_cents = amount_cents - 1")
    answer = CliRunner().invoke(app, ["verifier", "--base", database.url, "--json"])
    assert answer.exit_code == 1
    told = json.loads(answer.output)
    assert told["correcte"] is False
    assert (told["anomalies"][0]["table"], told["anomalies"][0]["ligne"]) == ("tender", row)


def test_a_missing_base_is_a_sentence_not_a_trace(tmp_path) -> None:
    answer = CliRunner().invoke(app, ["verifier", "--base", str(tmp_path / "absente.sqlite")])
    assert answer.exit_code == 1
    assert "n’existe pas" in answer.output.replace("'", "’")
    assert "Traceback" not in answer.output


def test_a_backup_is_verified_as_it_is_and_never_written(database: Database, tmp_path: Path) -> None:
    desk = one_payment(database)
    if database.dialect != "sqlite":  # its backups are restored on a server first
        return
    backup = tmp_path / "sauvegarde" / "lundi.sqlite"
    backup.parent.mkdir()
    with closing(sqlite3.connect(database.url)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    row = tamper(desk, "tender", "amount_cents = amount_cents - 1")
    backup.chmod(0o400)
    before = backup.read_bytes()

    sound = CliRunner().invoke(app, ["verifier", "--base", str(backup)])
    wrong = CliRunner().invoke(app, ["verifier", "--base", database.url])

    assert (sound.exit_code, "Tout concorde." in sound.output) == (0, True)
    assert (wrong.exit_code, f"ANOMALIE  tender {row} :" in wrong.output) == (1, True)
    assert backup.read_bytes() == before
