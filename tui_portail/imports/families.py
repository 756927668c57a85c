"""The families a plan works on, those of the base and those being made: found by a child, by a name and a place, by a guardian."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tui_portail.imports.known import Known, KnownChild, KnownGuardian
from tui_portail.imports.lines import ChildSaid, GuardianSaid, ListedChild, PlaceSaid, joined


@dataclass(slots=True, eq=False)
class Family:
    """A dossier: of the base (`ref` its id) or to be made (negative). One being made may turn out to be part of another."""

    ref: int
    number: str = ""
    archived: bool = False
    children: list[PlannedChild] = field(default_factory=list)
    guardians: list[PlannedGuardian] = field(default_factory=list)
    part_of: Family | None = None

    @property
    def whole(self) -> Family:
        """The dossier it is in the end."""
        found = self
        while found.part_of is not None:
            found = found.part_of
        return found


@dataclass(slots=True, eq=False)
class PlannedChild:
    """A child of the base or to be made; `source` and `line` where the files first said it."""

    ref: int
    family: Family
    names: frozenset[str]
    first_name: str
    birth_on: date
    known: KnownChild | None = None
    said: ChildSaid | None = None
    seen: tuple[int, int] | None = None
    seen_said: ChildSaid | None = None


@dataclass(slots=True, eq=False)
class PlannedGuardian:
    """A guardian of the base or to be made."""

    ref: int
    names: frozenset[str]
    first_name: str
    place: PlaceSaid
    pays: bool
    known: KnownGuardian | None = None
    said: GuardianSaid | None = None
    filled: dict[str, str] = field(default_factory=dict)


def names_of(*names: str) -> frozenset[str]:
    """Return names as they are compared."""
    return frozenset(joined(name) for name in names if name)


class Families:
    """Every family, by what a line may say of it."""

    def __init__(self, known: Known) -> None:
        self._next = 0
        self.made: list[Family] = []
        self._by_child: defaultdict[tuple[str, str, date], list[PlannedChild]] = defaultdict(list)
        self._by_name: defaultdict[tuple[str, str], list[PlannedChild]] = defaultdict(list)
        self._by_place: dict[tuple[str, str], Family] = {}
        self._by_guardian: defaultdict[tuple[str, str], list[Family]] = defaultdict(list)
        families = {one.dossier_id: Family(one.dossier_id, one.number, one.archived) for one in known.dossiers}
        for child in known.children:
            names = names_of(child.last_name, child.birth_name)
            self._add_child(
                PlannedChild(
                    child.child_id,
                    families[child.dossier_id],
                    names,
                    joined(child.first_name),
                    child.birth_on,
                    known=child,
                )
            )
        for one in known.guardians:
            family = families[one.dossier_id]
            self._add_guardian(
                family,
                PlannedGuardian(
                    one.guardian_id,
                    names_of(one.last_name, one.birth_name),
                    joined(one.first_name),
                    one.place,
                    bool(one.payer_id),
                    known=one,
                ),
            )

    def new_ref(self) -> int:
        """Return the reference of something to be made."""
        self._next -= 1
        return self._next

    def children_like(self, said: ChildSaid) -> list[PlannedChild]:
        """Return the children of this name, first name and date of birth."""
        first = joined(said.first_name)
        found: dict[int, PlannedChild] = {}
        for name in names_of(said.last_name, said.birth_name):
            found.update((one.ref, one) for one in self._by_child[name, first, said.birth_on])
        return list(found.values())

    def children_named(self, listed: ListedChild) -> list[PlannedChild]:
        """Return the children of this name and first name, whatever their age."""
        first = joined(listed.first_name)
        found: dict[int, PlannedChild] = {}
        for name in names_of(listed.last_name, listed.birth_name):
            found.update((one.ref, one) for one in self._by_name[name, first])
        return [one for one in found.values() if one.known is None or not one.known.archived]

    def family_at(self, name: str, place: PlaceSaid) -> Family | None:
        """Return the family of this name at this address."""
        family = self._by_place.get((joined(name), place.key)) if place.key else None
        return family.whole if family is not None else None

    def families_of(self, said: GuardianSaid) -> list[Family]:
        """Return the families where this person, with the same address, telephone or e-mail, is a guardian."""
        found = {}
        for key in _contact_keys(said.place, said.phone, said.email):
            for name in names_of(said.last_name, said.birth_name):
                for family in self._by_guardian[f"{name}|{joined(said.first_name)}", key]:
                    found[family.whole.ref] = family.whole
        return list(found.values())

    def make(self) -> Family:
        """Return a family to be made."""
        family = Family(self.new_ref())
        self.made.append(family)
        return family

    def add_child(self, family: Family, said: ChildSaid) -> PlannedChild:
        """Add a child to a family."""
        names = names_of(said.last_name, said.birth_name)
        child = PlannedChild(self.new_ref(), family, names, joined(said.first_name), said.birth_on, said=said)
        self._add_child(child)
        self.settle(family, said)
        return child

    def settle(self, family: Family, said: ChildSaid) -> None:
        """Remember where a child's family lives: brothers and sisters of the file join it."""
        if said.place.key:
            self._by_place.setdefault((joined(said.family_name), said.place.key), family)

    def add_guardian(self, family: Family, said: GuardianSaid) -> PlannedGuardian:
        """Add a guardian to a family: the first it has pays, the next ones at their own request only."""
        guardian = PlannedGuardian(
            self.new_ref(),
            names_of(said.last_name, said.birth_name),
            joined(said.first_name),
            said.place,
            not family.guardians,
            said=said,
        )
        self._add_guardian(family, guardian)
        return guardian

    def join(self, families: Iterable[Family]) -> list[Family]:
        """Make one of the families to be made that have a guardian in common, within the one of the base if there is one.

        Several of the base stay apart: merging them is for an agent.
        """
        wholes = list({one.whole.ref: one.whole for one in families}.values())
        known = [one for one in wholes if one.ref > 0]
        new = [one for one in wholes if one.ref < 0]
        if len(known) > 1:
            return [*known, *new]
        kept = known[0] if known else new[0]
        for one in new:
            if one is not kept:
                self._absorb(kept, one)
        return [kept]

    def _absorb(self, kept: Family, gone: Family) -> None:
        gone.part_of = kept
        for child in gone.children:
            child.family = kept
        kept.children += gone.children
        for guardian in gone.guardians:
            same = any(one.names & guardian.names and one.first_name == guardian.first_name for one in kept.guardians)
            if not same:
                guardian.pays = not kept.guardians
                kept.guardians.append(guardian)
        gone.children, gone.guardians = [], []

    def _add_child(self, child: PlannedChild) -> None:
        child.family.children.append(child)
        for name in child.names:
            self._by_child[name, child.first_name, child.birth_on].append(child)
            self._by_name[name, child.first_name].append(child)

    def _add_guardian(self, family: Family, guardian: PlannedGuardian) -> None:
        family.guardians.append(guardian)
        contact = guardian.known or guardian.said
        keys = _contact_keys(guardian.place, contact.phone, contact.email) if contact else []
        for name in guardian.names:
            for key in keys:
                self._by_guardian[f"{name}|{guardian.first_name}", key].append(family)
        if guardian.place.key and not family.archived:
            for child in family.children:
                for name in child.names:
                    self._by_place.setdefault((name, guardian.place.key), family)


def _contact_keys(place: PlaceSaid, phone: str, email: str) -> list[str]:
    digits = "".join(character for character in phone if character.isdigit())
    return [key for key in (place.key, digits[-9:], email.casefold()) if key]
