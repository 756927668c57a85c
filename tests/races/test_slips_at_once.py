"""Several desks on the same deposit slip: one validates it, a payment stands in one slip, whatever is reversed meanwhile."""

from collections import Counter

import pytest
from sqlalchemy import select

from models import tables as t
from models.engine import Database
from models.states import MovementKind, SlipState
from tests.factories import a_desk, an_agent
from tests.races import desks as acts
from tests.races.desks import DESKS, WON, Desks, Place
from tests.races.test_two_desks_at_once import meanwhile, told
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import card, cash, cheque
from tests.tui_portail.services.slip_acts import a_regie, balance, pay, pay_all, prepared, sums, unpaid, validated
from tests.tui_portail.services.till_acts import close_till, pieces_of
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.rights import Role
from tui_portail.services.slip_reading import list_slips, load_slip
from tui_portail.services.slips import prepare_slip, take_out, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.till_float import expected_float

pytestmark = pytest.mark.race
ROUNDS = 5
OURS = {
    WON,
    "BASE_OCCUPEE",
    "BORDEREAU_REFUSE",
    "BORDEREAU_VALIDE",
    "PAIEMENT_DEJA_CONTRE_PASSE",
    "RIEN_A_VERSER",
    "SAISIE_INVALIDE",
}


def seat(desk: Desk) -> list[Place]:
    """Seat a régisseur at each desk."""
    agents = [an_agent(desk.database, Role.REGISSEUR) for _ in range(DESKS)]
    return [Place(desk.database.url, agent.agent_id, desk.now()) for agent in agents]


def test_desks_that_validate_the_same_slip_at_once_validate_it_once_in_every_round(
    database: Database, desks: Desks
) -> None:
    desk = a_regie(database)
    outcomes = []
    for _ in range(ROUNDS):
        pay_all(desk, cash(20_00), cheque(30_00))
        outcomes += list(
            zip(*desks.race(acts.validate_in_rounds, [(p, {20_00: 1}, 1) for p in seat(desk)]), strict=True)
        )

    for of_round in outcomes:
        assert Counter(of_round) == {WON: 1, "BORDEREAU_VALIDE": DESKS - 1}
    assert balance(desk, "recettes_versees") == ROUNDS * 50_00
    assert [row.number for row in list_slips(desk)] == [f"BV-2026-{number:04d}" for number in range(ROUNDS, 0, -1)]
    books_hold(database, desk.now())


def test_desks_that_prepare_change_validate_and_reverse_at_random_put_each_payment_in_one_slip(
    database: Database, desks: Desks
) -> None:
    desk = a_regie(database)
    paid = [one.payment_id for one in pay_all(desk, *(card(10_00 + place) for place in range(12)))]
    arguments = [(place, paid, seed, 12) for seed, place in enumerate(seat(desk))]

    outcomes = Counter(outcome for at_desk in desks.race(acts.slips_at_random, arguments) for outcome in at_desk)

    assert set(outcomes) <= OURS
    assert outcomes[WON] > DESKS
    books_hold(database, desk.now())
    with database.read() as connection:
        lines = connection.execute(select(t.deposit_slip_line.c.payment_id, t.deposit_slip_line.c.kind)).all()
    assert len(set(lines)) == len(lines)


@pytest.mark.postgresql
def test_a_payment_taken_out_while_the_slip_is_validated_is_told_it_is_too_late(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_desk(postgresql, Role.REGISSEUR)
    paid = pay(desk, card(10_00))
    draft = prepared(desk)

    def take() -> object:
        return take_out(other, draft.slip_id, paid.payment_id, new_operation())

    with meanwhile(postgresql, "UPDATE deposit_slip", take) as second:
        validated(desk, draft)
    assert told(second) == "BORDEREAU_VALIDE"
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_a_draft_prepared_while_the_one_before_is_validated_is_the_next(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_desk(postgresql, Role.REGISSEUR)
    pay(desk, card(10_00))
    draft = prepared(desk)
    late = pay(desk, card(5_00))

    with meanwhile(postgresql, "UPDATE deposit_slip", lambda: prepare_slip(other, new_operation())) as second:
        validated(desk, draft)
    following = second.result()
    assert (following.state, [line.payment_id for line in following.lines]) == (SlipState.DRAFT, [late.payment_id])
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_a_payment_reversed_while_its_slip_is_validated_is_taken_off_the_next(postgresql: Database) -> None:
    desk = a_regie(postgresql)
    other = a_desk(postgresql, Role.REGISSEUR)
    paid = pay(desk, cheque(10_00))
    draft = prepared(desk)

    with meanwhile(postgresql, "UPDATE deposit_slip", lambda: unpaid(other, paid)) as second:
        slip = validated(desk, draft)
    assert second.exception(0) is None
    assert sums(load_slip(desk, slip.slip_id)) == (10_00, 0, 10_00)
    assert sums(prepared(desk)) == (-10_00, 0, -10_00)
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_a_till_opened_while_its_cash_is_deposited_expects_what_is_left(postgresql: Database) -> None:
    desk, other = a_regie(postgresql), a_desk(postgresql, Role.REGISSEUR)
    pay(desk, cash(60_00))
    close_till(desk)
    draft = prepared(desk)

    with meanwhile(postgresql, "UPDATE deposit_slip", lambda: open_session(other, 100_00, new_operation())) as second:
        validate_slip(desk, draft.slip_id, pieces_of(60_00), new_operation())
    assert second.result().float_cents == 100_00
    assert (balance(desk, "ecarts"), expected_float(desk)) == (0, None)
    books_hold(postgresql, desk.now())


@pytest.mark.postgresql
def test_cash_put_back_in_the_till_while_a_slip_takes_it_is_put_back_or_deposited_never_both(
    postgresql: Database,
) -> None:
    desk, other = a_regie(postgresql), a_desk(postgresql, Role.REGISSEUR)
    pay(desk, cash(60_00))
    record_movement(desk, MovementKind.DEPOSIT, 60_00, "Dépôt au Trésor", new_operation())
    draft = prepared(desk)

    def put_back() -> object:
        return record_movement(other, MovementKind.RETURN, 60_00, "Trésor fermé", new_operation())

    with meanwhile(postgresql, "UPDATE deposit_slip", put_back) as second:
        validated(desk, draft)
    assert told(second) == "RETOUR_TROP_GRAND"
    assert [balance(desk, account) for account in ("especes_a_verser", "caisse")] == [0, 100_00]
    books_hold(postgresql, desk.now())
