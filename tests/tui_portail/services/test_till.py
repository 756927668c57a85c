"""The till from one session to the next: what it must hold, what moves its cash, what is forgotten."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from tests.factories import a_family, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    THURSDAY,
    add,
    audit_of,
    card,
    cash,
    cheque,
    hold,
    row_counts,
    set_time,
)
from tests.tui_portail.services.till_acts import (
    WHY,
    a_till_desk,
    account,
    close_till,
    next_till,
    sell,
)
from tui_portail.errors import InvalidInput
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.cash_movements import MovementKind, record_movement
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.till import (
    TillAlreadyOpen,
    TillClosed,
    TillForgotten,
    TillRefused,
    current_session,
    open_session,
)
from tui_portail.services.till_balance import TillBalance, till_balance
from tui_portail.services.till_float import expected_float
from tui_portail.services.verification import verify

TOMORROW = paris("2026-12-02 08:30")


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent of both desks, the till open with 100,00 €; whatever was done then, the verifier finds nothing."""
    made = a_till_desk(database)
    open_session(made, 100_00, new_operation())
    yield made
    assert verify(made).findings == ()


def balance_of(desk: Desk) -> TillBalance:
    balance = till_balance(desk)
    assert balance is not None
    return balance


def test_a_till_never_closed_expects_no_float_and_has_no_balance(database: Database) -> None:
    desk = a_till_desk(database)
    assert expected_float(desk) is None
    assert till_balance(desk) is None


def test_the_next_session_starts_at_what_was_counted_and_books_nothing_twice(desk: Desk) -> None:
    sell(desk, THURSDAY, FRIDAY)
    close_till(desk)
    assert current_session(desk) is None
    assert expected_float(desk) == 120_00

    session = open_session(desk, 120_00, new_operation())

    assert (session.float_cents, account(desk, "caisse"), account(desk, "fonds_de_caisse")) == (120_00, 120_00, -100_00)
    assert balance_of(desk).cash_cents == 120_00
    assert account(desk, "ecarts") == 0


def test_a_float_that_is_not_the_one_expected_needs_a_reason_and_is_a_difference_of_its_own(desk: Desk) -> None:
    close_till(desk)
    before = row_counts(desk.database)
    with pytest.raises(TillRefused, match="il manque 5,00") as refused:
        open_session(desk, 95_00, new_operation())
    assert refused.value.code == "ECART_SANS_MOTIF"
    assert row_counts(desk.database) == before

    open_session(desk, 95_00, new_operation(), WHY)

    assert (account(desk, "caisse"), account(desk, "ecarts")) == (95_00, 5_00)
    assert balance_of(desk).cash_cents == 95_00
    with desk.database.read() as connection:
        [difference] = connection.execute(select(t.till_difference))
        kinds = connection.scalars(select(t.journal_entry.c.kind).order_by(t.journal_entry.c.seq)).all()
    assert (difference.counted_at, difference.means, difference.reason) == ("ouverture", "especes", WHY)
    assert (difference.expected_cents, difference.counted_cents) == (100_00, 95_00)
    assert list(kinds) == ["ouverture", "cloture_caisse", "ouverture", "ecart"]
    assert [row.reason for row in audit_of(desk.database, "ouvrir_caisse")] == ["", WHY]


def test_a_till_left_with_more_than_a_float_may_hold_opens_the_next_day_and_is_emptied_at_once(desk: Desk) -> None:
    record_movement(desk, MovementKind.SUPPLY, 9_950_00, "Trésorerie", new_operation())
    sell(desk)
    sell(desk, last_name="Martin")
    sell(desk, last_name="Petit")
    sell(desk, last_name="Leroy")
    sell(desk, last_name="Roux")
    close_till(desk)

    session = open_session(desk, 10_100_00, new_operation())

    assert session.float_cents == 10_100_00
    assert record_movement(desk, MovementKind.DEPOSIT, 10_000_01, "Trésorerie", new_operation()) == 99_99


