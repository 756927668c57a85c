"""The planning grid over a real terminal, for 12 and 60 rows × 31 days: a key's first repaint, what it sends, a tick with its amount."""

from __future__ import annotations

import sys
from statistics import median

from sqlalchemy import text

from bench.start import environment
from bench.table import Figure
from bench.terminal import Repaint, Terminal
from bench.timing import percentile
from models.engine import Database

FAMILIES = {12: (2, 43), 60: (10, 72)}  # rows: children, lines of the terminal that show them all
RIGHT, LEFT, DOWN, UP = "\x1b[C", "\x1b[D", "\x1b[B", "\x1b[A"


def large_families(database: Database) -> dict[int, int]:
    """Give children to two dossiers of a town just filled, so that their grids have 12 and 60 rows; return the dossiers by rows."""
    with database.write() as connection:
        taken = 0
        for dossier, (children, _) in enumerate(FAMILIES.values(), start=1):
            connection.execute(
                text("UPDATE child SET dossier_id = :dossier WHERE id > :first AND id <= :last"),
                {"dossier": dossier, "first": taken, "last": taken + children},
            )
            connection.execute(
                text(
                    "UPDATE child SET dossier_id = :other WHERE dossier_id = :dossier AND (id <= :first OR id > :last)"
                ),
                {"other": 20, "dossier": dossier, "first": taken, "last": taken + children},
            )
            taken += children
    return {rows: dossier for dossier, rows in enumerate(FAMILIES, start=1)}


def measure_grid(url: str, families: dict[int, int], presses: int) -> list[Figure]:
    """Move about a month `presses` times and tick as many days, in each family's planning; a key of the bare application in turn."""
    figures = []
    for rows, dossier in families.items():
        moves, ticks, bare = _drive(url, dossier, FAMILIES[rows][1], presses)
        first = [move.first_ms for move in moves]
        name = f"{rows} rows × 31 days"
        figures += [
            Figure(f"{name}: a key's first repaint, median", median(first), "ms", 10),
            Figure(f"{name}: the same, 95 %", percentile(first, 0.95), "ms", 16),
            Figure(f"{name}: a key of the bare application, median", median(key.first_ms for key in bare), "ms"),
            Figure(f"{name}: the same, 95 %", percentile([key.first_ms for key in bare], 0.95), "ms"),
            Figure(
                f"{name}: bytes of the first repaint, 95 %",
                percentile([m.first_sent for m in moves], 0.95),
                "bytes",
                2048,
            ),
            Figure(f"{name}: bytes with the words beside it, 95 %", percentile([m.sent for m in moves], 0.95), "bytes"),
            Figure(f"{name}: a day ticked, the amount shown, median", median(tick.last_ms for tick in ticks), "ms"),
            Figure(f"{name}: the same, 95 %", percentile([tick.last_ms for tick in ticks], 0.95), "ms", 30),
            Figure(f"{name}: bytes sent by a tick, median", median(tick.sent for tick in ticks), "bytes"),
        ]
    return figures


def _drive(url: str, dossier: int, lines: int, presses: int) -> tuple[list[Repaint], list[Repaint], list[Repaint]]:
    terminal = Terminal(
        [sys.executable, "-m", "bench.desk_app", url, str(dossier)], rows=lines, environment=environment()
    )
    other = Terminal([sys.executable, "-m", "bench.bare_app"], rows=lines, environment=environment())
    try:
        other.until("servir")
        other.settle()
        terminal.until("ALP matin")  # a row: the planning is read and painted
        terminal.settle()
        terminal.write("m")
        terminal.until("cembre 2026")
        terminal.settle()
        terminal.write("\x1b[H")  # the first day
        terminal.settle()
        moves, ticks, bare = [], [], []
        for press in range(presses):
            place = press % 28
            step = RIGHT if place < 13 else DOWN if place == 13 else LEFT if place < 27 else UP
            moves.append(terminal.press(step))
            bare.append(other.press("x"))
            ticks.append(terminal.press(" "))
        return moves[5:], ticks[5:], bare[5:]
    finally:
        terminal.close()
        other.close()
