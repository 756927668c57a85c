"""The days a parent sees at once, and what a cell says to them in a word or in sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from screens.planning_state import PlanningState
from screens.planning_window import PlanningWindow
from screens.planning_words import cell_words, money_words
from tui_portail.french import long_date, plural
from tui_portail.money import format_cents
from tui_portail.planning import CellKey
from tui_portail.planning_ticks import CellState

WORDS = {
    CellState.NOT_RUNNING: "",
    CellState.FREE: "libre",
    CellState.FULL: "complet",
    CellState.WAITING: "attente",
    CellState.OFFERED: "proposé",
    CellState.LATE: "limite",
    CellState.PAPER: "pièce",
    CellState.REFUSED: "non",
    CellState.HELD: "à payer",
    CellState.CONFIRMED: "réservé",
    CellState.DUE: "dû",
    CellState.CANCELLED: "annulé",
    CellState.ADDING: "+ ajout",
    CellState.REMOVING: "- ôté",
    CellState.BLOCKED: "refusé",
}
"""A cell in one word, seven cells wide at most: no letter to learn, no colour needed."""
OTHERS = "autre"
LEGEND = (
    "libre : à réserver d’une touche · + ajout, - ôté : vos changements, pas encore terminés · réservé : payé · à payer : en attente "
    "dans votre panier · dû : à régler à Comptabilité · limite : il est trop tard · complet : plus de place · attente : sur la liste "
    "d’attente · proposé : une place vous est proposée · pièce : un papier manque · non : impossible, la raison est écrite à côté · "
    "autre : la journée est à l’autre parent · annulé : vous l’avez annulée."
)


@dataclass(frozen=True, slots=True)
class DayWindow(PlanningWindow):
    """One day, for a telephone: the week-ends are passed over."""

    @property
    def first_day(self) -> date:
        """The day."""
        return self.day

    @property
    def last_day(self) -> date:
        """The day."""
        return self.day

    @property
    def days(self) -> tuple[date, ...]:
        """The day alone."""
        return (self.day,)

    @property
    def title(self) -> str:
        """« mardi 8 décembre 2026 »."""
        return long_date(self.day)

    @property
    def short_title(self) -> str:
        """The same: it is asked for where it fits."""
        return self.title

    def moved(self, steps: int) -> DayWindow:
        """Return a weekday before or after."""
        day = self.day + timedelta(days=steps)
        while day.weekday() > 4:
            day += timedelta(days=1 if steps > 0 else -1)
        return DayWindow(day)


def window_on(day: date, *, one_day: bool) -> PlanningWindow:
    """Return a day, or its week; the Monday after for a day of the week-end alone."""
    if not one_day:
        return PlanningWindow(day)
    return DayWindow(day) if day.weekday() < 5 else DayWindow(day).moved(1)


def is_the_others(state: PlanningState, key: CellKey) -> bool:
    """Say whether a day is the other parent's: booked by them, or theirs by the calendar of custody."""
    own = state.loaded.own_payer_id
    booking = state.loaded.bookings.get(key)
    payer_id = state.payer_of(key) if booking is None or not booking.occupies(state.now) else booking.payer_id
    return own is not None and payer_id != own


def word_of(state: PlanningState, key: CellKey) -> str:
    """Return a cell in one word."""
    found = state.view(key).state
    if found is not CellState.NOT_RUNNING and is_the_others(state, key):
        return OTHERS
    return WORDS[found]


def own_cell_words(state: PlanningState, key: CellKey) -> tuple[str, str, str]:
    """Return the cell's name, its day, and what there is to say of it to a parent."""
    name, day, said = cell_words(state, key)
    booking = state.loaded.bookings.get(key)
    if booking is not None and booking.occupies(state.now) and is_the_others(state, key):
        said = "Réservé par l’autre parent : vous n’y changez rien ici."
    return name, day, said


def own_money_words(state: PlanningState) -> str:
    """Return what the parent would have to pay, their avoirs used, and how many days are ticked."""
    bills = state.judgement.bills
    words = money_words(state) if bills else ""
    amounts = words.split("\n", 1)[1] if bills else _own_avoirs_words(state)  # there is one payer: they know their name
    lines = [line.strip() for line in amounts.split("\n")]
    return "\n".join([*lines, _ticked_words(state)])


def _own_avoirs_words(state: PlanningState) -> str:
    """Say that nothing is due, and what of the parent's own avoirs waits for their next payment."""
    own = (payer for payer in state.loaded.payers if payer.payer_id == state.loaded.own_payer_id)
    total = sum(avoir.remaining_cents for payer in own for avoir in payer.avoirs)
    return f"Rien à payer.\nVotre avoir : {format_cents(total)}" if total else "Rien à payer."


def _ticked_words(state: PlanningState) -> str:
    added, removed = len(state.judgement.additions), len(state.judgement.removals)
    parts = [f"+ {plural(added, 'réservation')}"] if added else []
    parts += [f"- {plural(removed, 'annulation')}"] if removed else []
    return ", ".join(parts) or "Rien n’est coché."
