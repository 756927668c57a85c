"""What cancelling a day gives back (leaflet, « Modifier ou annuler une réservation »), and until when a justificatif counts.

Before the limit, an avoir of what was paid; after it, nothing for ALP, and for ALSH an avoir if a justificatif
received within 48 h is accepted. The 48 h count from the end of the first booked day of the absence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tui_portail.decision import LEAFLET_CHANGES, Decision
from tui_portail.french import date_time_text, long_date
from tui_portail.instants import day_begins, in_paris, is_before
from tui_portail.limits import Limit, cancel_limit
from tui_portail.money import format_cents
from tui_portail.policy import ActivityRule, Policy, RunsOn
from tui_portail.school_calendar import ONE_DAY, SATURDAY, DayKind, SchoolCalendar


class CancellationOutcome(StrEnum):
    """What becomes of a cancelled line."""

    RELEASED = "libere"  # an unpaid hold: nothing was due
    AVOIR = "avoir"  # before the limit: an avoir of what was paid
    NOTHING_PAID = (
        "rien_paye"  # before the limit, and nothing had been paid: nothing to give back, nothing due any more
    )
    NO_REFUND = "sans_remboursement"  # after the limit
    AWAITING_PROOF = "attente_justificatif"  # after the limit, ALSH: an avoir if the justificatif is accepted
    IMPOSSIBLE = "impossible"  # the day has begun, or its 48 h have run out


class LineState(StrEnum):
    """The state of a line that may be cancelled: held unpaid, confirmed, or due (a debt on a day that stays booked)."""

    HELD = "held"
    CONFIRMED = "confirmed"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class CancellationLine:
    """One booked day an agent wants to cancel; `paid_cents` is what was paid for that line, avoirs included."""

    child_id: int
    activity: str
    day: date
    state: LineState
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling a line does. `refund_cents` is the avoir given at once, or, awaiting proof, the one an acceptance would give.

    `proof_until` is exclusive (the midnight that ends the last day). `stays_due`: the unpaid debt of the line is
    still owed.
    """

    kind: CancellationOutcome
    refund_cents: int
    sentence: str
    source: str
    limit: Limit
    proof_until: datetime | None = None
    stays_due: bool = False

    @property
    def possible(self) -> bool:
        """Say whether the line can be cancelled at all."""
        return self.kind is not CancellationOutcome.IMPOSSIBLE


@dataclass(frozen=True, slots=True)
class Absence:
    """One child's consecutive days of one activity, cancelled in one gesture, in order; never empty."""

    child_id: int
    activity: str
    days: tuple[date, ...]

    @property
    def first_on(self) -> date:
        """Return the first booked day, from whose end the 48 h count."""
        return self.days[0]

    @property
    def last_on(self) -> date:
        """Return the last booked day."""
        return self.days[-1]


def judge_cancellations(
    lines: Sequence[CancellationLine], policy: Policy, calendar: SchoolCalendar, now: datetime
) -> dict[CancellationLine, Cancellation]:
    """Return what one gesture that cancels these lines does to each, its absences grouped; in the order given."""
    first_day: dict[tuple[int, str, date], date] = {}
    booked = [line for line in lines if line.state is not LineState.HELD]  # « seul le paiement valide l’inscription »
    for absence in group_absences(booked, policy, calendar):
        first_day |= {(absence.child_id, absence.activity, day): absence.first_on for day in absence.days}
    return {
        line: judge_cancellation(
            line, policy, calendar, now, absence_first_on=first_day.get((line.child_id, line.activity, line.day))
        )
        for line in lines
    }


def judge_cancellation(
    line: CancellationLine,
    policy: Policy,
    calendar: SchoolCalendar,
    now: datetime,
    *,
    absence_first_on: date | None = None,
) -> Cancellation:
    """Return what cancelling a line now does (leaflet). `absence_first_on`: first day of its absence, the line's own by default.

    An ALP day can be cancelled until it begins; an ALSH day also after, until its 48 h have run out. Raises KeyError
    on an activity the policy does not know.
    """
    activity = policy.activity(line.activity)
    limit = cancel_limit(activity, line.day, policy, calendar)
    what = f"« {activity.label} » du {long_date(line.day)}"
    if line.state is LineState.HELD:
        sentence = f"{what} : la place est libérée. Rien n’avait été payé, rien n’est dû."
        return Cancellation(CancellationOutcome.RELEASED, 0, sentence, LEAFLET_CHANGES, limit)
    if is_before(now, limit.until):
        return _in_time(line, what, limit)
    if activity.late_refund_with_proof:
        proof_until = proof_deadline(absence_first_on or line.day, calendar, policy)
        if is_before(now, proof_until):
            return _awaiting_proof(line, what, limit, proof_until)
    if is_before(now, day_begins(line.day)):
        return _without_refund(line, what, limit)
    return _impossible(activity, what, limit)


def group_absences(lines: Iterable[CancellationLine], policy: Policy, calendar: SchoolCalendar) -> list[Absence]:
    """Return the absences in days cancelled in one gesture, by child, activity and date.

    Days are consecutive when the activity runs on no day between them: Friday and the next Monday of the same
    holidays are one absence. Two different holidays never are.
    """
    days_of: defaultdict[tuple[int, str], set[date]] = defaultdict(set)
    for line in lines:
        days_of[line.child_id, line.activity].add(line.day)
    absences: list[Absence] = []
    for (child_id, code), days in sorted(days_of.items()):
        activity = policy.activity(code)
        run: list[date] = []
        for day in sorted(days):
            if run and not _follows(activity, run[-1], day, policy, calendar):
                absences.append(Absence(child_id, code, tuple(run)))
                run = []
            run.append(day)
        absences.append(Absence(child_id, code, tuple(run)))
    return absences


