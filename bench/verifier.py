"""The whole verifier over a year of a régie made by the program itself: entries a second, and whether memory grows with their number.

The town around it was filled without payments, which the verifier says of it: the same findings must come back, and none of the régie.
"""

from __future__ import annotations

import tracemalloc

from bench.regie_year import ENTRIES_A_DAY, RegieYear
from bench.table import Figure
from bench.timing import milliseconds
from bench.town import Town
from models.engine import Database
from tui_portail.services.findings import Finding
from tui_portail.services.verification import findings_of

DAYS_AT_LEAST = 10  # two slips of a week


def measure_verifier(database: Database, town: Town, few: int, many: int) -> list[Figure]:
    """Verify a journal of `few` entries, then of `many`; both hold what takes most memory, an ordinary slip: ten days at least."""
    year = RegieYear(database, town, min(ENTRIES_A_DAY, few // DAYS_AT_LEAST))
    figures, peaks = [], []
    for entries in (few, many):
        year.live(entries)
        taken_ms, peak_kb = _verify(year), _peak(year)
        among = f"{year.entries:,}".replace(",", " ")
        figures += [
            Figure(f"entries verified a second, of {among} in {year.days} days", year.entries / taken_ms * 1000, ""),
            Figure("the same, memory at its highest", peak_kb, "kB"),
        ]
        peaks.append(peak_kb)
    return [*figures, Figure("memory for the more, to that for the fewer", peaks[1] / peaks[0], "×", 1.25)]


def _verify(year: RegieYear) -> float:
    """Return the time that verifying takes, ms."""
    with year.database.read() as connection:
        findings: list[Finding] = []
        taken = milliseconds(lambda: findings.extend(findings_of(connection, year.now)))
    wrong = [finding for finding in findings if finding.table not in ("basket", "booking")]
    assert not wrong, wrong[0]
    return taken


def _peak(year: RegieYear) -> float:
    """Return the memory that verifying takes at its highest, kB."""
    with year.database.read() as connection:
        tracemalloc.start()
        for _ in findings_of(connection, year.now):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak / 1024
