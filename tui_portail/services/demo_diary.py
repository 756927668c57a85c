"""The demo's diary: a week of appointments around its first day, a family that came and one that did not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from tui_portail.services.appointments import Visitor, book_appointment, mark_kept, mark_missed
from tui_portail.services.desk import Desk

_WEEK = (  # hour, kind, the family's place among those of the demo, or the name of one that has no dossier
    ("2026-11-30 13:30", "DOSSIER", 4),
    ("2026-11-30 14:00", "RENOUVELLEMENT", 6),
    ("2026-12-01 08:30", "INSCRIPTION", "Lambert"),
    ("2026-12-01 09:15", "RENOUVELLEMENT", 8),
    ("2026-12-01 11:00", "DOSSIER", 10),
    ("2026-12-01 11:15", "INSCRIPTION", "Ferreira"),
    ("2026-12-02 08:30", "RENOUVELLEMENT", 12),
    ("2026-12-02 08:30", "INSCRIPTION", "Garnier"),
    ("2026-12-02 09:30", "RENOUVELLEMENT", 14),
    ("2026-12-03 14:00", "RENOUVELLEMENT", 16),
    ("2026-12-04 10:00", "DOSSIER", 18),
)
_KEPT, _MISSED = (0, 1, 2), 3


class DemoDiary:
    """Books the week, then says what became of its first appointments. Its operations are the same at each run."""

    def __init__(self, desk: Desk, dossier_ids: Sequence[int]) -> None:
        self._desk, self._dossier_ids = desk, dossier_ids
        self._booked: list[int] = []

    def fill(self) -> None:
        """Book the appointments."""
        for starts, kind, who in _WEEK:
            visitor = Visitor(None, who, "06 00 00 00 00") if isinstance(who, str) else Visitor(self._dossier_ids[who])
            booked = book_appointment(
                self._desk, datetime.fromisoformat(starts), kind, visitor, "", _operation("book", starts, who)
            )
            self._booked.append(booked.appointment_id)

    def tell_who_came(self) -> None:
        """Say who came and who did not, once their time is past."""
        for place in _KEPT:
            mark_kept(self._desk, self._booked[place], _operation("kept", place))
        mark_missed(self._desk, self._booked[_MISSED], _operation("missed", _MISSED))


def _operation(*words: object) -> str:
    return hashlib.sha256(f"agenda {words}".encode()).hexdigest()[:32]
