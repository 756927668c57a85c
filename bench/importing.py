"""Importing a town's pupils and their guardians into a base that has its families already: simulated, written, simulated again.

The budget is the patience of the other desks on SQLite, where a write waits five seconds, three times.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from bench.planning_month import town_desk
from bench.table import Figure
from bench.timing import milliseconds
from bench.town import first_name, last_name
from models.engine import Database
from tui_portail.imports.columns import FileKind
from tui_portail.imports.files import read_delimited
from tui_portail.services.desk import new_operation
from tui_portail.services.imports import DryRun, ImportFile, apply_import, dry_run

PATIENCE_S = 15
SCHOOL = "ES0001"
_PUPILS = ("Nom élève", "Prénom élève", "Date naissance", "Sexe", "Adresse1", "Cp1", "Commune1", "Niveau")
_LISTED = ("Nom de famille enfant", "Prénom enfant", "Classes enfants")
_GUARDIANS = ("Nom responsable", "Prénom responsable", "Adresse responsable", "Téléphone portable", *_LISTED, *_LISTED)


def measure_importing(database: Database, pupils: int) -> list[Figure]:
    """Import `pupils` lines, two children a family, and as many guardians' lines as families."""
    desk = town_desk(database)
    families = range(pupils // 2)
    files = [
        _file(FileKind.PUPILS, _PUPILS, (_pupil(family, child) for family in families for child in (0, 1))),
        _file(FileKind.GUARDIANS, _GUARDIANS, map(_guardian, families)),
    ]
    seen: list[DryRun] = []
    figures = []

    def simulate() -> None:
        seen[:] = [dry_run(desk, files, SCHOOL)]

    for turn in ("", " a second time"):
        simulated = milliseconds(simulate) / 1000
        written = milliseconds(lambda: apply_import(desk, seen[0], new_operation())) / 1000
        lines = f"{len(seen[0].plan.lines):,}".replace(",", " ")
        figures += [
            Figure(f"{lines} lines simulated{turn}", simulated, "s"),
            Figure(f"the same written{turn}, in one transaction", written, "s", PATIENCE_S),
        ]
    assert seen[0].plan.changes_nothing
    return figures


def _pupil(family: int, child: int) -> tuple[str, ...]:
    born = f"{2014 + child * 2}-{1 + family % 12:02d}-{1 + family % 28:02d}"
    return _name(family), first_name(family + child), born, "FH"[child], _home(family), "34830", "Clapiers", "CE1"


def _guardian(family: int) -> tuple[str, ...]:
    children = ((_name(family), first_name(family + child), "CE1") for child in (0, 1))
    return _name(family), "Dominique", _home(family), f"07{family:08d}", *(cell for one in children for cell in one)


def _name(family: int) -> str:
    return f"{last_name(family)} {last_name(family // 3840 + 7)}".upper()


def _home(family: int) -> str:
    return f"{family + 1} allée des Mesures"


def _file(kind: FileKind, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> ImportFile:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(titles)
    writer.writerows(rows)
    return ImportFile(read_delimited(f"{kind}.csv", text.getvalue().encode("cp1252")), kind)
