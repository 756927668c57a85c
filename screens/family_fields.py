"""The fields of a family — a guardian, a child, a quotient — and the forms made from them. The rules are in `tui_portail.family_forms`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from screens.choice_field import ChoiceField, YesNoField
from screens.form_fields import DateField, Field, Judge, QuotientField, TextField
from tui_portail.alsh_dossier import may_renew
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import ChildForm, FormRefused, GuardianForm, checked_child, checked_guardian
from tui_portail.french import join_words
from tui_portail.policy import Policy
from tui_portail.school_ages import age_warning
from tui_portail.services.dossiers import ChildView, GuardianView, PayerView, SchoolView
from tui_portail.services.quotients import QUOTIENT_PROOFS

NO_MEAL = "accueil sans repas fourni"
_PAYER_WORDS = ("oui, paie", "non")
_HOME_WORDS = ("de la commune", "extérieur")
_MEAL_WORDS = ("repas fourni", NO_MEAL)


def guardian_fields(
    today: date, view: GuardianView | None = None, payer: PayerView | None = None, *, pays: bool = False
) -> list[Field]:
    """Return the fields of a guardian, filled from what is known. `pays`: a new one is proposed as payer."""

    def known(key: str) -> str:
        return str(getattr(view, key)) if view else ""

    def line(key: str, label: str, *, full: bool = False) -> TextField:
        return TextField(key, label, known(key), judge=_guardian_judge(key, today), full=full)

    return [
        line("last_name", "Nom"),
        line("first_name", "Prénom"),
        line("phone", "Téléphone"),
        line("email", "Courriel"),
        line("address", "Adresse", full=True),
        line("postcode", "Code postal"),
        line("city", "Commune"),
        DateField(
            "birth_on",
            "Né(e) le",
            today,
            view.birth_on if view else None,
            past=True,
            judge=_guardian_judge("birth_on", today),
        ),
        YesNoField("payer", "Payeur", payer is not None or pays, words=_PAYER_WORDS),
        YesNoField("resident", "Habite", payer.resident if payer else True, words=_HOME_WORDS),
    ]


def quotient_fields(today: date, payer: PayerView | None = None) -> list[Field]:
    """Return the fields of a proven quotient; a new one begins today and ends with the civil year."""
    known = payer is not None and payer.quotient_cents is not None
    return [
        QuotientField("quotient_cents", "Quotient (QF)", payer.quotient_cents if payer and known else None),
        DateField("quotient_from", "Valable du", today, today),
        DateField("quotient_until", "jusqu’au", today, date(today.year + (today.month > 9), 12, 31)),
        ChoiceField("quotient_source", "Preuve vue", [(proof, proof) for proof in QUOTIENT_PROOFS]),
    ]


def child_fields(
    today: date,
    schools: Sequence[SchoolView],
    policy: Policy,
    view: ChildView | None = None,
    *,
    last_name: str = "",
    diet: bool = True,
) -> list[Field]:
    """Return the fields of a child. Without `diet` (the agent may not see it) the meal is neither shown nor asked."""
    meal: list[Field] = [
        YesNoField(
            "meal_supplied",
            "Repas",
            view.meal_supplied is not False if view else True,
            words=_MEAL_WORDS,
            full=True,
        )
    ]
    school = view.school_code if view else ""
    return [
        TextField(
            "last_name",
            "Nom",
            view.last_name if view else last_name,
            judge=_child_judge("last_name", today),
            proposed=view is None,
        ),
        TextField("first_name", "Prénom", view.first_name if view else "", judge=_child_judge("first_name", today)),
        DateField(
            "birth_on",
            "Né(e) le",
            today,
            view.birth_on if view else None,
            past=True,
            judge=_child_judge("birth_on", today),
        ),
        ChoiceField("school_code", "École", [("", "à choisir"), *((one.code, one.name) for one in schools)], school),
        ChoiceField("class_name", "Classe", class_choices(schools, school), view.class_name if view else ""),
        ChoiceField(
            "renew_alsh_years", "Renouv. ALSH", renewal_choices(today, policy, renewed_years(view) if view else ()), ()
        ),
        *(meal if diet else []),
    ]


def say_age_doubt(field: Callable[[str], Field | None], schools: Sequence[SchoolView], today: date, *, of: str) -> None:
    """Say under the school that a child's age does not fit it, when the field `of` bears on it; the child is accepted all the same."""
    birth, school, chosen = field("birth_on"), field("school_code"), field("class_name")
    if of not in ("birth_on", "school_code", "class_name") or birth is None or school is None or chosen is None:
        return
    try:
        birth_on = birth.value
    except InvalidInput:
        birth_on = None
    found = next((one for one in schools if one.code == school.value), None)
    known = isinstance(birth_on, date) and birth_on <= today and found is not None
    school.say_note(
        age_warning(cast("date", birth_on), found.name, found.classes, str(chosen.value), today)
        if known and found is not None
        else ""
    )


