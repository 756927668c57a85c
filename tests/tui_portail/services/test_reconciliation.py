"""What was paid online here beside the Trésor's statements: line by line, and to the cent with the journal."""

import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models import tables as t
from models.engine import Database
from models.states import BookingState, OnlineState, StatementOutcome
from tests.factories import a_desk
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, NEXT_MONDAY, pay_by_card
from tests.tui_portail.services.online_desk import OnlineDesk, a_statement
from tui_portail.errors import InvalidInput
from tui_portail.imports.files import FileNotUnderstood, read_delimited
from tui_portail.services.desk import new_operation
from tui_portail.services.online_disputes import ask_again
from tui_portail.services.online_from_statement import LineNotSettled, settle_from_statement
from tui_portail.services.online_list import OnlineSort, list_online_payments, online_detail
from tui_portail.services.reconciliation import Gap, Reconciliation, reconciliation
from tui_portail.services.reconciliation_table import export_reconciliation, reconciliation_table
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.treasury_statements import StatementKnown, preview_statement, read_statement
from tui_portail.spreadsheets import write_csv

TUESDAY, WEDNESDAY, THURSDAY = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)
WHY = "Au relevé du Trésor du 2 décembre"


@pytest.fixture
def world(database: Database) -> OnlineDesk:
    return OnlineDesk(database)


def of_tuesday(world: OnlineDesk) -> Reconciliation:
    found = reconciliation(world.desk, TUESDAY, TUESDAY)
    assert found.is_explained
    return found


def gaps(found: Reconciliation) -> list[tuple[Gap, int]]:
    return [(one.gap, one.gap_cents) for one in found.differences]


def the_line(world: OnlineDesk) -> int:
    with world.desk.database.read() as connection:
        return int(connection.scalars(select(t.treasury_line.c.id).order_by(t.treasury_line.c.id.desc())).first() or 0)


def test_a_preview_says_what_each_line_is_and_writes_nothing(world: OnlineDesk) -> None:
    paid = world.paid(FRIDAY)
    open_page = world.row(world.page(NEXT_MONDAY))
    source = a_statement((paid.reference, 166, TUESDAY), (open_page.reference, 166, TUESDAY), ("AUTRE", 5_00, TUESDAY))
    seen = preview_statement(world.desk, source)
    assert [line.outcome for line in seen.lines] == [
        StatementOutcome.MATCHED,
        StatementOutcome.UNPAID,
        StatementOutcome.UNKNOWN,
    ]
    assert (seen.total_cents, seen.lines[0].payer_name, seen.lines[2].payer_name) == (8_32, "Marie Dupont", "")
    assert seen.counts[StatementOutcome.AMOUNT] == 0
    with world.desk.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.treasury_statement)) == 0


def test_a_statement_is_kept_once(world: OnlineDesk) -> None:
    paid = world.paid(FRIDAY)
    source, operation = a_statement((paid.reference, 166, TUESDAY)), new_operation()
    kept = read_statement(world.desk, source, operation)
    assert kept.sentence.replace("\xa0", " ") == "Relevé enregistré : 1 paiement, 1,66 €, toutes rapprochées."
    assert read_statement(world.desk, source, operation) == kept
    with pytest.raises(StatementKnown, match="mardi 1er décembre 2026"):
        read_statement(world.desk, source, new_operation())
    with pytest.raises(StatementKnown):
        preview_statement(world.desk, source)
    assert world.row(paid.online_id).statement == "releve.csv"
    assert list_online_payments(world.desk, OnlineSort.NOT_ON_STATEMENT) == ()
    assert world.is_sound()


def test_a_line_not_understood_is_left_out_and_its_file_mended_counts_nothing_twice(world: OnlineDesk) -> None:
    one, two = world.paid(FRIDAY), world.paid(NEXT_MONDAY)
    text = f"Référence;Montant;Date\n{one.reference};1,66;01/12/2026\n{two.reference};1.66.0;01/12/2026\n"
    broken = read_delimited("releve.csv", text.encode())
    assert [wrong.line for wrong in preview_statement(world.desk, broken).not_read] == [3]
    read_statement(world.desk, broken, new_operation())
    assert gaps(of_tuesday(world)) == [(Gap.ABSENT, -166)]
    read_statement(world.desk, read_delimited("mended.csv", text.replace("1.66.0", "1,66").encode()), new_operation())
    found = of_tuesday(world)
    assert (found.agrees, found.statement_count, found.statement_cents) == (True, 2, 332)


def test_a_file_not_understood_is_refused_and_nothing_kept(world: OnlineDesk) -> None:
    with pytest.raises(FileNotUnderstood, match="il manque la date"):
        read_statement(world.desk, read_delimited("x.csv", b"refdet;montant\nA;1,00\n"), new_operation())


