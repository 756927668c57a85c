"""What libraries say by themselves — warnings, logs nobody set up — kept in the log without their words, which may quote a row.

SQLAlchemy's pool, for one, logs the trace of a connection it could not give back; Python prints that on the terminal.
"""

from __future__ import annotations

import logging
import warnings
from typing import TextIO

from tui_portail.logs import note, note_incident
from tui_portail.traces import named, within_package


def watch_libraries() -> None:
    """Take the place of Python's last resorts, for this process."""
    warnings.showwarning = _warned
    logging.lastResort = OthersHandler(logging.WARNING)


class OthersHandler(logging.Handler):
    """Notes who says something, where, and the type of the error; never the words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            note_incident(error, where="bibliothèque")
        place = f"{within_package(record.pathname)}:{record.lineno}"
        note("bibliotheque", nom=record.name, niveau=record.levelname, lieu=place, erreur=error and named(error))


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    note("avertissement", sorte=category.__name__, lieu=f"{within_package(filename)}:{lineno}")
