"""Right of access: everything held on a family, or on one of its guardians, as a ZIP — JSON for a machine, a PDF to read.

One guardian's file has nothing of the other's: neither name nor address, QF, payments nor words about them (rules, « Separated parents »).
What is given, to whom and by whom is in the audit trail, without names.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from models import tables as t
from receipts.family_sections import FamilySheet
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput
from tui_portail.folding import words_of
from tui_portail.instants import in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import DossierErased
from tui_portail.services.family_labels import TITLES
from tui_portail.services.family_rows import HELD, FamilyIds, family_of
from tui_portail.services.family_sections import sections_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.identities import person_name
from tui_portail.services.papers import issuer_of
from tui_portail.services.register_exports import file_to_write
from tui_portail.services.retention import GIVE
from tui_portail.services.rights import Right
from tui_portail.services.search_index import phone_word

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
_AGENTS = frozenset(
    {"agent_id", "booked_by", "seen_by", "decided_by", "basis_seen_by", "given_by", "disputed_by", "dispute_ended_by"}
)
_OF_BOTH: Mapping[Table, frozenset[str]] = {  # free words, or words made of both parents': not given to one alone
    t.dossier: frozenset({"label"}),
    t.contact_person: frozenset({"phone", "phone_2", "note"}),
    t.custody_exception: frozenset({"reason"}),
    t.appointment: frozenset({"name", "phone", "note"}),
    t.booking: frozenset({"derogation", "payer_reason"}),
    t.week_pattern: frozenset({"name"}),
    t.waiting_entry: frozenset({"reason"}),
    t.audit_event: frozenset({"result", "details", "reason", "fingerprint"}),
}
_SECRETS: Mapping[Table, frozenset[str]] = {  # what proves who signs in: given to nobody
    t.portal_account: frozenset({"password_hash"}),
    t.portal_code: frozenset({"link_hash", "code_hash"}),
}
_SLOTS_AT_ONCE = 500
_NOT_GIVEN = "(non communiqué)"


@dataclass(frozen=True, slots=True)
class FamilyData:
    """What is held on a family at an instant, by table: rows as they are, each agent also by name."""

    number: str
    whom: str
    taken_at: datetime
    rows: Rows

    @property
    def count(self) -> int:
        """How many rows."""
        return sum(len(rows) for rows in self.rows.values())


@dataclass(frozen=True, slots=True)
class GivenData:
    """A ZIP written: where, and how many rows it holds."""

    path: Path
    rows: int

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        return f"Données de la famille écrites ({self.rows} lignes) : {self.path}"


def give_family_data(
    desk: Desk, dossier_id: int, guardian_id: int | None, path: Path, operation: str, *, replace: bool = False
) -> GivenData:
    """Write everything held on a family (`guardian_id` None) or on one guardian to a ZIP that its owner alone can read.

    Raises DossierUnknown, DossierErased, InvalidInput, ExportNotWritten, NotAllowed.
    """
    with desk.read(Right.GIVE_DATA) as connection:
        data = read_family_data(connection, dossier_id, guardian_id, desk.instant(connection))
        commune = desk.commune(connection)
    from receipts.family_sheet import draw_family_sheet  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    sheet = FamilySheet(
        issuer_of(commune),
        display(data.number),
        data.whom,
        data.taken_at,
        sections_of(data.rows, commune),
        commune.policy.fictitious,
    )
    pdf = draw_family_sheet(sheet)

    def work(gesture: Gesture) -> Done:
        details = {"guardian": guardian_id, "rows": data.count}
        return Done({"rows": data.count}, "dossier", dossier_id, dossier_id, details=details)

    with file_to_write(path, replace=replace) as file:
        file.write(_zipped(data, pdf))  # it takes its name once the gesture is in the audit trail
        perform(desk, GIVE, Right.GIVE_DATA, operation, [dossier_id, guardian_id], work, lambda kept: kept)
    return GivenData(path, data.count)


def data_path(desk: Desk, number: str, at: datetime) -> Path:
    """Return where this desk writes the data of a family, in a folder that its owner alone can read."""
    folder = desk.documents() / "remises"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"famille-{number}-{in_paris(at):%Y%m%d-%H%M%S}.zip"


def read_family_data(connection: Connection, dossier_id: int, guardian_id: int | None, at: datetime) -> FamilyData:
    """Return what is held on a family, or on one guardian. Raises DossierUnknown, DossierErased, InvalidInput."""
    family = family_of(connection, dossier_id, guardian_id)
    dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).one()
    if dossier.erased_at is not None:
        raise DossierErased
    if dossier.merged_into_id is not None:
        number = connection.scalars(select(t.dossier.c.number).where(t.dossier.c.id == dossier.merged_into_id)).one()
        raise InvalidInput(f"Ce dossier est fusionné dans le {display(number)} : demandez les données de celui-là.")
    agents = {row.id: row.name for row in connection.execute(select(t.agent.c.id, t.agent.c.name))}
    rows = {table.name: _rows(connection, table, family, agents) for table in HELD}
    _say_slots(connection, rows[t.booking.name])
    if guardian_id is not None:
        others = connection.execute(
            select(t.guardian).where(
                t.guardian.c.dossier_id.in_(family.dossiers), t.guardian.c.id.not_in(family.guardians)
            )
        ).all()
        rows[t.contact_person.name] = [row for row in rows[t.contact_person.name] if not _is_one_of(row, others)]
    names = [person_name(row["first_name"], row["last_name"]) for row in rows[t.guardian.name]]
    return FamilyData(dossier.number, ", ".join(names), at, rows)


def _rows(connection: Connection, table: Table, family: FamilyIds, agents: Mapping[int, str]) -> list[dict[str, Any]]:
    hidden = _SECRETS.get(table, frozenset())
    if family.guardian_id is not None:
        hidden |= _OF_BOTH.get(table, frozenset())
    query = select(table).where(HELD[table](family)).order_by(*table.primary_key.columns)
    found = []
    for row in connection.execute(query).mappings():
        given: dict[str, Any] = {}
        for column, value in row.items():
            name = str(column)
            given[name] = _NOT_GIVEN if name in hidden and value else value
            if name in _AGENTS:
                given[f"{name.removesuffix('_id')}_nom"] = agents.get(value, "") if value is not None else ""
        found.append(given)
    return found


def _say_slots(connection: Connection, bookings: Sequence[dict[str, Any]]) -> None:
    """Say of each booking its site and activity: a slot is nobody's, and means nothing by its number."""
    slots: dict[int, Any] = {}
    ids = sorted({booking["slot_id"] for booking in bookings})
    for start in range(0, len(ids), _SLOTS_AT_ONCE):
        query = select(t.slot).where(t.slot.c.id.in_(ids[start : start + _SLOTS_AT_ONCE]))
        slots.update({row.id: row for row in connection.execute(query)})
    for booking in bookings:
        slot = slots[booking["slot_id"]]
        booking["site"], booking["activite"] = slot.site_code, slot.activity_code


