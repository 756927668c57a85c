"""The verifier is green on what the services wrote, and names the row after one amount is changed behind the program's back."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text

from models.engine import Database
from tests.factories import a_child, a_desk, a_family
from tests.tui_portail.services.test_counter_act import BREAK, EVENING, FRIDAY, MEAL, THURSDAY, add, book, remove
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """Two payments (cash; avoir, cheque and card), an avoir, a basket on hold, an open till."""
    desk = a_desk(database)
    family = a_family(desk, children=[a_child()], quotient_cents=745_00)
    other = a_family(desk, last_name="Œuvrard")
    open_session(desk, 100_00, new_operation())
    [first] = book(desk, family.dossier_id, add(family.child_id, MEAL, THURSDAY, FRIDAY)).baskets
    cash_basket(desk, first.basket_id, [Tender(Means.CASH, first.due_cents, 50_00)], new_operation())
    book(desk, family.dossier_id, remove(family.child_id, BREAK, FRIDAY))
    days = [FRIDAY, date(2026, 12, 7), date(2026, 12, 8)]
    [second] = book(
        desk, family.dossier_id, [*add(family.child_id, EVENING, *days), *add(family.child_id, MEAL, *days)]
    ).baskets
    due = load_basket(desk, second.basket_id).due_cents
    cheque = {"bank": "Crédit du Lez", "number": "0000123", "drawer": "Paule Dupont"}
    cash_basket(
        desk,
        second.basket_id,
        [Tender(Means.CHEQUE, 2_00, references=cheque), Tender(Means.CARD, due - 2_00, references={"terminal": "7"})],
        new_operation(),
    )
    book(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY))
    yield desk


def tamper(desk: Desk, table: str, change: str, where: str = "1 = 1") -> str:
    """Change one row behind the guards' back, as someone with the file or the server's password would; return its id."""
    with desk.database.write() as connection:
        key = "seq" if table == "journal_entry" else "id"
        row_id = connection.scalar(text(f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key} DESC LIMIT 1"))
        if desk.database.dialect == "sqlite":
            names = connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}
            )
            for name in list(names):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(f"UPDATE {table} SET {change} WHERE {key} = :row"), {"row": row_id})
    return str(row_id)


def test_the_verifier_is_green_on_what_the_services_wrote(desk: Desk) -> None:
    report = verify(desk)
    assert report.findings == ()
    assert (report.entries, report.payments, report.avoirs) == (4, 2, 1)


@pytest.mark.parametrize(
    ("table", "change", "where"),
    [
        ("posting", "amount_cents = amount_cents + 1", "1 = 1"),
        ("tender", "received_cents = received_cents + 100", "1 = 1"),
        ("tender", "reference = '0000124'", "means = 'cheque'"),
        ("payment_line", "price_cents = price_cents + 1, care_cents = care_cents + 1", "1 = 1"),
        ("payment_line", "care_cents = care_cents - 1, meal_cents = meal_cents + 1", "care_cents > 0"),
        ("avoir_use", "amount_cents = amount_cents - 1", "1 = 1"),
        ("tender_allocation", "amount_cents = amount_cents + 1", "1 = 1"),
        ("payment", "total_cents = total_cents + 1", "1 = 1"),
        ("payment", "change_cents = 0", "change_cents > 0"),
        ("avoir", "amount_cents = amount_cents + 1, care_cents = care_cents + 1", "1 = 1"),
        ("avoir_line", "care_cents = care_cents + 1", "1 = 1"),
        ("quittance", "number = number + 7", "1 = 1"),
        ("quittance", "avoir_left_cents = 1000", "1 = 1"),
        ("till_session", "float_cents = float_cents - 5000", "1 = 1"),
        ("booking", "price_cents = price_cents + 1, care_cents = care_cents + 1", "state = 'confirmed'"),
        ("booking", "state = 'confirmed'", "state = 'held'"),
        ("slot", "capacity = 0", "id IN (SELECT slot_id FROM booking WHERE state = 'confirmed')"),
    ],
)
def test_the_verifier_names_the_row_changed_behind_its_back(desk: Desk, table: str, change: str, where: str) -> None:
    row_id = tamper(desk, table, change, where)
    first = verify(desk).findings[0]
    assert (first.table, first.row) == (table, row_id), str(first)


def test_the_verifier_names_an_entry_rewritten_or_taken_out(desk: Desk) -> None:
    row_id = tamper(desk, "journal_entry", "document = REPLACE(document, '\"total_cents\"', '\"total\"')", "seq = 2")
    first = verify(desk).findings[0]
    assert (first.table, first.row) == ("journal_entry", row_id)
