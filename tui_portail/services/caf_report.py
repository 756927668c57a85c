"""The hours declared to the CAF, by site and period: read from what was marked, printed, exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, exists, func, select, text

from models import tables as t
from models.states import LIVE_STATES, AttendanceState, BookingState
from tui_portail.caf_hours import ActivityHours, AgeSum, Presence, hours_text, sum_hours
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.services.attendance_facts import CAME
from tui_portail.services.attendance_sheet import activity_label, site_name
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import shown_as
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.register_exports import FileFormat as FileFormat
from tui_portail.services.register_exports import file_to_write
from tui_portail.services.register_views import exports_folder
from tui_portail.services.rights import Right
from tui_portail.spreadsheets import CellKind, Column, Table, write_csv, write_xlsx


@dataclass(frozen=True, slots=True)
class CafRow:
    """An activity at a site over the period."""

    site: str
    activity: str
    hours: ActivityHours


@dataclass(frozen=True, slots=True)
class CafReport:
    """The hours of a period, for a site or for all. `sites` are those one may ask for, by code; `unmarked` the days booked and not marked.

    An hour not marked is not declared: the report says how many are missing.
    """

    from_on: date
    until_on: date
    site_code: str
    sites: tuple[tuple[str, str], ...]
    rows: tuple[CafRow, ...]
    unmarked: int

    @property
    def minutes(self) -> int:
        """All the minutes declared."""
        return sum(row.hours.minutes for row in self.rows)

    @property
    def days(self) -> int:
        """All the presences."""
        return sum(row.hours.days for row in self.rows)

    @property
    def site(self) -> str:
        """The site asked for, in words."""
        return dict(self.sites).get(self.site_code, "Tous les sites")


@dataclass(frozen=True, slots=True)
class ExportedHours:
    """A file written: where, and how many lines."""

    path: Path
    count: int

    @property
    def sentence(self) -> str:
        """What to tell the agent."""
        return f"Heures pour la CAF : {plural(self.count, 'ligne')} dans {self.path}"


def caf_report(desk: Desk, from_on: date | None, until_on: date | None, site_code: str = "") -> CafReport:
    """Return the hours of a period, both days included. Raises InvalidInput for days in disorder or left out, NotAllowed."""
    with desk.read(Right.NUMBERS) as connection:
        return _report(connection, desk.commune(connection), *_period(from_on, until_on), site_code)


def print_caf_report(desk: Desk, from_on: date | None, until_on: date | None, site_code: str = "") -> PrintedDocument:
    """Draw the report and hand it to the printer. Raises InvalidInput, NotAllowed."""
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)
    from receipts.register_document import Column as PaperColumn  # noqa: PLC0415
    from receipts.register_document import Register, RegisterRow, RowKind  # noqa: PLC0415

    with desk.read(Right.NUMBERS) as connection:
        commune, now = desk.commune(connection), desk.instant(connection)
        told = _report(connection, commune, *_period(from_on, until_on), site_code)
    paper = Register(
        "Heures pour la CAF",
        (f"{told.site}, du {long_date(told.from_on)} au {long_date(told.until_on)}.", unmarked_words(told)),
        service_issuer(commune),
        now,
        (
            PaperColumn("Activité", 0.28),
            PaperColumn("Âge", 0.16),
            PaperColumn("Enfants", 0.12, right=True),
            PaperColumn("Présences", 0.13, right=True),
            PaperColumn("Par présence", 0.14, right=True),
            PaperColumn("Heures", 0.17, right=True),
        ),
        notes=(rule_words(commune),),
        orientation="portrait",
        fictitious=commune.policy.fictitious,
    )

    def rows() -> list[RegisterRow]:
        drawn, site = [], ""
        for row in told.rows:
            if row.site != site:
                site = row.site
                drawn.append(RegisterRow((site,), RowKind.HEADING))
            each = "" if row.hours.slot_minutes is None else hours_text(row.hours.slot_minutes)
            for place, (age, summed) in enumerate(ages_of(row.hours)):
                texts = (f"{summed.children}", f"{summed.days}", each, hours_text(summed.minutes))
                drawn.append(RegisterRow((row.activity if place == 0 else "", age, *texts)))
        total = ("Total", "", "", f"{told.days}", "", hours_text(told.minutes))
        return [*drawn, RegisterRow(total, RowKind.TOTAL)] if drawn else []

    name = f"heures-caf-{told.from_on:%Y%m%d}-{told.until_on:%Y%m%d}-{in_paris(now):%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(paper, rows())))


def export_caf_report(
    desk: Desk, from_on: date | None, until_on: date | None, site_code: str, as_format: FileFormat
) -> ExportedHours:
    """Write the report as a spreadsheet in the documents' folder. Raises ExportNotWritten, InvalidInput, NotAllowed."""
    with desk.read(Right.NUMBERS) as connection:
        now = desk.instant(connection)
        told = _report(connection, desk.commune(connection), *_period(from_on, until_on), site_code)
    table = Table(
        "Heures pour la CAF",
        (
            Column("Du", CellKind.DAY, 12),
            Column("Au", CellKind.DAY, 12),
            Column("Site", width=16),
            Column("Activité", width=28),
            Column("Âge", width=14),
            Column("Enfants", CellKind.COUNT, 10),
            Column("Présences", CellKind.COUNT, 10),
            Column("Minutes", CellKind.COUNT, 10),
            Column("Heures", width=12),
        ),
        [
            (
                told.from_on,
                told.until_on,
                row.site,
                row.activity,
                age,
                summed.children,
                summed.days,
                summed.minutes,
                hours_text(summed.minutes),
            )
            for row in told.rows
            for age, summed in ages_of(row.hours)
        ],
    )
    path = exports_folder(desk) / f"heures-caf-{in_paris(now):%Y%m%d-%H%M%S}.{as_format.value}"
    write = write_xlsx if as_format is FileFormat.XLSX else write_csv
    with file_to_write(path, replace=True) as file:
        return ExportedHours(path, write(table, file))


