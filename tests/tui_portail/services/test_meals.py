"""The meals to order: provisional, then frozen whatever the moment somebody looks, with each later change and its child."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Connection, func, select

from models import tables as t
from models.engine import Database
from models.states import Role
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, an_agent, paris
from tests.families import child as child_typed
from tests.families import save_with
from tests.tui_portail.services.closure_acts import closed
from tests.tui_portail.services.desk_acts import (
    MEAL,
    THURSDAY,
    WEDNESDAY,
    WEDNESDAY_ALSH,
    add,
    audit_of,
    book_and_pay,
    clock_of,
    finish,
    hold,
    merged,
    pay_by_card,
    remove,
    row_counts,
    set_time,
)
from tests.tui_portail.services.meal_term import come_without_booking
from tests.tui_portail.services.tampering import sql, undone, unguarded
from tests.tui_portail.services.test_statement_counts import statements
from tui_portail.commune import Commune
from tui_portail.commune_files import to_document
from tui_portail.errors import InvalidInput
from tui_portail.meal_counts import NOT_SUPPLIED, Cause, MealKind
from tui_portail.policy import LimitRule
from tui_portail.services import expected, expected_papers, meal_orders, meal_papers
from tui_portail.services.baskets import extend_basket
from tui_portail.services.closing_days import record_closure
from tui_portail.services.commune_settings import change_commune, read_settings
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.erasure import ErasureReason, erase_family
from tui_portail.services.meal_orders import MealsJustFrozen
from tui_portail.services.meal_rows import SlotBookings, read_bookings
from tui_portail.services.meals import MealSheet, load_meals, order_meals
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed
from tui_portail.services.verification import findings_of, verify

OLDER, YOUNG = MealKind("", under_six=False), MealKind("", under_six=True)
NO_PORK = MealKind("sans_porc", under_six=False)
FROZEN = paris("2026-12-02 12:15")  # Thursday's meals


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, documents_dir=tmp_path)


def eats(desk: Desk, family: Family, *days: date, child_id: int | None = None, **terms: object) -> None:
    """Book the restaurant and pay it."""
    book_and_pay(desk, family.dossier_id, add(child_id or family.child_id, MEAL, *days, **terms))


def a_family_of(desk: Desk, last_name: str, **fields: object) -> Family:
    return a_family(
        desk, last_name=last_name, guardians=[a_guardian(last_name)], children=[a_child("Inès", last_name, **fields)]
    )


def the_sheet(desk: Desk, day: date = THURSDAY, site: str = "HARMONIE") -> MealSheet:
    [sheet] = [one for one in load_meals(desk, day, day) if one.site_code == site]
    return sheet


def gaps_of(sheet: MealSheet) -> list[tuple[str, int, MealKind, Cause, str]]:
    return [(f"{one.at:%H:%M}", one.change, one.kind, one.cause, one.child.name) for one in sheet.gaps]


def change_menu(desk: Desk, family: Family, **fields: object) -> None:
    save_with(desk, family.dossier_id, child_typed(0, **fields))


def test_an_order_is_what_stood_at_the_freeze_and_each_later_change_is_told_with_its_child(desk: Desk) -> None:
    leaves, in_time, stays = (a_family_of(desk, name) for name in ("Part", "Atemps", "Reste"))
    changes, late, unbooked = (a_family_of(desk, name) for name in ("Change", "Tardif", "Imprévu"))
    for family in (leaves, in_time, stays, changes):
        eats(desk, family, THURSDAY)
    hold(desk, late.dossier_id, add(late.child_id, MEAL, THURSDAY))

    sheet = the_sheet(desk)
    assert (sheet.frozen, sheet.frozen_at, sheet.now, sheet.on_hold) == (False, FROZEN, {OLDER: 4}, 1)
    assert [child.name for child, _ in sheet.children] == ["Atemps Inès", "Change Inès", "Part Inès", "Reste Inès"]

    set_time(desk, paris("2026-12-02 11:59"))
    finish(desk, in_time.dossier_id, remove(in_time.child_id, MEAL, THURSDAY))
    set_time(desk, paris("2026-12-02 12:16"))
    eats(desk, late, THURSDAY, derogation="Oubli")
    set_time(desk, paris("2026-12-02 16:00"))
    change_menu(desk, changes, diet="sans_porc")
    set_time(desk, paris("2026-12-02 18:00"))
    finish(desk, leaves.dossier_id, remove(leaves.child_id, MEAL, THURSDAY))
    set_time(desk, paris("2026-12-03 12:30"))
    debt = come_without_booking(desk, unbooked, unbooked.child_id, "HARMONIE", MEAL, THURSDAY)
    clock_of(desk).advance(hours=2)
    pay_by_card(desk, debt)  # what it owes was told when it came

    sheet = the_sheet(desk)
    assert (sheet.ordered, sheet.on_hold) == ({OLDER: 3}, 0)
    assert gaps_of(sheet) == [
        ("11:16", 1, OLDER, Cause.DEROGATION, "Tardif Inès"),
        ("15:00", -1, OLDER, Cause.MENU, "Change Inès"),
        ("15:00", 1, NO_PORK, Cause.MENU, "Change Inès"),
        ("17:00", -1, OLDER, Cause.CANCELLED_LATE, "Part Inès"),
        ("11:30", 1, OLDER, Cause.UNBOOKED, "Imprévu Inès"),
    ]
    assert sheet.now == {OLDER: 3, NO_PORK: 1}
    assert (sheet.more, sheet.less, sheet.meals) == (3, 2, 4)
    assert [child.name for child, _ in sheet.children] == ["Change Inès", "Imprévu Inès", "Reste Inès", "Tardif Inès"]
    assert the_sheet(desk) == sheet, "read again, now that it is written"
    assert [row.details for row in audit_of(desk.database, "commander_repas")] == [
        '{"from":"2026-12-03","orders":1,"until":"2026-12-03"}'
    ]
    assert verify(desk).findings == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looked_at_early_or_late_the_same_is_ordered_and_it_is_written_once_no_gesture_can_still_be_under_way(
    desk: Desk,
) -> None:
    family, other = a_family_of(desk, "Un"), a_family_of(desk, "Deux", diet="sans_viande")
    for one in (family, other):
        eats(desk, one, THURSDAY)
    set_time(desk, paris("2026-12-02 12:14"))
    assert not the_sheet(desk).frozen
    set_time(desk, FROZEN)
    first = the_sheet(desk)
    assert first.ordered == {OLDER: 1, MealKind("sans_viande", under_six=False): 1}
    with desk.database.read() as connection:
        assert not connection.scalar(select(func.count()).select_from(t.meal_order))
    clock_of(desk).advance(minutes=5)
    assert replace(the_sheet(desk), children=()) == replace(first, children=())
    with desk.database.read() as connection:
        lines = connection.execute(select(t.meal_order_line.c["diet", "under_six", "meals"])).all()
    assert sorted(map(tuple, lines)) == [("", False, 1), ("sans_viande", False, 1)]
    assert order_meals(desk, THURSDAY, THURSDAY, new_operation()) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_basket_held_at_the_limit_is_ordered_if_it_is_paid_before_the_freeze(desk: Desk) -> None:
    paid, unpaid, derogation = (a_family_of(desk, name) for name in ("Payé", "Échu", "Dérogé"))
    set_time(desk, paris("2026-12-02 11:59"))
    basket = hold(desk, paid.dossier_id, add(paid.child_id, MEAL, THURSDAY))
    hold(desk, unpaid.dossier_id, add(unpaid.child_id, MEAL, THURSDAY))
    extend_basket(desk, basket.basket_id, "File", new_operation())
    set_time(desk, paris("2026-12-02 12:10"))
    late = hold(desk, derogation.dossier_id, add(derogation.child_id, MEAL, THURSDAY, derogation="Urgence"))
    set_time(desk, paris("2026-12-02 12:14"))
    pay_by_card(desk, basket.basket_id)
    set_time(desk, paris("2026-12-02 12:20"))
    pay_by_card(desk, late.basket_id)
    sheet = the_sheet(desk)
    assert sheet.ordered == {OLDER: 1}, "the one held before the freeze and paid after it is a difference"
    assert gaps_of(sheet) == [("11:20", 1, OLDER, Cause.DEROGATION, "Dérogé Inès")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_alsh_day_counts_its_meal_and_a_reversed_payment_takes_no_meal_away(desk: Desk, database: Database) -> None:
    family = a_family(
        desk,
        children=[
            a_child(renew_alsh_years=(2026,)),
            a_child("Éole", birth_on=date(2022, 1, 1), school_code="MATERNELLE", class_name="", meal_supplied=False),
        ],
    )
    paid = book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    eats(desk, family, THURSDAY, child_id=family.child_ids[1])
    [alsh] = load_meals(desk, WEDNESDAY, WEDNESDAY)
    assert (alsh.site_code, alsh.now, alsh.frozen_at) == ("HARMONIE", {OLDER: 1}, paris("2026-12-01 12:15"))
    melodie = the_sheet(desk, site="MELODIE")
    assert (melodie.now, melodie.meals) == ({MealKind(NOT_SUPPLIED, under_six=True): 1}, 0)
    [(child, _)] = melodie.children
    assert child.marks == ("accueil sans repas fourni",)

    set_time(desk, paris("2026-12-01 15:00"))
    regisseur = Desk(desk.database, desk.documents_dir, desk.clock)
    regisseur.sign(an_agent(database, Role.REGISSEUR))
    reason = desk.commune().policy.reversal_reasons[0]
    owed = reverse_payment(regisseur, paid.payment_id, [1], reason, new_operation())
    [alsh] = load_meals(desk, WEDNESDAY, WEDNESDAY)
    assert (alsh.ordered, alsh.gaps, alsh.now) == ({OLDER: 1}, (), {OLDER: 1})
    assert owed.debt_basket_id is not None
    pay_by_card(desk, owed.debt_basket_id)
    [alsh] = load_meals(desk, WEDNESDAY, WEDNESDAY)
    assert (alsh.ordered, alsh.gaps) == ({OLDER: 1}, ())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_records_of_a_child_merged_later_do_not_change_what_was_ordered(desk: Desk) -> None:
    kept = a_family(desk, children=[a_child(diet="sans_porc")])
    other = a_family(desk, children=[a_child()])
    eats(desk, other, THURSDAY)
    set_time(desk, paris("2026-12-02 18:00"))
    merged(desk, kept, other)
    sheet = the_sheet(desk)
    assert sheet.ordered == {OLDER: 1}
    assert gaps_of(sheet) == [
        ("17:00", -1, OLDER, Cause.MENU, "Dupont Inès"),
        ("17:00", 1, NO_PORK, Cause.MENU, "Dupont Inès"),
    ]
    assert [child.child_id for child, _ in sheet.children] == [kept.child_id]
    set_time(desk, paris("2026-12-02 19:00"))
    save_with(desk, kept.dossier_id, child_typed(0, diet="sans_viande"))
    assert the_sheet(desk).ordered == {OLDER: 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_family_erased_and_other_limits_leave_what_was_ordered_though_nobody_had_looked(
    desk: Desk, database: Database
) -> None:
    family = a_family_of(desk, "Effacé", diet="sans_porc")
    eats(desk, family, THURSDAY)
    administrator = a_desk(database, Role.ADMINISTRATEUR, at="2026-12-02 13:00")
    settings_with(administrator, with_noon_of_the_day(read_settings(administrator).commune))
    set_time(desk, paris("2026-12-02 13:10"))
    sheet = the_sheet(desk)
    assert (sheet.frozen_at, sheet.ordered) == (FROZEN, {NO_PORK: 1}), "the limit would now be Thursday's noon"

    again = date(2026, 12, 4)
    eats(desk, family, again)
    set_time(desk, paris("2032-01-05 10:00"))
    registrar = Desk(desk.database, desk.documents_dir, desk.clock)
    registrar.sign(an_agent(database, Role.ENFANCE))
    erase_family(registrar, family.dossier_id, family.number, ErasureReason.RETENTION, new_operation())
    for day in (THURSDAY, again):
        sheet = the_sheet(desk, day)
        assert (sheet.ordered, sheet.gaps, sheet.now) == ({NO_PORK: 1}, (), {NO_PORK: 1})
    assert verify(desk).findings == ()


def test_a_family_corrected_merged_and_erased_after_the_freeze_leaves_orders_that_are_read_verified_and_followed(
    desk: Desk, database: Database
) -> None:
    corrected, stays = a_family_of(desk, "Corrigé", diet="sans_porc"), a_family_of(desk, "Reste")
    kept, twice = (a_family(desk, children=[a_child(diet="sans_porc")]) for _ in range(2))
    for family in (corrected, twice, stays):
        eats(desk, family, THURSDAY)
    set_time(desk, paris("2026-12-02 13:00"))
    assert the_sheet(desk).ordered == {NO_PORK: 2, OLDER: 1}
    change_menu(desk, corrected, birth_on=date(2018, 4, 12), diet="")
    merged(desk, kept, twice)
    finish(desk, corrected.dossier_id, remove(corrected.child_id, MEAL, THURSDAY))

    set_time(desk, paris("2032-01-05 10:00"))
    registrar = Desk(desk.database, desk.documents_dir, desk.clock)
    registrar.sign(an_agent(database, Role.ENFANCE))
    for family in (corrected, kept):
        erase_family(registrar, family.dossier_id, family.number, ErasureReason.RETENTION, new_operation())
    sheet = the_sheet(desk)
    assert (sheet.ordered, sheet.now) == ({NO_PORK: 2, OLDER: 1}, {NO_PORK: 1, OLDER: 1})
    assert [(one.change, one.kind, one.cause) for one in sheet.gaps] == [(-1, NO_PORK, Cause.CANCELLED_LATE)]
    assert verify(desk).findings == ()
    administrator = a_desk(database, Role.ADMINISTRATEUR, at="2032-01-05 11:00")
    settings_with(administrator, with_noon_of_the_day(read_settings(administrator).commune))


def settings_with(desk: Desk, commune: Commune) -> None:
    change_commune(
        desk, read_settings(desk).version, to_document(commune), "écran", "Nouveaux réglages", new_operation()
    )


def with_noon_of_the_day(commune: Commune) -> Commune:
    """Let meals be booked until their very noon."""
    rule = replace(commune.policy.activity(MEAL), add_limit=LimitRule(days_before=0))
    return replace(commune, policy=replace(commune.policy, activities={**commune.policy.activities, MEAL: rule}))


def test_a_set_up_recorded_just_after_the_freeze_misses_no_meal_still_being_paid(
    desk: Desk, database: Database
) -> None:
    """A payment judged at 12:13 may be written at 12:16 (PostgreSQL); here the clock goes back to write it."""
    first, last = a_family_of(desk, "Première"), a_family_of(desk, "Dernière")
    eats(desk, first, THURSDAY)
    set_time(desk, paris("2026-12-02 11:59"))
    basket = hold(desk, last.dossier_id, add(last.child_id, MEAL, THURSDAY))
    at_settings = a_desk(database, Role.ADMINISTRATEUR, Role.ENFANCE, at="2026-12-02 12:16")
    seen = read_settings(at_settings).commune
    record_closure(at_settings, closed(date(2026, 12, 10)), new_operation())
    with pytest.raises(MealsJustFrozen, match=r"jeudi 3 décembre 2026 .* recommencez dans cinq minutes"):
        settings_with(at_settings, with_noon_of_the_day(read_settings(at_settings).commune))
    assert seen.calendar != read_settings(at_settings).commune.calendar

    set_time(desk, paris("2026-12-02 12:13"))
    pay_by_card(desk, basket.basket_id)
    set_time(at_settings, paris("2026-12-02 12:21"))
    settings_with(at_settings, with_noon_of_the_day(read_settings(at_settings).commune))
    set_time(desk, paris("2026-12-02 12:30"))
    sheet = the_sheet(desk)
    assert (sheet.frozen_at, sheet.ordered, sheet.gaps) == (FROZEN, {OLDER: 2}, ())
    assert verify(desk).findings == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_set_up_reads_the_bookings_of_the_days_whose_limit_it_moves_alone_and_no_old_ones(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    eats(desk, a_family_of(desk, "Un"), THURSDAY, date(2026, 12, 4))
    read: list[list[date]] = []

    def reading(connection: Connection, slots: Sequence[Any], *rest: Any) -> tuple[SlotBookings, ...]:
        read.append([slot.day for slot in slots])
        return read_bookings(connection, slots, *rest)

    monkeypatch.setattr(meal_orders, "read_bookings", reading)
    administrator = a_desk(database, Role.ADMINISTRATEUR, at="2026-12-03 09:00")
    commune = read_settings(administrator).commune
    renamed = replace(commune, regie=replace(commune.regie, till="Caisse du guichet"))
    settings_with(administrator, renamed)
    later = replace(renamed, policy=replace(renamed.policy, meal_freeze_minutes=20))
    settings_with(administrator, later)
    set_time(administrator, paris("2027-02-03 09:00"))
    settings_with(administrator, renamed)
    assert [days for days in read if days] == [[THURSDAY]], "Friday was not frozen; in February both are past"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_verifier_names_an_order_that_is_not_what_the_bookings_say(desk: Desk) -> None:
    eats(desk, a_family_of(desk, "Un"), THURSDAY)
    set_time(desk, paris("2026-12-02 13:00"))
    the_sheet(desk)
    with unguarded(desk) as connection:
        for change, named in (
            ("UPDATE meal_order_line SET meals = 2", "meal_order"),
            ("UPDATE meal_order_line SET diet = 'sans_porc'", "meal_order"),
            ("DELETE FROM meal_order_line", "meal_order"),
        ):
            with undone(connection):
                sql(connection, change)
                found = [one for one in findings_of(connection, clock_of(desk).instant) if one.table == named]
                assert found, change
                assert "les journées réservées en donnent" in found[0].sentence


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_enfance_and_the_sites_alone_see_numbers_and_nothing_is_written_for_the_others(
    desk: Desk, database: Database, role: Role, tmp_path: Path
) -> None:
    eats(desk, a_family_of(desk, "Un"), THURSDAY)
    at_it = a_desk(database, role, at="2026-12-02 13:00", documents_dir=tmp_path)
    before = row_counts(database)
    for ask in (
        lambda: load_meals(at_it, THURSDAY, THURSDAY),
        lambda: order_meals(at_it, THURSDAY, THURSDAY, new_operation()),
        lambda: meal_papers.print_meals(at_it, THURSDAY, THURSDAY),
        lambda: meal_papers.write_meals(at_it, THURSDAY, THURSDAY, "csv"),
        lambda: expected.load_expected(at_it, THURSDAY, THURSDAY),
        lambda: expected_papers.print_expected(at_it, THURSDAY, THURSDAY),
        lambda: expected_papers.write_expected(at_it, THURSDAY, THURSDAY, "xlsx"),
    ):
        if role in (Role.ENFANCE, Role.SITE):
            ask()
        else:
            with pytest.raises(NotAllowed, match="effectifs"):
                ask()
    if role not in (Role.ENFANCE, Role.SITE):
        assert row_counts(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_days_in_disorder_or_too_many_are_refused_and_a_week_takes_few_statements(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="avant le premier"):
        load_meals(desk, THURSDAY, WEDNESDAY)
    with pytest.raises(InvalidInput, match="92 jours"):
        expected.load_expected(desk, WEDNESDAY, date(2027, 12, 2))
    for name in ("Un", "Deux", "Trois"):
        eats(desk, a_family_of(desk, name), THURSDAY)
    for ask in (load_meals, expected.load_expected):
        with statements() as seen:
            ask(desk, WEDNESDAY, date(2026, 12, 6))
        assert len(seen) <= 14, ask


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_kitchen_s_order_is_printed_without_names_and_says_what_changed_since(desk: Desk) -> None:
    family, other = a_family_of(desk, "Zwingli"), a_family_of(desk, "Calvino", diet="sans_porc")
    for one in (family, other):
        eats(desk, one, THURSDAY)
    provisional = meal_papers.print_meals(desk, THURSDAY, THURSDAY)
    text = text_of(provisional.path)
    assert "provisoire, commande arrêtée le mercredi 2 décembre 2026 à 12 h 15" in text
    set_time(desk, paris("2026-12-02 14:00"))
    assert "commande du mercredi 2 décembre 2026 à 12 h 15, sans écart" in text_of(
        meal_papers.print_meals(desk, WEDNESDAY, THURSDAY).path
    )
    set_time(desk, paris("2026-12-02 18:30"))
    finish(desk, other.dossier_id, remove(other.child_id, MEAL, THURSDAY))
    text = text_of(meal_papers.print_meals(desk, THURSDAY, THURSDAY).path)
    assert "commande du mercredi 2 décembre 2026 à 12 h 15 + écarts au mercredi 2 décembre 2026 à 18 h 30" in text
    assert "02/12 à 18 h 30 : −1 menu sans porc, 6 ans et plus – annulé hors délai" in text
    assert "Menu sans porc 1 −1 0 0 0" in text
    assert "Total à cuisiner 2 −1 1 0 1" in text
    assert "Zwingli" not in text
    assert "Calvino" not in text

    written = meal_papers.write_meals(desk, THURSDAY, THURSDAY, "xlsx")
    rows = list(load_workbook(written.path).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[3:8] for row in rows[1:]] == [
        ("ordinaire", "6 ans et plus", 1, 0, 1),
        ("sans porc", "6 ans et plus", 1, -1, 0),
    ]
    csv = meal_papers.write_meals(desk, THURSDAY, THURSDAY, "csv").path.read_text("utf-8")
    assert "03/12/2026;Harmonie;restaurant scolaire;sans porc;6 ans et plus;1;-1;0;" in csv


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(path).pages)
