"""A kiosk killed between the payment and its confirmation: PayFiP has the money, and the next one that asks enters it, once."""

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin, BookingState, DatabaseKind, OnlineState
from tests.factories import a_desk, a_family
from tests.other_desks import processes
from tests.payfip_server import LocalPayFip
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add
from tests.tui_portail.services.online_acts import open_page, paying_online
from tests.tui_portail.services.portal_acts import a_portal, an_active_account, hold_own
from tui_portail.services import online_following
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk
from tui_portail.services.online_following import FollowedPayment, follow_all
from tui_portail.services.online_services import online_services
from tui_portail.services.portal import take_seat
from tui_portail.services.verification import verify

pytestmark = pytest.mark.race
PORTAL = "https://portail.exemple.fr"


def _killed_before_it_is_written(url: str, now: datetime, address: str, where: str) -> None:
    """Ask PayFiP, have its answer in hand, and die: before the transaction, or within it before its commit."""
    database = Database.open(url)
    desk = Desk(database, Path("documents"), FixedClock(database, now))
    desk.online = online_services(address, PORTAL, DatabaseKind.TEST)
    enter = online_following.enter_money

    def die(*_: object, **__: object) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("killed")

    def enter_and_die(*given: Any) -> NoReturn:
        enter(*given)
        die()

    name, deadly = ("perform", die) if where == "before" else ("enter_money", enter_and_die)
    with patch.object(online_following, name, deadly):
        follow_all(take_seat(desk, BasketOrigin.KIOSK), lambda *_: None)


@pytest.mark.parametrize("where", ["before", "within"])
def test_killed_between_the_payment_and_its_confirmation_it_is_entered_once_by_the_next(
    database: Database, payfip: LocalPayFip, where: str
) -> None:
    desk = a_desk(database, commune=paying_online())
    family, portal = a_family(desk), a_portal(desk)
    portal.desk.online = online_services(payfip.simulator.address, PORTAL, DatabaseKind.TEST)
    an_active_account(portal, family)
    open_page(portal, hold_own(portal, add(family.child_id, EVENING, FRIDAY)).basket_id)
    [asked] = payfip.simulator.tresor.payments()
    payfip.simulator.faults.notifications = 0
    payfip.simulator.decide(asked.id_op, "P")

    victim = processes().Process(
        target=_killed_before_it_is_written, args=(database.url, desk.now(), payfip.simulator.address, where)
    )
    victim.start()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.payment)) == 0

    told: list[object] = []
    follow_all(portal, lambda _, outcome: told.append(outcome))
    [done] = told
    assert isinstance(done, FollowedPayment)
    assert (done.state, done.quittance_number) == (OnlineState.PAID, "2026-000001")
    assert follow_all(portal, lambda *_: None) == 0
    with database.read() as connection:
        assert connection.scalars(select(t.booking.c.state)).all() == [BookingState.CONFIRMED.value]
        assert connection.scalar(select(func.count()).select_from(t.payment)) == 1
    assert verify(desk).sound
