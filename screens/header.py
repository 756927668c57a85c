"""What the header line says, for the room it has: the clock whole, the rest shortened."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len

from screens.plain_text import plain
from screens.short_labels import fit
from tui_portail.french import long_date, short_date, time_text
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk


class TillState(Enum):
    """What the header says of the till: nothing to who does not cash, or while it is not known."""

    UNKNOWN = ""
    OPEN = "caisse ouverte"
    CLOSED = "caisse fermée"
    FORGOTTEN = "caisse à clôturer"


def header_texts(desk: Desk | None, commune: str, till_state: TillState, title: str, width: int) -> tuple[str, str]:
    """Return the left and right texts, together at most `width` cells with a space between them."""
    place = commune or "Portail Famille"
    nobody = desk is None or desk.agent is None  # the till is the business of whoever sits there
    till = "" if nobody else till_state.value
    name, roles = _who(desk)
    short, long = _clock(desk, short=True), _clock(desk, short=False)
    for parts, clock in (
        ((place, title, f"{name} ({roles})" if roles else name, till), long),
        ((place, title, name, till), long),
        ((place, title, name, till), short),
        ((title, name, till), short),
    ):
        left = _joined(parts)
        if cell_len(left) + 1 + cell_len(clock) <= width:
            return left, clock
    room = width - 1 - cell_len(short)
    excess = cell_len(left) - room
    left = _joined((fit(title, max(8, cell_len(title) - excess)).rstrip(), name, till))
    return (left if cell_len(left) <= room else fit(left, max(1, room))), short


def _joined(parts: tuple[str, ...]) -> str:
    return plain(" · ".join(part for part in parts if part)).replace("\n", " ")


def _clock(desk: Desk | None, short: bool) -> str:
    if desk is None:
        return ""
    wall = in_paris(desk.now_estimate())
    day = short_date(wall.date()) if short else long_date(wall.date())
    shown = f"{day}, {time_text(wall)}"
    if not desk.is_demo:
        return shown
    return f"Démo · {shown}" if short else f"Horloge de démonstration : {shown}"


def _who(desk: Desk | None) -> tuple[str, str]:
    if desk is None or desk.agent is None:
        return "", ""
    from tui_portail.services.rights import ROLE_LABELS  # noqa: PLC0415  after the first frame

    return desk.agent.name, ", ".join(label for role, label in ROLE_LABELS.items() if role in desk.agent.roles)
