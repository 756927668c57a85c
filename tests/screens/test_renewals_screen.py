"""The ALSH renewals by their keys: refused before the opening, granted at an appointment, then the days can be booked."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import insert

from models import tables as t
from models.engine import Database
from models.states import AlshOrigin
from screens.planning import PlanningScreen
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import set_time
from tui_portail.services.desk import Desk
from tui_portail.services.planning import load_planning
from tui_portail.services.rights import Role

WEDNESDAY_2027 = date(2027, 1, 6)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, at="2026-09-15 09:00", documents_dir=tmp_path)


@pytest.fixture
def family(desk: Desk) -> Family:
    """A child who never came, one who came in 2025, one who comes this year: two lines for 2027."""
    family = a_family(desk)
    older = a_family(
        desk, last_name="Martin", guardians=[a_guardian("Martin"), a_guardian("Roux", phone="07 11 22 33 44")]
    )
    comes = a_family(
        desk, last_name="Petit", children=[a_child("Éole", "Petit", school_code="MATERNELLE", class_name="")]
    )
    with desk.database.write() as connection:
        for child_id, year in ((older.child_id, 2025), (comes.child_id, 2026)):
            values = {"child_id": child_id, "year": year, "origin": AlshOrigin.ATTENDED.value}
            connection.execute(insert(t.alsh_enrolment).values(**values, recorded_at=paris("2026-09-01 09:00")))
    return family


async def tick_the_wednesday_of_2027(scene: Scene) -> str:
    """Put the cursor on the ALSH of Wednesday 6 January 2027 and press Space; return what the screen says."""
    screen = scene.screen
    assert isinstance(screen, PlanningScreen)
    await scene.press(*["semicolon"] * 5)
    assert screen.state is not None
    row = next(place for place, one in enumerate(screen.state.rows) if one.activity == "ALSH_MERCREDI")
    screen.grid.go(row, WEDNESDAY_2027.weekday())
    await scene.press("space")
    return scene.flat()


@SIZES_AND_ENGINES
def test_a_renewal_is_refused_then_granted_and_the_days_of_the_year_can_be_ticked(
    desk: Desk, family: Family, size: tuple[int, int]
) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("renewals")
        assert "Année 2026 : 1 enfant à renouveler." in scene.flat(), "2025 is enough for 2026"
        assert "sont ouverts" not in scene.text()
        await scene.press("semicolon")
        assert "Année 2027 : 2 enfants à renouveler." in scene.flat()
        await scene.press("r")
        assert "à partir du jeudi 1er octobre 2026" in scene.flat()

        set_time(desk, paris("2026-12-01 10:30"))
        await scene.press("f5")
        check_screen(scene, "renewals")
        await scene.press("enter", "p")
        assert "n’est pas à jour pour 2027" in await tick_the_wednesday_of_2027(scene)
        await scene.press("escape", "escape", "r")
        assert "Inès Dupont, Harmonie : dossier ALSH renouvelé pour 2027." in scene.flat()
        await scene.press("enter")
        assert "dossier ALSH d’Inès Dupont renouvelé pour 2027." in scene.flat()
        assert "Année 2027 : 1 enfant à renouveler. À jour : 1 dossier renouvelé, 1 enfant venu" in scene.flat()
        await scene.open("planning", family.dossier_id)
        assert "n’est pas à jour" not in await tick_the_wednesday_of_2027(scene)
        await scene.press("v", "t")

    play(act, desk, size=size)
    cells = load_planning(desk, family.dossier_id, WEDNESDAY_2027, WEDNESDAY_2027).bookings
    assert cells


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_from_the_list_a_family_is_given_an_appointment_and_the_list_is_printed(desk: Desk, family: Family) -> None:
    set_time(desk, paris("2026-12-01 10:30"))

    async def act(scene: Scene) -> None:
        await scene.open("renewals")
        assert "Les renouvellements pour 2027 sont ouverts : « ; »." in scene.flat()
        await scene.press("semicolon", "v")
        assert "Rendez-vous à prendre · Dupont" in scene.flat()
        assert "11:30" in scene.text()
        assert "11:45" not in scene.text(), "thirty minutes would end after noon"
        await scene.press("enter")
        assert "Renouvellement ALSH (30 minutes)" in scene.text()
        await scene.press("f10", "escape")
        assert "01/12" in next(line for line in scene.lines() if "Inès Dupont" in line)
        await scene.press("f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())

    play(act, desk)
    [printed] = desk.documents().rglob("alsh-a-renouveler-2027-*.pdf")
    assert "07 11 22 33 44" in PdfReader(printed).pages[0].extract_text()
