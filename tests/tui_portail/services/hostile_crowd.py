"""Families with the names nobody should have: those that a desk may register, and those only a base from elsewhere can hold."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select, update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, paris
from tests.hostile_text import LONG, PRINTED, RIGHT_TO_LEFT, TITLE
from tests.tui_portail.services.closure_acts import close, closed
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MORNING,
    THURSDAY,
    add,
    book_and_pay,
    finish,
    remove,
    set_time,
)
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role

FORCED = (TITLE, RIGHT_TO_LEFT, "Du\x1b[31mpont", "\x9b31mpont", LONG[:120])
HARMLESS = {"\n", "\t"}


@dataclass(frozen=True)
class Crowd:
    """The families, what each paid, the basket on hold and the avoir of the first, the closure of Thursday."""

    desk: Desk
    families: tuple[Family, ...]
    quittances: tuple[int, ...]
    avoir_id: int
    basket_id: int
    closure_id: int


def a_crowd(database: Database, documents: Path) -> Crowd:
    """Register them, force the names of the last ones, have each pay two evenings."""
    desk = a_desk(database, *(role for role in Role if role is not Role.SITE), documents_dir=documents)
    families = []
    for name in (*PRINTED, *[f"Roche{letter}" for letter in "abcde"]):
        parent = a_guardian(name, name, address=f"{name} rue", city=name[:60], email="", quotient_cents=None)
        families.append(a_family(desk, guardians=[parent], children=[a_child(name, name, birth_on=date(2022, 3, 4))]))
    for family, text in zip(families[len(PRINTED) :], FORCED, strict=True):
        force(database, family, text)
    paid = tuple(
        book_and_pay(desk, one.dossier_id, add(one.child_id, EVENING, THURSDAY, FRIDAY)).quittance_id
        for one in families
    )
    [given] = finish(desk, families[0].dossier_id, remove(families[0].child_id, EVENING, FRIDAY)).avoirs
    [basket] = finish(desk, families[1].dossier_id, add(families[1].child_id, MORNING, FRIDAY)).baskets
    set_time(desk, paris("2026-12-02 09:00"))
    closure = close(desk, closed(THURSDAY, None, EVENING)).closure_id
    return Crowd(desk, tuple(families), paid, given.avoir_id, basket.basket_id, closure)


def force(database: Database, family: Family, text: str) -> None:
    """Put a name where no gesture would."""
    with database.write() as connection:
        for table, ids in ((t.guardian, family.guardian_ids), (t.child, family.child_ids)):
            for person in ids:
                kept = select(table.c.snapshot_id).where(table.c.id == person).scalar_subquery()
                known = connection.execute(select(t.identity_snapshot).where(t.identity_snapshot.c.id == kept)).one()
                row = {name: value for name, value in known._asdict().items() if name != "id"} | {"name": text}
                named = connection.execute(insert(t.identity_snapshot).values(row)).inserted_primary_key
                values = {"last_name": text, "first_name": text, "snapshot_id": named[0] if named else 0}
                connection.execute(update(table).where(table.c.id == person).values(values))


def obeyed(text: str) -> set[str]:
    """Return the characters that a terminal, a printer or a reader would obey instead of showing."""
    return {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in HARMLESS}
