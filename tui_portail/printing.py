"""From a drawn document to paper: written under the user's data folder, then handed to the system's own print command.

Paper comes after the commit: whatever happens here, the payment stands and the document can be drawn again. So a
missing or silent printer never raises; the outcome says in French what happened and what to do next. Only a folder
that cannot be written raises.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_portail.errors import PortailError
from tui_portail.files import reason, whole_file

PRINT_SECONDS = 5.0
LIST_SECONDS = 3.0
VIEWER_SECONDS = 1.0
KEPT = "L’opération est enregistrée et le document peut être réimprimé."

_LP_REFUSALS = tuple(
    (re.compile(words, re.IGNORECASE), french)
    for words, french in (
        (
            r"does not exist|unknown (printer|destination)",
            "ce poste ne la connaît pas : vérifiez son nom dans les réglages",
        ),
        (r"not accepting", "elle n’accepte aucun document en ce moment"),
        (
            r"scheduler|connection refused|unable to connect|bad file descriptor",
            "le service d’impression ne répond pas",
        ),
        (r"forbidden|unauthorized|not authorized|not allowed", "votre compte n’a pas le droit d’y imprimer"),
        (r"unsupported|document-format", "elle ne sait pas imprimer ce format"),
        (r"too large|quota", "le document dépasse ce qu’elle accepte"),
    )
)
_LONGEST_NAME = 200  # bytes: file systems stop at 255
_LONGEST_SUFFIX = 8
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class DocumentNotWritten(PortailError):
    """The document could not be written to disk (full, read-only, no right). What was committed stands."""

    code = "DOCUMENT_NON_ECRIT"


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of a document. `sent`: accepted by a printer. `opened`: shown by the system's viewer instead."""

    sent: bool
    sentence_fr: str
    path: Path
    opened: bool = False


def write_document(folder: Path, name: str, content: bytes) -> Path:
    """Write a document whole or not at all, and return its path; a file of the same name is replaced.

    The folder is made if needed, readable by its owner alone since documents name families. `name` is made safe for
    every system. Raises DocumentNotWritten.
    """
    target = folder / safe_name(name)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(target, replace=True) as file:
            file.write(content)
    except OSError as error:
        raise DocumentNotWritten(
            f"Le document n’a pas pu être écrit dans {folder} ({reason(error)}). {KEPT} Vérifiez le dossier des documents."
        ) from error
    return target


def safe_name(name: str) -> str:
    """Return a file name that every system accepts and that stays in its folder: « ../a:b » becomes « a-b »."""
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(char if char.isalnum() or char in "-_. °()" else "-" for char in composed)
    words = re.sub(r"-{2,}", "-", re.sub(r"\s+", " ", kept)).strip("-. ")
    stem, suffix = Path(words).stem, Path(words).suffix
    if len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, suffix = words, ""
    stem = stem.encode()[: _LONGEST_NAME - len(suffix.encode())].decode(errors="ignore").rstrip("-. ")
    words = f"{stem}{suffix}" or "document"
    return f"_{words}" if _WINDOWS_DEVICES.match(words) else words


def print_file(path: Path, printer: str | None, *, timeout_seconds: float = PRINT_SECONDS) -> PrintOutcome:
    """Hand a document to the printer chosen in settings, or show it where none is chosen.

    Never raises, never waits longer than `timeout_seconds`.
    """
    path = path.resolve()
    if not path.is_file():
        return PrintOutcome(False, f"Le document n’est plus à sa place : {path}. {KEPT}", path)
    if printer is None or not printer.strip():
        return _show(path)
    if sys.platform == "win32":
        return _print_on_windows(path, printer)
    return _print_by_cups(path, printer.strip(), timeout_seconds)


def list_printers() -> tuple[str, ...]:
    """Return the names of the CUPS queues that accept documents; none where CUPS is absent or silent."""
    command = shutil.which("lpstat")
    if command is None:
        return ()
    answer = _run([command, "-a"], LIST_SECONDS)
    if answer is None or answer.returncode != 0:
        return ()
    queues = (line.split() for line in answer.stdout.splitlines() if line[:1].strip())
    return tuple(words[0] for words in queues if words[1:2] == ["accepting"])


