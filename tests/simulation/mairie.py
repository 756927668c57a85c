"""A mairie drawn from a seed: families, small capacities, options; as the reference knows it, then written in a base by the services."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random

from models.engine import Database
from tests.factories import a_child, a_family, a_guardian, an_agent, the_commune
from tests.simulation.prices import TARIFFS, Tariff
from tests.simulation.reference import COMPTABILITE, ENFANCE, REGISSEUR, Child, Family, House, Payer
from tests.simulation.school_days import ALSH, BREAK, EVENING, HOLIDAYS, MEAL, MORNING, WEDNESDAY
from tui_portail.commune import Commune, OfferingRules
from tui_portail.price_grids import BracketTariff, EffortTariff, FlatTariff, PriceGrid, QuotientBracket
from tui_portail.services.clock import FixedClock
from tui_portail.services.commune import record_commune
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Role

SCHOOLS = {  # its classes, the sites of its pupils, the years in which they are born
    "MATERNELLE": ("Petite section", "MELODIE", "MELODIE", (2021, 2022, 2023)),
    "ELEMENTAIRE": ("CE1", "HARMONIE", "HARMONIE", (2016, 2017, 2018, 2019, 2020)),
    "COLLEGE": ("6e", None, "ADOS", (2013, 2014, 2015)),
}
STARTS = (
    datetime.fromisoformat("2026-08-31T09:00+02:00"),
    datetime.fromisoformat("2026-10-19T08:30+02:00"),  # holidays, then the change of hour
    datetime.fromisoformat("2026-12-21T08:30+01:00"),  # holidays, then the change of year
    datetime.fromisoformat("2027-03-22T08:30+01:00"),  # the other change of hour
)
AGENTS = (
    (ENFANCE,),
    (COMPTABILITE,),
    (ENFANCE, REGISSEUR),
    (REGISSEUR,),
    (ENFANCE,),
    (COMPTABILITE,),
)
"""The roles of the agents, desk after desk; the seventh desk is the first one's colleague."""


@dataclass(frozen=True)
class Mairie:
    """What a seed gives: the house, each child's school, when its life begins."""

    house: House
    schools: tuple[str, ...]
    start: datetime


def draw(seed: int, families: int = 10) -> Mairie:
    """Return the mairie of a seed."""
    chance = Random(f"mairie {seed}")  # noqa: S311 (the same for a seed)
    start = chance.choice(STARTS)
    drawn: list[Family] = []
    children: list[Child] = []
    payers: list[Payer] = []
    schools: list[str] = []
    for key in range(families):
        mine = [_payer(chance, len(payers) + place) for place in range(1 + (chance.random() < 0.4))]
        theirs = _children(chance, key, len(children), schools, start.year)
        anchor = date(2026, 8, 31) if len(mine) == 2 else date.max
        drawn.append(Family(key, tuple(c.key for c in theirs), tuple(p.key for p in mine), anchor))
        payers += mine
        children += theirs
    places = {
        (site, activity): chance.choice(at_most)
        for site in ("MELODIE", "HARMONIE", "ADOS")
        for activity, at_most in (
            (MORNING, (1, 2, 3)),
            (BREAK, (2, 3, 5)),
            (MEAL, (1, 2, 4)),
            (EVENING, (1, 2)),
            (WEDNESDAY, (1, 2, 3)),
            (HOLIDAYS, (1, 2, 3)),
        )
        if site != "ADOS" or activity in ALSH
    }
    house = House(tuple(drawn), tuple(children), tuple(payers), places, seed % 2 == 0, seed % 3 == 0)
    return Mairie(house, tuple(schools), start)


def _payer(chance: Random, key: int) -> Payer:
    proven = (date(2026, 1, 1), chance.choice([date(2026, 12, 31), date(2027, 12, 31)]))
    quotient = chance.choice([None, 310_00, 499_99, 745_00, 900_00, 1399_99, 2100_00])
    return Payer(key, chance.random() < 0.8, quotient, proven)


def _children(chance: Random, family: int, first: int, schools: list[str], renewed: int) -> list[Child]:
    born = []
    for _ in range(chance.choice([1, 1, 2, 2, 3])):
        school = chance.choice(["MATERNELLE", "MATERNELLE", "ELEMENTAIRE", "ELEMENTAIRE", "ELEMENTAIRE", "COLLEGE"])
        schools.append(school)
        day = date(chance.choice(SCHOOLS[school][3]), chance.randint(1, 12), chance.randint(1, 28))
        born.append((day, school))
    seen = chance.random() < 0.8
    ranks = sorted(range(len(born)), key=lambda place: (born[place][0], place))
    return [
        Child(
            first + place,
            family,
            day,
            ranks.index(place) + 1,
            SCHOOLS[school][1],
            str(SCHOOLS[school][2]),
            {renewed} if chance.random() < 0.7 else set(),
            seen,
        )
        for place, (day, school) in enumerate(born)
    ]


