"""A town of the size asked for: as many sites as its children need, families with one or two children, a school year of bookings.

Every site receives about 470 children and every slot about 100, whatever the size, as in a mairie that grows by opening schools: what is
compared between two sizes is the size of the tables, not of a classroom. Everything is computed from ranks, so two runs fill the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, product

from sqlalchemy import func, select

from bench.filling import Filling, filling
from models import tables as t
from models.engine import Database
from models.migrate import migrate
from models.states import DatabaseKind
from tui_portail.commune import Commune, OfferingRules, SchoolRules, SiteRules
from tui_portail.commune_files import shipped_commune
from tui_portail.dossier_number import with_key
from tui_portail.folding import vocabulary_words
from tui_portail.instants import PARIS
from tui_portail.services.commune import record_commune
from tui_portail.services.search_index import person_words

NOW = datetime(2026, 12, 1, 10, 30, tzinfo=PARIS)  # a Tuesday: the demo's own start
FIRST_DAY, LAST_DAY = date(2026, 9, 1), date(2027, 7, 2)
CHILDREN_A_SITE = 470
BOOKINGS_A_SLOT = 100
CAPACITY = 150
LIVE_BASKETS = 20
MONTHS = 12
_STARTS = ("Ba", "Bou", "Car", "Ché", "Da", "Du", "Fer", "Gar", "Le", "Mar", "Mo", "Pel", "Ro", "Sa", "Ter", "Vi")
_MIDDLES = ("ba", "bi", "cha", "don", "fan", "gne", "la", "lé", "mi", "na", "ni", "ra", "ri", "ta", "ti", "ve")
_ENDS = (
    "chon",
    "din",
    "geon",
    "let",
    "lier",
    "min",
    "nier",
    "pin",
    "quet",
    "rand",
    "reau",
    "tel",
    "tier",
    "val",
    "vin",
)
_FIRST_NAMES = ("Inès", "Gabriel", "Noé", "Maïa", "Loïc", "Chloé", "Adam", "Zoé", "Raphaël", "Élise", "Hugo", "Anaïs")


@dataclass(frozen=True, slots=True)
class TownSize:
    """How many dossiers, and about how many bookings."""

    dossiers: int
    bookings: int

    @property
    def children(self) -> int:
        """One or two by dossier in turn."""
        return self.dossiers + self.dossiers // 2

    @property
    def sites(self) -> int:
        """As many as the children need, two at least."""
        return max(2, round(self.children / CHILDREN_A_SITE))


DEMO = TownSize(150, 10_000)
SMALL = TownSize(1_000, 200_000)
GRAND = TownSize(100_000, 20_000_000)
TINY = TownSize(60, 600)


@dataclass(frozen=True, slots=True)
class Town:
    """What was filled, counted: ids run from 1."""

    size: TownSize
    sites: int
    slots: int
    bookings: int

    def families_with_two_children(self, count: int) -> list[int]:
        """Return dossier ids spread over the whole town, each with two children at two sites."""
        step = max(1, self.size.dossiers // 2 // count) * 2
        return [1 + rank * step for rank in range(min(count, self.size.dossiers // 2))]


def last_name(rank: int) -> str:
    """Return one of 3 840 names that look like names, accents included."""
    start, middle, end = rank % 16, rank // 16 % 16, rank // 256 % 15
    return _STARTS[start] + _MIDDLES[middle] + _ENDS[end]


def first_name(rank: int) -> str:
    """Return a first name."""
    return _FIRST_NAMES[rank % len(_FIRST_NAMES)]


def town_commune(sites: int) -> Commune:
    """Return the shipped example's rules, prices and limits by age over as many sites, each with its school and every activity."""
    shipped = shipped_commune()
    codes = [f"S{place:04d}" for place in range(1, sites + 1)]
    return replace(
        shipped,
        sites=tuple(SiteRules(code, f"Site {code}") for code in codes),
        schools=tuple(SchoolRules(f"E{code}", f"École {code}", ("CE1",), code, code) for code in codes),
        offerings=tuple(
            OfferingRules(code, activity, CAPACITY) for code, activity in product(codes, shipped.policy.activities)
        ),
        limits=tuple(replace(limit, site=code) for code, limit in product(codes, shipped.limits)),
    )


