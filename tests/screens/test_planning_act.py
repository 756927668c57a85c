"""The counter act by its keys: planning, Valider, Terminer, payment, quittance; and leaving, copying, deroging."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_desk, a_family
from tests.screens.counter_acts import next_week
from tests.screens.playing import SIZES_AND_ENGINES, Scene, play
from tests.tui_portail.services.till_acts import later
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.booking import finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session

MONDAY = date(2026, 12, 7)


@SIZES_AND_ENGINES
def test_from_the_search_result_two_children_eat_a_week_and_leave_with_a_quittance_in_twelve_keys(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = a_desk(database, documents_dir=tmp_path / "docs")
    open_session(desk, 50_00, new_operation())
    a_family(desk, children=2, quotient_cents=745_00)

    async def act(scene: Scene) -> None:
        await scene.type("dupont")
        assert "Dupont" in scene.text()
        scene.keys = 0
        await scene.press("enter")  # the dossier
        await scene.press("p")  # its planning
        await scene.press("semicolon")  # next week, which can be booked whole
        await scene.press("W")  # the week's meals, for both children
        await scene.press("v", "t")  # Valider, Terminer
        assert "À payer avant 10 h 45" in scene.text()
        await scene.press("enter")  # to the payment: cash exact is filled in
        assert "Le compte y est" in scene.text()
        await scene.press("enter")  # cash
        assert "Quittance n° 2026-000001" in scene.text()
        assert "quittance-2026-000001.pdf" in scene.text().replace("\n", "").replace(" ", "")
        assert scene.keys <= 12
        await scene.press("enter")  # next family
        assert "Recherche" in scene.text()

    play(act, desk, size=size)
    with database.read() as connection:
        states = list(connection.scalars(select(t.booking.c.state)))
    assert states == ["confirmed"] * 16  # two children, four school days, the meal and its break
    assert (desk.documents() / "2026" / "12" / "quittance-2026-000001.pdf").stat().st_size > 1_000


def test_the_planning_opens_on_the_first_meal_that_can_still_be_booked_and_h_comes_back_to_today(
    desk: Desk, family: Family
) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        assert scene.screen.state.window.first_day == date(2026, 11, 30)  # type: ignore[attr-defined]
        assert "jeudi 3 décembre 2026" in scene.text()
        assert "restaurant" in scene.screen.query_one("#pane-cell").text  # type: ignore[attr-defined]
        await scene.press("semicolon", "semicolon", "h")
        assert scene.screen.grid.cursor_key.day == date(2026, 12, 1)  # type: ignore[attr-defined]
        later(desk, days=3)  # Friday: nothing of this week can be booked any more
        desk.now()
        await scene.press("escape")
        await scene.open("planning", family.dossier_id)
        assert scene.screen.state.window.first_day == MONDAY  # type: ignore[attr-defined]

    play(act, desk)


def test_after_midnight_in_paris_today_is_the_new_day_while_it_is_still_yesterday_in_utc(
    sqlite_database: Database,
) -> None:
    desk = a_desk(sqlite_database, at="2026-12-07 00:30")
    family = a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.open("planning", family.dossier_id)
        await scene.press("semicolon", "h")
        assert scene.screen.grid.cursor_key.day == MONDAY  # type: ignore[attr-defined]

    play(act, desk)


def test_a_key_asks_the_database_nothing(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        desk.database.close()  # any query would fail from here
        await scene.press("space", "down", "right", "space", "w", "W", "tab", "m", "m")
        assert "à ajouter" in scene.text()

    play(act, desk)


def test_a_refusal_says_its_sentence_in_full_and_ticks_nothing(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("pageup", "home", "right", "space")  # Tuesday 1 December: the limit was Monday noon
        assert "devait être réservé avant le lundi 30 novembre 2026 à 12 h" in scene.flat()
        assert "Rien de coché" in scene.text()
        assert "devait être réservé avant" in scene.screen.query_one("#pane-cell").text  # type: ignore[attr-defined]

    play(act, desk)


def test_a_derogation_needs_a_reason_and_is_then_in_the_audit_trail(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("pageup", "home", "right", "d")
        assert "devait être réservé avant le lundi 30 novembre" in scene.flat()
        await scene.press("enter")
        assert "écrivez un motif" in scene.flat()
        await scene.type("urgence")
        await scene.press("enter")
        assert "+ 2 à ajouter" in scene.text()
        await scene.press("v")
        assert "Dérogation" in scene.text()
        await scene.press("t")
        assert "Enregistré" in scene.text()

    play(act, desk)
    with desk.database.read() as connection:
        details = " ".join(connection.scalars(select(t.audit_event.c.details)))
        reasons = " ".join(connection.scalars(select(t.audit_event.c.reason)))
    assert "urgence" in details + reasons


def test_leaving_with_days_ticked_asks_first_and_nothing_is_lost_by_staying(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w", "escape")
        assert "Quitter sans enregistrer" in scene.text()
        await scene.press("escape")
        assert "+ 8 à ajouter" in scene.text()
        await scene.press("escape", "enter")
        assert "Planning" not in scene.lines()[0]

    play(act, desk)


def test_searching_over_a_planning_brings_back_what_was_ticked(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w", "ctrl+f")
        assert "Recherche" in scene.lines()[0]
        await scene.press("escape")
        assert "+ 8 à ajouter" in scene.text()
        await scene.press("slash")
        assert "Recherche" in scene.lines()[0]

    play(act, desk)


def test_shift_and_arrows_tick_a_range_and_a_second_space_takes_it_back(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("down", "shift+right", "space")  # ALP soir, Monday and Tuesday
        assert "+ 2 à ajouter" in scene.text()
        await scene.press("shift+right", "space")
        assert "+ 2 à ajouter" in scene.text() or "+ 1 à ajouter" in scene.text()
        await scene.press("u")
        assert "Rien de coché" in scene.text()

    play(act, desk)


def test_the_same_weekday_is_ticked_until_the_holidays(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("down", "j")  # ALP soir: Mondays 7 and 14 December, the holidays begin on the 19th
        assert "+ 2 à ajouter" in scene.text()

    play(act, desk)


def test_a_week_is_copied_on_the_next_one(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("down", "space", "s")
        assert "Semaine du 14 au 18" in scene.text()
        assert "+ 2 à ajouter" in scene.text()

    play(act, desk)


def test_tab_goes_to_the_next_child_on_the_same_activity(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        pane = scene.screen.query_one("#pane-cell")
        first = pane.text  # type: ignore[attr-defined]
        await scene.press("tab")
        second = pane.text  # type: ignore[attr-defined]
        assert first.split(" · ")[0] != second.split(" · ")[0]
        assert first.split(" · ")[1] == second.split(" · ")[1]

    play(act, desk)


def test_an_agent_of_enfance_is_told_to_send_the_family_to_the_comptabilite(sqlite_database: Database) -> None:
    desk = a_desk(sqlite_database, Role.ENFANCE)
    family = a_family(desk)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w", "v", "t")
        assert "À encaisser à la Comptabilité avant 10 h 45" in scene.flat()
        await scene.press("enter")
        assert "Encaissement" not in scene.text()

    play(act, desk)


@pytest.mark.parametrize("way", [("f5",), ("enter", "p")], ids=["from the search", "from the dossier"])
def test_after_terminer_enter_goes_to_the_dossier_wherever_the_planning_was_opened_from(
    sqlite_database: Database, way: tuple[str, ...]
) -> None:
    desk = a_desk(sqlite_database, Role.ENFANCE)
    a_family(desk)

    async def act(scene: Scene) -> None:
        await scene.type("dupont")
        await scene.press(*way, "semicolon", "w", "v", "t")
        assert "Entrée : revenir au dossier" in scene.flat()
        await scene.press("enter")
        assert "Dossier" in scene.lines()[0]
        assert "Panier en attente" in scene.text()
        await scene.press("escape")
        assert "Recherche" in scene.lines()[0]

    play(act, desk)


@pytest.mark.parametrize("key", ["r", "v"])
def test_every_refusal_of_a_gesture_can_be_read_in_full_on_a_small_terminal(
    desk: Desk, family: Family, key: str
) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        scene.screen._look_through(scene.screen.state.window.showing(date(2026, 11, 30)), 0)  # type: ignore[attr-defined]
        await scene.settle()
        await scene.press("space")  # the meal of Monday 30 November and its break: two sentences
        assert "(et 1 autre motif, touche r)" in scene.flat()
        await scene.press(key)
        assert "« garderie de la pause méridienne » du lundi 30 novembre 2026 devait" in scene.flat()
        assert "« restaurant scolaire » du lundi 30 novembre 2026 devait" in scene.flat()
        await scene.press("escape", "u", "r")
        assert "Planning" in scene.lines()[0]

    play(act, desk)


def test_what_each_payer_owes_is_always_in_sight_and_no_line_is_hidden_while_there_is_room(desk: Desk) -> None:
    family = a_family(desk, two_payers=True, quotient_cents=745_00)

    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w", "y", "enter")
        await scene.type("accord")
        await scene.press("enter", "down", "space", "up")
        assert "Marie Dupont : à payer" in scene.flat()
        assert "Karim Benali : à payer" in scene.flat()
        assert "lignes de plus" not in scene.text()

    play(act, desk)


def test_what_was_refused_is_said_no_more_in_another_week(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        scene.screen._look_through(scene.screen.state.window.showing(date(2026, 11, 30)), 0)  # type: ignore[attr-defined]
        await scene.settle()
        await scene.press("space")
        assert "Refusé" in scene.text()
        await scene.press("pagedown")
        assert "Refusé" not in scene.text()
        await scene.press("v")
        assert "Rien n’est coché : Espace coche" in scene.flat()

    play(act, desk)


def test_a_slash_leads_nowhere_from_a_form_while_ctrl_f_does(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("registration")
        choice = scene.screen.query("ChoiceLine").first()
        choice.focus()
        await scene.press("slash")
        assert "Recherche" not in scene.lines()[0]
        await scene.press("ctrl+f")
        assert "Recherche" in scene.lines()[0]

    play(act, desk)


def test_reading_the_planning_again_shows_what_another_desk_did_and_keeps_the_ticks(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await next_week(scene, family)
        await scene.press("w")
        change = Change(CellKey(family.child_id, "ALP_MATIN", MONDAY), Tick.ADD)
        finish_changes(desk, family.dossier_id, [change], new_operation())
        await scene.press("f5")
        state = scene.screen.state  # type: ignore[attr-defined]
        assert state.view(change.key).mark == "A"
        assert len(state.changes) == 8

    play(act, desk)
