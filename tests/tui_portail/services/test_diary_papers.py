"""The diary on paper and in other calendars: what is said, and nothing more than it should."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from pypdf import PdfReader
from typer.testing import CliRunner

from models.engine import Database
from tests.factories import a_desk, a_family
from tui_portail.cli import app
from tui_portail.services.appointments import Visitor, book_appointment, cancel_appointment, move_appointment
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.diary_papers import print_day_sheet, write_calendar
from tui_portail.services.rights import Role

TUESDAY, FRIDAY = date(2026, 12, 1), date(2026, 12, 4)
AWKWARD = "de l’Épine; Noé, « né » \\ Grand-Père avec un nom qui ne tient pas sur une ligne de soixante-quinze octets"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """Three appointments: one moved, one cancelled, one of a name that iCalendar must escape and fold."""
    desk = a_desk(database, Role.ENFANCE, at="2026-12-01 08:00", documents_dir=tmp_path)
    family = a_family(desk)
    moved = book(desk, "2026-12-01 09:00", Visitor(family.dossier_id))
    move_appointment(desk, moved, 0, datetime(2026, 12, 1, 10, 0), new_operation())
    cancelled = book(desk, "2026-12-01 11:00", Visitor(None, "Petit", "06 99 88 77 66"))
    cancel_appointment(desk, cancelled, 0, "Enfant malade", new_operation())
    book(desk, "2026-12-04 09:00", Visitor(None, AWKWARD, ""))
    return desk


def text_of(pdf: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())


def book(desk: Desk, starts: str, who: Visitor) -> int:
    booked = book_appointment(
        desk, datetime.fromisoformat(starts), "RENOUVELLEMENT", who, "Apporter le QF", new_operation()
    )
    return booked.appointment_id


def test_the_day_sheet_says_who_comes_and_leaves_out_those_cancelled(desk: Desk) -> None:
    text = text_of(print_day_sheet(desk, TUESDAY).path)
    assert "MARDI 1ER DÉCEMBRE 2026" in text.upper()
    for said in (
        "10:00 – 10:30",
        "Dupont",
        "06 12 34 56 78",
        "Renouvellement ALSH",
        "Apporter le QF",
        "Accueil de 8 h 30",
    ):
        assert said in text
    assert "Petit" not in text
    saturday = text_of(print_day_sheet(desk, date(2026, 12, 5)).path)
    assert "Aucun rendez-vous" in saturday
    assert "ne reçoit pas le samedi" in saturday


def test_another_calendar_reads_every_appointment_where_it_now_is(desk: Desk) -> None:
    written = write_calendar(desk, TUESDAY, FRIDAY)
    assert "3 rendez-vous" in written.sentence
    raw = written.path.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n"), "RFC 5545: lines end by CR LF"
    assert max(map(len, raw.split(b"\r\n"))) <= 75, "and are folded at 75 octets"
    calendar = Calendar.from_ical(raw)
    events = {str(event["summary"]): event for event in calendar.walk("VEVENT")}
    assert list(events) == [
        "Dupont – Renouvellement ALSH",
        "Petit – Renouvellement ALSH",
        f"{AWKWARD} – Renouvellement ALSH",
    ]
    moved, cancelled, awkward = events.values()
    assert moved.start == datetime(2026, 12, 1, 9, 0, tzinfo=UTC), "10 o’clock in Paris"
    assert moved.end - moved.start == timedelta(minutes=30)
    assert (moved["sequence"], str(moved["status"])) == (1, "CONFIRMED")
    assert (cancelled["sequence"], str(cancelled["status"])) == (1, "CANCELLED")
    assert "34830 Clapiers" in str(awkward["location"])
    for private in (b"06 99", b"06 12", b"Apporter", b"malade"):
        assert private not in raw


def test_an_appointment_keeps_its_identity_from_one_export_to_the_next(desk: Desk) -> None:
    def identities() -> list[str]:
        raw = write_calendar(desk, TUESDAY, FRIDAY).path.read_bytes()
        return [str(event["uid"]) for event in Calendar.from_ical(raw).walk("VEVENT")]

    before = identities()
    assert len(set(before)) == 3
    assert identities() == before


def test_the_command_writes_the_same_file_and_says_what_is_wrong(desk: Desk, tmp_path: Path) -> None:
    def asked(first: str, last: str) -> str:
        words = ["rendez-vous", "--du", first, "--au", last, "--sortie", str(file), "--base", desk.database.url]
        return " ".join(CliRunner().invoke(app, words).output.split())

    file = tmp_path / "agenda.ics"
    assert "2 rendez-vous" in asked("2026-12-01", "2026-12-01")
    assert len(Calendar.from_ical(file.read_bytes()).walk("VEVENT")) == 2
    assert "existe déjà" in asked("2026-12-01", "2026-12-01")
    assert "avant le premier" in asked("2026-12-04", "2026-12-01")
