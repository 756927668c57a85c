"""The counter act through the services: book, cash, cancel in time, see the avoir used by itself on the next basket."""

from datetime import date

import pytest

from models.engine import Database
from tests.factories import a_child, a_desk, a_family
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.baskets import BasketAlreadyPaid, BasketExpired, load_basket
from tui_portail.services.booking import FinishedChanges, finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import print_avoir_note, print_quittance, reprint_quittance
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import open_session

MEAL, BREAK, EVENING = "RESTAURATION", "PAUSE_MERIDIENNE", "ALP_SOIR"
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)


def add(child_id: int, activity: str, *days: date) -> list[Change]:
    return [Change(CellKey(child_id, activity, day), Tick.ADD) for day in days]


def remove(child_id: int, activity: str, *days: date) -> list[Change]:
    return [Change(CellKey(child_id, activity, day), Tick.REMOVE) for day in days]


def book(desk: Desk, dossier_id: int, changes: list[Change]) -> FinishedChanges:
    return finish_changes(desk, dossier_id, changes, new_operation())


def pay_cash(desk: Desk, basket_id: int) -> CashedBasket:
    due = load_basket(desk, basket_id).due_cents
    return cash_basket(desk, basket_id, [Tender(Means.CASH, due)] if due else [], new_operation())


def test_a_week_is_booked_cashed_cancelled_and_the_avoir_pays_the_next_basket(database: Database, tmp_path) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    family = a_family(desk, children=[a_child()], quotient_cents=745_00)
    open_session(desk, 100_00, new_operation())

    finished = book(desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY, FRIDAY))
    assert finished.added == 4, "the meal brings the midday break"
    [basket] = finished.baskets
    assert [row.basket_id for row in list_queue(desk)] == [basket.basket_id]
    paid = pay_cash(desk, basket.basket_id)
    assert paid.total_cents == basket.total_cents == paid.received_cents
    assert paid.quittance_number == "2026-000001"
    assert list_queue(desk) == ()

    cancelled = book(desk, family.dossier_id, remove(family.child_id, BREAK, FRIDAY))
    assert cancelled.removed == 2, "removing the break removes the meal"
    [avoir] = cancelled.avoirs
    assert avoir.amount_cents == basket.total_cents // 2

    again = book(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY) + add(family.child_id, EVENING, FRIDAY))
    [second] = again.baskets
    assert second.avoir_cents == avoir.amount_cents
    last = pay_cash(desk, second.basket_id)
    assert last.received_cents == second.total_cents - avoir.amount_cents
    assert last.avoir_left_cents == 0
    assert print_quittance(desk, last.quittance_id, new_operation()).path.exists()
    assert "duplicata-1" in reprint_quittance(desk, last.quittance_id, new_operation()).path.name
    assert print_avoir_note(desk, avoir.avoir_id).path.exists()


def test_an_expired_basket_is_never_cashed(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    [basket] = book(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).baskets
    desk.clock.advance(minutes=15)
    with pytest.raises(BasketExpired):
        pay_card(desk, basket.basket_id)


def test_a_paid_basket_is_not_paid_again_but_the_same_operation_gives_the_same_quittance(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    [basket] = book(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).baskets
    card = [Tender(Means.CARD, basket.due_cents, references={"terminal": "0042"})]
    operation = new_operation()
    first = cash_basket(desk, basket.basket_id, card, operation)
    assert cash_basket(desk, basket.basket_id, card, operation) == first
    with pytest.raises(BasketAlreadyPaid):
        cash_basket(desk, basket.basket_id, card, new_operation())


def pay_card(desk: Desk, basket_id: int) -> CashedBasket:
    due = load_basket(desk, basket_id).due_cents
    return cash_basket(desk, basket_id, [Tender(Means.CARD, due, references={"terminal": "0042"})], new_operation())
