"""Pointage: the sheet of a day, its marks, what they change for the ALSH rule, and who may."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_child, a_desk, a_family, paris
from tests.families import child, save_with
from tests.tui_portail.services.attendance_acts import (
    ABSENT,
    CLEARED,
    JUSTIFIED,
    PRESENT,
    THURSDAY_EVENING,
    UNBOOKED,
    at,
    desk_of,
    mark,
    states,
)
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    MEAL,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    agent_of,
    audit_of,
    book_and_pay,
    clock_of,
    finish,
    hold,
    merged,
    remove,
    row_counts,
    set_time,
)
from tests.tui_portail.services.tampering import found, sql, undone, unguarded
from tui_portail.errors import InvalidInput
from tui_portail.planning_judgement import judge_changes
from tui_portail.services.attendance import (
    CameUnbooked,
    DayToCome,
    Mark,
    Marked,
    NotExpected,
    mark_children,
    mark_others_present,
)
from tui_portail.services.attendance_sheet import attendance_sheet
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.cancellations import (
    ChildCame,
    ProofOutcome,
    judge_proof_received,
    proof_reasons,
    waiting_proofs,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import OperationReused
from tui_portail.services.planning import load_planning
from tui_portail.services.renewals import children_to_renew
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.unbooked import mark_unbooked
from tui_portail.services.verification import findings_of, verify

SLOT = at(EVENING)


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """Both desks in one agent; whatever was done then, the verifier finds nothing."""
    desk = a_desk(database)
    yield desk
    books_hold(database, clock_of(desk).instant)
    assert verify(desk).findings == ()


def test_the_sheet_has_those_expected_and_apart_the_absences_told(desk: Desk) -> None:
    family = a_family(desk, children=[a_child("Zoé"), a_child("Ali", birth_on=date(2021, 12, 3))])
    zoe, ali = family.child_ids
    other = a_family(desk, last_name="Abel", children=[a_child("Noé", "Abel")])
    save_with(desk, family.dossier_id, child(0, diet="sans_porc", pai=True, pai_until_on=date(2026, 12, 2)))
    book_and_pay(desk, family.dossier_id, [*add(zoe, EVENING, THURSDAY), *add(ali, EVENING, THURSDAY)])
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, THURSDAY))
    hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    set_time(desk, paris("2026-12-02 14:00"))
    finish(desk, other.dossier_id, remove(other.child_id, EVENING, THURSDAY))

    sheet = attendance_sheet(desk_of(desk), SLOT)
    assert [(line.child.name, line.told, line.state) for line in sheet.lines] == [
        ("DUPONT Ali", False, None),
        ("DUPONT Zoé", False, None),
        ("ABEL Noé", True, None),
    ]
    assert [line.child.age for line in sheet.lines] == [5, 7, 7], "five until the evening's own day"
    assert [line.child.marks for line in sheet.lines] == [(), ("sans porc",), ()], "the PAI ended the day before"
    assert (sheet.site, sheet.activity) == ("Harmonie", "ALP soir")
    assert attendance_sheet(desk, at(EVENING, FRIDAY)).lines == (), "a day on hold is not booked yet"


def test_marks_are_corrected_in_place_and_the_audit_says_by_whom(desk: Desk) -> None:
    family = a_family(desk, children=3)
    first, second, third = family.child_ids
    book_and_pay(desk, family.dossier_id, [tick for one in family.child_ids for tick in add(one, EVENING, THURSDAY)])
    set_time(desk, paris(THURSDAY_EVENING))
    site, colleague = desk_of(desk), desk_of(desk, name="Sol Marin")
    operation = new_operation()
    marks = [Mark(first, ABSENT), Mark(second, PRESENT)]

    assert mark_children(site, SLOT, marks, operation) == mark_children(site, SLOT, marks, operation)
    with pytest.raises(OperationReused):
        mark_children(site, SLOT, [Mark(first, PRESENT)], operation)
    mark(colleague, SLOT, first, JUSTIFIED)
    mark(site, SLOT, second, CLEARED)
    assert mark_others_present(colleague, SLOT, new_operation()) == Marked(
        (Mark(second, PRESENT), Mark(third, PRESENT))
    )
    assert mark_others_present(colleague, SLOT, new_operation()) == Marked(())

    assert states(site, SLOT) == {first: JUSTIFIED, second: PRESENT, third: PRESENT}
    with desk.database.read() as connection:
        assert len(connection.execute(select(t.attendance)).all()) == 3, "a row a child, whatever the gestures"
    told = audit_of(desk.database, "pointer")
    assert [event.agent_id for event in told] == [agent_of(one).agent_id for one in (site, colleague, site)]
    assert f'[{first},"absent","absent_justifie"]' in told[1].details


def test_what_cannot_be_marked_is_refused_and_writes_nothing(desk: Desk) -> None:
    family = a_family(desk, children=2)
    booked, other = family.child_ids
    book_and_pay(desk, family.dossier_id, add(booked, EVENING, THURSDAY, FRIDAY))
    set_time(desk, paris(THURSDAY_EVENING))
    mark_unbooked(desk, SLOT, other, new_operation())
    before = row_counts(desk.database)

    for refusal, slot, marks in (
        (DayToCome, at(EVENING, FRIDAY), [Mark(booked, PRESENT)]),
        (NotExpected, at(MEAL), [Mark(booked, PRESENT)]),
        (CameUnbooked, SLOT, [Mark(booked, PRESENT), Mark(other, ABSENT)]),
        (InvalidInput, SLOT, [Mark(booked, UNBOOKED)]),
        (InvalidInput, SLOT, [Mark(booked, PRESENT), Mark(booked, ABSENT)]),
        (InvalidInput, SLOT, []),
    ):
        with pytest.raises(refusal):
            mark_children(desk, slot, marks, new_operation())
    with pytest.raises(DayToCome):
        mark_others_present(desk, at(EVENING, FRIDAY), new_operation())
    assert row_counts(desk.database) == before


def test_an_absence_told_late_may_come_all_the_same_until_it_is_given_back(desk: Desk) -> None:
    """A justificatif accepted justifies by itself; the day given back, who comes then comes without booking."""
    family = a_family(desk, children=2, renew_alsh_years=(2026,))
    given_back, comes = family.child_ids
    book_and_pay(
        desk, family.dossier_id, [*add(given_back, WEDNESDAY_ALSH, date(2026, 12, 9)), *add(comes, EVENING, THURSDAY)]
    )
    set_time(desk, paris("2026-12-09 07:00"))
    finish(desk, family.dossier_id, remove(given_back, WEDNESDAY_ALSH, date(2026, 12, 9)))
    slot = at(WEDNESDAY_ALSH, date(2026, 12, 9))
    assert states(desk, slot) == {given_back: None}
    mark(desk, slot, given_back, PRESENT)
    mark(desk, slot, given_back, ABSENT)
    [proof] = waiting_proofs(desk)
    judge_proof_received(desk, proof.proof_id, date(2026, 12, 9), True, proof_reasons(desk, True)[0], new_operation())

    [line] = attendance_sheet(desk, slot).lines
    assert (line.state, line.by_itself, line.told) == (JUSTIFIED, True, True)
    with pytest.raises(NotExpected):
        mark(desk, slot, given_back, PRESENT)
    mark_unbooked(desk, slot, given_back, new_operation())
    assert states(desk, slot) == {given_back: UNBOOKED}


def test_a_day_marked_absent_does_not_make_the_alsh_dossier_current(desk: Desk) -> None:
    """Rules, « ALSH dossier »: attended in N−1 is enough for N; marked absent, it was not; come without booking, it was."""
    family = a_family(desk, children=2, renew_alsh_years=(2026,))
    absent, unbooked = family.child_ids
    book_and_pay(desk, family.dossier_id, add(absent, WEDNESDAY_ALSH, date(2026, 12, 9)))
    set_time(desk, paris("2026-12-10 09:00"))
    slot = at(WEDNESDAY_ALSH, date(2026, 12, 9))

    def attended() -> tuple[set[int], int]:
        snapshot = load_planning(desk, family.dossier_id, WEDNESDAY, WEDNESDAY)
        years = {one.child_id for one in snapshot.children if 2026 in one.facts.alsh.attended_years}
        return years, len(children_to_renew(desk, 2027).rows)

    assert attended() == ({absent}, 1)
    mark(desk, slot, absent, ABSENT)
    assert attended() == (set(), 2)
    mark_unbooked(desk, slot, unbooked, new_operation())
    assert attended() == ({unbooked}, 1)
    mark(desk, slot, absent, PRESENT)
    assert attended() == ({absent, unbooked}, 0)


def test_a_child_recorded_twice_is_one_line(desk: Desk) -> None:
    kept, twice = a_family(desk), a_family(desk)
    book_and_pay(desk, twice.dossier_id, add(twice.child_id, EVENING, THURSDAY))
    set_time(desk, paris(THURSDAY_EVENING))
    mark(desk, SLOT, twice.child_id, ABSENT)
    merged(desk, kept, twice)

    assert states(desk, SLOT) == {kept.child_id: ABSENT}
    mark(desk, SLOT, kept.child_id, PRESENT)
    assert states(desk, SLOT) == {kept.child_id: PRESENT}
    with pytest.raises(NotExpected):
        mark(desk, SLOT, twice.child_id, PRESENT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mark_that_tells_of_another_booking_is_found(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, children=2)
    first, second = family.child_ids
    book_and_pay(desk, family.dossier_id, [*add(first, EVENING, THURSDAY), *add(second, EVENING, THURSDAY)])
    set_time(desk, paris(THURSDAY_EVENING))
    mark(desk, SLOT, first, PRESENT)
    with unguarded(desk) as connection:
        sql(connection, "UPDATE attendance SET booking_id = booking_id + 1")
        assert {table for table, _ in found(desk, connection)} == {"attendance"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sites_and_enfance_mark_and_nobody_else(database: Database, role: Role) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    set_time(desk, paris(THURSDAY_EVENING))
    asked = desk_of(desk, role)
    before = row_counts(database)
    gestures = (
        lambda: attendance_sheet(asked, SLOT),
        lambda: mark_children(asked, SLOT, [Mark(family.child_id, PRESENT)], new_operation()),
        lambda: mark_others_present(asked, SLOT, new_operation()),
    )
    for gesture in gestures:
        if role in (Role.ENFANCE, Role.SITE):
            gesture()
        else:
            with pytest.raises(NotAllowed):
                gesture()
    assert (row_counts(database) == before) is (role not in (Role.ENFANCE, Role.SITE))


@pytest.mark.parametrize("marked_first", [True, False])
def test_a_day_marked_present_is_neither_cancelled_nor_given_back_on_a_justificatif(
    database: Database, marked_first: bool
) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026,))
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    slot, going = at(WEDNESDAY_ALSH, WEDNESDAY), remove(family.child_id, WEDNESDAY_ALSH, WEDNESDAY)
    if marked_first:
        set_time(desk, paris("2026-12-02 09:30"))
        mark(desk, slot, family.child_id, PRESENT)
        snapshot = load_planning(desk, family.dossier_id, WEDNESDAY, WEDNESDAY)
        judged = judge_changes(snapshot, {change.key: change for change in going}, desk.now())
        [refusal] = judged.refusals.values()
        assert "Inès a été pointé présent, cette journée ne s’annule plus" in refusal.sentence
        with pytest.raises(ChangesRefused, match="a été pointé présent"):
            finish(desk, family.dossier_id, going)
        mark(desk, slot, family.child_id, ABSENT)
        finish(desk, family.dossier_id, going)
        return
    set_time(desk, paris("2026-12-01 18:00"))
    finish(desk, family.dossier_id, going)
    set_time(desk, paris("2026-12-02 09:30"))
    mark(desk, slot, family.child_id, PRESENT)
    [proof] = waiting_proofs(desk)
    before = row_counts(database)

    def judge(accepted: bool) -> ProofOutcome:
        reason = proof_reasons(desk, accepted)[0]
        return judge_proof_received(desk, proof.proof_id, WEDNESDAY, accepted, reason, new_operation())

    with pytest.raises(
        ChildCame, match=r"Inès a été pointé présent : mercredi 2 décembre 2026.*refusez le justificatif"
    ):
        judge(accepted=True)
    assert row_counts(database) == before
    mark(desk, slot, family.child_id, JUSTIFIED)
    assert judge(accepted=True).avoirs
    with pytest.raises(NotExpected):  # the day was given back: it would be owed again
        mark(desk, slot, family.child_id, PRESENT)
    with unguarded(desk) as connection, undone(connection):
        sql(connection, "UPDATE attendance SET state = 'present'")
        told = [str(one) for one in findings_of(connection, clock_of(desk).instant)]
        assert any("l’enfant est pointé présent" in one for one in told)
