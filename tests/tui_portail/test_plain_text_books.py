"""The journal as beancount and hledger files: the two real programs check them, and see a cent that is missing."""

import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import EntryKind
from tests.tui_portail.plain_text_books import (
    bean_check,
    beancount_balances,
    hledger_balances,
    hledger_check,
    needs_hledger,
)
from tui_portail.beancount_book import beancount_lines
from tui_portail.book_entries import (
    PLAN,
    AccountUnknown,
    BookBalance,
    BookEntry,
    BookPosting,
    account_path,
    kind_label,
    narration,
)
from tui_portail.hledger_book import hledger_lines
from tui_portail.services import ledger

Lines = Callable[[str, Iterable[BookEntry], Iterable[BookBalance]], Iterator[str]]
NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
TITLE = 'Régie « périscolaire » ; "essai" \\ | \n 2026-12-01 open Assets:Intrus'


def an_entry(seq: int, *postings: tuple[str, int | None, int], kind: str = "paiement", **values: object) -> BookEntry:
    facts: dict[str, object] = {"entered_at": NOON + timedelta(minutes=seq), "reference": f"2026-{seq:06d}"} | values
    return BookEntry(seq=seq, kind=kind, hash=f"{seq:064x}", postings=tuple(BookPosting(*p) for p in postings), **facts)  # type: ignore[arg-type]


A_STORY = (
    an_entry(1, ("caisse", None, 100_00), ("fonds_de_caisse", None, -100_00), kind="ouverture", reference=""),
    an_entry(2, ("caisse", None, 12_50), ("recettes.garde", None, -10_00), ("recettes.repas", None, -2_50)),
    an_entry(3, ("recettes.garde", None, 3_33), ("avoirs", 12, -3_33), kind="avoir", reference="AV-2026-000001"),
    an_entry(4, ("avoirs", 12, 3_33), ("cheques", None, 1), ("recettes.garde", None, -3_34)),
    an_entry(5, ("creances", 12, 1), ("cheques", None, -1), kind="contrepassation", reference="2026-000004"),
    an_entry(6, kind="cloture_caisse", reference=""),
    an_entry(7, ("recettes_versees", None, 12_50), ("caisse", None, -12_50), kind="versement"),
)


def balances_of(entries: Iterable[BookEntry]) -> list[BookBalance]:
    sums: Counter[tuple[str, int | None]] = Counter()
    for entry in entries:
        for posting in entry.postings:
            sums[posting.account, posting.payer_id] += posting.cents
    return [BookBalance(account, payer, cents) for (account, payer), cents in sums.items()]


def written(tmp_path: Path, lines: Lines, entries: Iterable[BookEntry], balances: Iterable[BookBalance]) -> Path:
    file = tmp_path / "livre"
    file.write_text("\n".join(lines(TITLE, entries, balances)) + "\n", encoding="utf-8")
    return file


def test_bean_check_finds_nothing_wrong_in_a_journal_and_its_balances_are_ours(tmp_path: Path) -> None:
    file = written(tmp_path, beancount_lines, A_STORY, balances_of(A_STORY))
    assert bean_check(file) == ""
    assert beancount_balances(file) == {
        "Assets:Caisse": 100_00,
        "Liabilities:Fonds-de-caisse": -100_00,
        "Income:Recettes:Garde": -10_01,
        "Income:Recettes:Repas": -2_50,
        "Assets:Créances:P000012": 1,
        "Equity:Recettes-versées": 12_50,
    }


@needs_hledger
def test_hledger_finds_nothing_wrong_in_a_journal_and_its_balances_are_the_same(tmp_path: Path) -> None:
    file = written(tmp_path, hledger_lines, A_STORY, balances_of(A_STORY))
    assert hledger_check(file) == ""
    of_beancount = beancount_balances(written(tmp_path, beancount_lines, A_STORY, balances_of(A_STORY)))
    file = written(tmp_path, hledger_lines, A_STORY, balances_of(A_STORY))
    assert hledger_balances(file) == of_beancount


@pytest.mark.parametrize("lines", [beancount_lines, pytest.param(hledger_lines, marks=needs_hledger)])
def test_a_cent_missing_from_a_balance_is_found_by_the_program(tmp_path: Path, lines: Lines) -> None:
    check = bean_check if lines is beancount_lines else hledger_check
    wrong = [BookBalance(b.account, b.payer_id, b.cents + (b.account == "avoirs")) for b in balances_of(A_STORY)]
    assert "Avoirs:P000012" in check(written(tmp_path, lines, A_STORY, wrong))


