"""`tui-portail droits`: the accounts of a PostgreSQL server by which desks work and reports are read, with what they need and no more."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.told import tell

BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="URL",
        help="La base, par l’adresse du compte qui la possède ; sinon, celle des réglages.",
    ),
]
Role = Annotated[
    str | None,
    typer.Option("--role", metavar="NOM", help="Le compte des postes : il inscrit et n’altère jamais le journal."),
]
Reader = Annotated[
    str | None,
    typer.Option("--lecture", metavar="NOM", help="Le compte qui ne fait que lire : états, sauvegardes."),
]


def droits(base: BaseUrl = None, role: Role = None, lecture: Reader = None) -> None:
    """Donne à des comptes du serveur PostgreSQL ce qu’un poste, ou une lecture, demande ; rien de plus.

    Crée ceux qui n’existent pas, sans mot de passe. Relancée, rend à chacun exactement ses droits ; une mise à jour de la base les redonne
    d’elle-même aux comptes qui en ont.
    """
    from tui_portail.services.server_accounts import give_rights  # noqa: PLC0415  `--help` needs no database
    from tui_portail.settings import load_settings  # noqa: PLC0415

    given = give_rights(base or load_settings().base, role, lecture)
    if given.desk is not None:
        tell(f"Le compte « {given.desk} » a les droits d’un poste sur {given.address}.")
    if given.reader is not None:
        tell(f"Le compte « {given.reader} » peut lire {given.address}, et rien d’autre.")
    for name in filter(None, (given.desk, given.reader)):
        tell(f"Mot de passe de « {name} », à donner dans psql par l’administrateur du serveur : \\password {name}")
    if not given.settings_kept:
        tell(
            "Les délais propres à ces comptes n’ont pas pu être écrits sur le serveur : les postes les demandent eux-mêmes, "
            "mais derrière pgbouncer, faites-les écrire par l’administrateur (docs/security.md)."
        )


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("droits", cls=FrenchCommand, short_help="Donne leurs droits aux comptes PostgreSQL des postes.")(droits)
