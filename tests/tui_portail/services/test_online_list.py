"""The payments online as Comptabilité reads them, asked about again, contested and answered."""

from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import BookingState, OnlineState
from tests.factories import a_desk
from tests.tui_portail.services.desk_acts import FRIDAY, NEXT_MONDAY
from tests.tui_portail.services.online_desk import OnlineDesk
from tui_portail.errors import InvalidInput
from tui_portail.services import online_services
from tui_portail.services.desk import new_operation
from tui_portail.services.online_disputes import DisputeRefused, ask_again, dispute, end_dispute
from tui_portail.services.online_entering import OnlinePaymentUnknown
from tui_portail.services.online_following import unsettled
from tui_portail.services.online_list import OnlineSort, list_online_payments, online_detail, online_page_until
from tui_portail.services.online_services import OnlineServiceMissing
from tui_portail.services.registers import Period
from tui_portail.services.rights import NotAllowed, Role

TUESDAY = date(2026, 12, 1)


@pytest.fixture
def world(database: Database) -> OnlineDesk:
    return OnlineDesk(database)


def test_a_payment_is_listed_with_what_became_of_it(world: OnlineDesk) -> None:
    done = world.paid(FRIDAY, NEXT_MONDAY)
    [row] = list_online_payments(world.desk)
    assert (row.payer_name, row.dossier_number, row.amount_cents) == ("Marie Dupont", world.family.number, 332)
    assert (row.state_words, row.meaning, row.late) == ("payée", "payé par carte bancaire", False)
    assert (row.quittance_number, row.quittance_id) == (done.quittance_number, done.quittance_id)
    assert (row.disputed, row.statement, row.reversed) == (False, "", False)


def test_the_list_is_told_apart_by_state_and_found_by_reference_dossier_or_payer(world: OnlineDesk) -> None:
    paid = world.paid(FRIDAY)
    waiting = world.page(NEXT_MONDAY)

    def listed(*arguments: object) -> list[int]:
        return [row.online_id for row in list_online_payments(world.desk, *arguments)]  # type: ignore[arg-type]

    assert listed() == [waiting, paid.online_id]
    assert listed(OnlineSort.UNSETTLED) == [waiting]
    assert listed(OnlineSort.PAID) == [paid.online_id]
    assert listed(OnlineSort.NOT_ON_STATEMENT) == [paid.online_id]
    assert listed(OnlineSort.LATE) == listed(OnlineSort.UNPAID) == listed(OnlineSort.DISPUTED) == []
    assert listed(OnlineSort.ALL, paid.reference[:9].lower() + paid.reference[9:]) == [paid.online_id]
    assert listed(OnlineSort.ALL, world.family.number[:4]) == [waiting, paid.online_id]
    assert listed(OnlineSort.ALL, "DUPont") == [waiting, paid.online_id]
    assert listed(OnlineSort.ALL, "Martin") == listed(OnlineSort.ALL, "%") == []
    assert listed(OnlineSort.ALL, "", Period(TUESDAY, TUESDAY)) == [waiting, paid.online_id]
    assert listed(OnlineSort.ALL, "", Period(FRIDAY, FRIDAY)) == []


