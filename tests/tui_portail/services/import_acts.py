"""An import in one line, and the whole base read back row by row."""

from collections.abc import Sequence

from sqlalchemy import select

from models.engine import Database
from models.tables import metadata
from tui_portail.imports.columns import ColumnMap, FileKind, guess_kind
from tui_portail.imports.plan import Outcome
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.imports import DryRun, Imported, ImportFile, apply_import, dry_run
from tui_portail.workbooks import read_table

OF_EACH_RUN = {"import_run", "audit_event"}  # an import is journalled even when it changes nothing


def files(*contents: bytes, columns: ColumnMap | None = None) -> list[ImportFile]:
    """The files, each taken for what its titles say."""
    made = []
    for place, content in enumerate(contents):
        source = read_table(f"fichier-{place}.csv", content)
        kind = FileKind.TABLE if columns is not None else guess_kind(source.header)
        made.append(ImportFile(source, kind, columns))
    return made


def rehearse(desk: Desk, *contents: bytes, columns: ColumnMap | None = None, school: str = "") -> DryRun:
    return dry_run(desk, files(*contents, columns=columns), school)


def bring_in(
    desk: Desk, *contents: bytes, columns: ColumnMap | None = None, school: str = "", accepted_only: bool = True
) -> Imported:
    seen = rehearse(desk, *contents, columns=columns, school=school)
    return apply_import(desk, seen, new_operation(), accepted_only=accepted_only)


def outcomes(seen: DryRun) -> list[tuple[int, Outcome]]:
    return [(line.line, line.outcome) for line in seen.plan.lines]


def reasons(seen: DryRun) -> dict[int, str]:
    return {line.line: line.reason for line in seen.plan.lines}


def everything(database: Database, but: Sequence[str] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but these."""
    with database.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in {*OF_EACH_RUN, *but}
        }
