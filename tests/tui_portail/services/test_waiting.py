"""The waiting list of a full day, on both engines: asked for, offered on release in order, taken, declined, lost, given up."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.tui_portail.services.crowds import a_slot
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    THURSDAY,
    add,
    audit_of,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    remove,
    row_counts,
    set_time,
)
from tests.tui_portail.services.tampering import sql, unguarded
from tui_portail.errors import PortailError
from tui_portail.planning import CellKey
from tui_portail.planning_ticks import CellState, cell
from tui_portail.services.baskets import release_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.day_places import PlacesSet, set_day_places
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.lines_out import remove_lines
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import merge_dossiers
from tui_portail.services.planning import load_planning
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.verification import verify
from tui_portail.services.verified_waiting import check_waiting
from tui_portail.services.waiting import (
    NothingOffered,
    WaitingOver,
    ask_places,
    decline_offer,
    offer_due,
    withdraw_entry,
)
from tui_portail.services.waiting_reading import call_list, print_call_list

BIG, SMALL = date(2018, 5, 2), date(2021, 5, 2)


def wait(desk: Desk, family: Family, day: date = FRIDAY, child: int = 0) -> int:
    """Ask for the evening of a day, and move the clock a minute on: the order of the line is that of the calls."""
    [entry] = ask_places(
        desk, family.dossier_id, [CellKey(family.child_ids[child], EVENING, day)], new_operation()
    ).entries
    clock_of(desk).advance(minutes=1)
    return entry


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(t.waiting_entry.c.state).order_by(t.waiting_entry.c.id)))


def a_full_evening(desk: Desk, places: int = 1, day: date = FRIDAY) -> Family:
    """A family whose children, paid, take every place of an evening."""
    a_slot(desk, EVENING, day, places)
    there = a_family(desk, last_name="Premier", children=places)
    book_and_pay(desk, there.dossier_id, [change for child in there.child_ids for change in add(child, EVENING, day)])
    return there


def shown(desk: Desk, family: Family, day: date = FRIDAY) -> CellState:
    planning = load_planning(desk, family.dossier_id, day, day)
    return cell(planning, {}, CellKey(family.child_id, EVENING, day), desk.now()).state


def test_a_place_cancelled_is_offered_to_the_first_who_asked_and_nobody_else_may_take_it(database: Database) -> None:
    desk = a_desk(database)
    there = a_full_evening(desk)
    first, second, newcomer = (a_family(desk, last_name=name) for name in ("Alba", "Brun", "Caux"))
    wait(desk, first)
    wait(desk, second)
    assert [line.place.rank for line in call_list(desk).lines] == [1, 2]
    done = finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    assert done.offered == 1
    assert states(database) == ["offerte", "attente"]
    assert (shown(desk, first), shown(desk, second)) == (CellState.OFFERED, CellState.WAITING)
    for family in (second, newcomer, there):
        with pytest.raises(ChangesRefused):
            finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    basket = hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    assert states(database) == ["prise", "attente"]
    pay_by_card(desk, basket.basket_id)
    with database.read() as connection:
        entry = connection.execute(select(t.waiting_entry).order_by(t.waiting_entry.c.id)).first()
        booking = connection.execute(select(t.booking).where(t.booking.c.id == entry.booking_id)).one()
    assert (booking.child_id, booking.state) == (first.child_id, "confirmed")
    assert audit_of(database, "terminer")[-1].details.count('"taken"') == 1
    assert verify(desk).findings == ()


@pytest.mark.parametrize(
    "freed_by", ["basket given up", "line taken out", "hold run out", "more places", "withdrawn from"]
)
def test_whatever_frees_a_place_offers_it(database: Database, freed_by: str) -> None:
    desk = a_desk(database)
    a_slot(desk, EVENING, FRIDAY, 1)
    there, first = a_family(desk, last_name="Premier"), a_family(desk, last_name="Alba")
    basket = hold(desk, there.dossier_id, add(there.child_id, EVENING, THURSDAY, FRIDAY))
    wait(desk, first)
    assert states(database) == ["attente"]
    if freed_by == "basket given up":
        release_basket(desk, basket.basket_id, new_operation())
    elif freed_by == "line taken out":
        with database.read() as connection:
            line = connection.scalar(select(t.booking.c.id).where(t.booking.c.day == FRIDAY))
        assert line is not None
        remove_lines(desk, basket.basket_id, [line], new_operation())
    elif freed_by == "more places":
        more = PlacesSet(capacity=2)
        set_day_places(desk, HARMONIE, EVENING, FRIDAY, FRIDAY, more, "Une animatrice de plus", new_operation())
    elif freed_by == "hold run out":
        clock_of(desk).advance(minutes=15)
        listed = call_list(desk)
        assert listed.has_to_offer
        assert "à proposer" in listed.lines[0].state
        assert offer_due(desk, new_operation()) == 1
        assert not call_list(desk).has_to_offer
    else:
        finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    assert states(database) == ["offerte"]


def test_an_offer_holds_its_own_time_never_past_the_limit_then_goes_to_the_next(database: Database) -> None:
    desk = a_desk(database)
    there = a_full_evening(desk)
    first, second = a_family(desk, last_name="Alba"), a_family(desk, last_name="Brun")
    wait(desk, first)
    wait(desk, second)
    finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    [offer, other] = call_list(desk).lines
    assert offer.place.offer_until == desk.now() + timedelta(minutes=desk.commune().policy.offer_minutes)
    set_time(desk, offer.place.offer_until)
    assert [line.dossier_id for line in call_list(desk).lines] == [second.dossier_id], "lost with no event"
    set_time(desk, paris("2026-12-02 18:00"))
    assert offer_due(desk, new_operation()) == 1
    assert states(database) == ["echue", "offerte"]
    [taken_over] = call_list(desk).lines
    assert taken_over.entry_id == other.entry_id
    assert taken_over.place.offer_until == paris("2026-12-03 12:00"), "Thursday noon: the limit of Friday"
    set_time(desk, paris("2026-12-03 12:00"))
    assert call_list(desk).lines == ()
    wait_again = CellKey(first.child_id, EVENING, FRIDAY)
    with pytest.raises(ChangesRefused, match="devait être réservé avant"):
        ask_places(desk, first.dossier_id, [wait_again], new_operation())


def test_a_place_declined_or_given_up_goes_to_the_next_and_who_waits_may_give_up(database: Database) -> None:
    desk = a_desk(database)
    there = a_full_evening(desk)
    families = [a_family(desk, last_name=name) for name in ("Alba", "Brun", "Caux")]
    entries = [wait(desk, family) for family in families]
    with pytest.raises(NothingOffered):
        decline_offer(desk, entries[0], new_operation())
    finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    operation = new_operation()
    assert decline_offer(desk, entries[0], operation, "Rappelée, ne vient plus") == 1
    assert decline_offer(desk, entries[0], operation, "Rappelée, ne vient plus") == 1, "sent twice, done once"
    assert states(database) == ["refusee", "offerte", "attente"]
    assert withdraw_entry(desk, entries[2], new_operation()) == 0
    assert withdraw_entry(desk, entries[1], new_operation()) == 0
    assert states(database) == ["refusee", "retiree", "retiree"]
    with pytest.raises(WaitingOver):
        withdraw_entry(desk, entries[1], new_operation())
    with pytest.raises(WaitingOver):
        decline_offer(desk, 999, new_operation())
    hold(desk, families[2].dossier_id, add(families[2].child_id, EVENING, FRIDAY))
    assert verify(desk).findings == ()


def test_a_place_an_age_cannot_take_goes_to_the_first_it_suits(database: Database) -> None:
    desk = a_desk(database)
    a_slot(desk, EVENING, FRIDAY, 2, ages=[(0, 6, 1)])
    there = a_family(desk, children=[a_child("Zoé", birth_on=SMALL), a_child("Léo", birth_on=BIG)])
    small, big = (
        a_family(desk, last_name=name, children=[a_child(name, birth_on=born)])
        for name, born in (("Petit", SMALL), ("Grand", BIG))
    )
    book_and_pay(
        desk, there.dossier_id, [change for child in there.child_ids for change in add(child, EVENING, FRIDAY)]
    )
    wait(desk, small)
    wait(desk, big)
    finish(desk, there.dossier_id, remove(there.child_ids[1], EVENING, FRIDAY))
    assert states(database) == ["attente", "offerte"], "the place of a big one is no small one's"
    finish(desk, there.dossier_id, remove(there.child_ids[0], EVENING, FRIDAY))
    assert states(database) == ["offerte", "offerte"]


def test_one_waits_only_for_a_full_day_that_could_be_booked_once_and_all_are_asked_or_none(database: Database) -> None:
    desk = a_desk(database)
    a_full_evening(desk)
    family, stranger = a_family(desk, children=2), a_family(desk, last_name="Autre")
    wait(desk, family)
    before = row_counts(database)
    friday, thursday = (CellKey(family.child_id, EVENING, day) for day in (FRIDAY, THURSDAY))
    for keys, code in (
        ([friday], "DEJA_EN_ATTENTE"),
        ([CellKey(family.child_ids[1], EVENING, FRIDAY), thursday], "PLACE_LIBRE"),
        ([CellKey(family.child_id, EVENING, date(2026, 12, 6))], "WEEK_END"),
        ([CellKey(family.child_id, EVENING, date(2026, 12, 1))], "LIMITE_PASSEE"),
        ([CellKey(family.child_id, EVENING, date(2031, 1, 6))], "HORS_CALENDRIER"),
    ):
        with pytest.raises(ChangesRefused) as refused:
            ask_places(desk, family.dossier_id, keys, new_operation())
        assert code in {why.code for why in refused.value.refusals.values()}
    for keys in ([], [CellKey(stranger.child_id, EVENING, FRIDAY)], [CellKey(family.child_id, "INCONNU", FRIDAY)]):
        with pytest.raises(PortailError):
            ask_places(desk, family.dossier_id, keys, new_operation())
    assert row_counts(database) == before


def test_the_call_list_says_whom_to_call_and_is_printed(database: Database, tmp_path: Any) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    a_full_evening(desk)
    wait(desk, a_family(desk, last_name="Alba"))
    [line] = call_list(desk).lines
    assert (line.child.split()[0], line.phones, line.age) == ("Alba", ("06 12 34 56 78",), 7)
    assert line.slot == "vendredi 4 décembre 2026, ALP soir, Harmonie"
    printed = print_call_list(desk)
    from pypdf import PdfReader

    text = " ".join(PdfReader(printed.path).pages[0].extract_text().split())
    for words in ("LISTES D’ATTENTE", "Vendredi 4 décembre 2026, ALP soir", "Alba", "06 12 34 56 78", "1er"):
        assert words in text


def test_only_who_may_book_keeps_the_waiting_lists(database: Database, tmp_path: Any) -> None:
    enfance = a_desk(database, Role.ENFANCE, Role.COMPTABILITE, documents_dir=tmp_path)
    a_full_evening(enfance)
    family = a_family(enfance, last_name="Alba", children=2)
    entry = wait(enfance, family)
    key = CellKey(family.child_ids[1], EVENING, FRIDAY)
    for role in (Role.COMPTABILITE, Role.REGISSEUR, Role.ADMINISTRATEUR, Role.SITE):
        desk = a_desk(database, role, documents_dir=tmp_path)
        before = row_counts(database)
        refused: tuple[Callable[[], object], ...] = (
            lambda: ask_places(desk, family.dossier_id, [key], new_operation()),  # noqa: B023
            lambda: withdraw_entry(desk, entry, new_operation()),  # noqa: B023
            lambda: decline_offer(desk, entry, new_operation()),  # noqa: B023
            lambda: offer_due(desk, new_operation()),  # noqa: B023
            lambda: call_list(desk),  # noqa: B023
            lambda: print_call_list(desk),  # noqa: B023
        )
        for gesture in refused:
            with pytest.raises(NotAllowed):
                gesture()
        assert row_counts(database) == before


def test_a_child_recorded_twice_waits_once_where_both_records_did(database: Database) -> None:
    desk = a_desk(database)
    there = a_full_evening(desk)
    kept, merged = a_family(desk, children=[a_child()]), a_family(desk, children=[a_child()])
    wait(desk, merged)
    wait(desk, kept)
    pairing = Pairing(((merged.guardian_ids[0], kept.guardian_ids[0]),), ((merged.child_id, kept.child_id),))
    merge_dossiers(desk, kept.dossier_id, merged.dossier_id, pairing, "Inscrite deux fois", new_operation())
    assert states(database) == ["attente", "retiree"], "the one who asked first stays"
    finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    assert shown(desk, kept) is CellState.OFFERED
    hold(desk, kept.dossier_id, add(kept.child_id, EVENING, FRIDAY))
    assert states(database) == ["prise", "retiree"]
    assert verify(desk).findings == ()


def test_a_child_recorded_twice_waits_no_more_for_a_day_the_other_record_has(database: Database) -> None:
    """What a place was kept for is over: the next is offered it."""
    desk = a_desk(database)
    there = a_full_evening(desk, places=2)
    offered, following = a_family(desk, children=[a_child()]), a_family(desk, last_name="Suivant")
    wait(desk, offered)
    wait(desk, following)
    finish(desk, there.dossier_id, remove(there.child_ids[1], EVENING, FRIDAY))
    assert states(database) == ["offerte", "attente"]
    pairing = Pairing(((offered.guardian_ids[0], there.guardian_ids[0]),), ((offered.child_id, there.child_id),))
    merge_dossiers(desk, there.dossier_id, offered.dossier_id, pairing, "Inscrite deux fois", new_operation())
    assert states(database) == ["retiree", "offerte"], "its other record is booked"
    assert '"offered"' in audit_of(database, "fusionner")[-1].details
    assert verify(desk).findings == ()


def test_the_verifier_names_the_entries_that_do_not_hold(database: Database) -> None:
    desk = a_desk(database)
    there = a_full_evening(desk)
    families = [a_family(desk, last_name=name) for name in ("Alba", "Brun", "Caux")]
    taken, offered, waits = (wait(desk, family) for family in families)
    finish(desk, there.dossier_id, remove(there.child_id, EVENING, FRIDAY))
    hold(desk, families[0].dossier_id, add(families[0].child_id, EVENING, FRIDAY, THURSDAY))
    for lie, row, said in (
        (
            f"booking_id = (SELECT id FROM booking WHERE child_id = {there.child_id}) WHERE id = {taken}",
            taken,
            "pas celle",
        ),
        (f"ended_at = NULL WHERE id = {taken}", taken, "date de fin"),
        (f"dossier_id = {there.dossier_id} WHERE id = {waits}", waits, "n’est pas de son dossier"),
        (
            f"asked_at = '2031-01-01', offered_at = '2030-01-01', offer_until = '2032-01-01', state = 'offerte' "
            f"WHERE id = {waits}",
            waits,
            "ne se suivent",
        ),
        (
            f"offered_at = '2032-01-01', offer_until = '2032-01-02', state = 'offerte' WHERE id = {waits}",
            waits,
            "avant la demande",
        ),
        (f"child_id = {families[1].child_id} WHERE id = {waits}", waits, "deux fois"),
        (f"state = 'attente', booking_id = NULL WHERE id = {taken}", taken, "déjà réservée"),
    ):
        with unguarded(desk) as connection:
            sql(connection, "DROP INDEX uq_waiting_entry_open")
            sql(connection, "UPDATE booking SET state = 'confirmed' WHERE state = 'held'")
            sql(connection, f"UPDATE waiting_entry SET {lie}")
            told = [one for one in check_waiting(connection) if one.row == str(row) and said in one.sentence]
            assert told, lie
            connection.rollback()
    assert offered
    assert verify(desk).findings == ()
