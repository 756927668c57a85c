"""Closing a long past on screen: told as it goes, stopped by a key and taken up again; each closing read in full."""

from datetime import date
from pathlib import Path
from threading import Event

import pytest
from pypdf import PdfReader

from models.engine import Database
from models.states import PeriodKind
from screens import closings
from tests.factories import a_desk
from tests.screens.outages import Line, Pauses
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.period_acts import an_entry_a_day
from tui_portail.services import period_closings
from tui_portail.services.desk import Desk
from tui_portail.services.period_closings import ClosedPeriod, close_due_periods, list_closings
from tui_portail.services.rights import Role


@pytest.fixture
def regisseur(database: Database, tmp_path: Path) -> Desk:
    """Five days of October that were never closed."""
    desk = a_desk(database, Role.REGISSEUR, documents_dir=tmp_path)
    an_entry_a_day(desk, date(2026, 10, 5), 5)
    return desk


def test_a_closing_under_way_says_how_far_it_is_is_stopped_by_f8_and_taken_up_again(
    regisseur: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(period_closings, "MOST_AT_ONCE", 2)
    reached, go = Event(), Event()

    def held(desk: Desk, operation: str, told: object) -> tuple[ClosedPeriod, ...]:
        """Close, and wait for the test once the first days are closed."""

        def wait(one: ClosedPeriod) -> None:
            told(one)  # type: ignore[operator]
            reached.set()
            assert go.wait(20)

        return close_due_periods(desk, operation, wait)

    monkeypatch.setattr(closings, "close_due_periods", held)

    async def act(scene: Scene) -> None:
        await scene.open("closings")
        assert "À clôturer depuis le 05/10/2026" in scene.flat()
        assert "F8 Arrêter" not in scene.flat()
        await scene.pilot.press("f5")
        await scene.until(lambda: reached.is_set() and "06/10/2026 est fait" in scene.flat())
        assert "F8 Arrêter" in scene.flat()
        await scene.pilot.press("f8", "f5", "escape")  # neither a second closing nor leaving
        go.set()
        await scene.settle()
        assert "clôture arrêtée : ce qui est clôturé le reste" in scene.flat().lower()
        assert "À clôturer depuis le 09/10/2026" in scene.flat()
        await scene.press("f5")
        assert "clôturé : 5 journées, 1 mois" in scene.flat().lower()
        assert "Tout ce qui est terminé est clôturé" in scene.flat()

    play(act, regisseur)
    assert len(list_closings(regisseur, PeriodKind.DAY)) == 5


def test_a_closing_goes_on_where_the_base_left_it_and_closes_each_day_once(
    regisseur: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(period_closings, "MOST_AT_ONCE", 2)
    line = Line(regisseur.database)

    def cut(desk: Desk, operation: str, told: object) -> tuple[ClosedPeriod, ...]:
        def once(one: ClosedPeriod) -> None:
            told(one)  # type: ignore[operator]
            if not operations:
                line.cut()
            operations.append(operation)

        return close_due_periods(desk, operation, once)

    operations: list[str] = []
    monkeypatch.setattr(closings, "close_due_periods", cut)

    async def act(scene: Scene) -> None:
        pauses = Pauses(scene)
        await scene.open("closings")
        await scene.press("f5")
        assert "Base injoignable : votre saisie est gardée" in scene.flat()
        line.mend()
        await pauses.over()
        assert "clôturé : 5 journées, 1 mois" in scene.flat().lower()
        assert "Tout ce qui est terminé est clôturé" in scene.flat()

    play(act, regisseur)
    assert len(set(operations)) == 1
    assert len(list_closings(regisseur, PeriodKind.DAY)) == 5


def test_what_an_entry_dated_ahead_holds_is_told_whole_with_what_to_do(regisseur: Desk) -> None:
    an_entry_a_day(regisseur, date(2027, 1, 4), 1)
    close_due_periods(regisseur, "0" * 32)
    assert len(list_closings(regisseur, PeriodKind.MONTH)) == 1

    async def act(scene: Scene) -> None:
        await scene.open("closings")
        assert "Une écriture datée du 04/01/2027 retient des clôtures : F5 dit lesquelles." in scene.flat()
        await scene.press("f5")
        for said in ("ou retarde maintenant", "ne se clôturent pas avant le 05/01/2027", "rien n’est perdu."):
            assert said in scene.flat()

    play(act, regisseur)


@SIZES_AND_ENGINES
def test_a_closing_is_read_in_full_with_the_head_of_the_journal(regisseur: Desk, size: tuple[int, int]) -> None:
    *_, month = close_due_periods(regisseur, "0" * 32)

    async def act(scene: Scene) -> None:
        await scene.open("closings")
        await scene.press("f6", "enter")
        assert month.head_hash in scene.text()
        assert "Du 01/10/2026 au 31/10/2026, écritures 1 à 5" in scene.flat()
        await scene.press("escape")
        check_screen(scene, "closings_month")

    play(act, regisseur, size=size)


def test_the_list_shows_the_latest_and_the_paper_all_of_them(
    regisseur: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_entry_a_day(regisseur, date(2026, 10, 12), 5)
    monkeypatch.setattr(closings, "MOST_LISTED", 4)
    monkeypatch.setattr(closings, "list_closings", lambda desk, kind: list_closings(desk, kind, 4))
    close_due_periods(regisseur, "0" * 32)

    async def act(scene: Scene) -> None:
        await scene.open("closings")
        assert "Journées : les 4 dernières clôtures" in scene.flat()
        assert "05/10/2026" not in scene.text()
        await scene.press("f10")

    play(act, regisseur)
    [paper] = tmp_path.rglob("clotures-jour-*.pdf")
    assert "05/10/2026" in PdfReader(paper).pages[0].extract_text()