def make_town(url: str, size: TownSize) -> Town:
    """Create the database at `url`, of kind TEST, and fill it. Bookings are confirmed without payments: not for the verifier."""
    migrate(url, DatabaseKind.TEST)
    commune = town_commune(size.sites)
    database = Database.open(url)
    with database.write() as connection:
        record_commune(connection, commune, "mesures", NOW)
    database.close()
    with filling(url, ("booking", "basket", "search_token")) as fill:
        _agents(fill)
        _families(fill, size)
        slots = _slots(fill, commune, size)
        _paid_baskets(fill, size)
        bookings = _bookings(fill, size, slots)
        _baskets_on_hold(fill, size, slots, bookings)
    return Town(size, size.sites, slots, bookings)


def found_town(url: str) -> Town:
    """Return what is in a town filled before, as counted there."""
    database = Database.open(url)
    with database.read() as connection:
        dossiers = connection.execute(select(func.max(t.dossier.c.id))).scalar_one()
        sites = connection.execute(select(func.count()).select_from(t.site)).scalar_one()
        slots, bookings = (connection.execute(select(func.max(one.c.id))).scalar_one() for one in (t.slot, t.booking))
    database.close()
    return Town(TownSize(dossiers, bookings), sites, slots, bookings)


def _agents(fill: Filling) -> None:
    at = fill.instant(NOW)
    columns = ("id", "username", "name", "password_hash", "must_change_password", "failures", "created_at")
    fill.rows("agent", columns, [(1, "mesures", "Camille Roux", "!", False, 0, at)])
    fill.rows("agent_role", ("agent_id", "role"), [(1, "enfance"), (1, "comptabilite")])


def _families(fill: Filling, size: TownSize) -> None:
    at, n = fill.instant(NOW - timedelta(days=200)), size.dossiers
    dossiers = range(1, n + 1)
    fill.rows(
        "dossier",
        ("id", "number", "label", "created_at", "version"),
        ((d, number_of(d), last_name(d).upper(), at, 1) for d in dossiers),
    )
    fill.rows(
        "identity_snapshot",
        ("id", "kind", "person_id", "name", "address", "taken_at"),
        ((d, "payeur", d, f"Parent{d % 97} {last_name(d)}", "1 rue du Puits\n34830 Clapiers", at) for d in dossiers),
    )
    fill.rows(
        "guardian",
        (
            "id",
            "dossier_id",
            "last_name",
            "first_name",
            "email",
            "phone",
            "address",
            "postcode",
            "city",
            "snapshot_id",
        ),
        (
            (d, d, last_name(d), first_name(d), "", phone_of(d), "1 rue du Puits", "34830", "Clapiers", d)
            for d in dossiers
        ),
    )
    fill.rows("payer", ("id", "dossier_id", "guardian_id", "rank", "resident"), ((d, d, d, 1, True) for d in dossiers))
    fill.rows(
        "quotient_familial",
        ("id", "payer_id", "value_cents", "valid_from_on", "valid_until_on", "source", "recorded_at"),
        ((d, d, 300_00 + d % 1500 * 100, "2026-01-01", "2027-12-31", "attestation CAF", at) for d in dossiers),
    )
    _children(fill, size, at)
    _words(fill, size)


def number_of(dossier: int) -> str:
    """Return a dossier's number, spread over the seven digits and all different."""
    return with_key(1_000_000 + dossier * 7_919_993 % 8_999_999)


def phone_of(dossier: int) -> str:
    """Return a telephone number of its own."""
    digits = f"06{dossier * 7919 % 100_000_000:08d}"
    return " ".join(digits[place : place + 2] for place in range(0, 10, 2))


