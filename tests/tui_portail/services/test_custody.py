"""Custody kept: patterns dated, ended, departed from; the booking gesture bills the parent who has the child; days booked keep theirs."""

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_desk, a_family, an_agent, the_commune
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MORNING,
    NEXT_MONDAY,
    THURSDAY,
    add,
    agent_of,
    audit_of,
    book_and_pay,
    clock_of,
    finish,
    merged,
    row_counts,
)
from tui_portail.custody import CustodyException, CustodyPattern, HolidayCustody
from tui_portail.errors import InvalidInput
from tui_portail.services.custody import (
    add_custody_exception,
    cancel_custody_exception,
    end_custody,
    load_custody,
    set_custody,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.rights import Role

MONDAY = date(2026, 12, 21)
SUNDAY = date(2026, 12, 20)


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database)


@pytest.fixture
def family(desk: Desk) -> Family:
    return a_family(desk, children=2, two_payers=True)


def payers_of(desk: Desk, family: Family, *days: date) -> list[int]:
    """Return who has the first child at noon on some days, the first payer written 1 and the second 2."""
    known = load_custody(desk, family.dossier_id)
    custody = known.children[family.child_id]
    return [family.payer_ids.index(custody.payer_on(day, known.calendar)) + 1 for day in days]


def test_custody_alternates_between_the_dossiers_two_payers_from_its_anchor(desk: Desk, family: Family) -> None:
    first, second = family.payer_ids
    set_custody(desk, family.child_ids[:1], CustodyPattern(date(2026, 9, 7), first, second), new_operation())
    assert custody_words(desk, family) == [
        "Garde alternée : Marie Dupont la semaine à partir du lundi 7 septembre 2026, Karim Benali la suivante.",
        "",
    ]
    assert payers_of(desk, family, date(2026, 9, 6), date(2026, 9, 7), date(2026, 9, 14)) == [1, 1, 2]

    terms = CustodyPattern(
        MONDAY,
        second,
        first,
        switch_at=time(18),
        holidays=HolidayCustody.HALVES,
        summer=HolidayCustody.FORTNIGHTS,
        until_on=date(2027, 6, 30),
    )
    changed = set_custody(desk, family.child_ids[:1], terms, new_operation())
    kept = {child.child_id: child.custody_pattern for child in changed.dossier.children}
    assert kept == {family.child_id: replace(terms, from_on=MONDAY), family.child_ids[1]: None}
    said = custody_words(desk, family)[0].removeprefix(
        "Garde alternée : Marie Dupont la semaine à partir du lundi 7 septembre 2026, Karim Benali la suivante. "
    )
    assert said == (
        "Garde alternée : Karim Benali la semaine à partir du lundi 21 décembre 2026, Marie Dupont la suivante ; "
        "l’enfant change de parent à 18 h ; petites vacances par moitiés, été par quinzaines, d’abord Karim Benali "
        "les années paires ; jusqu’au mercredi 30 juin 2027 compris."
    )
    assert audit_of(desk.database, "garde_alternee")[-1].details.count("Dupont") == 0


def test_a_pattern_begun_is_followed_from_today_and_one_to_come_is_corrected(desk: Desk, family: Family) -> None:
    first, second = family.payer_ids
    one = family.child_ids[:1]
    set_custody(desk, one, CustodyPattern(date(2026, 11, 16), first, second), new_operation())
    set_custody(desk, one, CustodyPattern(MONDAY, second, first), new_operation())
    set_custody(desk, one, CustodyPattern(date(2026, 12, 14), second, first), new_operation())
    days = (date(2026, 11, 16), date(2026, 11, 23), date(2026, 12, 13), date(2026, 12, 14), MONDAY)
    assert payers_of(desk, family, *days) == [1, 2, 2, 2, 1]
    set_custody(desk, one, CustodyPattern(date(2026, 11, 2), second, first), new_operation())
    assert payers_of(desk, family, date(2026, 11, 16), date(2026, 12, 1), date(2026, 12, 7)) == [1, 2, 1]
    with desk.database.read() as connection:
        starts = connection.scalars(select(t.custody_pattern.c.from_on).order_by(t.custody_pattern.c.from_on)).all()
    assert starts == [date(2026, 11, 16), date(2026, 12, 1)], "that of the 14th never began"


