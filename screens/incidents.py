"""What happens to a bug: its trace goes to a rotating file of the user's log folder, the agent reads one calm sentence."""

from __future__ import annotations

import logging
import secrets
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

_LOGGER = logging.getLogger("tui_portail.incidents")
_LOGGER.addHandler(logging.NullHandler())  # a trace never goes to the screen, even where the log cannot be written
_LOGGER.propagate = False
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class _QuietHandler(RotatingFileHandler):
    """A log that says nothing on the screen when its disk fails."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  as logging names it
        """Give up this record."""


def log_to(folder: Path | None) -> Path | None:
    """Write incidents to `folder` (None: the user's own log folder); return the file, None if it cannot be written."""
    if folder is None:
        import platformdirs  # noqa: PLC0415  only when something went wrong

        folder = platformdirs.user_log_path("tui-portail")
    path = folder / "incidents.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # a trace may hold a family's name
        handler = _QuietHandler(path, maxBytes=500_000, backupCount=3, encoding="utf-8")
    except OSError:
        return None
    for old in list(_LOGGER.handlers):
        _LOGGER.removeHandler(old)
        old.close()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _LOGGER.addHandler(handler)
    return path


def record(error: BaseException) -> str:
    """Log an error with its trace; return the short reference the agent may quote."""
    reference = "".join(secrets.choice(_ALPHABET) for _ in range(5))
    _LOGGER.error("référence %s", reference, exc_info=(type(error), error, error.__traceback__))
    return reference


def sentence_for(app: App[Any], error: Exception) -> str:
    """Log an error and return the sentence to show. The application remembers it for whoever tests it."""
    incidents = getattr(app, "incidents", None)
    if incidents is not None:
        if not incidents:
            log_to(getattr(app, "log_folder", None))
        incidents.append(error)
    reference = record(error)
    return (
        f"une erreur imprévue s’est produite, notée sous la référence {reference}. Ce que vous avez saisi est toujours là ; "
        "vérifiez ce qui est enregistré avant de recommencer."
    )