def test_both_sides_agree_to_the_cent_with_the_journal(world: OnlineDesk) -> None:
    one, two = world.paid(FRIDAY), world.paid(NEXT_MONDAY)
    world.read((one.reference, 166, TUESDAY), (two.reference, 166, TUESDAY))
    found = of_tuesday(world)
    assert found.agrees
    assert (found.here_cents, found.statement_cents, found.ledger_cents, found.gap_cents) == (332, 332, 332, 0)
    assert (found.here_count, found.statement_count, found.matched) == (2, 2, 2)


def test_every_kind_of_difference_is_told_and_explains_the_gap(world: OnlineDesk) -> None:
    absent, amount, twice = (world.paid(day) for day in (FRIDAY, NEXT_MONDAY, date(2026, 12, 8)))
    elsewhere = world.paid(date(2026, 12, 10))
    unpaid = world.row(world.page(date(2026, 12, 11)))
    world.read(
        (amount.reference, 200, TUESDAY),
        (twice.reference, 166, TUESDAY),
        (elsewhere.reference, 166, WEDNESDAY),
        (unpaid.reference, 166, TUESDAY),
        ("AUTRE", 500, TUESDAY),
    )
    world.read((twice.reference, 166, TUESDAY), (elsewhere.reference, 166, WEDNESDAY), name="semaine.csv")
    world.read((twice.reference, 170, TUESDAY), name="autre.csv")
    found = of_tuesday(world)
    assert sorted(gaps(found)) == sorted(
        [
            (Gap.ABSENT, -166),
            (Gap.AMOUNT, 34),
            (Gap.STATEMENT_ELSEWHERE, -166),
            (Gap.TWICE, 170),
            (Gap.UNKNOWN, 500),
            (Gap.UNPAID, 166),
        ]
    )
    assert found.gap_cents == sum(cents for _, cents in gaps(found)) == 538
    assert {one.reference for one in found.differences if one.gap is Gap.ABSENT} == {absent.reference}
    assert gaps(reconciliation(world.desk, WEDNESDAY, WEDNESDAY)) == [(Gap.HERE_ELSEWHERE, 166)]
    assert reconciliation(world.desk, TUESDAY, WEDNESDAY).is_explained
    assert world.is_sound()


def test_a_reversal_is_told_apart_and_the_balance_is_the_accounts(world: OnlineDesk) -> None:
    one = world.paid(FRIDAY)
    world.read((one.reference, 166, TUESDAY))
    with world.desk.database.read() as connection:
        payment_id = connection.scalars(select(t.payment.c.id)).one()
    reason = world.desk.commune().policy.reversal_reasons[0]
    reverse_payment(world.desk, payment_id, [1], reason, new_operation())
    found = of_tuesday(world)
    assert (found.here_cents, found.statement_cents, found.reversed_cents, found.ledger_cents) == (166, 166, 166, 0)
    assert world.row(one.online_id).reversed
    assert world.is_sound()


def test_a_payment_that_payfip_forgot_is_entered_from_the_statement(world: OnlineDesk) -> None:
    row = world.forgotten(FRIDAY)
    assert (row.state, row.meaning) == (OnlineState.EXPIRED, "inconnu de PayFiP : jamais payé, ou oublié depuis")
    world.read((row.reference, 166, TUESDAY))
    [told] = of_tuesday(world).differences
    assert (told.gap, told.may_be_settled, told.payer_name) == (Gap.UNPAID, True, "Marie Dupont")
    assert told.line_id is not None
    operation = new_operation()
    done = settle_from_statement(world.desk, told.line_id, WHY, operation)
    assert (done.state, done.quittance_number) == (OnlineState.PAID, "2026-000001")
    assert done.late is not None
    assert (done.late.kept, done.late.lost) == (1, 0)
    assert settle_from_statement(world.desk, told.line_id, WHY, operation) == done
    with pytest.raises(LineNotSettled, match="déjà enregistré"):
        settle_from_statement(world.desk, told.line_id, WHY, new_operation())
    detail = online_detail(world.desk, row.online_id)
    assert (detail.row.code, detail.row.meaning, detail.paid_on) == ("RELEVE", "vu sur le relevé du Trésor", TUESDAY)
    assert gaps(of_tuesday(world)) == [(Gap.HERE_ELSEWHERE, 166)]  # entered on Wednesday
    assert reconciliation(world.desk, TUESDAY, WEDNESDAY).agrees
    assert world.is_sound()


def test_money_entered_from_the_statement_while_payfip_answers_at_last_is_entered_once(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    row = world.row(online_id)
    world.read((row.reference, 166, TUESDAY))
    line_id = the_line(world)
    world.payfip.decide("P")

    def meanwhile() -> None:
        world.payfip.meanwhile = None
        settle_from_statement(world.desk, line_id, WHY, new_operation())

    world.payfip.meanwhile = meanwhile
    done = ask_again(world.desk, online_id)
    assert (done.state, done.quittance_number) == (OnlineState.PAID, "2026-000001")
    with world.desk.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.payment)) == 1
    assert world.row(online_id).code == "RELEVE"
    assert world.is_sound()


