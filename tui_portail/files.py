"""What people type as a file and what the system answers about it: `~` undone, files read or written whole, refusals told in French."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tui_portail.address_secrets import written_as_address
from tui_portail.errors import InvalidInput

MOST_BYTES = 2_000_000
"""What a file edited by hand never reaches: a device or a mistaken name is not read to its end."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_REASONS = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "un dossier du chemin est un fichier",
    errno.ENOENT: "le fichier ou un dossier du chemin n’existe pas",
    errno.EEXIST: "un fichier de ce nom existe déjà",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ELOOP: "le chemin tourne en rond",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "votre place sur le disque est épuisée",
    errno.EROFS: "le disque ne peut être que lu",
    errno.EIO: "le disque répond par une erreur",
    errno.ENOTEMPTY: "un dossier de ce nom existe déjà",
    errno.EBUSY: "le fichier est occupé",
    errno.ETXTBSY: "le fichier est occupé",
    errno.ENOEXEC: "le programme ne se lance pas",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
}


class FileTooLarge(Exception):
    """A text file goes on past 2 MB: it is not what it was taken for."""


def reason(error: OSError) -> str:
    """Return why the system refused, in French, to be put between brackets."""
    number = error.errno
    return _REASONS.get(number, f"erreur {number} du système") if number is not None else "erreur du système"


def names_a_file(text: str) -> bool:
    """Say whether a text is the name of a file, and not an address or the `:memory:` of SQLite."""
    return bool(text.strip()) and text != ":memory:" and not written_as_address(text) and not _CONTROL.search(text)


def expanded(text: str) -> Path:
    """Return a path, its `~` made the home folder. Raises InvalidInput when nobody here has that home."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        home = text.split(os.sep, 1)[0]
        raise InvalidInput(
            f"Le dossier personnel « {home} » n’existe pas sur ce poste. Écrivez le chemin en entier."
        ) from None


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file, a byte-order mark left out. Raises OSError, UnicodeDecodeError, FileTooLarge."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    return content.decode("utf-8-sig")


@contextmanager
def whole_file(target: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Give a file to write beside `target`, which takes its name once whole and on the disk; after any exception nothing is left of it.

    Its owner alone can read it. Raises OSError, FileExistsError for a file of that name that is not to be replaced.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=".ecriture-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not replace and os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have the names just given in a folder on the disk, where the system has a word for it. Raises OSError."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