def test_sessions_follow_each_other_without_fork(desk: Desk) -> None:
    next_till(desk)
    next_till(desk)
    with desk.database.read() as connection:
        rows = connection.execute(select(t.till_session).order_by(t.till_session.c.id)).all()
    assert [row.previous_id for row in rows] == [None, rows[0].id, rows[1].id]
    assert [row.state for row in rows] == ["close", "close", "ouverte"]
    with pytest.raises(TillAlreadyOpen):
        open_session(desk, 100_00, new_operation())


def test_the_balance_says_each_means_the_movements_and_the_cash_that_must_be_there(desk: Desk) -> None:
    sell(desk, THURSDAY, FRIDAY)
    sell(desk, by=card, last_name="Martin")
    sell(desk, by=cheque, last_name="Petit")
    record_movement(desk, MovementKind.SUPPLY, 50_00, "Monnaie", new_operation())
    record_movement(desk, MovementKind.WITHDRAWAL, 20_00, "Fonds trop grand", new_operation())
    record_movement(desk, MovementKind.DEPOSIT, 80_00, "Trésorerie", new_operation())

    balance = balance_of(desk)

    assert [(flow.label, flow.received_cents, flow.reversed_cents) for flow in balance.flows] == [
        ("Espèces", 20_00, 0),
        ("Chèque", 10_00, 0),
        ("Carte bancaire", 10_00, 0),
    ]
    assert [(move.kind, move.amount_cents, move.reason) for move in balance.movements] == [
        (MovementKind.SUPPLY, 50_00, "Monnaie"),
        (MovementKind.WITHDRAWAL, -20_00, "Fonds trop grand"),
        (MovementKind.DEPOSIT, -80_00, "Trésorerie"),
    ]
    assert balance.cash_cents == account(desk, "caisse") == 70_00
    assert (len(balance.cheques), balance.cheques_cents) == (1, 10_00)
    assert [(value.means, value.expected_cents) for value in balance.values] == [(Means.CESU, 0), (Means.ANCV, 0)]
    assert (account(desk, "fonds_de_caisse"), account(desk, "especes_a_verser")) == (-130_00, 80_00)


def test_no_more_comes_back_than_went_out_and_waits_for_a_slip(desk: Desk) -> None:
    record_movement(desk, MovementKind.DEPOSIT, 80_00, "Trésorerie", new_operation())
    before = row_counts(desk.database)
    with pytest.raises(TillRefused, match="80,00") as refused:
        record_movement(desk, MovementKind.RETURN, 80_01, "Trésor fermé", new_operation())
    assert refused.value.code == "RETOUR_TROP_GRAND"
    with pytest.raises(TillRefused) as unexplained:
        record_movement(desk, MovementKind.RETURN, 80_00, " ", new_operation())
    assert unexplained.value.code == "MOUVEMENT_SANS_MOTIF"
    assert row_counts(desk.database) == before

    assert record_movement(desk, MovementKind.RETURN, 80_00, "Trésor fermé", new_operation()) == 100_00
    with pytest.raises(TillRefused, match="rien à remettre"):
        record_movement(desk, MovementKind.RETURN, 1, "Trésor fermé", new_operation())


def test_a_versement_of_the_day_before_comes_back_to_the_next_session(desk: Desk) -> None:
    record_movement(desk, MovementKind.DEPOSIT, 80_00, "Trésorerie", new_operation())
    set_time(desk, TOMORROW)
    next_till(desk)

    record_movement(desk, MovementKind.RETURN, 80_00, "Trésor fermé", new_operation())

    assert balance_of(desk).cash_cents == account(desk, "caisse") == 100_00
    books_hold(desk.database, desk.now())


