"""What the commands that write a file share: the file named, and whether somebody watches it being written."""

from __future__ import annotations

import sys
from pathlib import Path

from tui_portail.errors import InvalidInput

_BASE_SUFFIXES = ("-wal", "-shm", "-journal")  # the files SQLite keeps beside a base


def output_path(output: str, base: Path | None, example: str) -> Path:
    """Return the file to write. Raises InvalidInput for no name, which gives the example, or for the base's own files."""
    from tui_portail.files import expanded, names_a_file  # noqa: PLC0415  `--help` needs no file

    if not names_a_file(output):
        raise InvalidInput(f"Donnez par --sortie le nom du fichier à écrire, comme {example}.")
    path = expanded(output).absolute()
    kept = [] if base is None else [base, *(base.with_name(base.name + suffix) for suffix in _BASE_SUFFIXES)]
    if path.resolve() in [file.resolve() for file in kept]:
        raise InvalidInput(f"Le fichier {path} est celui de la base : donnez un autre nom.")
    return path


def on_a_terminal() -> bool:
    """Say whether progress is shown: somebody reads the errors as they come."""
    return sys.stderr.isatty()
