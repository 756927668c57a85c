"""`tui-portail importer`: the schools' files and other tables of families. A simulation, until `--appliquer` is given."""

from __future__ import annotations

import json
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.asking import ask, known_word, parse_year
from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import on_a_terminal, output_path
from tui_portail.cli.progress import progress_line
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput

if TYPE_CHECKING:
    from tui_portail.imports.columns import ColumnMap
    from tui_portail.services.desk import Desk
    from tui_portail.services.imports import DryRun, ImportFile

EXIT_LINES_LEFT = 3
"""Some lines are ambiguous or rejected: told one by one; with « acceptees », the others are written."""
MOST_TOLD = 60


class _Kind(StrEnum):
    PUPILS = "onde-eleves"
    GUARDIANS = "onde-responsables"
    TABLE = "tableau"


class _Choice(StrEnum):
    ALL = "tout"
    ACCEPTED = "acceptees"


Kind = Annotated[str, typer.Argument(metavar="SORTE", help="onde-eleves, onde-responsables ou tableau.")]
File = Annotated[str, typer.Argument(metavar="FICHIER", help="Le fichier à importer : CSV, ou XLSX pour un tableau.")]
Guardians = Annotated[
    str | None,
    typer.Option("--responsables", metavar="FICHIER", help="Le fichier des responsables, avec celui des élèves."),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--colonnes",
        metavar="NOM",
        help="Pour un tableau : le jeu de colonnes enregistré, ou son fichier JSON ou TOML.",
    ),
]
School = Annotated[
    str,
    typer.Option("--ecole", metavar="CODE", help="L’école du fichier ; sans elle, celle qui a le niveau de l’élève."),
]
Year = Annotated[
    str | None,
    typer.Option(
        "--annee",
        metavar="ANNEE",
        help="L’année où commence l’année scolaire du fichier ; sinon, celle qui court, ou la suivante en août.",
    ),
]
Apply = Annotated[
    str | None,
    typer.Option(
        "--appliquer", metavar="CHOIX", help="tout (tout ou rien) ou acceptees ; sans l’option, simule seulement."
    ),
]
Rejects = Annotated[
    str | None,
    typer.Option("--rejets", metavar="FICHIER", help="Où écrire les lignes refusées, à corriger puis réimporter."),
]
AgentName = Annotated[
    str | None, typer.Option("--agent", metavar="IDENTIFIANT", help="Qui importe ; le mot de passe est demandé.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base", metavar="URL", help="La base : adresse ou fichier ; sinon, celle des réglages.")
]