def class_choices(schools: Sequence[SchoolView], school_code: object) -> list[tuple[object, str]]:
    """Return the classes of a school, after « no class given »."""
    classes = next((one.classes for one in schools if one.code == school_code), ())
    return [("", "non précisée"), *((name, name) for name in classes)]


def renewal_years(today: date, policy: Policy) -> list[int]:
    """Return the civil years the ALSH dossier may be renewed for today."""
    return [year for year in (today.year, today.year + 1) if may_renew(year, today, policy)]


def renewed_years(child: ChildView) -> list[int]:
    """Return the civil years the child's ALSH dossier is already renewed for."""
    return [year for year, origin in child.alsh_years if origin == "renouvelé"]


def renewal_choices(today: date, policy: Policy, renewed: Sequence[int] = ()) -> list[tuple[object, str]]:
    """Return the years left to renew one by one and together, after what stays so: no year, or those already renewed."""
    done = [str(year) for year in renewed if year >= today.year]
    years = [year for year in renewal_years(today, policy) if year not in renewed]
    also = "aussi" if done else "pour"
    choices: list[tuple[object, str]] = [((), f"déjà {join_words(done)}" if done else "non")]
    choices += [((year,), f"{also} {year}") for year in years]
    if len(years) > 1:
        choices.append((tuple(years), f"{also} {join_words([str(year) for year in years])}"))
    return choices


def guardian_form(values: Mapping[str, object]) -> GuardianForm:
    """Make the form of a guardian from the fields' values."""
    return GuardianForm(**cast("dict[str, Any]", dict(values)))


def child_form(values: Mapping[str, object], view: ChildView | None = None) -> ChildForm:
    """Make the form of a child. Raises FormRefused without a date of birth; a meal not shown stays as it was."""
    given = cast("dict[str, Any]", dict(values))
    if given["birth_on"] is None:
        raise FormRefused("Donnez la date de naissance de l’enfant : elle est obligatoire.", "birth_on")
    if "meal_supplied" not in given and view is not None and view.meal_supplied is not None:
        given["meal_supplied"] = view.meal_supplied
    return ChildForm(**given)


def _guardian_judge(key: str, today: date) -> Judge:
    """Return what judges one field of a guardian by the form's own rule, the others being right."""

    def judge(value: object) -> None:
        others: dict[str, Any] = {"last_name": "X", "first_name": "X"}
        checked_guardian(GuardianForm(**(others | {key: value})), today)

    return judge


def _child_judge(key: str, today: date) -> Judge:
    def judge(value: object) -> None:
        if key == "birth_on" and value is None:
            raise InvalidInput("Donnez la date de naissance de l’enfant : elle est obligatoire.")
        others: dict[str, Any] = {"last_name": "X", "first_name": "X", "birth_on": today, "school_code": ""}
        checked_child(ChildForm(**(others | {key: value})), today)

    return judge
