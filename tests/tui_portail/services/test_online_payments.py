"""Paying online: a page of PayFiP for a basket, what became of it, and money that comes when it is no longer expected."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin, BookingState, DatabaseKind, OnlineState
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    NEXT_MONDAY,
    THURSDAY,
    add,
    book_and_pay,
    cash,
    finish,
    pay_by_card,
    remove,
)
from tests.tui_portail.services.online_acts import FakePayFip, open_page, pay, paying_online
from tests.tui_portail.services.portal_acts import Mailbox, a_portal, an_active_account, hold_own
from tui_portail.errors import PortailError
from tui_portail.payfip import PayFipUnreachable
from tui_portail.services.baskets import BasketAlreadyPaid, BasketExpired, BasketUnknown
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import new_operation
from tui_portail.services.erasure import preview_erasure
from tui_portail.services.online_entering import OnlinePaymentUnknown
from tui_portail.services.online_following import (
    FollowedPayment,
    follow_all,
    follow_notified,
    follow_own,
)
from tui_portail.services.online_payments import AmountTooSmall, OnlinePaymentOff, online_is_open, open_online_page
from tui_portail.services.payment import cash_basket
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

MEALS = "RESTAURATION"


class World:
    """A family signed in at the kiosk, a desk of both services, and PayFiP."""

    def __init__(self, database: Database) -> None:
        self.desk = a_desk(database, commune=paying_online())
        self.family = a_family(self.desk, children=2)
        self.payfip = FakePayFip()
        self.portal = a_portal(self.desk, Mailbox())
        self.portal.desk.online = self.payfip
        an_active_account(self.portal, self.family)

    def advance(self, **duration: float) -> None:
        clock = self.desk.clock
        assert isinstance(clock, FixedClock)
        clock.advance(**duration)

    def evenings(self, *days: date) -> int:
        return hold_own(self.portal, add(self.family.child_id, EVENING, *days)).basket_id

    def states(self) -> dict[date, str]:
        """The latest state of each day."""
        with self.desk.database.read() as connection:
            rows = connection.execute(select(t.booking.c.day, t.booking.c.state).order_by(t.booking.c.id)).all()
        return {row.day: row.state for row in rows}

    def count(self, table: object) -> int:
        with self.desk.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]

    def is_sound(self) -> bool:
        report = verify(self.desk)
        assert report.sound, report.findings
        return True


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_page_is_asked_for_the_amount_in_cents_and_paid(world: World) -> None:
    basket_id = world.evenings(FRIDAY, NEXT_MONDAY)
    page = open_page(world.portal, basket_id)
    assert (page.amount_cents, page.until - world.desk.now()) == (332, page.basket_until - world.desk.now())
    assert follow_own(world.portal, page.online_id).state is OnlineState.OPEN
    world.payfip.decide("P")
    done = follow_own(world.portal, page.online_id)
    assert (done.state, done.amount_cents, done.late) == (OnlineState.PAID, 332, None)
    assert done.quittance_number == "2026-000001"
    assert world.states() == {FRIDAY: BookingState.CONFIRMED, NEXT_MONDAY: BookingState.CONFIRMED}
    with world.desk.database.read() as connection:
        payment = connection.execute(select(t.payment)).one()
        tender = connection.execute(select(t.tender)).one()
        reference = connection.scalars(select(t.online_payment.c.reference)).one()
    assert payment.till_session_id is None
    assert (tender.means, tender.amount_cents, tender.reference) == ("payfip", 332, reference)
    assert world.is_sound()


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("P", OnlineState.PAID),
        ("V", OnlineState.PAID),
        ("R", OnlineState.REFUSED),
        ("Z", OnlineState.REFUSED),
        ("A", OnlineState.ABANDONED),
        ("P5", OnlineState.OPEN),
        ("P1", OnlineState.OPEN),  # perhaps not received there yet
    ],
)
def test_every_code_of_payfip_ends_a_page_as_it_says(world: World, code: str, state: OnlineState) -> None:
    basket_id = world.evenings(FRIDAY)
    assert pay(world.portal, world.payfip, basket_id, code).state is state
    if state is not OnlineState.PAID:
        assert world.states() == {FRIDAY: BookingState.HELD}
        pay_by_card(world.desk, basket_id)  # it still waits, to be paid at the desk
    assert world.states() == {FRIDAY: BookingState.CONFIRMED}
    assert world.is_sound()


def test_an_open_till_knows_nothing_of_money_online(world: World) -> None:
    open_session(world.desk, 10_000, new_operation())
    pay(world.portal, world.payfip, world.evenings(FRIDAY))
    with world.desk.database.read() as connection:
        assert connection.scalars(select(t.payment.c.till_session_id)).one() is None
    assert world.is_sound()


def test_under_a_euro_one_pays_at_the_desk(world: World) -> None:
    family = world.family
    book_and_pay(world.desk, family.dossier_id, add(family.child_id, EVENING, NEXT_MONDAY))
    finish(world.desk, family.dossier_id, remove(family.child_id, EVENING, NEXT_MONDAY))
    basket = hold_own(world.portal, add(family.child_ids[1], EVENING, FRIDAY))
    assert basket.due_cents == 29  # an avoir of 1,66 pays the rest
    with pytest.raises(AmountTooSmall):
        open_page(world.portal, basket.basket_id)


def test_off_by_default(database: Database) -> None:
    desk = a_desk(database)
    family, portal = a_family(desk), a_portal(desk)
    portal.desk.online = FakePayFip()
    an_active_account(portal, family)
    basket = hold_own(portal, add(family.child_id, EVENING, FRIDAY))
    with pytest.raises(OnlinePaymentOff):
        open_page(portal, basket.basket_id)


def test_the_same_page_is_given_again_while_it_is_open_and_never_two(world: World) -> None:
    basket_id = world.evenings(FRIDAY)
    first = open_page(world.portal, basket_id)
    assert open_page(world.portal, basket_id) == first
    operation = new_operation()
    assert open_online_page(world.portal, basket_id, operation).online_id == first.online_id
    assert len(world.payfip.pages) == 1
    world.payfip.decide("A")
    follow_own(world.portal, first.online_id)
    again = open_page(world.portal, basket_id)
    assert again.online_id != first.online_id
    assert again.address != first.address


def test_days_added_meanwhile_ask_for_another_page(world: World) -> None:
    basket_id = world.evenings(FRIDAY)
    first = open_page(world.portal, basket_id)
    world.evenings(NEXT_MONDAY)
    second = open_page(world.portal, basket_id)
    assert (first.amount_cents, second.amount_cents) == (166, 332)


def test_payfip_out_of_reach_the_basket_waits_and_is_asked_for_again(world: World) -> None:
    basket_id = world.evenings(FRIDAY)
    world.payfip.lost = [False]
    with pytest.raises(PayFipUnreachable):
        open_page(world.portal, basket_id)
    assert world.count(t.online_payment) == 1
    assert open_page(world.portal, basket_id).amount_cents == 166
    world.payfip.lost = [True]
    page = open_page(world.portal, basket_id)
    with pytest.raises(PayFipUnreachable):
        follow_own(world.portal, page.online_id)
    world.payfip.decide("P")
    assert follow_own(world.portal, page.online_id).state is OnlineState.PAID
    assert world.is_sound()


def test_another_familys_page_and_basket_are_unknown(world: World) -> None:
    basket_id = world.evenings(FRIDAY)
    page = open_page(world.portal, basket_id)
    other = a_family(world.desk, last_name="Martin")
    portal = a_portal(world.desk)
    portal.desk.online = world.payfip
    an_active_account(portal, other, last_name="Martin", username="martin")
    with pytest.raises(OnlinePaymentUnknown):
        follow_own(portal, page.online_id)
    with pytest.raises(BasketUnknown):
        open_page(portal, basket_id)


def test_an_answer_for_another_amount_or_another_reference_is_never_believed(world: World) -> None:
    page = open_page(world.portal, world.evenings(FRIDAY))
    id_op = world.payfip.decide("P")
    reference, amount = world.payfip.pages[id_op]
    for told in ((reference, amount - 1), ("PFautre", amount)):
        world.payfip.pages[id_op] = told
        with pytest.raises(PortailError) as refused:
            follow_own(world.portal, page.online_id)
        assert refused.value.code == "PAYFIP_AUTRE_PAIEMENT"
    assert world.states() == {FRIDAY: BookingState.HELD}
    assert world.count(t.payment) == 0


def test_notified_twice_and_polled_at_once_it_is_paid_once(world: World) -> None:
    page = open_page(world.portal, world.evenings(FRIDAY))
    id_op = world.payfip.decide("P")

    def also() -> None:
        world.payfip.meanwhile = None
        follow_notified(world.portal, id_op)  # another process writes it while this one has PayFiP's answer in hand

    world.payfip.meanwhile = also
    first = follow_own(world.portal, page.online_id)
    follow_notified(world.portal, id_op)
    follow_notified(world.portal, "idopinconnu0000000000000000000000")
    assert follow_own(world.portal, page.online_id) == first
    assert world.count(t.payment) == 1
    assert world.is_sound()


def test_the_process_dies_between_the_payment_and_its_confirmation_and_the_next_one_asks(world: World) -> None:
    open_page(world.portal, world.evenings(FRIDAY))
    world.payfip.decide("P")  # and nobody asks: the kiosk was switched off
    world.portal.forget()
    told: list[FollowedPayment | PortailError] = []
    follow_all(world.portal, lambda _, outcome: told.append(outcome))
    [done] = told
    assert isinstance(done, FollowedPayment)
    assert done.state is OnlineState.PAID
    again: list[object] = []
    follow_all(world.portal, lambda _, outcome: again.append(outcome))
    assert not again
    assert world.is_sound()


def _late(world: World, code: str = "P") -> FollowedPayment:
    """The parent pays on the page after the basket has gone."""
    world.payfip.decide(code)
    told: list[FollowedPayment | PortailError] = []
    follow_all(world.portal, lambda _, outcome: told.append(outcome))
    [done] = told
    assert isinstance(done, FollowedPayment), done
    assert world.is_sound()
    return done


def test_a_late_success_books_again_when_the_places_are_still_there(world: World) -> None:
    basket_id = world.evenings(FRIDAY, NEXT_MONDAY)
    world.advance(minutes=10)
    open_page(world.portal, basket_id)
    world.advance(minutes=10)
    with pytest.raises(BasketExpired):
        pay_by_card(world.desk, basket_id)
    done = _late(world)
    assert done.state is OnlineState.PAID
    assert done.late is not None
    assert (done.late.kept, done.late.lost, done.late.avoir_cents) == (2, 0, 0)
    assert world.states() == {FRIDAY: BookingState.CONFIRMED, NEXT_MONDAY: BookingState.CONFIRMED}


def test_a_late_success_whose_place_was_taken_becomes_an_avoir(world: World) -> None:
    basket_id = world.evenings(FRIDAY, NEXT_MONDAY)
    open_page(world.portal, basket_id)
    world.advance(minutes=16)
    _no_more_places(world, EVENING, FRIDAY)
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.lost, done.late.avoir_cents) == (1, 1, 166)
    assert done.late.avoir_number == "AV-2026-000001"
    assert world.states() == {FRIDAY: BookingState.CANCELLED, NEXT_MONDAY: BookingState.CONFIRMED}
    again = hold_own(world.portal, add(world.family.child_id, EVENING, date(2026, 12, 8)))
    assert again.due_cents == 0  # the avoir pays by itself


def test_a_basket_paid_at_the_desk_meanwhile_is_not_paid_twice(world: World) -> None:
    basket_id = world.evenings(FRIDAY)
    open_page(world.portal, basket_id)
    pay_by_card(world.desk, basket_id)
    with pytest.raises(BasketAlreadyPaid):
        open_page(world.portal, basket_id)
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.lost, done.late.already, done.late.avoir_cents) == (0, 0, 1, 166)
    assert "1 réservation était déjà payée : elle reste." in done.late.sentences
    with world.desk.database.read() as connection:
        live = connection.scalar(
            select(func.count()).select_from(t.booking).where(t.booking.c.state == BookingState.CONFIRMED.value)
        )
    assert live == 1


def test_a_basket_that_grew_meanwhile_keeps_what_is_not_paid_yet(world: World) -> None:
    basket_id = world.evenings(FRIDAY)
    open_page(world.portal, basket_id)
    world.evenings(NEXT_MONDAY)
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.lost) == (1, 0)
    assert world.states() == {FRIDAY: BookingState.CONFIRMED, NEXT_MONDAY: BookingState.HELD}
    open_session(world.desk, 0, new_operation())
    assert cash_basket(world.desk, basket_id, [cash(166)], new_operation()).total_cents == 166
    assert world.is_sound()


def test_an_avoir_counted_on_and_used_meanwhile_leaves_the_money_whole(world: World) -> None:
    family = world.family
    book_and_pay(world.desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14), date(2026, 12, 15)))
    finish(world.desk, family.dossier_id, remove(family.child_id, EVENING, date(2026, 12, 14)))  # an avoir of 1,95
    basket = hold_own(world.portal, add(family.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    assert (basket.avoir_cents, basket.due_cents) == (166, 166)
    open_page(world.portal, basket.basket_id)
    world.advance(minutes=16)
    finish(world.desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 17)))  # pays itself by the avoir
    done = _late(world)
    assert done.late is not None
    assert (done.late.kept, done.late.lost, done.late.avoir_cents) == (1, 1, 0)
    assert world.states()[FRIDAY] == BookingState.CONFIRMED


def test_a_meal_paid_after_the_kitchen_counted_is_given_back_with_its_break(world: World) -> None:
    basket = hold_own(world.portal, add(world.family.child_id, MEALS, THURSDAY))
    world.advance(hours=25, minutes=25)  # Wednesday 11:55
    basket = hold_own(world.portal, add(world.family.child_ids[1], MEALS, THURSDAY))
    open_page(world.portal, basket.basket_id)
    world.advance(minutes=16)  # 12:11, the basket is gone, the kitchen has not counted yet
    world.advance(minutes=5)
    done = _late(world)
    assert done.late is not None
    assert done.late.kept == 0
    assert done.late.avoir_cents == done.amount_cents


def test_a_refused_page_paid_after_all_is_paid(world: World) -> None:
    page = open_page(world.portal, world.evenings(FRIDAY))
    world.payfip.decide("R")
    assert follow_own(world.portal, page.online_id).state is OnlineState.REFUSED
    world.payfip.decide("P")
    assert follow_own(world.portal, page.online_id).state is OnlineState.PAID
    assert world.is_sound()


def test_gone_after_the_page_closed_is_expired_and_asked_no_more(world: World) -> None:
    page = open_page(world.portal, world.evenings(FRIDAY))
    world.payfip.decide("P1")
    world.advance(minutes=15)
    assert follow_own(world.portal, page.online_id).state is OnlineState.EXPIRED
    asked = world.payfip.asked
    follow_all(world.portal, lambda _, __: None)
    assert world.payfip.asked == asked


def test_not_yet_after_the_page_closed_is_expired_and_still_asked_for_a_day(world: World) -> None:
    page = open_page(world.portal, world.evenings(FRIDAY))
    world.advance(minutes=15)
    assert follow_own(world.portal, page.online_id).state is OnlineState.EXPIRED
    world.advance(hours=12)
    assert _late(world).state is OnlineState.PAID
    world.advance(hours=13)
    asked = world.payfip.asked
    follow_all(world.portal, lambda _, __: None)
    assert world.payfip.asked == asked


def test_the_baskets_of_the_kiosk_and_of_a_browser_are_marked(world: World) -> None:
    world.evenings(FRIDAY)
    online = a_portal(world.desk, origin=BasketOrigin.ONLINE)
    other = a_family(world.desk, last_name="Martin", children=[a_child(last_name="Martin")])
    an_active_account(online, other, last_name="Martin", username="martin")
    hold_own(online, add(other.child_id, EVENING, FRIDAY))
    with world.desk.database.read() as connection:
        origins = connection.scalars(select(t.basket.c.origin).order_by(t.basket.c.id)).all()
    assert origins == ["borne", "internet"]


def _no_more_places(world: World, activity: str, day: date) -> None:
    with world.desk.database.write() as connection:
        connection.execute(
            update(t.slot).where(t.slot.c.activity_code == activity, t.slot.c.day == day).values(capacity=0)
        )


def test_the_same_gesture_sent_again_opens_no_second_page(world: World) -> None:
    basket_id, operation = world.evenings(FRIDAY), new_operation()
    first = open_online_page(world.portal, basket_id, operation)
    assert open_online_page(world.portal, basket_id, operation) == first
    assert len(world.payfip.pages) == 1


def test_payfips_test_mode_pays_nothing_on_a_real_base(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    basket_id = world.evenings(FRIDAY)
    monkeypatch.setattr(world.portal.desk.database, "kind", DatabaseKind.REAL)
    assert not online_is_open(world.portal)
    with pytest.raises(OnlinePaymentOff):
        open_page(world.portal, basket_id)


def test_a_family_is_not_erased_while_its_money_may_still_come(world: World) -> None:
    open_page(world.portal, world.evenings(FRIDAY))
    world.advance(minutes=16)
    said = " ".join(preview_erasure(world.desk, world.family.dossier_id).obstacles)
    assert "un paiement en ligne peut encore arriver" in said
    world.advance(hours=24)
    said = " ".join(preview_erasure(world.desk, world.family.dossier_id).obstacles)
    assert "paiement en ligne" not in said
