"""What only who may see it reads of a dossier: meals, health, doctor, insurance, consents, and who may or must not fetch a child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.family_forms import ConsentForm
from tui_portail.family_words import CHILD_CONSENTS


@dataclass(frozen=True, slots=True)
class ChildCare:
    """What the desk may record of a child's meals, health, doctor, insurance and consents; codes as in `family_words`."""

    diet: str
    pai: bool
    pai_until_on: date | None
    doctor: str
    insurer: str
    insurance_until_on: date | None
    consents: tuple[ConsentForm, ...]

    @property
    def consents_missing(self) -> tuple[str, ...]:
        """The kinds of consent that were not asked yet."""
        return tuple(kind for kind in CHILD_CONSENTS if kind not in {consent.kind for consent in self.consents})


@dataclass(frozen=True, slots=True)
class ContactView:
    """A person who may fetch a child (of all the children when `child_id` is None), must not, or is called in an emergency."""

    contact_id: int
    name: str
    relation: str
    phone: str
    phone_2: str
    child_id: int | None
    may_collect: bool
    emergency: bool
    forbidden: bool
    note: str


def care_of(row: Any, consents: tuple[ConsentForm, ...]) -> ChildCare:
    """Return what a row of `child` and its consents say."""
    return ChildCare(
        row.diet,
        bool(row.pai),
        row.pai_until_on,
        " ".join(part for part in (row.doctor_name, row.doctor_phone) if part),
        " ".join(part for part in (row.insurer, row.insurance_number) if part),
        row.insurance_until_on,
        consents,
    )


def contacts_of(connection: Connection, dossier_id: int) -> tuple[ContactView, ...]:
    """Return the persons, those forbidden first, then in the order in which they are called."""
    contact = t.contact_person
    rows = connection.execute(
        select(contact)
        .where(contact.c.dossier_id == dossier_id)
        .order_by(contact.c.forbidden.desc(), contact.c.rank, contact.c.id)
    )
    return tuple(
        ContactView(
            row.id,
            f"{row.first_name} {row.last_name}".strip(),
            row.relation,
            row.phone,
            row.phone_2,
            row.child_id,
            bool(row.may_collect),
            bool(row.emergency),
            bool(row.forbidden),
            row.note,
        )
        for row in rows
    )