def _child_places(size: TownSize) -> Iterator[tuple[int, int, int, int]]:
    """Yield (child, dossier, site from 0, place at the site); the second child of a family goes to the next site."""
    filled = [0] * size.sites
    for child in range(1, size.children + 1):
        second = child > size.dossiers
        dossier = (child - size.dossiers) * 2 - 1 if second else child
        site = (dossier - 1) * size.sites // size.dossiers
        if second:
            site = (site + 1) % size.sites
        yield child, dossier, site, filled[site]
        filled[site] += 1


def born(child: int) -> str:
    """Return a date of birth between three and ten years before the school year, ISO."""
    return (date(2016, 9, 1) + timedelta(days=child * 17 % 2500)).isoformat()


def _children(fill: Filling, size: TownSize, at: str) -> None:
    places = list(_child_places(size))
    fill.rows(
        "identity_snapshot",
        ("id", "kind", "person_id", "name", "address", "taken_at"),
        ((size.dossiers + c, "enfant", c, f"{first_name(c)} {last_name(d)}", "", at) for c, d, _, _ in places),
    )
    fill.rows(
        "child",
        ("id", "dossier_id", "last_name", "first_name", "birth_on", "meal_supplied", "snapshot_id"),
        ((c, d, last_name(d), first_name(c), born(c), True, size.dossiers + c) for c, d, _, _ in places),
    )
    fill.rows(
        "schooling",
        ("id", "child_id", "school_code", "class_name", "from_on"),
        ((c, c, f"ES{site + 1:04d}", "CE1", "2026-09-01") for c, _, site, _ in places),
    )
    fill.rows(
        "alsh_enrolment",
        ("id", "child_id", "year", "origin", "recorded_at"),
        (((c - 1) * 2 + year - 2025, c, year, "renouvele", at) for c, _, _, _ in places for year in (2026, 2027)),
    )
    fill.run(
        "CREATE TEMPORARY TABLE town_child (site_code TEXT, place INTEGER, child_id INTEGER, payer_id INTEGER, "
        "PRIMARY KEY (site_code, place))"
    )
    fill.rows(
        "town_child",
        ("site_code", "place", "child_id", "payer_id"),
        ((f"S{site + 1:04d}", place, c, d) for c, d, site, place in places),
    )


def _words(fill: Filling, size: TownSize) -> None:
    """Write the words each dossier is found by, as the services would."""
    seconds = {dossier: child for child, dossier, _, _ in _child_places(size) if child > size.dossiers}
    vocabulary: set[str] = set()

    def tokens() -> Iterator[tuple[str, int]]:
        for dossier in range(1, size.dossiers + 1):
            words = {number_of(dossier)}
            words |= person_words(last_name(dossier), first_name(dossier), None, phone_of(dossier))
            for child in filter(None, (dossier, seconds.get(dossier))):
                words |= person_words(last_name(dossier), first_name(child), date.fromisoformat(born(child)))
            vocabulary.update(vocabulary_words(words))
            yield from ((word, dossier) for word in sorted(words))

    fill.rows("search_token", ("word", "dossier_id"), tokens())
    fill.rows("search_word", ("word",), ((word,) for word in sorted(vocabulary)))