@pytest.mark.parametrize("lines", [beancount_lines, pytest.param(hledger_lines, marks=needs_hledger)])
def test_an_entry_that_does_not_balance_is_found_by_the_program(tmp_path: Path, lines: Lines) -> None:
    check = bean_check if lines is beancount_lines else hledger_check
    entries = [*A_STORY, an_entry(8, ("caisse", None, 5_01), ("recettes.garde", None, -5_00))]
    assert "000008" in check(written(tmp_path, lines, entries, balances_of(entries)))


@pytest.mark.parametrize("lines", [beancount_lines, pytest.param(hledger_lines, marks=needs_hledger)])
def test_an_empty_journal_is_a_file_that_the_program_accepts(tmp_path: Path, lines: Lines) -> None:
    check = bean_check if lines is beancount_lines else hledger_check
    file = written(tmp_path, lines, (), ())
    assert check(file) == ""
    assert "Aucune écriture." in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("lines", [beancount_lines, pytest.param(hledger_lines, marks=needs_hledger)])
def test_dates_follow_the_numbers_even_where_a_clock_went_back(tmp_path: Path, lines: Lines) -> None:
    check = bean_check if lines is beancount_lines else hledger_check
    entries = [
        *A_STORY,
        an_entry(8, ("caisse", None, 1_00), ("recettes.garde", None, -1_00), entered_at=NOON - timedelta(days=40)),
    ]
    file = written(tmp_path, lines, entries, balances_of(entries))
    assert check(file) == ""
    text = file.read_text(encoding="utf-8")
    assert "\n2026-10" not in text
    assert "2026-10-22T13:00:00+02:00" in text, "the instant is kept"


@pytest.mark.parametrize("lines", [beancount_lines, pytest.param(hledger_lines, marks=needs_hledger)])
@given(reference=st.text(max_size=40))
def test_any_text_stays_within_its_line(tmp_path_factory: pytest.TempPathFactory, lines: Lines, reference: str) -> None:
    entries = [an_entry(1, ("caisse", None, 1_00), ("recettes.garde", None, -1_00), reference=reference)]
    found = list(lines(TITLE, entries, balances_of(entries)))
    assert not any(len(line.splitlines()) > 1 for line in found)
    file = written(tmp_path_factory.mktemp("livre"), lines, entries, balances_of(entries))
    if lines is beancount_lines:
        assert beancount_balances(file) == {"Assets:Caisse": 1_00, "Income:Recettes:Garde": -1_00}


@needs_hledger
@pytest.mark.parametrize("reference", ["a;b:c, d", "x | y", "(12) * !", "= 3", "\t\n2026-01-01", "é" * 10_000, "@ 3 €"])
def test_hledger_reads_any_reference_as_words(tmp_path: Path, reference: str) -> None:
    entries = [an_entry(1, ("caisse", None, 1_00), ("recettes.garde", None, -1_00), reference=reference)]
    file = written(tmp_path, hledger_lines, entries, balances_of(entries))
    assert hledger_check(file) == ""
    assert hledger_balances(file) == {"Assets:Caisse": 1_00, "Income:Recettes:Garde": -1_00}


def test_a_closing_is_a_note_and_names_its_number_and_hash() -> None:
    noted = [line for line in beancount_lines("Régie", A_STORY, ()) if " note " in line]
    assert noted == ['2026-12-01 note Assets:Caisse "Clôture de caisse"']
    assert "; 2026-12-01 (6) Clôture de caisse" in list(hledger_lines("Régie", A_STORY, ()))


def test_every_account_and_every_kind_of_entry_of_the_journal_has_its_words() -> None:
    accounts = {*ledger.ACCOUNT_OF.values(), ledger.CARE_REVENUE, ledger.MEAL_REVENUE, ledger.AVOIRS, ledger.FLOAT}
    accounts |= {ledger.DEBTS, ledger.DEPOSITED, ledger.IN_TRANSIT, ledger.DIFFERENCES, ledger.TO_REFUND}
    assert accounts == set(PLAN)
    assert len({account_path(account, None) for account in PLAN}) == len(PLAN)
    assert all(kind_label(kind.value) and narration(kind.value, "7").count("7") == 1 for kind in EntryKind)
    with pytest.raises(AccountUnknown, match="Mettez le programme à jour"):
        account_path("inconnu", None)
    with pytest.raises(AccountUnknown):
        kind_label("inconnu")


@pytest.mark.parametrize("lines", [beancount_lines, hledger_lines])
def test_a_long_journal_is_written_in_flat_memory(lines: Lines) -> None:
    def journal(count: int) -> Iterator[BookEntry]:
        for seq in range(1, count + 1):
            yield an_entry(seq, ("caisse", None, 1_00), ("avoirs", seq % 50, 2_00), ("recettes.garde", None, -3_00))

    tracemalloc.start()
    size = sum(len(line) for line in lines("Régie", journal(8_000), ()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < size / 8
