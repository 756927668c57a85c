"""The two programs that read the exported journal, run for real, and what they find in it."""

import csv
import io
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(
    HLEDGER is None, reason="hledger n’est pas installé sur cette machine (Debian : apt install hledger)"
)


def bean_check(file: Path) -> str:
    """Run the real `bean-check` and return what it finds wrong, empty when all is right."""
    program = Path(sys.executable).with_name("bean-check")
    return _run([str(program), "--no-cache", str(file)])


def hledger_check(file: Path) -> str:
    """Run the real `hledger check --strict` and return what it finds wrong, empty when all is right."""
    return _run([str(HLEDGER), "-f", str(file), "check", "--strict", "ordereddates"])


def beancount_balances(file: Path) -> dict[str, int]:
    """Return what beancount finds in each account at the end, in cents, those at 0 left out."""
    entries, errors, _ = loader.load_file(str(file))
    assert not errors
    held = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            held[account.account] = _cents(position.units.number)
    return {account: cents for account, cents in held.items() if cents}


def hledger_balances(file: Path) -> dict[str, int]:
    """Return what hledger finds in each account at the end, in cents, those at 0 left out."""
    command = [str(HLEDGER), "-f", str(file), "balance", "--flat", "--no-total", "-O", "csv", "--layout", "bare"]
    answer = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, env=_UTF8)
    rows = csv.DictReader(io.StringIO(answer.stdout))
    return {row["account"]: _cents(Decimal(row["balance"])) for row in rows if Decimal(row["balance"])}


def _cents(amount: Decimal) -> int:
    assert amount == amount.quantize(Decimal("0.01"))
    return int(amount * 100)


_UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}


def _run(command: list[str]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=_UTF8)
    found = answer.stdout + answer.stderr
    assert bool(found.strip()) == (answer.returncode != 0), found
    return found
