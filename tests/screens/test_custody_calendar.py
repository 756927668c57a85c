"""The calendar of custody through its keys: the turn of 2026-53 to 2027-1, exceptions, brothers and sisters, each parent's basket."""

from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from screens.custody_months import CustodyMonths, letters_of
from screens.dossier_lines import LineKind
from tests.factories import Family, a_desk, a_family, an_agent
from tests.screens.counter_acts import book
from tests.screens.playing import LARGE, SMALL, Scene, check_screen, play
from tests.screens.test_dossier_screen import go_to
from tests.screens.test_registration_screen import retype
from tui_portail.custody import CustodyPattern
from tui_portail.services.custody import load_custody, set_custody
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role

WEEK_53, WEEK_1 = date(2026, 12, 28), date(2027, 1, 4)


@pytest.fixture
def separated(desk: Desk) -> Family:
    return a_family(desk, children=2, two_payers=True, quotient_cents=745_00, renew_alsh_years=(2026, 2027))


async def set_from_21_december(scene: Scene) -> None:
    """Fill the pattern: Karim begins on Monday 21 December, the child changes homes at 18:00, brother and sister alike."""
    await scene.press("m")
    await scene.type("21/12")
    await scene.press("enter", "space", "enter", "enter")
    await scene.type("18h")
    siblings = scene.screen.form.field("siblings")  # type: ignore[attr-defined]
    siblings.focus_field()
    await scene.press("space", "f10")


def test_two_odd_weeks_in_a_row_are_shown_with_the_right_parents_and_make_one_basket_each(
    desk: Desk, separated: Family
) -> None:
    marie, karim = separated.payer_ids

    async def act(scene: Scene) -> None:
        await scene.open("dossier", separated.dossier_id)
        await go_to(scene, LineKind.CUSTODY)
        assert "Pas de garde alternée en cours : Marie Dupont paie toutes les journées." in scene.flat()
        await set_from_21_december(scene)
        said = scene.flat()
        assert "Fait : garde alternée enregistrée." in said
        assert "Karim Benali la semaine à partir du lundi 21 décembre 2026, Marie Dupont la suivante" in said
        assert "51 14 M 15 M" in scene.text()
        assert "52 21›K·22 K·23 K·" in scene.text()
        assert "53 28›M·29 M·30 M·31 M·" in scene.text()
        assert " 1  4›K  5 K  6 K" in scene.text()
        assert " 2 11›M 12 M" in scene.text()
        check_screen(scene, "custody_calendar")
        await scene.press(*["down"] * 4, "left")
        assert (
            "Lundi 28 décembre 2026 · semaine 53 · chez Karim Benali jusqu’à 18 h, puis chez Marie Dupont"
            in scene.flat()
        )
        await scene.press("down")
        assert (
            "Lundi 4 janvier 2027 · semaine 1 · chez Marie Dupont jusqu’à 18 h, puis chez Karim Benali" in scene.flat()
        )
        await scene.press("tab")
        assert "53 28›M·29 M·30 M·31 M·" in scene.text(), "the sister too"
        await scene.press("escape", "p")
        await scene.until(lambda: bool(scene.screen.state.rows))  # type: ignore[attr-defined]
        await scene.press("semicolon", "semicolon", "semicolon", "semicolon")
        grid, state = scene.screen.grid, scene.screen.state  # type: ignore[attr-defined]
        alsh = next(place for place, row in enumerate(state.rows) if row.activity == "ALSH_VACANCES")
        grid.go(alsh, state.window.days.index(WEEK_53))
        await scene.press("space", "right", "space", "semicolon")
        rows = [(row.child_id, row.activity) for row in state.rows]
        grid.go(rows.index((separated.child_ids[1], "RESTAURATION")), state.window.days.index(WEEK_1))
        await scene.press("space", "right", "space", "v")
        said = scene.flat()
        assert "Marie Dupont paie :" in said
        assert "Karim Benali paie :" in said
        await scene.press("t")

    play(act, desk)
    with desk.database.read() as connection:
        rows = connection.execute(
            select(t.booking.c.day, t.booking.c.payer_id, t.basket.c.payer_id.label("of_basket"), t.basket.c.id).join(
                t.basket, t.basket.c.id == t.booking.c.basket_id
            )
        ).all()
    assert all(row.payer_id == row.of_basket for row in rows)
    assert len({row.id for row in rows}) == 2
    paid = {row.day: row.payer_id for row in rows}
    assert paid == {WEEK_53: karim, date(2026, 12, 29): marie, WEEK_1: marie, date(2027, 1, 5): karim}, (
        "on Mondays, noon is before 18:00"
    )