def _print_by_cups(path: Path, printer: str, timeout_seconds: float) -> PrintOutcome:
    command = shutil.which("lp")
    if command is None:
        sentence = f"Ce poste n’a pas de commande d’impression (« lp »). {KEPT} Il se trouve ici : {path}"
        return PrintOutcome(False, sentence, path)
    try:
        answer = _run([command, "-d", printer, "-t", path.stem, str(path)], timeout_seconds)
    except OSError as error:
        return PrintOutcome(False, _not_printed(printer, reason(error), path), path)
    if answer is None:
        sentence = (
            f"L’imprimante « {printer} » ne répond pas. {KEPT} "
            f"Regardez d’abord si elle a imprimé. Le document se trouve ici : {path}"
        )
        return PrintOutcome(False, sentence, path)
    if answer.returncode != 0:
        return PrintOutcome(False, _not_printed(printer, _refusal_of_lp(answer.stderr), path), path)
    return PrintOutcome(True, f"Document envoyé à l’imprimante « {printer} ».", path)


def _not_printed(printer: str, why: str, path: Path) -> str:
    detail = f" ({why})" if why else ""
    return f"L’imprimante « {printer} » n’a pas pris le document{detail}. {KEPT} Il se trouve ici : {path}"


def _refusal_of_lp(said: str) -> str:
    """Return why `lp` refused, in French; words of its own that are not known here are quoted."""
    for words, french in _LP_REFUSALS:
        if words.search(said):
            return french
    quoted = " ".join("".join(char if char.isprintable() else " " for char in said).split())[:160]
    return f"réponse du système : « {quoted} »" if quoted else ""


def _print_on_windows(path: Path, printer: str) -> PrintOutcome:
    if sys.platform != "win32":
        raise AssertionError("only called on Windows")
    with contextlib.suppress(OSError):
        os.startfile(path, "printto", f'"{printer}"')  # noqa: S606 - our own file, the shell's print verb
        return PrintOutcome(True, f"Document envoyé à l’imprimante « {printer} ».", path)
    try:
        os.startfile(path, "print")  # noqa: S606
    except OSError as error:
        return PrintOutcome(False, _not_printed(printer, reason(error), path), path)
    return PrintOutcome(True, "Document envoyé à l’imprimante par défaut de Windows.", path)


def _show(path: Path) -> PrintOutcome:
    if _open(path):
        sentence = f"Aucune imprimante n’est choisie : le document est ouvert à l’écran. Il se trouve ici : {path}"
        return PrintOutcome(False, sentence, path, opened=True)
    return PrintOutcome(False, f"Aucune imprimante n’est choisie. Le document se trouve ici : {path}", path)


def _open(path: Path) -> bool:
    """Ask the desktop to show a file; False where there is no desktop or nothing to show it with."""
    if sys.platform == "win32":
        try:
            os.startfile(path)  # noqa: S606
        except OSError:
            return False
        return True
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    viewer = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if viewer is None or not has_screen or os.environ.get("SSH_CONNECTION"):
        return False
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed command and our own file
            [viewer, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        return False
    try:
        return process.wait(VIEWER_SECONDS) == 0
    except subprocess.TimeoutExpired:  # some viewers stay in the foreground: it is showing, and reaped when closed
        threading.Thread(target=process.wait, name="visionneuse", daemon=True).start()
        return True


def _run(command: Sequence[str], timeout_seconds: float) -> subprocess.CompletedProcess[str] | None:
    """Run a short system command apart from the terminal; None when it does not answer in time. May raise OSError."""
    try:
        return subprocess.run(  # noqa: S603 - an absolute command found on PATH, arguments never parsed by a shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"LC_ALL": "C"},
            timeout=timeout_seconds,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return None
