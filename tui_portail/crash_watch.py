"""The last resort, whatever raises: nothing of Python's own pages of error reaches a screen; the log keeps them without data.

Python prints a trace for an exception that nobody caught, in a thread too, for one it had to ignore, for a warning, for a log that nobody
set up. Each may quote what was typed. `watch_crashes` takes their place for the life of the program.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

from tui_portail.logs import CRASHES, MOST_BYTES, kept_in, note_incident

SENTENCE = "Une erreur imprévue s’est produite, notée sous la référence {reference}."
UNWRITTEN = "Une erreur imprévue s’est produite ({name}) ; le journal n’a pas pu être écrit."
EXIT_BUG = 70


def bug_sentence(error: BaseException) -> str:
    """Note a bug and return the sentence a command shows."""
    incident = note_incident(error)
    if incident.file is None:
        return UNWRITTEN.format(name=type(error).__name__)
    return SENTENCE.format(reference=incident.reference)


def watch_crashes() -> None:
    """Put the hooks of this process in place. Nothing is written before something goes wrong."""
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _ignored


def watch_faults() -> None:
    """Have a crash of the interpreter itself written to a file of the log folder: functions and lines, no value. Once it exists."""
    import faulthandler  # noqa: PLC0415  after the first frame

    with suppress(OSError):
        folder = kept_in()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / CRASHES
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        if file.exists() and file.stat().st_size > MOST_BYTES:
            flags |= os.O_TRUNC
        faulthandler.enable(os.open(file, flags, 0o600))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(bug_sentence(error) + "\n")


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
        note_incident(told.exc_value, where="fil d’exécution")


def _ignored(told: Any) -> None:
    """Note what Python ignores (a destructor, a pipe closed by who read it): no screen has to know."""
    if told.exc_value is not None and not isinstance(told.exc_value, BrokenPipeError | KeyboardInterrupt):
        note_incident(told.exc_value, where="ignorée")