def _is_one_of(row: Mapping[str, Any], persons: Iterable[Any]) -> bool:
    """Say whether a contact is one of these guardians, by name or telephone."""
    words = {*words_of(row["last_name"]), *words_of(row["first_name"])}
    for person in persons:
        phones = {phone_word(phone) for phone in (person.phone, person.phone_2) if phone}
        if {phone_word(row["phone"]), phone_word(row["phone_2"])} & phones:
            return True
        if words & set(words_of(person.last_name)) and words & set(words_of(person.first_name)):
            return True
    return False


def _zipped(data: FamilyData, pdf: bytes) -> bytes:
    """Return the ZIP: the same data at the same instant gives the same bytes."""
    content = {
        "dossier": data.number,
        "remis_a": data.whom,
        "etabli_le": in_paris(data.taken_at).isoformat(timespec="seconds"),
        "tables": {name: [_plain(row) for row in rows] for name, rows in data.rows.items()},
    }
    files = {
        "LISEZ-MOI.txt": _read_me(data).encode(),
        "donnees.json": json.dumps(content, ensure_ascii=False, indent=1).encode(),
        "donnees.pdf": pdf,
    }
    buffer = BytesIO()
    written = in_paris(data.taken_at).timetuple()[:6]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name, written)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, file)
    return buffer.getvalue()


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row for JSON: dates ISO, instants of Paris, each amount in cents and in euros."""
    plain: dict[str, Any] = {}
    for name, value in row.items():
        plain[name] = _text(value)
        if name.endswith("_cents"):
            euros = None if value is None else f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
            plain[f"{name.removesuffix('_cents')}_euros"] = euros
    return plain


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return in_paris(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date | time) else value


def _read_me(data: FamilyData) -> str:
    tables = "\n".join(f"- {name} : {TITLES[name]} ({len(rows)})" for name, rows in data.rows.items())
    return (
        f"Données du dossier {data.number}, remises à {data.whom}.\n\n"
        "donnees.pdf se lit et s’imprime. donnees.json a tout, pour un programme : UTF-8, une liste par table, les noms des colonnes\n"
        "de la base. Les jours sont AAAA-MM-JJ, les instants à l’heure de Paris ; chaque montant « …_cents » est en centimes, répété en\n"
        "euros dans « …_euros ». « …_nom » dit le nom de l’agent d’un geste. Les « …_id » relient les lignes entre elles.\n"
        f"« {_NOT_GIVEN} » : ce qui pourrait concerner une autre personne, ou ouvrir un compte.\n\n"
        f"Tables (nombre de lignes) :\n{tables}\n"
    )
