"""The screens of the records as they are painted at 80×24, colours included: clock and cursor stand still, numbers are chosen.

Run with `--snapshot-update` after a change that was looked at.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from models.engine import Database
from screens.app import PortailApp
from tests.factories import Family, a_desk, an_agent
from tests.screens.counter_acts import (
    THURSDAY,
    StillDesk,
    a_family_numbered,
    a_late_absence,
    book,
    book_and_pay,
    still,
)
from tests.screens.playing import LARGE, SMALL, Scene
from tests.tui_portail.services.desk_acts import cheque
from tests.tui_portail.services.till_acts import close_till
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.cash_movements import MovementKind, record_movement
from tui_portail.services.desk import new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import ASSIGNABLE_ROLES, Role
from tui_portail.services.supporting_documents import PaperKey, record_papers
from tui_portail.services.till import open_session


def the_family(desk: StillDesk) -> Family:
    """The Duponts, always under the same number."""
    view = load_dossier(desk, a_family_numbered(desk))
    return Family(
        view.dossier_id,
        view.number,
        tuple(one.guardian_id for one in view.guardians),
        tuple(one.payer_id for one in view.payers),
        tuple(one.child_id for one in view.children),
    )


@pytest.fixture
def counter(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StillDesk:
    """A desk with every role on 1 December 2026, its till open, its settings in a file of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", "reglages.toml")
    monkeypatch.setattr("screens.settings.list_printers", lambda: ("Accueil", "Régie"))
    desk = still(a_desk(sqlite_database, *ASSIGNABLE_ROLES, username="camille.roux", documents_dir=tmp_path / "docs"))
    open_session(desk, 50_00, new_operation())
    return desk


def by_cheque(desk: StillDesk, family: Family, day: date) -> None:
    [basket] = book(desk, family, day).baskets
    tender = cheque(load_basket(desk, basket.basket_id).due_cents, drawer="Karim Benali", number="0004512")
    cash_basket(desk, basket.basket_id, [tender], new_operation())


async def dossier(scene: Scene, desk: StillDesk) -> None:
    family = the_family(desk)
    book_and_pay(desk, family, THURSDAY)
    a_late_absence(desk, family)
    book(desk, family, THURSDAY.replace(day=14))
    await scene.open("dossier", family.dossier_id)


async def guardian(scene: Scene, desk: StillDesk) -> None:
    await scene.open("dossier", the_family(desk).dossier_id)
    await scene.press("enter", "enter", "enter", "ctrl+u", "0", "6", "enter")


async def registration(scene: Scene, desk: StillDesk) -> None:
    await scene.open("registration")
    await scene.type("Martin")
    await scene.press("enter")
    await scene.type("Zoé")
    await scene.press("enter", "f6")


async def quittances(scene: Scene, desk: StillDesk) -> None:
    book_and_pay(desk, the_family(desk), THURSDAY)
    await scene.open("quittances")


async def proofs(scene: Scene, desk: StillDesk) -> None:
    a_late_absence(desk, the_family(desk))
    await scene.open("proofs")


async def proof_dialog(scene: Scene, desk: StillDesk) -> None:
    await proofs(scene, desk)
    await scene.press("a", "enter")


async def agents(scene: Scene, desk: StillDesk) -> None:
    an_agent(desk.database, Role.ENFANCE, username="zoe.petit", name="Zoé Petit")
    await scene.open("agents")


async def roles(scene: Scene, desk: StillDesk) -> None:
    await agents(scene, desk)
    await scene.press("down", "enter", "down", "o")


async def settings(scene: Scene, desk: StillDesk) -> None:
    await scene.open("settings")


async def key_test(scene: Scene, desk: StillDesk) -> None:
    await settings(scene, desk)
    await scene.press("f5", "at", "f4", "eacute")


async def till(scene: Scene, desk: StillDesk) -> None:
    family = the_family(desk)
    book_and_pay(desk, family, THURSDAY)
    by_cheque(desk, family, THURSDAY.replace(day=10))
    record_movement(desk, MovementKind.SUPPLY, 50_00, "Monnaie pour le guichet", new_operation())
    await scene.open("till")


async def till_movement(scene: Scene, desk: StillDesk) -> None:
    await till(scene, desk)
    await scene.press("m")


async def till_sessions(scene: Scene, desk: StillDesk) -> None:
    await till(scene, desk)
    gap = {Means.CASH: "Rendu de monnaie trop grand"}
    close_till(desk, cash_cents=100_00, reasons=gap)
    open_session(desk, 100_00, new_operation())
    close_till(desk)
    await scene.press("s")


async def till_sheet(scene: Scene, desk: StillDesk) -> None:
    await till_sessions(scene, desk)
    await scene.press("down", "enter")


async def till_reopened(scene: Scene, desk: StillDesk) -> None:
    close_till(desk)
    await scene.open("till")
    await scene.press("enter", "4", "9")


async def papers(scene: Scene, desk: StillDesk) -> None:
    family = the_family(desk)
    forms = [PaperKey("FICHE_SANITAIRE", child_id=child) for child in family.child_ids]
    record_papers(desk, family.dossier_id, forms[:1], THURSDAY.replace(day=1), None, new_operation())
    record_papers(desk, family.dossier_id, [PaperKey("DOMICILE")], THURSDAY.replace(2025), None, new_operation())
    await scene.open("family_papers", family.dossier_id)
    await scene.press("down", "space")


async def missing_papers(scene: Scene, desk: StillDesk) -> None:
    await papers(scene, desk)
    await scene.open("missing_papers")


async def quotients(scene: Scene, desk: StillDesk) -> None:
    a_family_numbered(desk, last_name="Nguyen", root=1234568, quotient_cents=None)
    await scene.open("quotients")


SCREENS: dict[str, Callable[[Scene, StillDesk], Awaitable[None]]] = {
    "dossier": dossier,
    "guardian": guardian,
    "registration": registration,
    "papers": papers,
    "missing_papers": missing_papers,
    "quotients": quotients,
    "quittances": quittances,
    "proofs": proofs,
    "proof_dialog": proof_dialog,
    "agents": agents,
    "roles": roles,
    "settings": settings,
    "key_test": key_test,
    "till": till,
    "till_movement": till_movement,
    "till_sessions": till_sessions,
    "till_sheet": till_sheet,
    "till_reopened": till_reopened,
}


def look_alike(snap_compare: Any, desk: StillDesk, name: str, size: tuple[int, int]) -> bool:
    app = PortailApp(lambda: desk, idle_minutes=0, log_folder=desk.documents_dir)

    async def before(pilot: Pilot[None]) -> None:
        scene = Scene(app, pilot)
        await scene.settle()
        await SCREENS[name](scene, desk)
        for field in scene.screen.query(Input):
            field.cursor_blink = False
        await scene.settle()

    alike = bool(snap_compare(app, terminal_size=size, run_before=before))
    assert app.incidents == []
    return alike


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_did(snap_compare: Any, counter: StillDesk, name: str) -> None:
    assert look_alike(snap_compare, counter, name, SMALL)


@pytest.mark.parametrize("name", ["dossier", "papers", "quittances", "till_sessions"])
def test_a_wide_terminal_gives_its_room_to_the_lists(snap_compare: Any, counter: StillDesk, name: str) -> None:
    assert look_alike(snap_compare, counter, name, LARGE)
