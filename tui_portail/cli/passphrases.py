"""Where a backup's passphrase comes from: the environment, a file of its owner alone, or who is at the terminal; never the command line."""

from __future__ import annotations

import os
from pathlib import Path

from tui_portail.cli.asking import ask
from tui_portail.errors import InvalidInput
from tui_portail.files import expanded

VARIABLE = "TUI_PORTAIL_PHRASE_SAUVEGARDES"


def phrase_file(typed: str) -> Path:
    """Return the file named for a passphrase or a key."""
    return expanded(typed).absolute()


def known_phrase(file: str | None) -> str | None:
    """Return the passphrase of the file, or of the environment; None when neither says it. Raises SealRefused."""
    from tui_portail.services.backup_sealing import phrase_in  # noqa: PLC0415  `--help` needs no cipher

    return phrase_in(phrase_file(file)) if file is not None else os.environ.get(VARIABLE)


def chosen_phrase(file: str | None) -> str:
    """Return the passphrase to encrypt with, asked twice when nothing says it. Raises InvalidInput, SealRefused."""
    known = known_phrase(file)
    if known is not None:
        return known
    phrase = ask("Phrase secrète de la sauvegarde", hidden=True)
    if ask("Phrase secrète, une seconde fois", hidden=True) != phrase:
        raise InvalidInput("Les deux phrases ne sont pas les mêmes.")
    return phrase