def proof_deadline(first_day: date, calendar: SchoolCalendar, policy: Policy) -> datetime:
    """Return the instant, exclusive, until which a justificatif counts: the midnight that ends J+2 (policy), aware, Paris.

    Where J+2 is a Saturday, a Sunday, a public holiday or a day the mairie is closed, it is carried to the next open
    weekday.
    """
    last = first_day + timedelta(days=policy.proof_days)
    while last.weekday() >= SATURDAY or last in calendar.public_holidays or calendar.mairie_closure(last):
        last += ONE_DAY
    return day_begins(last + ONE_DAY)


def judge_proof(received_on: date, deadline: datetime, today: date) -> Decision:
    """Say whether a justificatif came in time: the reception date the agent records counts; before the absence is in time.

    `deadline` is what `proof_deadline` gave (exclusive). A reception date after `today` is refused as a slip.
    """
    last_day = in_paris(deadline).date() - ONE_DAY
    if received_on > today:
        sentence = f"La date de réception ({long_date(received_on)}) est après aujourd’hui : tapez le jour où le justificatif est arrivé."
        return Decision.refuse("JUSTIFICATIF_DATE_FUTURE", sentence, LEAFLET_CHANGES, received_on=received_on)
    if received_on > last_day:
        sentence = (
            f"Le justificatif a été reçu le {long_date(received_on)} ; il devait l’être au plus tard le {long_date(last_day)} "
            "inclus (48 h). L’absence ne peut donc pas donner d’avoir."
        )
        return Decision.refuse(
            "JUSTIFICATIF_TARDIF", sentence, LEAFLET_CHANGES, received_on=received_on, last_day=last_day
        )
    return Decision.accept(received_on=received_on, last_day=last_day)


def _in_time(line: CancellationLine, what: str, limit: Limit) -> Cancellation:
    until = date_time_text(limit.until)
    if line.paid_cents <= 0:
        sentence = (
            f"{what} : annulation faite avant le {until}. Rien n’avait été payé pour cette journée, rien n’est dû."
        )
        return Cancellation(CancellationOutcome.NOTHING_PAID, 0, sentence, limit.source, limit)
    sentence = (
        f"{what} : annulation faite avant le {until}. Un avoir de {format_cents(line.paid_cents)} sera utilisé "
        "automatiquement lors de votre prochaine réservation."
    )
    return Cancellation(CancellationOutcome.AVOIR, line.paid_cents, sentence, limit.source, limit)


def _awaiting_proof(line: CancellationLine, what: str, limit: Limit, proof_until: datetime) -> Cancellation:
    if line.state is LineState.CONFIRMED and line.paid_cents <= 0:
        sentence = f"{what} : annulation après la limite. Rien n’avait été payé, aucun justificatif n’est nécessaire."
        return Cancellation(CancellationOutcome.NO_REFUND, 0, sentence, limit.source, limit)
    stays_due = line.state is LineState.DUE
    last_day = long_date(in_paris(proof_until).date() - ONE_DAY)
    gain = (
        f"un avoir de {format_cents(line.paid_cents)} sera accordé" if line.paid_cents else "la somme ne sera plus due"
    )
    sentence = (
        f"{what} : annulation après la limite ({date_time_text(limit.until)}). Si un justificatif nous parvient au plus tard le "
        f"{last_day} inclus et qu’il est accepté, {gain} ; sinon, {_loss(line)}."
    )
    kind = CancellationOutcome.AWAITING_PROOF
    return Cancellation(kind, line.paid_cents, sentence, LEAFLET_CHANGES, limit, proof_until, stays_due)


def _without_refund(line: CancellationLine, what: str, limit: Limit) -> Cancellation:
    sentence = (
        f"{what} : annulation après la limite ({date_time_text(limit.until)}). La place est rendue, {_loss(line)}."
    )
    stays_due = line.state is LineState.DUE
    return Cancellation(CancellationOutcome.NO_REFUND, 0, sentence, limit.source, limit, stays_due=stays_due)


def _impossible(activity: ActivityRule, what: str, limit: Limit) -> Cancellation:
    why = (
        "le délai de 48 h pour un justificatif est passé"
        if activity.late_refund_with_proof
        else "la journée a commencé"
    )
    sentence = f"{what} ne peut plus être annulé : {why}."
    return Cancellation(CancellationOutcome.IMPOSSIBLE, 0, sentence, LEAFLET_CHANGES, limit)


def _loss(line: CancellationLine) -> str:
    return "la somme reste due" if line.state is LineState.DUE else "aucun remboursement n’est possible"


def _follows(activity: ActivityRule, earlier: date, later: date, policy: Policy, calendar: SchoolCalendar) -> bool:
    """Say whether no running day lies between two days of an activity, nor, for the holidays, any day of class."""
    between = calendar.running_days(activity, earlier + ONE_DAY, later - ONE_DAY, policy.bridge_days_open_alsh)
    if next(between, None) is not None:
        return False
    return activity.runs_on is not RunsOn.HOLIDAY_WEEKDAYS or not _class_between(earlier, later, calendar)


def _class_between(earlier: date, later: date, calendar: SchoolCalendar) -> bool:
    days = (earlier + timedelta(days=step) for step in range(1, (later - earlier).days))
    return any(calendar.kind(day) in (DayKind.SCHOOL, DayKind.SCHOOL_WEDNESDAY) for day in days)
