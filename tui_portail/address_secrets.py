"""A database's password in its address: told without reading the address, so that it is never shown by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, unquote_plus

from tui_portail.errors import InvalidInput

_OPTION = re.compile(r"[?&]([^=?&\s]+)=[^&\s]")
_SECRET = re.compile(r"pass(?!file)|pwd|secret|scram_\w+_key", re.IGNORECASE)
"""Names of options that say a secret: libpq's own (`password`, `sslpassword`, `oauth_client_secret`…), and those typed for one of them."""
_IN_WORDS = re.compile(r"(?:^|\s)(?:pass(?:word)?|pwd|sslpassword)\s*=\s*\S", re.IGNORECASE)
_ACCOUNT = re.compile(r"\s*(?![a-z]:[\\/])(?:[^\s/\\:@]*//)?[^\s/\\:@]+(?::|%3a)[^@]+@", re.IGNORECASE)
"""« account:password@server » without its « postgresql:// », or with one mistyped; a drive's letter is none."""
_WORDS = r"(?:host|hostaddr|port|dbname|user|pass|password|pwd|service|passfile|sslmode|sslpassword)\s*=|\w+\s*=\s*\S*\s+\w+\s*="
_WRITTEN_AS_ADDRESS = re.compile(rf"(?:postgres|postgresql|sqlite)(?:\+\w+)?:|.*://|\s*(?:{_WORDS})", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*(?:postgres|host\w*\s*=|[a-z]+\s*=|[^\s/:@]+:[^\s@]+@[^\s/@]+/)", re.IGNORECASE)
THREE_WAYS = (
    "Enregistrez-le plutôt dans le trousseau du système (« tui-portail mot-de-passe enregistrer »), "
    "donnez-le par la variable PGPASSWORD, ou écrivez l’adresse dans le fichier des réglages, que vous seul pouvez lire (chmod 600)."
)


class PasswordOnTheLine(InvalidInput):
    """A password was written in a command line, which every account of the machine can read (`ps`) and the shell keeps."""

    code = "MOT_DE_PASSE_SUR_LA_LIGNE"

    def __init__(self) -> None:
        super().__init__(
            "Cette adresse contient le mot de passe de la base : sur une ligne de commande, tous les comptes "
            f"de la machine peuvent le lire. {THREE_WAYS} S’il a été tapé sur une machine partagée, changez-le."
        )


def is_secret(option: str) -> bool:
    """Say whether an option of an address says a password, or was meant to: its value is never shown."""
    return bool(_SECRET.search(option))


def written_as_address(text: str) -> bool:
    """Say whether a text was meant for an address, well written or not, libpq's « host=… » included: it is no file's name."""
    return bool(_WRITTEN_AS_ADDRESS.match(text) or _ACCOUNT.match(text))


def holds_password(base: object) -> bool:
    """Say whether a database's address holds a password, well written or not. An empty one (`postgres:@`) is none."""
    if not isinstance(base, str):
        return False
    if "://" not in base:
        return bool(_IN_WORDS.search(base) or _ACCOUNT.match(base))
    user, at, _ = base.split("://", 1)[1].rpartition(
        "@"
    )  # the last: a password may hold an « @ » or a « / » by mistake
    written = unquote(user).partition(":")[2] if at else ""
    return bool(written) or any(is_secret(unquote_plus(name)) for name in _OPTION.findall(base))


def refuse_written_passwords(values: Iterable[object]) -> None:
    """Refuse a command line when one of its values is an address that holds a password. Raises PasswordOnTheLine."""
    if any(holds_password(value) for value in values if isinstance(value, str) and _ADDRESS.match(value)):
        raise PasswordOnTheLine
