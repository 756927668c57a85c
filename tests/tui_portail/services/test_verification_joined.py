"""The verifier on accounts joined: green on a life that goes on after a merge, and the row named whatever is changed behind its back."""

import pytest
from sqlalchemy import text

from models.engine import Database
from tests.factories import a_desk, a_family
from tests.tui_portail.services.desk_acts import (
    EVENING,
    FRIDAY,
    NEXT_MONDAY,
    THURSDAY,
    add,
    book_and_pay,
    finish,
    merged,
    remove,
)
from tests.tui_portail.services.slip_acts import NOTHING
from tests.tui_portail.services.tampering import found, undone, unguarded
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.till import open_session
from tui_portail.services.verification import verify

OTHER = "(SELECT MAX(id) FROM {0})"
JOINED = "joined_into_id IS NOT NULL"
TAMPERED = [
    # what is done, and the table whose row is named for it
    ("UPDATE payer_transfer SET from_payer_id = " + OTHER.format("payer"), "payer_transfer"),
    ("UPDATE payer_transfer SET into_payer_id = " + OTHER.format("payer"), "payer_transfer"),
    ("UPDATE payer_transfer SET avoir_cents = avoir_cents + 1", "payer_transfer"),
    ("UPDATE payer_transfer SET debt_cents = 0", "payer_transfer"),
    ("UPDATE payer_transfer SET entry_seq = entry_seq - 1", "journal_entry"),
    ("UPDATE payer_transfer SET agent_id = (SELECT MIN(id) FROM agent)", "payer_transfer"),
    ("UPDATE payer_transfer SET transferred_at = '2026-11-01 09:30:00.000000'", "payer_transfer"),
    ("DELETE FROM payer_transfer", "journal_entry"),
    ("DELETE FROM payer_transfer", "payer"),
    (f"UPDATE payer SET joined_into_id = NULL WHERE {JOINED}", "payer"),
    (f"UPDATE payer SET joined_into_id = {OTHER.format('payer')} WHERE {JOINED}", "payer"),
    (
        f"UPDATE payer SET joined_into_id = (SELECT MIN(id) FROM payer) WHERE id = {OTHER.format('payer')}",
        "payer",
    ),
    (f"UPDATE payer SET dossier_id = {OTHER.format('dossier')} WHERE {JOINED}", "payer"),
    ("UPDATE child SET archived_at = NULL WHERE merged_into_id IS NOT NULL", "child"),
    (f"UPDATE child SET merged_into_id = {OTHER.format('child')} WHERE merged_into_id IS NOT NULL", "child"),
    (
        "UPDATE booking SET slot_id = (SELECT b.slot_id FROM booking b JOIN child c ON c.id = b.child_id "
        "WHERE c.merged_into_id IS NOT NULL AND b.state = 'confirmed' LIMIT 1), day = (SELECT b.day FROM booking b "
        "JOIN child c ON c.id = b.child_id WHERE c.merged_into_id IS NOT NULL AND b.state = 'confirmed' LIMIT 1) "
        "WHERE state = 'confirmed' AND child_id = (SELECT MIN(id) FROM child)",
        "booking",
    ),
    (
        "UPDATE posting SET payer_id = (SELECT from_payer_id FROM payer_transfer) "
        "WHERE account = 'avoirs' AND entry_seq > (SELECT entry_seq FROM payer_transfer)",
        "payer",
    ),
    (f"UPDATE avoir SET payer_id = {OTHER.format('payer')} WHERE id = {OTHER.format('avoir')}", "booking"),
]


@pytest.fixture
def desk(database: Database) -> Desk:
    """A family merged into another with an avoir and a debt, a day of its account given back since; a stranger comes last."""
    desk = a_desk(database, Role.ENFANCE, Role.REGISSEUR)
    open_session(desk, 100_00, new_operation())
    kept, other = a_family(desk), a_family(desk)
    book_and_pay(desk, kept.dossier_id, add(kept.child_id, EVENING, THURSDAY))
    book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, FRIDAY, NEXT_MONDAY))
    owed = book_and_pay(desk, other.dossier_id, add(other.child_id, "ALP_MATIN", FRIDAY))
    reverse_payment(desk, owed.payment_id, [1], NOTHING, new_operation())
    a_family(desk, last_name="Martin")
    desk.sign(a_desk(database, Role.ENFANCE, Role.REGISSEUR).require())
    merged(desk, kept, other)
    finish(desk, kept.dossier_id, remove(kept.child_id, EVENING, NEXT_MONDAY))
    assert verify(desk).findings == ()
    return desk


def test_the_verifier_names_what_is_changed_of_accounts_joined(desk: Desk) -> None:
    missed = []
    with unguarded(desk) as connection:
        for statement, named in TAMPERED:
            with undone(connection):
                assert connection.execute(text(statement)).rowcount, statement
                if not any(table == named for table, _ in found(desk, connection)):
                    missed.append((statement, named))
    assert missed == []
