"""What the régie warns of: too much cash held, cheques kept too long, a month without a deposit (instruction 06-031-A-B-M). Pure."""

from __future__ import annotations

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
    """What a régie holds: cash (cents), when each cheque was received, and since when nothing was deposited although money is held."""

    cash_cents: int
    cheques_received: tuple[datetime, ...]
    oldest_held_at: datetime | None
    last_deposit_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegieWarning:
    """One warning: its code, the sentence that says what to do next, its source."""

    code: str
    sentence: str
    source: str


def warnings(facts: HeldFacts, policy: Policy, calendar: SchoolCalendar, now: datetime) -> tuple[RegieWarning, ...]:
    """Return what the régie should be told of at `now` (aware), the most urgent first."""
    source = policy.sources.get(PAYMENT_SOURCE_KEY, POLICY)
    today = in_paris(now).date()
    found = []
    if facts.cash_cents > policy.cash_on_hand_max_cents:
        found.append(
            RegieWarning(
                "ENCAISSE_MAXIMUM",
                f"{format_cents(facts.cash_cents)} d’espèces en caisse, au-dessus de l’encaisse maximum de "
                f"{format_cents(policy.cash_on_hand_max_cents)} : préparez un bordereau de versement.",
                source,
            )
        )
    late = [at for at in facts.cheques_received if cheque_due_on(in_paris(at).date(), policy, calendar) < today]
    if late:
        cheques = plural(len(late), "chèque") + (
            " auraient dû être remis" if len(late) > 1 else " aurait dû être remis"
        )
        found.append(
            RegieWarning(
                "CHEQUES_A_REMETTRE", f"{cheques} : mettez-les au bordereau et versez-les aujourd’hui.", source
            )
        )
    since = facts.last_deposit_at or facts.oldest_held_at
    if facts.oldest_held_at is not None and since is not None and month_after(in_paris(since).date()) < today:
        found.append(
            RegieWarning(
                "MOIS_SANS_VERSEMENT",
                f"Aucun versement depuis le {long_date(in_paris(since).date())} : une régie verse au moins une fois par mois.",
                source,
            )
        )
    return tuple(found)


def cheque_due_on(received_on: date, policy: Policy, calendar: SchoolCalendar) -> date:
    """Return the last day to deposit a cheque: so many open weekdays after it came."""
    day, left = received_on, policy.cheque_deposit_days
    while left:
        day += ONE_DAY
        left -= not (day.weekday() >= SATURDAY or day in calendar.public_holidays or bool(calendar.mairie_closure(day)))
    return day


def month_after(day: date) -> date:
    """Return the same day of the next month, or its last where it has none."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
