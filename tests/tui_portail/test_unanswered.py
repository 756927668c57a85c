"""Notes of gestures without an answer: left by a program that ends, found by the next one of the same base, held while it lives."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_portail.unanswered import KEPT_FOR, UnansweredGesture, UnansweredNotes

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SENT = UnansweredGesture("a" * 32, "base", 3, NOW, "le paiement", False)


def test_a_note_left_is_found_once_by_the_next_program(tmp_path: Path) -> None:
    before = UnansweredNotes(tmp_path)
    assert before.keep(SENT)
    before.leave()
    after = UnansweredNotes(tmp_path)
    assert after.left_behind("base", NOW) == [SENT]
    assert UnansweredNotes(tmp_path).left_behind("base", NOW) == [], "it is the first one's to tell"
    after.forget(SENT.operation)
    after.leave()
    assert UnansweredNotes(tmp_path).left_behind("base", NOW) == []
    assert list(tmp_path.iterdir()) == []


def test_the_gesture_of_a_program_that_lives_is_its_own(tmp_path: Path) -> None:
    alive = UnansweredNotes(tmp_path)
    alive.keep(SENT)
    assert UnansweredNotes(tmp_path).left_behind("base", NOW) == []
    alive.forget(SENT.operation)
    assert list(tmp_path.iterdir()) == []


def test_another_bases_note_waits_for_its_base_and_an_old_one_is_thrown_away(tmp_path: Path) -> None:
    notes = UnansweredNotes(tmp_path)
    notes.keep(SENT)
    notes.leave()
    assert UnansweredNotes(tmp_path).left_behind("autre", NOW) == []
    later = UnansweredNotes(tmp_path)
    assert later.left_behind("base", NOW + KEPT_FOR - timedelta(seconds=1)) == [SENT]
    later.leave()
    assert UnansweredNotes(tmp_path).left_behind("base", NOW + KEPT_FOR) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"{}",
        b"\xff\x00",
        b"[1]",
        json.dumps({"operation": "x", "at": "hier"}).encode(),
        json.dumps(
            {"operation": "x", "base_id": "base", "agent_id": 1, "at": "2026-12-01", "words": "", "in_parts": 0}
        ).encode(),
    ],
)
def test_a_file_that_is_no_note_is_thrown_away(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "x.json").write_bytes(written)
    assert UnansweredNotes(tmp_path).left_behind("base", NOW) == []
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_nothing_is_noted_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "dossier").write_text("un fichier")
    notes = UnansweredNotes(tmp_path / "dossier")
    assert not notes.keep(SENT)
    notes.forget(SENT.operation)
    assert notes.left_behind("base", NOW) == []


def test_a_note_is_its_owners_alone(tmp_path: Path) -> None:
    notes = UnansweredNotes(tmp_path / "gestes")
    notes.keep(SENT)
    [file] = (tmp_path / "gestes").iterdir()
    if os.name == "posix":
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
