"""Days cancelled in the planning by keys: what comes back and what does not is said before, a place taken meanwhile is refused."""

from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from tests.factories import Family, a_family
from tests.screens.counter_acts import next_week
from tests.screens.playing import Scene, play
from tests.tui_portail.services.till_acts import later
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import Tender, cash_basket

MONDAY = date(2026, 12, 7)


PLACE = (3, 0)  # ALP soir of the first child shown, on Monday


def paid(desk: Desk, family: Family, activity: str, *days: date) -> None:
    """Book and pay days for the first child."""
    changes = [Change(CellKey(family.child_id, activity, day), Tick.ADD) for day in days]
    done = finish_changes(desk, family.dossier_id, changes, new_operation())
    basket = done.baskets[0]
    cash_basket(desk, basket.basket_id, [Tender(Means.CASH, basket.due_cents)], new_operation())


@pytest.mark.parametrize(
    "gesture",
    [("w",), ("W",), ("j",), ("shift+right", "shift+right", "shift+right", "shift+right", "space")],
    ids=["w", "W", "j", "range"],
)
def test_a_group_key_pressed_twice_never_turns_paid_days_into_cancellations(
    desk: Desk, family: Family, gesture: tuple[str, ...]
) -> None:
    paid(desk, family, "ALP_SOIR", MONDAY)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("down", *gesture)
        assert "à ajouter" in scene.text()
        assert "à retirer" not in scene.text()
        await scene.press("home", *gesture)
        assert "Rien de coché" in scene.text()

    play(act, desk)


def test_a_cancellation_in_time_shows_its_avoir_before_and_pays_the_next_basket(desk: Desk, family: Family) -> None:
    paid(desk, family, "ALP_SOIR", MONDAY)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        screen = scene.screen
        row = next(
            place
            for place, line in enumerate(screen.state.rows)  # type: ignore[attr-defined]
            if (line.child_id, line.activity) == (family.child_id, "ALP_SOIR")
        )
        screen.grid.go(row, 0)  # type: ignore[attr-defined]
        await scene.press("space")
        assert "À retirer : avoir de" in scene.flat()
        await scene.press("v")
        assert "avoir de" in scene.flat()
        await scene.press("t")
        assert "Avoir n°" in scene.flat()
        await scene.press("enter")  # back, and the avoir pays the next basket whole
        await next_week(scene, family)
        screen = scene.screen
        screen.grid.go(row, 1)  # type: ignore[attr-defined]
        await scene.press("space")
        assert "Avoirs utilisés" in scene.text()
        await scene.press("v", "t")
        assert "Rien à encaisser : réglé, quittance n° 2026-000002" in scene.flat()

    play(act, desk)
    assert list((desk.documents() / "2026" / "12").glob("avoir-*.pdf"))
    assert (desk.documents() / "2026" / "12" / "quittance-2026-000002.pdf").exists()


def test_a_late_alp_cancellation_says_no_refund_and_a_late_alsh_one_its_deadline(desk: Desk) -> None:
    family = a_family(desk, children=1, quotient_cents=745_00, renew_alsh_years=(2026,))
    paid(desk, family, "ALP_SOIR", date(2026, 12, 3))
    paid(desk, family, "ALSH_MERCREDI", date(2026, 12, 9))
    later(desk, hours=27, minutes=30)  # Wednesday, 14:00: Thursday's limit has passed

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        state, grid = scene.screen.state, scene.screen.grid  # type: ignore[attr-defined]
        await scene.press("pageup")
        row = next(place for place, line in enumerate(state.rows) if line.activity == "ALP_SOIR")
        grid.go(row, 3)
        await scene.press("space")
        assert "sans remboursement" in scene.flat()
        later(desk, days=6)
        desk.now()
        await scene.press("u", "pagedown")
        row = next(place for place, line in enumerate(state.rows) if line.activity == "ALSH_MERCREDI")
        grid.go(row, 2)
        await scene.press("space", "v")
        assert "en attente de justificatif jusqu’au vendredi 11 décembre 2026" in scene.flat()

    play(act, desk)


def test_an_alp_day_cancelled_after_its_limit_is_said_without_refund_and_gives_none(desk: Desk) -> None:
    family = a_family(desk, children=1, quotient_cents=745_00)
    paid(desk, family, "ALP_SOIR", date(2026, 12, 3))
    later(desk, hours=27, minutes=30)  # Wednesday, 14:00
    desk.now()

    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        state, grid = scene.screen.state, scene.screen.grid  # type: ignore[attr-defined]
        row = next(place for place, line in enumerate(state.rows) if line.activity == "ALP_SOIR")
        grid.go(row, 3)
        await scene.press("space", "v")
        assert "→ sans remboursement" in scene.flat()
        await scene.press("t")
        assert "Enregistré : 1 réservation retirée" in scene.flat()
        assert "Avoir n°" not in scene.flat()
        await scene.press("enter")
        assert "aucun avoir" in scene.flat()

    play(act, desk)
    with desk.database.read() as connection:
        assert list(connection.scalars(select(t.booking.c.state).distinct())) == ["cancelled_late"]


def test_a_place_taken_meanwhile_is_refused_with_its_sentence_and_the_ticks_stay(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("down", "space", "v")
        change = Change(CellKey(scene.screen._state.key(*PLACE).child_id, "ALP_SOIR", MONDAY), Tick.ADD)  # type: ignore[attr-defined]
        finish_changes(desk, family.dossier_id, [change], new_operation())  # another desk was quicker
        await scene.press("t")
        assert "déjà réservé" in scene.flat()
        assert "Planning" in scene.lines()[0]

    play(act, desk)