@dataclass(frozen=True)
class Written:
    """The mairie in a base: the ids of its families, children and payers, in the reference's order, and its desks."""

    families: tuple[int, ...]
    children: tuple[int, ...]
    payers: tuple[int, ...]
    desks: tuple[Desk, ...]
    clock: FixedClock


def write(mairie: Mairie, url: str, desks: int) -> Written:
    """Record the commune and its families in a fresh base, and seat the agents, each at a desk with its own connections."""
    databases = [Database.open(url) for _ in range(desks)]
    clock = FixedClock(databases[0], mairie.start)
    with databases[0].write() as connection:
        record_commune(connection, _commune(mairie.house), "essai", mairie.start)
    seats = [Desk(database, Path("documents"), clock) for database in databases]
    for place, desk in enumerate(seats):
        roles = [Role(role) for role in AGENTS[place % len(AGENTS)]]
        desk.sign(an_agent(desk.database, *roles, name=f"Agent {place}", at=mairie.start))
    families, children, payers = [], [], []
    for family in mairie.house.families:
        made = a_family(
            seats[0],
            last_name=f"Famille{chr(65 + family.key)}",
            children=[_child_form(mairie, key) for key in family.children],
            guardians=[_guardian_form(mairie, key, place) for place, key in enumerate(family.payers)],
            health_forms=mairie.house.children[family.children[0]].health_form,
        )
        families.append(made.dossier_id)
        children += made.child_ids
        payers += made.payer_ids
        if len(family.payers) == 2:
            _share(seats[0].database, made.child_ids, made.payer_ids, family.anchor)
    return Written(tuple(families), tuple(children), tuple(payers), tuple(seats), clock)


def _share(database: Database, children: tuple[int, ...], payers: tuple[int, ...], anchor: date) -> None:
    from tests.tui_portail.services.desk_acts import alternate_weeks

    for child in children:
        alternate_weeks(database, child, payers[0], payers[1], anchor)


def _child_form(mairie: Mairie, key: int) -> object:
    child = mairie.house.children[key]
    school = mairie.schools[key]
    return a_child(
        f"Enfant{chr(65 + key)}",
        f"Famille{chr(65 + child.family)}",
        birth_on=child.born,
        school_code=school,
        class_name=SCHOOLS[school][0],
        renew_alsh_years=tuple(child.renewed),
    )


def _guardian_form(mairie: Mairie, key: int, place: int) -> object:
    payer = mairie.house.payers[key]
    fields = {"resident": payer.resident, "quotient_cents": payer.quotient}
    if payer.quotient is not None:
        first, last = payer.proven
        fields |= {"quotient_from": first, "quotient_until": last, "quotient_source": "attestation CAF"}
    guardian = a_guardian(f"Parent{chr(65 + key)}", ("Marie", "Karim")[place], **fields)
    return guardian if payer.quotient is None else replace(guardian, quotient_from=first, quotient_until=last)


def _commune(house: House) -> Commune:
    example = the_commune()
    activities = example.policy.activities
    if house.skip_public_holidays:
        activities = {
            code: replace(
                rule,
                add_limit=replace(rule.add_limit, skip_public_holidays=True),
                cancel_limit=replace(rule.cancel_limit, skip_public_holidays=True),
            )
            for code, rule in activities.items()
        }
    return replace(
        example,
        policy=replace(example.policy, activities=activities, debt_blocks_bookings=house.debts_first),
        offerings=tuple(OfferingRules(site, activity, count) for (site, activity), count in house.places.items()),
        grids=_grids(),
        limits=(),
    )


@cache
def _grids() -> tuple[PriceGrid, ...]:
    return tuple(_grid(tariff) for tariff in TARIFFS)


def _grid(one: Tariff) -> PriceGrid:
    tariff: FlatTariff | BracketTariff | EffortTariff
    if one.flat is not None:
        tariff = FlatTariff(one.flat)
    elif one.effort is not None:
        tariff = EffortTariff(*one.effort)
    else:
        ends = [start for start, _ in one.brackets[1:]] + [None]
        tariff = BracketTariff(
            tuple(QuotientBracket(start, end, price) for (start, price), end in zip(one.brackets, ends, strict=True))
        )
    return PriceGrid(
        one.activity,
        f"{one.activity} {one.first.year}",
        one.first,
        one.last,
        tariff,
        one.ranks,
        non_resident_factor=one.outside,
        meal_share=one.meal or None,
    )
