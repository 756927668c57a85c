"""The till by keys: opened with its float, moved, counted, closed; a session forgotten is said to who sits down and closed first."""

from pathlib import Path

import pytest
from textual.widgets import Input

from models.engine import Database
from screens.payment import PaymentScreen
from screens.till import TillScreen
from screens.till_closing import TillClosingScreen
from tests.factories import a_desk, a_family, paris
from tests.screens.playing import Scene, play
from tests.tui_portail.services.desk_acts import EVENING, FRIDAY, THURSDAY, add, cheque, hold, set_time
from tests.tui_portail.services.till_acts import WHY, a_till_desk, close_till, sell
from tui_portail.services.closing_sheets import closing_sheet, list_sessions
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.quittances import list_quittances
from tui_portail.services.rights import Role
from tui_portail.services.till import current_session, open_session
from tui_portail.services.till_balance import till_balance

TOMORROW = paris("2026-12-02 08:30")


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A desk of both roles where an evening costs ten euros, the till open with 100,00 €."""
    made = a_till_desk(sqlite_database)
    made.documents_dir = tmp_path
    open_session(made, 100_00, new_operation())
    return made


async def count(scene: Scene, *pieces: str) -> None:
    """Type how many there are of each denomination, from the largest; Enter after each."""
    for typed in pieces:
        await scene.type(typed)
        await scene.press("enter")


def focused(scene: Scene) -> str:
    assert scene.screen.focused is not None
    return scene.screen.focused.id or ""


def test_the_till_is_opened_with_its_float_and_says_by_whom(database: Database, tmp_path: Path) -> None:
    desk = a_desk(database, Role.COMPTABILITE, documents_dir=tmp_path, name="Zoé [red]x[/]")

    async def act(scene: Scene) -> None:
        await scene.press("ctrl+n")
        assert "Caisse fermée" in scene.text()
        await scene.press("enter")
        await scene.type("12,345")
        await scene.press("enter")
        assert "plus de deux chiffres" in scene.flat()
        await scene.press("ctrl+u")
        await scene.type("85,50")
        await scene.press("enter")
        assert "Caisse ouverte" in scene.text()
        assert "85,50 €" in scene.text()
        assert "par Zoé [red]x[/]" in scene.text()
        await scene.press("o")
        assert "Motif de l’écart" not in scene.text()
        assert isinstance(scene.screen, TillScreen), "an open till is not opened again"

    play(act, desk)
    session = current_session(desk)
    assert session is not None
    assert session.float_cents == 85_50


def test_the_next_float_is_filled_in_and_another_asks_for_its_reason(desk: Desk) -> None:
    close_till(desk)

    async def act(scene: Scene) -> None:
        await scene.open("till")
        assert "Elle doit contenir 100,00 €" in scene.text()
        await scene.press("enter")
        assert "= 100,00 €" in scene.text()
        assert "Motif de l’écart" not in scene.text()
        await scene.type("95")
        assert "Motif de l’écart" in scene.text()
        await scene.press("enter")
        assert focused(scene) == "reason"
        await scene.press("enter")
        assert "il manque 5,00 €" in scene.flat()
        await scene.type(WHY)
        await scene.press("enter")
        assert "Caisse ouverte" in scene.text()

    play(act, desk)
    balance = till_balance(desk)
    assert balance is not None
    assert balance.cash_cents == 95_00


def test_the_float_expected_is_one_enter_away(desk: Desk) -> None:
    close_till(desk)

    async def act(scene: Scene) -> None:
        await scene.open("till")
        await scene.press("enter", "enter")
        assert "Caisse ouverte" in scene.text()

    play(act, desk)


def test_a_movement_is_recorded_with_its_reason_and_what_the_till_does_not_hold_stays_there(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("till")
        await scene.press("m", "v", "enter")
        assert "Sortie pour versement" not in scene.text(), "no choice begins with that letter"
        await scene.press("up", "s", "enter")
        assert "Sortie pour versement" in scene.text()
        await scene.type("150")
        await scene.press("enter", "enter")
        assert "Tapez le motif" in scene.flat()
        await scene.type("Trésorerie")
        await scene.press("enter")
        assert "ne contient que 100,00 €" in scene.flat()
        await scene.press("up", "ctrl+u")
        await scene.type("80")
        await scene.press("enter", "enter")
        assert "mouvement enregistré, 20,00 € d’espèces en caisse" in scene.flat()
        assert "Versement à 10 h 30" in scene.text()
        await scene.press("m", "r", "r", "enter")
        assert "Retour de versement" in scene.text()
        await scene.type("90")
        await scene.press("enter")
        await scene.type("Trésor fermé")
        await scene.press("enter")
        assert "attendent un bordereau font 80,00 €" in scene.flat()
        await scene.press("up", "ctrl+u")
        await scene.type("80")
        await scene.press("enter", "enter")
        assert "mouvement enregistré, 100,00 € d’espèces en caisse" in scene.flat()
        assert "Retour de versement à 10 h 30" in scene.text()

    play(act, desk)


def test_a_till_is_counted_down_the_column_cheques_ticked_and_closed_with_the_reason_of_its_difference(
    desk: Desk,
) -> None:
    sell(desk, THURSDAY, FRIDAY)
    sell(desk, by=cheque, last_name="Martin")

    async def act(scene: Scene) -> None:
        await scene.open("till")
        await scene.press("c")
        assert focused_denomination(scene) == "pieces-50000"
        await count(scene, "", "", "1", "", "", "1")
        assert "110,00 €" in scene.text(), "the running total"
        await scene.press("down", "up", "up")
        assert focused_denomination(scene) == "pieces-1000"
        await count(scene, *[""] * 10)
        assert focused(scene) == "closing-cheques"
        assert "Chèques : 0 sur 1 chèque" in scene.text()
        await scene.press("space")
        assert "[x]" in scene.text()
        await scene.press("space", "space", "enter")
        await scene.type("0")
        await scene.press("enter")
        await scene.type("0")
        await scene.press("f10")
        assert "Espèces : il manque 10,00 €" in scene.flat()
        await scene.type(WHY)
        await scene.press("enter")
        assert "écart de −10,00 €" in scene.flat()
        await scene.press("enter")
        assert isinstance(scene.screen, TillScreen)
        assert "Caisse fermée" in scene.text()
        assert "la caisse est clôturée : 110,00 € d’espèces" in scene.flat()

    play(act, desk)
    [session] = list_sessions(desk)
    sheet = closing_sheet(desk, session.session_id)
    assert (sheet.cash.counted_cents, sheet.cash.reason) == (110_00, WHY)
    assert [line.found for line in sheet.cheque_lines] == [True]
    assert list(desk.documents_dir.rglob("caisse-000001.pdf"))


def focused_denomination(scene: Scene) -> str:
    assert isinstance(scene.screen.focused, Input)
    assert scene.screen.focused.parent is not None
    return scene.screen.focused.parent.id or ""


def test_a_closing_without_a_count_is_refused_and_a_count_begun_is_not_lost_by_mistake(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("till_closing")
        await scene.press("f10")
        assert "Comptez les espèces par coupure" in scene.flat()
        await scene.press("escape")
        assert not isinstance(scene.screen, TillClosingScreen), "nothing was typed: nothing is asked"
        await scene.open("till_closing")
        await count(scene, "", "", "1")
        await scene.press("f10")
        assert "Comptez « CESU »" in scene.flat()
        assert focused(scene) == "value-cesu"
        await scene.press("escape")
        assert "Ce que vous avez compté sera perdu" in scene.flat()
        await scene.press("escape")
        assert isinstance(scene.screen, TillClosingScreen)
        assert "100,00 €" in scene.text()
        await scene.press("escape", "enter")
        assert not isinstance(scene.screen, TillClosingScreen)

    play(act, desk)
    assert current_session(desk) is not None


def test_what_the_till_receives_while_it_is_counted_is_read_again_and_what_was_counted_stays(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("till_closing")
        await count(scene, "", "", "1", *[""] * 12)
        await scene.type("0")
        await scene.press("enter")
        await scene.type("0")
        sell(desk, by=cheque)
        await scene.press("f10", "enter")
        assert "Des chèques en caisse n’ont pas été comptés" in scene.flat()
        assert "Chèques : 0 sur 1 chèque" in scene.text()
        scene.screen.query_one("#closing-cheques").focus()
        await scene.press("space", "f10", "enter")
        assert "la caisse est clôturée" in scene.flat()

    play(act, desk)


def test_of_two_desks_that_count_at_once_the_second_is_told_who_closed(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("till")
        await scene.press("c")
        await count(scene, "", "", "1", *[""] * 12)
        await scene.type("0")
        await scene.press("enter")
        await scene.type("0")
        close_till(desk)
        await scene.press("f10", "enter")
        assert "déjà été clôturée par Camille Roux" in scene.flat()
        await scene.press("escape")
        assert isinstance(scene.screen, TillScreen)
        assert "Caisse fermée" in scene.text()

    play(act, desk)


def test_the_sheets_of_closed_sessions_are_read_and_printed_again(desk: Desk) -> None:
    sell(desk)
    close_till(desk)
    open_session(desk, 109_00, new_operation(), WHY)
    close_till(desk)

    async def act(scene: Scene) -> None:
        await scene.open("till")
        await scene.press("s")
        assert "109,00 €" in scene.text()
        await scene.press("enter")
        assert f"écart −1,00 € : {WHY}" in scene.flat()
        await scene.press("escape", "down", "p")
        assert "feuille de caisse n° 1." in scene.flat()
        await scene.press("escape", "p")
        assert "feuille de caisse n° 2." in scene.flat()

    play(act, desk)
    assert len(list(desk.documents_dir.rglob("caisse-00000[12].pdf"))) == 2


def test_a_forgotten_session_is_said_at_once_and_leads_to_its_closing(desk: Desk) -> None:
    set_time(desk, TOMORROW)

    async def act(scene: Scene) -> None:
        assert "La caisse ouverte le mardi 1er décembre 2026 par Camille Roux n’a pas été clôturée" in scene.flat()
        await scene.press("escape")
        assert "caisse à clôturer" in scene.lines()[0]
        await scene.open("till")
        assert "Caisse d’un jour passé, à clôturer" in scene.text()
        await scene.press("m")
        assert isinstance(scene.screen, TillScreen), "a forgotten session is only closed"

    play(act, desk)

    async def close(scene: Scene) -> None:
        await scene.press("enter")
        await count(scene, "", "", "1", *[""] * 12)
        await count(scene, "0", "0")
        await scene.press("f10", "enter")
        assert "la caisse est clôturée" in scene.flat()
        assert "caisse fermée" in scene.lines()[0]

    play(close, desk)
    assert current_session(desk) is None


def test_who_may_not_close_a_forgotten_session_is_told_who_may(desk: Desk) -> None:
    set_time(desk, TOMORROW)
    other = a_till_desk(desk.database, Role.COMPTABILITE, at="2026-12-02 08:30", name="Dominique Vidal")

    async def act(scene: Scene) -> None:
        await scene.until(lambda: "Camille Roux ou un agent Régisseur doit la compter" in scene.flat())
        await scene.press("enter")
        assert not isinstance(scene.screen, TillClosingScreen)

    play(act, other)


def test_an_agent_who_does_not_cash_is_told_nothing_of_a_forgotten_session(desk: Desk) -> None:
    other = a_till_desk(desk.database, Role.ENFANCE, at="2026-12-02 08:30", name="Sacha Fabre")

    async def act(scene: Scene) -> None:
        assert "clôturée" not in scene.flat()
        assert "caisse" not in scene.lines()[0].lower()

    play(act, other)


def test_cash_given_while_a_session_is_forgotten_leads_to_its_closing_then_to_todays(desk: Desk) -> None:
    set_time(desk, TOMORROW)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    async def act(scene: Scene) -> None:
        await scene.press("escape")
        await scene.open("payment", basket.basket_id)
        await scene.press("enter")
        assert "Caisse d’un jour passé" in scene.text()
        await scene.press("enter")
        await count(scene, "", "", "1", *[""] * 12)
        await count(scene, "0", "0")
        await scene.press("f10", "enter")
        assert isinstance(scene.screen, PaymentScreen)
        await scene.press("enter")
        assert "La caisse doit contenir 100,00 €" in scene.flat()
        await scene.press("enter")

    play(act, desk)
    assert len(list_quittances(desk)) == 1
    balance = till_balance(desk)
    assert balance is not None
    assert balance.cash_cents == 110_00


def test_a_base_upgraded_while_the_desk_was_open_is_said_whole_and_what_was_typed_stays(desk: Desk) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("till")
        await scene.press("m", "up", "enter")
        await scene.type("10")
        await scene.press("enter")
        await scene.type("Monnaie")
        with desk.database.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099_demain'")
        await scene.press("enter")
        assert "a été mise à jour pendant que ce poste était ouvert ; rien n’a été enregistré." in scene.flat()
        assert "Quittez, mettez le programme à jour sur ce poste, puis rouvrez-le." in scene.flat()
        assert "Monnaie" in scene.text()

    play(act, desk)
    balance = till_balance(desk)
    assert balance is not None
    assert balance.cash_cents == 100_00
