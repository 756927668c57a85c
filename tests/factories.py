"""Small makers that fill what a test does not care about: a desk with somebody at it, a family with children.

desk = a_desk(database, Role.ENFANCE, Role.COMPTABILITE, at="2026-12-01 10:30")
family = a_family(desk, children=2, quotient_cents=745_00)
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, insert, select

from models import tables as t
from models.engine import Database
from tui_portail.commune import Commune
from tui_portail.commune_files import shipped_commune
from tui_portail.family_forms import ChildForm, FamilyForm, GuardianForm
from tui_portail.instants import PARIS
from tui_portail.services.clock import FixedClock
from tui_portail.services.commune import record_commune
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.registration import register_family
from tui_portail.services.rights import Role

TUESDAY = "2026-12-01 10:30"
BOTH_DESKS = (Role.ENFANCE, Role.COMPTABILITE)
NO_PASSWORD = "!"  # no password has this hash: such an agent signs in only through a_desk
HEALTH_FORM = "FICHE_SANITAIRE"
FIRST_NAMES = ("Inès", "Gabriel", "Noé", "Éole", "Maïa", "Loïc")


@dataclass(frozen=True)
class Family:
    """The ids of a family just registered, in the order they were given."""

    dossier_id: int
    number: str
    guardian_ids: tuple[int, ...]
    payer_ids: tuple[int, ...]
    child_ids: tuple[int, ...]

    @property
    def payer_id(self) -> int:
        return self.payer_ids[0]

    @property
    def child_id(self) -> int:
        return self.child_ids[0]


@cache
def the_commune() -> Commune:
    """The commune shipped as an example, read once."""
    return shipped_commune()


@cache
def where_debts_block_nothing() -> Commune:
    """The same commune, which lets a payer who owes something book again."""
    commune = the_commune()
    return replace(commune, policy=replace(commune.policy, debt_blocks_bookings=False))


def paris(text: str) -> datetime:
    """An instant written as Paris wall time: « 2026-12-01 10:30 »."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def a_desk(
    database: Database,
    *roles: Role,
    at: str | datetime = TUESDAY,
    username: str | None = None,
    name: str = "Camille Roux",
    documents_dir: Path | None = None,
    commune: Commune | None = None,
) -> Desk:
    """A desk with an agent of these roles signed in (both desks' by default), on a clock that stands at `at` (Paris).

    Records the commune if the database has none yet. Move its clock with `desk.clock.advance(minutes=15)`.
    """
    instant = paris(at) if isinstance(at, str) else at
    with database.write() as connection:
        if connection.scalar(select(func.count()).select_from(t.commune_version)) == 0:
            record_commune(connection, commune or the_commune(), "essai", instant)
    desk = Desk(
        database,
        documents_dir or Path(tempfile.gettempdir()) / "portail-documents",
        FixedClock(database, instant),
    )
    desk.sign(an_agent(database, *(roles or BOTH_DESKS), username=username, name=name, at=instant))
    return desk


def an_agent(
    database: Database,
    *roles: Role,
    username: str | None = None,
    name: str = "Camille Roux",
    at: datetime | None = None,
    password_hash: str = NO_PASSWORD,
) -> SignedAgent:
    """An agent of these roles, as signed in."""
    username = username or f"agent{uuid4().hex[:12]}"
    with database.write() as connection:
        agent_id = connection.execute(
            insert(t.agent)
            .values(
                username=username,
                name=name,
                password_hash=password_hash,
                must_change_password=False,
                failures=0,
                created_at=at or paris(TUESDAY),
            )
            .returning(t.agent.c.id)
        ).scalar_one()
        connection.execute(insert(t.agent_role), [{"agent_id": agent_id, "role": role.value} for role in roles])
    return SignedAgent(agent_id, username, name, frozenset(roles))


def a_guardian(last_name: str = "Dupont", first_name: str = "Marie", **fields: object) -> GuardianForm:
    """A guardian's form; a payer and a resident unless said otherwise. `quotient_cents` alone is valid all 2026 and 2027."""
    values: dict[str, object] = {
        "phone": "06 12 34 56 78",
        "address": "1 place de la Mairie",
        "postcode": "34830",
        "city": "Clapiers",
        "payer": True,
        "basis": "accord",  # asked of a second payer only
        "basis_on": date(2026, 1, 5),
        "basis_seen_on": date(2026, 1, 12),
    }
    if fields.get("quotient_cents") is not None:
        values |= {
            "quotient_from": date(2026, 1, 1),
            "quotient_until": date(2027, 12, 31),
            "quotient_source": "attestation CAF",
        }
    return GuardianForm(last_name, first_name, **(values | fields))  # type: ignore[arg-type]


def a_child(first_name: str = "Inès", last_name: str = "Dupont", **fields: object) -> ChildForm:
    """A child's form: seven years old, in CE1, ALSH dossier renewed for nothing."""
    values: dict[str, object] = {"birth_on": date(2019, 3, 12), "school_code": "ELEMENTAIRE", "class_name": "CE1"}
    return ChildForm(last_name, first_name, **(values | fields))  # type: ignore[arg-type]


def a_family(
    desk: Desk,
    *,
    last_name: str = "Dupont",
    children: int | Sequence[ChildForm] = 1,
    guardians: Sequence[GuardianForm] | None = None,
    two_payers: bool = False,
    resident: bool = True,
    quotient_cents: int | None = None,
    renew_alsh_years: tuple[int, ...] = (),
    health_forms: bool = True,
) -> Family:
    """Register a family through the service, whoever is at the desk: one payer, one child in CE1 unless said otherwise.

    With `two_payers`, a second guardian « Karim Benali » pays too (custody is set by the test). With `health_forms`, the fiches
    sanitaires were seen, until August 2027.
    """
    if guardians is None:
        first = a_guardian(last_name, resident=resident, quotient_cents=quotient_cents)
        second = a_guardian("Benali", "Karim", phone="07 11 22 33 44", resident=resident)
        guardians = (first, second) if two_payers else (first,)
    if isinstance(children, int):
        children = tuple(
            a_child(
                FIRST_NAMES[place], last_name, birth_on=date(2019 - place, 3, 12), renew_alsh_years=renew_alsh_years
            )
            for place in range(children)
        )
    registrar = Desk(desk.database, desk.documents_dir, desk.clock)
    registrar.sign(an_agent(desk.database, Role.ENFANCE, name="Agent d’inscription"))
    made = register_family(registrar, FamilyForm(tuple(guardians), tuple(children)), new_operation())
    with desk.database.read() as connection:

        def ids(table: object) -> tuple[int, ...]:
            column = table.c  # type: ignore[attr-defined]
            return tuple(
                connection.scalars(select(column.id).where(column.dossier_id == made.dossier_id).order_by(column.id))
            )

        family = Family(made.dossier_id, made.number, ids(t.guardian), ids(t.payer), ids(t.child))
    if health_forms:
        see_health_forms(registrar, family)
    return family


def see_health_forms(desk: Desk, family: Family) -> None:
    """Write that the fiche sanitaire of each child was seen, until August 2027: the shipped commune's ALSH holidays wait for it."""
    seen = {
        "dossier_id": family.dossier_id,
        "kind_code": HEALTH_FORM,
        "valid_from_on": date(2025, 9, 1),
        "valid_until_on": date(2027, 8, 31),
        "seen_on": date(2026, 9, 1),
        "seen_by": desk.require().agent_id,
        "recorded_at": paris(TUESDAY),
    }
    with desk.database.write() as connection:
        connection.execute(insert(t.supporting_document), [seen | {"child_id": child} for child in family.child_ids])
