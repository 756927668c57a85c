"""Cancelling through the planning: what is given back, to whom, until when; and the justificatifs of late ALSH absences."""

from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_desk, a_family, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    HOLIDAY_ALSH,
    MEAL,
    MORNING,
    NEXT_MONDAY,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    alternate_weeks,
    audit_of,
    book_and_pay,
    finish,
    hold,
    pay_by_card,
    remove,
    row_counts,
    set_time,
    states_of,
)
from tui_portail.errors import InvalidInput
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import ChangesRefused, FinishedChanges
from tui_portail.services.cancellations import (
    ProofAlreadyJudged,
    ProofRefusedByRule,
    judge_proof_received,
    proof_reasons,
    waiting_proofs,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import OperationReused

ACTIVITIES = {
    MORNING: THURSDAY,
    BREAK: THURSDAY,
    MEAL: THURSDAY,
    EVENING: THURSDAY,
    WEDNESDAY_ALSH: NEXT_WEDNESDAY,
    HOLIDAY_ALSH: date(2026, 12, 22),
}
LIMITS = {THURSDAY: "2026-12-02 12:00", NEXT_WEDNESDAY: "2026-12-08 12:00", date(2026, 12, 22): "2026-12-21 12:00"}
ALP = (MORNING, BREAK, MEAL, EVENING)
ALSH = (WEDNESDAY_ALSH, HOLIDAY_ALSH)


def paid_day(desk: Desk, activity: str, **family_terms: object) -> tuple[Family, int]:
    """Book and pay one day; return the family and what was paid."""
    family = a_family(desk, renew_alsh_years=(2026,), **family_terms)  # type: ignore[arg-type]
    cashed = book_and_pay(desk, family.dossier_id, add(family.child_id, activity, ACTIVITIES[activity]))
    return family, cashed.total_cents


def cancel(desk: Desk, family: Family, activity: str) -> FinishedChanges:
    return finish(desk, family.dossier_id, remove(family.child_id, activity, ACTIVITIES[activity]))


@pytest.mark.parametrize("activity", [*ALP, *ALSH])
def test_an_unpaid_day_is_released_and_nothing_is_due(database: Database, activity: str) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026,))
    hold(desk, family.dossier_id, add(family.child_id, activity, ACTIVITIES[activity]))
    released = cancel(desk, family, activity)
    assert (released.avoirs, released.awaiting_proof) == ((), 0)
    assert states_of(database, family.child_ids)[family.child_id, activity, ACTIVITIES[activity]] == ["released"]


@pytest.mark.parametrize("activity", [*ALP, *ALSH])
def test_before_the_limit_an_avoir_of_what_was_paid_is_given_and_after_it_none(
    database: Database, activity: str
) -> None:
    desk = a_desk(database)
    day = ACTIVITIES[activity]
    limit = paris(LIMITS[day])
    early, _ = paid_day(desk, activity)
    late, _ = paid_day(desk, activity, last_name="Martin")
    set_time(desk, limit)
    desk.clock.advance(seconds=-1)  # type: ignore[attr-defined]
    [avoir] = cancel(desk, early, activity).avoirs
    with database.read() as connection:
        paid = connection.scalars(
            select(t.booking.c.price_cents).where(
                t.booking.c.child_id == early.child_id, t.booking.c.state == "cancelled"
            )
        ).all()
    assert avoir.amount_cents == sum(paid) > 0
    set_time(desk, limit)
    cancelled = cancel(desk, late, activity)
    assert cancelled.avoirs == ()
    assert cancelled.awaiting_proof == (activity in ALSH)
    assert states_of(database, late.child_ids)[late.child_id, activity, day] == ["cancelled_late"]
    books_hold(database, desk.now())


@pytest.mark.parametrize("activity", ALP)
def test_an_alp_day_is_cancelled_without_refund_until_it_begins_and_not_after(
    database: Database, activity: str
) -> None:
    desk = a_desk(database)
    first, _ = paid_day(desk, activity)
    second, _ = paid_day(desk, activity, last_name="Martin")
    set_time(desk, paris("2026-12-02 23:59:59"))
    assert cancel(desk, first, activity).avoirs == ()
    set_time(desk, paris("2026-12-03 00:00:00"))
    before = row_counts(database)
    with pytest.raises(ChangesRefused) as refusal:
        cancel(desk, second, activity)
    assert {why.code for why in refusal.value.refusals.values()} == {"ANNULATION_IMPOSSIBLE"}
    assert row_counts(database) == before


