"""The papers a commune asks for: until when one seen is valid, what is missing on a day, which day waits for it.

A paper is seen at the desk and never kept (« vue le … par … »). Its kind says how long it is valid (`service_rules.PaperRule`, the
commune's `[[pieces]]`); what blocks an activity blocks each of its days on which no paper of that kind is valid.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tui_portail.decision import POLICY, Decision
from tui_portail.errors import InvalidInput
from tui_portail.french import join_words, long_date
from tui_portail.policy import ActivityRule
from tui_portail.service_rules import PaperOf, PaperRule, PaperValidity

EXPIRING_DAYS = 30
"""A paper that ends within so many days is to be asked for already."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SeenPaper:
    """A paper seen, of one person of the family or of them all, valid on `[valid_from, valid_until]`; None: for ever.

    `payer_id` is the account of whom a payer's paper is, 0 for another's.
    """

    kind: str
    valid_from: date
    valid_until: date | None
    payer_id: int = 0

    def covers(self, day: date) -> bool:
        """Whether it is valid on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def day_looked_to(today: date, within_days: int) -> date:
    """Return the day on which what ends within so many days is valid no more; today itself when none is looked ahead to."""
    return today + timedelta(days=within_days + 1) if within_days else today


class PaperState(StrEnum):
    """Where one paper stands on a day."""

    MISSING = "à demander"
    EXPIRED = "n’est plus valable"
    EXPIRING = "expire bientôt"
    VALID = "valable"
    NOT_ASKED = "facultative"


TO_ASK = frozenset({PaperState.MISSING, PaperState.EXPIRED, PaperState.EXPIRING})
"""The states in which the family is to be asked for the paper."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a paper on a day; `until` is the last day on which it is, or was, valid (None: for ever, or never seen)."""

    state: PaperState
    until: date | None = None


def valid_days(rule: PaperRule, dated_on: date, written_until: date | None = None) -> tuple[date, date | None]:
    """Return the first and last days on which a paper of a kind, dated so, is valid; the last is None when there is none.

    A school year ends on 31 August, months are whole (dated 15 September, 12 months: until 14 September). `written_until` is the date
    written on the paper, for a kind that goes by it. Raises InvalidInput when it lacks or comes before the paper's own date.
    """
    match rule.validity:
        case PaperValidity.FOR_EVER:
            return dated_on, None
        case PaperValidity.SCHOOL_YEAR:
            begun = dated_on.year if dated_on.month >= 9 else dated_on.year - 1
            return date(begun, 9, 1), date(begun + 1, 8, 31)
        case PaperValidity.CIVIL_YEAR:
            return date(dated_on.year, 1, 1), date(dated_on.year, 12, 31)
        case PaperValidity.MONTHS:
            return dated_on, _months_after(dated_on, rule.months) - _ONE_DAY
        case PaperValidity.WRITTEN:
            if written_until is None:
                raise InvalidInput(f"« {rule.label} » : donnez la date de fin écrite sur la pièce.")
            if written_until < dated_on:
                raise InvalidInput(
                    f"« {rule.label} » : la date de fin, le {long_date(written_until)}, vient avant celle de la pièce."
                )
            return dated_on, written_until


def standing(rule: PaperRule, papers: Iterable[SeenPaper], today: date, within_days: int = EXPIRING_DAYS) -> Standing:
    """Return where a paper of a kind stands today, from those of that kind seen for the same person."""
    seen = [paper for paper in papers if paper.kind == rule.code]
    if not any(paper.covers(today) for paper in seen):
        over = [paper.valid_until for paper in seen if paper.valid_until is not None and paper.valid_until < today]
        if over:
            return Standing(PaperState.EXPIRED if rule.required else PaperState.NOT_ASKED, max(over))
        return Standing(PaperState.MISSING if rule.required else PaperState.NOT_ASKED)
    until = _covered_until(seen, today)
    if rule.required and until is not None and until <= today + timedelta(days=within_days):
        return Standing(PaperState.EXPIRING, until)
    return Standing(PaperState.VALID, until)


def missing_for(
    rules: Iterable[PaperRule], papers: Sequence[SeenPaper], activity: str, day: date, payer_id: int = 0
) -> list[PaperRule]:
    """Return the kinds that an activity (code) waits for and none of which is valid on a day, for its payer where a payer's is asked."""
    return [
        rule
        for rule in rules
        if activity in rule.blocks
        and not any(
            paper.kind == rule.code
            and paper.covers(day)
            and (rule.of is not PaperOf.PAYER or paper.payer_id == payer_id)
            for paper in papers
        )
    ]


def judge_papers(
    first_name: str,
    activity: ActivityRule,
    day: date,
    papers: Sequence[SeenPaper],
    rules: Iterable[PaperRule],
    payer_id: int = 0,
) -> Decision:
    """Say whether the papers an activity waits for are valid on a day of a child; the refusal names them and says what to do.

    `papers` are the child's and the family's. The source is the commune's policy.
    """
    missing = missing_for(rules, papers, activity.code, day, payer_id)
    if not missing:
        return Decision.accept()
    named = join_words(f"« {rule.label} »{_until_words(rule, papers, day, payer_id)}" for rule in missing)
    which, them, seen = ("la pièce", "la", "vue") if len(missing) == 1 else ("les pièces", "les", "vues")
    sentence = (
        f"« {activity.label} » du {long_date(day)} ne se réserve pas pour {first_name} sans {which} {named}. "
        f"Demandez-{them} à la famille, puis notez-{them} « {seen} » dans les pièces de son dossier."
    )
    kinds = tuple(rule.code for rule in missing)
    return Decision.refuse("PIECE_MANQUANTE", sentence, POLICY, day=day, activity=activity.code, papers=kinds)


def _until_words(rule: PaperRule, papers: Iterable[SeenPaper], day: date, payer_id: int) -> str:
    """Say until when the last one seen was valid, where one was: the family has it at home, of another year."""
    over = [
        paper.valid_until
        for paper in papers
        if paper.kind == rule.code
        and paper.valid_until is not None
        and paper.valid_until < day
        and (rule.of is not PaperOf.PAYER or paper.payer_id == payer_id)
    ]
    return f" (celle vue est valable jusqu’au {long_date(max(over))})" if over else ""


def _covered_until(papers: Sequence[SeenPaper], today: date) -> date | None:
    """Return the last day covered without a gap from today, None when there is no end."""
    day = today
    while True:
        ends = [paper.valid_until for paper in papers if paper.covers(day)]
        if not ends:
            return day - _ONE_DAY
        if None in ends:
            return None
        day = max(end for end in ends if end is not None) + _ONE_DAY


def _months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
