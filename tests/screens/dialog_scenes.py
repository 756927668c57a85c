"""The way to each dialog, and to the screens seen before anybody signs in: for what is checked of all of them."""

from collections.abc import Awaitable, Callable

from textual.widgets import OptionList

from screens.dialogs import ChoiceDialog, ConfirmDialog
from screens.dossier import DossierScreen
from screens.dossier_lines import LineKind
from screens.planning import PlanningScreen
from tests.factories import Family
from tests.screens.counter_acts import MEAL, THURSDAY, book, book_and_pay
from tests.screens.playing import Scene
from tui_portail.errors import PortailError
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.family_accounts import give_second_identifier
from tui_portail.services.portal_codes import new_secret

Act = Callable[[Scene, Family], Awaitable[None]]


async def line_of_dossier(scene: Scene, family: Family, kind: LineKind) -> None:
    """Press Enter on the first line of a kind."""
    await scene.open("dossier", family.dossier_id)
    screen = scene.screen
    assert isinstance(screen, DossierScreen)
    place = next(place for place, line in enumerate(screen._lines) if line.kind is kind)
    screen.query_one("#dossier-lines", OptionList).highlighted = place
    await scene.press("enter")


async def custody(scene: Scene, family: Family) -> None:
    await line_of_dossier(scene, family, LineKind.CUSTODY)
    await scene.press("m")


async def custody_exception(scene: Scene, family: Family) -> None:
    await scene.open("custody", family.dossier_id, family.child_id)
    await scene.press("x")


async def papers_seen(scene: Scene, family: Family) -> None:
    await scene.open("family_papers", family.dossier_id)
    await scene.press("space", "space", "enter")


async def identifier(scene: Scene, family: Family) -> None:
    await scene.open("portal_access", family.dossier_id)
    await scene.press("down", "enter")


async def address(scene: Scene, family: Family) -> None:
    give_second_identifier(
        scene.app.open_desk_now, family.guardian_ids[0], "solange", "sol@exemple.fr", new_secret(), new_operation()
    )
    await scene.open("portal_access", family.dossier_id)
    await scene.press("m")


async def cancellation_review(scene: Scene, family: Family) -> None:
    book_and_pay(scene.app.open_desk_now, family, THURSDAY)
    await scene.open("planning", family.dossier_id)
    screen = scene.screen
    assert isinstance(screen, PlanningScreen)
    rows = screen.state.rows  # type: ignore[union-attr]
    meal = next(place for place, row in enumerate(rows) if (row.child_id, row.activity) == (family.child_id, MEAL))
    screen.grid.go(meal, THURSDAY.weekday())
    await scene.press("space", "v")


async def lines_taken_out(scene: Scene, family: Family) -> None:
    book(scene.app.open_desk_now, family, THURSDAY)
    await scene.open("queue")
    await scene.press("l")


async def extension(scene: Scene, family: Family) -> None:
    book(scene.app.open_desk_now, family, THURSDAY)
    await scene.open("queue")
    await scene.press("x")


async def lock(scene: Scene, family: Family) -> None:
    await scene.open("dossier", family.dossier_id)
    await scene.press("ctrl+l")


async def change_agent(scene: Scene, family: Family) -> None:
    await scene.press("ctrl+g")


async def confirm(scene: Scene, family: Family) -> None:
    scene.app.push_screen(ConfirmDialog("Quitter sans enregistrer ?", ("Ce que vous avez saisi sera perdu.",)))
    await scene.settle()


async def choice(scene: Scene, family: Family) -> None:
    scene.app.push_screen(ChoiceDialog("Encaisser", "Lequel des deux payeurs ?", ("Marie Dupont", "Karim Benali")))
    await scene.settle()


async def new_agent(scene: Scene, family: Family) -> None:
    await scene.open("agents")
    await scene.press("n")


async def own_password(scene: Scene, family: Family) -> None:
    await scene.open("settings")
    await scene.press("f6")


async def as_opened(scene: Scene, family: Family) -> None:
    await scene.settle()


def refused() -> Desk:
    """Open no database."""
    raise PortailError(
        "Le fichier /srv/portail.sqlite n’existe pas. Vérifiez l’adresse, ou créez la base : tui-portail initialiser."
    )


DIALOGS: dict[str, Act] = {
    "cancellation_review": cancellation_review,
    "custody": custody,
    "custody_exception": custody_exception,
    "papers_seen": papers_seen,
    "identifier": identifier,
    "account_address": address,
    "lines_taken_out": lines_taken_out,
    "extension": extension,
    "lock": lock,
}
"""Those kept as text."""
OTHER_DIALOGS: dict[str, Act] = {
    "change_agent": change_agent,
    "confirm": confirm,
    "choice": choice,
    "new_agent": new_agent,
    "own_password": own_password,
}
