"""Appointments through their services: what may be booked, what two desks do at once, what happened at the hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from models.states import AppointmentState
from tests.factories import a_desk, a_family, an_agent, paris
from tests.tui_portail.services.desk_acts import row_counts, set_time
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import FormRefused
from tui_portail.instants import in_paris
from tui_portail.services.appointments import (
    AppointmentChanged,
    AppointmentNotDue,
    AppointmentPast,
    AppointmentTaken,
    OutsideOpenings,
    Visitor,
    book_appointment,
    cancel_appointment,
    link_to_dossier,
    mark_kept,
    mark_missed,
    move_appointment,
    plan_again,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.diary import AppointmentView, diary
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.family_facts import DossierErased
from tui_portail.services.rights import Role

TUESDAY, WEDNESDAY, THURSDAY = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)
MARTIN = Visitor(None, "Martin", "06 11 22 33 44")


@pytest.fixture
def desk(database: Database) -> Desk:
    """Enfance/Jeunesse on Tuesday 1 December 2026, 8:00: the template receives from 8:30 to noon, 9:00 is not yet there."""
    return a_desk(database, Role.ENFANCE, at="2026-12-01 08:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def book(
    desk: Desk, starts: str, kind: str = "RENOUVELLEMENT", who: Visitor = MARTIN, **terms: bool
) -> AppointmentView:
    return book_appointment(desk, at(starts), kind, who, "", new_operation(), **terms)


def free_walls(desk: Desk, day: date) -> list[str]:
    return [f"{in_paris(one.starts_at):%H:%M}" for one in diary(desk, day, day)[0].free]


def test_a_family_with_a_dossier_and_one_without_are_booked_and_shown(desk: Desk) -> None:
    family = a_family(desk)
    known = book(desk, "2026-12-01 09:00", who=Visitor(family.dossier_id))
    book(desk, "2026-12-01 09:30", "DOSSIER")
    [day] = diary(desk, TUESDAY, TUESDAY)
    assert [(one.who, one.phone, one.minutes, one.kind) for one in day.appointments] == [
        ("Dupont", "06 12 34 56 78", 30, "Renouvellement ALSH"),
        ("Martin", "06 11 22 33 44", 15, "Dossier à compléter"),
    ]
    assert free_walls(desk, TUESDAY)[:4] == ["08:30", "08:45", "09:45", "10:00"]
    assert load_dossier(desk, family.dossier_id).next_appointment_at == known.starts_at
    with desk.database.read() as connection:
        row = connection.execute(select(t.appointment).where(t.appointment.c.id == known.appointment_id)).one()
    assert (row.name, row.phone) == ("", ""), "a family's name is kept once, in its dossier"


def test_a_time_taken_is_refused_with_the_next_free_ones(desk: Desk) -> None:
    book(desk, "2026-12-01 11:00", "INSCRIPTION")
    with pytest.raises(AppointmentTaken) as refused:
        book(desk, "2026-12-01 11:30")
    assert refused.value.sentence.endswith(
        "Prochaines heures libres pour 30 minutes : mer. 02/12/2026 à 8 h 30, 8 h 45 et 9 h."
    )
    assert len(diary(desk, TUESDAY, TUESDAY)[0].appointments) == 1


def test_two_families_are_received_at_once_where_the_template_has_two_places_and_a_third_is_not(desk: Desk) -> None:
    places = [book(desk, "2026-12-02 09:00").place for _ in range(2)]
    assert places == [0, 1]
    with pytest.raises(AppointmentTaken):
        book(desk, "2026-12-02 09:15")


@pytest.mark.parametrize(
    ("starts", "why"),
    [
        ("2026-12-01 18:00", "aucune plage"),
        ("2026-12-01 11:45", "aucune plage"),
        ("2026-12-05 10:00", "ne reçoit pas le samedi"),
        ("2026-12-25 10:00", "jour férié"),
    ],
)
def test_outside_the_template_the_agent_confirms(desk: Desk, starts: str, why: str) -> None:
    with pytest.raises(OutsideOpenings, match=why):
        book(desk, starts)
    booked = book(desk, starts, outside=True)
    assert f"{in_paris(booked.starts_at):%Y-%m-%d %H:%M}" == starts


def test_what_cannot_be_booked_changes_nothing(desk: Desk) -> None:
    before = row_counts(desk.database)
    with pytest.raises(AppointmentPast):
        book(desk, "2026-12-01 08:00")
    with pytest.raises(FormRefused, match="nom de la famille"):
        book(desk, "2026-12-01 09:00", who=Visitor(None, " - ", ""))
    with pytest.raises(FormRefused, match="dix chiffres"):
        book(desk, "2026-12-01 09:00", who=Visitor(None, "Martin", "06 11"))
    with pytest.raises(InvalidInput, match="motif"):
        book(desk, "2026-12-01 09:00", "AUTRE")
    assert row_counts(desk.database) == before


def test_sent_twice_an_appointment_is_booked_once(desk: Desk) -> None:
    operation = new_operation()
    first = book_appointment(desk, at("2026-12-01 09:00"), "DOSSIER", MARTIN, "", operation)
    assert book_appointment(desk, at("2026-12-01 09:00"), "DOSSIER", MARTIN, "", operation) == first
    assert len(diary(desk, TUESDAY, TUESDAY)[0].appointments) == 1


def test_moved_it_frees_its_time_and_another_desk_that_saw_it_before_is_told(desk: Desk) -> None:
    booked = book(desk, "2026-12-01 09:00")
    moved = move_appointment(desk, booked.appointment_id, 0, at("2026-12-03 14:00"), new_operation())
    assert (moved.moved, moved.day) == (1, THURSDAY)
    assert "09:00" in free_walls(desk, TUESDAY)
    assert "14:00" not in free_walls(desk, THURSDAY)
    with pytest.raises(AppointmentChanged, match="Un autre poste"):
        cancel_appointment(desk, booked.appointment_id, 0, "Parti en vacances", new_operation())
    with pytest.raises(InvalidInput, match="déjà à cette heure"):
        move_appointment(desk, booked.appointment_id, 1, at("2026-12-03 14:00"), new_operation())
    later = move_appointment(desk, booked.appointment_id, 1, at("2026-12-03 14:15"), new_operation())
    assert later.moved == 2, "its own former time does not stand in its way"


def test_cancelled_with_a_reason_its_time_is_given_to_another(desk: Desk) -> None:
    booked = book(desk, "2026-12-01 09:00")
    with pytest.raises(FormRefused):
        cancel_appointment(desk, booked.appointment_id, 0, "  ", new_operation())
    cancelled = cancel_appointment(desk, booked.appointment_id, 0, "Enfant malade", new_operation())
    assert cancelled.state is AppointmentState.CANCELLED
    book(desk, "2026-12-01 09:00")
    [day] = diary(desk, TUESDAY, TUESDAY)
    assert (len(day.appointments), len(day.expected)) == (2, 1)
    with pytest.raises(AppointmentChanged, match="annulé"):
        mark_kept(desk, booked.appointment_id, new_operation())


def test_absent_is_said_once_the_time_has_come_and_taken_back(desk: Desk) -> None:
    booked = book(desk, "2026-12-01 09:00")
    with pytest.raises(AppointmentNotDue):
        mark_missed(desk, booked.appointment_id, new_operation())
    set_time(desk, paris("2026-12-01 09:10"))
    assert mark_missed(desk, booked.appointment_id, new_operation()).state is AppointmentState.MISSED
    assert "09:15" in free_walls(desk, TUESDAY)
    assert plan_again(desk, booked.appointment_id, new_operation()).state is AppointmentState.PLANNED
    assert mark_kept(desk, booked.appointment_id, new_operation()).state is AppointmentState.KEPT
    assert "09:15" not in free_walls(desk, TUESDAY)
    plan_again(desk, booked.appointment_id, new_operation())
    mark_missed(desk, booked.appointment_id, new_operation())
    book(desk, "2026-12-01 09:15", "DOSSIER")
    with pytest.raises(AppointmentTaken, match="autre famille"):
        plan_again(desk, booked.appointment_id, new_operation())


def test_a_family_that_comes_early_is_kept_the_same_day_and_never_the_day_before(desk: Desk) -> None:
    today, tomorrow = book(desk, "2026-12-01 09:00"), book(desk, "2026-12-02 09:00")
    assert mark_kept(desk, today.appointment_id, new_operation()).state is AppointmentState.KEPT
    with pytest.raises(AppointmentNotDue):
        mark_kept(desk, tomorrow.appointment_id, new_operation())


def test_once_registered_a_family_is_given_the_appointment_taken_under_its_name(desk: Desk) -> None:
    booked = book(desk, "2026-12-01 09:00", "INSCRIPTION")
    family = a_family(desk, last_name="Martin-Roux")
    linked = link_to_dossier(desk, booked.appointment_id, family.dossier_id, new_operation())
    assert (linked.who, linked.number) == ("Martin-Roux", family.number)
    with desk.database.read() as connection:
        row = connection.execute(select(t.appointment)).one()
    assert (row.name, row.phone) == ("", ""), "the dossier's names are enough"
    with pytest.raises(AppointmentChanged, match="déjà son dossier"):
        link_to_dossier(desk, booked.appointment_id, family.dossier_id, new_operation())


def test_the_past_appointment_of_an_erased_family_is_written_about_no_more(desk: Desk) -> None:
    family = a_family(desk)
    booked = book(desk, "2026-12-01 09:00", "DOSSIER", Visitor(family.dossier_id))
    with desk.database.write() as connection:
        gone = update(t.dossier).where(t.dossier.c.id == family.dossier_id)
        connection.execute(gone.values(erased_at=paris("2026-12-01 09:30")))
    for write in (
        lambda: cancel_appointment(desk, booked.appointment_id, 0, "M. Dupont a appelé", new_operation()),
        lambda: mark_kept(desk, booked.appointment_id, new_operation()),
        lambda: plan_again(desk, booked.appointment_id, new_operation()),
    ):
        with pytest.raises(DossierErased):
            write()


def test_two_desks_at_the_same_instant_never_receive_two_families_at_one_place(desk: Desk) -> None:
    """Lengths and starts differ: the unique index alone would let them through."""
    starts = ("2026-12-01 09:00", "2026-12-01 09:15", "2026-12-01 09:30", "2026-12-01 09:15")
    kinds = ("INSCRIPTION", "RENOUVELLEMENT", "INSCRIPTION", "DOSSIER")
    together = Barrier(len(starts))

    def at_a_desk(starts: str, kind: str) -> str:
        mine = Desk(desk.database, desk.documents_dir, desk.clock)
        mine.sign(an_agent(desk.database, Role.ENFANCE))
        together.wait(30)
        try:
            book(mine, starts, kind)
        except PortailError as error:
            return error.code
        return "PRIS"

    with ThreadPoolExecutor(len(starts)) as pool:
        outcomes = list(pool.map(at_a_desk, starts, kinds))
    booked = diary(desk, TUESDAY, TUESDAY)[0].appointments
    assert outcomes.count("PRIS") == len(booked) >= 1
    assert set(outcomes) <= {"PRIS", AppointmentTaken.code}
    assert all(one.ends_at <= following.starts_at for one, following in pairwise(booked))


def test_a_week_says_who_comes_each_day_and_which_days_offer_nothing(desk: Desk) -> None:
    family = a_family(desk)
    for quarter in range(6):
        starts = at("2026-12-03 13:30") + timedelta(minutes=15 * quarter)
        book_appointment(desk, starts, "DOSSIER", Visitor(family.dossier_id), "", new_operation())
    days = diary(desk, date(2026, 11, 30), date(2026, 12, 5))
    assert [len(day.appointments) for day in days] == [0, 0, 0, 6, 0, 0]
    assert [bool(day.free) for day in days] == [False, True, True, True, True, False], "Monday is over, Saturday closed"
