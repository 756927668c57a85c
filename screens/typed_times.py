"""Hours as agents type them: `9`, `9h30`, `9:30`, `0930`. Pure."""

from __future__ import annotations

import re
from datetime import time

from tui_portail.errors import InvalidInput

_WRITTEN = re.compile(r"([0-9]{1,2})\s*(?:[hH:.]\s*([0-9]{2})?)?")
_RUN = re.compile(r"([0-9]{1,2})([0-9]{2})")


def parse_time(text: str) -> time:
    """Return the hour meant. Raises InvalidInput with the sentence to show."""
    typed = text.strip()
    found = _WRITTEN.fullmatch(typed) or _RUN.fullmatch(typed)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise InvalidInput(f"« {typed[:20]} » n’est pas une heure : tapez par exemple 9h30, 9:30 ou 0930.")
    return time(int(found[1]), int(found[2] or 0))
