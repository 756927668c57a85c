"""Days, months and years closed once they are over: no entry left out, none counted twice, a perpetual total."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import PeriodKind
from tests.factories import a_desk, a_family, an_agent, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, EVENING_CENTS, add, book_and_pay, clock_of, set_time
from tests.tui_portail.services.period_acts import an_entry_a_day
from tui_portail.services import period_closings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.period_closings import (
    MOST_AT_ONCE,
    ClosedPeriod,
    NothingToClose,
    Waiting,
    close_due_periods,
    list_closings,
    waiting_periods,
)
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed, Role


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database, Role.ENFANCE, Role.REGISSEUR, at="2026-11-30 09:00")


def pay(desk: Desk, at: str, *days: date, last_name: str = "Dupont") -> str:
    set_time(desk, paris(at))
    family = a_family(desk, last_name=last_name)
    return book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *days)).payment_id


def test_a_day_is_closed_once_it_is_over_with_all_its_entries(desk: Desk) -> None:
    pay(desk, "2026-11-30 09:00", date(2026, 12, 3))
    pay(desk, "2026-11-30 10:00", date(2026, 12, 3), date(2026, 12, 4))
    with pytest.raises(NothingToClose):
        close_due_periods(desk, new_operation())

    set_time(desk, paris("2026-12-01 08:00"))
    day, month = close_due_periods(desk, new_operation())

    assert (day.kind, day.starts_on, day.ends_on) == (PeriodKind.DAY, date(2026, 11, 30), date(2026, 11, 30))
    assert (day.first_seq, day.last_seq, day.total_cents) == (1, 2, 3 * EVENING_CENTS)
    assert (month.kind, month.starts_on, month.ends_on) == (PeriodKind.MONTH, date(2026, 11, 1), date(2026, 11, 30))
    assert month.total_cents == day.perpetual_cents == month.perpetual_cents == 3 * EVENING_CENTS
    with pytest.raises(NothingToClose):
        close_due_periods(desk, new_operation())


def test_the_perpetual_total_goes_on_over_days_months_and_years_and_reversals_come_off_the_day_they_are_made(
    desk: Desk,
) -> None:
    first = pay(desk, "2026-11-30 09:00", date(2026, 12, 3))
    pay(desk, "2026-12-02 09:00", date(2026, 12, 10), date(2026, 12, 11))
    set_time(desk, paris("2026-12-04 09:00"))
    reverse_payment(desk, first, [1], desk.commune().policy.reversal_reasons[0], new_operation())
    set_time(desk, paris("2027-01-04 08:00"))

    close_due_periods(desk, new_operation())

    days = list_closings(desk, PeriodKind.DAY)[::-1]
    assert [(one.starts_on.day, one.total_cents, one.perpetual_cents) for one in days] == [
        (30, EVENING_CENTS, EVENING_CENTS),
        (2, 2 * EVENING_CENTS, 3 * EVENING_CENTS),
        (4, -EVENING_CENTS, 2 * EVENING_CENTS),
    ]
    assert [one.first_seq for one in days] == [1, days[0].last_seq + 1, days[1].last_seq + 1]
    assert [one.perpetual_cents for one in list_closings(desk, PeriodKind.MONTH)] == [2 * EVENING_CENTS, EVENING_CENTS]
    [year] = list_closings(desk, PeriodKind.YEAR)
    assert (year.starts_on, year.ends_on, year.total_cents) == (date(2026, 1, 1), date(2026, 12, 31), 2 * EVENING_CENTS)
    books_hold(desk.database, desk.now())


def test_what_a_corrected_clock_dates_before_goes_to_the_day_being_written(desk: Desk) -> None:
    pay(desk, "2026-12-02 09:00", date(2026, 12, 10))
    set_time(desk, paris("2026-12-03 08:00"))
    close_due_periods(desk, new_operation())
    pay(desk, "2026-12-02 18:00", date(2026, 12, 11))  # the server's clock was put right
    set_time(desk, paris("2026-12-05 08:00"))

    close_due_periods(desk, new_operation())

    late, before = list_closings(desk, PeriodKind.DAY)
    assert (late.starts_on, late.first_seq) == (date(2026, 12, 3), before.last_seq + 1)
    assert late.perpetual_cents == 2 * EVENING_CENTS


def test_the_first_day_that_waits_is_told(desk: Desk) -> None:
    assert waiting_periods(desk).first_on is None
    pay(desk, "2026-11-30 09:00", date(2026, 12, 3))
    assert waiting_periods(desk).first_on is None  # the day is not over

    set_time(desk, paris("2026-12-02 08:00"))
    assert waiting_periods(desk).first_on == date(2026, 11, 30)
    close_due_periods(desk, new_operation())
    assert waiting_periods(desk).first_on is None


def test_an_entry_dated_ahead_by_a_wrong_clock_is_told_and_waited_for(desk: Desk) -> None:
    pay(desk, "2026-12-09 09:00", date(2026, 12, 14))
    pay(desk, "2026-11-30 10:00", date(2026, 12, 15))  # the clock was put right
    set_time(desk, paris("2026-12-02 08:00"))

    with pytest.raises(NothingToClose, match=r"datée du 09/12/2026.*pas avant le 10/12/2026.*Vérifiez l’horloge"):
        close_due_periods(desk, new_operation())
    assert waiting_periods(desk) == Waiting(None, date(2026, 12, 9))

    set_time(desk, paris("2026-12-10 08:00"))
    [day] = close_due_periods(desk, new_operation())
    assert (day.starts_on, day.first_seq, day.last_seq) == (date(2026, 12, 9), 1, 2)
    assert waiting_periods(desk) == Waiting(None, None)


def test_no_month_nor_year_is_closed_while_an_entry_dated_ahead_holds_its_days(desk: Desk) -> None:
    """Given a day, an entry that a clock a year ahead dated, and one of the days that follow, once the clock was put right."""
    pay(desk, "2026-12-01 10:00", date(2026, 12, 10))
    pay(desk, "2027-12-02 09:00", date(2027, 12, 9))
    pay(desk, "2026-12-02 09:00", date(2026, 12, 11))

    set_time(desk, paris("2027-01-05 09:00"))
    assert [one.kind for one in close_due_periods(desk, new_operation())] == [PeriodKind.DAY]
    assert waiting_periods(desk) == Waiting(None, date(2027, 12, 2))
    with pytest.raises(NothingToClose, match="leurs mois et leurs années ne se clôturent pas avant le 03/12/2027"):
        close_due_periods(desk, new_operation())

    set_time(desk, paris("2028-01-05 09:00"))
    kinds = [one.kind for one in close_due_periods(desk, new_operation())]
    assert [kinds.count(kind) for kind in (PeriodKind.MONTH, PeriodKind.YEAR)] == [2, 2]
    assert list_closings(desk, PeriodKind.YEAR)[0].perpetual_cents == 3 * EVENING_CENTS
    books_hold(desk.database, desk.now())


def test_a_month_waits_for_an_entry_dated_ahead_behind_one_of_today(desk: Desk) -> None:
    pay(desk, "2026-11-30 09:00", date(2026, 12, 3))
    pay(desk, "2026-12-01 09:00", date(2026, 12, 10))
    pay(desk, "2027-12-02 09:00", date(2027, 12, 9))
    pay(desk, "2026-11-30 18:00", date(2026, 12, 11))  # of the month that is over, once the clock was put right
    set_time(desk, paris("2026-12-01 10:00"))

    assert [one.kind for one in close_due_periods(desk, new_operation())] == [PeriodKind.DAY]

    set_time(desk, paris("2026-12-02 10:00"))
    assert [one.starts_on for one in close_due_periods(desk, new_operation())] == [date(2026, 12, 1)]
    assert list_closings(desk, PeriodKind.MONTH) == ()


def test_a_month_whose_days_are_all_closed_does_not_wait_for_an_entry_dated_a_year_ahead(desk: Desk) -> None:
    pay(desk, "2026-11-27 09:00", date(2026, 12, 3))
    pay(desk, "2027-12-02 09:00", date(2027, 12, 9))
    pay(desk, "2026-12-01 09:00", date(2026, 12, 10))
    set_time(desk, paris("2027-01-05 09:00"))

    assert [(one.kind, one.starts_on) for one in close_due_periods(desk, new_operation())] == [
        (PeriodKind.DAY, date(2026, 11, 27)),
        (PeriodKind.MONTH, date(2026, 11, 1)),
    ]
    assert waiting_periods(desk) == Waiting(None, date(2027, 12, 2))


def test_the_same_closing_sent_twice_closes_once(desk: Desk) -> None:
    pay(desk, "2026-11-30 09:00", date(2026, 12, 3))
    clock_of(desk).advance(days=2)
    operation = new_operation()

    assert close_due_periods(desk, operation) == close_due_periods(desk, operation)
    assert len(list_closings(desk, PeriodKind.DAY)) == 1


def test_two_hundred_days_are_closed_in_one_gesture_a_month_of_days_a_transaction(desk: Desk) -> None:
    an_entry_a_day(desk, date(2026, 2, 1), 200)
    told: list[ClosedPeriod] = []

    closed = close_due_periods(desk, new_operation(), told.append)

    kinds = [one.kind for one in closed]
    assert (kinds.count(PeriodKind.DAY), kinds.count(PeriodKind.MONTH), kinds.count(PeriodKind.YEAR)) == (200, 7, 0)
    assert [one.starts_on for one in closed[:200]] == [date(2026, 2, 1) + timedelta(days=day) for day in range(200)]
    assert [one.starts_on.month for one in closed[200:]] == [2, 3, 4, 5, 6, 7, 8]
    assert [one.closing_id for one in told] == [*(one.closing_id for one in closed[30:200:31]), closed[-1].closing_id]
    with desk.database.read() as connection:
        event = t.audit_event.c
        gestures = connection.scalars(select(event.result).where(event.gesture == "cloturer_periodes")).all()
    assert len(gestures) == len(told)


def test_a_closing_that_is_stopped_keeps_what_it_closed_and_the_next_goes_on(desk: Desk) -> None:
    an_entry_a_day(desk, date(2026, 9, 1), 70)
    operation = new_operation()

    def stop(_one: ClosedPeriod) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        close_due_periods(desk, operation, stop)
    assert len(list_closings(desk, PeriodKind.DAY)) == MOST_AT_ONCE
    assert list_closings(desk, PeriodKind.MONTH) == ()

    again = close_due_periods(
        desk, operation
    )  # the screen sends the same gesture: what was done is told, the rest is done
    assert [one.kind for one in again] == [PeriodKind.DAY] * 70 + [PeriodKind.MONTH] * 2
    assert [one.first_seq for one in list_closings(desk, PeriodKind.DAY)[::-1]] == list(range(1, 71))


def test_a_past_that_ends_with_a_full_transaction_is_closed_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(period_closings, "MOST_AT_ONCE", 3)
    an_entry_a_day(desk, date(2026, 11, 10), 6)

    assert len(close_due_periods(desk, new_operation())) == 6


def test_closing_needs_the_regisseur(database: Database, desk: Desk) -> None:
    desk.sign(an_agent(database, Role.COMPTABILITE))

    with pytest.raises(NotAllowed):
        close_due_periods(desk, new_operation())
