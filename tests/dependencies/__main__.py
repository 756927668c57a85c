"""`python -m tests.dependencies [--strict]`: audit what the program is built on; `make check` runs it, and it needs no network.

Leaves with status 1 for a version that is not its pin's, a pin missing or useless, an advisory not accepted; with `--strict`, for
old sources too.
"""

import sys
from datetime import UTC, datetime

from tests.dependencies.advisories import advisory_faults, read_advisories, warnings
from tests.dependencies.pins import ROOT, needed, pin_faults, read_installed, read_pins, read_roots


def main(strict: bool) -> int:
    """Print what is wrong, then what is doubtful; return the status to leave with."""
    pins = read_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    installed, advisories = read_installed(), read_advisories()
    faults = [*pin_faults(pins, installed, needed(read_roots(), installed)), *advisory_faults(pins, advisories)]
    doubts = list(warnings(advisories, datetime.now(UTC).date()))
    for sentence in faults:
        sys.stdout.write(f"FAULT    {sentence}\n")
    for sentence in doubts:
        sys.stdout.write(f"WARNING  {sentence}\n")
    counted = f"{len(pins)} pins, {len(advisories.known)} advisories read until {advisories.read_until}"
    accepted = f", {len(advisories.accepted)} accepted with a reason" if advisories.accepted else ""
    sys.stdout.write(f"Dependencies: {counted}{accepted}: {len(faults)} faults, {len(doubts)} warnings.\n")
    return 1 if faults or (strict and doubts) else 0


sys.exit(main("--strict" in sys.argv[1:]))
