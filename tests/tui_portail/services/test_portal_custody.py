"""Two separated parents on the portal, alternate weeks over a change of year: each sees, books and pays their own weeks alone.

Weeks alternate from an anchor, never by ISO parity: 2026 has a week 53, two odd weeks follow each other.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_desk, a_family, a_guardian
from tests.tui_portail.services.desk_acts import EVENING, add, alternate_weeks, pay_by_card, remove
from tests.tui_portail.services.portal_acts import PASSWORD, a_portal, an_active_account, finish_own, hold_own, sign_in
from tui_portail.planning import OTHER_PARENT
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk
from tui_portail.services.passwords import hash_password
from tui_portail.services.portal import Portal
from tui_portail.services.portal_planning import load_own_planning
from tui_portail.services.verification import verify

ANCHOR = date(2026, 12, 7)  # Marie's week
HERS = (date(2026, 12, 10), date(2027, 1, 4), date(2027, 1, 7), date(2027, 1, 18))
HIS = (date(2026, 12, 14), date(2026, 12, 17), date(2027, 1, 11), date(2027, 1, 14))


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database)


@pytest.fixture
def family(desk: Desk) -> Family:
    parents = (
        a_guardian(quotient_cents=300_00),
        a_guardian("Benali", "Karim", address="2 rue du Lavoir", phone="07 11 22 33 44", quotient_cents=2_500_00),
    )
    made = a_family(desk, guardians=parents)
    alternate_weeks(desk.database, made.child_id, *made.payer_ids, ANCHOR)
    return made


@pytest.fixture
def marie(desk: Desk, family: Family) -> Portal:
    portal = a_portal(desk)
    an_active_account(portal, family)
    return portal


@pytest.fixture
def karim(desk: Desk, family: Family) -> Portal:
    """His identifier is the second one, given by Enfance/Jeunesse: here by writing it."""
    other = a_family(desk, last_name="Autre")
    portal = a_portal(desk)
    an_active_account(portal, other, last_name="Autre", username="karim")
    with desk.database.write() as connection:
        connection.execute(update(t.guardian).where(t.guardian.c.id == other.guardian_ids[0]).values(linked_at=None))
        connection.execute(
            update(t.guardian).where(t.guardian.c.id == family.guardian_ids[1]).values(linked_at=desk.now())
        )
        connection.execute(
            update(t.portal_account)
            .where(t.portal_account.c.username == "karim")
            .values(guardian_id=family.guardian_ids[1], password_hash=hash_password(PASSWORD))
        )
    sign_in(portal, "karim")
    return portal


def test_each_books_and_pays_their_own_weeks_over_the_new_year(
    desk: Desk, family: Family, marie: Portal, karim: Portal
) -> None:
    for portal, days, payer_id in ((marie, HERS, family.payer_ids[0]), (karim, HIS, family.payer_ids[1])):
        basket = hold_own(portal, add(family.child_id, EVENING, *days))
        assert basket.payer_id == payer_id
        pay_by_card(desk, basket.basket_id)
    with desk.database.read() as connection:
        rows = connection.execute(select(t.booking.c.day, t.booking.c.payer_id).order_by(t.booking.c.day)).all()
    assert {row.day for row in rows if row.payer_id == family.payer_ids[0]} == set(HERS)
    assert {row.day for row in rows if row.payer_id == family.payer_ids[1]} == set(HIS)
    assert verify(desk).sound


def test_the_other_parents_weeks_are_refused_with_their_reason(family: Family, marie: Portal, karim: Portal) -> None:
    for portal, day in ((marie, HIS[2]), (karim, HERS[1])):
        with pytest.raises(ChangesRefused) as refused:
            finish_own(portal, add(family.child_id, EVENING, day))
        [decision] = refused.value.refusals.values()
        assert decision.code == "JOURNEE_AUTRE_PARENT"
        assert "calendrier de garde" in decision.sentence


def test_a_day_the_other_paid_is_seen_as_theirs_and_not_cancelled(
    desk: Desk, family: Family, marie: Portal, karim: Portal
) -> None:
    pay_by_card(desk, hold_own(karim, add(family.child_id, EVENING, HIS[0])).basket_id)
    snapshot = load_own_planning(marie, ANCHOR, ANCHOR + timedelta(weeks=2))
    [booking] = snapshot.bookings.values()
    assert (booking.price_cents, booking.basket_id) == (0, None)
    assert snapshot.payer(booking.payer_id).name == OTHER_PARENT
    with pytest.raises(ChangesRefused):
        finish_own(marie, remove(family.child_id, EVENING, HIS[0]))
    seen = repr(snapshot)
    assert not any(private in seen for private in ("Benali", "Karim", "Lavoir", "250000", "07 11 22 33 44"))


def test_an_avoir_stays_with_the_parent_who_had_paid(desk: Desk, family: Family, marie: Portal, karim: Portal) -> None:
    pay_by_card(desk, hold_own(marie, add(family.child_id, EVENING, HERS[1])).basket_id)
    [avoir] = finish_own(marie, remove(family.child_id, EVENING, HERS[1])).avoirs
    assert avoir.payer_id == family.payer_ids[0]
    assert hold_own(karim, add(family.child_id, EVENING, HIS[0])).avoir_cents == 0
    assert hold_own(marie, add(family.child_id, EVENING, HERS[2])).avoir_cents > 0
