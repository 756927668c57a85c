"""How the application closes when it cannot go on: one sentence on the terminal, whatever Textual had kept to show there.

Textual's own page quotes the code that failed and the values it met, families' names among them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from screens.guard import Guarded, tell
from screens.incidents import leaving_sentence
from tui_portail.logs import note_incident

if TYPE_CHECKING:
    from textual.app import App

    class _Base(Guarded, App[None]):
        pass
else:
    _Base = Guarded


class CalmEnd(_Base):
    """Mixin of the application, first among its bases. It has `incidents` and `log_folder`."""

    closing_reference = ""

    def _handle_exception(self, error: Exception) -> None:
        """Say what Textual's own widgets raise; before the first screen there is nothing to go on with: leave, in one sentence."""
        if tell(self, error):
            return
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._return_code = 1
        self._leave_for(error)

    def _fatal_error(self) -> None:
        """Leave in one sentence where Textual would show the code and its values."""
        self._leave_for(sys.exception() or RuntimeError())

    def _leave_for(self, error: BaseException) -> None:
        own: Any = self
        own.incidents.append(error)
        self.closing_reference = note_incident(error, own.log_folder, where="fermeture").reference
        self.panic(leaving_sentence(self.closing_reference))

    def _print_error_renderables(self) -> None:
        """Say that the application closed, and nothing else: whatever Textual kept to show may hold a family's data."""
        if self._exit_renderables:
            self._exit_renderables.clear()
            print(leaving_sentence(self.closing_reference), file=sys.__stderr__)
