"""What cancelling days would do, family by family, before anything is written."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from screens.closure_families import ClosureFamiliesScreen
from screens.commands import bindings_of
from screens.destinations import DESTINATIONS
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from tui_portail.closed_days import ClosedDays
from tui_portail.services.closing_days import record_closure
from tui_portail.services.day_closures import ClosurePreview, preview_closure


class ClosurePreviewScreen(ClosureFamiliesScreen):
    """The families that a closure would touch. Nothing is written until it is confirmed."""

    AREA = "closure_preview"
    TITLE = "Journées à annuler"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("closure_preview")
    HELP = (
        "Rien n’est encore écrit. F10 ferme ces jours au calendrier, puis annule famille par famille :\n"
        "un avoir de droit à chaque payeur."
    )

    def __init__(self, days: ClosedDays, past_confirmed: bool) -> None:
        super().__init__()
        self._days, self._past_confirmed = days, past_confirmed
        self._preview: ClosurePreview | None = None

    def read(self) -> None:
        """Read what it would do."""
        self.read_preview()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._preview = None
        super().forget()

    @gesture(group="preview", exclusive=True)
    async def read_preview(self) -> None:
        """Read what it would do and show it."""
        desk, days, confirmed = self.desk, self._days, self._past_confirmed
        preview = self._preview = await self.ask(lambda: preview_closure(desk, days, past_confirmed=confirmed))
        self.show_families((f"{preview.words} : {days.reason}.", *preview.sentences), preview.families)

    @gesture(group="close")
    async def action_close_days(self) -> None:
        """Confirm, record the closure, then go through the families on its own screen."""
        preview = self._preview
        if preview is None:
            return
        lines = (f"{preview.words}.", *preview.sentences)
        if not await self.app.push_screen_wait(
            ConfirmDialog("Annuler ces journées", lines, yes="Annuler ces journées", no="Revenir")
        ):
            return
        desk, days, confirmed = self.desk, self._days, self._past_confirmed
        closure_id = await self.send(
            "record", lambda operation: record_closure(desk, days, operation, past_confirmed=confirmed)
        )
        self.app.switch_screen(DESTINATIONS["closure"].screen(closure_id, True))
