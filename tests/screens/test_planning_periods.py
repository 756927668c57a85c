"""A usual week kept, applied over a school year and copied to a sister, by the planning's keys."""

from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family
from tests.screens.counter_acts import next_week
from tests.screens.playing import LARGE, SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import MEAL
from tui_portail.services.week_patterns import usual_weeks


@SIZES_AND_ENGINES
def test_a_week_is_kept_applied_to_the_end_of_the_year_for_both_children_and_all_that_is_refused_is_told(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    family = a_family(desk, children=2, quotient_cents=745_00)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w", "k")  # the meals of the week, then the usual weeks
        check_screen(scene, "usual-weeks")
        await scene.press("n", "f10")
        assert "Semaine gardée" in scene.text()
        [week] = usual_weeks(desk, family.dossier_id)
        assert {code for _, code in week.days} == {MEAL, "PAUSE_MERIDIENNE"}
        await scene.press("enter", "down", "right", "down", "down", "space")  # to the end of the year, both children
        assert "02/07/2027" in scene.text()
        check_screen(scene, "usual-week-period")
        await scene.press("f10")
        check_screen(scene, "usual-week-refused")
        assert "c’est un jour férié" in scene.flat()
        await scene.press("enter", "v")
        assert "journées, du" in scene.flat()
        await scene.press("t")
        assert "À payer avant" in scene.text()

    play(act, desk, size=size)
    with database.read() as connection:
        booked = dict(
            connection.execute(select(t.booking.c.child_id, func.count()).group_by(t.booking.c.child_id)).all()
        )
        last = connection.scalar(select(func.max(t.booking.c.day)))
    assert len(set(booked.values())) == 1
    assert min(booked.values()) > 150
    assert last == date(2027, 7, 2)


def test_the_days_of_a_sister_are_copied_over_the_week_shown(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database)
    family = a_family(desk, children=2)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w", "tab", "c")
        assert "Copier pour Inès" in scene.text()
        await scene.press("f10")
        ticked = {(key.child_id, key.activity) for key in scene.screen.state.changes}  # type: ignore[attr-defined]
        assert {(child_id, MEAL) for child_id in family.child_ids} <= ticked
        assert "rien n’est refusé" in scene.flat()
        await scene.press("k", "x")
        assert "choisissez une semaine gardée" in scene.flat()
        await scene.press("escape", "c", "f10")
        assert "Rien à cocher" in scene.flat()

    play(act, desk, size=LARGE)
    with sqlite_database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.booking)) == 0
