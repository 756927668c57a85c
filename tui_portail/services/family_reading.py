"""A family read as the form an agent fills: what the form opens on, and what a save is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from models.states import AlshOrigin
from tui_portail.family_forms import ChildForm, ConsentForm, ContactForm, FamilyForm, GuardianForm
from tui_portail.instants import in_paris
from tui_portail.services.contact_records import COLUMNS as CONTACT_COLUMNS
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import DossierErased, DossierUnknown, in_force, refuse_merged
from tui_portail.services.family_records import CHILD_COLUMNS, GUARDIAN_COLUMNS
from tui_portail.services.rights import Right


@dataclass(frozen=True, slots=True)
class OpenedFamily:
    """A family's form at one instant. `version` is given back when it is saved."""

    dossier_id: int
    number: str
    label: str
    version: int
    form: FamilyForm


def open_family(desk: Desk, dossier_id: int) -> OpenedFamily:
    """Read a family to edit it. Raises DossierUnknown, DossierMerged, DossierErased, NotAllowed."""
    with desk.read(Right.EDIT_DOSSIER) as connection:
        desk.require().require(Right.SEE_DIET)
        today = in_paris(desk.instant(connection)).date()
        dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).first()
        if dossier is None:
            raise DossierUnknown
        refuse_merged(connection, dossier)
        if dossier.erased_at is not None:
            raise DossierErased
        form = read_family(connection, dossier_id, today)
    return OpenedFamily(dossier_id, dossier.number, dossier.label, dossier.version, form)


def read_family(connection: Connection, dossier_id: int, today: date) -> FamilyForm:
    """Return the family as it stands on a day, in this transaction: children not archived, the latest of each consent."""
    consents = latest_consents(connection, dossier_id)
    children = _children(connection, dossier_id, today, consents)
    places = {child.child_id: place for place, child in enumerate(children)}
    return FamilyForm(
        _guardians(connection, dossier_id, today),
        children,
        _contacts(connection, dossier_id, places),
        consents.get(None, ()),
    )


def latest_consents(connection: Connection, dossier_id: int) -> Mapping[int | None, tuple[ConsentForm, ...]]:
    """Return the consents that count, by child (None: the family's)."""
    consent = t.consent
    rows = connection.execute(select(consent).where(consent.c.dossier_id == dossier_id).order_by(consent.c.id))
    latest: dict[int | None, dict[str, ConsentForm]] = {}
    for row in rows:
        latest.setdefault(row.child_id, {})[row.kind] = ConsentForm(row.kind, bool(row.given), row.given_on)
    return {child_id: tuple(found.values()) for child_id, found in latest.items()}


def _guardians(connection: Connection, dossier_id: int, today: date) -> tuple[GuardianForm, ...]:
    guardian, payer, quotient = t.guardian, t.payer, t.quotient_familial
    rows = connection.execute(
        select(
            guardian,
            payer.c.id.label("payer_id"),
            *(payer.c.rank, payer.c.resident, payer.c.basis, payer.c.basis_on, payer.c.basis_seen_on),
            *(quotient.c.value_cents, quotient.c.valid_from_on, quotient.c.valid_until_on, quotient.c.source),
        )
        .outerjoin(payer, (payer.c.guardian_id == guardian.c.id) & payer.c.joined_into_id.is_(None))
        .outerjoin(
            quotient,
            (quotient.c.payer_id == payer.c.id)
            & (quotient.c.valid_from_on <= today)
            & (quotient.c.valid_until_on >= today),
        )
        .where(guardian.c.dossier_id == dossier_id)
        .order_by(guardian.c.id, quotient.c.id)
    ).all()
    in_order = {row.id: row for row in rows}  # of several quotients valid today, the last recorded counts
    return tuple(_guardian(row) for row in in_order.values())


def _guardian(row: Any) -> GuardianForm:
    account: dict[str, Any] = {}
    if row.payer_id is not None:
        account = {
            "payer": True,
            "payer_rank": row.rank,
            "resident": bool(row.resident),
            "basis": row.basis,
            "basis_on": row.basis_on,
            "basis_seen_on": row.basis_seen_on,
        }
    if row.value_cents is not None:
        account |= {
            "quotient_cents": row.value_cents,
            "quotient_from": row.valid_from_on,
            "quotient_until": row.valid_until_on,
            "quotient_source": row.source,
        }
    return GuardianForm(**_named(row, GUARDIAN_COLUMNS), **account, guardian_id=row.id)


def _children(
    connection: Connection,
    dossier_id: int,
    today: date,
    consents: Mapping[int | None, tuple[ConsentForm, ...]],
) -> tuple[ChildForm, ...]:
    child, schooling, enrolment = t.child, t.schooling, t.alsh_enrolment
    rows = connection.execute(
        select(child, schooling.c.school_code, schooling.c.class_name, schooling.c.level, schooling.c.from_on)
        .outerjoin(schooling, schooling.c.child_id == child.c.id)
        .where(child.c.dossier_id == dossier_id, child.c.archived_at.is_(None))
        .order_by(child.c.birth_on, child.c.id)
    ).all()
    by_child: dict[int, list[Any]] = {}
    for row in rows:
        by_child.setdefault(row.id, []).append(row)
    renewed: dict[int, list[int]] = {}
    for row in connection.execute(
        select(enrolment.c.child_id, enrolment.c.year)
        .where(enrolment.c.child_id.in_(by_child), enrolment.c.origin == AlshOrigin.RENEWED.value)
        .order_by(enrolment.c.year)
    ):
        renewed.setdefault(row.child_id, []).append(row.year)
    forms = []
    for child_id, found in by_child.items():
        school = in_force([row for row in found if row.from_on is not None], "from_on", today)
        values = _named(found[0], CHILD_COLUMNS)
        values |= {"meal_supplied": bool(found[0].meal_supplied), "pai": bool(found[0].pai)}
        if school is not None:
            values |= {"class_name": school.class_name, "level": school.level}
        forms.append(
            ChildForm(
                **values,
                school_code=school.school_code if school is not None else "",
                renew_alsh_years=tuple(renewed.get(child_id, ())),
                consents=consents.get(child_id, ()),
                child_id=child_id,
            )
        )
    return tuple(forms)


def _contacts(connection: Connection, dossier_id: int, places: Mapping[int | None, int]) -> tuple[ContactForm, ...]:
    contact = t.contact_person
    rows = connection.execute(
        select(contact).where(contact.c.dossier_id == dossier_id).order_by(contact.c.rank, contact.c.id)
    )
    return tuple(
        ContactForm(
            **_named(row, CONTACT_COLUMNS)
            | {key: bool(getattr(row, key)) for key in ("may_collect", "emergency", "forbidden")},
            child=places.get(row.child_id),
            contact_id=row.id,
        )
        for row in rows
        if row.child_id is None or row.child_id in places  # those of a child archived stay as they are
    )


def _named(row: Any, columns: Sequence[str]) -> dict[str, Any]:
    return {column: getattr(row, column) for column in columns}
