"""A field that holds an hour."""

from __future__ import annotations

from datetime import time

from screens.form_fields import TextField
from screens.typed_times import parse_time


class TimeField(TextField):
    """An hour typed short: `9h30`, `0930`."""

    def __init__(self, key: str, label: str, at: time | None = None, *, required: bool = False) -> None:
        super().__init__(key, label, f"{at:%H:%M}" if at else "", placeholder="ex. 9h30", proposed=True)
        self._required = required

    @property
    def value(self) -> time | None:
        """The hour, None for an empty field that need not be filled. Raises InvalidInput."""
        return parse_time(self.text) if self._required or self.text.strip() else None

    def written_out(self) -> str:
        """Return the hour in full figures."""
        return f"{self.value:%H:%M}" if self.value else ""
