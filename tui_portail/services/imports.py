"""Importing files of people: a dry run that says what would become of each line, then all of it, or the accepted lines, or nothing.

The file stays as it was read for the dry run. Applying judges it again within the transaction: what is written is what the base allows
then, and a plan that is no longer the one that was seen is refused. Run twice, the second run finds every line already there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import expanded, names_a_file, reason
from tui_portail.french import plural
from tui_portail.imports.columns import ColumnMap, FileKind
from tui_portail.imports.files import MOST_BYTES, FileNotUnderstood, SourceFile
from tui_portail.imports.lines import Reading, understanding
from tui_portail.imports.plan import FileToPlan, ImportPlan, Outcome, PlannedLine, Progress, counted
from tui_portail.imports.planning import plan_import
from tui_portail.instants import in_paris
from tui_portail.services.bulk_gesture import BaseMark, judged_under_lock, mark_of, one_at_a_time
from tui_portail.services.desk import Desk
from tui_portail.services.family_records import today_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.import_known import read_known
from tui_portail.services.import_writing import PlanWriter
from tui_portail.services.register_exports import file_to_write
from tui_portail.services.rights import Right
from tui_portail.workbooks import read_table, rejected_file
from tui_portail.year_change import years_of_files


class ImportMoved(PortailError):
    """What would be written is no longer what the dry run said."""

    code = "IMPORT_A_REVOIR"

    def __init__(self) -> None:
        super().__init__(
            "La base a changé depuis la simulation : l’import ne ferait plus la même chose. Rien n’a été enregistré ; "
            "relancez la simulation, relisez-la, puis appliquez."
        )


class LinesLeft(PortailError):
    """All or nothing was asked, and some lines cannot be written."""

    code = "IMPORT_INCOMPLET"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{plural(count, 'ligne')} ne peuvent pas être importées : corrigez-les, ou choisissez « lignes acceptées seulement ». "
            "Rien n’a été enregistré."
            if count > 1
            else "Une ligne ne peut pas être importée : corrigez-la, ou choisissez « lignes acceptées seulement ». Rien n’a été enregistré."
        )


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file to import: what it holds, and, for a table, which column is what."""

    source: SourceFile
    kind: FileKind
    columns: ColumnMap | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do of the base as it is marked."""

    files: tuple[ImportFile, ...]
    school_code: str
    year: date
    plan: ImportPlan
    mark: BaseMark

    @property
    def refused(self) -> tuple[PlannedLine, ...]:
        """The lines that would not be written."""
        return tuple(line for line in self.plan.lines if not line.accepted)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written: lines by outcome, dossiers opened and dossiers changed."""

    created: int
    matched: int
    ambiguous: int
    rejected: int
    dossiers: int
    changed: int

    @property
    def sentence(self) -> str:
        """Say it in French."""
        if not self.dossiers and not self.changed:
            return "Tout est déjà dans la base : rien n’a été changé."
        return (
            f"Import enregistré : {plural(self.created, 'ligne créée', 'lignes créées')}, "
            f"{plural(self.matched, 'reconnue')}, {plural(self.dossiers, 'dossier ouvert', 'dossiers ouverts')}, "
            f"{plural(self.changed, 'dossier mis à jour', 'dossiers mis à jour')}."
        )


def path_typed(typed: str) -> Path:
    """Return the file an agent names, its quotes and `~` undone. Raises InvalidInput."""
    name = typed.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    if not names_a_file(name):
        raise InvalidInput("Donnez le chemin du fichier à importer, par exemple ~/Téléchargements/eleves.csv.")
    return expanded(name)


def read_import_file(typed: str) -> SourceFile:
    """Read the file an agent names. Raises InvalidInput, FileNotUnderstood."""
    path = path_typed(typed)
    try:
        if not path.is_file():
            raise InvalidInput(f"Aucun fichier {path} : vérifiez le chemin.")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileNotUnderstood(f"Le fichier {path} ne se lit pas ({reason(error)}).") from error
    return read_table(path.name, content)


def dry_run(
    desk: Desk,
    files: Sequence[ImportFile],
    school_code: str = "",
    progress: Progress | None = None,
    year: int | None = None,
) -> DryRun:
    """Say what would become of each line, writing nothing.

    `school_code`: the school the files are of, empty to go by levels. `year`: that in which the files' school year begins, the one under
    way or the coming one; None to go by the day it is. Raises ColumnsMissing, InvalidInput, NotAllowed.
    """
    with desk.read(Right.IMPORT) as connection:
        commune = desk.commune(connection)
        today = in_paris(desk.instant(connection)).date()
        prepared = _prepared(files, commune, school_code, today)
        school_year = _school_year(year, today)
        mark, known = mark_of(connection), read_known(connection)
    plan = plan_import(prepared, known, school_year, today, progress)
    return DryRun(tuple(files), school_code, school_year, plan, mark)


