"""The diagnostic: what an administrateur sends to whoever helps, without a secret nor anything of a family. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tui_portail.diagnosis import Diagnosis, Finding, State, gathered
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.files import expanded, names_a_file, reason, whole_file
from tui_portail.services.desk import Desk
from tui_portail.services.diagnosed_base import base_findings
from tui_portail.services.diagnosed_machine import (
    documents_findings,
    log_findings,
    program_findings,
    settings_findings,
    terminal_findings,
)
from tui_portail.services.rights import Right
from tui_portail.settings import load_settings, settings_with
from tui_portail.traces import named


def diagnose(
    base: str | None = None, *, terminal: tuple[int, int] | None = None, log_folder: Path | None = None
) -> Diagnosis:
    """Look at this machine, its settings and the base (`base` None: that of the settings). Whatever fails is a line, never an exception."""
    return gathered(_all(base, terminal, log_folder))


def diagnose_desk(desk: Desk, *, terminal: tuple[int, int] | None = None, log_folder: Path | None = None) -> Diagnosis:
    """Look from an open desk, at its own base. For who changes the settings. Raises NotAllowed, as a read does."""
    with desk.read(Right.SETTINGS):
        pass
    return diagnose(desk.database.url, terminal=terminal, log_folder=log_folder)


def write_diagnosis(diagnosis: Diagnosis, file: str, *, as_json: bool = False, replace: bool = False) -> Path:
    """Write a report in a file that its owner alone can read, and return it. Raises InvalidInput, DiagnosisNotWritten."""
    if not names_a_file(file):
        raise InvalidInput("Donnez le nom du fichier à écrire, comme diagnostic.txt.")
    path = expanded(file).absolute()
    content = diagnosis.as_json() if as_json else "\n".join(diagnosis.lines())
    try:
        with whole_file(path, replace=replace) as written:
            written.write(f"{content}\n".encode())
    except OSError as fault:
        raise DiagnosisNotWritten(
            f"Le fichier {path} n’a pas pu être écrit ({reason(fault)}). Donnez un autre nom."
        ) from fault
    return path


class DiagnosisNotWritten(PortailError):
    """The report's file could not be written."""

    code = "DIAGNOSTIC_NON_ECRIT"


def _all(base: str | None, terminal: tuple[int, int] | None, log_folder: Path | None) -> Iterator[Finding]:
    yield from _part("Programme", program_findings)
    yield from _part("Terminal", lambda: terminal_findings(terminal))
    try:
        settings = load_settings()
    except PortailError as fault:
        yield Finding("Réglages", "Lecture", "impossible", State.ERREUR, fault.sentence)
        settings = settings_with()
    yield from _part("Réglages", lambda: settings_findings(settings))
    yield from _part("Base", lambda: base_findings(base or settings.base))
    yield from _part("Papiers", lambda: documents_findings(settings))
    yield from _part("Journaux", lambda: log_findings(log_folder))


def _part(section: str, read: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what a part finds; one that breaks says by what type of error, and the others go on."""
    try:
        yield from gathered(read()).findings
    except PortailError as fault:
        yield Finding(section, "Lecture", "impossible", State.ERREUR, fault.sentence)
    except Exception as fault:
        yield Finding(section, "Lecture", f"impossible ({named(fault)})", State.UNKNOWN)
