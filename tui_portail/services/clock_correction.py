"""Gestures were kept under a wrong hour, later than the right one: an administrator says so, and the desks go on (`ClockBehind`).

What was dated wrong stays as it is dated: nothing is deleted, and the correction stands in the audit trail with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models import tables as t
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.services.clock import (
    CORRECTED,
    SET_BACK_AT_MOST,
    WrongHours,
    instant_text,
    is_behind,
    last_believed,
)
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right

LONGEST_REASON = 300


class ClockNotBehind(PortailError):
    """No gesture is dated later than the clock."""

    code = "HORLOGE_A_L_HEURE"

    def __init__(self) -> None:
        super().__init__(
            "Aucun geste n’est daté d’une heure à venir : il n’y a rien à corriger. Les postes peuvent travailler."
        )


@dataclass(frozen=True, slots=True)
class ClockState:
    """The instant it is for the base, and that of the latest gesture kept whose hour was not declared wrong (none on a base just made)."""

    now: datetime
    last_at: datetime | None

    @property
    def behind(self) -> bool:
        """Whether gestures are refused."""
        return is_behind(self.now, self.last_at)


def clock_state(desk: Desk) -> ClockState:
    """Read the clock and the latest gesture. Raises NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        return _state(connection, desk.instant(connection))


def _state(connection: Connection, now: datetime) -> ClockState:
    last_at = connection.scalar(select(func.max(t.audit_event.c.at)))
    return ClockState(now, last_believed(connection, now, last_at) if is_behind(now, last_at) else last_at)


def correct_clock(desk: Desk, reason: str, operation: str) -> datetime:
    """Declare that the gestures dated later than now bear a wrong hour; return the latest such hour. Desks work again.

    Raises InvalidInput without a reason, ClockNotBehind, NotAllowed, OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de la correction", "reason")
    if not reason:
        raise InvalidInput("Dites pourquoi l’heure était fausse : le motif reste dans l’historique des gestes.")

    def work(gesture: Gesture) -> Done:
        event = t.audit_event.c
        if not _state(gesture.connection, gesture.now).behind:
            raise ClockNotBehind
        later = select(func.min(event.at), func.max(event.at)).where(event.at > gesture.now + SET_BACK_AT_MOST)
        hours = WrongHours(*map(instant_text, gesture.connection.execute(later).one()))
        return Done({"wrong": hours.fausse}, "horloge", hours.fausse, reason=reason, details=hours._asdict())

    return perform(
        desk, CORRECTED, Right.SETTINGS, operation, [reason], work, lambda kept: datetime.fromisoformat(kept["wrong"])
    )
