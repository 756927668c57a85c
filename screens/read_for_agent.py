"""A screen whose content was read under one agent's rights: when another agent takes the desk, it is taken off and read again.

What Enfance/Jeunesse may see (an « accueil sans repas fourni ») never stays before Comptabilité's eyes.
"""

from __future__ import annotations

from screens.desk_screen import DeskScreen


class ReadForAgent(DeskScreen):
    """Reads each time it comes back in front. Subclasses give `read()` and `forget()`."""

    _read_for: int | None = None

    def on_screen_resume(self) -> None:
        """Read again: another desk may have acted, another agent may sit here."""
        agent = self.desk.agent
        agent_id = agent.agent_id if agent is not None else 0
        if self._read_for not in (None, agent_id):
            self.forget()
        self._read_for = agent_id
        self.read()

    def read(self) -> None:
        """Read what the screen shows."""
        raise NotImplementedError

    def forget(self) -> None:
        """Take off what was read."""
        raise NotImplementedError
