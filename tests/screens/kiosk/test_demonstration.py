"""A demonstration sends nothing: it shows the code, and says so; no other base ever does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.engine import Database
from models.identity import DatabaseKind
from screens.kiosk.app import KioskApp
from screens.kiosk.codes_sent import UnsentMessages
from tests.factories import BOTH_DESKS, Family, a_family, an_agent, the_commune
from tests.screens.kiosk.playing import WHO, Visit, visit
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, add, book_and_pay
from tests.tui_portail.services.portal_acts import a_portal, an_active_account
from tui_portail.services.clock import DemoClock
from tui_portail.services.desk import Desk
from tui_portail.services.portal import Portal
from tui_portail.services.portal_records import own_quittances
from tui_portail.services.setup import initialise


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[Desk]:
    url = str(tmp_path / "demonstration.sqlite3")
    initialise(url, the_commune(), "essai", DatabaseKind.DEMO)
    database = Database.open(url)
    desk = Desk(database, tmp_path, DemoClock(database))
    desk.sign(an_agent(database, *BOTH_DESKS))
    yield desk
    database.close()


async def make_account(scene: Visit, family: Family) -> None:
    await scene.choose("c", *WHO)
    await scene.fill(family.number)
    await scene.press("enter", "enter")


def test_a_demonstration_shows_the_code_instead_of_sending_it(demonstration: Desk) -> None:
    family, unsent = a_family(demonstration), UnsentMessages()
    portal = a_portal(demonstration)
    portal.desk.post = unsent

    async def act(scene: Visit) -> None:
        assert "DÉMONSTRATION" in scene.flat()
        await make_account(scene, family)
        assert "Démonstration, aucun message n’est envoyé : le code est" in scene.flat()
        await scene.fill(scene.flat().partition("le code est ")[2][:11])
        await scene.press("enter")
        assert "Votre compte est activé" in scene.flat()

    visit(act, portal, unsent=unsent)


def test_a_demonstration_says_that_a_quittance_is_not_sent_and_a_further_one_is_asked_for(demonstration: Desk) -> None:
    family, unsent = a_family(demonstration), UnsentMessages()
    book_and_pay(demonstration, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    portal = a_portal(demonstration)
    an_active_account(portal, family)
    portal.forget()
    portal.desk.post = unsent

    async def act(scene: Visit) -> None:
        await scene.sign_in()
        await scene.press("q", "enter", "r")
        assert (
            "Démonstration, aucun message n’est envoyé : le duplicata n° 1 serait parti à m•••@exemple.fr"
            in scene.flat()
        )
        assert "Une autre serait un duplicata numéroté" in scene.flat()
        assert "C’est fait" not in scene.flat()
        await scene.press("r")
        assert "Vous l’avez déjà demandée" in scene.flat()
        assert len(own_quittances(scene.app.portal)) == own_quittances(scene.app.portal)[0].copies == 1
        await scene.press("r")
        assert "le duplicata n° 2 serait parti" in scene.flat()

    visit(act, portal, unsent=unsent)


def test_a_real_base_never_shows_a_code(portal: Portal, family: Family) -> None:
    unsent = UnsentMessages()
    portal.desk.post = unsent

    async def act(scene: Visit) -> None:
        await make_account(scene, family)
        assert isinstance(scene.app, KioskApp)
        assert "le code est" not in scene.flat()
        assert "DÉMONSTRATION" not in scene.flat()

    visit(act, portal, unsent=unsent)
