"""Papers: until when one seen is valid, what is missing or ends soon, which day waits for it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import paris, the_commune
from tui_portail.alsh_dossier import AlshFacts
from tui_portail.booking_rules import BookingRequest, ChildFacts, judge_booking
from tui_portail.decision import POLICY, Decision
from tui_portail.errors import InvalidInput
from tui_portail.paper_rules import (
    TO_ASK,
    PaperState,
    SeenPaper,
    Standing,
    judge_papers,
    missing_for,
    standing,
    valid_days,
)
from tui_portail.service_rules import PaperOf, PaperRule, PaperValidity

HOLIDAYS, WEDNESDAYS = "ALSH_VACANCES", "ALSH_MERCREDI"
FORM = PaperRule("FICHE", "Fiche sanitaire", blocks=(HOLIDAYS,))
DAY = date(2026, 12, 21)
TODAY = date(2026, 12, 1)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def kind(validity: PaperValidity, months: int = 12, **fields: object) -> PaperRule:
    return replace(FORM, validity=validity, months=months, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("validity", "dated_on", "begins", "ends"),
    [
        (PaperValidity.FOR_EVER, "2026-12-01", "2026-12-01", None),
        (PaperValidity.SCHOOL_YEAR, "2026-08-31", "2025-09-01", "2026-08-31"),
        (PaperValidity.SCHOOL_YEAR, "2026-09-01", "2026-09-01", "2027-08-31"),
        (PaperValidity.CIVIL_YEAR, "2026-12-31", "2026-01-01", "2026-12-31"),
        (PaperValidity.MONTHS, "2026-09-15", "2026-09-15", "2027-09-14"),
        (PaperValidity.MONTHS, "2028-02-29", "2028-02-29", "2029-02-27"),
    ],
)
def test_a_paper_is_valid_as_long_as_its_kind_says(
    validity: PaperValidity, dated_on: str, begins: str, ends: str | None
) -> None:
    days = valid_days(kind(validity), date.fromisoformat(dated_on))
    assert days == (date.fromisoformat(begins), date.fromisoformat(ends) if ends else None)


def test_a_kind_that_goes_by_the_end_written_on_it_asks_for_that_end() -> None:
    written = kind(PaperValidity.WRITTEN)
    assert valid_days(written, TODAY, DAY) == (TODAY, DAY)
    with pytest.raises(InvalidInput, match="donnez la date de fin"):
        valid_days(written, TODAY)
    with pytest.raises(InvalidInput, match="vient avant"):
        valid_days(written, DAY, TODAY)


@given(DAYS, st.sampled_from(PaperValidity), st.integers(1, 36), st.integers(0, 800))
def test_a_paper_covers_its_own_date_and_a_later_one_never_ends_sooner(
    dated_on: date, validity: PaperValidity, months: int, later: int
) -> None:
    rule, end = kind(validity, months), dated_on + timedelta(days=later)
    begins, ends = valid_days(rule, dated_on, end)
    assert begins <= dated_on
    assert ends is None or dated_on <= ends
    _, next_ends = valid_days(rule, dated_on + timedelta(days=later), end)
    assert (ends is None and next_ends is None) or (ends is not None and next_ends is not None and ends <= next_ends)


@pytest.mark.parametrize(
    ("seen", "state", "until"),
    [
        ([], PaperState.MISSING, None),
        ([("2025-09-01", "2026-08-31")], PaperState.EXPIRED, "2026-08-31"),
        ([("2026-12-02", "2027-08-31")], PaperState.MISSING, None),
        ([("2026-01-01", "2026-12-31")], PaperState.EXPIRING, "2026-12-31"),
        ([("2026-01-01", "2026-12-31"), ("2027-01-01", "2027-12-31")], PaperState.VALID, "2027-12-31"),
        ([("2026-01-01", "2026-12-31"), ("2027-01-02", "2027-12-31")], PaperState.EXPIRING, "2026-12-31"),
        ([("2026-01-01", None)], PaperState.VALID, None),
    ],
)
def test_a_paper_is_missing_over_ending_or_valid_today(
    seen: list[tuple[str, str | None]], state: PaperState, until: str | None
) -> None:
    papers = [
        SeenPaper("FICHE", date.fromisoformat(begins), date.fromisoformat(ends) if ends else None)
        for begins, ends in seen
    ]
    assert standing(FORM, papers, TODAY) == Standing(state, date.fromisoformat(until) if until else None)


def test_an_optional_paper_is_never_asked_for() -> None:
    optional = replace(FORM, required=False)
    assert standing(optional, [], TODAY).state not in TO_ASK
    assert standing(optional, [SeenPaper("FICHE", TODAY, TODAY)], TODAY).state not in TO_ASK


@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 500))), max_size=4), DAYS)
def test_what_is_to_ask_today_is_what_blocks_today(seen: list[tuple[date, int | None]], today: date) -> None:
    papers = [
        SeenPaper("FICHE", begins, None if days is None else begins + timedelta(days=days)) for begins, days in seen
    ]
    blocked = bool(missing_for([FORM], papers, HOLIDAYS, today))
    assert blocked == (standing(FORM, papers, today).state in (PaperState.MISSING, PaperState.EXPIRED))


def judged(*papers: SeenPaper, activity: str = HOLIDAYS, payer_id: int = 1, rule: PaperRule = FORM) -> Decision:
    return judge_papers("Inès", the_commune().policy.activity(activity), DAY, papers, [rule], payer_id)


def test_a_day_that_waits_for_a_paper_is_refused_in_a_sentence_to_read_out() -> None:
    refusal = judged()
    assert (refusal.code, refusal.source) == ("PIECE_MANQUANTE", POLICY)
    assert refusal.sentence == (
        "« ALSH vacances scolaires » du lundi 21 décembre 2026 ne se réserve pas pour Inès sans la pièce « Fiche sanitaire ». "
        "Demandez-la à la famille, puis notez-la « vue » dans les pièces de son dossier."
    )
    assert (
        "(celle vue est valable jusqu’au lundi 31 août 2026)"
        in judged(SeenPaper("FICHE", date(2025, 9, 1), date(2026, 8, 31))).sentence
    )
    assert judged(SeenPaper("FICHE", TODAY, DAY))
    assert not judged(SeenPaper("FICHE", TODAY, DAY - timedelta(days=1))), "the day counts, not the day of the gesture"
    assert judged(activity=WEDNESDAYS)


def test_a_payers_paper_is_asked_of_the_one_who_pays_the_day() -> None:
    rule = replace(FORM, of=PaperOf.PAYER)
    first = SeenPaper("FICHE", TODAY, DAY, payer_id=1)
    assert judged(first, rule=rule)
    assert not judged(first, rule=rule, payer_id=2)


NOW = paris("2026-12-01 10:30")


def booked(day: date, *papers: SeenPaper, alsh: bool = True, derogation: bool = False, at: str = "") -> Decision:
    commune = the_commune()
    years = AlshFacts(renewed_years=frozenset({2026, 2027}) if alsh else frozenset())
    facts = ChildFacts("Inès", commune.sites_for("ELEMENTAIRE"), years, papers)
    request = BookingRequest(HOLIDAYS, day, derogation)
    return judge_booking(request, facts, commune.policy, commune.calendar, paris(at) if at else NOW)


def test_the_paper_is_asked_after_the_alsh_dossier_and_before_the_limit() -> None:
    late = "2026-12-21 12:30"
    assert booked(DAY, alsh=False).code == "DOSSIER_ALSH"
    assert booked(DAY, at=late).code == "PIECE_MANQUANTE"
    seen = SeenPaper("FICHE_SANITAIRE", date(2026, 9, 1), date(2027, 8, 31))
    assert booked(DAY, seen, at=late).code == "LIMITE_PASSEE"
    assert booked(DAY, seen)


def test_a_derogation_goes_past_a_paper_and_says_all_that_it_goes_past() -> None:
    accepted = booked(DAY, derogation=True, at="2026-12-21 12:30")
    assert accepted
    assert accepted.facts["derogation_used"]
    paper, limit = accepted.facts["passed"]  # type: ignore[misc]
    assert "Fiche sanitaire de liaison" in paper and "devait être réservé" in limit
    assert not booked(DAY, alsh=False, derogation=True)


def test_the_next_day_proposed_is_one_on_which_the_paper_is_valid() -> None:
    next_year = SeenPaper("FICHE_SANITAIRE", date(2027, 1, 1), date(2027, 12, 31))
    assert booked(DAY, next_year).next_day == date(2027, 2, 8)
    assert booked(DAY).next_day is None