def test_an_exception_is_added_told_and_cancelled_and_another_desks_save_loses_nothing_typed(
    desk: Desk, separated: Family
) -> None:
    marie, karim = separated.payer_ids
    elsewhere = a_desk(desk.database, name="Autre Agent", documents_dir=desk.documents_dir)
    book(desk, separated, date(2026, 12, 3))

    async def act(scene: Scene) -> None:
        await scene.open("custody", separated.dossier_id, separated.child_id)
        await scene.press("right", "right", "x")
        await retype(scene, until_on="4/12")
        await retype(scene, reason="échange")
        pattern = CustodyPattern(date(2026, 11, 30), marie, karim)
        set_custody(elsewhere, separated.child_ids, pattern, new_operation())
        await scene.press("f10")
        assert "Un autre poste a enregistré ce dossier" in scene.flat()
        assert "Garde changée ailleurs : Marie Dupont la semaine" in scene.flat()
        await scene.press("f10")
        assert "1 journée déjà réservée reste payée par l’autre parent" in scene.flat()
        assert "  2 M  3›K* 4 K* 5›M" in scene.text()
        check_screen(scene, "custody_calendar")
        assert (
            "Exception du jeudi 3 décembre 2026 au vendredi 4 décembre 2026 : chez Karim Benali — échange"
            in scene.flat()
        )
        await scene.press("enter")
        assert "Entrée : annuler cette exception" in scene.flat()
        await scene.press("enter")
        assert "Fait : exception annulée." in scene.flat()
        assert "  2 M  3 M  4 M  5 M" in scene.text()
        await scene.press("enter")
        assert "Aucune exception ce jour-là : x en ajoute une." in scene.flat()
        await scene.press("t")
        await retype(scene, last_on="6/12")
        await scene.press("f10")
        assert "jusqu’au dimanche 6 décembre 2026 compris" in scene.flat()
        for key in ("x", "m", "t"):
            await scene.press(key, "escape")
        desk.sign(an_agent(desk.database, Role.COMPTABILITE))
        await scene.press("f5", "m")
        assert "Réservé à : Enfance/Jeunesse" in scene.flat()
        assert isinstance(scene.app.focused, CustodyMonths)

    play(act, desk, size=LARGE)
    custody = load_custody(desk, separated.dossier_id).children[separated.child_id]
    assert custody.exceptions == ()


def test_a_wrong_date_or_hour_is_said_and_the_holidays_are_shared_as_chosen(desk: Desk, separated: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("custody", separated.dossier_id)
        await scene.press("m")
        for key, text, said in (
            ("switch_at", "25h", "n’est pas une heure"),
            ("switch_at", "", ""),
            ("anchor_on", "", "Donnez le premier jour"),
            ("anchor_on", "7/12", ""),
            ("until_on", "1/12", "finirait avant de commencer"),
        ):
            await retype(scene, **{key: text})
            if said:
                await scene.press("f10")
                assert said in scene.flat()
        await retype(scene, until_on="30/6/27")
        for key in ("holidays", "first_half"):
            scene.screen.form.field(key).focus_field()  # type: ignore[attr-defined]
            await scene.press("space")
        await scene.press("f10")
        said = scene.flat()
        assert (
            "petites vacances par moitiés, d’abord Karim Benali les années paires ; jusqu’au mercredi 30 juin" in said
        )
        shown = scene.text()
        assert "51 14›K 15 K 16 K 17 K 18 K 19 K·20 K·" in shown
        assert "52 21 K·22 K·23 K·24 K·25 K·26 K·27›M·" in shown, "eight days of sixteen"
        assert "53 28 M·29 M·30 M·31 M·" in shown
        assert " 1  4 M  5 M" in shown, "the week goes by the anchor"
        assert " 2 11›K 12 K" in shown

    play(act, desk, size=SMALL)


def test_letters_tell_two_parents_apart_whatever_their_names() -> None:
    assert letters_of({1: "Marie Dupont", 2: "Karim Benali"}) == {1: "M", 2: "K"}
    assert letters_of({1: "Marie Dupont", 2: "Michel Durand"}) == {1: "Ma", 2: "Mi"}
    assert letters_of({1: "Marie Dupont", 2: "Marion Durand"}) == {1: "1", 2: "2"}
    assert letters_of({1: "[i]K[/i]", 2: ""}) == {1: "1", 2: "2"}
