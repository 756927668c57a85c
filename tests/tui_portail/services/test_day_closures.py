"""A strike or a closed site: the days of all families cancelled, given back by right, and undone until used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from models.states import AttendanceState
from tests.factories import a_child, a_desk, a_family, paris, where_debts_block_nothing
from tests.tui_portail.services.attendance_acts import at, mark
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.closure_acts import STRIKE, close, closed, left_why, outcomes, undo
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    EVENING_CENTS,
    FRIDAY,
    HARMONIE,
    HOLIDAY_ALSH,
    MEAL,
    MORNING,
    NEXT_MONDAY,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    agent_of,
    book_and_pay,
    clock_of,
    finish,
    hold,
    owe,
    remove,
    row_counts,
    set_time,
    states_of,
)
from tui_portail.capacity import CapacityLimit
from tui_portail.errors import InvalidInput
from tui_portail.field_checks import FormRefused
from tui_portail.planning import CellKey
from tui_portail.services.baskets import BasketGone, load_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.closing_days import ClosureUndone, close_families, record_closure
from tui_portail.services.day_closures import preview_closure
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.payment import cash_basket
from tui_portail.services.recorded_closures import read_closure
from tui_portail.services.restored_days import ClosureAlreadyUndone, ClosureCovered, begin_undoing, restore_families
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify
from tui_portail.services.waiting import ask_places


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent who books, cashes and answers for the régie, the till open; whatever was done then, the verifier finds nothing."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, commune=where_debts_block_nothing())
    open_session(desk, 100_00, new_operation())
    yield desk
    books_hold(database, clock_of(desk).instant)
    assert verify(desk).findings == ()


def avoirs_left(desk: Desk, payer_id: int) -> list[int]:
    with desk.database.read() as connection:
        return [avoir.remaining_cents for avoir in avoir_balances(connection, [payer_id]).get(payer_id, ())]


def state_of(desk: Desk, closure_id: int) -> str:
    with desk.database.read() as connection:
        return read_closure(connection, closure_id).state.value


def test_a_strike_gives_back_what_was_paid_releases_what_was_held_and_drops_what_was_owed(desk: Desk) -> None:
    paid, held, owed, free = (a_family(desk, last_name=name) for name in ("Payé", "Attend", "Doit", "Ailleurs"))
    book_and_pay(desk, paid.dossier_id, add(paid.child_id, EVENING, THURSDAY, FRIDAY))
    waiting = hold(desk, held.dossier_id, add(held.child_id, EVENING, THURSDAY))
    debt = owe(desk, owed.dossier_id, add(owed.child_id, EVENING, THURSDAY))
    book_and_pay(desk, free.dossier_id, add(free.child_id, EVENING, FRIDAY))

    done = close(desk, closed(THURSDAY))

    assert (done.families, done.days, done.avoir_cents) == (3, 3, EVENING_CENTS)
    assert outcomes(desk.database, done.closure_id) == ["avoir", "liberee", "dette_annulee"]
    assert states_of(desk.database, [paid.child_id]) == {
        (paid.child_id, EVENING, THURSDAY): ["cancelled"],
        (paid.child_id, EVENING, FRIDAY): ["confirmed"],
    }
    assert avoirs_left(desk, paid.payer_id) == [EVENING_CENTS]
    assert {load_basket(desk, basket).state.value for basket in (waiting.basket_id, debt)} == {"clos"}
    assert state_of(desk, done.closure_id) == "faite"
    with desk.database.read() as connection:
        assert connection.scalars(select(t.avoir.c.reason)).all()[-1] == "commune"
    with pytest.raises(ChangesRefused, match=STRIKE):
        finish(desk, free.dossier_id, add(free.child_id, EVENING, THURSDAY))
    with pytest.raises(BasketGone):
        cash_basket(desk, waiting.basket_id, [], new_operation())


def test_a_closed_break_takes_the_meal_with_it_and_a_meal_closed_alone_leaves_the_break(desk: Desk) -> None:
    one = a_family(desk)
    book_and_pay(desk, one.dossier_id, add(one.child_id, MEAL, THURSDAY, FRIDAY))

    close(desk, closed(THURSDAY, None, BREAK))
    close(desk, closed(FRIDAY, None, MEAL))

    assert states_of(desk.database, one.child_ids) == {
        (one.child_id, MEAL, THURSDAY): ["cancelled"],
        (one.child_id, BREAK, THURSDAY): ["cancelled"],
        (one.child_id, MEAL, FRIDAY): ["cancelled"],
        (one.child_id, BREAK, FRIDAY): ["confirmed"],
    }
    assert len(avoirs_left(desk, one.payer_id)) == 2  # one a closure, whatever the number of days
    assert hold(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY)).total_cents == EVENING_CENTS


def test_what_the_avoir_pays_whole_is_settled_and_the_rest_of_a_basket_stays_on_hold(desk: Desk) -> None:
    one = a_family(desk, children=2)
    first, second = one.child_ids
    book_and_pay(desk, one.dossier_id, add(first, EVENING, THURSDAY))
    basket = hold(desk, one.dossier_id, add(first, EVENING, NEXT_MONDAY) + add(second, EVENING, THURSDAY))

    close(desk, closed(THURSDAY))

    assert load_basket(desk, basket.basket_id).state.value == "paye"
    assert states_of(desk.database, one.child_ids) == {
        (first, EVENING, THURSDAY): ["cancelled"],
        (first, EVENING, NEXT_MONDAY): ["confirmed"],
        (second, EVENING, THURSDAY): ["released"],
    }


def test_each_parent_who_paid_has_an_avoir_and_another_site_or_day_is_left_alone(desk: Desk) -> None:
    children = (a_child("Ada"), a_child("Léo", school_code="MATERNELLE", class_name="Grande section"))
    one = a_family(desk, two_payers=True, children=children)
    mine, theirs = one.payer_ids
    ada, leo = one.child_ids
    other = {"payer_id": theirs, "payer_reason": "Semaine du père"}
    for changes in (
        add(ada, EVENING, THURSDAY) + add(leo, EVENING, THURSDAY),
        add(ada, EVENING, FRIDAY, **other),
    ):
        book_and_pay(desk, one.dossier_id, changes)

    close(desk, closed(THURSDAY, FRIDAY))

    assert avoirs_left(desk, mine) == [EVENING_CENTS]
    assert avoirs_left(desk, theirs) == [EVENING_CENTS]
    assert states_of(desk.database, [leo]) == {(leo, EVENING, THURSDAY): ["confirmed"]}


def test_a_stopped_closure_goes_on_where_it_stopped_and_sent_twice_does_nothing_twice(desk: Desk) -> None:
    class Stop(Exception):
        """The agent's F8."""

    def stop_at_the_second(done: int, total: int) -> None:
        if done == 1:
            raise Stop

    families = [a_family(desk, last_name=name) for name in ("Un", "Deux", "Trois")]
    for one in families:
        book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    operation, run = new_operation(), new_operation()
    closure_id = record_closure(desk, closed(THURSDAY), operation)
    assert record_closure(desk, closed(THURSDAY), operation) == closure_id

    with pytest.raises(Stop):
        close_families(desk, closure_id, run, stop_at_the_second)

    assert (len(outcomes(desk.database, closure_id)), state_of(desk, closure_id)) == (1, "en_cours")
    another = a_desk(desk.database, Role.ENFANCE, name="Alex Petit")
    assert close_families(another, closure_id, new_operation()).families == 2
    assert state_of(desk, closure_id) == "faite"
    before = row_counts(desk.database)
    assert close_families(desk, closure_id, run).families == 0
    after = row_counts(desk.database)
    assert {name for name in after if after[name] != before[name]} == {"audit_event"}
    assert close(desk, closed(THURSDAY, FRIDAY)).families == 0  # another closure over the same day


