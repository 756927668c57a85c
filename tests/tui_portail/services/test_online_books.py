"""A payment by PayFiP in every book of the régie: quittance, registers, closings outside the till, exports, tax certificate, reversal."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import PeriodKind
from tests.tui_portail.plain_text_books import bean_check
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, NEXT_MONDAY, add, book_and_pay, card, finish, remove
from tests.tui_portail.services.desk_acts import hold as hold_at_desk
from tests.tui_portail.services.online_desk import OnlineDesk
from tests.tui_portail.services.slip_acts import prepared, validated
from tests.tui_portail.services.till_acts import close_till, to_close
from tui_portail.errors import InvalidInput
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import new_operation
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.payment import TendersRefused, cash_basket
from tui_portail.services.period_closings import close_due_periods, list_closings
from tui_portail.services.quittances import list_quittances, quittance_document, reprint_quittance
from tui_portail.services.reconciliation import reconciliation
from tui_portail.services.register_exports import Export, FileFormat, RegisterName
from tui_portail.services.register_views import journal_view, ledger_view, revenue_view, write_register
from tui_portail.services.registers import WHOLE
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.tax_certificates import list_certificates
from tui_portail.services.till import open_session

DAYS = (FRIDAY, NEXT_MONDAY)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> OnlineDesk:
    return OnlineDesk(database, tmp_path)


def payment_of(world: OnlineDesk, online_id: int) -> str:
    with world.desk.database.read() as connection:
        online = t.online_payment.c
        return str(connection.scalars(select(online.payment_id).where(online.id == online_id)).one())


def avoirs_of(world: OnlineDesk) -> int:
    with world.desk.database.read() as connection:
        payer_id = world.family.payer_id
        return sum(one.remaining_cents for one in avoir_balances(connection, [payer_id]).get(payer_id, ()))


def test_the_quittance_says_payfip_and_its_reference(world: OnlineDesk, tmp_path: Path) -> None:
    done = world.paid(*DAYS)
    assert done.quittance_id is not None
    document = quittance_document(world.desk, done.quittance_id)
    [tender] = document.tenders
    assert (tender.label, tender.amount_cents) == ("PayFiP", 332)
    assert done.reference in tender.reference
    assert [row.means for row in list_quittances(world.desk)] == ["PayFiP"]
    reprint_quittance(world.desk, done.quittance_id, new_operation())
    told = PdfReader(next(tmp_path.rglob("quittance-*-duplicata-1.pdf"))).pages[0].extract_text()
    assert "PayFiP" in told
    assert done.reference in told.replace("\n", "")


def test_the_registers_count_it_and_the_till_does_not(world: OnlineDesk) -> None:
    open_session(world.desk, 100_00, new_operation())
    world.paid(*DAYS)
    view = journal_view(world.desk, WHOLE)
    assert (view.count, view.received_cents) == (1, 332)
    assert view.stubs[0][1] == (("PayFiP", 332),)
    accounts = {one.account: one for one in ledger_view(world.desk, WHOLE)}
    assert accounts["payfip"].closing_cents == 332
    assert revenue_view(world.desk, WHOLE).net_cents == 332
    assert to_close(world.desk).expected[Means.CASH] == 100_00
    close_till(world.desk)
    assert world.is_sound()


def test_a_slip_carries_it_to_the_tresor_as_it_does_cards_and_the_reconciliation_still_agrees(
    world: OnlineDesk,
) -> None:
    done = world.paid(*DAYS)
    slip = validated(world.desk, prepared(world.desk))
    assert [(total.means, total.final_cents) for total in slip.totals if total.final_cents] == [(Means.PAYFIP, 332)]
    world.read((done.reference, 332, date(2026, 12, 1)))
    found = reconciliation(world.desk, date(2026, 12, 1), date(2026, 12, 1))
    assert found.agrees
    assert (found.ledger_cents, found.deposited_cents) == (332, 332)
    assert {one.account: one.closing_cents for one in ledger_view(world.desk, WHOLE)}["payfip"] == 0
    assert world.is_sound()


def test_the_days_closing_counts_it(world: OnlineDesk) -> None:
    world.paid(*DAYS)
    world.advance(hours=24)
    close_due_periods(world.desk, new_operation())
    [day] = list_closings(world.desk, PeriodKind.DAY)
    assert (day.total_cents, day.perpetual_cents) == (332, 332)
    assert world.is_sound()


def test_the_journal_is_exported_with_it_and_checks(world: OnlineDesk) -> None:
    done = world.paid(*DAYS)
    written = {
        form: write_register(world.desk, Export(RegisterName.JOURNAL, form), f"journal.{form}").path
        for form in FileFormat
    }
    head, line = written[FileFormat.CSV].read_text("utf-8-sig").splitlines()
    told = dict(zip(head.split(";"), line.split(";"), strict=True))
    assert (told["Quittance"], told["PayFiP"], told["Total"]) == (done.quittance_number, "3,32", "3,32")
    assert (
        "Actif:PayFiP" in written[FileFormat.HLEDGER].read_text() or "PayFiP" in written[FileFormat.HLEDGER].read_text()
    )
    assert bean_check(written[FileFormat.BEANCOUNT]) == ""


def test_the_tax_certificate_counts_its_care(database: Database, tmp_path: Path) -> None:
    world = OnlineDesk(database, tmp_path)
    with database.write() as connection:
        connection.execute(t.child.update().values(birth_on=date(2021, 5, 4)))
    done = world.paid(*DAYS)
    [row] = list_certificates(world.desk, 2026)
    assert row.total_cents == done.amount_cents == 390


def test_a_payment_taken_back_by_the_tresor_is_reversed_and_its_days_are_owed(world: OnlineDesk) -> None:
    done = world.paid(*DAYS)
    reason = world.desk.commune().policy.reversal_reasons[0]
    undone = reverse_payment(world.desk, payment_of(world, done.online_id), [1], reason, new_operation())
    assert (undone.lost_cents, undone.owed_cents, undone.kept_avoir) == (332, 332, None)
    assert {one.account: one.closing_cents for one in ledger_view(world.desk, WHOLE)}["payfip"] == 0
    books_hold(world.desk.database, world.desk.now())
    assert world.row(done.online_id).reversed
    assert world.is_sound()


def test_the_money_of_a_reversed_payment_is_kept_as_an_avoir_and_nothing_goes_back_by_payfip(world: OnlineDesk) -> None:
    desk, family = world.desk, world.family
    spare = (date(2026, 12, 14), date(2026, 12, 15))
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *spare))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, spare[0]))
    done = world.paid(*DAYS)
    assert done.amount_cents == 166  # the avoir paid the rest
    reason = desk.commune().policy.reversal_reasons[0]
    asked = world.payfip.asked
    undone = reverse_payment(desk, payment_of(world, done.online_id), [], reason, new_operation())
    assert undone.kept_avoir is not None
    assert (undone.lost_cents, undone.kept_avoir.amount_cents, undone.given_back_cents) == (0, 166, 166)
    assert avoirs_of(world) == 332
    assert {one.account: one.closing_cents for one in ledger_view(desk, WHOLE)}[
        "payfip"
    ] == 166  # the Trésor has it still
    assert world.payfip.asked == asked
    books_hold(desk.database, desk.now())
    assert world.is_sound()


def test_payfip_is_never_typed_at_a_desk_nor_corrected(world: OnlineDesk) -> None:
    desk, family = world.desk, world.family
    basket = hold_at_desk(desk, family.dossier_id, add(family.child_ids[1], EVENING, FRIDAY))
    typed = Tender(Means.PAYFIP, basket.due_cents, references={"reference": "PF2026AUTRE"})
    with pytest.raises(TendersRefused, match="ne se saisit pas au guichet"):
        cash_basket(desk, basket.basket_id, [typed], new_operation())
    by_card = cash_basket(desk, basket.basket_id, [card(basket.due_cents)], new_operation())
    reason = desk.commune().policy.correction_reasons[0]
    with pytest.raises(TendersRefused, match="ne se saisit pas au guichet"):
        correct_payment(desk, by_card.payment_id, [typed], reason, new_operation())
    done = world.paid(*DAYS)
    with pytest.raises(InvalidInput, match="venu de PayFiP"):
        correct_payment(desk, payment_of(world, done.online_id), [card(332)], reason, new_operation())
    assert world.is_sound()