def test_custody_ends_after_its_last_day_and_the_first_payer_pays_again(desk: Desk, family: Family) -> None:
    first, second = family.payer_ids
    one = family.child_ids[:1]
    set_custody(desk, one, CustodyPattern(date(2026, 11, 30), second, first), new_operation())
    set_custody(desk, one, CustodyPattern(date(2027, 1, 4), second, first), new_operation())
    end_custody(desk, one, SUNDAY, new_operation())
    days = (date(2026, 12, 14), SUNDAY, MONDAY, date(2027, 1, 4))
    assert payers_of(desk, family, *days) == [2, 2, 1, 1], "what was agreed for later is ended too"
    clock_of(desk).advance(minutes=30 * 24 * 60)
    assert custody_words(desk, family)[0] == ""
    for last_on, why in ((date(2026, 12, 1), "dans le passé"), (date(2027, 2, 1), "Aucune garde")):
        with pytest.raises(InvalidInput, match=why):
            end_custody(desk, one, last_on, new_operation())


def test_one_gesture_serves_brothers_and_sisters_and_each_keeps_exceptions_of_their_own(
    desk: Desk, family: Family
) -> None:
    first, second = family.payer_ids
    set_custody(desk, family.child_ids, CustodyPattern(date(2026, 11, 30), first, second), new_operation())
    assert all(custody_words(desk, family))
    away = CustodyException(THURSDAY, FRIDAY, second, reason="  échange  de week-end ")
    add_custody_exception(desk, family.child_ids[:1], away, new_operation())
    known = load_custody(desk, family.dossier_id).children
    [exception] = known[family.child_id].exceptions
    assert (exception.reason, exception.from_on) == ("échange de week-end", THURSDAY)
    assert known[family.child_ids[1]].exceptions == ()
    assert payers_of(desk, family, date(2026, 12, 2), THURSDAY, FRIDAY, date(2026, 12, 5)) == [1, 2, 2, 1]

    desk.sign(an_agent(desk.database, Role.COMPTABILITE))
    assert load_custody(desk, family.dossier_id).children[family.child_id].exceptions[0].reason == ""
    desk.sign(an_agent(desk.database, Role.ENFANCE))
    cancel_custody_exception(desk, exception.exception_id, new_operation())
    assert payers_of(desk, family, THURSDAY, FRIDAY) == [1, 1]
    with pytest.raises(InvalidInput, match="déjà annulée"):
        cancel_custody_exception(desk, exception.exception_id, new_operation())
    with pytest.raises(InvalidInput, match="n’existe pas"):
        cancel_custody_exception(desk, 10**6, new_operation())


def test_days_booked_keep_their_payer_and_the_answer_counts_those_of_the_other_parent(
    desk: Desk, family: Family
) -> None:
    first, second = family.payer_ids
    chosen = add(family.child_id, EVENING, date(2026, 12, 8), payer_id=second, payer_reason="Accord écrit")
    finish(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, NEXT_MONDAY) + chosen)
    finish(desk, family.dossier_id, add(family.child_id, MORNING, NEXT_MONDAY))
    before = row_counts(desk.database)["booking"]

    changed = set_custody(desk, family.child_ids, CustodyPattern(date(2026, 11, 30), first, second), new_operation())
    assert changed.with_the_other == 1, (
        "Monday, its two activities counted once; Tuesday's payer was chosen with a reason"
    )
    away = CustodyException(THURSDAY, THURSDAY, second)
    assert add_custody_exception(desk, family.child_ids[:1], away, new_operation()).with_the_other == 1
    assert end_custody(desk, family.child_ids, date(2026, 12, 6), new_operation()).with_the_other == 0
    assert row_counts(desk.database)["booking"] == before
    with desk.database.read() as connection:
        paid = connection.execute(select(t.booking.c.day, t.booking.c.payer_id)).all()
    assert {payer for day, payer in paid if day != date(2026, 12, 8)} == {first}


def test_days_of_a_child_recorded_twice_and_of_an_account_joined_are_counted_as_what_is_shown(
    desk: Desk, family: Family
) -> None:
    first, second = family.payer_ids
    other = a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, THURSDAY, NEXT_MONDAY))
    merged(desk, family, other)
    pattern = CustodyPattern(date(2026, 11, 30), first, second)
    assert set_custody(desk, family.child_ids[:1], pattern, new_operation()).with_the_other == 1, "Monday, not Thursday"
    with pytest.raises(InvalidInput, match="n’est plus dans le dossier"):
        set_custody(desk, other.child_ids, pattern, new_operation())
    with pytest.raises(InvalidInput, match="n’est plus dans le dossier"):
        renew_alsh(desk, other.child_id, 2027, new_operation())


