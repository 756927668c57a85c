"""The registers of the régie told from a story: every quittance, account, avoir and cent of revenue, and what they tie to."""

from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import func, select, update

from models import tables as t
from models.engine import Database
from models.states import EntryKind, ReversalKind
from tests.databases import SqliteTemplate
from tests.factories import a_desk, an_agent, paris
from tests.tui_portail.services.desk_acts import EVENING, EVENING_CENTS, MEAL, WEDNESDAY_ALSH
from tests.tui_portail.services.regie_story import HOSTILE, Story, a_story
from tests.tui_portail.services.test_any_sequence import A_FULL_LIFE, ACTS, AN_UNPAID_LIFE, Act, TwoFamilies
from tui_portail.book_entries import narration
from tui_portail.errors import InvalidInput
from tui_portail.policy import BasketKind, Means
from tui_portail.revenue import AVOIR, Grain, Imputation
from tui_portail.services import registers
from tui_portail.services.desk import Desk
from tui_portail.services.ledger import ACCOUNT_OF, AVOIRS
from tui_portail.services.registers import Books, Period, books_for_command, open_books
from tui_portail.services.registers_avoirs import avoir_states, payer_avoirs
from tui_portail.services.registers_entries import book_entries
from tui_portail.services.registers_journal import stubs
from tui_portail.services.registers_ledger import account_balances, ledger_lines
from tui_portail.services.registers_revenue import revenue
from tui_portail.services.rights import NotAllowed, Role

DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))
FIRST, THIRD = date(2026, 12, 1), date(2026, 12, 3)
NEW_YEAR = Period(date(2027, 1, 1))
WHOLE = Period()


def test_the_journal_a_souches_gives_every_quittance_in_the_order_of_its_number(story: Story) -> None:
    with open_books(story.desk) as books:
        found = list(stubs(books, WHOLE))
    assert [stub.number for stub in found] == story.numbers
    assert story.numbers == [*(f"2026-{n:06d}" for n in range(1, 9)), "2027-000001"]
    assert [stub.total_cents for stub in found] == [cashed.total_cents for cashed in story.payments]
    for stub in found:
        assert stub.total_cents == stub.avoir_cents + sum(stub.means_cents.values())
    first = found[0]
    assert (first.payer_name, first.dossier_number) == ("Marie Dupont", story.dupont.number)
    assert first.means_cents == {Means.CHEQUE: 2_00, Means.CARD: 1_90}
    assert first.agent_name == "Camille Roux"
    assert found[1].payer_name == HOSTILE


def test_the_journal_a_souches_says_what_became_of_a_quittance(story: Story) -> None:
    with open_books(story.desk) as books:
        found = {stub.number[-1] + stub.number[3]: stub for stub in stubs(books, WHOLE)}
    assert [found[number].reversal for number in ("16", "26", "46", "56")] == [
        None,
        ReversalKind.CORRECTION,
        ReversalKind.UNPAID,
        ReversalKind.UNPAID,
    ]
    assert found["26"].reversed_at is not None
    assert (found["26"].replaced_by, found["66"].replaces) == ("2026-000006", "2026-000002")
    assert found["66"].means_cents == {Means.CARD: found["26"].total_cents}
    assert (found["76"].kind, found["76"].avoir_cents) == (BasketKind.REGULARISATION, EVENING_CENTS)
    assert [number for number, stub in found.items() if stub.reversed_at] == ["26", "46", "56"]


def test_a_period_holds_its_days_in_paris_to_the_last_minute(story: Story) -> None:
    with open_books(story.desk) as books:
        assert len(list(stubs(books, DECEMBER))) == 8
        assert [stub.number for stub in stubs(books, NEW_YEAR)] == ["2027-000001"]
        assert [stub.number for stub in stubs(books, Period(THIRD, THIRD))] == ["2026-000007"]
        assert list(stubs(books, Period(None, date(2026, 11, 30)))) == []
    with pytest.raises(InvalidInput, match="finit avant de commencer"):
        Period(THIRD, FIRST)
    for outside in (date.min, date.max):
        with pytest.raises(InvalidInput, match="entre 1970 et 2999"):
            Period(None, outside)