def ages_of(hours: ActivityHours) -> tuple[tuple[str, AgeSum], ...]:
    """Return the two ages in words, each with what it comes to."""
    return ("moins de 6 ans", hours.under_six), ("6 ans et plus", hours.six_and_over)


def unmarked_words(told: CafReport) -> str:
    """Say how many days booked were never marked: their hours are not declared."""
    if not told.unmarked:
        return "Toutes les journées réservées de la période sont pointées."
    booked = plural(told.unmarked, "journée réservée n’est pas pointée", "journées réservées ne sont pas pointées")
    return f"{booked} : leurs heures ne sont pas comptées."


def rule_words(commune: Commune) -> str:
    """Say how hours are counted."""
    rules = commune.policy.attendance
    return (
        "Heures réelles : le créneau entier dès que l’enfant est là ; un mercredi d’école, "
        f"{rules.day_hours_max} h au plus la journée avec repas, {rules.half_day_hours_max} h la demi-journée. "
        "L’âge est celui du jour : un enfant qui a six ans dans la période compte une fois dans chaque âge."
    )


def _period(from_on: date | None, until_on: date | None) -> tuple[date, date]:
    if from_on is None or until_on is None:
        raise InvalidInput("Tapez le premier et le dernier jour de la période.")
    if until_on < from_on:
        raise InvalidInput("Le dernier jour est avant le premier : vérifiez les deux dates.")
    return from_on, until_on


def _report(connection: Connection, commune: Commune, from_on: date, until_on: date, site_code: str) -> CafReport:
    marked, slot, child = t.attendance.c, t.slot.c, t.child
    record = t.child.alias("shown")
    where = [slot.day.between(from_on, until_on), *([slot.site_code == site_code] if site_code else [])]
    came = connection.execute(
        select(record.c.id, record.c.birth_on, slot.site_code, slot.activity_code, slot.day)
        .select_from(t.slot)
        .join(t.attendance, marked.slot_id == slot.id)
        .join(child, child.c.id == marked.child_id)
        .join(record, record.c.id == shown_as())
        .where(*where, marked.state.in_(CAME))
    )
    presences = [Presence(*row) for row in came]
    rows = tuple(
        CafRow(site_name(commune, one.site), activity_label(commune, one.activity), one)
        for one in sum_hours(presences, commune.policy)
    )
    sites = tuple((site.code, site.name) for site in commune.sites)
    return CafReport(from_on, until_on, site_code, sites, rows, _unmarked(connection, where))


def _unmarked(connection: Connection, where: list[ColumnElement[bool]]) -> int:
    """Count the days booked of which nothing stands: neither come, nor absent."""
    booking, marked = t.booking.c, t.attendance.c
    told = exists().where(marked.booking_id == booking.id, marked.state != AttendanceState.CLEARED.value)
    count = (
        select(func.count())
        .select_from(t.slot)
        .join(t.booking, booking.slot_id == t.slot.c.id)
        .where(*where, text(f"booking.{LIVE_STATES}"), booking.state != BookingState.HELD.value, ~told)
    )
    return int(connection.execute(count).scalar_one())
