"""Writing who may fetch the children and what the family consented to, within a gesture. No right is checked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, update

from models import tables as t
from tui_portail.family_forms import ConsentForm, ContactForm
from tui_portail.services.gesture import Gesture

COLUMNS = ("last_name", "first_name", "relation", "phone", "phone_2", "may_collect", "emergency", "forbidden", "note")


def write_contacts(
    gesture: Gesture,
    dossier_id: int,
    contacts: Sequence[ContactForm],
    known: Iterable[ContactForm],
    child_ids: Sequence[int],
) -> None:
    """Bring the persons in line with the form: one kept keeps its row, one left out is taken out. `child_ids` are the form's children's."""
    contact, kept = t.contact_person, {one.contact_id for one in contacts}
    gone = [one.contact_id for one in known if one.contact_id not in kept]
    if gone:
        gesture.connection.execute(delete(contact).where(contact.c.id.in_(gone)))
    for rank, form in enumerate(contacts):
        values: dict[str, object] = {column: getattr(form, column) for column in COLUMNS}
        values |= {"rank": rank, "child_id": None if form.child is None else child_ids[form.child]}
        if form.contact_id is None:
            gesture.connection.execute(insert(contact).values(dossier_id=dossier_id, **values))
        else:
            gesture.connection.execute(update(contact).where(contact.c.id == form.contact_id).values(**values))


def write_consents(
    gesture: Gesture,
    dossier_id: int,
    child_id: int | None,
    consents: Sequence[ConsentForm],
    known: Sequence[ConsentForm] = (),
) -> None:
    """Add a row for each consent that is not as it was `known`: none is ever changed or taken out."""
    rows = [
        {
            "dossier_id": dossier_id,
            "child_id": child_id,
            "kind": consent.kind,
            "given": consent.given,
            "given_on": consent.given_on,
            "recorded_at": gesture.now,
            "agent_id": gesture.agent.agent_id,
        }
        for consent in consents
        if consent.given is not None and consent not in known
    ]
    if rows:
        gesture.connection.execute(insert(t.consent), rows)
