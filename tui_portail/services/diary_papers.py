"""What goes out of the diary: the day's sheet on paper, and an iCalendar file (RFC 5545) that other calendars open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from models import tables as t
from models.states import AppointmentState
from tui_portail.commune import Commune
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput
from tui_portail.french import join_words, plural, time_text
from tui_portail.instants import in_paris
from tui_portail.services.appointments import STATE_WORDS
from tui_portail.services.desk import Desk
from tui_portail.services.diary import AppointmentView, DiaryDay, diary, read_appointments
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.register_exports import file_to_write
from tui_portail.services.register_views import exports_folder
from tui_portail.services.rights import Right

if TYPE_CHECKING:
    from receipts.day_sheet import DayLine


@dataclass(frozen=True, slots=True)
class ExportedDiary:
    """A calendar written: where, and how many appointments it holds."""

    path: Path
    count: int

    @property
    def sentence(self) -> str:
        """What to tell whoever asked."""
        return f"{plural(self.count, 'rendez-vous')} au format iCalendar : {self.path}"


def print_day_sheet(desk: Desk, day: date) -> PrintedDocument:
    """Draw the sheet of a day, those cancelled left out, and hand it to the printer. Raises NotAllowed."""
    from receipts.day_sheet import DaySheet, draw_day_sheet  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    [shown] = diary(desk, day, day)
    with desk.read(Right.APPOINTMENTS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    lines = tuple(_line(one, several=_several(shown)) for one in shown.expected)
    sheet = DaySheet(service_issuer(commune), day, now, openings_words(shown), lines, commune.policy.fictitious)
    name = f"rendez-vous-{day:%Y-%m-%d}-{in_paris(now):%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_day_sheet(sheet)))


def openings_words(day: DiaryDay) -> str:
    """Return when the service receives on a day, or why it does not."""
    if not day.openings:
        return f"Pas d’accueil : {day.closed}."
    hours = join_words(f"de {time_text(one.starts)} à {time_text(one.ends)}" for one in day.openings)
    return f"Accueil {hours}."


def write_calendar(desk: Desk, from_on: date, until_on: date) -> ExportedDiary:
    """Write the appointments of these days in a file of the documents' folder. Raises ExportNotWritten, InvalidInput, NotAllowed."""
    with desk.read(Right.APPOINTMENTS) as connection:
        now = desk.instant(connection)
        path = exports_folder(desk) / f"rendez-vous-{in_paris(now):%Y%m%d-%H%M%S}.ics"
        return export_calendar(connection, desk.commune(connection), now, from_on, until_on, path, replace=True)


def export_calendar(
    connection: Connection,
    commune: Commune,
    now: datetime,
    from_on: date,
    until_on: date,
    path: Path,
    *,
    replace: bool = False,
) -> ExportedDiary:
    """Write the appointments of these days in a file; no right is asked. Raises ExportNotWritten, InvalidInput for days in disorder."""
    if until_on < from_on:
        raise InvalidInput("Le dernier jour est avant le premier : vérifiez les deux dates.")
    found = read_appointments(connection, commune, from_on, until_on)
    base_id: str = connection.scalars(select(t.database_identity.c.base_id)).one()
    with file_to_write(path, replace=replace) as file:
        file.write(calendar_of(found, commune, base_id, now))
    return ExportedDiary(path, len(found))


def calendar_of(appointments: Iterable[AppointmentView], commune: Commune, base_id: str, now: datetime) -> bytes:
    """Return appointments as an iCalendar text: UTC instants, which need no time zone to be described, names in the summary only.

    An appointment keeps its UID for ever; its SEQUENCE grows each time it is moved, and when it is cancelled.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 (loaded when a file is written)

    identity = commune.identity
    calendar = Calendar()
    calendar.add("prodid", "-//tui-portail//rendez-vous//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Rendez-vous – {identity.service}")
    for one in appointments:
        cancelled = one.state is AppointmentState.CANCELLED
        event = Event()
        event.add("uid", f"rendez-vous-{one.appointment_id}@{base_id}")
        event.add("dtstamp", now)
        event.add("created", one.booked_at)
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        event.add("summary", f"{one.who} – {one.kind}")
        event.add("location", ", ".join((identity.service, *identity.address)))
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        event.add("sequence", one.moved + cancelled)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _several(day: DiaryDay) -> bool:
    return any(opening.places > 1 for opening in day.openings)


def _line(one: AppointmentView, *, several: bool) -> DayLine:
    from receipts.day_sheet import DayLine  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    starts, ends = in_paris(one.starts_at), in_paris(one.ends_at)
    return DayLine(
        f"{starts:%H:%M} – {ends:%H:%M}",
        one.who,
        one.phone,
        one.kind,
        one.note,
        "" if one.state is AppointmentState.PLANNED else STATE_WORDS[one.state],
        f"dossier {display(one.number)}" if one.number else "sans dossier",
        f"poste {one.place + 1}" if several else "",
    )
