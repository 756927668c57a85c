"""What is asked of each person of a family, described for the form. The rules are in `tui_portail.family_forms`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from screens.entries import ChoiceEntry, DateEntry, Entry, QuotientEntry
from screens.form_fields import Field, Judge
from tui_portail.alsh_dossier import may_renew
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import (
    ChildForm,
    ContactForm,
    GuardianForm,
    checked_child,
    checked_contact,
    checked_guardian,
)
from tui_portail.family_words import (
    AUTHORITIES,
    BASES,
    CHILD_CONSENTS,
    DIETS,
    FUNDS,
    IMAGE,
    NO_MEAL,
    RELATIONS,
    RULES,
    SEXES,
)
from tui_portail.french import join_words
from tui_portail.policy import Policy
from tui_portail.residence import home_warning
from tui_portail.school_ages import age_warning
from tui_portail.school_levels import CODES
from tui_portail.services.desk import Desk
from tui_portail.services.dossiers import ChildView, SchoolView, schools
from tui_portail.services.quotients import QUOTIENT_PROOFS

THE_REST = "Le reste, si la famille le donne"
NO_BIRTH_DATE = "Donnez la date de naissance de l’enfant : elle est obligatoire."
FETCHES, BOTH, CALLED, FORBIDDEN = "fetches", "both", "called", "forbidden"
ROLES = {
    BOTH: "peut venir chercher, à appeler en urgence",
    FETCHES: "peut venir chercher",
    CALLED: "à appeler en urgence seulement",
    FORBIDDEN: "INTERDITE : ne pas lui remettre l’enfant",
}
_SHORT_PROOFS = {"attestation CAF": "CAF", "attestation MSA": "MSA", "avis d’imposition": "imposition"}
PROOFS = {"": "non précisée", **{proof: _SHORT_PROOFS.get(proof, proof) for proof in QUOTIENT_PROOFS}}
Choices = tuple[tuple[object, str], ...]
Held = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the commune offers to choose from, and the desk's day."""

    today: date
    schools: tuple[SchoolView, ...] = ()
    policy: Policy | None = None

    def school(self, code: object) -> SchoolView | None:
        """Return a school by its code."""
        return next((one for one in self.schools if one.code == code), None)


def read_set_up(desk: Desk, today: date) -> SetUp:
    """Read the schools and what may be renewed."""
    return SetUp(today, schools(desk), desk.commune().policy)


def guardian_entries(set_up: SetUp, held: Held, *, second: bool, new: bool) -> list[Entry]:
    """Return what is asked of a guardian, the essential first. `second`: their account is, or would be, the dossier's second."""
    today, pays = set_up.today, held.get("payer") is True

    def line(key: str, label: str, **options: Any) -> Entry:
        return Entry(key=key, label=label, judge=_guardian_judge(key, today), **options)

    def day(key: str, label: str, **options: Any) -> Entry:
        return DateEntry(key=key, label=label, today=today, **options)

    return [
        line("last_name", "Nom"),
        line("first_name", "Prénom"),
        line("phone", "Téléphone"),
        line("email", "Courriel"),
        line("address", "Adresse", full=True, proposed=new),
        line("postcode", "Code postal", proposed=new),
        line("city", "Commune", proposed=new),
        _choice("payer", "Payeur", {True: "oui, paie", False: "non"}),
        _choice("resident", "Habite", {True: "commune", False: "extérieur"}, shown=pays),
        _choice("basis", "Fondé sur", BASES, shown=second),
        day("basis_on", "daté du", past=True, shown=second),
        day("basis_seen_on", "vu le", past=True, shown=second),
        QuotientEntry(
            key="quotient_cents", label="Quotient (QF)", shown=pays, judge=_guardian_judge("quotient_cents", today)
        ),
        day("quotient_from", "Valable du", shown=pays),
        day("quotient_until", "jusqu’au", shown=pays),
        _choice("quotient_source", "Preuve vue", PROOFS, shown=pays),
        day("birth_on", "Né(e) le", past=True, judge=_guardian_judge("birth_on", today), above=THE_REST),
        _choice("relation", "Lien", RELATIONS),
        line("birth_name", "Nom de naiss."),
        _choice("authority", "Autorité", AUTHORITIES),
        line("birth_place", "Né(e) à"),
        line("birth_insee", "code INSEE", placeholder="ex. 34172"),
        _choice("allowance_fund", "Allocataire", FUNDS),
        line("allowance_number", "N° alloc."),
        line("phone_2", "Autre tél."),
        line("address_2", "Complément", proposed=new),
    ]


