"""`tui-portail mot-de-passe`: the password of the base's account, or the mail server's, kept in the system's keyring or taken out of it."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.asking import ask
from tui_portail.cli.french import FrenchCommand, FrenchGroup
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput

BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="L’adresse de la base, sans mot de passe ; sinon, celle des réglages."),
]
Mail = Annotated[
    bool, typer.Option("--courriel", help="Le mot de passe du serveur de courriels des réglages, au lieu de la base.")
]

app = typer.Typer(
    help="Garde le mot de passe de la base, ou du serveur de courriels, dans le trousseau du système.",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "--aide", "-h"]},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
)


@app.callback()
def mot_de_passe() -> None:
    """Garde le mot de passe de la base, ou du serveur de courriels, dans le trousseau du système, ou l’en retire."""


@app.command("enregistrer", cls=FrenchCommand, short_help="Demande le mot de passe et le garde dans le trousseau.")
def enregistrer(base: BaseUrl = None, mail: Mail = False) -> None:
    """Demande, sans le montrer, le mot de passe du compte PostgreSQL et le garde dans le trousseau du système.

    Le programme l’y prend quand le serveur en demande un et que ni l’adresse, ni PGPASSWORD, ni un fichier .pgpass ne le donnent.
    Avec --courriel, celui du compte « courriel_utilisateur », pris quand les réglages ne le donnent pas.
    """
    from tui_portail.password_keyring import keep_password  # noqa: PLC0415  `--help` needs no keyring

    account = _mail_account(base) if mail else _account(base)
    password = ask(f"Mot de passe du compte {account}", hidden=True)
    if not password:
        raise InvalidInput("Le mot de passe est vide : rien n’a été enregistré.")
    keep_password(account, password)
    tell(f"Mot de passe enregistré dans le trousseau pour {account}")


@app.command("oublier", cls=FrenchCommand, short_help="Retire le mot de passe du trousseau.")
def oublier(base: BaseUrl = None, mail: Mail = False) -> None:
    """Retire du trousseau le mot de passe gardé pour cette base, ou pour le serveur de courriels."""
    from tui_portail.password_keyring import forget_password  # noqa: PLC0415  `--help` needs no keyring

    account = _mail_account(base) if mail else _account(base)
    forget_password(account)
    tell(f"Mot de passe retiré du trousseau pour {account}")


def _account(base: str | None) -> str:
    """Return the account meant, as the keyring names it. Raises InvalidInput for a file, which has no password."""
    from models.addresses import DatabaseAddress  # noqa: PLC0415  `--help` needs no database
    from models.server_passwords import account_of  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    address = DatabaseAddress.parse(base or load_settings().base)
    if address.dialect == "sqlite":
        raise InvalidInput(f"La base {address} est un fichier : elle n’a pas de mot de passe, ses droits la protègent.")
    return account_of(address)


def _mail_account(base: str | None) -> str:
    """Return the mail server's account, as the keyring names it. Raises InvalidInput, MailNotSent where no server is set."""
    from tui_portail.mailing import keyring_account, server_of  # noqa: PLC0415  `--help` needs no mail
    from tui_portail.settings import load_settings  # noqa: PLC0415

    if base is not None:
        raise InvalidInput(
            "Donnez --base ou --courriel, pas les deux : le mot de passe est celui de l’un ou de l’autre."
        )
    server = server_of(load_settings())
    if server.username is None:
        raise InvalidInput(
            f"Les réglages ne disent pas quel compte a ce mot de passe sur {server} : donnez d’abord « courriel_utilisateur »."
        )
    return keyring_account(server)
