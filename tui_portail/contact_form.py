"""What an agent types about a person who may fetch a child, must not, or is called in an emergency."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_portail.field_checks import FormRefused, checked_name, checked_phone, checked_text


@dataclass(frozen=True, slots=True)
class ContactForm:
    """A person. `child` is a place among the form's children, None for all of them; `note` says what a ban rests on.

    `contact_id` is that of one already in the dossier.
    """

    last_name: str
    first_name: str = ""
    relation: str = ""
    phone: str = ""
    phone_2: str = ""
    may_collect: bool = False
    emergency: bool = False
    forbidden: bool = False
    child: int | None = None
    note: str = ""
    contact_id: int | None = None


def checked_contact(form: ContactForm, at: str = "") -> ContactForm:
    """Return a person's form cleaned. Raises FormRefused."""
    if form.forbidden and (form.may_collect or form.emergency):
        raise FormRefused(
            "Une personne interdite ne peut être ni autorisée à venir chercher l’enfant, ni appelée en urgence.",
            f"{at}role",
        )
    if not (form.may_collect or form.emergency or form.forbidden):
        raise FormRefused("Dites si cette personne est autorisée, appelée en urgence ou interdite.", f"{at}role")
    phone = checked_phone(form.phone, f"{at}phone")
    if form.emergency and not phone:
        raise FormRefused("Donnez le téléphone où appeler cette personne en urgence.", f"{at}phone")
    return replace(
        form,
        last_name=checked_name(form.last_name, "le nom", f"{at}last_name"),
        first_name=checked_text(form.first_name, 120, "le prénom", f"{at}first_name"),
        relation=checked_text(form.relation, 60, "le lien avec l’enfant", f"{at}relation"),
        phone=phone,
        phone_2=checked_phone(form.phone_2, f"{at}phone_2"),
        note=checked_text(form.note, 200, "la précision", f"{at}note"),
    )