@pytest.mark.parametrize(
    ("day", "last_instant"),
    [
        (date(2026, 12, 9), "2026-12-12 00:00"),  # a Wednesday: until Friday 24:00
        (date(2026, 12, 30), "2027-01-05 00:00"),  # 1 January and the week-end carry it to Monday 4
    ],
)
def test_an_alsh_day_is_cancelled_after_it_until_its_48_hours_run_out(
    database: Database, day: date, last_instant: str
) -> None:
    desk = a_desk(database)
    activity = WEDNESDAY_ALSH if day.month == 12 and day.day == 9 else HOLIDAY_ALSH
    first = a_family(desk, renew_alsh_years=(2026,))
    second = a_family(desk, last_name="Martin", renew_alsh_years=(2026,))
    for family in (first, second):
        book_and_pay(desk, family.dossier_id, add(family.child_id, activity, day))
    set_time(desk, paris(last_instant))
    desk.clock.advance(seconds=-1)  # type: ignore[attr-defined]
    assert finish(desk, first.dossier_id, remove(first.child_id, activity, day)).awaiting_proof == 1
    [proof] = waiting_proofs(desk)
    assert proof.due_until == paris(last_instant)
    set_time(desk, paris(last_instant))
    with pytest.raises(ChangesRefused):
        finish(desk, second.dossier_id, remove(second.child_id, activity, day))


def a_waiting_proof(desk: Desk) -> tuple[Family, int, int]:
    """Pay an ALSH Wednesday and cancel it that morning: the family, the proof that waits, what was paid."""
    family = a_family(desk, renew_alsh_years=(2026,))
    paid = book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY)).total_cents
    set_time(desk, paris("2026-12-09 09:00"))
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    [proof] = waiting_proofs(desk)
    assert proof.refund_cents == paid
    return family, proof.proof_id, paid


def test_an_accepted_justificatif_gives_an_avoir_that_the_next_basket_uses(database: Database) -> None:
    desk = a_desk(database)
    family, proof_id, paid = a_waiting_proof(desk)
    set_time(desk, paris("2026-12-14 09:00"))
    reason = proof_reasons(desk, True)[0]
    operation = new_operation()
    outcome = judge_proof_received(desk, proof_id, date(2026, 12, 11), True, reason, operation)
    assert judge_proof_received(desk, proof_id, date(2026, 12, 11), True, reason, operation) == outcome
    [avoir] = outcome.avoirs
    assert (avoir.amount_cents, avoir.payer_id) == (paid, family.payer_id)
    assert "vu le lundi 14 décembre 2026 par Camille Roux" in outcome.sentence
    assert waiting_proofs(desk) == ()
    basket = hold(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, date(2026, 12, 16)))
    assert (basket.avoir_cents, basket.due_cents) == (paid, 0)
    with pytest.raises(OperationReused):
        judge_proof_received(desk, proof_id, date(2026, 12, 10), True, reason, operation)
    books_hold(database, desk.now())


def test_a_refused_justificatif_gives_nothing_and_no_justificatif_is_judged_twice(database: Database) -> None:
    desk = a_desk(database)
    family, proof_id, _ = a_waiting_proof(desk)
    refusal_reason = proof_reasons(desk, False)[0]
    outcome = judge_proof_received(desk, proof_id, NEXT_WEDNESDAY, False, refusal_reason, new_operation())
    assert (outcome.accepted, outcome.avoirs) == (False, ())
    before = row_counts(database)
    for accepted in (True, False):
        reason = proof_reasons(desk, accepted)[0]
        with pytest.raises(ProofAlreadyJudged):
            judge_proof_received(desk, proof_id, NEXT_WEDNESDAY, accepted, reason, new_operation())
    assert row_counts(database) == before
    [event] = audit_of(database, "justificatif")
    assert (event.reason, event.dossier_id) == (refusal_reason, family.dossier_id)


@pytest.mark.parametrize(
    ("received_on", "accepted", "code"),
    [
        (date(2026, 12, 12), True, "JUSTIFICATIF_TARDIF"),
        (date(2026, 12, 16), True, "JUSTIFICATIF_DATE_FUTURE"),
        (date(2026, 12, 16), False, "JUSTIFICATIF_DATE_FUTURE"),
    ],
)
def test_a_justificatif_too_late_or_dated_in_the_future_is_refused_and_still_waits(
    database: Database, received_on: date, accepted: bool, code: str
) -> None:
    desk = a_desk(database)
    _, proof_id, _ = a_waiting_proof(desk)
    set_time(desk, paris("2026-12-15 09:00"))
    assert waiting_proofs(desk)[0].overdue
    before = row_counts(database)
    with pytest.raises(ProofRefusedByRule) as refusal:
        judge_proof_received(desk, proof_id, received_on, accepted, proof_reasons(desk, accepted)[0], new_operation())
    assert refusal.value.code == code
    assert row_counts(database) == before
    assert [proof.proof_id for proof in waiting_proofs(desk)] == [proof_id]


