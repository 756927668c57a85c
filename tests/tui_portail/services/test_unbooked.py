"""Present without booking: a debt at the policy's price, cashed as a régularisation, taken back while it may be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, paris, the_commune
from tests.tui_portail.services.attendance_acts import (
    ABSENT,
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
    BREAK,
    EVENING,
    EVENING_CENTS,
    FRIDAY,
    MEAL,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    alternate_weeks,
    archive,
    book_and_pay,
    clock_of,
    finish,
    hold,
    pay_by_card,
    remove,
    row_counts,
    set_capacity,
    set_time,
    states_of,
)
from tui_portail.book_entries import narration
from tui_portail.commune import Commune
from tui_portail.price_grids import FlatTariff
from tui_portail.services.attendance import DayToCome, NotExpected
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.commune import record_commune
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.erasure import preview_erasure
from tui_portail.services.queue import list_queue
from tui_portail.services.registers import WHOLE, open_books
from tui_portail.services.registers_revenue import revenue
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.till import open_session
from tui_portail.services.unbooked import (
    AlreadyExpected,
    ChildUnknown,
    NotYourMark,
    UnbookedPaid,
    UnbookedRefused,
    clear_unbooked,
    mark_unbooked,
)
from tui_portail.services.verification import verify

SLOT = at(EVENING)


def dearer() -> Commune:
    """A commune that asks half as much again, and two euros more."""
    commune = the_commune()
    rules = replace(commune.policy.attendance, unbooked_factor=Fraction(3, 2), unbooked_extra_cents=2_00)
    return replace(commune, policy=replace(commune.policy, attendance=rules))


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent of both desks, régisseur too, the till open; whatever was done then, the verifier finds nothing."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR, commune=dearer())
    open_session(desk, 100_00, new_operation())
    set_time(desk, paris(THURSDAY_EVENING))
    yield desk
    books_hold(database, clock_of(desk).instant)
    assert verify(desk).findings == ()


def owed(desk: Desk) -> list[int]:
    """The debts of the queue, in cents."""
    return [line.total_cents for line in list_queue(desk)]


def test_the_day_is_owed_blocks_the_next_booking_and_is_cashed_as_a_regularisation(desk: Desk) -> None:
    family = a_family(desk)
    set_capacity(desk.database, EVENING, THURSDAY, 0)
    made = mark_unbooked(desk_of(desk), SLOT, family.child_id, new_operation())

    assert made.activities == ("ALP soir",)
    assert states(desk, SLOT) == {family.child_id: UNBOOKED}
    due = round(EVENING_CENTS * 1.5 + 0.01) + 2_00
    assert due == 4_93, "1,95 × 1,5 = 2,925, rounded once, + 2,00"
    assert owed(desk) == [due]
    [debt] = list_queue(desk)
    assert load_dossier(desk, family.dossier_id).payers[0].debt_cents == due
    with pytest.raises(ChangesRefused, match="doit"):
        finish_friday(desk, family.child_id, family.dossier_id)

    paid = pay_by_card(desk, debt.basket_id)
    assert paid.total_cents == due
    assert states_of(desk.database, family.child_ids)[family.child_id, EVENING, THURSDAY] == ["confirmed"]
    assert states(desk, SLOT) == {family.child_id: UNBOOKED}, "still told as come without booking"
    with open_books(desk) as books:
        told = revenue(books, WHOLE)
    assert told.net_cents == told.ledger_cents == due
    hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 10)))
    with pytest.raises(UnbookedPaid):
        clear_unbooked(desk, SLOT, family.child_id, new_operation())


def finish_friday(desk: Desk, child_id: int, dossier_id: int) -> None:
    hold(desk, dossier_id, add(child_id, EVENING, date(2026, 12, 10)))


def test_the_meal_brings_the_break_unless_it_was_booked(desk: Desk) -> None:
    set_time(desk, paris("2026-12-01 10:30"))
    family = a_family(desk, children=2)
    nothing, the_break = family.child_ids
    book_and_pay(desk, family.dossier_id, add(the_break, BREAK, THURSDAY))
    set_time(desk, paris("2026-12-03 12:30"))

    both = mark_unbooked(desk, at(MEAL), nothing, new_operation())
    meal = mark_unbooked(desk, at(MEAL), the_break, new_operation())
    assert set(both.activities) == {"restaurant scolaire", "garderie de la pause méridienne"}
    assert meal.activities == ("restaurant scolaire",)
    assert states(desk, at(BREAK)) == {nothing: UNBOOKED, the_break: None}
    assert len(owed(desk)) == 2, "a debt a gesture"

    clear_unbooked(desk, at(BREAK), nothing, new_operation())
    assert states(desk, at(MEAL)) == {the_break: UNBOOKED}, "what came together goes together"
    assert len(owed(desk)) == 1
    again = mark_unbooked(desk, at(MEAL), nothing, new_operation())
    assert again == both


def test_the_payer_is_the_one_who_has_the_child_that_day(desk: Desk) -> None:
    family = a_family(desk, two_payers=True)
    first, second = family.payer_ids
    alternate_weeks(desk.database, family.child_id, second, first, date(2026, 11, 30))
    mark_unbooked(desk, SLOT, family.child_id, new_operation())
    [debt] = list_queue(desk)
    assert load_basket(desk, debt.basket_id).payer_id == second


def test_a_slip_of_the_finger_is_taken_back_by_its_agent_the_same_day_only(desk: Desk) -> None:
    family = a_family(desk)
    site, colleague = desk_of(desk), desk_of(desk, Role.ENFANCE, name="Sol Marin")
    operation = new_operation()
    assert mark_unbooked(site, SLOT, family.child_id, operation) == mark_unbooked(
        site, SLOT, family.child_id, operation
    )
    with pytest.raises(AlreadyExpected, match="a réservé"):
        mark_unbooked(colleague, SLOT, family.child_id, new_operation())
    with pytest.raises(NotYourMark):
        clear_unbooked(colleague, SLOT, family.child_id, new_operation())
    clear_unbooked(site, SLOT, family.child_id, new_operation())
    assert (owed(desk), states(desk, SLOT)) == ([], {})
    with pytest.raises(NotExpected):
        clear_unbooked(site, SLOT, family.child_id, new_operation())

    mark_unbooked(site, SLOT, family.child_id, new_operation())
    set_time(desk, paris("2026-12-04 08:00"))
    with pytest.raises(NotYourMark):
        clear_unbooked(site, SLOT, family.child_id, new_operation())
    [debt] = list_queue(desk)
    drop_debt(desk, debt.basket_id, "Pointé par erreur", new_operation())
    assert states(desk, SLOT) == {family.child_id: UNBOOKED}, "whoever drops a debt does not say that nobody came"
    clear_unbooked(colleague, SLOT, family.child_id, new_operation())
    assert states(desk, SLOT) == {}
    labels = [line.label for line in load_dossier(desk, family.dossier_id).operations]
    assert labels.count("Venu sans réservation") == 2


def test_once_paid_the_regisseur_reverses_and_drops_then_the_mark_is_cleared(desk: Desk) -> None:
    family = a_family(desk)
    mark_unbooked(desk, SLOT, family.child_id, new_operation())
    [debt] = list_queue(desk)
    paid = pay_by_card(desk, debt.basket_id)
    undone = reverse_payment(desk, paid.payment_id, [1], desk.commune().policy.reversal_reasons[0], new_operation())
    assert undone.debt_basket_id is not None
    drop_debt(desk, undone.debt_basket_id, "Pointé par erreur", new_operation())
    clear_unbooked(desk, SLOT, family.child_id, new_operation())
    assert states(desk, SLOT) == {}


def test_what_cannot_be_owed_is_refused_and_writes_nothing(desk: Desk) -> None:
    set_time(desk, paris("2026-12-03 11:50"))
    family, gone, payerless = a_family(desk), a_family(desk, last_name="Parti"), a_family(desk, last_name="Seul")
    archive(desk.database, gone.dossier_id, paris("2026-12-01 09:00"))
    with desk.database.write() as connection:
        connection.execute(t.payer.delete().where(t.payer.c.dossier_id == payerless.dossier_id))
    hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, derogation="Urgence"))
    before = row_counts(desk.database)
    for refusal, slot, child_id, words in (
        (DayToCome, at(EVENING, FRIDAY), family.child_id, "pas encore venu"),
        (AlreadyExpected, SLOT, family.child_id, "attend son paiement jusqu’à 12 h 05"),
        (UnbookedRefused, at(WEDNESDAY_ALSH), family.child_id, "n’ouvre pas"),
        (UnbookedRefused, at(EVENING, site="ADOS"), family.child_id, "pas proposée sur ce site"),
        (UnbookedRefused, SLOT, gone.child_id, "archivé"),
        (UnbookedRefused, SLOT, payerless.child_id, "pas de payeur"),
        (ChildUnknown, SLOT, 999_999, "badge"),
    ):
        with pytest.raises(refusal, match=words):
            mark_unbooked(desk, slot, child_id, new_operation())
    assert row_counts(desk.database) == before
    set_time(desk, paris("2026-12-03 17:00"))
    mark_unbooked(desk, SLOT, family.child_id, new_operation())  # the hold expired: its day may be owed


def test_a_day_cancelled_too_late_is_not_charged_twice_when_the_child_comes_after_all(desk: Desk) -> None:
    set_time(desk, paris("2026-12-01 10:30"))
    family = a_family(desk)
    book_and_pay(
        desk, family.dossier_id, [*add(family.child_id, BREAK, THURSDAY), *add(family.child_id, EVENING, THURSDAY)]
    )
    set_time(desk, paris("2026-12-02 15:00"))
    going = [*remove(family.child_id, BREAK, THURSDAY), *remove(family.child_id, EVENING, THURSDAY)]
    finish(desk, family.dossier_id, going)
    set_time(desk, paris(THURSDAY_EVENING))
    before = row_counts(desk.database)
    with pytest.raises(
        AlreadyExpected, match=r"Inès : l’absence avait été annoncée trop tard.*Pointez l’enfant présent"
    ):
        mark_unbooked(desk, SLOT, family.child_id, new_operation())
    assert row_counts(desk.database) == before

    mark(desk, at(BREAK), family.child_id, ABSENT)
    meal = mark_unbooked(desk, at(MEAL), family.child_id, new_operation())
    assert meal.activities == ("restaurant scolaire",)
    assert states(desk, at(BREAK)) == {family.child_id: PRESENT}, "paid already: present, and nothing more is due"
    assert len(owed(desk)) == 1
    clock_of(desk).advance(minutes=1)
    mark(desk, SLOT, family.child_id, PRESENT)
    clear_unbooked(desk, at(MEAL), family.child_id, new_operation())
    assert owed(desk) == []
    assert states(desk, at(BREAK)) == {family.child_id: None}, "what came together goes together"
    assert states(desk, SLOT) == {family.child_id: PRESENT}


def test_a_free_day_leaves_no_debt_and_is_taken_back_as_another(desk: Desk) -> None:
    commune = desk.commune()
    free = tuple(replace(grid, tariff=FlatTariff(0)) if grid.activity == EVENING else grid for grid in commune.grids)
    rules = replace(commune.policy.attendance, unbooked_extra_cents=0)
    with desk.database.write() as connection:
        changed = replace(commune, grids=free, policy=replace(commune.policy, attendance=rules))
        record_commune(connection, changed, "essai", desk.now())
    family, site = a_family(desk), desk_of(desk)
    mark_unbooked(site, SLOT, family.child_id, new_operation())
    assert owed(desk) == []
    assert states_of(desk.database, family.child_ids)[family.child_id, EVENING, THURSDAY] == ["confirmed"]
    clear_unbooked(site, SLOT, family.child_id, new_operation())
    assert states(desk, SLOT) == {}
    mark_unbooked(site, SLOT, family.child_id, new_operation())
    set_time(desk, paris("2033-01-05 10:00"))
    assert preview_erasure(desk, family.dossier_id).obstacles == ()


def test_a_day_older_than_sixty_days_is_owed_no_more(desk: Desk) -> None:
    family = a_family(desk)
    set_time(desk, paris("2027-02-02 09:00"))
    with pytest.raises(UnbookedRefused, match="dans les 60 jours, et le jeudi 3 décembre 2026 est plus ancien"):
        mark_unbooked(desk, SLOT, family.child_id, new_operation())
    set_time(desk, paris("2027-02-01 09:00"))
    assert mark_unbooked(desk, SLOT, family.child_id, new_operation()).activities == ("ALP soir",)


def test_the_journal_names_the_entry(desk: Desk) -> None:
    family = a_family(desk)
    mark_unbooked(desk, SLOT, family.child_id, new_operation())
    with desk.database.read() as connection:
        [kind] = connection.scalars(select(t.journal_entry.c.kind).where(t.journal_entry.c.kind == "creance"))
    assert narration(kind, "") == "Venu sans réservation : journée due"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sites_and_enfance_may_and_nobody_else(database: Database, role: Role) -> None:
    desk = a_desk(database, at=THURSDAY_EVENING)
    family = a_family(desk)
    asked = desk_of(desk, role)
    before = row_counts(database)
    for gesture in (mark_unbooked, clear_unbooked):
        if role in (Role.ENFANCE, Role.SITE):
            gesture(asked, SLOT, family.child_id, new_operation())
        else:
            with pytest.raises(NotAllowed):
                gesture(asked, SLOT, family.child_id, new_operation())
    assert (row_counts(database) == before) is (role not in (Role.ENFANCE, Role.SITE))
