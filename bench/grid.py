"""The planning grid over a real terminal: a key's repaint, what it sends until the screen is quiet, a tick with its amount.

A month of 31 days for 12 and 60 rows all in sight, then 60 rows at 80×24, where the grid scrolls and a key passes the edge of the month.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from sqlalchemy import text

from bench.start import environment
from bench.table import Figure
from bench.terminal import Repaint, Terminal
from bench.timing import percentile
from models.engine import Database

FAMILIES = {12: (2, 43), 60: (10, 72)}  # rows: children, lines of the terminal that show them all
FIRST_MS, FIRST_95_MS, TICK_95_MS, MOST_BYTES = 10, 16, 30, 2048
RIGHT, LEFT, DOWN, UP, HOME, END = "\x1b[C", "\x1b[D", "\x1b[B", "\x1b[A", "\x1b[H", "\x1b[F"


def large_families(database: Database, dossiers: int) -> dict[int, int]:
    """Give children to the last two dossiers of a town just filled, so that their grids have 12 and 60 rows; return them by rows."""
    found, last_child = {}, dossiers
    for dossier, (rows, (children, _)) in zip((dossiers, dossiers - 1), FAMILIES.items(), strict=True):
        among = {"dossier": dossier, "from": last_child - children + 1, "to": last_child, "other": dossiers - 2}
        with database.write() as connection:
            connection.execute(
                text(
                    "UPDATE child SET dossier_id = :other WHERE dossier_id = :dossier AND NOT id BETWEEN :from AND :to"
                ),
                among,
            )
            connection.execute(text("UPDATE child SET dossier_id = :dossier WHERE id BETWEEN :from AND :to"), among)
        found[rows] = dossier
        last_child -= children
    return found


def measure_grid(url: str, families: dict[int, int], presses: int) -> list[Figure]:
    """Move about a month `presses` times and tick as many days, in each family's planning; a key of the bare application in turn."""
    figures = []
    for rows, dossier in families.items():
        figures += _all_in_sight(url, dossier, rows, presses)
    return [*figures, *_scrolled(url, families[max(families)], presses)]


def _moves(name: str, moves: list[Repaint]) -> list[Figure]:
    first = [move.first_ms for move in moves]
    return [
        Figure(f"{name}, median", median(first), "ms", FIRST_MS),
        Figure("the same, 95 %", percentile(first, 0.95), "ms", FIRST_95_MS),
        Figure("bytes until the screen is quiet, 95 %", percentile([m.sent for m in moves], 0.95), "bytes", MOST_BYTES),
    ]


def _all_in_sight(url: str, dossier: int, rows: int, presses: int) -> list[Figure]:
    moves: list[Repaint] = []
    ticks: list[Repaint] = []
    bare: list[Repaint] = []
    lines = FAMILIES[rows][1]
    with _planning(url, dossier, lines, 132) as terminal, _bare(lines) as other:
        for press in range(presses):
            place = press % 28
            moves.append(terminal.press(RIGHT if place < 13 else DOWN if place == 13 else LEFT if place < 27 else UP))
            bare.append(other.press("x"))
            ticks.append(terminal.press(" "))
    moves, ticks, bare = moves[5:], ticks[5:], bare[5:]
    last = [tick.last_ms for tick in ticks]
    return [
        *_moves(f"{rows} rows × 31 days: a key's first repaint", moves),
        Figure("a key of the bare application, median", median(key.first_ms for key in bare), "ms"),
        Figure("the same, 95 %", percentile([key.first_ms for key in bare], 0.95), "ms"),
        Figure("a day ticked, the amount shown, median", median(last), "ms"),
        Figure("the same, 95 %", percentile(last, 0.95), "ms", TICK_95_MS),
        Figure("bytes sent by a tick, median", median(tick.sent for tick in ticks), "bytes"),
    ]


def _scrolled(url: str, dossier: int, presses: int) -> list[Figure]:
    """At 80×24: down past the last row in sight, and right past the last day of the month, which the first day of the next follows."""
    edges: list[Repaint] = []
    with _planning(url, dossier, 24, 80) as terminal:
        for _ in range(18):
            terminal.press(DOWN)
        scrolls = [terminal.press(DOWN if press // 20 % 2 == 0 else UP) for press in range(presses)]
        for press in range(max(3, presses // 10)):
            terminal.write(END if press % 2 == 0 else HOME)
            terminal.settle()
            edges.append(terminal.press(RIGHT if press % 2 == 0 else LEFT))
    first, sent = [scroll.first_ms for scroll in scrolls], [scroll.sent for scroll in scrolls]
    return [
        Figure(
            "60 rows at 80×24: up and down, the grid scrolling, first repaint, median", median(first), "ms", FIRST_MS
        ),
        Figure("the same, 95 %", percentile(first, 0.95), "ms", FIRST_95_MS),
        Figure("bytes until the screen is quiet, 95 %", percentile(sent, 0.95), "bytes"),
        Figure("past the edge of the month, until quiet, median", median(edge.last_ms for edge in edges), "ms"),
        Figure("bytes until the screen is quiet, median", median(edge.sent for edge in edges), "bytes"),
    ]


@contextmanager
def _planning(url: str, dossier: int, rows: int, columns: int) -> Iterator[Terminal]:
    """Open a family's planning on a month, the cursor on its first day."""
    command = [sys.executable, "-m", "bench.desk_app", url, str(dossier)]
    terminal = Terminal(command, rows=rows, columns=columns, environment=environment())
    try:
        terminal.until("ALP matin")  # a row: the planning is read and painted
        terminal.settle()
        terminal.write("m")
        terminal.until("cembre 2026")
        terminal.settle()
        terminal.write(HOME)
        terminal.settle()
        yield terminal
    finally:
        terminal.close()


@contextmanager
def _bare(rows: int) -> Iterator[Terminal]:
    terminal = Terminal([sys.executable, "-m", "bench.bare_app"], rows=rows, environment=environment())
    try:
        terminal.until("servir")
        terminal.settle()
        yield terminal
    finally:
        terminal.close()
