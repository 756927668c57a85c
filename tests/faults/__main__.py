"""`python -m tests.faults`: make many faults of each kind, and print the table kept in docs/reliability.md.

The numbers asked for are in the environment (KILLS, POWER_CUTS, RESTARTS, CUTS); what is not said is what `make soak` makes.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

LONG = {"KILLS": 200, "POWER_CUTS": 200, "RESTARTS": 30, "CUTS": 60}
WORDS = {
    "gestures": "gestures begun",
    "kills": "desks killed",
    "power_cuts": "power cuts (SQLite)",
    "restarts": "servers crashed and started again (PostgreSQL)",
    "cuts": "connections cut (PostgreSQL)",
    "unanswered": "gestures that were never answered, then sent again or looked for",
    "lost": "acknowledged, then lost",
    "doubled": "done twice",
    "oversold": "places oversold",
    "gaps": "gaps in numbers",
}


def main() -> int:
    """Run the tests of this folder at length; the table is printed when all have passed, which is what its zeros say."""
    for name, many in LONG.items():
        os.environ.setdefault(name, str(many))
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        os.environ["FAULT_FIGURES"] = str(figures)
        failed = int(pytest.main([str(Path(__file__).parent), "-n", "2", "-q"]))
        if failed:
            return failed
        made: Counter[str] = Counter()
        for line in figures.read_text(encoding="utf-8").splitlines():
            made.update(json.loads(line))
    sys.stdout.write("\n| what | how many |\n| --- | ---: |\n")
    for key, words in WORDS.items():
        many = f"{made[key]:,}".replace(",", " ")
        sys.stdout.write(f"| {words} | {many} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
