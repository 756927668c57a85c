"""The line a gesture leaves in the technical journal: its name, its ids, how long, how it ended. Once it is known, never within it."""

from __future__ import annotations

import time
from types import TracebackType

from tui_portail.errors import PortailError
from tui_portail.logs import note


class LoggedGesture:
    """One gesture while it is done: counts the tries, and at exit writes its line. No statement, a few hundredths of a millisecond.

    Nothing of its content is known here; a refusal is told by its code, a bug by its type.
    """

    def __init__(self, name: str, operation: str, agent_id: int | None) -> None:
        self.name = name
        self.operation = operation
        self.agent_id = agent_id
        self.tries = 0
        self.was_done = False
        self._begun = time.perf_counter()

    def begins(self) -> None:
        """Count one more try: the transaction starts from its beginning."""
        self.tries += 1

    def __enter__(self) -> LoggedGesture:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        note(
            "geste",
            nom=self.name,
            operation=self.operation,
            agent=self.agent_id,
            ms=round((time.perf_counter() - self._begun) * 1000),
            resultat=self._outcome(error),
            essais=self.tries if self.tries > 1 else None,
        )

    def _outcome(self, error: BaseException | None) -> str:
        if error is None:
            return "deja_fait" if self.was_done else "fait"
        return error.code if isinstance(error, PortailError) else type(error).__name__
