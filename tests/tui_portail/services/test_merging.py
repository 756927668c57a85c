"""Two dossiers of one family made one: who moves, who is joined, what refuses it; then the life of the family goes on, the books right."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, update

from models import tables as t
from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, a_guardian, paris
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    EVENING_CENTS,
    FRIDAY,
    MORNING,
    NEXT_MONDAY,
    NEXT_WEDNESDAY,
    THURSDAY,
    WEDNESDAY_ALSH,
    add,
    archive,
    audit_of,
    book_and_pay,
    card,
    cheque,
    clock_of,
    finish,
    hold,
    merged,
    owe,
    pay_by_card,
    remove,
    set_time,
)
from tests.tui_portail.services.slip_acts import NOTHING, UNPAID, WRONG_MEANS
from tests.tui_portail.services.till_acts import close_till, next_till
from tui_portail.book_entries import narration
from tui_portail.custody import CustodyPattern
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import ChangesRefused, finish_changes
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.corrections import correct_payment
from tui_portail.services.custody import set_custody
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossier_search import recent_dossiers, search
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.family_facts import DossierMerged
from tui_portail.services.family_reading import open_family
from tui_portail.services.late_unpaid import declare_unpaid
from tui_portail.services.ledger import AVOIRS
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import MergeRefused, merge_dossiers, preview_merge
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import list_quittances
from tui_portail.services.refunds import request_refund
from tui_portail.services.registers import Period, open_books
from tui_portail.services.registers_avoirs import avoir_states, payer_avoirs
from tui_portail.services.registers_entries import book_entries
from tui_portail.services.registers_ledger import account_balances
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.tax_certificates import list_certificates
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

WHY = "Inscrits deux fois"
TUESDAY_NEXT = date(2026, 12, 8)


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """An agent of both desks, the till open; at the end the books hold and the verifier is green."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 100_00, new_operation())
    yield desk
    books_hold(database, clock_of(desk).instant)
    assert verify(desk).findings == ()


def avoirs_and_debts(view: DossierView) -> list[tuple[int, int]]:
    return [(payer.avoir_cents, payer.debt_cents) for payer in view.payers]


def rows(desk: Desk, table: object) -> list[object]:
    with desk.database.read() as connection:
        return list(connection.execute(select(table)))  # type: ignore[call-overload]


def test_the_same_family_twice_is_proposed_whole_and_becomes_one(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk, children=2)
    seen = preview_merge(desk, kept.dossier_id, other.dossier_id)
    assert seen.refusals == ()
    assert seen.pairing == Pairing(((other.guardian_ids[0], kept.guardian_ids[0]),), ((other.child_id, kept.child_id),))

    view = merged(desk, kept, other)

    assert [one.guardian_id for one in view.guardians] == list(kept.guardian_ids)
    assert [one.payer_id for one in view.payers] == list(kept.payer_ids)
    assert {one.child_id for one in view.children} == {kept.child_id, other.child_ids[1]}
    assert next((one.label, one.reference) for one in view.operations) == (
        "Dossier réuni à celui-ci",
        f"n° {display(other.number)}",
    )
    assert [one.label for one in view.operations].count("Dossier ouvert") == 2, "the history of both"


def test_its_number_finds_the_kept_dossier_and_its_names_find_it_once(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    third = a_family(desk)
    merged(desk, other, third)
    merged(desk, kept, other)
    for number in (kept.number, other.number, third.number):
        assert [hit.dossier_id for hit in search(desk, number)] == [kept.dossier_id]
    assert [hit.dossier_id for hit in search(desk, "dupont marie")] == [kept.dossier_id]
    assert [hit.dossier_id for hit in recent_dossiers(desk)] == [kept.dossier_id]


def test_a_desk_that_had_the_merged_dossier_open_is_told_where_it_is(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    merged(desk, kept, other)
    with pytest.raises(DossierMerged, match="ouvrez le n°"):
        load_dossier(desk, other.dossier_id)
    with pytest.raises(DossierMerged):
        open_family(desk, other.dossier_id)
    with pytest.raises(DossierMerged):
        finish_changes(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY), new_operation())
    with pytest.raises(DossierMerged):
        merge_dossiers(desk, kept.dossier_id, other.dossier_id, Pairing(), WHY, new_operation())


def test_what_was_paid_on_the_other_account_comes_back_to_the_one_that_lives(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    finish(desk, other.dossier_id, remove(other.child_id, EVENING, FRIDAY))  # an avoir before the merge
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, NEXT_MONDAY, TUESDAY_NEXT))

    view = merged(desk, kept, other)

    assert avoirs_and_debts(view) == [(0, 0)]  # the first avoir paid a part of the second basket
    planning = load_planning(desk, kept.dossier_id, FRIDAY, TUESDAY_NEXT)
    assert {(key.child_id, key.day) for key in planning.bookings} == {
        (kept.child_id, NEXT_MONDAY),
        (kept.child_id, TUESDAY_NEXT),
    }
    done = finish(desk, kept.dossier_id, remove(kept.child_id, EVENING, NEXT_MONDAY))
    assert [(avoir.payer_id, avoir.amount_cents) for avoir in done.avoirs] == [(kept.payer_id, EVENING_CENTS)]
    basket = hold(desk, kept.dossier_id, add(kept.child_id, MORNING, NEXT_MONDAY))
    assert basket.settled_quittance_number, "its avoir pays it whole"


