"""What each means may pay, alone and together, the drawer and the till: what is refused writes nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    BREAK,
    EVENING,
    FRIDAY,
    MEAL,
    MORNING,
    NEXT_MONDAY,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    book_and_pay,
    card,
    cash,
    cash_in,
    cheque,
    finish,
    hold,
    remove,
    row_counts,
)
from tui_portail.errors import InvalidInput
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.baskets import (
    load_basket,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import OperationReused
from tui_portail.services.payment import TendersRefused, cash_basket
from tui_portail.services.till import TillAlreadyOpen, TillClosed, current_session, open_session


def refused(desk: Desk, basket_id: int, tenders: Sequence[Tender]) -> set[str]:
    """Give tenders that must be refused, check that nothing was written, and return the codes."""
    before = row_counts(desk.database)
    with pytest.raises(TendersRefused) as refusal:
        cash_basket(desk, basket_id, tenders, new_operation())
    assert row_counts(desk.database) == before
    assert load_basket(desk, basket_id).state == "ouvert"
    assert refusal.value.sentence
    return {decision.code for decision in refusal.value.decisions}


def young_and_old(desk: Desk) -> Family:
    """A family of two: one of eleven, one of five, both with a current ALSH dossier."""
    children = [
        a_child("Inès", birth_on=date(2015, 3, 12), class_name="CM2", renew_alsh_years=(2026,)),
        a_child(
            "Gabriel",
            birth_on=date(2021, 3, 12),
            school_code="MATERNELLE",
            class_name="Grande section",
            renew_alsh_years=(2026,),
        ),
    ]
    return a_family(desk, children=children)


def test_cash_needs_an_open_till_and_a_card_does_not(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    before = row_counts(database)
    for tender in (cash(1_95), cheque(1_95)):
        with pytest.raises(TillClosed):
            cash_basket(desk, basket.basket_id, [tender], new_operation())
    assert row_counts(database) == before
    open_session(desk, 100_00, new_operation())
    cashed = cash_basket(desk, basket.basket_id, [cash(1_95, 5_00)], new_operation())
    assert (cashed.received_cents, cashed.change_cents, cashed.total_cents) == (5_00, 3_05, 1_95)
    with database.read() as connection:
        [payment] = connection.execute(select(t.payment))
        [tender_row] = connection.execute(select(t.tender))
        moved = connection.scalars(select(t.posting.c.amount_cents).where(t.posting.c.account == "caisse")).all()
    assert payment.till_session_id is not None
    assert (tender_row.amount_cents, tender_row.received_cents) == (1_95, 5_00)
    assert list(moved) == [100_00, 1_95], "the change never enters the till"
    other = a_family(desk, last_name="Martin")
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    books_hold(database, desk.now())


def test_the_till_opens_once(database: Database) -> None:
    desk = a_desk(database)
    assert current_session(desk) is None
    for absurd in (-1, 10**12):
        with pytest.raises(InvalidInput):
            open_session(desk, absurd, new_operation())
    operation = new_operation()
    session = open_session(desk, 100_00, operation)
    assert open_session(desk, 100_00, operation) == session == current_session(desk)
    with pytest.raises(OperationReused):
        open_session(desk, 99_00, operation)
    with pytest.raises(TillAlreadyOpen):
        open_session(desk, 100_00, new_operation())


@pytest.mark.parametrize(
    ("tenders", "codes"),
    [
        ([], {"MONTANT_INSUFFISANT"}),
        ([card(1_94)], {"MONTANT_INSUFFISANT"}),
        ([card(1_96)], {"MOYEN_AU_DELA"}),
        ([card(0)], {"MONTANT_NUL"}),
        ([card(-1_95)], {"MONTANT_NUL"}),
        ([card(1_00), cash(1_00)], {"MONTANT_EXCESSIF"}),
        ([cash(1_95, 1_00)], {"RECU_INSUFFISANT"}),
        ([Tender(Means.CARD, 1_95, 5_00, {"terminal": "1"})], {"SANS_MONNAIE"}),
        ([Tender(Means.CARD, 1_95)], {"REFERENCE_MANQUANTE"}),
        ([Tender(Means.CHEQUE, 1_95, references={"bank": "B", "number": " "})], {"REFERENCE_MANQUANTE"}),
        ([Tender(Means.TRANSFER, 1_95, references={"reference": "V1"})], {"MOYEN_NATURE_PANIER"}),
        ([Tender(Means.PAYFIP, 1_95, references={"reference": "P1"})], {"MOYEN_NON_ADMIS"}),
        ([Tender(Means.CESU, 1_96)], {"MOYEN_AU_DELA"}),
        ([Tender(Means.ANCV, 1_95, 2_00)], {"SANS_MONNAIE"}),
    ],
)
def test_tenders_that_do_not_pay_the_basket_are_refused_and_write_nothing(
    database: Database, tenders: list[Tender], codes: set[str]
) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert refused(desk, basket.basket_id, tenders) == codes
    assert cash_in(desk, basket.basket_id, card(1_95)) == "2026-000001", "the refusal used no number"


def test_cesu_never_pays_the_meal_nor_the_break_nor_the_alsh_of_a_child_of_six(database: Database) -> None:
    desk = a_desk(database)
    family = young_and_old(desk)
    elder, younger = family.child_ids
    open_session(desk, 0, new_operation())
    basket = hold(
        desk,
        family.dossier_id,
        add(elder, MEAL, FRIDAY) + add(elder, WEDNESDAY_ALSH, NEXT_WEDNESDAY) + add(younger, EVENING, FRIDAY),
    )
    payable = 1_66  # the evening of the second child: 1,95 × 0,85
    due = basket.due_cents
    assert refused(desk, basket.basket_id, [Tender(Means.CESU, payable + 1), card(due - payable - 1)]) == {
        "MOYEN_AU_DELA"
    }
    assert cash_in(desk, basket.basket_id, Tender(Means.CESU, payable), card(due - payable))
    books_hold(database, desk.now())


def test_cesu_pays_the_alsh_of_a_child_under_six(database: Database) -> None:
    desk = a_desk(database)
    family = young_and_old(desk)
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_ids[1], WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    assert cash_in(desk, basket.basket_id, Tender(Means.CESU, basket.due_cents))


def test_cash_is_refused_above_300_euros_of_one_payment_and_the_rest_may_be_paid_otherwise(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, renew_alsh_years=(2026, 2027))
    open_session(desk, 100_00, new_operation())
    wednesdays = [date(2026, 12, 9), date(2026, 12, 16)] + [date(2027, 1, day) for day in (6, 13, 20, 27)]
    wednesdays += [date(2027, 2, 3), date(2027, 2, 24)] + [date(2027, 3, day) for day in (3, 10, 17, 24, 31)]
    wednesdays += [date(2027, 4, 21), date(2027, 4, 28), *(date(2027, 5, day) for day in (5, 12, 19, 26))]
    basket = hold(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, *wednesdays))
    assert basket.due_cents == 19 * 16_00
    assert refused(desk, basket.basket_id, [cash(304_00)]) == {"PLAFOND_DEPASSE"}
    assert refused(desk, basket.basket_id, [cash(300_01), card(3_99)]) == {"PLAFOND_DEPASSE"}
    assert refused(desk, basket.basket_id, [cash(200_00), cash(104_00)]) == {"PLAFOND_DEPASSE"}, (
        "in two heaps as in one"
    )
    cashed = cash_basket(desk, basket.basket_id, [cash(300_00, 320_00), card(4_00)], new_operation())
    assert (cashed.change_cents, cashed.received_cents) == (20_00, 324_00)
    books_hold(database, desk.now())


def test_several_means_pay_together_and_what_each_paid_of_each_line_is_kept(database: Database) -> None:
    desk = a_desk(database)
    family = young_and_old(desk)
    elder, younger = family.child_ids
    open_session(desk, 0, new_operation())
    book_and_pay(desk, family.dossier_id, add(elder, MORNING, NEXT_MONDAY))
    finish(desk, family.dossier_id, remove(elder, MORNING, NEXT_MONDAY))
    basket = hold(
        desk,
        family.dossier_id,
        add(elder, MEAL, THURSDAY, FRIDAY)
        + add(younger, EVENING, THURSDAY, FRIDAY)
        + add(younger, WEDNESDAY_ALSH, NEXT_WEDNESDAY),
    )
    assert basket.avoir_cents == 1_30
    cesu = Tender(Means.CESU, 10_00)
    rest = basket.due_cents - 10_00 - 3_00 - 2_00
    mix = [cash(2_00, 10_00), cheque(3_00, drawer="Société Mouette"), cesu, card(rest)]
    cashed = cash_basket(desk, basket.basket_id, mix, new_operation())
    assert cashed.change_cents == 8_00
    with database.read() as connection:
        shares = connection.execute(
            select(t.tender_allocation).where(t.tender_allocation.c.payment_id == cashed.payment_id)
        ).all()
        lines = connection.execute(select(t.payment_line).where(t.payment_line.c.payment_id == cashed.payment_id)).all()
        uses = connection.execute(select(t.avoir_use).where(t.avoir_use.c.payment_id == cashed.payment_id)).all()
        drawer = connection.scalar(select(t.identity_snapshot.c.name).where(t.identity_snapshot.c.kind == "tireur"))
    assert Counter({rank: sum(s.amount_cents for s in shares if s.tender_rank == rank) for rank in (1, 2, 3, 4)}) == {
        1: 2_00,
        2: 3_00,
        3: 10_00,
        4: rest,
    }
    paid: Counter[int] = Counter()
    for part in [*shares, *uses]:
        paid[part.booking_id] += part.amount_cents
    assert paid == {line.booking_id: line.price_cents for line in lines}
    activity = {line.booking_id: line.activity_code for line in lines}
    assert {activity[s.booking_id] for s in shares if s.tender_rank == 3} <= {EVENING, WEDNESDAY_ALSH}
    assert {activity[use.booking_id] for use in uses} <= {MEAL, BREAK}, "avoirs pay what the fewest means may pay"
    assert drawer == "Société Mouette"
    books_hold(database, desk.now())


def test_a_cheque_of_the_payer_names_the_payer_and_anothers_takes_a_snapshot(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    cash_in(desk, basket.basket_id, cheque(95, drawer="marie DUPONT"), cheque(1_00, drawer="Paul Dupont", number="7"))
    with database.read() as connection:
        payer_snapshot = connection.scalar(select(t.payment.c.payer_snapshot_id))
        own, other = connection.scalars(select(t.tender.c.drawer_snapshot_id).order_by(t.tender.c.rank)).all()
        name = connection.scalar(select(t.identity_snapshot.c.name).where(t.identity_snapshot.c.id == other))
    assert own == payer_snapshot
    assert name == "Paul Dupont"