def importer(
    kind: Kind,
    file: File,
    guardians: Guardians = None,
    columns: Columns = None,
    school: School = "",
    year: Year = None,
    apply: Apply = None,
    rejects: Rejects = None,
    agent: AgentName = None,
    base: BaseUrl = None,
) -> None:
    """Importe des familles : élèves et responsables d’ONDE, ou tableau d’un autre logiciel. Simule, tant qu’on n’applique pas.

    Dit ce que devient chaque ligne : créée, reconnue (nom, prénom, naissance), ambiguë, rejetée. Importé deux fois, le même fichier ne
    change rien la seconde. Codes de sortie : 0 toutes les lignes conviennent, 3 des lignes sont ambiguës ou rejetées, 1 refusé,
    2 mal demandé, 130 interrompu (rien n’est gardé).
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk, new_operation  # noqa: PLC0415
    from tui_portail.services.imports import apply_import, dry_run  # noqa: PLC0415
    from tui_portail.services.sign_in import sign_in  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    sort = known_word(_Kind, kind, "fichier")
    choice = None if apply is None else known_word(_Choice, apply, "choix")
    if guardians is not None and sort is not _Kind.PUPILS:
        raise InvalidInput("--responsables accompagne le fichier des élèves : tui-portail importer onde-eleves …")
    if (columns is None) == (sort is _Kind.TABLE):
        raise InvalidInput("--colonnes va avec « tableau », et avec lui seul : il dit quelle colonne est quoi.")
    school_year = None if year is None else parse_year(year)
    settings = load_settings()
    database = Database.open(base or settings.base)
    try:
        desk = Desk(database, settings.documents_dir, clock_of(database))
        kept = None if rejects is None else output_path(rejects, database.address.path, "rejets.csv")
        files = _files(sort, file, guardians)
        sign_in(desk, agent or ask("Identifiant"), ask("Mot de passe", hidden=True))
        if columns is not None:
            files = [_with_columns(desk, files[0], columns)]
        with progress_line("lignes lues", 1, on_a_terminal()) as progress:
            seen = dry_run(desk, files, school.strip(), progress, school_year)
        _tell(seen)
        if kept is not None and seen.refused:
            _write_rejects(seen, kept)
        if choice is not None:
            accepted = choice is _Choice.ACCEPTED
            with progress_line("lignes écrites", 1, on_a_terminal()) as progress:
                done = apply_import(desk, seen, new_operation(), accepted_only=accepted, progress=progress)
            tell(done.sentence)
        else:
            tell("Simulation : rien n’a été enregistré. Pour importer : --appliquer tout, ou --appliquer acceptees.")
    finally:
        database.close()
    if seen.refused:
        raise typer.Exit(EXIT_LINES_LEFT)


def _files(sort: _Kind, file: str, guardians: str | None) -> list[ImportFile]:
    from tui_portail.imports.columns import FileKind  # noqa: PLC0415
    from tui_portail.services.imports import ImportFile, read_import_file  # noqa: PLC0415

    kinds = dict(zip(_Kind, FileKind, strict=True))
    files = [ImportFile(read_import_file(file), kinds[sort])]
    if guardians is not None:
        files.append(ImportFile(read_import_file(guardians), FileKind.GUARDIANS))
    return files


def _with_columns(desk: Desk, file: ImportFile, columns: str) -> ImportFile:
    from dataclasses import replace  # noqa: PLC0415

    from tui_portail.services.import_maps import find_map  # noqa: PLC0415

    path = Path(columns).expanduser()
    from_file = path.suffix.lower() in {".json", ".toml"}
    return replace(file, columns=_read_map(path) if from_file else find_map(desk, columns.strip()))


def _read_map(path: Path) -> ColumnMap:
    """Return the map a file holds. Raises InvalidInput."""
    from tui_portail.files import FileTooLarge, read_text, reason  # noqa: PLC0415
    from tui_portail.imports.columns import map_of  # noqa: PLC0415

    try:
        text = read_text(path)
        document = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InvalidInput(f"Le fichier {path} ne se lit pas ({reason(error)}).") from error
    except (ValueError, FileTooLarge) as error:
        raise InvalidInput(
            f'Le fichier {path} n’est pas un jeu de colonnes : une ligne par champ, champ = "titre".'
        ) from error
    if not isinstance(document, dict):
        raise InvalidInput(f'Le fichier {path} n’est pas un jeu de colonnes : une ligne par champ, champ = "titre".')
    return map_of(document)


def _tell(seen: DryRun) -> None:
    from tui_portail.imports.plan import Outcome  # noqa: PLC0415
    from tui_portail.plain_text import plain  # noqa: PLC0415  text of a file may hold what a terminal would obey

    for outcome in Outcome:
        tell(f"{outcome.value + 's':<12}{seen.plan.counts[outcome]:>8}")
    several = len(seen.files) > 1
    for line in seen.refused[:MOST_TOLD]:
        where = f"{seen.files[line.source].source.name}, " if several else ""
        tell(plain(f"{where}ligne {line.line}, {line.outcome.value} : {line.who} — {line.reason}"))
    if (more := len(seen.refused) - MOST_TOLD) > 0:
        tell(f"… et {more} autres : --rejets FICHIER les écrit toutes.")


def _write_rejects(seen: DryRun, path: Path) -> None:
    from tui_portail.french import plural  # noqa: PLC0415
    from tui_portail.services.imports import write_rejected  # noqa: PLC0415

    for place in sorted({line.source for line in seen.refused}):
        target = path if place == 0 else path.with_name(f"{path.stem}-responsables{path.suffix}")
        count = write_rejected(seen, place, target)
        tell(f"{plural(count, 'ligne')} à corriger : {target}")


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("importer", cls=FrenchCommand, short_help="Importe des familles : fichiers d’ONDE, tableaux.")(importer)
