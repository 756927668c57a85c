"""`tui-portail courriel`: messages by e-mail, tried before families need them."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand, FrenchGroup
from tui_portail.cli.told import tell

app = typer.Typer(
    help="Essaie l’envoi de courriels aux familles.",
    cls=FrenchGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "--aide", "-h"]},
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
)

Recipient = Annotated[str, typer.Argument(metavar="ADRESSE", help="L’adresse à qui envoyer le message : la vôtre.")]

SUBJECT = "Essai d’envoi du portail des familles"
BODY = """Bonjour,

Ce message est un essai, envoyé par « tui-portail courriel essayer ». S’il vous est parvenu et que les accents s’y lisent
(é, è, ç, œ, « ’ »), les réglages des courriels sont bons.

Personne n’attend de réponse.
"""


@app.callback()
def courriel() -> None:
    """Essaie l’envoi de courriels aux familles."""


@app.command("essayer", cls=FrenchCommand, short_help="Envoie un message d’essai avec les réglages de ce poste.")
def essayer(address: Recipient) -> None:
    """Envoie un message d’essai par le serveur de courriels des réglages, et dit ce que ce serveur a répondu.

    Sort avec 0 quand le serveur a accepté le message, 1 quand il n’est pas parti, 2 pour une adresse mal écrite.
    """
    from tui_portail.mailing import MailNotSent, Message, send, server_of  # noqa: PLC0415  `--help` needs no mail
    from tui_portail.settings import load_settings  # noqa: PLC0415

    server = server_of(load_settings())
    message = Message(address, SUBJECT, BODY)
    try:
        answer = send(server, message)
    except MailNotSent as refused:
        if refused.answer:
            tell(f"Réponse du serveur : « {refused.answer} »", err=True)
        raise
    tell(f"Message accepté pour {message.to} par le serveur de courriels {server}.")
    tell(f"Réponse du serveur : « {answer} »")
    tell("Vérifiez qu’il arrive, et qu’il n’est pas rangé parmi les indésirables.")
