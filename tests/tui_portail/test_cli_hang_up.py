"""A terminal that goes takes its program with it, the base closed: no program is left turning with nobody before it."""

import os
import select
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tui_portail.cli.hang_up import on_hang_up
from tui_portail.cli.opening import EXIT_HUNG_UP

ALTERNATE_SCREEN = b"\x1b[?1049h"
pty = pytest.importorskip("pty", reason="no pseudo-terminal on this system")


def test_a_terminal_that_hangs_up_is_told_and_not_before() -> None:
    desk_side, program_side = pty.openpty()
    told = threading.Event()
    on_hang_up(program_side, told.set)
    os.write(desk_side, b"keys\n")
    assert not told.is_set()
    os.close(desk_side)
    assert told.wait(30)
    os.close(program_side)


def test_the_application_ends_with_its_terminal_even_when_no_signal_comes(tmp_path: Path) -> None:
    desk_side, program_side = pty.openpty()
    command = [sys.executable, "-m", "tui_portail", "ouvrir", "--base", str(tmp_path / "absente.sqlite")]
    program = subprocess.Popen(
        command, stdin=program_side, stdout=program_side, stderr=program_side, start_new_session=True
    )
    os.close(program_side)
    shown = b""
    while ALTERNATE_SCREEN not in shown:
        ready, _, _ = select.select([desk_side], [], [], 60)
        assert ready, f"nothing more is shown after {shown[-200:]!r}"
        shown += os.read(desk_side, 65536)
    os.close(desk_side)
    try:
        assert program.wait(30) == EXIT_HUNG_UP
    finally:
        program.kill()
