"""`tui-portail transferer`: a base that outgrew its file goes on with PostgreSQL, its chain intact."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import on_a_terminal
from tui_portail.cli.progress import steps_line
from tui_portail.cli.told import tell

Source = Annotated[
    str | None,
    typer.Option(
        "--de",
        metavar="FICHIER",
        help="Le fichier de la base ; sinon, celui des réglages. Personne ne doit l’avoir ouvert.",
    ),
]
Target = Annotated[
    str, typer.Option("--vers", metavar="URL", help="La base PostgreSQL, vide : postgresql://compte@serveur/base.")
]


def transferer(target: Target, source: Source = None) -> None:
    """Copie toute une base SQLite dans une base PostgreSQL vide, la compare ligne à ligne et la vérifie, ou ne fait rien.

    Fermez d’abord tous les postes. Le fichier est ensuite renommé pour que personne n’y continue.
    """
    from tui_portail.french import plural  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.moving import move  # noqa: PLC0415
    from tui_portail.settings import load_settings, settings_file  # noqa: PLC0415

    settings = load_settings()
    with steps_line(on_a_terminal()) as told:
        moved = move(source or settings.base, target, settings.documents_dir, told)
    rows = sum(moved.facts.rows.values())
    tell(
        f"Base transférée : {plural(rows, 'ligne')} de {plural(len(moved.facts.rows), 'table')}, contenus comparés, tout concorde."
    )
    tell(f"{moved.facts.sentence[:1].upper()}{moved.facts.sentence[1:]} : les mêmes des deux côtés.")
    tell(f"Le fichier s’appelle maintenant {moved.kept} : gardez-le avec vos sauvegardes.")
    tell(f"Sur chaque poste, dans {settings_file()} :")
    tell(f'    base = "{moved.target}"')
    tell(
        "Mieux : un compte des postes, qui n’altère jamais le journal, à mettre dans cette adresse à la place de celui-ci : "
        "tui-portail droits --role poste"
    )
    if moved.target.holds_password:
        tell("Le mot de passe s’y ajoute (postgresql://compte:motdepasse@…, fichier en 0600), ou va dans ~/.pgpass.")
    tell(
        f"Les papiers déjà édités restent dans {moved.documents} ; un autre poste les réédite depuis la base, ou reçoit une copie de ce "
        "dossier sous le même nom."
    )


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("transferer", cls=FrenchCommand, short_help="Fait passer une base de SQLite à PostgreSQL.")(transferer)
