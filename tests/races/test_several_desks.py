"""N desks want the last place, the same basket, the same avoir: it is sold, cashed and spent once (design, guarantees 1 to 5)."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import BOTH_DESKS, Family, a_desk, a_family, an_agent, where_debts_block_nothing
from tests.races import desks as acts
from tests.races.desks import DESKS, WON, Desks, Place
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MORNING,
    NEXT_WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    clock_of,
    finish,
    hold,
    owe,
    remove,
    set_capacity,
)
from tui_portail.planning import CellKey
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.sale import CashedBasket
from tui_portail.services.verification import verify

pytestmark = pytest.mark.race
ROUNDS = 20
OURS = {
    WON,
    "BASE_OCCUPEE",  # a slow machine may keep a desk waiting for a lock more than three seconds: it is told so
    "COMPLET",
    "DEJA_RESERVE",
    "JUSTIFICATIF_DEJA_TRAITE",
    "PANIER_CLOS",
    "PANIER_DEJA_PAYE",
    "PROLONGATIONS_EPUISEES",
    "REGLEMENT_REFUSE",
    "RIEN_A_RETIRER",
    "SAISIE_INVALIDE",
}


def school_days(desk: Desk, count: int) -> list[date]:
    calendar, policy = desk.commune().calendar, desk.commune().policy
    days = calendar.running_days(policy.activity(EVENING), FRIDAY, calendar.last_covered, False)
    return [day for day, _ in zip(days, range(count), strict=False)]


def seat(desk: Desk) -> list[Place]:
    """Seat an agent at each desk."""
    return [Place(desk.database.url, an_agent(desk.database, *BOTH_DESKS).agent_id, desk.now()) for _ in range(DESKS)]


def families(desk: Desk) -> list[Family]:
    return [a_family(desk, last_name=f"Dupont{letter}") for letter in "abcd"]


def test_control_the_drivers_defaults_sell_the_last_place_to_every_desk(database: Database, desks: Desks) -> None:
    desk = a_desk(database)
    set_capacity(database, EVENING, FRIDAY, 1)
    with database.read() as connection:
        slot_id = connection.scalar(select(t.slot.c.id))
    arguments = [
        (place, family.dossier_id, slot_id, CellKey(family.child_id, EVENING, FRIDAY), family.payer_id)
        for place, family in zip(seat(desk), families(desk), strict=True)
    ]
    assert desks.race(acts.sell_by_the_drivers_defaults, arguments) == [WON] * DESKS, "the race is there to be seen"
    with pytest.raises(AssertionError, match="oversold"):
        books_hold(database, desk.now())


@pytest.mark.postgresql
def test_control_the_services_without_their_locks_sell_the_last_place_to_every_desk(
    postgresql: Database, desks: Desks
) -> None:
    """On PostgreSQL only: SQLite's one writer is alone before it counts, there is no lock to leave out."""
    desk = a_desk(postgresql)
    set_capacity(postgresql, EVENING, FRIDAY, 1)
    arguments = [
        (place, family.dossier_id, CellKey(family.child_id, EVENING, FRIDAY))
        for place, family in zip(seat(desk), families(desk), strict=True)
    ]
    assert desks.race(acts.book_without_locks, arguments) == [WON] * DESKS, "the race is there to be seen"
    with pytest.raises(AssertionError, match="oversold"):
        books_hold(postgresql, desk.now())


def test_desks_that_fight_for_the_last_place_sell_it_exactly_once_in_every_round(
    database: Database, desks: Desks
) -> None:
    desk = a_desk(database)
    days = school_days(desk, ROUNDS)
    for day in days:
        set_capacity(database, EVENING, day, 1)
    arguments = [
        (place, family.dossier_id, [CellKey(family.child_id, EVENING, day) for day in days])
        for place, family in zip(seat(desk), families(desk), strict=True)
    ]
    outcomes = desks.race(acts.book_in_rounds, arguments)
    for of_round in zip(*outcomes, strict=True):
        assert Counter(of_round) == {WON: 1, "COMPLET": DESKS - 1}
    books_hold(database, desk.now())


