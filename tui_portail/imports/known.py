"""What the base already holds, as a plan needs it: children with their schools, guardians, the dossiers they are in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tui_portail.imports.lines import NOWHERE, PlaceSaid


@dataclass(frozen=True, slots=True)
class KnownSchooling:
    """A child's school from a day on."""

    schooling_id: int
    from_on: date
    school_code: str
    level: str
    class_name: str


@dataclass(frozen=True, slots=True)
class KnownChild:
    """A child of the base; `schoolings` in the order of their days."""

    child_id: int
    dossier_id: int
    last_name: str
    birth_name: str
    first_name: str
    birth_on: date
    sex: str = ""
    archived: bool = False
    schoolings: tuple[KnownSchooling, ...] = ()
    alsh_years: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownGuardian:
    """A guardian of the base; `payer_id` 0 for one who does not pay; `quotients` the days theirs are valid."""

    guardian_id: int
    dossier_id: int
    last_name: str
    birth_name: str
    first_name: str
    email: str = ""
    phone: str = ""
    phone_2: str = ""
    place: PlaceSaid = NOWHERE
    allowance_number: str = ""
    payer_id: int = 0
    quotients: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class KnownDossier:
    """A dossier of the base, as last saved."""

    dossier_id: int
    number: str
    version: int
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The base at one instant."""

    dossiers: tuple[KnownDossier, ...] = ()
    children: tuple[KnownChild, ...] = ()
    guardians: tuple[KnownGuardian, ...] = ()
