"""A simulated year of the régie: every figure of the program is found a second way, on paper, on both engines.

A year is one office day in five in `make test`, every mistake among them; one in two in `make soak`, and another year beside it.
"""

import shutil
import subprocess
import sys
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest

from models.engine import Database
from models.states import PeriodKind
from tests.databases import SqliteTemplate
from tests.regie_year.year import Year
from tests.soak import at_length
from tests.tui_portail.services.books import books_hold
from tui_portail.services.period_closings import list_closings
from tui_portail.services.register_exports import Export, FileFormat, RegisterName, export_register
from tui_portail.services.registers import WHOLE, open_books
from tui_portail.services.registers_avoirs import payer_avoirs
from tui_portail.services.registers_journal import stubs
from tui_portail.services.registers_ledger import account_balances
from tui_portail.services.registers_revenue import revenue
from tui_portail.services.tax_certificates import list_certificates
from tui_portail.services.verification import verify

ON_PAPER = {
    "especes": "caisse",
    "cheque": "cheques",
    "carte": "cartes",
    "cesu": "cesu",
    "ancv": "ancv",
    "fonds": "fonds_de_caisse",
    "a verser": "especes_a_verser",
    "versees": "recettes_versees",
    "garde": "recettes.garde",
    "repas": "recettes.repas",
}


def told(counter: Counter[str]) -> dict[str, int]:
    return {ON_PAPER.get(name, name): cents for name, cents in counter.items() if cents}


def test_a_year_of_the_regie_is_what_the_paper_says(database: Database, tmp_path: Path) -> None:
    year = Year(database, seed=34830, every=2 if at_length() else 5)
    year.live()
    desk, paper = year.desk, year.paper

    assert year.baskets > (200 if at_length() else 80)
    mistakes = (paper.reversals, paper.corrections, year.slips, year.spent, year.dropped, year.returned, year.came_back)
    assert min(mistakes) > 0, "the year knew every mistake"
    assert {means for paid in paper.paid.values() for means, _ in paid.tenders} >= {
        "especes",
        "cheque",
        "carte",
        "cesu",
        "ancv",
    }
    with open_books(desk) as books:
        accounts: Counter[str] = Counter()
        creances: Counter[int] = Counter()
        for balance in account_balances(books, WHOLE):
            accounts[balance.account] += balance.closing_cents
            if balance.account == "creances" and balance.closing_cents:
                creances[balance.payer_id or 0] += balance.closing_cents
        assert {name: cents for name, cents in accounts.items() if cents} == told(paper.accounts)
        assert creances == _owed(year)
        avoirs = {one.payer_id: one.left_cents for one in payer_avoirs(books) if one.left_cents}
        assert avoirs == {payer: paper.balance(payer) for payer in paper.avoirs if paper.balance(payer)}
        told_by_register = revenue(books, WHOLE)
        net: Counter[tuple[int, int, str]] = Counter()
        for row in told_by_register.rows:
            net[row.from_on.year, row.from_on.month, row.activity_code] += row.net_cents
        assert {key: cents for key, cents in net.items() if cents} == {k: c for k, c in paper.net.items() if c}
        assert told_by_register.net_cents == told_by_register.ledger_cents
        numbers = [stub.number for stub in stubs(books, WHOLE)]
        assert numbers == [f"{y}-{n:06d}" for y in sorted(paper.quittances) for n in range(1, paper.quittances[y] + 1)]
        _check_by_other_programs(books, tmp_path)
    for civil_year in (2026, 2027):
        certified = {row.payer_id: row.total_cents for row in list_certificates(desk, civil_year)}
        assert certified == {p: cents for (p, y), cents in paper.certified.items() if y == civil_year and cents > 0}
    days = list_closings(desk, PeriodKind.DAY, 1_000)[::-1]
    moved = sorted(set(paper.received) | set(paper.lost))
    assert [one.total_cents for one in days if one.total_cents] == [
        cents for day in moved if (cents := paper.received[day] - paper.lost[day])
    ]
    assert [one.perpetual_cents for one in days] == list(accumulate(one.total_cents for one in days))
    assert [one.starts_on.year for one in list_closings(desk, PeriodKind.YEAR)] == [2027, 2026]
    books_hold(database, desk.now())
    assert verify(desk).findings == ()


def _owed(year: Year) -> Counter[int]:
    owed: Counter[int] = Counter()
    for days in year.paper.debts.values():
        for day in days:
            owed[day.payer] += day.price
    return owed


def _check_by_other_programs(books: object, folder: Path) -> None:
    """The real bean-check always, the real hledger where it is."""
    path = folder / "annee.beancount"
    export_register(books, Export(RegisterName.JOURNAL, FileFormat.BEANCOUNT), path, replace=True)  # type: ignore[arg-type]
    bean_check = Path(sys.executable).with_name("bean-check")
    assert subprocess.run([bean_check, path], capture_output=True, text=True, check=False).stderr == ""
    if hledger := shutil.which("hledger"):
        journal = folder / "annee.journal"
        export_register(books, Export(RegisterName.JOURNAL, FileFormat.HLEDGER), journal, replace=True)  # type: ignore[arg-type]
        done = subprocess.run([hledger, "-f", journal, "check"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("seed", [2026])
def test_other_years_balance_too(sqlite_template: SqliteTemplate, tmp_path: Path, seed: int) -> None:
    database = Database.open(sqlite_template.fresh(tmp_path))
    year = Year(database, seed, every=6 if at_length() else 12)
    year.live()
    with open_books(year.desk) as books:
        accounts: Counter[str] = Counter()
        for balance in account_balances(books, WHOLE):
            accounts[balance.account] += balance.closing_cents
    assert {name: cents for name, cents in accounts.items() if cents} == told(year.paper.accounts)
    assert verify(year.desk).findings == ()
    database.close()
