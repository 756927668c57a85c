"""The diary by its keys: booked, moved, cancelled, marked absent, printed, exported; by day and by week."""

from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from models.engine import Database
from tests.factories import Family, a_desk, a_family, paris
from tests.screens.playing import SIZES_AND_ENGINES, Scene, check_screen, play
from tests.tui_portail.services.desk_acts import set_time
from tests.tui_portail.services.test_appointments import at
from tui_portail.services.appointments import Visitor, book_appointment, mark_kept
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.diary import AppointmentState, diary
from tui_portail.services.rights import Role

TUESDAY, WEDNESDAY, THURSDAY = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, at="2026-12-01 08:00", documents_dir=tmp_path)


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk)


def book(desk: Desk, starts: str, kind: str, who: Visitor, note: str = "") -> int:
    return book_appointment(desk, at(starts), kind, who, note, new_operation()).appointment_id


def states(desk: Desk, day: date) -> list[tuple[str, AppointmentState]]:
    return [(one.who, one.state) for one in diary(desk, day, day)[0].appointments]


@SIZES_AND_ENGINES
def test_the_day_and_the_week_show_who_comes_and_what_is_free(
    desk: Desk, family: Family, size: tuple[int, int]
) -> None:
    came = book(desk, "2026-12-01 08:30", "INSCRIPTION", Visitor(None, "Lambert", "06 00 00 00 01"))
    book(desk, "2026-12-01 10:00", "RENOUVELLEMENT", Visitor(family.dossier_id), "Apporter l’attestation")
    book(desk, "2026-12-02 08:30", "DOSSIER", Visitor(None, "[red]Garnier[/]", ""))
    mark_kept(desk, came, new_operation())
    set_time(desk, paris("2026-12-01 10:10"))

    async def act(scene: Scene) -> None:
        await scene.open("appointments")
        check_screen(scene, "diary_day")
        await scene.press("w")
        check_screen(scene, "diary_week")
        await scene.press("right", "enter")
        assert "Mercredi 2 décembre 2026 · 1 rendez-vous · libre dès 8 h 30" in scene.text()
        assert "[red]Garnier[/]" in scene.text()
        await scene.press("comma", "comma", "comma")
        assert "Vendredi 27 novembre 2026 · 0 rendez-vous" in scene.text()
        await scene.press("semicolon", "h")
        assert "Mardi 1er décembre" in scene.text()
        await scene.press("d", *"25/12", "enter")
        assert "Vendredi 25 décembre 2026 · 0 rendez-vous · jour férié : Noël" in scene.text()

    play(act, desk, size=size)


@ON_SQLITE
def test_an_appointment_is_booked_moved_and_cancelled_by_keys(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("appointments")
        await scene.press("down", "down", "enter")  # 9 o'clock
        await scene.type("dupo")
        await scene.press("enter")
        assert "Rendez-vous : Dupont" in scene.text()
        await scene.press("f10")
        assert "rendez-vous de Dupont pris le mardi 1er décembre 2026 à 9 h." in scene.flat()
        await scene.press("m")
        assert "Rendez-vous à déplacer · Dupont" in scene.flat()
        await scene.press("semicolon", "enter")  # Wednesday 8:30
        assert "déplacé au mercredi 2 décembre 2026 à 8 h 30." in scene.flat()
        await scene.press("m", "n", *"3/12", "enter", *"18h", "enter")
        assert "Hors plage" in scene.text()
        assert "aucune plage de l’agenda" in scene.flat()
        await scene.press("escape")
        assert "Déplacer : Dupont" in scene.text(), "what was typed is still there"
        await scene.press("f10", "enter")
        assert "déplacé au jeudi 3 décembre 2026 à 18 h." in scene.flat()
        await scene.press("x", *"Enfant malade", "enter")
        assert "rendez-vous de Dupont annulé." in scene.flat()
        await scene.press("n")
        await scene.type("Nouvelle")
        await scene.press("enter", "f10")
        assert "Donnez l’heure" in scene.flat()

    play(act, desk)
    assert states(desk, THURSDAY) == [("Dupont", AppointmentState.CANCELLED)]


@ON_SQLITE
def test_absent_is_refused_before_the_hour_said_after_it_and_taken_back(desk: Desk, family: Family) -> None:
    book(desk, "2026-12-01 08:30", "INSCRIPTION", Visitor(None, "Lambert", "06 00 00 00 01"))

    async def act(scene: Scene) -> None:
        await scene.open("appointments")
        await scene.press("a")
        assert "ne peut pas encore l’avoir manqué" in scene.flat()
        set_time(desk, paris("2026-12-01 08:50"))
        await scene.press("f5")
        assert "prévu ?" in scene.text()
        await scene.press("a")
        assert states(desk, TUESDAY) == [("Lambert", AppointmentState.MISSED)]
        await scene.press("u", "o")
        assert states(desk, TUESDAY) == [("Lambert", AppointmentState.KEPT)]
        await scene.press("enter")
        assert "Lambert n’a pas encore de dossier : F8 inscrit la famille" in scene.flat()
        await scene.press("l", *"dupo", "enter")
        assert "rendez-vous rattaché au dossier de Dupont." in scene.flat()
        await scene.press("f10")
        await scene.until(lambda: "se trouve ici" in scene.flat())
        await scene.press("ctrl+x", "down", "enter")
        assert "1 rendez-vous au format iCalendar" in scene.flat()

    play(act, desk)
    [sheet] = desk.documents().rglob("rendez-vous-2026-12-01-*.pdf")
    assert "Dupont" in PdfReader(sheet).pages[0].extract_text()
    [file] = desk.documents().rglob("*.ics")
    assert len(Calendar.from_ical(file.read_bytes()).walk("VEVENT")) == 1


@ON_SQLITE
def test_from_a_dossier_the_diary_opens_where_there_is_room_and_the_dossier_then_says_when(
    desk: Desk, family: Family
) -> None:
    set_time(desk, paris("2026-12-01 12:00"))

    async def act(scene: Scene) -> None:
        await scene.open("dossier", family.dossier_id)
        await scene.press("v")
        assert "Rendez-vous à prendre · Dupont" in scene.flat()
        assert "Mercredi 2 décembre" in scene.text()
        await scene.press("enter")
        assert "Dossier à compléter (15 minutes)" in scene.text()
        await scene.press("f10", "escape")
        assert "rendez-vous le 02/12 à 8 h 30" in scene.flat()

    play(act, desk)


@ON_SQLITE
def test_two_desks_want_the_same_quarter_and_the_second_is_told_the_next_ones(desk: Desk, family: Family) -> None:
    async def act(scene: Scene) -> None:
        await scene.open("appointments", family.dossier_id)
        await scene.press("enter")
        book(desk, "2026-12-01 08:30", "INSCRIPTION", Visitor(None, "Lambert", ""))  # at the other desk
        await scene.press("f10")
        assert "à 8 h 30 est déjà pris." in scene.text()
        assert "mar. 01/12/2026 à 9 h 15, 9 h 30 et" in scene.text()
        await scene.press("escape", "escape")
        assert "Lambert" in scene.text(), "read again on the way back"

    play(act, desk)
