"""From the command to the first frame and to the first search answered, against the barest Textual application, in turn."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

from bench.table import Figure
from bench.terminal import Terminal
from bench.timing import median_ratio
from bench.town import last_name


@cache
def _own_folders() -> str:
    folder = tempfile.mkdtemp(prefix="mesures-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment() -> dict[str, str]:
    """Return an environment of our own: a colour terminal, settings and documents in a temporary folder."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    own = _own_folders()
    folders = {f"XDG_{name}_HOME": str(Path(own, name.lower())) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": own, "PYTHONUTF8": "1", **folders, **kept}


def measure_start(url: str, rounds: int) -> list[Figure]:
    """Start each program `rounds` times, in turn: the bare one, ours to its first frame, ours to its first search answered."""
    bare: list[float] = []
    first: list[float] = []
    searched: list[float] = []
    for number in range(-1, rounds):
        times = list(_one_round(url))
        if number >= 0:  # the round before writes the .pyc files
            for series, taken in zip((bare, first, searched), times, strict=True):
                series.append(taken)
    return [
        Figure("bare Textual application, first frame, median", median(bare), "ms"),
        Figure("ours, first frame, median", median(first), "ms"),
        Figure("ours to the bare one", median_ratio(first, bare), "×", 1.5),
        Figure("ours, first search answered, median", median(searched), "ms"),
        Figure("the same to the bare one's first frame", median_ratio(searched, bare), "×", 3),
    ]


def _one_round(url: str) -> Iterator[float]:
    yield _time([sys.executable, "-m", "bench.bare_app"], "servir")
    yield _time([sys.executable, "-m", "tui_portail", "ouvrir", "--base", url], "Mot de passe")
    terminal = Terminal([sys.executable, "-m", "bench.desk_app", url], rows=24, columns=80, environment=environment())
    try:
        terminal.until("Recherche")
        name = last_name(5)
        terminal.write(name[:4].lower())
        yield terminal.until(name.upper())
    finally:
        terminal.close()


def _time(command: list[str], shown: str) -> float:
    terminal = Terminal(command, rows=24, columns=80, environment=environment())
    try:
        return terminal.until(shown)
    finally:
        terminal.close()
