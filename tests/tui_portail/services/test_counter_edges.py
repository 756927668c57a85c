"""The edges of the counter: the last instant, the last cent, the reason of the other list, the reference that changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from models import tables as t
from models.engine import Database
from tests.factories import a_desk, a_family, an_agent, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    HARMONIE,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    audit_of,
    book_and_pay,
    card,
    clock_of,
    finish,
    hold,
    owe,
    remove,
    set_capacity,
    set_time,
    states_of,
)
from tui_portail.errors import InvalidInput
from tui_portail.services import rights, sign_in
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.gesture import OperationReused
from tui_portail.services.passwords import hash_password
from tui_portail.services.payment import HIGHEST_TENDER_CENTS, TendersRefused, cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.rights import NotAllowed, Right, Role
from tui_portail.services.sign_in import BadCredentials


def test_a_basket_that_expires_gives_its_place_at_that_very_instant(database: Database) -> None:
    desk = a_desk(database)
    first, second = a_family(desk), a_family(desk, last_name="Martin")
    set_capacity(database, EVENING, FRIDAY, 1)
    basket = hold(desk, first.dossier_id, add(first.child_id, EVENING, FRIDAY))
    set_time(desk, basket.expires_at - timedelta(microseconds=1))
    with pytest.raises(ChangesRefused):
        hold(desk, second.dossier_id, add(second.child_id, EVENING, FRIDAY))
    set_time(desk, basket.expires_at)
    hold(desk, second.dossier_id, add(second.child_id, EVENING, FRIDAY))
    books_hold(database, desk.now())


def test_a_family_books_again_at_the_instant_its_own_basket_expires(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    set_time(desk, basket.expires_at)
    again = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert again.basket_id != basket.basket_id
    assert states_of(database, family.child_ids)[family.child_id, EVENING, FRIDAY] == ["released", "held"]
    books_hold(database, desk.now())


def test_places_withheld_by_the_service_are_not_sold(database: Database) -> None:
    desk = a_desk(database)
    family, other = a_family(desk), a_family(desk, last_name="Martin")
    terms = {"site_code": HARMONIE, "activity_code": EVENING, "day": FRIDAY}
    with database.write() as connection:
        connection.execute(insert(t.slot).values(capacity=3, withheld=2, **terms))
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with pytest.raises(ChangesRefused) as refusal:
        hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    assert [decision.code for decision in refusal.value.refusals.values()] == ["COMPLET"]


def test_the_highest_amount_is_judged_by_the_rules_and_a_cent_more_is_not_an_amount(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    with pytest.raises(TendersRefused):
        cash_basket(desk, basket.basket_id, [card(HIGHEST_TENDER_CENTS)], new_operation())
    with pytest.raises(InvalidInput):
        cash_basket(desk, basket.basket_id, [card(HIGHEST_TENDER_CENTS + 1)], new_operation())


def test_the_same_payment_sent_again_with_another_reference_is_another_payment(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    operation = new_operation()
    cash_basket(desk, basket.basket_id, [card(1_95)], operation)
    with pytest.raises(OperationReused):
        cash_basket(desk, basket.basket_id, [replace(card(1_95), references={"terminal": "0043"})], operation)


def a_waiting_proof(desk: Desk) -> tuple[int, int]:
    """An ALSH Wednesday paid, cancelled on the day after: the dossier and the justificatif it waits for."""
    family = a_family(desk, renew_alsh_years=(2026,))
    book_and_pay(desk, family.dossier_id, add(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    set_time(desk, paris("2026-12-10 09:00"))
    finish(desk, family.dossier_id, remove(family.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    [proof] = waiting_proofs(desk)
    return family.dossier_id, proof.proof_id


def test_a_justificatif_that_came_too_late_can_be_recorded_as_refused(database: Database) -> None:
    desk = a_desk(database)
    _, proof_id = a_waiting_proof(desk)
    set_time(desk, paris("2026-12-15 09:00"))
    too_late = paris("2026-12-14 09:00").date()
    outcome = judge_proof_received(desk, proof_id, too_late, False, proof_reasons(desk, False)[0], new_operation())
    assert (outcome.accepted, outcome.avoirs) == (False, ())
    assert waiting_proofs(desk) == ()


@pytest.mark.parametrize("accepted", [True, False])
def test_a_reason_of_the_other_list_does_not_judge_a_justificatif(database: Database, accepted: bool) -> None:
    desk = a_desk(database)
    _, proof_id = a_waiting_proof(desk)
    [other, *_] = set(proof_reasons(desk, not accepted)) - set(proof_reasons(desk, accepted))
    with pytest.raises(InvalidInput):
        judge_proof_received(desk, proof_id, NEXT_WEDNESDAY, accepted, other, new_operation())


def test_an_accepted_justificatif_settles_the_basket_that_its_avoir_pays_whole(database: Database) -> None:
    desk = a_desk(database)
    dossier_id, proof_id = a_waiting_proof(desk)
    with database.read() as connection:
        child_id = connection.scalar(select(t.child.c.id).where(t.child.c.dossier_id == dossier_id)) or 0
    next_friday = paris("2026-12-18 09:00").date()
    basket = hold(desk, dossier_id, add(child_id, EVENING, next_friday))
    assert basket.due_cents == 1_95
    reason = proof_reasons(desk, True)[0]
    outcome = judge_proof_received(desk, proof_id, NEXT_WEDNESDAY, True, reason, new_operation())
    [settled] = outcome.settled
    assert (settled.total_cents, settled.avoir_cents) == (1_95, 1_95)
    assert settled.quittance_number in outcome.sentence
    assert list_queue(desk) == ()
    books_hold(database, desk.now())


@pytest.mark.parametrize("missing", [Right.DEROGATE, Right.CHOOSE_PAYER])
def test_who_may_book_may_not_derogate_nor_choose_the_payer_without_that_right(
    database: Database, monkeypatch: pytest.MonkeyPatch, missing: Right
) -> None:
    desk = a_desk(database)
    family = a_family(desk, two_payers=True)
    monkeypatch.setitem(rights.ROLE_RIGHTS, Role.ENFANCE, rights.ROLE_RIGHTS[Role.ENFANCE] - {missing})
    asked = {
        Right.DEROGATE: {"derogation": "Urgence"},
        Right.CHOOSE_PAYER: {"payer_id": family.payer_ids[1], "payer_reason": "Accord écrit"},
    }
    with pytest.raises(NotAllowed) as refusal:
        finish(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY, **asked[missing]))
    assert refusal.value.right is missing
    hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))


def test_only_a_derogation_that_passed_a_limit_is_in_the_audit_trail(database: Database) -> None:
    desk = a_desk(database, at="2026-12-02 12:00")  # too late for Thursday, in time for Friday
    family = a_family(desk)
    finish(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY, derogation="Urgence"))
    with database.read() as connection:
        kept = {row.day: row.derogation for row in connection.execute(select(t.booking))}
    assert kept == {THURSDAY: "Urgence", FRIDAY: None}
    [event] = audit_of(database, "terminer")
    assert "Urgence" in event.reason + event.details


def test_a_debt_cancelled_whole_in_time_closes_its_basket(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    debt = owe(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY))
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY))
    with database.read() as connection:
        assert connection.scalar(select(t.basket.c.state).where(t.basket.c.id == debt)) == "clos"
    assert list_queue(desk) == ()


def test_a_password_changed_while_it_is_checked_opens_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(database)
    agent = an_agent(database, Role.ENFANCE, username="zoe", password_hash=hash_password("tilleul-soupe-jeudi"))
    verify = sign_in.verify

    def verified_then_changed(known: str | None, password: str) -> bool:
        matches = verify(known, password)
        with database.write() as connection:
            connection.execute(update(t.agent).where(t.agent.c.id == agent.agent_id).values(password_hash="!"))
        return matches

    monkeypatch.setattr(sign_in, "verify", verified_then_changed)
    with pytest.raises(BadCredentials):
        sign_in.sign_in(Desk(database, desk.documents_dir, clock_of(desk)), "zoe", "tilleul-soupe-jeudi")
