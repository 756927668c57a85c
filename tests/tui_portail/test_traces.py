"""A bug in the log: where it happened and its codes; none of the names, telephones and addresses it met, wherever it was raised."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import Database
from tests.factories import TUESDAY, a_desk, an_agent, paris
from tui_portail.errors import PortailError
from tui_portail.logs import note_incident
from tui_portail.services.rights import Role
from tui_portail.traces import trace_of, within_package

DATA = tuple(
    "-".join(parts) for parts in (("zel", "ie"), ("kerma", "dec"), ("0612", "345678"), ("rue", "des", "Ormes"))
)
"""Made here, so that no line of code holds them: a trace shows lines of code."""


def logged(folder: Path) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.log*"))


def holds_data(text: str) -> list[str]:
    return [one for one in DATA if one.lower() in text.lower()]


def test_the_trace_tells_type_file_line_function_and_code_and_nothing_else() -> None:
    def looked_up(name: str) -> int:
        return {"Durand": 1}[name]

    with pytest.raises(KeyError) as caught:
        looked_up(DATA[0])
    told = trace_of(caught.value)
    assert told[0] == "KeyError"
    assert re.fullmatch(r"  tests/tui_portail/test_traces\.py:\d+ .*looked_up  return \{.*\}\[name\]", told[-1])
    assert not holds_data("\n".join(told))


def test_causes_and_groups_are_told_and_a_loop_of_causes_ends() -> None:
    first, second = ValueError(DATA[0]), RuntimeError(DATA[1])
    first.__cause__, second.__cause__ = second, first
    group = ExceptionGroup(DATA[2], [first, OSError(2, DATA[3], DATA[0])])
    told = "\n".join(trace_of(group))
    assert all(word in told for word in ("ExceptionGroup", "RuntimeError", "ValueError", "errno=ENOENT"))
    assert not holds_data(told)


def test_our_own_refusals_are_told_by_their_code(tmp_path: Path) -> None:
    assert (
        trace_of(PortailError(DATA[0], code="SOLDE_INSUFFISANT"))[0]
        == "tui_portail.errors.PortailError code=SOLDE_INSUFFISANT"
    )


def test_a_broken_constraint_is_named_and_the_row_is_not(database: Database, tmp_path: Path) -> None:
    an_agent(database, Role.ENFANCE, username=DATA[0])
    row = {
        "username": DATA[0],
        "name": DATA[1],
        "password_hash": DATA[2],
        "must_change_password": False,
        "failures": 0,
        "created_at": paris(TUESDAY),
    }
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(insert(t.agent), row)
    assert holds_data(str(caught.value)) or database.dialect == "sqlite", "PostgreSQL's own words quote the row"
    assert DATA[2] not in str(caught.value), "parameters are hidden"
    note_incident(caught.value, tmp_path)
    told = logged(tmp_path)
    assert not holds_data(told)
    assert "agent" in told
    assert (
        ("sqlstate=23505" in told)
        if database.dialect == "postgresql"
        else ("UNIQUE constraint failed: agent.username" in told)
    )


def test_the_guard_of_a_trigger_is_named(database: Database, tmp_path: Path) -> None:
    a_desk(database, Role.ENFANCE)
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.exec_driver_sql("DELETE FROM commune_version")
    note_incident(caught.value, tmp_path)
    assert re.search(r"(garde|regle)=.*commune_version", logged(tmp_path))


def test_a_check_written_in_words_of_a_row_is_not_repeated() -> None:
    with sqlite3.connect(":memory:") as file, pytest.raises(sqlite3.IntegrityError) as caught:
        file.execute(f"CREATE TABLE x (y TEXT CHECK (y <> '{DATA[0]}'))")
        file.execute(f"INSERT INTO x VALUES ('{DATA[0]}')")
    assert trace_of(caught.value)[0] == "sqlite3.IntegrityError sqlite=SQLITE_CONSTRAINT_CHECK"


def test_whatever_python_would_print_goes_to_the_log_without_data(tmp_path: Path) -> None:
    code = """
import gc, logging, sys, threading, warnings
from tui_portail.crash_watch import watch_crashes
from tui_portail.library_words import watch_libraries
from tui_portail.logs import keep_logs
watch_crashes(); watch_libraries()
names = sys.argv[1:]
class Holder:
    def __del__(self): raise ValueError(*names)
def broken(): raise KeyError(*names)
with keep_logs():
    holder = Holder(); del holder; gc.collect()
    thread = threading.Thread(target=broken); thread.start(); thread.join()
    warnings.warn(names[0])
    try: broken()
    except KeyError: logging.getLogger("sqlalchemy.pool").exception("perdu %s", names[1])
    broken()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *DATA],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert re.fullmatch(
        r"Une erreur imprévue s’est produite, notée sous la référence \w{5}\.\n", done.stdout + done.stderr
    )
    told = logged(tmp_path)
    assert not holds_data(told)
    assert [told.count(f"({where})") for where in ("ignorée", "fil d’exécution", "bibliothèque")] == [1, 1, 1]
    assert "avertissement sorte=UserWarning" in told


def test_a_crash_of_the_interpreter_is_written_without_values(tmp_path: Path) -> None:
    code = """
import faulthandler, sys
from tui_portail.crash_watch import watch_faults
watch_faults()
def desk(name): faulthandler._sigsegv()
desk(sys.argv[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, DATA[0]],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.returncode < 0
    assert done.stdout + done.stderr == ""
    told = logged(tmp_path)
    assert "in desk" in told
    assert not holds_data(told)


def test_the_folders_above_a_package_are_not_told() -> None:
    assert within_package(pytest.__file__) == "pytest/__init__.py"
    assert within_package(f"/home/{DATA[0]}/essai.py") == "essai.py"
    assert within_package("<string>") == "<string>"
    assert within_package(f"<{DATA[0]}>") == "<code>"
