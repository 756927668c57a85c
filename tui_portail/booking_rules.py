"""May this child be booked on this day? The rules in the order an agent explains them, each a sentence.

The limits themselves are in `limits`, the ALSH dossier in `alsh_dossier`, the basket's quarter of an hour in `holds`;
all three can be imported from here, where booking is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from tui_portail.alsh_dossier import AlshFacts, judge_alsh_dossier, may_renew, renewal_open_from
from tui_portail.decision import LEAFLET_BOOKING, POLICY, Decision
from tui_portail.french import date_time_text, long_date, plural
from tui_portail.full_days import ages_words
from tui_portail.holds import BasketHold, hold_expires_at, is_live, judge_extension
from tui_portail.instants import in_paris, is_before
from tui_portail.limits import Limit, add_limit, cancel_limit, limit_instant, limit_source
from tui_portail.paper_rules import SeenPaper, judge_papers, missing_for
from tui_portail.payment_means import age_on, birthday
from tui_portail.policy import ActivityFamily, ActivityRule, Policy
from tui_portail.school_calendar import ONE_DAY, SchoolCalendar

__all__ = [
    "AlshFacts",
    "BasketHold",
    "BookingRequest",
    "ChildFacts",
    "Limit",
    "activity_runs",
    "add_limit",
    "brought_by",
    "cancel_limit",
    "child_may_attend",
    "day_is_covered",
    "dossier_is_current",
    "hold_expires_at",
    "is_live",
    "judge_booking",
    "judge_extension",
    "limit_not_passed",
    "may_renew",
    "next_bookable_day",
    "papers_are_seen",
    "removed_with",
    "renewal_open_from",
    "with_next_day",
]


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """One activity on one day. `derogation`: an agent with the right goes past the limit or a paper missing, and past nothing else.

    `unavailable` says of another day of the activity that it is known to be full or taken: a refusal never proposes it. Without
    `next_day`, none is looked for: the sentence will not be read. `payer_id` pays the day: it counts where a payer's paper is asked.
    """

    activity: str
    day: date
    derogation: bool = False
    unavailable: Callable[[date], bool] | None = field(default=None, compare=False)
    next_day: bool = True
    payer_id: int = 0


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """What the rules need to know of a child: the site offered for each activity (no entry: none), the ALSH years, the papers seen.

    `papers` are the child's and the family's, of the kinds that block an activity. Without `birth_on`, no age is judged.
    """

    first_name: str
    sites: Mapping[str, str] = field(default_factory=dict)
    alsh: AlshFacts = field(default_factory=AlshFacts)
    papers: tuple[SeenPaper, ...] = ()
    birth_on: date | None = None


def judge_booking(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Say whether a child may be booked on a day (leaflet: « au plus tard la veille avant midi (week-end exclu) »).

    `now` is aware: the instant of « Terminer les modifications ». Returns the first refusal in the order an agent
    would explain it; an acceptance carries the `limit`, `derogation_used`, true when only the derogation made it possible, and `passed`,
    the sentences it goes past. Raises KeyError on an activity the policy does not know.
    """
    passed: list[str] = []
    for rule in (
        day_is_covered,
        activity_runs,
        child_may_attend,
        dossier_is_current,
        papers_are_seen,
        limit_not_passed,  # last: it says the limit
    ):
        decision = rule(request, facts, policy, calendar, now)
        if not decision:
            if not request.derogation or rule not in (papers_are_seen, limit_not_passed):
                return decision
            passed.append(decision.sentence)
    return Decision.accept(limit=decision.facts["limit"], derogation_used=bool(passed), passed=tuple(passed))


