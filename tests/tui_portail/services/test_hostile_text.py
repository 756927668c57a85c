"""Whatever is typed is text: kept as it is, or refused with a sentence; never a trace, never half a row (design, guarantee 9)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from models.engine import Database
from tests.factories import Family, a_child, a_desk, a_family, a_guardian
from tests.hostile_text import PRINTED, UNPRINTED
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    add,
    book_and_pay,
    card,
    cheque,
    finish,
    hold,
    pay_by_card,
    remove,
    row_counts,
)
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import FamilyForm
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.baskets import extend_basket, load_basket
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dossier_search import search
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.quittances import (
    list_quittances,
    print_avoir_note,
    print_quittance,
    quittance_document,
)
from tui_portail.services.registration import register_family
from tui_portail.services.till import open_session


def refused(desk: Desk, gesture: Callable[[], object]) -> None:
    """Check that a gesture is refused as an input that cannot be kept, and that it wrote nothing."""
    before = row_counts(desk.database)
    with pytest.raises(InvalidInput) as refusal:
        gesture()
    assert refusal.value.sentence
    assert row_counts(desk.database) == before


def test_no_name_that_cannot_be_printed_is_registered(database: Database) -> None:
    desk = a_desk(database)
    for text in UNPRINTED:
        forms = [
            FamilyForm((a_guardian(text),), (a_child(),)),
            FamilyForm((a_guardian(),), (a_child(text),)),
            FamilyForm((a_guardian(email=text),), (a_child(),)),
            FamilyForm((a_guardian(), a_guardian(address=text, payer=False)), (a_child(),)),
        ]
        for form in forms:
            refused(desk, partial(register_family, desk, form, new_operation()))


def gestures_with(text: str, desk: Desk, family: Family, basket: int) -> list[Callable[[], object]]:
    """Return the gestures of the act that keep a text, each given this one."""
    child, dossier = family.child_id, family.dossier_id
    late, soon = date(2026, 12, 1), date(2026, 12, 8)
    terms = {"payer_id": family.payer_id, "payer_reason": text}
    tenders = (
        cheque(1_95, drawer=text),
        cheque(1_95, bank=text),
        cheque(1_95, number=text),
        Tender(Means.CARD, 1_95, references={"terminal": text}),
    )
    return [
        lambda: finish(desk, dossier, add(child, EVENING, late, derogation=text)),
        lambda: finish(desk, dossier, add(child, EVENING, soon, **terms)),
        lambda: extend_basket(desk, basket, text, new_operation()),
        *(partial(cash_basket, desk, basket, [tender], new_operation()) for tender in tenders),
    ]


def test_no_reason_nor_reference_that_cannot_be_kept_is_written(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id
    for text in UNPRINTED:
        for gesture in gestures_with(text, desk, family, basket):
            refused(desk, gesture)
    assert pay_by_card(desk, basket).total_cents == 1_95


def test_no_absurd_amount_reaches_the_base(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    open_session(desk, 0, new_operation())
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY)).basket_id
    for cents in (10**9, 10**19, -(10**19), 10**40):
        for tender in (card(cents), Tender(Means.CASH, 1_95, cents)):
            refused(desk, partial(cash_basket, desk, basket, [tender], new_operation()))


@pytest.mark.parametrize("name", PRINTED)
def test_a_strange_name_goes_through_the_whole_act_as_it_was_typed(
    database: Database, tmp_path: Path, name: str
) -> None:
    desk = a_desk(database, documents_dir=tmp_path)
    family = a_family(desk, last_name=name, children=[a_child(name, name)])
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    assert basket.payer_name == f"Marie {name}"
    [row] = list_queue(desk)
    assert (row.payer_name, row.children) == (f"Marie {name}", name)
    assert load_basket(desk, basket.basket_id).lines[0].child == name
    cashed = pay_by_card(desk, basket.basket_id)
    document = quittance_document(desk, cashed.quittance_id)
    assert document.payer.name == f"Marie {name}"
    assert print_quittance(desk, cashed.quittance_id, new_operation()).path.stat().st_size > 1000
    [avoir] = finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY)).avoirs
    assert print_avoir_note(desk, avoir.avoir_id).path.is_relative_to(tmp_path)
    assert [row.quittance_id for row in list_quittances(desk, name)] == [cashed.quittance_id]
    books_hold(database, desk.now())


def test_whatever_is_looked_for_is_looked_for_or_not_found(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk)
    book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    odd = ["%", "_", "²", "99999999999-99999999999", "9" * 30, "-", "'", "\\"]
    for text in (*UNPRINTED, *PRINTED, *odd):
        assert len(list_quittances(desk, text)) <= 1
        assert len(search(desk, text)) <= 1


def test_a_quittance_is_found_by_its_number_or_its_payer_whatever_the_case(database: Database) -> None:
    desk = a_desk(database)
    family = a_family(desk, guardians=[a_guardian("Bénédict", "Élodie")])
    cashed = book_and_pay(desk, family.dossier_id, add(family.child_id, EVENING, FRIDAY))
    for text in ("élodie", "ÉLODIE", "Élodie", "bénédict", "2026-1", "2026-000001", "1"):
        assert [row.quittance_id for row in list_quittances(desk, text)] == [cashed.quittance_id], text
    assert list_quittances(desk, "2025-000001") == ()
