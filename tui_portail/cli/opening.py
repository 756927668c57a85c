"""Running the application on a database: what the first frame needs now, the rest of the settings when the database opens."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from tui_portail.cli.french import EXIT_REFUSED
from tui_portail.cli.hang_up import on_hang_up
from tui_portail.errors import PortailError
from tui_portail.logs import note
from tui_portail.program_version import program_version
from tui_portail.settings import Settings, change_settings, first_frame_settings, load_settings

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk


EXIT_HUNG_UP = 129
"""What shells answer for a program ended by its terminal's hang-up: 128 and SIGHUP's number."""


def run_application(open_with: Callable[[Settings], Desk]) -> None:
    """Show the application until the agent leaves. `open_with` is called in a thread, after the first frame.

    Raises PortailError when there is no terminal, typer.Exit when the agent left without the database ever opening.
    """
    require_terminal()
    from screens.app import PortailApp  # noqa: PLC0415  `--help` needs no screen

    first = first_frame_settings()

    def open_desk() -> Desk:
        from tui_portail.crash_watch import watch_faults  # noqa: PLC0415  after the first frame
        from tui_portail.unanswered import UnansweredNotes  # noqa: PLC0415  after the first frame

        watch_faults()
        settings = load_settings()
        application.idle_seconds = settings.lock_after_minutes * 60
        application.fates.notes = UnansweredNotes(settings.unanswered_folder)
        desk = open_with(settings)
        desk.clock.start()
        note("ouverture", version=program_version(), base=desk.database.address, moteur=desk.database.dialect)
        return desk

    def save_theme(name: str) -> None:
        change_settings(theme=name)

    application = PortailApp(
        open_desk,
        theme=first.theme,
        keymap=first.keymap,
        saved_theme=save_theme,
    )

    leave_on_hang_up(lambda: application.desk)
    application.run()
    if application.desk is not None:
        application.desk.close()
    if application.fates.notes is not None:
        application.fates.notes.leave()
    note("fermeture", code=application.return_code or 0)
    code = application.return_code or (EXIT_REFUSED if application.desk is None else 0)
    if code:
        raise typer.Exit(code)


def leave_on_hang_up(opened: Callable[[], Desk | None]) -> None:
    """Leave without painting once the terminal hangs up: what was being written is written whole or not at all."""

    def leave_at_once() -> None:
        try:
            note("terminal_perdu")
            desk = opened()
            if desk is not None:
                desk.close()
        finally:
            os._exit(EXIT_HUNG_UP)

    if sys.stdin.isatty() or _served_to_a_browser():
        on_hang_up(sys.stdin.fileno(), leave_at_once)


def require_terminal() -> None:
    """Refuse to open where nobody would see the application. Raises PortailError."""
    if not (_served_to_a_browser() or (sys.stdin.isatty() and sys.stdout.isatty())):
        raise PortailError(
            "L’application s’ouvre dans un terminal : lancez cette commande sans rediriger son entrée ni sa sortie."
        )


def _served_to_a_browser() -> bool:
    return bool(os.environ.get("TEXTUAL_DRIVER"))  # set by the process that serves the application to a browser