def day_is_covered(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Refuse a day outside the known calendar: it is never guessed."""
    return Decision.accept() if calendar.covers(request.day) else calendar.refuse_outside(request.day)


def activity_runs(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Refuse a day on which the activity does not run, at the child's site where there is one."""
    site = facts.sites.get(request.activity)
    decision = calendar.opens(policy.activity(request.activity), request.day, policy.bridge_days_open_alsh, site)
    return decision if decision else with_next_day(decision, request, facts, policy, calendar, now)


def child_may_attend(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Refuse an activity that no site offers to this child (its school), or whose ages are not the child's on the day booked."""
    if request.activity in facts.sites:
        too_young_or_old = _judge_age(request, facts, policy)
        if too_young_or_old is not None:
            return with_next_day(too_young_or_old, request, facts, policy, calendar, now)
        return Decision.accept(site=facts.sites[request.activity])
    label = policy.activity(request.activity).label
    sentence = (
        f"Aucun site ne propose « {label} » à {facts.first_name} : l’activité dépend de l’école et de la classe de l’enfant. "
        "Vérifiez-les dans le dossier, ou voyez avec le service Enfance/Jeunesse."
    )
    return Decision.refuse("SITE_NON_PROPOSE", sentence, LEAFLET_BOOKING, activity=request.activity)


def _judge_age(request: BookingRequest, facts: ChildFacts, policy: Policy) -> Decision | None:
    """Refuse a child out of the ages an activity receives on the day booked, with the day from which it may come where there is one."""
    activity = policy.activity(request.activity)
    if facts.birth_on is None or _receives(activity, facts.birth_on, request.day):
        return None
    age, name = age_on(facts.birth_on, request.day), facts.first_name
    sentence = f"« {activity.label} » reçoit {ages_words(activity.from_age or 0, activity.under_age)} : "
    if activity.from_age is not None and age < activity.from_age:
        from_on = birthday(facts.birth_on, activity.from_age)
        sentence += (
            f"{name} peut venir à partir du {long_date(from_on)}, le jour de ses {plural(activity.from_age, 'an')}."
        )
        return Decision.refuse("AGE_NON_RECU", sentence, POLICY, day=request.day, age=age, from_on=from_on)
    sentence += f"{name} aura {plural(age, 'an')} le {long_date(request.day)}. Proposez une activité de son âge."
    return Decision.refuse("AGE_NON_RECU", sentence, POLICY, day=request.day, age=age)


def _receives(activity: ActivityRule, born_on: date, day: date) -> bool:
    return activity.receives(age_on(born_on, day))


def dossier_is_current(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Refuse an ALSH day of a civil year the child's dossier is not current for; ALP is not concerned."""
    if policy.activity(request.activity).family is not ActivityFamily.ALSH:
        return Decision.accept()
    decision = judge_alsh_dossier(facts.first_name, facts.alsh, request.day, in_paris(now).date(), policy)
    return decision if decision else with_next_day(decision, request, facts, policy, calendar, now)


def papers_are_seen(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Refuse a day of an activity that waits for a paper, where none of that kind is valid on it."""
    activity = policy.activity(request.activity)
    decision = judge_papers(facts.first_name, activity, request.day, facts.papers, policy.papers, request.payer_id)
    return decision if decision else with_next_day(decision, request, facts, policy, calendar, now)


def limit_not_passed(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Decision:
    """Refuse a day whose limit is passed; the refusal gives the next day that can still be booked."""
    activity = policy.activity(request.activity)
    until = limit_instant(activity.add_limit, request.day, calendar)
    if is_before(now, until):
        return Decision.accept(limit=until)
    sentence = f"« {activity.label} » du {long_date(request.day)} devait être réservé avant le {date_time_text(until)}."
    source = limit_source(activity.add_limit, policy)
    refusal = Decision.refuse("LIMITE_PASSEE", sentence, source, limit=until, day=request.day)
    return with_next_day(refusal, request, facts, policy, calendar, now)


def next_bookable_day(
    request: BookingRequest, facts: ChildFacts, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> date | None:
    """Return the first day after the request's that could be booked now without derogation; None where no such day is known."""
    activity = policy.activity(request.activity)
    site = facts.sites.get(request.activity)
    if site is None:
        return None
    first = max(request.day + ONE_DAY, in_paris(now).date())  # a limit is never later than its own day
    years = list(range(first.year, calendar.last_covered.year + 1))
    if activity.family is ActivityFamily.ALSH:
        years = [year for year in years if facts.alsh.allows(year)]
    for year in years:
        begin, end = max(first, date(year, 1, 1)), date(year, 12, 31)
        for day in calendar.running_days(activity, begin, end, policy.bridge_days_open_alsh, site):
            if request.unavailable is not None and request.unavailable(day):
                continue
            if facts.birth_on is not None and not _receives(activity, facts.birth_on, day):
                continue
            if missing_for(policy.papers, facts.papers, activity.code, day, request.payer_id):
                continue
            if is_before(now, limit_instant(activity.add_limit, day, calendar)):
                return day
    return None


def with_next_day(
    refusal: Decision,
    request: BookingRequest,
    facts: ChildFacts,
    policy: Policy,
    calendar: SchoolCalendar,
    now: datetime,
) -> Decision:
    """Return a refusal that also says the next day that would be accepted, or that the known calendar has none."""
    if not request.next_day:
        return refusal
    following = next_bookable_day(request, facts, policy, calendar, now)
    if following is not None:
        hint = f" Le prochain jour encore possible est le {long_date(following)}."
        return replace(refusal, sentence=refusal.sentence + hint, next_day=following)
    activity, site = policy.activity(request.activity), facts.sites.get(request.activity)
    if calendar.next_running_day(activity, request.day, policy.bridge_days_open_alsh, site) is not None:
        return refusal
    end = long_date(calendar.last_covered)
    hint = f" Aucun autre jour n’est connu : le calendrier scolaire s’arrête au {end}."
    return replace(refusal, sentence=refusal.sentence + hint)


def brought_by(activities: Iterable[str], policy: Policy) -> tuple[str, ...]:
    """Return these activities and all they bring with them (the meal brings the midday break), in the policy's order."""
    closed: set[str] = set()
    waiting = list(activities)
    while waiting:
        code = waiting.pop()
        if code not in closed:
            closed.add(code)
            waiting.extend(policy.activity(code).brings)
    return _in_order(closed, policy)


def removed_with(
    activities: Iterable[str],
    policy: Policy,
    *,
    keep_brought: bool = False,
    booked: Iterable[str] | None = None,
) -> tuple[str, ...]:
    """Return these activities and all that leaves with them, in the policy's order.

    Removing the break removes the meal that brings it; removing the meal removes the break, unless `keep_brought`
    (the agent keeps it) or another activity that stays still brings it. `booked` is what the child has that day, the
    whole policy when not given.
    """
    present = set(policy.activities if booked is None else booked)
    gone = set(activities)
    while needing := {code for code in present - gone if gone & set(policy.activity(code).brings)}:
        gone |= needing
    if not keep_brought:
        still_brought = set(brought_by(present - set(brought_by(gone, policy)), policy))
        gone |= (set(brought_by(gone, policy)) & present) - still_brought
    return _in_order(gone, policy)


def _in_order(codes: Iterable[str], policy: Policy) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: (policy.activity(code).order, code)))
