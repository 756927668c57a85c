"""The queue: the countdown runs by itself, another desk's baskets come, expired ones are marked, and each key acts."""

from datetime import timedelta

from screens.countdown import time_left_text
from screens.queue_table import QueueTable
from tests.factories import Family
from tests.screens.counter_acts import THURSDAY
from tests.screens.playing import Scene, play
from tests.screens.test_payment_act import a_basket
from tests.tui_portail.services.desk_acts import EVENING, add
from tests.tui_portail.services.portal_acts import a_portal, an_active_account, finish_own
from tui_portail.services.desk import Desk
from tui_portail.services.queue import list_queue


def test_time_left_is_minutes_and_seconds() -> None:
    lefts = [
        timedelta(minutes=14, seconds=59),
        timedelta(seconds=61),
        timedelta(seconds=9),
        timedelta(0),
        timedelta(-1),
    ]
    assert [time_left_text(left) for left in lefts] == ["14:59", "1:01", "0:09", "expiré", "expiré"]


def test_a_second_repaints_the_countdowns_and_lays_nothing_out(desk: Desk, family: Family) -> None:
    a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        table = scene.screen.query_one(QueueTable)
        layouts: list[bool] = []
        table.refresh = lambda *regions, layout=False, **_: layouts.append(layout or not regions) or table  # type: ignore[method-assign,assignment,func-returns-value]
        table.tick(desk.now_estimate() + timedelta(seconds=61))
        assert layouts == [False]
        assert "13:5" in table.render_line(1).text

    play(act, desk)


def test_a_basket_booked_at_the_other_desk_comes_without_a_key(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("queue")
        assert "Aucun panier" in scene.text()
        a_basket(desk, family)
        scene.screen._read_if_in_front()  # type: ignore[attr-defined]  # what the timer does
        await scene.settle()
        assert "Marie Dupont" in scene.text()
        assert "1 panier" in scene.text()

    play(act, desk)


def test_enter_cashes_and_the_next_basket_is_one_key_away(desk: Desk, family: Family) -> None:
    a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        await scene.press("enter", "enter")
        assert "Quittance n°" in scene.text()
        await scene.press("enter")
        assert "À encaisser" in scene.lines()[0]
        assert "Aucun panier" in scene.text()

    play(act, desk)


def test_an_expired_basket_is_marked_and_says_what_to_do(desk: Desk, family: Family) -> None:
    a_basket(desk, family)
    desk.clock.advance(minutes=16)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        assert "x expiré" in scene.text()
        await scene.press("enter")
        assert "o ouvre le dossier, pour réserver de nouveau au planning" in scene.flat()
        assert "o Dossier" in scene.lines()[-1]
        await scene.press("o")
        assert "Dossier Dupont" in scene.text()

    play(act, desk)


def test_an_expired_basket_is_booked_again_from_its_dossier_and_cashed(desk: Desk, family: Family) -> None:
    a_basket(desk, family)
    desk.clock.advance(minutes=16)
    desk.now()

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        await scene.press("o", "p", "semicolon")
        state, grid = scene.screen.state, scene.screen.grid  # type: ignore[attr-defined]
        here = next(
            place
            for place, row in enumerate(state.rows)
            if (row.child_id, row.activity) == (family.child_id, "ALP_SOIR")
        )
        grid.go(here, 0)
        await scene.press("w", "v", "t")
        assert "Enregistré : 4 réservations ajoutées" in scene.flat()
        await scene.press("enter", "enter")
        assert "Quittance n° 2026-000001" in scene.text()

    play(act, desk)


def test_a_basket_is_extended_with_a_reason(desk: Desk, family: Family) -> None:
    a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        await scene.press("x")
        await scene.type("attente")
        await scene.press("enter")
        assert "à payer avant 11 h" in scene.flat()
        assert "+" in scene.lines()[3]

    play(act, desk)


def test_a_basket_given_up_frees_its_places_after_a_question(desk: Desk, family: Family) -> None:
    a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        await scene.press("a", "escape")
        assert "1 panier" in scene.text()
        await scene.press("a", "enter")
        assert "Aucun panier" in scene.text()

    play(act, desk)


def test_a_dialog_opened_and_closed_twenty_times_still_answers(desk: Desk, family: Family) -> None:
    a_basket(desk, family)

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        for key in ("x", "l"):
            for _ in range(20):
                await scene.press(key)
                assert scene.screen.is_modal
                await scene.press("escape")
                assert not scene.screen.is_modal

    play(act, desk)


def test_a_basket_made_at_the_kiosk_is_told_by_its_letter_and_word_extended_and_cashed_as_any_other(
    desk: Desk, family: Family
) -> None:
    portal = a_portal(desk)
    an_active_account(portal, family)
    finish_own(portal, add(family.child_id, EVENING, THURSDAY))

    async def act(scene: Scene) -> None:
        await scene.open("queue")
        assert "B · 1 j" in scene.text()
        assert "B : borne" in scene.text()
        await scene.press("x")
        assert "Panier de Marie Dupont, fait à la borne" in scene.flat()
        await scene.type("Le parent descend")
        await scene.press("enter")
        assert "Panier prolongé" in scene.text()
        await scene.press("enter")
        assert "fait à la borne" in scene.text()
        await scene.press("enter")
        assert "Quittance n°" in scene.text()

    play(act, desk)
    assert list_queue(desk) == ()
