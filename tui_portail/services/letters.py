"""Writing to families: the number of their dossier, the papers they lack, their appointment; and the page for the counter.

A letter goes to each household (`households`): two separated parents each have theirs, which names only them. A batch is read a few
families at a time, tells how far it is, and leaves nothing when stopped; each letter drawn is recorded in its dossier once the file is
written.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from models import tables as t
from models.states import AppointmentState, LetterKind
from tui_portail.errors import PortailError
from tui_portail.folding import fold
from tui_portail.french import long_date, plural, time_text
from tui_portail.households import Household
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import DossierErased, refuse_merged
from tui_portail.services.letter_batch import (
    Batch,
    Progress,
    WrittenLetters,
    all_to_write,
    file_name,
    keep_written,
)
from tui_portail.services.letter_families import FamilyToWrite, read_families
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper
from tui_portail.services.rights import Right
from tui_portail.services.stationery import read_stationery


class AppointmentNotPlanned(PortailError):
    """The appointment was moved away, kept, or cancelled: there is nothing to confirm."""

    code = "RENDEZ_VOUS_NON_PREVU"

    def __init__(self) -> None:
        super().__init__("Ce rendez-vous n’est plus prévu : relisez l’agenda avant d’écrire à la famille.")


def write_number_letters(
    desk: Desk,
    dossier_ids: Sequence[int] | None,
    operation: str,
    progress: Progress | None = None,
    guardian_id: int | None = None,
) -> WrittenLetters:
    """Write the letter of the dossier's number to some families, or to all those not connected yet, in one PDF.

    `guardian_id`: to that guardian's household alone, so that what is handed to one parent has nothing of the other.
    Raises NothingToWrite, DossierErased, NotAllowed.
    """
    return _write(desk, LetterKind.NUMBER, dossier_ids, operation, progress, guardian_id)


def write_reminders(
    desk: Desk,
    dossier_ids: Sequence[int] | None,
    operation: str,
    progress: Progress | None = None,
    guardian_id: int | None = None,
) -> WrittenLetters:
    """Write the reminder of missing papers to some families, or to all those that lack one; as `write_number_letters`."""
    return _write(desk, LetterKind.MISSING_PAPERS, dossier_ids, operation, progress, guardian_id)


def print_letters(desk: Desk, written: WrittenLetters) -> PrintedDocument:
    """Hand letters written to the printer. Raises NotAllowed."""
    with desk.read(Right.LETTERS):
        return print_paper(desk, written.path)


def write_leaflet(desk: Desk) -> WrittenLetters:
    """Write the leaflet's page for the counter: of no family, so recorded in no dossier. Raises NotAllowed."""
    from receipts.counter_page import draw_counter_page  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read(Right.LETTERS) as connection:
        stationery = read_stationery(desk, connection, LetterKind.LEAFLET)
    pdf = draw_counter_page(stationery.counter_page())
    return WrittenLetters(keep_paper(desk, stationery.written_at, "depliant-guichet.pdf", pdf), 0, 0)


def write_confirmation(
    desk: Desk, appointment_id: int, operation: str, guardian_id: int | None = None
) -> WrittenLetters:
    """Write the confirmation of an appointment to whoever made it, else to the household of `guardian_id`, else to who pays first.

    A family not known yet is written to by its name alone. Raises AppointmentNotPlanned, DossierErased, NotAllowed.
    """
    from receipts.letter import draw_letters  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read(Right.LETTERS) as connection:
        stationery = read_stationery(desk, connection, LetterKind.APPOINTMENT)
        row = connection.execute(select(t.appointment).where(t.appointment.c.id == appointment_id)).first()
        if row is None or row.state != AppointmentState.PLANNED.value:
            raise AppointmentNotPlanned
        family = None if row.dossier_id is None else family_to_write(desk, connection, row.dossier_id)
    home = None if family is None else _addressed(family, row.name, guardian_id)
    kind = stationery.commune.policy.appointments.kind(row.kind_code)
    values = {
        "enfants": () if family is None else family.children,
        "date_rendez_vous": long_date(in_paris(row.starts_at).date()),
        "heure_rendez_vous": time_text(row.starts_at),
        "motif_rendez_vous": kind.label if kind is not None else "",
        "duree_rendez_vous": plural(row.minutes, "minute"),
    }
    names, address = ((row.name,), ()) if home is None else (home.names, home.address)
    number = "" if family is None else family.number
    pdf = draw_letters([stationery.letter(names, address, number, values)])
    printed = [] if family is None or home is None else [(family.dossier_id, home.guardian_id)]
    name = file_name(LetterKind.APPOINTMENT, stationery.written_at, number, None if home is None else home.guardian_id)
    path = keep_written(desk, LetterKind.APPOINTMENT, name, pdf, printed, operation)
    return WrittenLetters(path, 1, 1)


def family_to_write(desk: Desk, connection: Connection, dossier_id: int) -> FamilyToWrite:
    """Return a family with the papers it lacks today. Raises DossierMerged, DossierErased when nothing of it is left."""
    dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).one()
    refuse_merged(connection, dossier)
    today = in_paris(desk.instant(connection)).date()
    families = read_families(connection, [dossier_id], desk.commune(connection).policy, today)
    if not families:
        raise DossierErased
    return families[0]


def concerned(family: FamilyToWrite, name: str) -> Sequence[Household]:
    """Return the household of the guardian an appointment was made for, every household when it does not say."""
    named = [home for home in family.households if name and any(fold(one) == fold(name) for one in home.names)]
    return named or family.households


def _addressed(family: FamilyToWrite, name: str, guardian_id: int | None) -> Household | None:
    homes = concerned(family, name)
    chosen = [home for home in homes if guardian_id is not None and home.holds(guardian_id)]
    return next(iter([*chosen, *homes]), None)


def _write(
    desk: Desk,
    kind: LetterKind,
    dossier_ids: Sequence[int] | None,
    operation: str,
    progress: Progress | None,
    guardian_id: int | None,
) -> WrittenLetters:
    with desk.read(Right.LETTERS) as connection:
        stationery = read_stationery(desk, connection, kind)
        chosen = all_to_write(connection, kind, stationery) if dossier_ids is None else list(dossier_ids)
        number = ""
        if dossier_ids is not None and len(dossier_ids) == 1:
            number = family_to_write(desk, connection, dossier_ids[0]).number
    batch = Batch(
        lambda: desk.read(Right.LETTERS),
        stationery,
        kind,
        chosen,
        posted=dossier_ids is None,
        guardian_id=guardian_id,
        progress=progress,
    )
    pdf = batch.draw()
    name = file_name(kind, stationery.written_at, number, guardian_id)
    path = keep_written(desk, kind, name, pdf, batch.printed, operation)
    return batch.written(path)
