"""`tui-portail attestations`: every tax certificate of a civil year in one PDF, ready for window envelopes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.errors import InvalidInput

Year = Annotated[int, typer.Option("--annee", metavar="AAAA", help="L’année civile des paiements.")]
Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le PDF à écrire.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def attestations(year: Year, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les attestations fiscales d’une année : une page par payeur, dans un seul PDF.

    Ce sont les sommes payées pour la garde des enfants de moins de six ans au 1er janvier, repas exclus, avoirs rendus déduits.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.cli.exporter import output_file  # noqa: PLC0415
    from tui_portail.files import whole_file  # noqa: PLC0415
    from tui_portail.french import plural  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.register_exports import ExportNotWritten  # noqa: PLC0415
    from tui_portail.services.registers import books_for_command  # noqa: PLC0415
    from tui_portail.services.tax_certificates import draw_certificates, read_certificates  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    if not 1970 <= year <= 2999:
        raise InvalidInput("Donnez une année sur quatre chiffres, comme 2026.")
    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        path = output_file(output, database.address.path)
        desk = Desk(database, settings.documents_dir, clock_of(database))
        with books_for_command(desk) as books:
            certificates = read_certificates(books.connection, books.commune, year, desk.instant(books.connection))
        pdf = draw_certificates(certificates, year, _told if sys.stderr.isatty() else None)
    finally:
        database.close()
    try:
        with whole_file(path, replace=replace) as file:
            file.write(pdf)
    except FileExistsError:
        raise ExportNotWritten(f"Le fichier {path} existe déjà : donnez un autre nom, ou --remplacer.") from None
    typer.echo(f"{plural(len(certificates), 'attestation')} dans {path}")


def _told(done: int, total: int) -> None:
    """Show on a terminal how many are drawn, wiped at the end."""
    typer.echo(f"\r{done} sur {total}…" if done < total else f"\r{'':20}\r", nl=False, err=True)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("attestations", cls=FrenchCommand, short_help="Écrit les attestations fiscales d’une année.")(
        attestations
    )
