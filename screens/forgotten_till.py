"""A session forgotten from an earlier day: said at once, closed first, by whoever may."""

from __future__ import annotations

from screens.dialogs import ConfirmDialog
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.services.desk import SignedAgent
from tui_portail.services.rights import Right, holders
from tui_portail.services.till import TillSessionView, may_close


class ForgottenTillDialog(ConfirmDialog):
    """Says which session was forgotten. Returns True when the agent goes and closes it; one who may not is told who may."""

    def __init__(self, session: TillSessionView, agent: SignedAgent) -> None:
        day = long_date(in_paris(session.opened_at).date())
        said = f"La caisse ouverte le {day} par {session.opened_by} n’a pas été clôturée."
        self._allowed = may_close(agent, session)
        if self._allowed:
            lines = (said, "", "Comptez-la et clôturez-la d’abord, puis ouvrez celle d’aujourd’hui.")
        else:
            who = f"{session.opened_by} ou un agent {holders(Right.CLOSE_ANY_TILL)}"
            lines = (said, "", f"{who} doit la compter et la clôturer avant que vous encaissiez des espèces.")
        super().__init__("Caisse d’un jour passé", lines, yes="Clôturer maintenant", no="Plus tard")

    def keys_line(self) -> str:
        """Only one who may close goes there."""
        return super().keys_line() if self._allowed else "Entrée ou Échap : fermer"

    def action_yes(self) -> None:
        """Go, or close the dialog."""
        self.dismiss(self._allowed)
