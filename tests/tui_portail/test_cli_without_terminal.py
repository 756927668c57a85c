"""The application asked to open where there is no terminal: one sentence, no escape codes, and a failure a script can see."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("command", ["ouvrir", "demo", "borne"])
def test_without_a_terminal_opening_says_one_sentence_and_fails(command: str, tmp_path: Path) -> None:
    base = tmp_path / "mairie.sqlite3"
    done = subprocess.run(
        [sys.executable, "-m", "tui_portail", command, "--base", str(base)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={name: value for name, value in os.environ.items() if name != "TEXTUAL_DRIVER"} | {"HOME": str(tmp_path)},
    )
    assert done.returncode not in (0, None)
    assert done.stdout == ""
    assert "L’application s’ouvre dans un terminal" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "\x1b" not in done.stderr
    assert not base.exists()
