"""A debt that is not to be paid is dropped by the régisseur: its days are cancelled, it blocks nothing, and every account agrees."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    FRIDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    agent_of,
    audit_of,
    card,
    cash,
    clock_of,
    finish,
    hold,
    remove,
    row_counts,
    set_capacity,
    set_time,
    states_of,
)
from tests.tui_portail.services.slip_acts import NOTHING
from tests.tui_portail.services.tampering import found, sql, unguarded
from tests.tui_portail.services.till_acts import close_till, next_till
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.payment_rules import Tender
from tui_portail.services.baskets import BasketAlreadyPaid, BasketGone, BasketUnknown
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.dropped_debts import NotADebt, drop_debt
from tui_portail.services.family_facts import avoir_balances
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.registers import WHOLE, open_books
from tui_portail.services.registers_revenue import revenue
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket
from tui_portail.services.tax_certificates import list_certificates
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

ANOTHER_FAMILY = "Encaissé pour une autre famille"
DECIDED = "Décision de l’ordonnateur du 3 décembre 2026"
DAYS = (THURSDAY, FRIDAY)
WEDNESDAY = date(2026, 12, 9)
PAST_THE_LIMIT = paris("2026-12-02 14:00")


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent who books, cashes and answers for the régie, the till open; whatever was done then, the verifier finds nothing."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 100_00, new_operation())
    yield desk
    books_hold(database, clock_of(desk).instant)
    assert verify(desk).findings == ()


def paid(desk: Desk, family: Family, *days: date, by: Tender | None = None, activity: str = EVENING) -> CashedBasket:
    basket = hold(desk, family.dossier_id, add(family.child_id, activity, *days))
    tenders = [by, card(basket.due_cents - by.amount_cents)] if by else [card(basket.due_cents)]
    return cash_basket(desk, basket.basket_id, tenders, new_operation())


def owed(desk: Desk, cashed: CashedBasket, reason: str = NOTHING, *lost: int) -> int:
    """Reverse a payment and return the basket of the debt it leaves."""
    undone = reverse_payment(desk, cashed.payment_id, lost or (1,), reason, new_operation())
    assert undone.debt_basket_id is not None
    return undone.debt_basket_id


def an_absence_owed(desk: Desk) -> tuple[Family, int]:
    """A Wednesday cancelled too late, that waits for its justificatif, of a payment reversed since: the family, and the debt's basket."""
    family = a_family(desk, children=[a_child(renew_alsh_years=(2026,))])
    cashed = paid(desk, family, WEDNESDAY, activity=WEDNESDAY_ALSH)
    set_time(desk, paris("2026-12-09 08:00"))
    next_till(desk)
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, WEDNESDAY))
    return family, owed(desk, cashed)


def accounts(desk: Desk) -> dict[str, int]:
    posting = t.posting.c
    with desk.database.read() as connection:
        rows = connection.execute(select(posting.account, func.sum(posting.amount_cents)).group_by(posting.account))
        return {account: int(cents) for account, cents in rows if cents}


def test_a_payment_of_another_family_reversed_past_the_limit_leaves_a_debt_that_can_be_dropped(desk: Desk) -> None:
    family = a_family(desk)
    before = accounts(desk)
    cashed = paid(desk, family, THURSDAY)
    set_time(desk, PAST_THE_LIMIT)
    next_till(desk)
    debt = owed(desk, cashed, ANOTHER_FAMILY)
    with pytest.raises(ChangesRefused, match="demandez au régisseur de l’annuler"):
        finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))
    with pytest.raises(ChangesRefused, match="demandez au régisseur de l’y annuler"):
        finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))

    dropped = drop_debt(desk, debt, ANOTHER_FAMILY, new_operation())

    assert (dropped.dropped_cents, dropped.days) == (EVENING_CENTS, 1)
    assert states_of(desk.database, family.child_ids) == {(family.child_id, EVENING, THURSDAY): ["cancelled"]}
    assert list_queue(desk) == ()
    assert load_dossier(desk, family.dossier_id).payers[0].debt_cents == 0
    assert accounts(desk) == before
    assert hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).due_cents == EVENING_CENTS


def test_the_places_of_the_days_still_to_come_are_given_back(desk: Desk) -> None:
    set_capacity(desk.database, EVENING, FRIDAY, 1)
    family, other = a_family(desk), a_family(desk, last_name="Martin")
    debt = owed(desk, paid(desk, family, FRIDAY))
    with pytest.raises(ChangesRefused):
        hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))

    drop_debt(desk, debt, DECIDED, new_operation())

    assert hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY)).due_cents == EVENING_CENTS


def test_the_drop_is_in_the_trail_and_in_the_journal_with_its_reason_and_in_the_dossier_with_its_amount(
    desk: Desk,
) -> None:
    family = a_family(desk)
    debt = owed(desk, paid(desk, family, *DAYS))

    drop_debt(desk, debt, f"  {DECIDED} ", new_operation())

    [event] = audit_of(desk.database, "annuler_dette")
    assert (event.agent_id, event.reason, event.dossier_id) == (agent_of(desk).agent_id, DECIDED, family.dossier_id)
    with desk.database.read() as connection:
        entry = connection.execute(select(t.journal_entry).order_by(t.journal_entry.c.seq.desc())).first()
    assert entry is not None
    assert (entry.kind, DECIDED in entry.document) == ("dette_annulee", True)
    done = load_dossier(desk, family.dossier_id).operations[0]
    assert (done.label, done.amount_cents) == ("Dette annulée", 2 * EVENING_CENTS)


