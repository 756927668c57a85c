"""Time left, in minutes and seconds, told again each second without laying anything out."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual.content import Content
from textual.widgets import Static


def time_left_text(left: timedelta) -> str:
    """Return « 12:05 », « expiré » when nothing is left."""
    seconds = int(left.total_seconds())
    if left <= timedelta(0):
        return "expiré"
    return f"{seconds // 60}:{seconds % 60:02d}"


class Countdown(Static):
    """A fixed-width text that counts down to `until` (aware; None: no expiry). `tick(now)` is called by the screen's clock."""

    def __init__(self, prefix: str = "", *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id, classes="countdown")
        self._prefix = prefix
        self.until: datetime | None = None

    def tick(self, now: datetime) -> bool:
        """Show the time left at `now`; return whether it has run out."""
        if self.until is None:
            self.update(Content("sans délai"), layout=False)
            return False
        left = self.until - now
        self.set_class(left < timedelta(minutes=3), "-soon")
        text = time_left_text(left)
        self.update(Content(text if left <= timedelta(0) else f"{self._prefix}{text}"), layout=False)
        return left <= timedelta(0)
