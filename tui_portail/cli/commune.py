"""`tui-portail commune`: the whole set-up written as one TOML file, or read from one and recorded as a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.asking import ask
from tui_portail.cli.french import EXIT_REFUSED, FrenchCommand, FrenchGroup
from tui_portail.cli.signed_desk import signed_desk
from tui_portail.cli.told import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_portail.commune_sections import Change

STANDARD_OUTPUT = "-"
YES = frozenset({"o", "oui"})

Output = Annotated[str, typer.Argument(metavar="FICHIER", help="Le fichier TOML à écrire ; « - » : à l’écran.")]
Input = Annotated[str, typer.Argument(metavar="FICHIER", help="Le fichier TOML de la commune.")]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]
AgentName = Annotated[
    str | None, typer.Option("--agent", metavar="IDENTIFIANT", help="Qui importe ; le mot de passe est demandé.")
]
Reason = Annotated[
    str | None, typer.Option("--motif", metavar="TEXTE", help="Pourquoi, gardé dans l’historique ; sinon, demandé.")
]
Confirmed = Annotated[bool, typer.Option("--oui", help="Enregistre sans demander confirmation.")]
BaseUrl = Annotated[
    str | None, typer.Option("--base", metavar="URL", help="La base : adresse ou fichier ; sinon, celle des réglages.")
]

app = typer.Typer(
    help="Exporte ou importe tous les réglages de la commune, en un fichier TOML.",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "--aide", "-h"]},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
    options_metavar="[OPTIONS]",
)


def exporter(output: Output, replace: Replace = False, base: BaseUrl = None) -> None:
    """Écrit tous les réglages en vigueur dans un fichier TOML commenté, calendrier et tarifs compris.

    « commune importer » le relit à l’identique, dans cette base ou dans une autre. Aucune donnée d’une famille n’y est.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.cli.output_file import output_path  # noqa: PLC0415
    from tui_portail.services.commune_exchange import commune_text, write_commune  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    database = Database.open(base or load_settings().base, to_write=False)
    try:
        to_screen = output == STANDARD_OUTPUT
        path = "" if to_screen else str(output_path(output, database.address.path, "commune.toml"))
        text = commune_text(database)
    finally:
        database.close()
    if to_screen:
        typer.echo(text, nl=False)
    else:
        tell(f"Réglages écrits : {write_commune(text, path, replace=replace)}")


def importer(
    file: Input, agent: AgentName = None, reason: Reason = None, confirmed: Confirmed = False, base: BaseUrl = None
) -> None:
    """Lit tous les réglages d’un fichier TOML, montre ce qui change, puis l’enregistre comme une nouvelle version.

    Demande l’identifiant et le mot de passe d’un administrateur, puis la confirmation et le motif ; hors d’un terminal, les réponses sont
    lues une par ligne sur l’entrée standard. Les familles et les journées réservées ne sont pas touchées.
    """
    from tui_portail.commune_sections import differences  # noqa: PLC0415  `--help` needs no rule
    from tui_portail.services.commune_exchange import read_commune_file  # noqa: PLC0415
    from tui_portail.services.commune_settings import change_commune, read_settings  # noqa: PLC0415
    from tui_portail.services.desk import new_operation  # noqa: PLC0415

    with signed_desk(base, agent) as desk:
        settings = read_settings(desk)
        read = read_commune_file(file, settings.document)
        changes = differences(settings.document, read.document)
        if not changes:
            tell("Ce fichier dit la même chose que les réglages en vigueur : il n’y a rien à enregistrer.")
            return
        _tell(changes)
        if not (confirmed or ask("Enregistrer ces changements ? oui ou non").strip().lower() in YES):
            tell("Rien n’a été enregistré.")
            raise typer.Exit(EXIT_REFUSED)
        why = reason if reason is not None else ask("Motif, gardé dans l’historique")
        recorded = change_commune(desk, settings.version, read.document, read.source, why, new_operation())
    tell(f"Réglages enregistrés : version {recorded.version}.")


def _tell(changes: Sequence[Change]) -> None:
    from tui_portail.plain_text import plain  # noqa: PLC0415  text of a file may hold what a terminal would obey

    for change in changes:
        tell(plain(change.sentence))


app.command("exporter", cls=FrenchCommand, short_help="Écrit tous les réglages dans un fichier TOML.")(exporter)
app.command("importer", cls=FrenchCommand, short_help="Remet en vigueur les réglages d’un fichier TOML.")(importer)
