"""What an agent has typed of a family, kept without any widget: sections of persons, what each held at first, what is wrong.

The screen mounts one section at a time; the others live here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, cast

from screens.entries import Entry
from screens.family_fields import (
    SetUp,
    child_entries,
    consent_entries,
    contact_entries,
    day_key,
    guardian_entries,
)
from screens.family_held import held_of_child, held_of_consents, held_of_contact, held_of_guardian, new_held, roles
from screens.form_fields import date_text
from tui_portail.family_forms import ChildForm, ConsentForm, ContactForm, FamilyForm, GuardianForm
from tui_portail.family_words import CHILD_CONSENTS, RULES
from tui_portail.guardian_form import is_second_payer
from tui_portail.school_levels import level_of

QUOTIENT_KEPT = (
    "Un quotient enregistré n’est pas effacé : tapez le nouveau, ou avancez la date « jusqu’au » de celui-ci."
)
FOLLOWED = frozenset({"quotient_cents", "payer", "school_code", "class_name", "pai"})
"""The fields that others follow."""
Form = GuardianForm | ChildForm | ContactForm


class Kind(StrEnum):
    """What a section is about; the first three are the lists of a FamilyForm."""

    GUARDIAN = "guardians"
    CHILD = "children"
    CONTACT = "contacts"
    CONSENTS = "consents"


TITLES = {Kind.GUARDIAN: "Responsable", Kind.CHILD: "Enfant", Kind.CONTACT: "Personne", Kind.CONSENTS: "Autorisations"}
IDS = {Kind.GUARDIAN: "guardian_id", Kind.CHILD: "child_id", Kind.CONTACT: "contact_id"}


@dataclass(eq=False, slots=True)
class Section:
    """A person, or the consents. `origin` is the form read from the dossier, none for somebody new."""

    kind: Kind
    uid: str
    held: dict[str, object]
    start: dict[str, object]
    origin: Form | None = None
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def person_id(self) -> int | None:
        """The id of somebody already in the dossier."""
        return getattr(self.origin, IDS[self.kind]) if self.origin is not None else None

    @property
    def touched(self) -> tuple[str, ...]:
        """The keys whose value is not what it was at first."""
        keys = dict.fromkeys([*self.start, *self.held])
        return tuple(key for key in keys if not same(self.held.get(key), self.start.get(key)))

    @property
    def name(self) -> str:
        """How the person is called, empty while nothing is typed."""
        names = (str(self.held.get(key) or "").strip() for key in ("first_name", "last_name"))
        return " ".join(name for name in names if name)


class FamilyFormState:
    """The sections of a family, in the order they are read: guardians, children, persons, consents."""

    def __init__(self, set_up: SetUp, form: FamilyForm | None = None) -> None:
        self.set_up = set_up
        self.sections: list[Section] = []
        self.removed: set[str] = set()
        self._new = 0
        if form is None:
            self.add(Kind.GUARDIAN).held["payer"] = True
            self.sections[0].start["payer"] = True
            self.add(Kind.CHILD)
            self.sections.append(Section(Kind.CONSENTS, "consents", {}, {}))
        else:
            self.sections += sections_of(form)

    def of(self, kind: Kind) -> list[Section]:
        """Return the sections of a kind."""
        return [section for section in self.sections if section.kind is kind]

    @property
    def is_touched(self) -> bool:
        """Whether something would be lost on leaving."""
        return bool(self.removed) or any(section.touched for section in self.sections)

    def children(self) -> dict[object, str]:
        """Return how each child is called, by the key of its section."""
        return {one.uid: one.name or f"Enfant {place}" for place, one in enumerate(self.of(Kind.CHILD), start=1)}

    def title(self, section: Section) -> str:
        """Return the section's title: « Enfant 2 »."""
        if section.kind is Kind.CONSENTS:
            return TITLES[section.kind]
        return f"{TITLES[section.kind]} {self.of(section.kind).index(section) + 1}"

    def entries(self, section: Section) -> list[Entry]:
        """Return what is asked in a section, as what it holds now wants it; a value no longer proposed stays one of the choices."""
        return [entry.with_held(section.held.get(entry.key)) for entry in self._entries(section)]

    def _entries(self, section: Section) -> list[Entry]:
        match section.kind:
            case Kind.GUARDIAN:
                place = self.of(Kind.GUARDIAN).index(section)
                return guardian_entries(
                    self.set_up,
                    section.held,
                    second=is_second_payer(self._accounts(), place),
                    new=section.origin is None,
                )
            case Kind.CHILD:
                return child_entries(self.set_up, section.held, new=section.origin is None)
            case Kind.CONTACT:
                return contact_entries(self.set_up, self.children())
            case Kind.CONSENTS:
                return consent_entries(self.set_up, self.children())

    def _accounts(self) -> list[GuardianForm]:
        return [
            GuardianForm("", "", payer=one.held.get("payer") is True, payer_rank=getattr(one.origin, "payer_rank", 0))
            for one in self.of(Kind.GUARDIAN)
        ]

    # -- adding and taking out -------------------------------------------------------------------------------------------

    def add(self, kind: Kind) -> Section:
        """Add somebody after those of the kind: a child with the name and school of the last, a guardian at the first one's address."""
        self._new += 1
        before = self.of(kind)
        first = self.of(Kind.GUARDIAN)[0] if self.of(Kind.GUARDIAN) else None
        held = new_held(kind, self.set_up.today)
        if kind is Kind.GUARDIAN and first is not None:
            held |= {key: first.held.get(key, "") for key in ("address", "address_2", "postcode", "city")}
        elif kind is Kind.CHILD:
            model = before[-1] if before else first
            held["last_name"] = model.held.get("last_name", "") if model is not None else ""
            held["school_code"] = before[-1].held.get("school_code", "") if before else ""
        section = Section(kind, f"new-{self._new}", held, dict(held))
        self.insert(section)
        return section

    def insert(self, section: Section) -> None:
        """Put a section after those of its kind."""
        order = list(Kind)
        place = sum(order.index(one.kind) <= order.index(section.kind) for one in self.sections)
        self.sections.insert(place, section)

    def remove(self, section: Section) -> None:
        """Take somebody out of the form; a person of the dossier is taken out of it when the form is saved."""
        self.sections.remove(section)
        if section.origin is not None:
            self.removed.add(section.uid)
        for contact in self.of(Kind.CONTACT):
            if contact.held.get("child") == section.uid:
                contact.held["child"] = None

    # -- typing ----------------------------------------------------------------------------------------------------------

    def typed(self, section: Section, key: str, held: object) -> bool:
        """Keep what was typed, and what follows from it; return whether other fields may have to follow."""
        before = section.held.get(key)
        if same(before, held):
            return False
        section.held[key] = held
        section.wrong.pop(key, None)
        match section.kind, key:
            case Kind.GUARDIAN, "last_name":
                self._propose_name(section, str(before or ""), str(held or ""))
            case Kind.GUARDIAN, "quotient_cents":
                self._propose_quotient(section)
            case Kind.GUARDIAN, "payer":
                section.held["basis_seen_on"] = section.held.get("basis_seen_on") or date_text(self.set_up.today)
            case Kind.CHILD, "school_code":
                self._follow_school(section)
            case Kind.CHILD, "class_name":
                section.held["level"] = self._level(section) or section.held.get("level", "")
            case Kind.CONSENTS, _ if not key.endswith("_on"):
                self._propose_day(section, key)
        return section.kind is Kind.CONSENTS or key in FOLLOWED

    def _propose_name(self, guardian: Section, before: str, name: str) -> None:
        """Give the children added here the first guardian's name, until the agent types another."""
        if self.of(Kind.GUARDIAN)[0] is guardian:
            for child in self.of(Kind.CHILD):
                if child.origin is None and child.held.get("last_name") == before:
                    child.held["last_name"] = child.start["last_name"] = name

    def _propose_quotient(self, section: Section) -> None:
        """A new figure counts from today; the one known keeps its dates."""
        known = same(section.held.get("quotient_cents"), section.start.get("quotient_cents"))
        proposed = new_held(Kind.GUARDIAN, self.set_up.today)
        keys = ("quotient_from", "quotient_until", "quotient_source")
        other = section.start if known else proposed
        usual = proposed if known else section.start
        for key in keys:
            if same(section.held.get(key), usual.get(key)):
                section.held[key] = other.get(key)

    def _follow_school(self, section: Section) -> None:
        school = self.set_up.school(section.held.get("school_code"))
        if school is not None and school.classes and section.held.get("class_name") not in school.classes:
            section.held["class_name"] = ""
        if school is not None and school.levels and section.held.get("level") not in school.levels:
            section.held["level"] = self._level(section)

    def _level(self, section: Section) -> str:
        school = self.set_up.school(section.held.get("school_code"))
        level = level_of(str(section.held.get("class_name") or ""))
        return level if school is None or not school.levels or level in school.levels else ""

    def _propose_day(self, section: Section, consent: str) -> None:
        """What is said now is said today; what was said keeps its day."""
        known = same(section.held.get(consent), section.start.get(consent))
        section.held[day_key(consent)] = section.start.get(day_key(consent)) if known else date_text(self.set_up.today)

    # -- saving ----------------------------------------------------------------------------------------------------------

    def check(self) -> Section | None:
        """Judge what was typed; return the first section with something wrong, its sentences in `wrong`."""
        for section in self.sections:
            section.wrong = {}
            if section.origin is None or section.touched:
                for entry in self.entries(section):
                    if entry.shown and (sentence := entry.wrong(section.held.get(entry.key))):
                        section.wrong[entry.key] = sentence
                if section.start.get("quotient_cents") and not section.held.get("quotient_cents"):
                    section.wrong["quotient_cents"] = QUOTIENT_KEPT
        return next((section for section in self.sections if section.wrong), None)

    def form(self) -> FamilyForm:
        """Return the family as it is typed; who was not touched is as it was read. Raises InvalidInput."""
        children = self.of(Kind.CHILD)
        places = {section.uid: place for place, section in enumerate(children)}
        return FamilyForm(
            tuple(self._guardian(section) for section in self.of(Kind.GUARDIAN)),
            tuple(self._child(section) for section in children),
            tuple(self._contact(section, places) for section in self.of(Kind.CONTACT)),
            self._consents(((RULES, RULES),)),
        )

    def _values(self, section: Section) -> dict[str, Any]:
        return {entry.key: entry.value(section.held.get(entry.key)) for entry in self.entries(section) if entry.shown}

    def _guardian(self, section: Section) -> GuardianForm:
        known = cast("GuardianForm | None", section.origin)
        if known is not None and not section.touched:
            return known
        values = self._values(section)
        if values.get("quotient_cents") is None:
            values |= {"quotient_from": None, "quotient_until": None, "quotient_source": ""}
        return GuardianForm(
            **values, guardian_id=section.person_id, payer_rank=known.payer_rank if known is not None else 0
        )

    def _child(self, section: Section) -> ChildForm:
        known = cast("ChildForm | None", section.origin)
        consents = self._consents(tuple((kind, f"{kind}:{section.uid}") for kind in CHILD_CONSENTS))
        if known is not None and not section.touched:
            return replace(known, consents=consents)
        return ChildForm(**self._values(section), consents=consents, child_id=section.person_id)

    def _contact(self, section: Section, places: dict[str, int]) -> ContactForm:
        values = self._values(section)
        values |= roles(values.pop("role"))
        values["child"] = places.get(values["child"])
        return ContactForm(**values, contact_id=section.person_id)

    def _consents(self, asked: tuple[tuple[str, str], ...]) -> tuple[ConsentForm, ...]:
        section = self.of(Kind.CONSENTS)[0]
        values = self._values(section)
        return tuple(
            ConsentForm(kind, values[key], values[day_key(key)]) for kind, key in asked if values.get(key) is not None
        )

    def place_of(self, path: str) -> tuple[Section, str] | None:
        """Return the section and the field that a refusal names: « guardians.1.phone », « children.0.image_on », « consents.reglement »."""
        kind, _, rest = path.partition(".")
        place, _, key = rest.partition(".")
        if kind == Kind.CONSENTS:
            return self.of(Kind.CONSENTS)[0], rest
        if kind not in set(Kind) or not place.isdigit() or int(place) >= len(self.of(Kind(kind))):
            return None
        section = self.of(Kind(kind))[int(place)]
        consent = key.removesuffix("_on")
        if consent in CHILD_CONSENTS:
            key = f"{consent}:{section.uid}"
            return self.of(Kind.CONSENTS)[0], day_key(key) if rest.endswith("_on") else key
        return section, key


def same(one: object, other: object) -> bool:
    """Say whether two things held are the same; nothing and an empty text are."""
    return one == other or (one in (None, "") and other in (None, ""))


def sections_of(form: FamilyForm) -> list[Section]:
    """Return the sections of a family as it was read."""
    uids = [f"child-{child.child_id}" for child in form.children]
    people: list[tuple[Kind, str, dict[str, object], Form]] = [
        *((Kind.GUARDIAN, f"guardian-{one.guardian_id}", held_of_guardian(one), one) for one in form.guardians),
        *((Kind.CHILD, uid, held_of_child(one), one) for uid, one in zip(uids, form.children, strict=True)),
        *((Kind.CONTACT, f"contact-{one.contact_id}", held_of_contact(one, uids), one) for one in form.contacts),
    ]
    consents = held_of_consents(form, uids)
    return [
        *(Section(kind, uid, held, dict(held), origin) for kind, uid, held, origin in people),
        Section(Kind.CONSENTS, "consents", consents, dict(consents)),
    ]