def test_a_day_already_booked_on_the_other_record_is_not_booked_again(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    merged(desk, kept, other)
    with pytest.raises(ChangesRefused):
        finish(desk, kept.dossier_id, add(kept.child_id, EVENING, FRIDAY))


def test_avoirs_of_both_accounts_pay_together_and_are_refunded_together(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    for family in (kept, other):
        book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
        finish(desk, family.dossier_id, remove(family.child_id, EVENING, THURSDAY, FRIDAY))
    view = merged(desk, kept, other)
    assert avoirs_and_debts(view) == [(4 * EVENING_CENTS, 0)]
    settled = hold(desk, kept.dossier_id, add(kept.child_id, EVENING, THURSDAY, FRIDAY, NEXT_MONDAY))
    assert (settled.due_cents, settled.avoir_cents) == (0, 3 * EVENING_CENTS)
    assert request_refund(desk, kept.payer_id, "Départ", new_operation()).amount_cents == EVENING_CENTS


def test_a_debt_of_the_other_account_follows_and_is_paid_with_the_avoirs_of_both(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, kept.dossier_id, add(kept.child_id, EVENING, THURSDAY))
    finish(desk, kept.dossier_id, remove(kept.child_id, EVENING, THURSDAY))
    paid = book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    reverse_payment(desk, paid.payment_id, [1], NOTHING, new_operation())

    view = merged(desk, kept, other)

    assert avoirs_and_debts(view) == [(EVENING_CENTS, 2 * EVENING_CENTS)]
    [transfer] = rows(desk, t.payer_transfer)
    assert (transfer.avoir_cents, transfer.debt_cents) == (0, 2 * EVENING_CENTS)  # type: ignore[attr-defined]
    [debt] = list_queue(desk)
    assert (debt.dossier_id, debt.due_cents) == (kept.dossier_id, EVENING_CENTS)
    pay_by_card(desk, debt.basket_id)
    assert avoirs_and_debts(load_dossier(desk, kept.dossier_id)) == [(0, 0)]


def test_what_the_other_account_owes_is_asked_and_receipted_under_the_name_that_is_shown(desk: Desk) -> None:
    kept = a_family(desk)
    other = a_family(desk, guardians=[a_guardian("Dupond", "Mary", address="4 rue du Vieux Pont")])
    owe(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    merged(desk, kept, other, Pairing(((other.guardian_ids[0], kept.guardian_ids[0]),)))
    [row] = list_queue(desk)
    assert row.payer_name == "Marie Dupont"
    cash_basket(desk, row.basket_id, [card(row.due_cents)], new_operation())
    assert list_quittances(desk)[0].payer_name == "Marie Dupont"
    assert {found.name for found in rows(desk, t.identity_snapshot)} >= {"Mary Dupond", "Marie Dupont"}  # type: ignore[attr-defined]


def test_a_debt_cancelled_in_time_after_the_merge_is_owed_no_more(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    paid = book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    reverse_payment(desk, paid.payment_id, [1], NOTHING, new_operation())
    merged(desk, kept, other)
    finish(desk, kept.dossier_id, remove(kept.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    assert list_queue(desk) == ()
    assert avoirs_and_debts(load_dossier(desk, kept.dossier_id)) == [(0, 0)]


def test_a_payment_of_the_joined_account_is_reversed_corrected_and_its_cheque_comes_back(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    basket = hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    two_means = [cheque(1_00), card(basket.due_cents - 1_00)]
    first = cash_basket(desk, basket.basket_id, two_means, new_operation())
    second = book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, TUESDAY_NEXT))
    finish(desk, other.dossier_id, remove(other.child_id, EVENING, FRIDAY))
    merged(desk, kept, other)

    correct_payment(desk, second.payment_id, [cheque(EVENING_CENTS, number="9")], WRONG_MEANS, new_operation())
    undone = reverse_payment(desk, first.payment_id, [2], NOTHING, new_operation())  # the cheque is kept
    assert (undone.withdrawn_cents, undone.owed_cents) == (EVENING_CENTS, EVENING_CENTS)
    view = load_dossier(desk, kept.dossier_id)
    assert avoirs_and_debts(view) == [(1_00, EVENING_CENTS)]
    declare_unpaid(desk, first.payment_id, 1, UNPAID, new_operation())
    assert undone.debt_basket_id is not None
    pay_by_card(desk, undone.debt_basket_id)
    assert avoirs_and_debts(load_dossier(desk, kept.dossier_id)) == [(0, 0)]


def test_a_late_absence_of_the_other_record_is_justified_after_the_merge(desk: Desk) -> None:
    kept, other = a_family(desk, renew_alsh_years=(2026,)), a_family(desk, renew_alsh_years=(2026,))
    book_and_pay(desk, other.dossier_id, add(other.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))
    set_time(desk, paris("2026-12-08 14:00"))
    merged(desk, kept, other)
    finish(desk, kept.dossier_id, remove(kept.child_id, WEDNESDAY_ALSH, NEXT_WEDNESDAY))  # too late
    [waiting] = waiting_proofs(desk)
    assert waiting.dossier_id == kept.dossier_id
    reason = proof_reasons(desk, True)[0]
    outcome = judge_proof_received(desk, waiting.proof_id, date(2026, 12, 8), True, reason, new_operation())
    assert [avoir.payer_id for avoir in outcome.avoirs] == [kept.payer_id]


def test_the_regie_closes_after_a_merge_and_a_person_has_one_certificate(desk: Desk) -> None:
    young = [a_child(birth_on=date(2022, 3, 12), school_code="MATERNELLE", class_name="")]
    kept, other = a_family(desk, children=young), a_family(desk, children=young)
    for family in (kept, other):
        day = THURSDAY if family is kept else FRIDAY
        book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, day))
    merged(desk, kept, other)
    slip = prepare_slip(desk, new_operation())
    validate_slip(desk, slip.slip_id, {}, new_operation())
    close_till(desk)
    [certified] = list_certificates(desk, 2026)
    assert (certified.payer_id, certified.total_cents, certified.children) == (kept.payer_id, 2 * EVENING_CENTS, 1)
    assert {row.dossier_number for row in list_quittances(desk, kept.number)} == {kept.number}
    set_time(desk, paris("2027-01-04 09:00"))
    close_due_periods(desk, new_operation())
    next_till(desk)


def test_the_registers_tie_to_the_journal_before_and_after_a_merge(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, NEXT_MONDAY))
    finish(desk, other.dossier_id, remove(other.child_id, EVENING, NEXT_MONDAY))
    close_till(desk)
    set_time(desk, paris("2026-12-02 10:30"))
    merged(desk, kept, other)
    with open_books(desk) as books:
        told = [narration(entry.kind, entry.reference) for entry in book_entries(books)]
        assert told[-1] == "Comptes d’une même personne réunis"
        for on, payer_id in ((date(2026, 12, 1), other.payer_id), (None, kept.payer_id)):
            [state] = payer_avoirs(books, on)
            assert (state.payer_id, state.left_cents) == (payer_id, EVENING_CENTS)
            assert [one.payer_id for one in avoir_states(books, on, payer_id)] == [payer_id]
            balances = account_balances(books, Period(None, on), AVOIRS, payer_id)
            assert [-one.closing_cents for one in balances] == [EVENING_CENTS]


def test_the_account_alone_keeps_paying_with_the_words_of_the_kept_dossier(desk: Desk) -> None:
    kept = a_family(
        desk,
        guardians=[a_guardian("Dupont", "Paul"), a_guardian("Benali", "Marie", payer=False, city="Montpellier")],
    )
    other = a_family(desk, guardians=[a_guardian("Benali", "Marie", email="marie@exemple.fr", city="Clapiers")])
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    view = merged(desk, kept, other)
    paul, marie = view.guardians
    assert (paul.first_name, marie.first_name, marie.city, marie.email) == (
        "Paul",
        "Marie",
        "Montpellier",
        "marie@exemple.fr",
    )
    assert marie.payer_id == other.payer_id
    assert [payer.rank for payer in view.payers] == [1, 2]
    assert rows(desk, t.payer_transfer) == []


def test_custody_and_quotients_follow_the_account_that_lives(desk: Desk) -> None:
    kept = a_family(desk)
    other = a_family(desk, children=[a_child("Noé")], two_payers=True)
    mother, father = other.payer_ids
    set_custody(desk, [other.child_id], CustodyPattern(date(2026, 11, 30), mother, father), new_operation())
    view = merged(desk, kept, other)
    assert [payer.payer_id for payer in view.payers] == [kept.payer_id, father]
    noe = next(child for child in view.children if child.first_name == "Noé")
    assert noe.custody_pattern is not None
    assert (noe.custody_pattern.first_payer_id, noe.custody_pattern.second_payer_id) == (kept.payer_id, father)


def test_what_refuses_a_merge_says_what_to_do(desk: Desk) -> None:
    kept, other, third = a_family(desk), a_family(desk, last_name="Martin", two_payers=True), a_family(desk)

    def why(one: Family, two: Family, pairing: Pairing | None = None) -> str:
        seen = preview_merge(desk, one.dossier_id, two.dossier_id, pairing)
        with pytest.raises(MergeRefused) as refused:
            merge_dossiers(desk, one.dossier_id, two.dossier_id, seen.pairing, WHY, new_operation())
        assert refused.value.sentence == " ".join(seen.refusals)
        return refused.value.sentence

    assert "Il resterait 3 payeurs" in why(kept, other)
    basket = hold(desk, third.dossier_id, add(third.child_id, EVENING, FRIDAY))
    assert "Un panier de Marie Dupont est en attente" in why(kept, third)
    pay_by_card(desk, basket.basket_id)
    book_and_pay(desk, kept.dossier_id, add(kept.child_id, EVENING, FRIDAY))
    assert "réservé dans les deux dossiers le vendredi 4 décembre 2026" in why(kept, third)
    archive(desk.database, third.dossier_id, clock_of(desk).instant)
    assert "est archivé : rouvrez-le" in why(kept, third, Pairing())
    with pytest.raises(InvalidInput, match="lui-même"):
        preview_merge(desk, kept.dossier_id, kept.dossier_id)
    with pytest.raises(InvalidInput, match="motif"):
        merge_dossiers(desk, kept.dossier_id, other.dossier_id, Pairing(), " ", new_operation())
    with pytest.raises(InvalidInput, match="aperçu"):
        preview_merge(desk, kept.dossier_id, other.dossier_id, Pairing(((other.guardian_ids[0], 999),)))


def test_a_dossier_saved_since_the_preview_is_looked_at_again_first(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    seen = preview_merge(desk, kept.dossier_id, other.dossier_id)
    versions = (seen.sides.kept.version, seen.sides.merged.version)
    with desk.database.write() as connection:
        connection.execute(update(t.dossier).where(t.dossier.c.id == other.dossier_id).values(version=9))
    with pytest.raises(DossierChanged):
        merge_dossiers(desk, kept.dossier_id, other.dossier_id, seen.pairing, WHY, new_operation(), versions)


def test_sent_twice_a_merge_is_done_once(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    pairing, operation = preview_merge(desk, kept.dossier_id, other.dossier_id).pairing, new_operation()
    first = merge_dossiers(desk, kept.dossier_id, other.dossier_id, pairing, WHY, operation)
    again = merge_dossiers(desk, kept.dossier_id, other.dossier_id, pairing, WHY, operation)
    assert again == first
    assert len(audit_of(desk.database, "fusionner")) == len(rows(desk, t.payer_transfer)) == 1


def test_an_expired_basket_is_closed_and_does_not_hold_a_merge_back(desk: Desk) -> None:
    kept, other = a_family(desk), a_family(desk)
    basket = hold(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    clock_of(desk).advance(minutes=16)
    merged(desk, kept, other)
    assert load_basket(desk, basket.basket_id).state == "clos"


def test_papers_consents_and_contacts_follow_the_child_that_is_shown(desk: Desk) -> None:
    kept, other = a_family(desk, health_forms=False), a_family(desk, health_forms=False)
    agent_id = desk.require().agent_id
    of_child = {"dossier_id": other.dossier_id, "child_id": other.child_id}
    now = clock_of(desk).instant
    with desk.database.write() as connection:
        connection.execute(
            t.consent.insert().values(
                **of_child, kind="image", given=False, given_on=FRIDAY, recorded_at=now, agent_id=agent_id
            )
        )
        connection.execute(
            t.supporting_document.insert().values(
                **of_child, kind_code="VACCINS", valid_from_on=FRIDAY, seen_on=FRIDAY, seen_by=agent_id, recorded_at=now
            )
        )
        connection.execute(t.contact_person.insert().values(**of_child, last_name="Petit", forbidden=True))
        connection.execute(update(t.child).where(t.child.c.id == other.child_id).values(pai=True, meal_supplied=False))
    merged(desk, kept, other)
    for table in (t.consent, t.supporting_document, t.contact_person):
        [row] = rows(desk, table)
        assert (row.dossier_id, row.child_id) == (kept.dossier_id, kept.child_id)  # type: ignore[attr-defined]
    [shown] = [row for row in rows(desk, t.child) if row.id == kept.child_id]  # type: ignore[attr-defined]
    assert (shown.pai, shown.meal_supplied) == (True, False)  # type: ignore[attr-defined]
