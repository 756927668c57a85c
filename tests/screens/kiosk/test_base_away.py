"""A base that does not answer: one calm sentence, what was typed stays, and the same button sends it again."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from textual.widgets import Input

from models.database_errors import DatabaseUnreachable
from tests.factories import Family
from tests.screens.kiosk.playing import WHO, Visit, visit
from tests.screens.outages import Line
from tests.tui_portail.services.portal_acts import an_active_account
from tui_portail.services import portal_public
from tui_portail.services.portal import Portal


def test_opening_waits_for_the_base_and_goes_on_by_itself(portal: Portal) -> None:
    tries = []

    def opener() -> Portal:
        tries.append(1)
        if len(tries) < 3:
            raise DatabaseUnreachable("La base ne répond pas.")
        return portal

    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def act(scene: Visit) -> None:
        await scene.until(lambda: scene.app.is_open)
        await scene.settle()
        assert pauses == [1, 2]
        assert "indisponible" not in scene.flat()
        await scene.press("i")
        assert scene.page == "SignInPage"

    visit(act, opener, pause=pause)


def test_what_was_typed_stays_while_the_base_is_away(portal: Portal) -> None:
    line = Line(portal.desk.database)

    async def act(scene: Visit) -> None:
        await scene.press("c")
        await scene.fill(*WHO)
        line.cut()
        await scene.press("enter")
        assert "Le service est momentanément indisponible" in scene.flat()
        assert [field.value for field in scene.screen.query(Input)] == list(WHO)
        line.mend()
        await scene.press("enter")
        assert "Étape 2 sur 3" in scene.flat()

    visit(act, portal)


def test_a_sign_in_whose_answer_was_lost_is_made_again(portal: Portal, family: Family) -> None:
    an_active_account(portal, family)
    portal.forget()
    line = Line(portal.desk.database)

    async def act(scene: Visit) -> None:
        await scene.press("i")
        await scene.fill("mariedupont", WHO[-1])
        line.lose_answer()
        await scene.press("enter")
        assert "indisponible" in scene.flat()
        line.mend()
        await scene.press("enter")
        assert scene.page == "FamilyHome"

    visit(act, portal)


def test_the_first_page_says_that_the_base_is_away_until_it_answers(portal: Portal) -> None:
    line = Line(portal.desk.database)

    async def act(scene: Visit) -> None:
        line.cut()
        scene.app.first.read()
        await scene.settle()
        assert "Le service est momentanément indisponible" in scene.flat()
        line.mend()
        scene.app.first.read()
        await scene.settle()
        assert "indisponible" not in scene.flat()

    visit(act, portal)


def test_the_first_frame_needs_neither_database_nor_services() -> None:
    looks = "import sys, screens.kiosk.app; print([one for one in ('sqlalchemy', 'models', 'tui_portail.services') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_bug_is_said_calmly_and_the_kiosk_goes_on(portal: Portal, tmp_path: Path) -> None:
    def broken(_portal: Portal) -> None:
        raise RuntimeError("a bug")

    async def act(scene: Visit) -> None:
        with patch.object(portal_public, "public_contacts", broken):
            await scene.press("h")
            assert "Une erreur imprévue" in scene.flat()
        await scene.press("escape", "h")
        assert "06 24 82 28 41" in scene.flat()

    visit(act, portal, bugs_expected=True, log_folder=tmp_path)