def _slots(fill: Filling, commune: Commune, size: TownSize) -> int:
    """Make a school year of slots at each site, as many as the bookings need, and return how many."""
    per_slot = min(BOOKINGS_A_SLOT, _smallest_site(size) * 4 // 5)
    days = [
        (rule.code, day)
        for rule in commune.policy.activities.values()
        for day in commune.calendar.running_days(rule, FIRST_DAY, LAST_DAY, False, None)
    ]
    days.sort(key=lambda slot: (abs((slot[1] - NOW.date()).days), slot[0]))  # a small town books around today
    a_site = max(1, min(len(days), round(size.bookings / size.sites / per_slot)))
    chosen = sorted(islice(days, a_site), key=lambda slot: (slot[1], slot[0]))
    codes = [site.code for site in commune.sites]
    rows = enumerate(((code, activity, day) for (activity, day), code in product(chosen, codes)), start=1)
    fill.rows(
        "slot",
        ("id", "site_code", "activity_code", "day", "capacity", "withheld"),
        ((rank, code, activity, day.isoformat(), CAPACITY, 0) for rank, (code, activity, day) in rows),
    )
    return len(chosen) * len(codes)


def _smallest_site(size: TownSize) -> int:
    counts = [0] * size.sites
    for _, _, site, _ in _child_places(size):
        counts[site] += 1
    return min(counts)


_BOOKING = (
    "INSERT INTO booking (id, child_id, slot_id, day, payer_id, basket_id, state, price_cents, care_cents, meal_cents, "
    "tariff, booked_at, agent_id) "
)


def _paid_baskets(fill: Filling, size: TownSize) -> None:
    """Make a paid basket a family and month, which the month's bookings name."""
    at = fill.instant(NOW - timedelta(days=90))
    columns = ("id", "dossier_id", "payer_id", "kind", "state", "created_at", "expires_at", "extensions", "agent_id")
    fill.rows(
        "basket",
        columns,
        (
            (dossier * MONTHS + month, dossier, dossier, "reservation", "paye", at, at, 0, 1)
            for dossier in range(1, size.dossiers + 1)
            for month in range(MONTHS)
        ),
    )


def _bookings(fill: Filling, size: TownSize, slots: int) -> int:
    """Book the same number of children on every slot, one in twenty cancelled since, and return how many bookings."""
    smallest = _smallest_site(size)
    per_slot = min(BOOKINGS_A_SLOT, smallest * 4 // 5)
    month = "CAST(SUBSTR(CAST(s.day AS TEXT), 6, 2) AS INTEGER)"
    fill.run(
        f"WITH RECURSIVE seat(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM seat WHERE k < {per_slot - 1}) "
        f"{_BOOKING}"
        f"SELECT (s.id - 1) * {per_slot} + seat.k + 1, c.child_id, s.id, s.day, c.payer_id, c.payer_id * {MONTHS} + {month} % {MONTHS}, "
        "CASE WHEN (s.id + seat.k) % 20 = 0 THEN 'cancelled' ELSE 'confirmed' END, 250, 250, 0, "
        f"'Garde (FICTIF)', '{fill.instant(NOW - timedelta(days=90))}', 1 "
        f"FROM slot s CROSS JOIN seat JOIN town_child c ON c.site_code = s.site_code AND c.place = (s.id * 37 + seat.k) % {smallest}"
    )
    return slots * per_slot


def _baskets_on_hold(fill: Filling, size: TownSize, slots: int, bookings: int) -> None:
    """Put some families' days on hold: one day each for a child that is not on the slot yet."""
    smallest = _smallest_site(size)
    per_slot = min(BOOKINGS_A_SLOT, smallest * 4 // 5)
    at, until = fill.instant(NOW - timedelta(minutes=5)), fill.instant(NOW + timedelta(minutes=10))
    step, first = max(1, slots // LIVE_BASKETS), (size.dossiers + 1) * MONTHS
    held = f"FROM slot s JOIN town_child c ON c.site_code = s.site_code AND c.place = (s.id * 37 + {per_slot}) % {smallest} "
    held += f"WHERE s.id % {step} = 0"
    fill.run(
        "INSERT INTO basket (id, dossier_id, payer_id, kind, state, created_at, expires_at, extensions, agent_id) "
        f"SELECT {first} + c.payer_id, c.payer_id, c.payer_id, 'reservation', 'ouvert', '{at}', '{until}', 0, 1 {held} "
        "GROUP BY c.payer_id"
    )
    fill.run(
        f"{_BOOKING}SELECT {bookings} + s.id, c.child_id, s.id, s.day, c.payer_id, {first} + c.payer_id, 'held', 250, 250, 0, "
        f"'Garde (FICTIF)', '{at}', 1 {held}"
    )
