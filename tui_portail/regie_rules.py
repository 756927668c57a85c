"""What the régie warns of: too much cash held, cheques kept too long, a month without a deposit (instruction 06-031-A-B-M). Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tui_portail.decision import POLICY
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.payment_means import PAYMENT_SOURCE_KEY
from tui_portail.policy import Policy
from tui_portail.school_calendar import ONE_DAY, SATURDAY, SchoolCalendar


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """What a régie holds: its cash (cents), when each cheque that is there came, when the oldest money to deposit came, the last deposit.

    None: there is nothing to deposit, or nothing was ever deposited. `cash_received_cents`: what of its cash payments brought, that a slip
    may deposit; the rest is float.
    """

    cash_cents: int
    cheques_received: tuple[datetime, ...]
    oldest_held_at: datetime | None
    last_deposit_at: datetime | None
    cash_received_cents: int = 0


@dataclass(frozen=True, slots=True)
class RegieWarning:
    """One warning: its code, the sentence that says what to do next, its source."""

    code: str
    sentence: str
    source: str


def warnings(facts: HeldFacts, policy: Policy, calendar: SchoolCalendar, now: datetime) -> tuple[RegieWarning, ...]:
    """Return what the régie should be told of at `now` (aware), the most urgent first (policy: `encaisse_maximum`, `cheques_jours`)."""
    today = in_paris(now).date()
    told = {
        "ENCAISSE_MAXIMUM": _too_much_cash(facts, policy.cash_on_hand_max_cents),
        "CHEQUES_A_REMETTRE": _late_cheques(
            [cheque_due_on(in_paris(at).date(), policy, calendar) for at in facts.cheques_received], today
        ),
        "MOIS_SANS_VERSEMENT": _no_deposit(facts, today),
    }
    source = policy.sources.get(PAYMENT_SOURCE_KEY, POLICY)
    return tuple(RegieWarning(code, sentence, source) for code, sentence in told.items() if sentence)


def _too_much_cash(facts: HeldFacts, most_cents: int) -> str:
    """A slip deposits what payments brought; a float too large is lowered by a movement, no slip takes it."""
    if facts.cash_cents <= most_cents:
        return ""
    held = f"Espèces détenues : {format_cents(facts.cash_cents)}, au-dessus de l’encaisse maximum de {format_cents(most_cents)}."
    deposit, lower = (
        "À verser sans attendre par un bordereau",
        "sortez-en le surplus par un mouvement « Retrait » (écran Caisse).",
    )
    if not facts.cash_received_cents:
        return f"{held} C’est du fonds de caisse, qu’aucun bordereau ne verse : {lower}"
    if facts.cash_cents - facts.cash_received_cents > most_cents:
        return f"{held} {deposit} ; le fonds de caisse dépasse à lui seul ce maximum : {lower}"
    return f"{held} {deposit}."


def _late_cheques(due_on: Sequence[date], today: date) -> str:
    late = [day for day in due_on if day < today]
    if not late:
        return ""
    were = "étaient à remettre" if len(late) > 1 else "était à remettre"
    return f"{plural(len(late), 'chèque')} {were} au plus tard le {long_date(min(late))}. À verser aujourd’hui par un bordereau."


def _no_deposit(facts: HeldFacts, today: date) -> str:
    if facts.oldest_held_at is None:
        return ""
    since = in_paris(facts.last_deposit_at or facts.oldest_held_at).date()
    if today <= month_after(since):
        return ""
    never = "" if facts.last_deposit_at else ", premier encaissement"
    return (
        f"Aucun versement depuis le {long_date(since)}{never} : une régie verse au moins une fois par mois. "
        "À verser par un bordereau."
    )


def cheque_due_on(received_on: date, policy: Policy, calendar: SchoolCalendar) -> date:
    """Return the last day to deposit a cheque: so many weekdays after it came, public holidays and closures of the mairie left out."""
    day, left = received_on, policy.cheque_deposit_days
    while left:
        day += ONE_DAY
        left -= not (day.weekday() >= SATURDAY or day in calendar.public_holidays or bool(calendar.mairie_closure(day)))
    return day


def month_after(day: date) -> date:
    """Return the same day of the next month, or its last where it has none."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