def test_desks_that_book_the_same_day_of_the_same_child_book_it_once(database: Database, desks: Desks) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    days = school_days(desk, 5)
    arguments = [
        (place, family.dossier_id, [CellKey(family.child_id, EVENING, day) for day in days]) for place in seat(desk)
    ]
    for of_round in zip(*desks.race(acts.book_in_rounds, arguments), strict=True):
        assert Counter(of_round) == {WON: 1, "DEJA_RESERVE": DESKS - 1}
    with database.read() as connection:
        assert len(connection.execute(select(t.basket)).all()) == 1, "all days joined one basket"
    books_hold(database, desk.now())


def test_control_the_drivers_defaults_cash_the_same_basket_at_every_desk(database: Database, desks: Desks) -> None:
    """The guards of the table are taken away: they would refuse the second payment, and hide that every desk took the money."""
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql("ALTER TABLE basket DISABLE TRIGGER USER")
        else:
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'basket'"
            for name in connection.exec_driver_sql(guards).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
    arguments = [(place, basket.basket_id) for place in seat(desk)]
    assert desks.race(acts.cash_by_the_drivers_defaults, arguments) == [WON] * DESKS, "the race is there to be seen"


def test_desks_that_cash_the_same_basket_make_one_quittance(database: Database, desks: Desks) -> None:
    desk = a_desk(database)
    baskets = []
    for number in range(8):
        family = a_family(desk, last_name=f"Dupont{'abcdefgh'[number]}")
        baskets.append(hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id)
    arguments = [(place, baskets, [new_operation() for _ in baskets]) for place in seat(desk)]
    for of_round in zip(*desks.race(acts.cash, arguments), strict=True):
        cashed = [outcome for outcome in of_round if isinstance(outcome, CashedBasket)]
        assert len(cashed) == 1
        assert [outcome for outcome in of_round if outcome not in cashed] == ["PANIER_DEJA_PAYE"] * (DESKS - 1)
    books_hold(database, desk.now())


def test_the_same_payment_sent_by_every_desk_at_once_gives_all_of_them_the_same_quittance(
    database: Database, desks: Desks
) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    operation = new_operation()
    arguments = [(seat(desk)[0], [basket.basket_id], [operation])] * DESKS  # a gesture belongs to its agent
    answers = [answer for [answer] in desks.race(acts.cash, arguments)]
    assert isinstance(answers[0], CashedBasket)
    assert answers == [answers[0]] * DESKS
    books_hold(database, desk.now())


def test_an_avoir_spent_by_several_baskets_at_once_is_never_spent_twice(database: Database, desks: Desks) -> None:
    desk = a_desk(database, commune=where_debts_block_nothing())
    family = a_family(desk)
    debts = [owe(desk, family.dossier_id, add(family.child_id, MORNING, day)) for day in school_days(desk, DESKS)]
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, *school_days(desk, 2)))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, *school_days(desk, 2)))
    avoir = 2 * 1_95
    outcomes = desks.race(acts.cash_with_avoir, [(place, debt) for place, debt in zip(seat(desk), debts, strict=True)])
    assert sum(outcomes) == avoir
    assert all(0 <= paid <= 1_30 for paid in outcomes)
    books_hold(database, desk.now())


def test_after_a_storm_of_gestures_at_every_desk_the_books_hold(database: Database, desks: Desks) -> None:
    """Booking, cancelling, cashing, extending, taking lines out, giving up, justificatifs: all at once on the same two families."""
    desk = a_desk(database)
    homes = [a_family(desk, last_name=f"Dupont{letter}", children=2, renew_alsh_years=(2026,)) for letter in "ab"]
    for home in homes:
        for child_id in home.child_ids:
            book_and_pay(desk, home.dossier_id, add(child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    clock_of(desk).advance(days=8)
    for home in homes:
        for child_id in home.child_ids:
            finish(desk, home.dossier_id, remove(child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    days = school_days(desk, 11)[-3:]
    for day in days:
        set_capacity(database, EVENING, day, 3)
        set_capacity(database, MORNING, day, 2)
    arguments = [(place, [home.dossier_id for home in homes], days, seed, 16) for seed, place in enumerate(seat(desk))]
    outcomes = Counter(code for at_desk in desks.race(acts.storm, arguments) for code in at_desk)
    assert outcomes[WON] >= DESKS
    assert set(outcomes) <= OURS
    books_hold(database, desk.now())
    assert verify(desk).findings == ()