def child_entries(set_up: SetUp, held: Held, *, new: bool) -> list[Entry]:
    """Return what is asked of a child, the essential first."""
    today, school = set_up.today, set_up.school(held.get("school_code"))

    def line(key: str, label: str, **options: Any) -> Entry:
        return Entry(key=key, label=label, judge=_child_judge(key, today), **options)

    def day(key: str, label: str, **options: Any) -> Entry:
        return DateEntry(key=key, label=label, today=today, **options)

    levels = {"": "à préciser", **{code: code for code in (school.levels if school else ()) or CODES}}
    return [
        line("last_name", "Nom", proposed=new),
        line("first_name", "Prénom"),
        day("birth_on", "Né(e) le", past=True, judge=_child_judge("birth_on", today)),
        _choice("school_code", "École", {"": "à choisir", **{one.code: one.name for one in set_up.schools}}),
        _class_entry(school, today),
        _choice("level", "Niveau", levels),
        ChoiceEntry(key="renew_alsh_years", label="Renouv. ALSH", choices=_renewals(set_up, held)),
        _choice("diet", "Menu", DIETS),
        _choice("meal_supplied", "Repas", {True: "repas fourni", False: NO_MEAL}, full=True),
        _choice("pai", "PAI", {False: "non", True: "oui"}),
        day("pai_until_on", "PAI jusqu’au", shown=held.get("pai") is True),
        _choice("sex", "Sexe", SEXES, above=THE_REST),
        line("birth_name", "Nom de naiss."),
        line("birth_place", "Né(e) à"),
        line("birth_insee", "code INSEE", placeholder="ex. 34172"),
        line("doctor_name", "Médecin"),
        line("doctor_phone", "son téléphone"),
        line("insurer", "Assurance"),
        line("insurance_number", "N° de contrat"),
        day("insurance_until_on", "valable au"),
    ]


def contact_entries(set_up: SetUp, children: Mapping[object, str]) -> list[Entry]:
    """Return what is asked of a person to call, or to keep away. `children` are those to choose from, by the key of their section."""

    def line(key: str, label: str, **options: Any) -> Entry:
        return Entry(key=key, label=label, judge=_contact_judge(key), **options)

    return [
        line("last_name", "Nom"),
        line("first_name", "Prénom"),
        _choice("role", "Rôle", ROLES, full=True),
        line("relation", "Lien", placeholder="ex. grand-mère"),
        _choice("child", "Pour", {None: "tous", **children}),
        line("phone", "Téléphone"),
        line("phone_2", "Autre tél."),
        line("note", "Précision", full=True, placeholder="ex. jugement vu le 12/03/2026"),
    ]


def consent_entries(set_up: SetUp, children: Mapping[object, str]) -> list[Entry]:
    """Return the consents: the family's, then each child's, each with its day."""
    asked = [(RULES, "Règlement", {None: "à demander", True: "accepté", False: "refusé"}, "Famille")]
    for uid, name in children.items():
        for kind in CHILD_CONSENTS:
            label = "Image" if kind == IMAGE else "Sort seul"
            above = name if kind == CHILD_CONSENTS[0] else ""
            asked.append((f"{kind}:{uid}", label, {None: "à demander", True: "oui", False: "non"}, above))
    entries: list[Entry] = []
    for key, label, words, above in asked:
        entries.append(_choice(key, label, words, above=above))
        entries.append(DateEntry(key=day_key(key), label="le", today=set_up.today, past=True))
    return entries


