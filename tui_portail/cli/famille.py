"""`tui-portail famille`: what is held on a family as a ZIP, a family erased, and what is past its retention.

Whoever gives or erases signs in, as at the desk: rights are those of the agent, and the gesture bears their name. The password is typed,
never written in the command, where other users of the machine would read it.
"""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.asking import ask
from tui_portail.cli.french import FrenchCommand, FrenchGroup
from tui_portail.cli.output_file import output_path
from tui_portail.cli.signed_desk import signed_desk
from tui_portail.cli.told import tell

Number = Annotated[str, typer.Argument(metavar="NUMERO", help="Le numéro du dossier.")]
Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le ZIP à écrire.")]
Guardian = Annotated[
    str | None,
    typer.Option(
        "--responsable",
        metavar="NOM",
        help="Un seul responsable (« Prénom Nom ») : rien de l’autre parent n’est remis.",
    ),
]
Username = Annotated[
    str, typer.Option("--agent", metavar="IDENTIFIANT", help="Votre identifiant ; le mot de passe est demandé.")
]
Requested = Annotated[
    bool, typer.Option("--demande", help="La famille le demande, avant la fin de la durée de conservation.")
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]

app = typer.Typer(
    help="Remet ou efface les données d’une famille (RGPD).",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "--aide", "-h"]},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
    options_metavar="[OPTIONS]",
)


def donnees(
    number: Number,
    output: Output,
    agent: Username,
    guardian: Guardian = None,
    base: BaseUrl = None,
    replace: Replace = False,
) -> None:
    """Écrit en un ZIP tout ce qui est conservé sur une famille : un JSON complet, un PDF lisible et leur mode d’emploi.

    Le fichier ne prend son nom qu’une fois écrit en entier ; son propriétaire est seul à pouvoir le lire. La remise est notée.
    """
    from tui_portail.services.desk import new_operation  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.family_data import give_family_data  # noqa: PLC0415
    from tui_portail.services.family_finding import dossier_numbered, guardian_named  # noqa: PLC0415

    with signed_desk(base, agent) as desk:
        path = output_path(output, desk.database.address.path, "famille.zip")
        dossier_id = dossier_numbered(desk, number)
        guardian_id = None if guardian is None else guardian_named(desk, dossier_id, guardian)
        given = give_family_data(desk, dossier_id, guardian_id, path, new_operation(), replace=replace)
    tell(given.sentence)


def effacer(number: Number, agent: Username, requested: Requested = False, base: BaseUrl = None) -> None:
    """Efface une famille pour de bon : noms, adresses, naissances et textes disparaissent, les écritures restent sans nom.

    Demande de taper de nouveau le numéro du dossier. Les sauvegardes ne sont pas touchées.
    """
    from tui_portail.dossier_number import compact, display  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.desk import new_operation  # noqa: PLC0415
    from tui_portail.services.erasure import ErasureReason, erase_family  # noqa: PLC0415
    from tui_portail.services.family_finding import dossier_numbered  # noqa: PLC0415

    reason = ErasureReason.REQUESTED if requested else ErasureReason.RETENTION
    with signed_desk(base, agent) as desk:
        dossier_id = dossier_numbered(desk, number)
        tell(f"Le dossier {display(compact(number))} va être effacé : rien ne permettra d’y revenir.")
        typed = ask("Tapez de nouveau son numéro pour confirmer")
        erased = erase_family(desk, dossier_id, typed, reason, new_operation())
    tell(erased.sentence)


def echeances(base: BaseUrl = None) -> None:
    """Dit quelles familles ont dépassé leur durée de conservation, sans nom, et ce qu’il faut régler avant de les effacer."""
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.dossier_number import display  # noqa: PLC0415
    from tui_portail.french import long_date, plural  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.retention import retention_for_command  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        report = retention_for_command(Desk(database, settings.documents_dir, clock_of(database)))
    finally:
        database.close()
    for sentence in report.sentences:
        tell(sentence)
    for family in report.families:
        held = f" ; {' ; '.join(family.obstacles)}" if family.obstacles else ""
        tell(f"{display(family.number)}  dernière activité le {long_date(family.last_on)}{held}")
    if report.due > len(report.families):
        tell(f"… et {plural(report.due - len(report.families), 'autre famille', 'autres familles')}.")


app.command("donnees", cls=FrenchCommand, short_help="Écrit tout ce qui est conservé sur une famille.")(donnees)
app.command("effacer", cls=FrenchCommand, short_help="Efface une famille pour de bon.")(effacer)
app.command("echeances", cls=FrenchCommand, short_help="Dit ce qui a dépassé sa durée de conservation.")(echeances)
