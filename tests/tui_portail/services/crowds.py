"""Children put on a day behind the services' back: confirmed, on hold, offered a place, waiting."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select

from models import tables as t
from tests.factories import Family, a_family
from tests.tui_portail.services.desk_acts import HARMONIE
from tui_portail.services.desk import Desk


def a_crowd(desk: Desk, *births: tuple[int, date]) -> Family:
    """A family of as many children as asked, by date of birth: more than a dossier may hold, written as copies of its first."""
    family = a_family(desk, last_name="Foule")
    with desk.database.write() as connection:
        first = connection.execute(select(t.child).where(t.child.c.id == family.child_id)).mappings().one()
        born = [day for count, day in births for _ in range(count)]
        copies = [{**first, "birth_on": day} for day in born]
        for copy in copies:
            del copy["id"]
        ids = connection.scalars(insert(t.child).returning(t.child.c.id), copies).all()
        of_first = t.schooling.c.child_id == family.child_id
        school = dict(connection.execute(select(t.schooling).where(of_first)).mappings().one())
        del school["id"]
        connection.execute(insert(t.schooling), [{**school, "child_id": child_id} for child_id in ids])
    return replace(family, child_ids=tuple(sorted(ids)))


def a_slot(
    desk: Desk,
    activity: str,
    day: date,
    capacity: int,
    *,
    withheld: int = 0,
    ages: Iterable[tuple[int, int | None, int]] = (),
    site: str = HARMONIE,
) -> int:
    """A day set by hand; `ages` are (from, under, places)."""
    with desk.database.write() as connection:
        slot_id = connection.execute(
            insert(t.slot)
            .values(site_code=site, activity_code=activity, day=day, capacity=capacity, withheld=withheld, by_hand=True)
            .returning(t.slot.c.id)
        ).scalar_one()
        for from_age, under_age, places in ages:
            connection.execute(
                insert(t.slot_age_limit).values(
                    slot_id=slot_id, from_age=from_age, under_age=under_age, capacity=places
                )
            )
    return int(slot_id)


def seat(
    desk: Desk, family: Family, slot_id: int, children: Sequence[int], *, held_until: datetime | None = None
) -> None:
    """Put children on a slot: confirmed, or on hold in a basket that lives until `held_until`."""
    agent_id = desk.require().agent_id
    with desk.database.write() as connection:
        day = connection.scalar(select(t.slot.c.day).where(t.slot.c.id == slot_id))
        basket_id = _open_basket(connection, family, held_until, agent_id, desk.now()) if held_until else None
        common = {"slot_id": slot_id, "day": day, "payer_id": family.payer_id, "basket_id": basket_id}
        prices = {"price_cents": 100, "care_cents": 100, "meal_cents": 0, "booked_at": desk.now(), "agent_id": agent_id}
        state = {"state": "held" if held_until else "confirmed"}
        connection.execute(insert(t.booking), [common | prices | state | {"child_id": child} for child in children])


def _open_basket(connection: Connection, family: Family, until: datetime, agent_id: int, now: datetime) -> int:
    """The payer's open basket, made where there is none."""
    basket = t.basket.c
    found = connection.scalar(select(basket.id).where(basket.payer_id == family.payer_id, basket.state == "ouvert"))
    return (
        found
        or connection.execute(
            insert(t.basket)
            .values(
                dossier_id=family.dossier_id,
                payer_id=family.payer_id,
                kind="reservation",
                state="ouvert",
                created_at=now,
                expires_at=until,
                extensions=0,
                agent_id=agent_id,
            )
            .returning(basket.id)
        ).scalar_one()
    )


def wait_for(
    desk: Desk, family: Family, slot_id: int, children: Sequence[int], *, offered_until: datetime | None = None
) -> None:
    """Put children on a slot's waiting list, a minute after each other, or offer each a place until an instant."""
    agent_id = desk.require().agent_id
    with desk.database.write() as connection:
        day = connection.scalar(select(t.slot.c.day).where(t.slot.c.id == slot_id))
        offer = {"state": "offerte" if offered_until else "attente", "offer_until": offered_until}
        offer["offered_at"] = desk.now() if offered_until else None
        for place, child in enumerate(children):
            connection.execute(
                insert(t.waiting_entry).values(
                    dossier_id=family.dossier_id,
                    child_id=child,
                    slot_id=slot_id,
                    day=day,
                    asked_at=desk.now() + timedelta(minutes=place),
                    agent_id=agent_id,
                    **offer,
                )
            )