def day_key(consent: str) -> str:
    """Return the key of the day of a consent."""
    return f"{consent}_on"


def say_age_doubt(field: Callable[[str], Field | None], set_up: SetUp, held: Held) -> None:
    """Say under the school that a child's age does not fit it; the child is accepted all the same."""
    shown, school = field("school_code"), set_up.school(held.get("school_code"))
    if shown is None:
        return
    try:
        birth_on = DateEntry(key="", label="", today=set_up.today, past=True).value(held.get("birth_on"))
    except InvalidInput:
        birth_on = None
    known = school is not None and birth_on is not None and birth_on <= set_up.today
    shown.say_note(
        age_warning(birth_on, school.name, school.classes, str(held.get("class_name") or ""), set_up.today)
        if known and school is not None and birth_on is not None
        else ""
    )


def say_home_doubt(field: Callable[[str], Field | None], set_up: SetUp, held: Held) -> None:
    """Say under « Habite » that the town of a payer's address is not what it says."""
    shown, policy = field("resident"), set_up.policy
    if shown is not None and policy is not None:
        shown.say_note(home_warning(str(held.get("city") or ""), held.get("resident") is True, policy.commune))


def renewal_years(today: date, policy: Policy) -> list[int]:
    """Return the civil years the ALSH dossier may be renewed for today."""
    return [year for year in (today.year, today.year + 1) if may_renew(year, today, policy)]


def renewed_years(child: ChildView) -> list[int]:
    """Return the civil years the child's ALSH dossier is already renewed for."""
    return [year for year, origin in child.alsh_years if origin == "renouvelé"]


def _renewals(set_up: SetUp, held: Held) -> Choices:
    """Return the years left to renew one by one and together, after what stays so: no year, or those already renewed."""
    renewed = cast("tuple[int, ...]", held.get("renewed") or ())
    done = [str(year) for year in renewed if year >= set_up.today.year]
    open_years = renewal_years(set_up.today, set_up.policy) if set_up.policy else []
    years = [year for year in open_years if year not in renewed]
    also = "aussi" if done else "pour"
    choices: list[tuple[object, str]] = [(renewed, f"déjà {join_words(done)}" if done else "non")]
    choices += [((*renewed, year), f"{also} {year}") for year in years]
    if len(years) > 1:
        choices.append(((*renewed, *years), f"{also} {join_words([str(year) for year in years])}"))
    return tuple(choices)


def _class_entry(school: SchoolView | None, today: date) -> Entry:
    """Return the classes to choose from, or a line where the school lists none."""
    if school is not None and not school.classes:
        return Entry(key="class_name", label="Classe", judge=_child_judge("class_name", today))
    classes = school.classes if school is not None else ()
    return _choice("class_name", "Classe", {"": "à préciser", **{name: name for name in classes}})


def _choice(key: str, label: str, words: Mapping[Any, str], **options: Any) -> ChoiceEntry:
    return ChoiceEntry(key=key, label=label, choices=tuple(words.items()), **options)


def _guardian_judge(key: str, today: date) -> Judge:
    """Return what judges one field of a guardian by the form's own rule, the others being right."""

    def judge(value: object) -> None:
        dated = {"quotient_from": today, "quotient_until": today}
        others: dict[str, Any] = {"last_name": "X", "first_name": "X", "allowance_fund": "CAF", **dated}
        checked_guardian(GuardianForm(**(others | {key: value})), today)

    return judge


def _child_judge(key: str, today: date) -> Judge:
    def judge(value: object) -> None:
        if key == "birth_on" and value is None:
            raise InvalidInput(NO_BIRTH_DATE)
        others: dict[str, Any] = {"last_name": "X", "first_name": "X", "birth_on": today, "school_code": ""}
        checked_child(ChildForm(**(others | {key: value})), today)

    return judge


def _contact_judge(key: str) -> Judge:
    def judge(value: object) -> None:
        others: dict[str, Any] = {"last_name": "X", "may_collect": True}
        checked_contact(ContactForm(**(others | {key: value})))

    return judge
