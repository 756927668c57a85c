"""What goes out of a closure besides letters: the list of the families to call, on paper or as a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.states import ClosedDayOutcome
from tui_portail.dossier_number import display
from tui_portail.french import join_words, plural
from tui_portail.instants import in_paris
from tui_portail.services.closed_families import ClosedFamily
from tui_portail.services.day_closures import closure_seen
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.register_exports import file_to_write
from tui_portail.services.register_views import exports_folder
from tui_portail.services.rights import Right
from tui_portail.spreadsheets import Cell, CellKind, Column, Table, write_csv


@dataclass(frozen=True, slots=True)
class ExportedFamilies:
    """The families of a closure in a file: where, and how many."""

    path: Path
    count: int

    @property
    def sentence(self) -> str:
        """What to tell the agent."""
        return f"{plural(self.count, 'famille')} dans {self.path}"


def print_phone_list(desk: Desk, closure_id: int) -> PrintedDocument:
    """Draw the list of the families to call, by name, and hand it to the printer. Raises ClosureUnknown, NotAllowed."""
    from receipts.phone_list import FamilyToCall, PhoneList, draw_phone_list  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read(Right.CLOSE_DAYS) as connection:
        view, now, commune = (
            closure_seen(desk, connection, closure_id),
            desk.instant(connection),
            desk.commune(connection),
        )
    families = tuple(
        FamilyToCall(
            family.label,
            f"Dossier {display(family.number)}",
            join_words(family.children),
            tuple((one.name, " / ".join(one.phones)) for one in family.reach if one.phones),
            plural(len(family.days), "journée"),
        )
        for family in view.families
    )
    phones = PhoneList(service_issuer(commune), view.words, view.closure.days.reason, now, families, desk.is_demo)
    name = f"familles-a-appeler-{view.closure.days.first:%Y-%m-%d}-{in_paris(now):%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_phone_list(phones)))


def export_families(desk: Desk, closure_id: int) -> ExportedFamilies:
    """Write the families of a closure in a CSV file of the documents' folder. Raises ExportNotWritten, ClosureUnknown, NotAllowed."""
    with desk.read(Right.CLOSE_DAYS) as connection:
        view, now = closure_seen(desk, connection, closure_id), desk.instant(connection)
    path = exports_folder(desk) / f"journees-annulees-{view.closure.days.first:%Y-%m-%d}-{in_paris(now):%H%M%S}.csv"
    with file_to_write(path, replace=True) as file:
        count = write_csv(Table(f"Journées annulées, {view.words}", _COLUMNS, map(_line, view.families)), file)
    return ExportedFamilies(path, count)


_COLUMNS = (
    Column("Famille", width=24),
    Column("Dossier"),
    Column("Enfants", width=24),
    Column("Journées", CellKind.COUNT, 10),
    Column("Avoir"),
    Column("Rendu", CellKind.EUROS, 12),
    Column("Attente libérée", CellKind.COUNT, 10),
    Column("Dette annulée", CellKind.COUNT, 10),
    Column("À appeler", width=40),
    Column("Courriel", width=30),
    Column("Réservé de nouveau", CellKind.COUNT, 10),
    Column("Reste annulé", width=30),
)


def _line(family: ClosedFamily) -> tuple[Cell, ...]:
    return (
        family.label,
        display(family.number),
        join_words(family.children),
        len(family.days),
        ", ".join(family.avoirs),
        family.avoir_cents,
        family.count(ClosedDayOutcome.RELEASED),
        family.count(ClosedDayOutcome.DEBT_DROPPED),
        family.phones,
        ", ".join(one.email for one in family.reach if one.email),
        family.restored,
        join_words(family.why_left),
    )