def test_what_was_kept_and_the_avoirs_stay_the_payers(desk: Desk) -> None:
    family = a_family(desk)
    cashed = paid(desk, family, *DAYS, by=cash(1_00))
    debt = owed(desk, cashed, NOTHING, 2)

    drop_debt(desk, debt, DECIDED, new_operation())

    with desk.database.read() as connection:
        left = avoir_balances(connection, [family.payer_id])[family.payer_id]
    assert [avoir.remaining_cents for avoir in left] == [1_00]


def test_a_debt_dropped_counts_neither_as_revenue_nor_in_the_tax_certificate(desk: Desk) -> None:
    small = a_child(birth_on=date(2022, 3, 1), school_code="MATERNELLE", class_name="Moyenne section")
    family = a_family(desk, children=[small])
    debt = owed(desk, paid(desk, family, *DAYS))

    drop_debt(desk, debt, DECIDED, new_operation())

    with open_books(desk) as books:
        told = revenue(books, WHOLE)
    assert told.net_cents == told.ledger_cents == 0
    assert list_certificates(desk, 2026) == ()


def test_an_absence_whose_debt_is_dropped_gives_nothing_back_even_with_a_justificatif(desk: Desk) -> None:
    family, debt = an_absence_owed(desk)
    [proof] = waiting_proofs(desk)
    assert proof.refund_cents > 0

    drop_debt(desk, debt, DECIDED, new_operation())

    [proof] = waiting_proofs(desk)
    assert proof.refund_cents == 0
    assert verify(desk).findings == ()
    judged = judge_proof_received(desk, proof.proof_id, WEDNESDAY, True, proof_reasons(desk, True)[0], new_operation())
    assert judged.avoirs == ()
    assert states_of(desk.database, family.child_ids) == {(family.child_id, WEDNESDAY_ALSH, WEDNESDAY): ["cancelled"]}


def test_a_debt_is_dropped_with_the_till_closed_since_no_money_moves(desk: Desk) -> None:
    debt = owed(desk, paid(desk, a_family(desk), *DAYS))
    close_till(desk)

    assert drop_debt(desk, debt, DECIDED, new_operation()).dropped_cents == 2 * EVENING_CENTS


def test_a_drop_sent_twice_is_done_once(desk: Desk) -> None:
    debt, operation = owed(desk, paid(desk, a_family(desk), *DAYS)), new_operation()
    first = drop_debt(desk, debt, DECIDED, operation)
    after = row_counts(desk.database)

    assert drop_debt(desk, debt, DECIDED, operation) == first
    assert row_counts(desk.database) == after


def test_only_a_debt_that_still_waits_is_dropped_and_with_a_reason(desk: Desk) -> None:
    family = a_family(desk)
    settled, dropped = owed(desk, paid(desk, family, THURSDAY)), owed(desk, paid(desk, a_family(desk), THURSDAY))
    cash_basket(desk, settled, [card(EVENING_CENTS)], new_operation())
    drop_debt(desk, dropped, DECIDED, new_operation())
    on_hold = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id
    waiting = owed(desk, paid(desk, a_family(desk), THURSDAY))
    before = row_counts(desk.database)

    refusals: list[tuple[int, str, type[PortailError]]] = [
        (settled, DECIDED, BasketAlreadyPaid),
        (dropped, DECIDED, BasketGone),
        (on_hold, DECIDED, NotADebt),
        (10**6, DECIDED, BasketUnknown),
        (waiting, "  ", InvalidInput),
        (waiting, "x" * 201, InvalidInput),
    ]
    for basket_id, reason, refusal in refusals:
        with pytest.raises(refusal):
            drop_debt(desk, basket_id, reason, new_operation())
    assert row_counts(desk.database) == before


def test_the_verifier_names_a_day_never_paid_that_a_justificatif_would_give_back(desk: Desk) -> None:
    _, debt = an_absence_owed(desk)
    drop_debt(desk, debt, DECIDED, new_operation())

    with unguarded(desk) as connection:
        sql(connection, "UPDATE booking SET state = 'cancelled_late'")
        assert "booking" in {table for table, _ in found(desk, connection)}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET reason = 'Oubli' WHERE gesture = 'annuler_dette'",
        "UPDATE audit_event SET result = '{\"days\":2,\"dropped_cents\":1}' WHERE gesture = 'annuler_dette'",
        "UPDATE audit_event SET subject_id = '999' WHERE gesture = 'annuler_dette'",
        "UPDATE booking SET state = 'confirmed', ended_at = NULL WHERE state = 'cancelled'",
        "UPDATE booking SET state = 'cancelled_late' WHERE state = 'cancelled'",
        "UPDATE booking SET state = 'released' WHERE state = 'cancelled'",
        "UPDATE basket SET closed_at = '2026-12-05 10:00:00.000000' WHERE kind = 'regularisation'",
    ],
)
def test_the_verifier_names_a_drop_that_was_told_otherwise(desk: Desk, change: str) -> None:
    drop_debt(desk, owed(desk, paid(desk, a_family(desk), *DAYS)), DECIDED, new_operation())
    with unguarded(desk) as connection:
        sql(connection, change)
        assert "audit_event" in {table for table, _ in found(desk, connection)}
