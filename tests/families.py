"""Changing a family through its form, as a desk does: opened, a few fields replaced, saved whole."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from models import tables as t
from tui_portail.family_forms import ContactForm, FamilyForm
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import DossierView
from tui_portail.services.family_reading import open_family
from tui_portail.services.family_saving import save_family

Change = Callable[[FamilyForm], FamilyForm]


def guardian(place: int = 0, **fields: Any) -> Change:
    """Other values for a guardian."""

    def change(form: FamilyForm) -> FamilyForm:
        people = list(form.guardians)
        people[place] = replace(people[place], **fields)
        return replace(form, guardians=tuple(people))

    return change


def child(place: int = 0, **fields: Any) -> Change:
    """Other values for a child; another class gives its level anew."""

    def change(form: FamilyForm) -> FamilyForm:
        people = list(form.children)
        anew = {"level": ""} if "class_name" in fields else {}
        people[place] = replace(people[place], **(anew | fields))
        return replace(form, children=tuple(people))

    return change


def more(**people: Any) -> Change:
    """One more guardian, child or contact: « guardians=a_guardian(…) »."""
    return lambda form: replace(form, **{kind: (*getattr(form, kind), one) for kind, one in people.items()})


def a_contact(last_name: str = "Morel", first_name: str = "Odile", **fields: Any) -> ContactForm:
    """A grandmother who may fetch the children."""
    values: dict[str, Any] = {"relation": "grand-mère", "phone": "06 55 44 33 22", "may_collect": True}
    return ContactForm(last_name, first_name, **(values | fields))


def save_with(
    desk: Desk, dossier_id: int, *changes: Change, version: int | None = None, operation: str | None = None
) -> DossierView:
    """Open a family, change its form, save it (from an older version when one is given)."""
    opened = open_family(desk, dossier_id)
    form = opened.form
    for change in changes:
        form = change(form)
    return save_family(desk, dossier_id, form, version or opened.version, operation or new_operation())


def record_quotient(
    desk: Desk, payer_id: int, value_cents: int, valid_from: date, valid_until: date, source: str, operation: str
) -> DossierView:
    """Type a payer's quotient in the form of their family, and save it."""
    with desk.database.read() as connection:
        payer = connection.execute(select(t.payer).where(t.payer.c.id == payer_id)).one()
    guardians = open_family(desk, payer.dossier_id).form.guardians
    place = [one.guardian_id for one in guardians].index(payer.guardian_id)
    typed = guardian(
        place,
        quotient_cents=value_cents,
        quotient_from=valid_from,
        quotient_until=valid_until,
        quotient_source=source,
    )
    return save_with(desk, payer.dossier_id, typed, operation=operation)