def test_terminer_makes_one_basket_each_by_the_hour_the_pattern_and_its_exceptions(database: Database) -> None:
    policy = the_commune().policy
    hours = {MORNING: time(7, 30), EVENING: time(16, 30)}
    activities = {code: replace(rule, begins_at=hours.get(code)) for code, rule in policy.activities.items()}
    desk = a_desk(database, commune=replace(the_commune(), policy=replace(policy, activities=activities)))
    family = a_family(desk, two_payers=True)
    first, second = family.payer_ids
    thursdays = CustodyPattern(THURSDAY, second, first, switch_at=time(16, 30))
    set_custody(desk, family.child_ids, thursdays, new_operation())
    exception = CustodyException(NEXT_MONDAY, NEXT_MONDAY, first)
    add_custody_exception(desk, family.child_ids, exception, new_operation())
    days = (THURSDAY, FRIDAY, NEXT_MONDAY)
    changes = [change for activity in (MORNING, EVENING) for change in add(family.child_id, activity, *days)]
    assert len(finish(desk, family.dossier_id, changes).baskets) == 2
    with database.read() as connection:
        booked = connection.execute(
            select(t.booking.c.day, t.slot.c.activity_code, t.booking.c.payer_id)
            .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
            .order_by(t.booking.c.day)
        ).all()
    assert {(day, activity) for day, activity, payer in booked if payer == first} == {
        (THURSDAY, MORNING),
        (NEXT_MONDAY, MORNING),
        (NEXT_MONDAY, EVENING),
    }


def test_custody_is_refused_with_a_payer_of_another_dossier_or_only_one(desk: Desk) -> None:
    family, other, shared = a_family(desk), a_family(desk), a_family(desk, two_payers=True)
    before = row_counts(desk.database)
    for payers in ((family.payer_id, other.payer_id), (family.payer_id, family.payer_id)):
        with pytest.raises(InvalidInput, match="deux payeurs"):
            set_custody(desk, family.child_ids, CustodyPattern(date(2026, 9, 7), *payers), new_operation())
    alone = CustodyException(THURSDAY, THURSDAY, family.payer_id)
    with pytest.raises(InvalidInput, match="deux payeurs"):
        add_custody_exception(desk, family.child_ids, alone, new_operation())
    pattern = CustodyPattern(date(2026, 9, 7), *shared.payer_ids)
    with pytest.raises(InvalidInput, match="plus dans le dossier"):
        set_custody(desk, (*shared.child_ids, *other.child_ids), pattern, new_operation())
    with pytest.raises(InvalidInput, match="Choisissez"):
        set_custody(desk, (), pattern, new_operation())
    with pytest.raises(InvalidInput, match="avant de commencer"):
        late = replace(pattern, anchor_on=MONDAY, until_on=THURSDAY)
        set_custody(desk, shared.child_ids, late, new_operation())
    assert row_counts(desk.database) == before


def test_a_gesture_sent_twice_is_done_once_and_one_from_an_old_version_is_refused(desk: Desk, family: Family) -> None:
    version, operation = load_dossier(desk, family.dossier_id).version, new_operation()
    renew_alsh(desk, family.child_id, 2027, new_operation())
    pattern = CustodyPattern(date(2026, 11, 30), *family.payer_ids)
    with pytest.raises(DossierChanged):
        set_custody(desk, family.child_ids, pattern, operation, version)
    done = set_custody(desk, family.child_ids, pattern, operation, version + 1)
    assert set_custody(desk, family.child_ids, pattern, operation, version + 1).with_the_other == done.with_the_other
    with desk.database.read() as connection:
        changes = connection.execute(
            select(t.dossier_change).where(t.dossier_change.c.subject == "custody_pattern")
        ).all()
    assert {change.agent_id for change in changes} == {agent_of(desk).agent_id}
    assert sum(change.field == "anchor_on" for change in changes) == 2, "one for each child"


def custody_words(desk: Desk, family: Family) -> list[str]:
    """Return the custody of the children in words, as they were registered."""
    said = {child.child_id: child.custody for child in load_dossier(desk, family.dossier_id).children}
    return [said[child_id] for child_id in family.child_ids]
