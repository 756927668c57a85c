"""Extending a basket: only a live one, three times, with a reason, and never past the hour a kitchen's numbers freeze."""

import pytest

from models.engine import Database
from tests.factories import a_desk, a_family, paris
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MEAL,
    MORNING,
    THURSDAY,
    add,
    audit_of,
    finish,
    hold,
    pay_by_card,
    row_counts,
    set_capacity,
    set_time,
)
from tui_portail.errors import InvalidInput
from tui_portail.services.baskets import BasketExpired, BasketUnknown, ExtensionRefused, extend_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.queue import list_queue


def refused(desk: Desk, basket_id: int) -> str:
    before = row_counts(desk.database)
    with pytest.raises(ExtensionRefused) as refusal:
        extend_basket(desk, basket_id, "File d’attente", new_operation())
    assert row_counts(desk.database) == before
    return refusal.value.code


def test_a_live_basket_is_extended_by_fifteen_minutes_from_its_expiry_three_times_at_most(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    for until in ("2026-12-01 11:00", "2026-12-01 11:15", "2026-12-01 11:30"):
        assert extend_basket(desk, basket.basket_id, " Carte oubliée ", new_operation()) == paris(until)
    assert refused(desk, basket.basket_id) == "PROLONGATIONS_EPUISEES"
    assert {event.reason for event in audit_of(database, "prolonger")} == {"Carte oubliée"}
    [row] = list_queue(desk)
    assert (row.extensions, row.expires_at) == (3, paris("2026-12-01 11:30"))
    set_time(desk, paris("2026-12-01 11:29:59"))
    assert pay_by_card(desk, basket.basket_id).total_cents == 1_95


def test_the_same_extension_sent_twice_extends_once(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    operation = new_operation()
    first = extend_basket(desk, basket.basket_id, "Carte oubliée", operation)
    assert extend_basket(desk, basket.basket_id, "Carte oubliée", operation) == first == paris("2026-12-01 11:00")
    assert list_queue(desk)[0].extensions == 1


def test_an_expired_basket_is_not_extended_and_a_reason_is_compulsory(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    for blank in ("", " \n"):
        with pytest.raises(InvalidInput):
            extend_basket(desk, basket.basket_id, blank, new_operation())
    with pytest.raises(BasketUnknown):
        extend_basket(desk, 10**6, "Carte oubliée", new_operation())
    set_time(desk, basket.expires_at)
    assert refused(desk, basket.basket_id) == "PANIER_EXPIRE"


def test_a_basket_with_a_meal_is_never_carried_past_a_quarter_past_noon_of_its_limit(database: Database) -> None:
    desk = a_desk(database, at="2026-12-02 11:50")
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY))
    assert basket.expires_at == paris("2026-12-02 12:05")
    assert extend_basket(desk, basket.basket_id, "File", new_operation()) == paris("2026-12-02 12:15")
    assert refused(desk, basket.basket_id) == "PROLONGATION_REPAS"
    set_time(desk, paris("2026-12-02 12:14:59"))
    assert pay_by_card(desk, basket.basket_id).total_cents == 4_65


def test_a_meal_of_a_later_day_does_not_stop_the_extension(database: Database) -> None:
    desk = a_desk(database, at="2026-12-02 11:50")
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY) + add(family.child_id, MORNING, THURSDAY))
    assert extend_basket(desk, basket.basket_id, "File", new_operation()) == paris("2026-12-02 12:20")


def test_an_extended_basket_keeps_its_place_and_an_unextended_one_loses_it(database: Database) -> None:
    desk = a_desk(database)
    first, second = a_family(desk), a_family(desk, last_name="Martin")
    set_capacity(database, EVENING, FRIDAY, 1)
    basket = hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    extend_basket(desk, basket.basket_id, "File", new_operation())
    set_time(desk, paris("2026-12-01 10:59:59"))
    with pytest.raises(ChangesRefused):
        finish(desk, second.dossier_id, add(second.child_id, EVENING, FRIDAY))
    set_time(desk, paris("2026-12-01 11:00"))
    hold(desk, second.dossier_id, add(second.child_id, EVENING, FRIDAY))
    with pytest.raises(BasketExpired):
        pay_by_card(desk, basket.basket_id)
