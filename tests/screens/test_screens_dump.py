"""Each screen as text, at 80×24 and 132×43, kept in `snapshots/`; run with UPDATE_SCREENS=1 to write them again."""

import os
from collections.abc import Awaitable, Callable

import pytest

from models.states import BasketOrigin
from screens.themes import THEME_NAMES
from tests.factories import Family, a_family, an_agent
from tests.screens.counter_acts import THURSDAY
from tests.screens.playing import LARGE, SMALL, SNAPSHOTS, Scene, play, steady
from tests.screens.test_payment_act import a_basket
from tests.tui_portail.services.desk_acts import EVENING, add
from tests.tui_portail.services.portal_acts import a_portal, an_active_account, finish_own
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role

Act = Callable[[Scene, Family], Awaitable[None]]


async def search(scene: Scene, family: Family) -> None:
    await scene.type("dupont")


async def planning_week(scene: Scene, family: Family) -> None:
    await scene.open("planning", family.dossier_id)
    await scene.press("semicolon", "home")
    await scene.press("W", "down")


async def planning_month(scene: Scene, family: Family) -> None:
    await scene.open("planning", family.dossier_id)
    await scene.press("semicolon", "home")
    await scene.press("W", "m")


async def planning_refused(scene: Scene, family: Family) -> None:
    await scene.open("planning", family.dossier_id)
    await scene.press("semicolon", "home")
    await scene.press("pageup", "w")


async def review(scene: Scene, family: Family) -> None:
    await planning_week(scene, family)
    await scene.press("v")


async def finished(scene: Scene, family: Family) -> None:
    await review(scene, family)
    await scene.press("t")


async def payment(scene: Scene, family: Family) -> None:
    await finished(scene, family)
    await scene.press("enter", "f6")


async def paid(scene: Scene, family: Family) -> None:
    await finished(scene, family)
    await scene.press("enter")
    await scene.type("50")
    await scene.press("enter")


async def queue(scene: Scene, family: Family) -> None:
    a_basket(scene.app.open_desk_now, family)
    await scene.open("queue")


async def queue_made_elsewhere(scene: Scene, family: Family) -> None:
    desk = scene.app.open_desk_now
    for name, origin in (("Petit", BasketOrigin.KIOSK), ("Roy", BasketOrigin.ONLINE)):
        other = a_family(desk, last_name=name)
        portal = a_portal(desk, origin=origin)
        an_active_account(portal, other, last_name=name, username=name)
        finish_own(portal, add(other.child_id, EVENING, THURSDAY))
    await queue(scene, family)


async def portal_access(scene: Scene, family: Family) -> None:
    an_active_account(a_portal(scene.app.open_desk_now), family)
    await scene.open("portal_access", family.dossier_id)


async def help_of_planning(scene: Scene, family: Family) -> None:
    await scene.open("planning", family.dossier_id)
    await scene.press("semicolon", "home")
    await scene.press("f1")


SCREENS: dict[str, Act] = {
    "search_my_family": search,
    "planning_week": planning_week,
    "planning_month": planning_month,
    "planning_refused": planning_refused,
    "review": review,
    "finished": finished,
    "payment": payment,
    "paid": paid,
    "queue": queue,
    "queue_made_elsewhere": queue_made_elsewhere,
    "portal_access": portal_access,
    "help": help_of_planning,
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "132x43"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_says_what_it_said(desk: Desk, family: Family, name: str, size: tuple[int, int]) -> None:
    async def act(scene: Scene) -> None:
        await SCREENS[name](scene, family)
        shown = steady("\n".join(scene.lines())) + "\n"
        kept = SNAPSHOTS / f"{name}-{size[0]}x{size[1]}.txt"
        if os.environ.get("UPDATE_SCREENS"):
            kept.write_text(shown, encoding="utf-8")
        assert shown == kept.read_text(encoding="utf-8")

    play(act, desk, size=size)


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_every_theme_says_the_same_words_and_letters(desk: Desk, family: Family, theme: str) -> None:
    async def act(scene: Scene) -> None:
        scene.app.theme = theme
        await planning_week(scene, family)
        shown = steady("\n".join(scene.lines())) + "\n"
        assert shown == (SNAPSHOTS / "planning_week-80x24.txt").read_text(encoding="utf-8")

    play(act, desk)


def test_no_color_is_honoured(desk: Desk, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(scene: Scene) -> None:
        await planning_week(scene, family)
        styles = [segment.style for strip in scene.screen._compositor.render_strips() for segment in strip]
        hues = {style.color.triplet for style in styles if style and style.color and style.color.triplet}
        assert all(hue.red == hue.green == hue.blue for hue in hues)

    play(act, desk)


@pytest.mark.parametrize("name", ["planning_week", "planning_month", "payment", "queue", "search_my_family"])
def test_the_footer_shows_at_most_seven_keys_whole_in_eighty_columns(desk: Desk, family: Family, name: str) -> None:
    async def act(scene: Scene) -> None:
        await SCREENS[name](scene, family)
        footer = scene.screen.query_one("#footer")
        keys = footer.keys()  # type: ignore[attr-defined]
        assert 2 <= len(keys) <= 7
        shown = [key for _, _, key in footer._spans]  # type: ignore[attr-defined]
        assert [key for key, _ in keys if key in shown] == shown
        assert {key for key, _ in keys} - set(shown) <= {"ctrl+f"}  # the only one that may lack room
        assert {"escape", "f1"} <= set(shown)

    play(act, desk)


@pytest.mark.parametrize("size", [(60, 20), SMALL], ids=["60x20", "80x24"])
def test_the_way_back_and_the_help_are_in_every_footer(desk: Desk, family: Family, size: tuple[int, int]) -> None:
    basket_id, _ = a_basket(desk, family)
    places: list[tuple[str, tuple[object, ...]]] = [
        (place, ()) for place in ("registration", "queue", "proofs", "quittances", "till", "settings", "agents")
    ]
    places += [("planning", (family.dossier_id,)), ("dossier", (family.dossier_id,)), ("payment", (basket_id,))]
    desk.sign(an_agent(desk.database, *Role))

    async def act(scene: Scene) -> None:
        for place, arguments in places:
            await scene.open(place, *arguments)
            footer = scene.lines()[-1]
            assert "Échap Retour" in footer, place
            assert "F1 Aide" in footer, place
            await scene.press("escape")

    play(act, desk, size=size)