def test_a_past_day_is_confirmed_and_a_child_who_came_is_left_alone(desk: Desk) -> None:
    came, absent = (a_family(desk, last_name=name) for name in ("Venu", "Absent"))
    for one in (came, absent):
        book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    set_time(desk, paris("2026-12-03 17:00"))
    with desk.database.write() as connection:
        slot_id = connection.scalars(select(t.slot.c.id).where(t.slot.c.day == THURSDAY)).one()
        mark = {"slot_id": slot_id, "day": THURSDAY, "state": "present", "marked_at": clock_of(desk).instant}
        own = {"dossier_id": came.dossier_id, "child_id": came.child_id, "agent_id": agent_of(desk).agent_id}
        connection.execute(t.attendance.insert().values(**mark, **own))
    with pytest.raises(InvalidInput, match="confirmez"):
        record_closure(desk, closed(THURSDAY), new_operation())

    done = close(desk, closed(THURSDAY), past=True)

    assert (done.families, done.days) == (1, 1)
    assert avoirs_left(desk, absent.payer_id) == [EVENING_CENTS]
    assert avoirs_left(desk, came.payer_id) == []


def test_a_meal_kept_because_the_child_came_keeps_its_break(desk: Desk) -> None:
    came, absent = a_family(desk, last_name="Venu"), a_family(desk, last_name="Absent")
    for one in (came, absent):
        book_and_pay(desk, one.dossier_id, add(one.child_id, MEAL, THURSDAY))
    set_time(desk, paris("2026-12-03 13:30"))
    mark(desk, at(MEAL), came.child_id, AttendanceState.PRESENT)  # its break has a sheet of its own, not filled in

    done = close(desk, closed(THURSDAY, None, MEAL, BREAK), past=True)

    assert (done.families, done.days) == (1, 2)
    assert set(map(tuple, states_of(desk.database, came.child_ids).values())) == {("confirmed",)}


