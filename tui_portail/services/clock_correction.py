"""Gestures were kept under a wrong hour, later than the right one: an administrator says so, and the desks go on (`ClockBehind`).

What was dated wrong stays as it is dated: nothing is deleted, and the correction stands in the audit trail with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models import tables as t
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.services.clock import CORRECTED, SET_BACK_AT_MOST, instant_text
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
    """The instant it is for the base, and that of the latest gesture kept (none on a base just made)."""

    now: datetime
    last_at: datetime | None

    @property
    def behind(self) -> bool:
        """Whether gestures are refused, unless the other hour was declared wrong."""
        return self.last_at is not None and self.now < self.last_at - SET_BACK_AT_MOST


def clock_state(desk: Desk) -> ClockState:
    """Read the clock and the latest gesture. Raises NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        return ClockState(desk.instant(connection), connection.scalar(select(func.max(t.audit_event.c.at))))


def correct_clock(desk: Desk, reason: str, operation: str) -> datetime:
    """Declare that the gestures dated later than now bear a wrong hour; return the latest such hour. Desks work again.

    Raises InvalidInput without a reason, ClockNotBehind, NotAllowed, OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de la correction", "reason")
    if not reason:
        raise InvalidInput("Dites pourquoi l’heure était fausse : le motif reste dans l’historique des gestes.")

    def work(gesture: Gesture) -> Done:
        last_at = gesture.connection.scalar(select(func.max(t.audit_event.c.at)))
        if last_at is None or not ClockState(gesture.now, last_at).behind:
            raise ClockNotBehind
        wrong = instant_text(last_at)
        return Done({"wrong": wrong}, "horloge", wrong, reason=reason)

    return perform(
        desk, CORRECTED, Right.SETTINGS, operation, [reason], work, lambda kept: datetime.fromisoformat(kept["wrong"])
    )
