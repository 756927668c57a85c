"""Whatever a family is called, every screen shows letters: no markup, no link, no colour, nothing that the terminal obeys."""

from pathlib import Path

import pytest

from models.engine import Database
from tests.hostile_text import LINK, MARKUP
from tests.screens.playing import LARGE, Scene, play
from tests.tui_portail.services.hostile_crowd import Crowd, a_crowd, obeyed

OF_FAMILIES = (
    *(
        "dossier",
        "planning",
        "dossier_changes",
        "family_papers",
        "portal_access",
        "custody",
        "queue",
        "payment",
        "quittances",
        "reversal",
    ),
    *(
        "proofs",
        "till",
        "registers",
        "refunds",
        "certificates",
        "missing_papers",
        "quotients",
        "letters",
        "appointments",
    ),
    *("renewals", "archived", "retention", "year_change", "closure", "attendance", "waiting", "expected"),
)
"""The screens that name families."""


@pytest.fixture
def crowd(sqlite_database: Database, tmp_path: Path) -> Crowd:
    return a_crowd(sqlite_database, tmp_path)


def arguments(crowd: Crowd, place: str) -> list[tuple[object, ...]]:
    """Return what a screen is opened with, once for each family where it shows one."""
    if place in {"dossier", "planning", "dossier_changes", "family_papers", "portal_access"}:
        return [(family.dossier_id,) for family in crowd.families[:: 2 if place == "dossier" else 6]]
    family = crowd.families[1]
    known = {
        "payment": (crowd.basket_id,),
        "custody": (family.dossier_id, family.child_id),
        "reversal": (crowd.quittances[1],),
        "closure": (crowd.closure_id, False),
    }
    return [known.get(place, ())]


def letters_only(scene: Scene, place: str) -> None:
    for line in scene.lines():
        assert obeyed(line) == set(), (place, line)
    strips = scene.screen._compositor.render_strips()
    clicks = [
        segment.style.meta for strip in strips for segment in strip if segment.style and "@click" in segment.style.meta
    ]
    assert not any("app.quit" in str(meta) for meta in clicks), place


def test_every_screen_shows_a_name_as_letters(crowd: Crowd) -> None:
    seen = ""

    async def act(scene: Scene) -> None:
        nonlocal seen
        for place in OF_FAMILIES:
            for given in arguments(crowd, place):
                await scene.open(place, *given)
                letters_only(scene, place)
                seen += scene.text()
                scene.app.pop_screen()
        await scene.open("search")
        await scene.type("red")
        letters_only(scene, "search")
        seen += scene.text()

    app = play(act, crowd.desk, size=LARGE)
    assert app.incidents == []
    assert MARKUP in seen
    assert LINK in seen or LINK[:30] in seen
