"""A full day is waited for from the planning, a place freed is offered, the desk calls, the family books: by keys."""

from pathlib import Path

from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    add,
    book_and_pay,
    clock_of,
    finish,
    hold,
    remove,
    set_capacity,
)
from tui_portail.planning import CellKey
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.waiting import ask_places


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(t.waiting_entry.c.state).order_by(t.waiting_entry.c.id)))


def ask(desk: Desk, family: Family) -> None:
    ask_places(desk, family.dossier_id, [CellKey(family.child_id, EVENING, FRIDAY)], new_operation())
    clock_of(desk).advance(minutes=1)


@SIZES_AND_ENGINES
def test_a_full_day_is_waited_for_offered_and_booked_by_keys(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database, documents_dir=tmp_path / "docs")
    set_capacity(database, EVENING, FRIDAY, 1)
    there, alba, brun = (a_family(desk, last_name=name) for name in ("Premier", "Alba", "Brun"))
    book_and_pay(desk, there.dossier_id, add(there.child_id, EVENING, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.open("planning", alba.dossier_id, CellKey(alba.child_id, EVENING, FRIDAY))
        assert "il ne reste plus de place" in scene.flat()
        await scene.press("l")
        assert "la famille sera appelée dès qu’une place se libère" in scene.flat()
        check_screen(scene, "planning-waiting")
        await scene.press("l", "escape")  # « Ne plus attendre ? » Non
        ask(desk, brun)
        finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
        await scene.press("escape")
        await scene.open("dossier", alba.dossier_id)
        assert "attend ALP soir du ven. 04/12/2026 : proposée jusqu’au 02/12" in scene.flat()
        await scene.open("waiting")
        check_screen(scene, "waiting-list")
        await scene.press("f10")
        assert "listes-d-attente" in scene.flat()
        await scene.press("enter")  # the planning, on the place offered
        assert "Place proposée jusqu’au mercredi 2 décembre 2026" in scene.flat()
        await scene.press("space", "v", "t")
        assert "À payer avant" in scene.text()

    play(act, desk, size=size)
    assert states(database) == ["prise", "attente"]


def test_the_desk_offers_what_a_hold_left_free_and_the_next_is_called_when_one_says_no(
    sqlite_database: Database,
) -> None:
    desk = a_desk(sqlite_database)
    set_capacity(sqlite_database, EVENING, FRIDAY, 1)
    there, alba, brun, caux = (a_family(desk, last_name=name) for name in ("Premier", "Alba", "Brun", "Caux"))
    hold(desk, there.dossier_id, add(there.child_id, EVENING, FRIDAY))
    for family in (alba, brun, caux):
        ask(desk, family)
    clock_of(desk).advance(minutes=15)

    async def act(scene: Scene) -> None:
        await scene.open("waiting")
        assert "1 place proposée : appelez les familles" in scene.flat()
        await scene.press("n")
        await scene.type("parti")
        await scene.press("enter")
        assert states(sqlite_database) == ["refusee", "offerte", "attente"]
        assert "n’attend plus cette journée. 1 place proposée au suivant" in scene.flat()
        await scene.press("down", "n")
        assert "aucune place n’est proposée" in scene.flat()
        await scene.press("x")
        await scene.type("parti")
        await scene.press("enter")
        assert states(sqlite_database) == ["refusee", "offerte", "retiree"]
        await scene.press("o")
        assert "ucune place n’est libre pour ceux qui attendent" in scene.flat()
        await scene.press("d")
        assert "Dossier" in scene.text()

    play(act, desk)
