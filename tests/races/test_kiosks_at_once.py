"""Two hundred parents at the portal want the same Wednesday at the same instant: the places are sold once, each is told."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from models import tables as t
from models.engine import Database
from models.states import BasketOrigin, BookingState, CodeKind
from tests.factories import Family, a_child, a_desk, a_family
from tests.races.desks import DESKS, WON, Desks
from tests.races.kiosks import Parent, book_all_at_once
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import NEXT_WEDNESDAY, WEDNESDAY_ALSH, set_capacity
from tests.tui_portail.services.portal_acts import a_portal
from tui_portail.planning import CellKey
from tui_portail.portal_rules import hashed
from tui_portail.services.desk import Desk
from tui_portail.services.portal import SignedAccount
from tui_portail.services.queue import list_queue
from tui_portail.services.verification import verify

pytestmark = pytest.mark.race
PARENTS, PLACES = 200, 24


def _parents(desk: Desk, database: Database) -> list[Parent]:
    """Make two hundred accounts, active, their terms accepted: a family each."""
    terms = desk.commune().policy.portal.terms
    families = [_family(desk, number) for number in range(PARENTS)]
    now = desk.now()
    with database.write() as connection:
        ids = connection.scalars(
            insert(t.portal_account).returning(t.portal_account.c.id, sort_by_parameter_order=True),
            [
                {
                    "username": f"parent{'abcdefghij'[number // 100]}{'abcdefghij'[number // 10 % 10]}{'abcdefghij'[number % 10]}",
                    "last_name": "Dupont",
                    "first_name": "Marie",
                    "email": "marie@exemple.fr",
                    "password_hash": "!",
                    "guardian_id": family.guardian_ids[0],
                    "created_at": now,
                    "activated_at": now,
                    "terms_version": terms.version,
                    "terms_accepted_at": now,
                    "version": 1,
                }
                for number, family in enumerate(families)
            ],
        ).all()
        connection.execute(
            insert(t.terms_accepted),
            [{"account_id": id_, "version": terms.version, "terms_on": terms.on, "accepted_at": now} for id_ in ids],
        )
        connection.execute(
            insert(t.portal_code),
            [
                {
                    "account_id": id_,
                    "kind": CodeKind.ACTIVATION.value,
                    "link_hash": hashed(f"link {id_}"),
                    "code_hash": hashed(f"code {id_}"),
                    "made_at": now,
                    "expires_at": now + timedelta(hours=48),
                    "ended_at": now,
                }
                for id_ in ids
            ],
        )
        for family in families:
            connection.execute(
                t.guardian.update().where(t.guardian.c.id == family.guardian_ids[0]).values(linked_at=now)
            )
    return [
        Parent(
            SignedAccount(id_, "parent", "Marie Dupont", 1), CellKey(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY)
        )
        for id_, family in zip(ids, families, strict=True)
    ]


def _family(desk: Desk, number: int) -> Family:
    return a_family(desk, last_name=f"Dupont{number}", children=[a_child(renew_alsh_years=(2026,))], health_forms=False)


def test_two_hundred_parents_book_the_same_wednesday_at_once(database: Database, desks: Desks) -> None:
    desk = a_desk(database)
    parents = _parents(desk, database)
    set_capacity(database, WEDNESDAY_ALSH, NEXT_WEDNESDAY, PLACES)
    a_portal(desk)  # the portal's own agent is there
    shares = [(database.url, desk.now(), parents[place::DESKS]) for place in range(DESKS)]
    told = Counter(outcome for answers in desks.race(book_all_at_once, shares) for outcome in answers)
    assert told == {WON: PLACES, "COMPLET": PARENTS - PLACES}
    with database.read() as connection:
        held = connection.scalar(
            select(func.count()).select_from(t.booking).where(t.booking.c.state == BookingState.HELD.value)
        )
        origins = set(connection.scalars(select(t.basket.c.origin)))
    assert held == PLACES
    assert origins == {BasketOrigin.KIOSK.value}
    assert len(list_queue(desk)) == PLACES
    books_hold(database, desk.now())
    assert verify(desk).sound