def test_a_movement_sent_twice_is_done_once(desk: Desk) -> None:
    operation = new_operation()
    assert record_movement(desk, MovementKind.SUPPLY, 50_00, "Monnaie", operation) == 150_00
    assert record_movement(desk, MovementKind.SUPPLY, 50_00, "Monnaie", operation) == 150_00
    assert balance_of(desk).cash_cents == 150_00


@pytest.mark.parametrize(
    ("kind", "cents", "reason", "code"),
    [
        (MovementKind.WITHDRAWAL, 100_01, "Fonds trop grand", "CAISSE_INSUFFISANTE"),
        (MovementKind.DEPOSIT, 100_01, "Trésorerie", "CAISSE_INSUFFISANTE"),
        (MovementKind.SUPPLY, 50_00, "  ", "MOUVEMENT_SANS_MOTIF"),
        (MovementKind.SUPPLY, 0, "Monnaie", "SAISIE_INVALIDE"),
        (MovementKind.SUPPLY, -1, "Monnaie", "SAISIE_INVALIDE"),
    ],
)
def test_a_movement_that_cannot_be_is_refused(
    desk: Desk, kind: MovementKind, cents: int, reason: str, code: str
) -> None:
    before = row_counts(desk.database)
    with pytest.raises(TillRefused) as refused:
        record_movement(desk, kind, cents, reason, new_operation())
    assert refused.value.code == code
    assert row_counts(desk.database) == before


def test_a_reason_too_long_or_that_does_not_print_is_refused(desk: Desk) -> None:
    for reason in ("x" * 201, "a\u202eb"):
        with pytest.raises(InvalidInput):
            record_movement(desk, MovementKind.SUPPLY, 1_00, reason, new_operation())


def test_no_cash_moves_in_a_closed_till(desk: Desk) -> None:
    close_till(desk)
    with pytest.raises(TillClosed):
        record_movement(desk, MovementKind.SUPPLY, 1_00, "Monnaie", new_operation())


def test_a_session_of_an_earlier_day_is_forgotten_and_refuses_what_needs_the_till(desk: Desk) -> None:
    set_time(desk, TOMORROW)
    session = current_session(desk)
    assert session is not None
    assert session.forgotten
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert not load_basket(desk, basket.basket_id).till_open
    before = row_counts(desk.database)
    for tender in (cash(10_00), cheque(10_00)):
        with pytest.raises(TillForgotten, match="mardi 1er décembre 2026 par Camille Roux"):
            cash_basket(desk, basket.basket_id, [tender], new_operation())
    with pytest.raises(TillForgotten):
        record_movement(desk, MovementKind.SUPPLY, 1_00, "Monnaie", new_operation())
    with pytest.raises(TillForgotten):
        open_session(desk, 100_00, new_operation())
    assert row_counts(desk.database) == before


def test_a_card_is_taken_apart_from_a_forgotten_session_and_cash_once_it_is_closed(desk: Desk) -> None:
    set_time(desk, TOMORROW)
    apart = sell(desk, by=card)
    next_till(desk)
    sell(desk, last_name="Martin")
    with desk.database.read() as connection:
        sessions = dict(connection.execute(select(t.payment.c.id, t.payment.c.till_session_id)).all())
        closed = connection.scalars(select(t.till_session.c.id).where(t.till_session.c.state == "close")).one()
    assert sessions.pop(apart.payment_id) is None
    assert set(sessions.values()).isdisjoint({closed, None})
    assert balance_of(desk).cash_cents == 110_00
    books_hold(desk.database, desk.now())


@pytest.mark.parametrize("role", [Role.ENFANCE, Role.ADMINISTRATEUR])
def test_the_till_is_for_those_who_cash(database: Database, role: Role) -> None:
    open_session(a_till_desk(database), 0, new_operation())
    other = a_till_desk(database, role)
    for read in (till_balance, expected_float):
        with pytest.raises(NotAllowed):
            read(other)
    with pytest.raises(NotAllowed):
        record_movement(other, MovementKind.SUPPLY, 1_00, "Monnaie", new_operation())