def test_late_money_is_told_in_full(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    world.advance(minutes=20)
    world.payfip.decide("P")
    ask_again(world.desk, online_id)
    detail = online_detail(world.desk, online_id)
    assert detail.row.late
    assert detail.late is not None
    assert (detail.late.kept, detail.late.lost) == (1, 0)
    [day] = detail.days
    assert (day.day, day.child_name, day.activity, day.price_cents) == (FRIDAY, "Inès", "ALP soir", 166)
    assert day.state is BookingState.RELEASED  # booked again in the basket that the money paid
    assert [row.online_id for row in list_online_payments(world.desk, OnlineSort.LATE)] == [online_id]


def test_no_e_mail_and_no_address_is_read(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    told = f"{list_online_payments(world.desk)} {online_detail(world.desk, online_id)}"
    assert "@" not in told
    assert "https" not in told


def test_the_basket_whose_page_is_open_is_known_before_it_is_cashed(world: OnlineDesk) -> None:
    basket_id = world.evenings(FRIDAY)
    assert online_page_until(world.desk, basket_id) is None
    online_id = world.page(NEXT_MONDAY)
    assert online_page_until(world.desk, basket_id) == world.row(online_id).until
    world.advance(minutes=15)
    assert online_page_until(world.desk, basket_id) is None


def test_an_agent_asks_again_and_the_money_is_entered(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    assert unsettled(world.desk) == (online_id,)
    world.payfip.decide("V")
    assert ask_again(world.desk, online_id).state is OnlineState.PAID
    assert ask_again(world.desk, online_id).state is OnlineState.PAID
    assert unsettled(world.desk) == ()
    assert world.is_sound()


@pytest.mark.parametrize(
    ("installed", "to_do"), [(False, "extension « paiement »"), (True, "donnez l’adresse du portail")]
)
def test_a_desk_without_payfip_says_what_to_do(
    world: OnlineDesk, monkeypatch: pytest.MonkeyPatch, *, installed: bool, to_do: str
) -> None:
    online_id = world.page(FRIDAY)
    world.desk.online = None
    monkeypatch.setattr(online_services, "find_spec", lambda name: name if installed else None)
    with pytest.raises(OnlineServiceMissing, match=to_do):
        ask_again(world.desk, online_id)


def test_a_dispute_asks_payfip_first_and_finds_the_money(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    world.payfip.decide("P")
    noted = dispute(world.desk, online_id, "La mère a payé, rien n’apparaît", new_operation())
    assert noted.followed is not None
    assert noted.followed.state is OnlineState.PAID
    assert world.row(online_id).disputed
    end_dispute(world.desk, online_id, "Payé : quittance remise", new_operation())
    row, told = world.row(online_id), online_detail(world.desk, online_id).dispute
    assert not row.disputed
    assert told is not None
    assert (told.reason, told.agent_name) == ("La mère a payé, rien n’apparaît", "Camille Roux")
    assert (told.answer, told.ended_by) == ("Payé : quittance remise", "Camille Roux")
    assert world.is_sound()


def test_a_dispute_is_noted_even_when_payfip_does_not_answer(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    world.payfip.lost = [True]
    noted = dispute(world.desk, online_id, "Débité deux fois, dit le père", new_operation())
    assert (noted.followed, noted.not_asked) == (None, "PayFiP ne répond pas.")
    assert [row.online_id for row in list_online_payments(world.desk, OnlineSort.DISPUTED)] == [online_id]


def test_a_dispute_is_noted_once_and_ended_once(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    with pytest.raises(DisputeRefused, match="n’est pas contesté"):
        end_dispute(world.desk, online_id, "Rien", new_operation())
    operation = new_operation()
    dispute(world.desk, online_id, "Rien n’apparaît", operation)
    dispute(world.desk, online_id, "Rien n’apparaît", operation)
    with pytest.raises(DisputeRefused, match="déjà contesté"):
        dispute(world.desk, online_id, "Encore", new_operation())
    end_dispute(world.desk, online_id, "Pas payé : recommencez", new_operation())
    for again in (dispute, end_dispute):
        with pytest.raises(DisputeRefused):
            again(world.desk, online_id, "Encore", new_operation())
    with world.desk.database.read() as connection:
        event = t.audit_event.c
        rows = connection.execute(
            select(event.gesture, event.reason).where(event.gesture.like("%contest%")).order_by(event.at, event.gesture)
        ).all()
    assert sorted(rows) == [
        ("contester_paiement", "Rien n’apparaît"),
        ("terminer_contestation", "Pas payé : recommencez"),
    ]


def test_a_reason_is_compulsory_and_an_unknown_payment_is_said(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    for gesture in (dispute, end_dispute):
        with pytest.raises(InvalidInput):
            gesture(world.desk, online_id, "  ", new_operation())
        with pytest.raises(OnlinePaymentUnknown):
            gesture(world.desk, 99, "Motif", new_operation())
    with pytest.raises(OnlinePaymentUnknown):
        online_detail(world.desk, 99)


def test_enfance_does_not_follow_payments_online(world: OnlineDesk) -> None:
    online_id = world.page(FRIDAY)
    other = a_desk(world.desk.database, Role.ENFANCE, at=world.desk.now(), username="enfance")
    other.online = world.payfip
    for refused in (
        lambda: list_online_payments(other),
        lambda: online_detail(other, online_id),
        lambda: ask_again(other, online_id),
        lambda: dispute(other, online_id, "Motif", new_operation()),
        lambda: end_dispute(other, online_id, "Motif", new_operation()),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert not world.row(online_id).disputed
