"""A family that leaves: its avoirs go « à rembourser par mandat », never out of the till."""

from datetime import date

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_desk, a_family, an_agent
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    add,
    book_and_pay,
    finish,
    hold,
    owe,
    remove,
)
from tui_portail.errors import InvalidInput
from tui_portail.services.baskets import load_basket
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.refunds import RefundRefused, list_refunds, request_refund
from tui_portail.services.rights import NotAllowed, Role

DAYS = (date(2026, 12, 10), date(2026, 12, 11))
LEAVES = "Déménagement"


@pytest.fixture
def desk(database: Database) -> Desk:
    return a_desk(database, Role.ENFANCE, Role.REGISSEUR)


@pytest.fixture
def family(desk: Desk) -> Family:
    """A family with two days given back, in two avoirs."""
    made = a_family(desk)
    book_and_pay(desk, made.dossier_id, add(made.child_id, EVENING, *DAYS))
    for day in DAYS:
        finish(desk, made.dossier_id, remove(made.child_id, EVENING, day))
    return made


def test_all_the_avoirs_of_a_payer_who_leaves_are_listed_for_the_ordonnateur(desk: Desk, family: Family) -> None:
    made = request_refund(desk, family.payer_id, LEAVES, new_operation())

    assert (made.number, made.amount_cents, made.payer_name) == ("RM-2026-0001", 2 * EVENING_CENTS, "Marie Dupont")
    assert list_refunds(desk, 2026) == (made,)
    assert list_refunds(desk, 2027) == ()
    told = [(line.label, line.reference) for line in load_dossier(desk, family.dossier_id).operations]
    assert ("À rembourser par mandat", "RM-2026-0001") in told
    with desk.database.read() as connection:
        posting = t.posting.c
        account = select(func.sum(posting.amount_cents)).where(posting.account == "mandats")
        assert connection.scalar(account) == -2 * EVENING_CENTS
    books_hold(desk.database, desk.now())


def test_avoirs_to_be_refunded_pay_no_basket_any_more(desk: Desk, family: Family) -> None:
    request_refund(desk, family.payer_id, LEAVES, new_operation())

    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14)))
    assert load_basket(desk, basket.basket_id).due_cents == EVENING_CENTS
    with pytest.raises(RefundRefused, match="aucun avoir"):
        request_refund(desk, a_family(desk, last_name="Nguyen").payer_id, LEAVES, new_operation())


def test_a_debt_or_a_basket_on_hold_comes_first(desk: Desk, family: Family) -> None:
    hold(desk, family.dossier_id, add(family.child_id, EVENING, date(2026, 12, 14)))
    indebted = a_family(desk, last_name="Nguyen")
    owe(desk, indebted.dossier_id, add(indebted.child_id, EVENING, date(2026, 12, 14)))

    with pytest.raises(RefundRefused, match="régularisation"):
        request_refund(desk, indebted.payer_id, LEAVES, new_operation())


def test_a_live_basket_keeps_the_avoirs_it_reserved(desk: Desk, family: Family) -> None:
    days = [date(2026, 12, 14), date(2026, 12, 15), date(2026, 12, 17)]
    hold(desk, family.dossier_id, add(family.child_id, EVENING, *days))

    with pytest.raises(RefundRefused, match="en attente"):
        request_refund(desk, family.payer_id, LEAVES, new_operation())


def test_a_refund_needs_its_reason_and_the_regisseur(database: Database, desk: Desk, family: Family) -> None:
    with pytest.raises(InvalidInput, match="motif"):
        request_refund(desk, family.payer_id, "  ", new_operation())
    desk.sign(an_agent(database, Role.COMPTABILITE))
    with pytest.raises(NotAllowed):
        request_refund(desk, family.payer_id, LEAVES, new_operation())