def test_a_family_that_had_cancelled_too_late_no_longer_pays_for_a_day_that_does_not_take_place(desk: Desk) -> None:
    late, owes, sick, both = (
        a_family(desk, last_name=name, renew_alsh_years=(2026,)) for name in ("Tardif", "Doit", "Malade", "Deux")
    )
    holidays = (date(2026, 12, 21), date(2026, 12, 22))
    book_and_pay(desk, late.dossier_id, add(late.child_id, EVENING, THURSDAY))
    owed = book_and_pay(desk, owes.dossier_id, add(owes.child_id, EVENING, THURSDAY))
    book_and_pay(desk, sick.dossier_id, add(sick.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    book_and_pay(desk, both.dossier_id, add(both.child_id, HOLIDAY_ALSH, *holidays))
    set_time(desk, paris("2026-12-02 14:00"))
    for one in (late, owes):
        finish(desk, one.dossier_id, remove(one.child_id, EVENING, THURSDAY))
    reverse_payment(desk, owed.payment_id, [1], "Montant mal saisi", new_operation())
    finish(desk, sick.dossier_id, remove(sick.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    set_time(desk, paris("2026-12-21 14:00"))
    finish(desk, both.dossier_id, remove(both.child_id, HOLIDAY_ALSH, *holidays))
    days = closed(WEDNESDAY, holidays[0], WEDNESDAY_ALSH, HOLIDAY_ALSH, EVENING)
    assert any("annulées hors délai" in said for said in preview_closure(desk, days, past_confirmed=True).sentences)

    done = close(desk, days, past=True)

    assert (done.families, sorted(outcomes(desk.database, done.closure_id))) == (
        4,
        ["avoir", "avoir", "avoir", "dette_annulee"],
    )
    assert avoirs_left(desk, late.payer_id) == [EVENING_CENTS]
    assert states_of(desk.database, late.child_ids)[late.child_id, EVENING, THURSDAY] == ["cancelled_late"]
    assert states_of(desk.database, owes.child_ids)[owes.child_id, EVENING, THURSDAY] == ["cancelled"]
    [waiting] = waiting_proofs(desk)  # for the other day alone
    assert (waiting.dossier_id, [waiting.refund_cents]) == (both.dossier_id, avoirs_left(desk, both.payer_id))
    reason = proof_reasons(desk, True)[0]
    judge_proof_received(desk, waiting.proof_id, holidays[0], True, reason, new_operation())
    assert len(avoirs_left(desk, both.payer_id)) == 2
    assert verify(desk).findings == ()
    assert undo(desk, done.closure_id).restored == 0
    assert set(left_why(desk.database, done.closure_id)) == {"tardive", "dette"}
    assert avoirs_left(desk, late.payer_id) == [EVENING_CENTS]


def test_those_who_wait_for_a_place_are_withdrawn_with_the_reason(desk: Desk) -> None:
    one, two = a_family(desk), a_family(desk, last_name="Martin")
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    with desk.database.write() as connection:
        slot = connection.execute(select(t.slot.c.id, t.slot.c.day).where(t.slot.c.day == THURSDAY)).one()
        entry = {"slot_id": slot.id, "day": slot.day, "state": "attente", "asked_at": clock_of(desk).instant}
        own = {"dossier_id": two.dossier_id, "child_id": two.child_id, "agent_id": agent_of(desk).agent_id}
        connection.execute(t.waiting_entry.insert().values(**entry, **own))

    close(desk, closed(THURSDAY))

    with desk.database.read() as connection:
        row = connection.execute(select(t.waiting_entry)).one()
    assert (row.state, row.reason, row.ended_by) == ("retiree", STRIKE, agent_of(desk).agent_id)


def test_an_activity_that_shared_its_places_with_one_closed_offers_them_to_who_waits(database: Database) -> None:
    shared = CapacityLimit(HARMONIE, (MORNING, EVENING), 1)
    desk = a_desk(database, Role.ENFANCE, commune=replace(where_debts_block_nothing(), limits=(shared,)))
    one, two = a_family(desk), a_family(desk, last_name="Martin")
    hold(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    ask_places(desk, two.dossier_id, [CellKey(two.child_id, MORNING, THURSDAY)], new_operation())

    close(desk, closed(THURSDAY))

    with database.read() as connection:
        assert connection.scalars(select(t.waiting_entry.c.state)).all() == ["offerte"]
    assert verify(desk).findings == ()


def test_what_cannot_be_closed_is_refused_with_the_field_and_nothing_is_written(desk: Desk) -> None:
    before = row_counts(desk.database)
    for days, field in (
        (closed(FRIDAY, THURSDAY), "last"),
        (closed(THURSDAY, date(2027, 2, 28)), "last"),
        (closed(date(2030, 1, 7)), "first"),
        (closed(THURSDAY, site="NULLE_PART"), "site"),
        (closed(THURSDAY, None, "PISCINE"), "activities"),
        (closed(date(2026, 12, 6)), "first"),  # a Sunday: nothing was open
    ):
        with pytest.raises(InvalidInput) as refused:
            record_closure(desk, days, new_operation())
        assert getattr(refused.value, "field", "") == field
    assert row_counts(desk.database) == before


def test_undone_before_it_is_used_the_same_days_are_booked_again_and_paid_by_their_avoirs(desk: Desk) -> None:
    one, two = a_family(desk, children=2), a_family(desk, last_name="Martin")
    for child_id in one.child_ids:
        book_and_pay(desk, one.dossier_id, add(child_id, MEAL, THURSDAY))
    book_and_pay(desk, two.dossier_id, add(two.child_id, EVENING, THURSDAY))
    prices = dict(_prices(desk))
    done = close(desk, closed(THURSDAY, None, MEAL, BREAK, EVENING, site=None))

    undone = undo(desk, done.closure_id)

    assert (undone.families, undone.restored, undone.left) == (2, 5, 0)
    assert state_of(desk, done.closure_id) == "annulee"
    assert dict(_prices(desk)) == prices
    assert avoirs_left(desk, one.payer_id) == avoirs_left(desk, two.payer_id) == []
    assert desk.commune().calendar.closures == where_debts_block_nothing().calendar.closures
    finish(desk, two.dossier_id, add(two.child_id, MEAL, THURSDAY))
    with pytest.raises(ClosureAlreadyUndone):
        begin_undoing(desk, done.closure_id, "Encore", new_operation())
    with pytest.raises(ClosureUndone):
        close_families(desk, done.closure_id, new_operation())


def _prices(desk: Desk) -> list[tuple[tuple[int, int], tuple[int, int, int, str, str]]]:
    """The days that stand: child and slot, then payer, price, tariff, state."""
    booking = t.booking.c
    with desk.database.read() as connection:
        rows = connection.execute(select(t.booking).where(booking.state == "confirmed").order_by(booking.id))
        return [
            ((row.child_id, row.slot_id), (row.payer_id, row.care_cents, row.meal_cents, row.tariff, row.state))
            for row in rows
        ]


def test_a_family_that_used_its_avoir_booked_otherwise_or_left_stays_cancelled_with_why(desk: Desk) -> None:
    names = ("Sert", "Attend", "Doit", "Panier", "Parti", "Revient")
    used, held, owed, basket, gone, back = (a_family(desk, last_name=name) for name in names)
    for one in (used, basket, gone, back):
        book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    hold(desk, held.dossier_id, add(held.child_id, EVENING, THURSDAY))
    owe(desk, owed.dossier_id, add(owed.child_id, EVENING, THURSDAY))
    done = close(desk, closed(THURSDAY))
    finish(desk, used.dossier_id, add(used.child_id, EVENING, FRIDAY))  # paid by the avoir at once
    two_days = add(basket.child_id, EVENING, FRIDAY, NEXT_MONDAY)
    hold(desk, basket.dossier_id, two_days)
    with desk.database.write() as connection:
        connection.execute(
            update(t.dossier).where(t.dossier.c.id == gone.dossier_id).values(archived_at=clock_of(desk).instant)
        )

    undone = undo(desk, done.closure_id)

    assert (undone.restored, undone.left) == (1, 5)
    assert sorted(why or "" for why in left_why(desk.database, done.closure_id)) == [
        "",
        "attente",
        "avoir_utilise",
        "dette",
        "panier",
        "parti",
    ]
    assert states_of(desk.database, back.child_ids)[back.child_id, EVENING, THURSDAY] == ["cancelled", "confirmed"]


def test_an_undoing_that_stopped_goes_on_and_a_later_closure_of_the_same_day_is_undone_first(desk: Desk) -> None:
    class Stop(Exception):
        """The agent's F8."""

    def stop_at_the_second(done: int, total: int) -> None:
        if done == 1:
            raise Stop

    for name in ("Un", "Deux"):
        one = a_family(desk, last_name=name)
        book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    first = close(desk, closed(THURSDAY)).closure_id
    second = close(desk, closed(THURSDAY, FRIDAY, EVENING, site=None)).closure_id
    with pytest.raises(ClosureCovered, match="défaites-la d’abord"):
        begin_undoing(desk, first, "Préavis levé", new_operation())
    undo(desk, second)
    begin_undoing(desk, first, "Préavis levé", new_operation())
    with pytest.raises(Stop):
        restore_families(desk, first, new_operation(), stop_at_the_second)
    assert (state_of(desk, first), left_why(desk.database, first)) == ("faite", [None, None])
    with pytest.raises(ChangesRefused, match=STRIKE):  # the day opens once every family has had its place again
        finish(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))

    assert restore_families(desk, first, new_operation()).restored == 1
    assert state_of(desk, first) == "annulee"


def test_days_that_a_closure_cancels_already_or_is_going_through_are_not_cancelled_by_another(desk: Desk) -> None:
    one = a_family(desk)
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY, FRIDAY))
    first = record_closure(desk, closed(THURSDAY), new_operation())
    before = row_counts(desk.database)
    for again in (closed(THURSDAY), closed(THURSDAY, FRIDAY)):  # before any family is done
        for asked in (preview_closure, partial(record_closure, operation=new_operation())):
            with pytest.raises(FormRefused, match=f"{STRIKE}.*F10 la continue"):
                asked(desk, again)
    assert row_counts(desk.database) == before
    close_families(desk, first, new_operation())
    with pytest.raises(FormRefused, match=f"déjà annulées.*{STRIKE}"):
        record_closure(desk, closed(THURSDAY), new_operation())

    wider = close(desk, closed(THURSDAY, FRIDAY)).closure_id

    assert (undo(desk, wider).restored, undo(desk, first).restored) == (1, 1)
    assert states_of(desk.database, one.child_ids)[one.child_id, EVENING, THURSDAY] == ["cancelled", "confirmed"]


def test_going_through_the_families_sent_twice_gives_the_same_answer_and_does_nothing_twice(desk: Desk) -> None:
    one = a_family(desk)
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY))
    closure_id = record_closure(desk, closed(THURSDAY), new_operation())
    operation = new_operation()
    done = close_families(desk, closure_id, operation)
    before = row_counts(desk.database)
    assert close_families(desk, closure_id, operation) == done
    assert (done.days, row_counts(desk.database)) == (1, before)
    begin_undoing(desk, closure_id, "Préavis levé", new_operation())
    operation = new_operation()
    undone = restore_families(desk, closure_id, operation)
    before = row_counts(desk.database)

    assert restore_families(desk, closure_id, operation) == undone
    assert (undone.restored, row_counts(desk.database)) == (1, before)


def test_of_two_closures_undone_each_gives_its_days_back_whichever_avoir_pays(desk: Desk) -> None:
    one = a_family(desk)
    book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY, FRIDAY))
    thursday, friday = close(desk, closed(THURSDAY)).closure_id, close(desk, closed(FRIDAY)).closure_id

    undo(desk, friday)  # its day is paid by the older avoir, that of Thursday

    assert undo(desk, thursday).restored == 1
    assert avoirs_left(desk, one.payer_id) == []


def test_only_enfance_closes_days_or_undoes_it(database: Database) -> None:
    enfance = a_desk(database, Role.ENFANCE)
    others = [a_desk(database, role) for role in Role if role is not Role.ENFANCE]
    closure_id = record_closure(enfance, closed(THURSDAY), new_operation())
    before = row_counts(database)
    for other in others:
        for act in (
            partial(record_closure, other, closed(FRIDAY), new_operation()),
            partial(close_families, other, closure_id, new_operation()),
            partial(begin_undoing, other, closure_id, "Non", new_operation()),
            partial(restore_families, other, closure_id, new_operation()),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert row_counts(database) == before
