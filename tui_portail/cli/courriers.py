"""`tui-portail courriers`: letters to families written in one PDF, without a screen, as a night's batch."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand, FrenchGroup
from tui_portail.cli.output_file import on_a_terminal, output_path
from tui_portail.cli.progress import progress_line
from tui_portail.cli.told import tell

FAMILIES_A_SIGN = 20  # written between two signs of progress

app = typer.Typer(
    help="Écrit les courriers aux familles, en un PDF.",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
)

Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le PDF à écrire.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


@app.callback()
def courriers() -> None:
    """Écrit les courriers aux familles, en un PDF."""


@app.command("numeros", cls=FrenchCommand, short_help="Le numéro de dossier des familles pas encore connectées.")
def numeros(output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit le courrier du numéro de dossier à toutes les familles pas encore connectées au portail, dans l’ordre des noms.

    Un courrier par foyer, pour enveloppe à fenêtre ; chacun est noté dans son dossier. Le fichier ne prend son nom qu’une fois écrit en
    entier ; son propriétaire est seul à pouvoir le lire.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.letter_batch import write_for_command  # noqa: PLC0415
    from tui_portail.services.register_exports import file_to_write  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    database = Database.open(base or settings.base)
    try:
        path = output_path(output, database.address.path, "numeros.pdf")
        desk = Desk(database, settings.documents_dir, clock_of(database))
        showing = progress_line("familles", FAMILIES_A_SIGN, on_a_terminal())
        with file_to_write(path, replace=replace) as file, showing as progress:
            written = write_for_command(desk, file, path, progress)
    finally:
        database.close()
    tell(f"{written.sentence} dans {path}")
