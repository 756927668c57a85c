"""What « Terminer » keeps with a day: a derogation, the payer chosen, the basket it joins, the price it was shown at."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, an_agent, paris
from tests.families import record_quotient
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    MORNING,
    NEXT_MONDAY,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    agent_of,
    alternate_weeks,
    audit_of,
    clock_of,
    finish,
    hold,
    pay_by_card,
    remove,
    row_counts,
    set_capacity,
    set_time,
    states_of,
)
from tui_portail.errors import InvalidInput
from tui_portail.planning import CellKey
from tui_portail.services.baskets import BasketExpired, load_basket
from tui_portail.services.booking import ChangesRefused, finish_changes
from tui_portail.services.desk import SignedAgent, new_operation
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.rights import NotAllowed, Role

LATE = "2026-12-02 12:00:00"  # the limit of Thursday


def bookings(database: Database, basket_id: int) -> list[Any]:
    with database.read() as connection:
        return list(
            connection.execute(select(t.booking).where(t.booking.c.basket_id == basket_id).order_by(t.booking.c.id))
        )


def test_a_derogation_goes_past_the_limit_and_its_reason_stays_in_the_audit_trail(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, at=LATE)
    family = a_family(desk)
    basket = hold(
        desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY, derogation="  Hospitalisation \n d’un parent ")
    )
    kept = "Hospitalisation d’un parent"
    assert [row.derogation for row in bookings(database, basket.basket_id)] == [kept, kept], "the break it brings too"
    [event] = audit_of(database, "terminer")
    assert (event.reason, event.agent_id, event.dossier_id) == (kept, agent_of(desk).agent_id, family.dossier_id)
    assert kept in event.details


@pytest.mark.parametrize("blank", [" ", "\t\n", "\u00a0"])
def test_a_derogation_without_reason_is_refused_and_never_silent(database: Database, blank: str) -> None:
    desk = a_desk(database, at=LATE)
    family = a_family(desk)
    before = row_counts(database)
    with pytest.raises(InvalidInput):
        finish(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, derogation=blank))
    assert row_counts(database) == before


def test_a_derogation_lifts_the_limit_and_nothing_else(database: Database) -> None:
    desk = a_desk(database, at=LATE)
    family = a_family(desk)
    set_capacity(database, EVENING, THURSDAY, 0)
    for activity, day, code in (
        (EVENING, THURSDAY, "COMPLET"),
        (WEDNESDAY_ALSH, date(2026, 12, 9), "DOSSIER_ALSH"),
        (MORNING, WEDNESDAY, None),
    ):
        with pytest.raises(ChangesRefused) as refusal:
            finish(desk, family.dossier_id, add(family.child_id, activity, day, derogation="Urgence"))
        [decision] = refusal.value.refusals.values()
        assert code in (decision.code, None)


def test_only_an_agent_with_the_right_derogates_or_chooses_the_payer(database: Database) -> None:
    desk = a_desk(database, at=LATE)
    family = a_family(desk, two_payers=True)
    asked = (
        add(family.child_id, EVENING, THURSDAY, derogation="Urgence"),
        add(family.child_id, EVENING, FRIDAY, payer_id=family.payer_ids[1], payer_reason="Accord écrit"),
    )
    desk.sign(an_agent(database, Role.COMPTABILITE))
    before = row_counts(database)
    for changes in asked:
        with pytest.raises(NotAllowed):
            finish(desk, family.dossier_id, changes)
    assert row_counts(database) == before


def test_the_other_payer_is_charged_with_a_reason_and_not_without(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    father = family.payer_ids[1]
    for blank in ("", "  "):
        with pytest.raises(InvalidInput):
            finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, payer_id=father, payer_reason=blank))
    basket = hold(
        desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY, payer_id=father, payer_reason="Accord écrit")
    )
    assert basket.payer_id == father
    assert [(row.payer_id, row.payer_reason) for row in bookings(database, basket.basket_id)] == [
        (father, "Accord écrit"),
        (father, "Accord écrit"),
    ]
    [event] = audit_of(database, "terminer")
    assert event.reason == "Accord écrit"


def test_each_parents_weeks_are_priced_by_their_own_quotient(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True, quotient_cents=400_00)
    mother, father = family.payer_ids
    alternate_weeks(database, family.child_id, mother, father, date(2026, 11, 30))
    finished = finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    assert [(basket.payer_id, basket.total_cents) for basket in finished.baskets] == [(mother, 90), (father, 1_95)]
    for basket in finished.baskets:
        pay_by_card(desk, basket.basket_id)
    books_hold(database, desk.now())


def test_finishing_again_adds_to_the_live_basket_and_its_expiry_does_not_move(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    first = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(minutes=14, seconds=59)
    second = hold(desk, family.dossier_id, add(family.child_id, MORNING, FRIDAY))
    assert (second.basket_id, second.expires_at) == (first.basket_id, first.expires_at)
    assert first.expires_at == paris("2026-12-01 10:45")
    assert second.total_cents == 1_95 + 1_30
    assert len(load_basket(desk, first.basket_id).lines) == 2
    clock_of(desk).advance(seconds=1)
    with pytest.raises(BasketExpired):
        pay_by_card(desk, first.basket_id)


def test_the_other_parents_basket_is_neither_touched_nor_told_of(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    mother, father = family.payer_ids
    alternate_weeks(database, family.child_id, mother, father, date(2026, 11, 30))
    hers = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    his = hold(desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    assert (hers.payer_id, his.payer_id) == (mother, father)
    assert {row.basket_id for row in list_queue(desk)} == {hers.basket_id, his.basket_id}


def test_the_days_on_hold_of_a_child_who_left_are_still_in_the_basket(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    leaving, staying = family.child_ids
    first = hold(desk, family.dossier_id, add(leaving, EVENING, FRIDAY))
    with database.write() as connection:
        connection.execute(update(t.child).where(t.child.c.id == leaving).values(archived_at=paris("2026-12-01 10:35")))
    second = hold(desk, family.dossier_id, add(staying, EVENING, FRIDAY))
    assert (second.basket_id, second.total_cents) == (first.basket_id, first.total_cents + 1_95)
    assert pay_by_card(desk, second.basket_id).total_cents == second.total_cents


def test_finishing_again_takes_days_out_and_an_emptied_basket_is_closed(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    first = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    second = hold(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))
    assert (second.basket_id, second.total_cents) == (first.basket_id, 1_95)
    assert finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY)).baskets == ()
    assert list_queue(desk) == ()
    third = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert third.basket_id != first.basket_id
    books_hold(database, desk.now())


def test_the_price_on_hold_is_guaranteed_when_the_quotient_changes_before_the_payment(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert basket.total_cents == 1_95
    record_quotient(
        desk, family.payer_id, 300_00, date(2026, 1, 1), date(2027, 12, 31), "attestation CAF", new_operation()
    )
    assert hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY)).total_cents == 1_95 + 90
    assert pay_by_card(desk, basket.basket_id).total_cents == 1_95 + 90


def test_the_days_of_an_expired_basket_are_free_for_another_family_without_any_sweeper(database: Database) -> None:
    desk = a_desk(database)
    first, second = a_family(desk), a_family(desk, last_name="Martin")
    set_capacity(database, EVENING, FRIDAY, 1)
    lost = hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(minutes=15)
    room = load_planning(desk, second.dossier_id, FRIDAY, FRIDAY).room(CellKey(second.child_id, EVENING, FRIDAY))
    assert room is not None
    assert room.left == 1
    won = hold(desk, second.dossier_id, add(second.child_id, EVENING, FRIDAY))
    pay_by_card(desk, won.basket_id)
    with pytest.raises(BasketExpired):
        pay_by_card(desk, lost.basket_id)
    with pytest.raises(ChangesRefused):
        hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    books_hold(database, desk.now())


def test_the_same_family_books_again_what_its_expired_basket_held(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    set_capacity(database, EVENING, FRIDAY, 1)
    lost = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(minutes=15)
    again = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert again.basket_id != lost.basket_id
    assert again.expires_at == lost.expires_at + timedelta(minutes=15)
    pay_by_card(desk, again.basket_id)
    assert states_of(database, family.child_ids)[family.child_id, EVENING, FRIDAY] == ["released", "confirmed"]
    books_hold(database, desk.now())


def test_the_meal_brings_the_break_and_the_break_takes_the_meal_away(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    child = family.child_id
    hold(desk, family.dossier_id, add(child, MEAL, THURSDAY, FRIDAY))
    finish(desk, family.dossier_id, remove(child, BREAK, THURSDAY))
    finish(desk, family.dossier_id, remove(child, MEAL, FRIDAY))
    assert states_of(database, [child]) == {
        (child, MEAL, THURSDAY): ["released"],
        (child, BREAK, THURSDAY): ["released"],
        (child, MEAL, FRIDAY): ["released"],
        (child, BREAK, FRIDAY): ["held"],
    }, "the meal alone, when only the meal was ticked: the agent kept the break"


def test_the_break_alone_is_booked_and_the_meal_added_later_does_not_bring_it_twice(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    assert hold(desk, family.dossier_id, add(family.child_id, BREAK, FRIDAY)).total_cents == 55
    assert finish(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY)).added == 1


def test_a_meal_cannot_join_a_basket_carried_past_the_hour_its_kitchen_freezes(database: Database) -> None:
    from tui_portail.services.baskets import extend_basket

    desk = a_desk(database, at="2026-12-02 11:30")
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    for _ in range(3):
        until = extend_basket(desk, basket.basket_id, "File d’attente", new_operation())
    assert until == paris("2026-12-02 12:30")
    set_time(desk, paris("2026-12-02 11:59"))
    before = row_counts(database)
    with pytest.raises(ChangesRefused) as refusal:
        finish(desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY))
    assert {why.code for why in refusal.value.refusals.values()} >= {"REPAS_PANIER_PROLONGE"}
    assert row_counts(database) == before
    assert finish(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY)).added == 2, "Friday's freezes tomorrow"


def test_a_right_taken_back_while_signed_in_is_refused_inside_the_gesture(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    stale = SignedAgent(
        an_agent(database, Role.COMPTABILITE).agent_id, "x", "X", frozenset({Role.ENFANCE, Role.COMPTABILITE})
    )
    desk.sign(stale)
    before = row_counts(database)
    with pytest.raises(NotAllowed):
        finish_changes(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY), new_operation())
    assert row_counts(database) == before