def apply_import(
    desk: Desk, seen: DryRun, operation: str, *, accepted_only: bool = False, progress: Progress | None = None
) -> Imported:
    """Write what the dry run said: every line, or none (LinesLeft), or with `accepted_only` those that can be.

    One transaction: `progress` may raise, and nothing is kept. Raises ImportMoved, LinesLeft, DossiersMoving, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        one_at_a_time(gesture.connection, "import")
        today = today_of(gesture)
        prepared = _prepared(seen.files, gesture.commune, seen.school_code, today)

        def judge() -> ImportPlan:
            return plan_import(prepared, read_known(gesture.connection), seen.year, today)

        plan = judged_under_lock(gesture.connection, judge, lambda one: one.touched, (seen.mark, seen.plan))
        if plan.digest != seen.plan.digest:
            raise ImportMoved
        left = plan.counts[Outcome.AMBIGUOUS] + plan.counts[Outcome.REJECTED]
        if left and not accepted_only:
            raise LinesLeft(left)
        PlanWriter(gesture, plan, progress).write()
        runs = _keep_runs(gesture.connection, gesture, seen.files, plan)
        counts = _counts(plan.counts)
        result = {**counts, "dossiers": len(plan.dossiers), "changed": len(plan.touched)}
        details = {
            "files": [file.source.sha256 for file in seen.files],
            "kinds": [f.kind for f in seen.files],
            **result,
        }
        return Done(result, "import_run", runs[0], details=details)

    def answer(kept: Mapping[str, Any]) -> Imported:
        return Imported(**kept)

    content = [
        [file.source.sha256 for file in seen.files],
        seen.school_code,
        seen.year,
        seen.plan.digest,
        accepted_only,
    ]
    return perform(desk, "importer", Right.IMPORT, operation, content, work, answer)


def write_rejected(seen: DryRun, place: int, path: Path, *, replace: bool = False) -> int:
    """Write the lines refused of one of the files, in its own format, and return how many. Raises ExportNotWritten."""
    lines = {line.line for line in seen.refused if line.source == place}
    content = rejected_file(seen.files[place].source, lines)
    with file_to_write(path, replace=replace) as file:
        file.write(content)
    return len(lines)


def write_rejected_beside(seen: DryRun, typed: Sequence[str]) -> tuple[Path, ...]:
    """Write the refused lines of each file beside it, under a free name « …-a-corriger », and return where. Raises ExportNotWritten."""
    written = []
    for place in sorted({line.source for line in seen.refused}):
        path = path_typed(typed[place]).absolute()
        target, turn = path.with_name(f"{path.stem}-a-corriger{path.suffix}"), 2
        while target.exists():
            target, turn = path.with_name(f"{path.stem}-a-corriger-{turn}{path.suffix}"), turn + 1
        write_rejected(seen, place, target)
        written.append(target)
    return tuple(written)


def _school_year(year: int | None, today: date) -> date:
    offered = years_of_files(today)
    if year is None:
        return offered[0]
    found = next((one for one in offered if one.year == year), None)
    if found is None:
        years = " ou ".join(f"{one.year} ({one.year}-{one.year + 1})" for one in sorted(offered))
        raise InvalidInput(f"L’année scolaire d’un import est celle qui court ou la suivante : {years}.")
    return found


def _prepared(files: Sequence[ImportFile], commune: Commune, school_code: str, today: date) -> list[FileToPlan]:
    if school_code and school_code not in {school.code for school in commune.schools}:
        codes = ", ".join(f"{school.code} ({school.name})" for school in commune.schools)
        raise InvalidInput(f"L’école « {school_code[:30]} » n’est pas de la commune. Écoles : {codes}.")
    reading = Reading(commune.schools, today, school_code)
    return [
        FileToPlan(file.source, understanding(file.kind, file.source.header, file.columns, reading)) for file in files
    ]


def _counts(counts: Mapping[Outcome, int]) -> dict[str, int]:
    names = ("created", "matched", "ambiguous", "rejected")
    return dict(zip(names, (counts[outcome] for outcome in Outcome), strict=True))


def _keep_runs(connection: Connection, gesture: Gesture, files: Sequence[ImportFile], plan: ImportPlan) -> list[int]:
    runs = []
    for place, file in enumerate(files):
        counts = _counts(counted([line for line in plan.lines if line.source == place]))
        runs.append(
            int(
                connection.execute(
                    insert(t.import_run)
                    .values(
                        kind=file.kind.value,
                        file_name=file.source.name[:200],
                        file_sha256=file.source.sha256,
                        imported_at=gesture.now,
                        agent_id=gesture.agent.agent_id,
                        **counts,
                    )
                    .returning(t.import_run.c.id)
                ).scalar_one()
            )
        )
    return runs