def test_lists_are_read_a_few_rows_at_a_time_and_are_the_same(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_books(story.desk) as books:
        whole = (list(stubs(books, WHOLE)), list(ledger_lines(books, WHOLE, "avoirs")), list(avoir_states(books)))
        told = revenue(books, WHOLE, Grain.DAY)
        monkeypatch.setattr(registers, "CHUNK", 2)
        monkeypatch.setattr("tui_portail.services.registers_ledger.ENTRIES_A_SUM", 3)
        assert (
            list(stubs(books, WHOLE)),
            list(ledger_lines(books, WHOLE, "avoirs")),
            list(avoir_states(books)),
        ) == whole
        assert revenue(books, WHOLE, Grain.DAY) == told


def test_the_grand_livre_opens_runs_and_closes_on_the_balance_of_each_account(story: Story) -> None:
    with open_books(story.desk) as books:
        for period in (WHOLE, DECEMBER, NEW_YEAR, Period(THIRD, date(2026, 12, 30))):
            balances = account_balances(books, period)
            assert sum(balance.closing_cents for balance in balances) == 0
            for balance in balances:
                lines = list(ledger_lines(books, period, balance.account, balance.payer_id))
                assert sum(line.debit_cents for line in lines) == balance.debit_cents
                assert sum(line.credit_cents for line in lines) == balance.credit_cents
                assert (lines[-1].running_cents if lines else balance.opening_cents) == balance.closing_cents
                assert [line.entry_seq for line in lines] == sorted(line.entry_seq for line in lines)
                assert balance.closing_cents == held(books, balance.account, balance.payer_id, period)
        closed = {
            (b.account, b.payer_id): b.closing_cents for b in account_balances(books, DECEMBER) if b.closing_cents
        }
        opened = {
            (b.account, b.payer_id): b.opening_cents for b in account_balances(books, NEW_YEAR) if b.opening_cents
        }
        assert closed == opened


def test_a_line_of_the_grand_livre_says_what_it_is_about(story: Story) -> None:
    with open_books(story.desk) as books:
        lines = list(ledger_lines(books, WHOLE, "cheques"))
        debts = list(ledger_lines(books, WHOLE, "creances", story.hostile.payer_id))
        [avoirs] = account_balances(books, WHOLE, "avoirs", story.hostile.payer_id)
    assert [(line.words, line.debit_cents, line.credit_cents, line.running_cents) for line in lines] == [
        ("Paiement, quittance 2026-000001", 2_00, 0, 2_00),
        ("Paiement, quittance 2026-000004", 1_95, 0, 3_95),
        ("Paiement, quittance 2026-000005", 50, 0, 4_45),
        ("Contre-passation de la quittance 2026-000004", 0, 1_95, 2_50),
        ("Contre-passation de la quittance 2026-000005", 0, 50, 2_00),
        ("Versement au Trésor, bordereau BV-2026-0001", 0, 2_00, 0),
    ]
    assert [line.words for line in debts] == [
        "Contre-passation de la quittance 2026-000002",
        "Paiement, quittance 2026-000006",
        "Contre-passation de la quittance 2026-000005",
        "Dette annulée avec sa journée",
    ]
    assert debts[-1].running_cents == 0
    assert (avoirs.label, avoirs.payer_name) == ("Avoirs des payeurs", HOSTILE)


def test_every_kind_of_entry_is_told_with_the_number_it_is_about(story: Story) -> None:
    with open_books(story.desk) as books:
        told = [narration(entry.kind, entry.reference) for entry in book_entries(books)]
    assert told[0] == "Ouverture de caisse"
    assert told[-6:] == [
        "Avoir à rembourser par mandat, demande RM-2027-0001",
        "Clôture de la journée du 01/12/2026",
        "Clôture de la journée du 03/12/2026",
        "Clôture de la journée du 31/12/2026",
        "Clôture du mois de décembre 2026",
        "Clôture de l’année 2026",
    ]
    assert told[told.index("Mouvement de caisse : apport") :][:6] == [
        "Mouvement de caisse : apport",
        "Mouvement de caisse : sortie pour versement",
        "Mouvement de caisse : retour de versement",
        "Versement au Trésor, bordereau BV-2026-0001",
        "Écart de caisse : Espèces",
        "Clôture de caisse",
    ]
    assert "Avoir AV-2026-000001" in told
    with open_books(story.desk) as books:
        kinds = {entry.kind for entry in book_entries(books)}
    assert kinds == {kind.value for kind in EntryKind} - {
        EntryKind.UNPAID,
        EntryKind.TRANSFER,
        EntryKind.DEBT,
    }  # test_late_unpaid, test_merging, test_unbooked


def test_the_state_of_avoirs_ties_to_the_account_of_each_payer_at_any_date(story: Story) -> None:
    with open_books(story.desk) as books:
        for on in (None, FIRST, THIRD, date(2026, 12, 31)):
            payers = payer_avoirs(books, on)
            assert {p.payer_id for p in payers} == {story.dupont.payer_id, story.hostile.payer_id}
            for payer in payers:
                assert payer.left_cents == -held(books, "avoirs", payer.payer_id, Period(None, on))
                of_payer = list(avoir_states(books, on, payer.payer_id))
                assert len(of_payer) == payer.avoirs
                assert sum(state.left_cents for state in of_payer) == payer.left_cents
                assert all(state.left_cents >= 0 for state in of_payer)
        assert payer_avoirs(books, date(2026, 11, 30)) == ()
        first, taken_back, kept = avoir_states(books, FIRST)
        today = next(iter(avoir_states(books)))
    assert [first.number, taken_back.number, kept.number] == [f"AV-2026-{n:06d}" for n in (1, 2, 3)]
    assert (first.issued_cents, first.used_cents, first.left_cents) == (EVENING_CENTS, 0, EVENING_CENTS)
    assert (today.used_cents, today.left_cents) == (EVENING_CENTS, 0), "used again on the third"
    assert (taken_back.withdrawn_cents, taken_back.left_cents) == (taken_back.issued_cents, 0)
    assert (kept.reason, kept.withdrawn_cents) == ("contrepassation", 0)


@pytest.mark.parametrize("grain", list(Grain))
def test_revenue_ties_to_the_ledger_whatever_it_is_told_by(story: Story, grain: Grain) -> None:
    with open_books(story.desk) as books:
        for period in (WHOLE, DECEMBER, NEW_YEAR, Period(FIRST, FIRST), Period(THIRD, THIRD)):
            revenue_ties(books, period, grain)


def test_revenue_is_told_by_imputation_activity_site_and_means(story: Story) -> None:
    with open_books(story.desk) as books:
        told = revenue(books, WHOLE, Grain.DAY)
    by_activity: Counter[str] = Counter()
    for row in told.rows:
        by_activity[row.activity_code] += row.net_cents
    evenings = (
        5 * EVENING_CENTS
    )  # one Thursday, two of the next week, two of January; the other family owes nothing any more
    assert by_activity[EVENING] == evenings
    assert set(by_activity) == {EVENING, MEAL, "PAUSE_MERIDIENNE", WEDNESDAY_ALSH}
    assert {row.site_code for row in told.rows} == {"HARMONIE"}
    assert {row.site for row in told.rows} == {"Harmonie"}
    assert {row.means: row.means_label for row in told.rows}["cheque"] == "Chèque"
    assert {row.imputation for row in told.rows if row.activity_code == MEAL} == {Imputation.MEAL}
    given_back = {row.means: row.returned_cents for row in told.rows if row.returned_cents}
    assert given_back == {"avoir": EVENING_CENTS}, "the other avoir was taken back the same day"
    assert [row.from_on for row in told.rows] == sorted(row.from_on for row in told.rows)


def test_months_and_years_add_up_their_days(story: Story) -> None:
    with open_books(story.desk) as books:
        by_day, by_month, by_year = (revenue(books, WHOLE, grain) for grain in Grain)
    assert {row.from_on for row in by_month.rows} == {date(2026, 12, 1), date(2027, 1, 1)}
    assert {row.from_on for row in by_year.rows} == {date(2026, 1, 1), date(2027, 1, 1)}
    assert by_day.net_cents == by_month.net_cents == by_year.net_cents


def test_an_erased_family_is_not_named_in_any_register(database: Database) -> None:
    story = a_story(database)
    with story.desk.database.write() as connection:
        connection.execute(
            update(t.identity_snapshot)
            .where(t.identity_snapshot.c.name.contains(HOSTILE))
            .values(name="", address="", erased_at=paris("2026-12-20 10:00"))
        )
    erased = "identité effacée le dimanche 20 décembre 2026"
    with open_books(story.desk) as books:
        assert [stub.payer_name for stub in stubs(books, WHOLE)][1] == erased
        assert [state.payer_name for state in avoir_states(books)][1] == erased
        [balance] = account_balances(books, WHOLE, "avoirs", story.hostile.payer_id)
        assert balance.payer_name == erased


def test_an_empty_base_has_empty_registers(database: Database) -> None:
    desk = a_desk(database, Role.COMPTABILITE)
    with open_books(desk) as books:
        assert (
            list(stubs(books, WHOLE)) == list(avoir_states(books)) == list(ledger_lines(books, WHOLE, "caisse")) == []
        )
        assert account_balances(books, WHOLE) == payer_avoirs(books) == ()
        told = revenue(books, WHOLE)
        assert (told.rows, told.net_cents, told.ledger_cents) == ((), 0, 0)


@pytest.mark.parametrize("role", list(Role))
def test_registers_open_to_comptabilite_and_the_regisseur_only(database: Database, role: Role) -> None:
    desk = a_desk(database)
    desk.sign(an_agent(database, role))
    if role in (Role.COMPTABILITE, Role.REGISSEUR):
        with open_books(desk) as books:
            assert books.regie_id
    else:
        with pytest.raises(NotAllowed, match="consulter et exporter les registres"), open_books(desk):
            pass


def test_a_command_opens_them_without_anybody_signed_in(story: Story) -> None:
    story.desk.sign_out()
    with books_for_command(story.desk) as books:
        assert len(list(stubs(books, WHOLE))) == 9


def test_after_any_sequence_of_gestures_the_registers_tie(sqlite_template: SqliteTemplate) -> None:
    @settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @example(A_FULL_LIFE)
    @example(AN_UNPAID_LIFE)
    @given(ACTS)
    def tie(acts: list[Act]) -> None:
        with TemporaryDirectory() as folder:
            two = TwoFamilies(Path(folder), sqlite_template)
            try:
                for act in acts:
                    two.do(act)
                registers_tie(two.desk)
            finally:
                two.database.close()

    tie()


def registers_tie(desk: Desk) -> None:
    """Assert that the registers say the same money, whole and day by day."""
    with open_books(desk) as books:
        revenue_ties(books, WHOLE, Grain.MONTH)
        days = {day for day, *_ in _days(books)}
        for day in days:
            revenue_ties(books, Period(day, day), Grain.DAY)
        for payer in payer_avoirs(books):
            assert payer.left_cents == -held(books, "avoirs", payer.payer_id, WHOLE)
        assert sum(stub.total_cents for stub in stubs(books, WHOLE)) == sum(
            row.cashed_cents for row in revenue(books, WHOLE).rows
        )


def revenue_ties(books: Books, period: Period, grain: Grain) -> None:
    """Assert that revenue is the ledger's, means by means as well: the second way is the postings of payments and reversals."""
    told = revenue(books, period, grain)
    assert told.net_cents == told.ledger_cents
    by_means: Counter[str] = Counter()
    for row in told.rows:
        by_means[row.means] += row.net_cents
    posting, entry = t.posting.c, t.journal_entry.c
    moved: Counter[str] = Counter()
    for row in books.connection.execute(
        select(posting.account, func.sum(posting.amount_cents).label("cents"))
        .join(t.journal_entry, entry.seq == posting.entry_seq)
        .where(period.holds(entry.entered_at), entry.kind.in_(["paiement", "avoir", "contrepassation"]))
        .group_by(posting.account)
    ):
        moved[row.account] += int(row.cents)
    for means, cents in by_means.items():
        assert moved[AVOIRS if means == AVOIR else ACCOUNT_OF[Means(means)]] == cents


def held(books: Books, account: str, payer_id: int | None, period: Period) -> int:
    """Return what an account held at the end of a period, in the plainest way."""
    posting, entry = t.posting.c, t.journal_entry.c
    total = 0
    for row in books.connection.execute(
        select(posting.account, posting.payer_id, posting.amount_cents, entry.entered_at).join(
            t.journal_entry, entry.seq == posting.entry_seq
        )
    ):
        if (row.account, row.payer_id) == (account, payer_id) and (
            period.ends_at is None or row.entered_at < period.ends_at
        ):
            total += row.amount_cents
    return total


def _days(books: Books) -> list[tuple[date]]:
    from tui_portail.instants import in_paris

    return [(in_paris(at).date(),) for at in books.connection.scalars(select(t.journal_entry.c.entered_at))]
