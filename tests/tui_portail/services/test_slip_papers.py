"""A deposit slip on paper: a draft stamped as such, then the numbered slip, drawn again for ever from its rows."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from models import tables as t
from models.engine import Database
from receipts.deposit_slip import draw_deposit_slip
from receipts.slip_document import ChequeState
from tests.factories import a_desk
from tests.tui_portail.services.desk_acts import card, cash, cheque, clock_of
from tests.tui_portail.services.slip_acts import (
    THE_EXAMPLE,
    a_regie,
    corrected,
    pay,
    pay_all,
    prepared,
    unpaid,
    validated,
)
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.rights import NotAllowed, Role
from tui_portail.services.slip_papers import print_slip, slip_document
from tui_portail.services.slip_reading import SlipUnknown


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    desk = a_regie(database)
    desk.documents_dir = tmp_path
    return desk


def text_of(path: Path) -> str:
    return (
        "\n".join(page.extract_text() for page in PdfReader(path).pages).replace("\u00a0", " ").replace("\u202f", " ")
    )


def test_the_worked_example_is_printed_with_what_was_cancelled(desk: Desk) -> None:
    *_, last = pay_all(desk, *THE_EXAMPLE)
    draft = prepared(desk)
    unpaid(desk, last)

    document = slip_document(desk, draft.slip_id)

    assert (document.number, document.head_hash) == (None, "")
    total = document.total
    assert (total.initial_cents, total.cancelled_cents, total.final_cents) == (207_00, 44_50, 162_50)
    assert (document.cash.final_count, document.cash.final_cents) == (1, 35_50)
    assert (document.cheques.final_count, document.cheques.final_cents) == (3, 127_00)
    assert [line.state for line in document.cheque_lines] == [ChequeState.DEPOSITED] * 3 + [ChequeState.CANCELLED]
    text = text_of(print_slip(desk, draft.slip_id).path)
    assert "BROUILLON" in text
    assert all(sum_ in text for sum_ in ("207,00", "44,50", "162,50", "127,00", "annulé", "Marie Dupont", "0000123"))


def test_a_validated_slip_prints_the_same_for_ever_whatever_comes_back_later(desk: Desk) -> None:
    *_, last = pay_all(desk, *THE_EXAMPLE)
    slip = validated(desk, prepared(desk))
    printed = print_slip(desk, slip.slip_id)
    assert printed.path.name == "bordereau-BV-2026-0001.pdf"
    text = text_of(printed.path)
    assert "BROUILLON" not in text and "BV-2026-0001" in text and "deux cent sept euros" in text

    first = draw_deposit_slip(slip_document(desk, slip.slip_id))
    unpaid(desk, last)
    clock_of(desk).advance(days=400)

    assert draw_deposit_slip(slip_document(desk, slip.slip_id)) == first
    assert "44,50" in "".join(page.extract_text() for page in PdfReader(BytesIO(first)).pages)


def test_what_came_back_is_printed_negative_and_why(desk: Desk) -> None:
    bounced, mistyped = pay_all(desk, cheque(44_50), cheque(20_00))
    validated(desk, prepared(desk))
    unpaid(desk, bounced)
    corrected(desk, mistyped, card(20_00))

    slip = validated(desk, prepared(desk))

    document = slip_document(desk, slip.slip_id)
    assert [(line.amount_cents, line.state) for line in document.cheque_lines] == [
        (-44_50, ChequeState.UNPAID),
        (-20_00, ChequeState.TAKEN_OFF),
    ]
    assert document.total.final_cents == -44_50
    text = text_of(print_slip(desk, slip.slip_id).path)
    assert "impayé" in text and "−44,50" in text and "moins quarante-quatre euros" in text


def test_every_means_is_printed_with_the_cash_by_note_and_coin(desk: Desk) -> None:
    pay(desk, cash(35_50), card(8_00), Tender(Means.CESU, 15_00), Tender(Means.ANCV, 20_00))

    document = slip_document(desk, validated(desk, prepared(desk)).slip_id)

    assert [(means.label, means.final_cents) for means in document.others] == [
        ("Carte bancaire", 8_00),
        ("CESU", 15_00),
        ("Chèques-vacances ANCV", 20_00),
    ]
    assert [(line.value_cents, line.pieces) for line in document.denominations] == [
        (20_00, 1),
        (10_00, 1),
        (5_00, 1),
        (50, 1),
    ]


def test_a_drawer_erased_since_is_printed_as_erased(desk: Desk) -> None:
    pay(desk, cheque(20_00, drawer="Zoé Effacée"))
    slip = validated(desk, prepared(desk))
    with desk.database.write() as connection:
        snapshot = t.identity_snapshot
        connection.execute(
            update(snapshot)
            .where(snapshot.c.name == "Zoé Effacée")
            .values(name="", address="", erased_at=clock_of(desk).instant)
        )

    text = text_of(print_slip(desk, slip.slip_id).path)
    assert "Effacée" not in text and "identité effacée le" in text.replace("\n", " ")


def test_only_the_regisseur_prints_a_slip_that_exists(desk: Desk, database: Database) -> None:
    pay(desk, card(10_00))
    slip = prepared(desk)
    with pytest.raises(NotAllowed):
        print_slip(a_desk(database, Role.COMPTABILITE), slip.slip_id)
    with pytest.raises(SlipUnknown):
        print_slip(desk, slip.slip_id + 1)