def test_money_of_the_statement_whose_place_is_gone_becomes_an_avoir(world: OnlineDesk) -> None:
    row = world.forgotten(FRIDAY)
    with world.desk.database.write() as connection:
        slot = (t.slot.c.activity_code == EVENING) & (t.slot.c.day == FRIDAY)
        connection.execute(update(t.slot).where(slot).values(capacity=0))
    world.read((row.reference, 166, TUESDAY))
    done = settle_from_statement(world.desk, the_line(world), WHY, new_operation())
    assert done.late is not None
    assert (done.late.kept, done.late.avoir_cents) == (0, 166)
    assert world.is_sound()


def test_a_basket_cashed_at_the_desk_and_received_by_the_tresor_gives_an_avoir_not_a_second_booking(
    world: OnlineDesk,
) -> None:
    basket_id = world.evenings(FRIDAY)
    row = world.row(world.page(NEXT_MONDAY))
    pay_by_card(world.desk, basket_id)
    world.read((row.reference, 332, TUESDAY))
    done = settle_from_statement(world.desk, the_line(world), WHY, new_operation())
    assert done.late is not None
    assert (done.late.kept, done.late.avoir_cents) == (0, 332)
    with world.desk.database.read() as connection:
        confirmed = connection.scalar(
            select(func.count()).select_from(t.booking).where(t.booking.c.state == BookingState.CONFIRMED.value)
        )
    assert confirmed == 2
    assert world.is_sound()


def test_another_amount_an_unknown_reference_and_no_reason_are_refused(world: OnlineDesk) -> None:
    row = world.forgotten(FRIDAY)
    world.read((row.reference, 200, TUESDAY))
    with pytest.raises(InvalidInput, match="Tapez pourquoi"):
        settle_from_statement(world.desk, the_line(world), " ", new_operation())
    with pytest.raises(LineNotSettled, match="n’est pas celui qui a été demandé"):
        settle_from_statement(world.desk, the_line(world), WHY, new_operation())
    world.read(("AUTRE", 200, TUESDAY), name="autre.csv")
    with pytest.raises(LineNotSettled, match="n’est pas d’un paiement demandé ici"):
        settle_from_statement(world.desk, the_line(world), WHY, new_operation())
    with pytest.raises(LineNotSettled, match="n’existe pas"):
        settle_from_statement(world.desk, 999, WHY, new_operation())


def test_only_the_regisseur_reconciles_and_comptabilite_reads(world: OnlineDesk) -> None:
    row = world.forgotten(FRIDAY)
    world.read((row.reference, 166, TUESDAY))
    other = a_desk(world.desk.database, Role.COMPTABILITE, at=world.desk.now(), username="comptabilite")
    assert reconciliation(other, TUESDAY, TUESDAY).differences
    source = a_statement(("AUTRE", 1_00, TUESDAY))
    for refused in (
        lambda: preview_statement(other, source),
        lambda: read_statement(other, source, new_operation()),
        lambda: settle_from_statement(other, the_line(world), WHY, new_operation()),
    ):
        with pytest.raises(NotAllowed, match="Régisseur"):
            refused()


def test_a_period_is_a_year_at_most(world: OnlineDesk) -> None:
    with pytest.raises(InvalidInput, match="un an au plus"):
        reconciliation(world.desk, date(2025, 1, 1), date(2026, 1, 2))


def test_the_reconciliation_is_a_table_for_a_spreadsheet(world: OnlineDesk) -> None:
    world.paid(FRIDAY)
    world.read(("AUTRE", 500, TUESDAY))
    file = io.BytesIO()
    table = reconciliation_table(reconciliation(world.desk, TUESDAY, TUESDAY))
    assert table.title == "Rapprochement PayFiP le mardi 1er décembre 2026"
    write_csv(table, file)
    told = file.getvalue().decode("utf-8-sig").splitlines()
    assert told[1] == "Total de la période;;;;;1,66;;5,00;3,34;;"
    assert told[4].startswith("payé ici, sur aucun relevé;PF2026")
    assert told[5] == "au relevé, inconnu ici;AUTRE;;;;;01/12/2026;5,00;5,00;releve.csv;2"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_it_is_written_in_the_folder_of_exports(world: OnlineDesk, tmp_path: Path, suffix: str) -> None:
    world.desk.documents_dir = tmp_path
    done = export_reconciliation(world.desk, TUESDAY, TUESDAY, f"rapprochement.{suffix}")
    assert done.path == next(tmp_path.rglob(f"rapprochement.{suffix}"))
    assert done.counted == "3 lignes"
