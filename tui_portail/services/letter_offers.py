"""Which letters may be written now: of one family, or of all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from models import tables as t
from models.states import AppointmentState, LetterKind
from tui_portail.dossier_number import compact
from tui_portail.errors import InvalidInput
from tui_portail.french import day_name, plural, time_text
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.letter_batch import NothingToWrite, Progress, WrittenLetters
from tui_portail.services.letter_families import lacking_papers, not_connected
from tui_portail.services.letters import (
    concerned,
    family_to_write,
    write_confirmation,
    write_leaflet,
    write_number_letters,
    write_reminders,
)
from tui_portail.services.rights import Right


@dataclass(frozen=True, slots=True)
class LetterOffer:
    """A letter that may be written: its kind, its name, for whom in words, to how many families.

    `dossier_id` None: to all that `count` counts. Of one family, it goes to the household of `guardian_id` alone: what is handed
    to a parent has nothing of the other.
    """

    kind: LetterKind
    label: str
    whom: str
    count: int
    dossier_id: int | None = None
    appointment_id: int | None = None
    guardian_id: int | None = None


def dossier_numbered(desk: Desk, typed: str) -> int:
    """Return the dossier of a number typed. Raises InvalidInput when there is none, NotAllowed."""
    with desk.read(Right.LETTERS) as connection:
        found = connection.execute(
            select(t.dossier.c.id, t.dossier.c.merged_into_id).where(t.dossier.c.number == compact(typed))
        ).first()
    if found is None:
        raise InvalidInput(
            "Aucun dossier ne porte ce numéro : vérifiez ses neuf chiffres, ou videz le champ pour toutes."
        )
    return int(found.merged_into_id or found.id)


def offers_to_all(desk: Desk) -> tuple[LetterOffer, ...]:
    """Return the letters to all the families concerned, and the counter's page. Raises NotAllowed."""
    with desk.read(Right.LETTERS) as connection:
        today = in_paris(desk.instant(connection)).date()
        lacking = len(lacking_papers(connection, desk.commune(connection).policy, today))
        unknown = len(not_connected(connection))
    return (
        LetterOffer(LetterKind.NUMBER, "Numéro de dossier", "familles pas encore connectées", unknown),
        LetterOffer(LetterKind.MISSING_PAPERS, "Pièces manquantes", "familles dont une pièce manque", lacking),
        LetterOffer(LetterKind.LEAFLET, "Dépliant du guichet", "une page à afficher", 1),
    )


def offers_to_family(desk: Desk, dossier_id: int) -> tuple[LetterOffer, ...]:
    """Return the letters to one family: its number, the papers it lacks, its appointments to come. Raises DossierErased, NotAllowed."""
    with desk.read(Right.LETTERS) as connection:
        now = desk.instant(connection)
        family = family_to_write(desk, connection, dossier_id)
        appointment = t.appointment.c
        planned = connection.execute(
            select(appointment.id, appointment.starts_at, appointment.name)
            .where(
                appointment.dossier_id == dossier_id,
                appointment.state == AppointmentState.PLANNED.value,
                appointment.starts_at >= now,
            )
            .order_by(appointment.starts_at)
        ).all()
    offers = []
    for home in family.households:
        whom, asked = " et ".join(home.names), family.asked_of(home)
        number = LetterOffer(LetterKind.NUMBER, "Numéro de dossier", whom, 1, dossier_id, guardian_id=home.guardian_id)
        offers.append(number)
        if asked:
            label = plural(len(asked), "pièce manquante", "pièces manquantes")
            offers.append(replace(number, kind=LetterKind.MISSING_PAPERS, label=label))
    for row in planned:
        for home in concerned(family, row.name):
            at = in_paris(row.starts_at)
            label = f"Rendez-vous {day_name(at)[:3]}. {at:%d/%m} à {time_text(at)}"
            whom = " et ".join(home.names)
            offers.append(LetterOffer(LetterKind.APPOINTMENT, label, whom, 1, dossier_id, row.id, home.guardian_id))
    return tuple(offers)


def write_offer(desk: Desk, offer: LetterOffer, operation: str, progress: Progress | None = None) -> WrittenLetters:
    """Write what was offered. Raises what each letter raises."""
    ids = None if offer.dossier_id is None else [offer.dossier_id]
    match offer.kind:
        case LetterKind.NUMBER:
            return write_number_letters(desk, ids, operation, progress, offer.guardian_id)
        case LetterKind.MISSING_PAPERS:
            return write_reminders(desk, ids, operation, progress, offer.guardian_id)
        case LetterKind.LEAFLET:
            return write_leaflet(desk)
        case LetterKind.APPOINTMENT:
            return write_confirmation(desk, offer.appointment_id or 0, operation, offer.guardian_id)
        case LetterKind.CLOSURE:
            raise NothingToWrite("Les courriers d’une annulation s’écrivent depuis « Journées annulées » (Ctrl+A).")
