"""The demo's families, read from `data/demo`: two tables an editor opens, guardians and children, joined by the family's number."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from tui_portail.errors import InvalidInput
from tui_portail.family_forms import ChildForm, FamilyForm, GuardianForm

GUARDIANS, CHILDREN = "responsables.csv", "enfants.csv"


@dataclass(frozen=True, slots=True)
class DemoChild:
    """A child's form, the civil year of a past attendance taken over from the former register, and the anchor of custody weeks."""

    form: ChildForm
    attended_year: int | None
    renewed_year: int | None
    custody_from: date | None


@dataclass(frozen=True, slots=True)
class DemoFamily:
    """A family to register. `key` is its number in the tables."""

    key: int
    guardians: tuple[GuardianForm, ...]
    children: tuple[DemoChild, ...]

    @property
    def form(self) -> FamilyForm:
        """The form as an agent fills it; years renewed later are not in it."""
        return FamilyForm(self.guardians, tuple(child.form for child in self.children))


@cache
def demo_families() -> tuple[DemoFamily, ...]:
    """Return the families in the order of the tables. Raises InvalidInput, naming the file and line, on what cannot be understood."""
    guardians: dict[int, list[GuardianForm]] = {}
    children: dict[int, list[DemoChild]] = {}
    for key, row in _rows(GUARDIANS):
        guardians.setdefault(key, []).append(_guardian(row))
    for key, row in _rows(CHILDREN):
        children.setdefault(key, []).append(_child(row))
    return tuple(DemoFamily(key, tuple(found), tuple(children.get(key, ()))) for key, found in guardians.items())


def _rows(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    text = files("data").joinpath("demo", name).read_text(encoding="utf-8")
    for number, row in enumerate(csv.DictReader(text.splitlines(), delimiter=";"), start=2):
        try:
            yield int(row["famille"]), row
        except (KeyError, ValueError) as fault:
            raise InvalidInput(f"{name}, ligne {number} : le numéro de famille n’est pas compris.") from fault


def _guardian(row: dict[str, str]) -> GuardianForm:
    quotient = int(row["quotient"]) * 100 if row["quotient"] else None
    return GuardianForm(
        row["nom"],
        row["prenom"],
        email=row["courriel"],
        phone=row["telephone"],
        address=row["adresse"],
        postcode=row["code_postal"],
        city=row["commune"],
        payer=row["payeur"] == "oui",
        resident=row["resident"] == "oui",
        quotient_cents=quotient,
        quotient_from=_day(row["quotient_du"]),
        quotient_until=_day(row["quotient_au"]),
        quotient_source=row["piece"],
        basis=row["fondement"],
        basis_on=_day(row["fondement_du"]),
        basis_seen_on=_day(row["fondement_vu"]),
    )


def _child(row: dict[str, str]) -> DemoChild:
    form = ChildForm(
        row["nom"],
        row["prenom"],
        date.fromisoformat(row["ne_le"]),
        row["ecole"],
        row["classe"],
        row["repas_fourni"] == "oui",
        diet=row["menu"],
    )
    attended, renewed = row["alsh_frequente"], row["alsh_renouvele"]
    return DemoChild(
        form, int(attended) if attended else None, int(renewed) if renewed else None, _day(row["garde_alternee_depuis"])
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
