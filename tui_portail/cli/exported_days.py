"""What the commands that write some days to a file share: the days, the file, the base, which is only read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.output_file import output_path
from tui_portail.cli.told import tell

if TYPE_CHECKING:
    from tui_portail.services.diary_papers import ExportedDiary
    from tui_portail.services.register_exports import Exported

From = Annotated[str, typer.Option("--du", metavar="JOUR", help="Le premier jour, comme 2026-12-01.")]
Until = Annotated[str, typer.Option("--au", metavar="JOUR", help="Le dernier jour.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def export_days(
    export: Callable[..., Exported | ExportedDiary],
    from_on: str,
    until_on: str,
    output: str,
    example: str,
    base: str | None,
    replace: bool,
) -> None:
    """Write what a service exports of some days, and say it. `example` is the name of file given where none is."""
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.cli.regles import parse_day  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    first, last = parse_day(from_on), parse_day(until_on)
    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        path = output_path(output, database.address.path, example)
        desk = Desk(database, settings.documents_dir, clock_of(database))
        with database.read() as connection:
            now, commune = desk.instant(connection), desk.commune(connection)
            written = export(connection, commune, now, first, last, path, replace=replace)
    finally:
        database.close()
    tell(written.sentence)
