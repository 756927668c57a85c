"""The school calendar recorded from the screen: new bookings follow it, those made stay, and their number is said before."""

from datetime import date

import pytest

from models.engine import Database
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HOLIDAY_ALSH,
    THURSDAY,
    add,
    clock_of,
    finish,
    hold,
    row_counts,
    states_of,
)
from tui_portail.calendar_entries import CalendarEntry, EntryKind, entries_of, with_entry, without_entry
from tui_portail.commune_files import with_calendar
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.calendar_effects import bookings_closed_by
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import NotAllowed, Role

STRIKE = CalendarEntry(EntryKind.CLOSURE, THURSDAY, THURSDAY, "Grève", activities=True, site="HARMONIE")


def striking(desk: Desk) -> SchoolCalendar:
    return with_entry(read_settings(desk).commune.calendar, STRIKE)


def test_a_closure_prevents_new_bookings_and_leaves_those_made(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.ADMINISTRATEUR)
    booked, other = a_family(desk), a_family(desk, last_name="Moreau")
    hold(desk, booked.dossier_id, add(booked.child_id, EVENING, THURSDAY))

    settings = read_settings(desk)
    document = with_calendar(settings.document, striking(desk))
    assert change_commune(desk, settings.version, document, "essai", "Préavis", new_operation()).changed

    assert states_of(database, [booked.child_id]) == {(booked.child_id, EVENING, THURSDAY): ["held"]}
    with pytest.raises(ChangesRefused, match="Grève"):
        finish(desk, other.dossier_id, add(other.child_id, EVENING, THURSDAY))
    hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))


def test_the_days_booked_that_a_calendar_would_close_are_counted_by_day_activity_and_site(database: Database) -> None:
    desk = a_desk(database, Role.ENFANCE, Role.ADMINISTRATEUR)
    family = a_family(desk, children=2, renew_alsh_years=(2026, 2027))
    little = a_family(
        desk,
        last_name="Petit",
        children=(a_child("Éole", "Petit", school_code="MATERNELLE", class_name="Petite section"),),
    )
    days = (*add(family.child_ids[0], EVENING, THURSDAY, FRIDAY), *add(family.child_ids[1], EVENING, THURSDAY))
    hold(desk, family.dossier_id, [*days, *add(family.child_id, HOLIDAY_ALSH, date(2026, 12, 21))])
    hold(desk, little.dossier_id, add(little.child_id, EVENING, THURSDAY))  # at Mélodie, which stays open

    closed = bookings_closed_by(desk, striking(desk))
    assert [(one.day, one.activity, one.site, one.bookings) for one in closed.days] == [
        (THURSDAY, "ALP soir", "Harmonie", 2)
    ]
    assert "2 journées sont déjà réservées pour « ALP soir » (le jeudi 3 décembre 2026)" in closed.sentence

    calendar = read_settings(desk).commune.calendar
    noel = next(one for one in entries_of(calendar) if one.first == date(2026, 12, 19))
    closed = bookings_closed_by(desk, without_entry(calendar, noel))
    assert [(one.day, one.activity, one.bookings) for one in closed.days] == [
        (date(2026, 12, 21), "ALSH vacances scolaires", 1)
    ]
    assert "1 journée est déjà réservée" in closed.sentence
    assert bookings_closed_by(desk, calendar).sentence == ""

    clock_of(desk).advance(minutes=15)  # the hold is over: nobody is booked any more
    assert bookings_closed_by(desk, striking(desk)).days == ()


def test_only_the_administrateur_is_told_what_a_calendar_would_close(database: Database) -> None:
    calendar = striking(a_desk(database, Role.ADMINISTRATEUR))
    for role in (Role.ENFANCE, Role.COMPTABILITE, Role.REGISSEUR, Role.SITE):
        desk = a_desk(database, role)
        before = row_counts(database)
        with pytest.raises(NotAllowed):
            bookings_closed_by(desk, calendar)
        assert row_counts(database) == before
