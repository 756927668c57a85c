"""`tui-portail attestations`: the tax certificates of a civil year, all payers, in one PDF."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.asking import parse_year
from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import on_a_terminal, output_path
from tui_portail.cli.progress import progress_line
from tui_portail.cli.told import tell

CERTIFICATES_A_SIGN = 20  # drawn between two signs of progress

Year = Annotated[str, typer.Option("--annee", metavar="ANNEE", help="L’année civile des paiements, comme 2026.")]
Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le PDF à écrire.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def attestations(typed_year: Year, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit en un PDF les attestations fiscales d’une année, une par payeur, dans l’ordre des noms.

    Elles disent ce qui a été payé pour la garde des enfants de moins de six ans au 1er janvier, repas exclus, journées rendues déduites. Le
    fichier ne prend son nom qu’une fois écrit en entier ; son propriétaire est seul à pouvoir le lire.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.french import plural  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.register_exports import file_to_write  # noqa: PLC0415
    from tui_portail.services.registers import books_for_command  # noqa: PLC0415
    from tui_portail.services.tax_certificates import draw_certificates, read_certificates  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    year = parse_year(typed_year)
    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        path = output_path(output, database.address.path, "attestations-2026.pdf")
        desk = Desk(database, settings.documents_dir, clock_of(database))
        showing = progress_line("attestations", CERTIFICATES_A_SIGN, on_a_terminal())
        with file_to_write(path, replace=replace) as file, showing as progress:
            with books_for_command(desk) as books:
                issued_at = desk.instant(books.connection)
                certificates = read_certificates(books.connection, books.commune, year, issued_at)
            file.write(draw_certificates(certificates, year, progress))
    finally:
        database.close()
    tell(f"Année {year} : {plural(len(certificates), 'attestation')} dans {path}")


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("attestations", cls=FrenchCommand, short_help="Écrit les attestations fiscales d’une année.")(
        attestations
    )