def test_a_reason_outside_the_communes_list_is_refused_so_that_no_illness_is_ever_written(database: Database) -> None:
    desk = a_desk(database)
    _, proof_id, _ = a_waiting_proof(desk)
    with pytest.raises(InvalidInput):
        judge_proof_received(desk, proof_id, NEXT_WEDNESDAY, True, "Grippe", new_operation())
    with pytest.raises(ProofAlreadyJudged):
        judge_proof_received(desk, 10**6, NEXT_WEDNESDAY, True, proof_reasons(desk, True)[0], new_operation())


def test_consecutive_holiday_days_cancelled_in_one_gesture_are_one_absence(database: Database) -> None:
    desk = a_desk(database)
    days = (date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 23))
    other = a_family(desk, last_name="Martin", renew_alsh_years=(2026,))
    book_and_pay(desk, other.dossier_id, add(other.child_id, HOLIDAY_ALSH, *days, date(2026, 12, 30)))
    set_time(desk, paris("2026-12-22 13:00"))
    finished = finish(desk, other.dossier_id, remove(other.child_id, HOLIDAY_ALSH, *days))
    assert finished.awaiting_proof == 3
    [mine] = waiting_proofs(desk)
    assert (mine.first_on, mine.last_on) == (days[0], days[2])
    assert mine.due_until == paris("2026-12-24 00:00"), (
        "48 h from the end of Monday the 21st: until the end of the 23rd"
    )


def test_the_avoir_belongs_to_who_had_paid_and_the_other_parent_cannot_spend_it(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    mother, father = family.payer_ids
    alternate_weeks(database, family.child_id, mother, father, date(2026, 11, 30))
    for basket in finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, NEXT_MONDAY)).baskets:
        pay_by_card(desk, basket.basket_id)
    cancelled = finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    assert [(avoir.payer_id, avoir.amount_cents) for avoir in cancelled.avoirs] == [(mother, 1_95), (father, 1_95)]
    assert len({avoir.number for avoir in cancelled.avoirs}) == 2
    basket = hold(desk, family.dossier_id, add(family.child_id, MEAL, FRIDAY))
    assert (basket.payer_id, basket.avoir_cents, basket.due_cents) == (mother, 1_95, 4_65 - 1_95)
    pay_by_card(desk, basket.basket_id)
    books_hold(database, desk.now())


def test_cancellations_and_additions_of_one_gesture_the_avoir_serves_the_same_basket(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    finished = finish(
        desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY) + add(family.child_id, MEAL, FRIDAY)
    )
    [avoir], [basket] = finished.avoirs, finished.baskets
    assert (avoir.amount_cents, basket.total_cents, basket.avoir_cents, basket.due_cents) == (1_95, 4_65, 1_95, 2_70)
    assert load_basket(desk, basket.basket_id).avoir_cents == 1_95
    set_time(desk, basket.expires_at)
    again = hold(desk, family.dossier_id, add(family.child_id, MORNING, FRIDAY))
    assert (again.avoir_cents, again.due_cents) == (1_30, 0), (
        "the basket expired: the cancellation stands, the avoir remains"
    )
    assert states_of(database, family.child_ids)[family.child_id, EVENING, FRIDAY] == ["cancelled"]
    books_hold(database, desk.now())


def test_a_swap_for_the_same_price_is_settled_at_once_with_avoir_and_quittance_in_one_gesture(
    database: Database,
) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    finished = finish(
        desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY) + add(family.child_id, EVENING, FRIDAY)
    )
    [avoir], [basket] = finished.avoirs, finished.baskets
    assert (avoir.number, basket.settled_quittance_number) == ("AV-2026-000001", "2026-000002")
    books_hold(database, desk.now())


def test_a_day_paid_with_an_avoir_gives_it_back_when_cancelled_again(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    for _ in range(3):
        finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
        basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
        assert basket.due_cents == 0
    assert states_of(database, family.child_ids)[family.child_id, EVENING, FRIDAY] == ["cancelled"] * 3 + ["confirmed"]
    books_hold(database, desk.now())
