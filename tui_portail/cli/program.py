"""The command line as a whole: its name, its version, and the commands it is made of."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli import (
    attestations,
    borne,
    commune,
    courriel,
    courriers,
    demo,
    diagnostic,
    droits,
    effectifs,
    exporter,
    famille,
    horloge,
    importer,
    initialiser,
    mot_de_passe,
    ouvrir,
    payfip,
    regles,
    rendez_vous,
    restaurer,
    sauvegarder,
    servir,
    transferer,
    verifier,
)
from tui_portail.cli.french import FrenchGroup

app = typer.Typer(
    name="tui-portail",
    help="Le poste de guichet du service périscolaire : dossiers, planning, encaissement, quittances et avoirs.",
    cls=FrenchGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "--aide", "-h"]},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
    options_metavar="[OPTIONS]",
)


def _show_version(asked: bool) -> None:
    if asked:
        from tui_portail.program_version import FROM_SOURCES, program_version  # noqa: PLC0415  for this option only

        known = program_version()
        typer.echo(f"tui-portail {known}" if known else f"tui-portail, {FROM_SOURCES}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", help="Donne la version et s’arrête.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options of the program itself; each command is in its own module."""


demo.add_to(app)
ouvrir.add_to(app)
borne.add_to(app)
servir.add_to(app)
initialiser.add_to(app)
app.add_typer(regles.app, name="regles", short_help="Dit ce que les règles répondent pour un jour.")
app.add_typer(commune.app, name="commune", short_help="Exporte ou importe tous les réglages de la commune.")
droits.add_to(app)
verifier.add_to(app)
diagnostic.add_to(app)
sauvegarder.add_to(app)
restaurer.add_to(app)
transferer.add_to(app)
exporter.add_to(app)
attestations.add_to(app)
app.add_typer(courriers.app, name="courriers", short_help="Écrit les courriers aux familles, en un PDF.")
app.add_typer(courriel.app, name="courriel", short_help="Essaie l’envoi de courriels aux familles.")
rendez_vous.add_to(app)
effectifs.add_to(app)
app.add_typer(famille.app, name="famille", short_help="Remet ou efface les données d’une famille.")
app.add_typer(
    mot_de_passe.app, name="mot-de-passe", short_help="Garde le mot de passe de la base dans le trousseau du système."
)
importer.add_to(app)
app.add_typer(payfip.app, name="payfip", short_help="Essaie le paiement en ligne par PayFiP, ou le simule.")
horloge.add_to(app)
