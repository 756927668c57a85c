"""What an agent types about a child: who, which school, what the desk may record of meals and health, doctor, insurance, consents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tui_portail.family_words import CHILD_CONSENTS, DIETS, SEXES, check_known
from tui_portail.field_checks import (
    FormRefused,
    check_birth,
    check_past,
    checked_insee,
    checked_name,
    checked_phone,
    checked_text,
)
from tui_portail.french import long_date
from tui_portail.school_levels import CODES, level_of

ADULT_AGE = 25


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """A consent asked: given or refused (None: not asked), on a day. `kind` is one of `family_words.CONSENTS`."""

    kind: str
    given: bool | None = None
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChildForm:
    """A child. `renew_alsh_years`: civil years the ALSH dossier is renewed for; `level` a code of `school_levels`.

    Of health, only that a PAI exists and until when. `child_id` is that of one already in the dossier.
    """

    last_name: str
    first_name: str
    birth_on: date
    school_code: str
    class_name: str = ""
    meal_supplied: bool = True
    renew_alsh_years: tuple[int, ...] = ()
    level: str = ""
    sex: str = ""
    birth_name: str = ""
    birth_place: str = ""
    birth_insee: str = ""
    diet: str = ""
    pai: bool = False
    pai_until_on: date | None = None
    doctor_name: str = ""
    doctor_phone: str = ""
    insurer: str = ""
    insurance_number: str = ""
    insurance_until_on: date | None = None
    consents: tuple[ConsentForm, ...] = ()
    child_id: int | None = None


def checked_child(form: ChildForm, today: date, at: str = "") -> ChildForm:
    """Return a child's form cleaned; a class named after a level gives it. Raises FormRefused.

    That the school exists is for the service to say.
    """
    check_birth(form.birth_on, today, f"{at}birth_on")
    if today.year - form.birth_on.year > ADULT_AGE:
        raise FormRefused(
            f"Vérifiez la date de naissance : un enfant né le {long_date(form.birth_on)} aurait plus de {ADULT_AGE} ans.",
            f"{at}birth_on",
        )
    check_known(form.sex, SEXES, f"{at}sex")
    check_known(form.diet, DIETS, f"{at}diet")
    if form.level and form.level not in CODES:
        raise FormRefused("Choisissez le niveau de l’enfant dans la liste.", f"{at}level")
    last_name = checked_name(form.last_name, "le nom de l’enfant", f"{at}last_name")
    birth_name = checked_text(form.birth_name, 120, "le nom de naissance", f"{at}birth_name")
    class_name = checked_text(form.class_name, 60, "la classe", f"{at}class_name")
    return replace(
        form,
        last_name=last_name,
        first_name=checked_name(form.first_name, "le prénom de l’enfant", f"{at}first_name"),
        class_name=class_name,
        level=form.level or level_of(class_name),
        birth_name="" if birth_name == last_name else birth_name,
        birth_place=checked_text(form.birth_place, 120, "le lieu de naissance", f"{at}birth_place"),
        birth_insee=checked_insee(form.birth_insee, f"{at}birth_insee"),
        pai_until_on=form.pai_until_on if form.pai else None,
        doctor_name=checked_text(form.doctor_name, 120, "le nom du médecin", f"{at}doctor_name"),
        doctor_phone=checked_phone(form.doctor_phone, f"{at}doctor_phone"),
        insurer=checked_text(form.insurer, 120, "le nom de l’assureur", f"{at}insurer"),
        insurance_number=checked_text(form.insurance_number, 40, "le numéro de contrat", f"{at}insurance_number"),
        consents=checked_consents(form.consents, CHILD_CONSENTS, today, at),
    )


def checked_consents(
    consents: tuple[ConsentForm, ...], kinds: tuple[str, ...], today: date, at: str = ""
) -> tuple[ConsentForm, ...]:
    """Return the consents that were asked, each with its day. Raises FormRefused."""
    asked = tuple(consent for consent in consents if consent.given is not None)
    for consent in asked:
        if consent.kind not in kinds:
            raise FormRefused("Cette autorisation n’est pas une de celles de la commune.", f"{at}{consent.kind}")
        if consent.given_on is None:
            raise FormRefused("Donnez le jour où la famille l’a dit.", f"{at}{consent.kind}_on")
        check_past(consent.given_on, today, "Le jour de l’autorisation", f"{at}{consent.kind}_on")
    return asked
