"""Two payers of one child in the planning: days charged to the other with a reason, each basket cashed in its turn."""

from datetime import date

from sqlalchemy import select

from models import tables as t
from tests.factories import a_family
from tests.screens.counter_acts import next_week
from tests.screens.playing import Scene, play
from tui_portail.services.desk import Desk

MONDAY = date(2026, 12, 7)


def test_a_day_is_charged_to_the_other_payer_with_a_reason(desk: Desk) -> None:
    family = a_family(desk, two_payers=True)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("y")
        assert "cochez d’abord la journée" in scene.flat()
        await scene.press("space", "y")
        assert "Faire payer Karim Benali" in scene.text()
        await scene.type("accord")
        await scene.press("enter")
        assert "Payeur : Karim Benali" in scene.flat()
        await scene.press("v", "t")
        assert "Karim Benali" in scene.text()

    play(act, desk)
    with desk.database.read() as connection:
        assert set(connection.scalars(select(t.booking.c.payer_id))) == {family.payer_ids[1]}


def test_two_payers_weeks_make_two_baskets_cashed_one_after_the_other(desk: Desk) -> None:
    family = a_family(desk, two_payers=True)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("space", "right", "space", "y", "down", "enter")  # this day only
        await scene.type("accord")
        await scene.press("enter", "v", "t")
        await scene.press("enter", "enter")
        assert "encaisser l’autre payeur" in scene.flat()
        await scene.press("enter", "enter")
        assert "Quittance n° 2026-000002" in scene.text()

    play(act, desk)


def test_one_reason_charges_the_week_and_valider_says_who_pays_which_days_at_what_price(desk: Desk) -> None:
    family = a_family(desk, two_payers=True, quotient_cents=745_00)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        state = scene.screen.state  # type: ignore[attr-defined]
        await scene.press("w", "y", "enter")  # every day ticked this week
        await scene.type("accord")
        await scene.press("enter")
        assert {state.mark(key) for key in state.changes} == {"y"}
        await scene.press("down", "space")  # ALP soir stays Marie's
        assert "+" in {state.mark(key) for key in state.changes}
        meal = next(one for one in state.judgement.additions if one.change.key.activity == "RESTAURATION")
        price = f"{meal.price.total_cents / 100:.2f} €".replace(".", ",")
        await scene.press("v")
        said = str(scene.screen.query_one("#review-lines Static").render()).replace("\u00a0", " ")
        marie, karim = said.split("Karim Benali paie :", 1)
        assert "Marie Dupont paie :" in marie
        assert "ALP soir" in marie
        assert "restaurant" not in marie
        assert f"4 × {price}" in karim
        assert "! Autre payeur (Karim Benali), Inès · restaurant scolaire" in karim
        assert ": accord" in karim
        assert "Karim Benali : à payer" in scene.text()
        assert "Marie Dupont : à payer" in scene.text()
        await scene.press("t")
        await scene.press("enter", "escape")
        await next_week(scene, family)
        marks = [scene.screen.state.mark(key) for key in scene.screen.state.loaded.bookings]  # type: ignore[attr-defined]
        assert sorted(marks) == ["A", *["a"] * 8]

    play(act, desk)
