"""The verifier is green on a régie's tills, slips, reversals and closings, and names any row changed or taken out behind its back.

Every column of every table of the régie is changed in turn, to a value its own rules accept where there is one: a column added later is
changed too. In `make test` each engine has every second column, the other one the rest; in `make soak` each has all.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Row, Table, select, text, update

from models.engine import Database
from models.states import MovementKind
from models.tables import metadata
from tests.factories import a_family, paris
from tests.soak import at_length
from tests.tui_portail.services.desk_acts import EVENING, add, card, cheque, finish, hold, pay_by_card, remove, set_time
from tests.tui_portail.services.slip_acts import THE_DAY, a_regie, came_back, pay, prepared, unpaid, validated
from tests.tui_portail.services.tampered_regie import a_regie_with_everything
from tests.tui_portail.services.tampering import found, sql, undone, unguarded
from tests.tui_portail.services.till_acts import close_till
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.queue import list_queue
from tui_portail.services.refunds import request_refund
from tui_portail.services.verification import verify


@pytest.fixture(scope="module")
def desk(module_database: Database) -> Iterator[Desk]:
    """A régie that each test tampers with in a transaction taken back: at the end, it is sound again."""
    desk = a_regie_with_everything(module_database)
    yield desk
    assert verify(desk).findings == ()


ROWS = [
    # table, the row whose every column is changed
    ("till_session", "id = 2"),
    ("till_session", "state = 'ouverte'"),
    ("till_closing", "till_session_id = 1"),
    ("till_count", "till_session_id = 1 AND means = 'especes'"),
    ("cash_count", "till_session_id = 1"),
    ("cheque_count", "till_session_id = 1"),
    ("cash_movement", "kind = 'apport'"),
    ("till_difference", "counted_at = 'cloture' AND means = 'cheque'"),
    ("till_difference", "counted_at = 'ouverture'"),
    ("deposit_slip", "number = 2"),
    ("deposit_slip", "state = 'brouillon'"),
    ("deposit_slip_cash", "slip_id = 2"),
    ("reversal", "kept_avoir_id IS NOT NULL"),
    ("reversal_tender", "tender_rank = 2"),
    ("reversal_line", "outcome = 'retiree'"),
    ("avoir_withdrawal", "reversal_id IS NOT NULL"),
    ("avoir_withdrawal", "refund_id IS NOT NULL"),
    ("avoir_withdrawal", "late_unpaid_id IS NOT NULL"),
    ("late_unpaid", "tender_rank = 2"),
    ("deposit_slip_line", "kind = 'impaye'"),
    ("refund", "number = 1"),
    ("period_closing", "kind = 'jour' AND previous_id IS NOT NULL"),
    ("number_series", "kind = 'bordereau'"),
    ("number_series", "kind = 'remboursement'"),
    ("posting", "account = 'creances'"),
]
SAYS_NOTHING = {  # keys that nothing else repeats, and that no one reads
    ("cash_movement", "id"),
    ("till_difference", "id"),
    ("deposit_slip_line", "id"),
    ("reversal", "id"),
    ("avoir_withdrawal", "id"),
    ("refund", "id"),
    ("period_closing", "id"),
    ("posting", "id"),
}
WORDS = {  # two words of which one at least is another
    ("till_session", "state"): ("close", "suspendue"),
    ("till_count", "means"): ("cb", "especes"),
    ("cash_movement", "kind"): ("retrait", "apport"),
    ("till_difference", "counted_at"): ("cloture", "ouverture"),
    ("till_difference", "means"): ("ancv", "especes"),
    ("deposit_slip", "state"): ("valide", "annule"),
    ("deposit_slip_line", "kind"): ("contrepassation", "impaye"),
    ("reversal", "kind"): ("annulation", "impaye"),
    ("reversal_line", "outcome"): ("due", "retiree"),
    ("period_closing", "kind"): ("annee", "jour"),
}
LATER = datetime(2026, 12, 1, 12, tzinfo=UTC)
OTHER_VALUES: Mapping[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1_000,
    datetime: lambda value: value + timedelta(hours=1),
    date: lambda value: value + timedelta(days=1),
    str: lambda value: "autre",
}


def another(connection: Connection, column: Column[Any], value: Any) -> Any:
    """Return another value for a column: one of its words, a row that exists where it leads to one."""
    for word in WORDS.get((column.table.name, column.name), ()):
        if word != value:
            return word
    for key in column.foreign_keys:
        others = select(key.column).where(key.column.is_distinct_from(value)).order_by(key.column.desc())
        if (found := connection.scalar(others.limit(1))) is not None:
            return found
    if value is None:
        return LATER if column.name.endswith("_at") else 1
    return OTHER_VALUES[type(value)](value)


def the_row(connection: Connection, table: Table, where: str) -> Row[Any]:
    row = connection.execute(select(table).where(text(where)).limit(1)).first()
    assert row is not None, f"no {table.name} where {where}"
    return row


def is_named(desk: Desk, connection: Connection, table: str) -> bool:
    return any(named == table for named, _ in found(desk, connection))


def test_the_verifier_is_green_on_a_regie_with_everything(desk: Desk) -> None:
    assert verify(desk).findings == ()


def test_the_verifier_names_the_row_whatever_column_is_changed(desk: Desk) -> None:
    missed = []
    turns = cycle((True, False) if desk.database.dialect == "sqlite" else (False, True))
    with unguarded(desk) as connection:
        for name, where in ROWS:
            table = metadata.tables[name]
            row = the_row(connection, table, where)
            for column in table.columns:
                if (name, column.name) in SAYS_NOTHING or not (at_length() or next(turns)):
                    continue
                value = another(connection, column, row._mapping[column.name])
                same = [key == row._mapping[key.name] for key in table.primary_key.columns]
                with undone(connection):
                    connection.execute(update(table).where(*same).values({column.name: value}))
                    if not is_named(desk, connection, name):
                        missed.append((name, where, column.name, value))
    assert missed == []


ELSEWHERE = [
    # what is done, and the table whose row is named for it
    ("UPDATE booking SET state = 'confirmed' WHERE state = 'due'", "booking"),
    ("UPDATE booking SET state = 'cancelled' WHERE state = 'due'", "booking"),
    ("UPDATE posting SET payer_id = 1 WHERE account = 'creances' AND payer_id <> 1", "payer"),
    ("UPDATE deposit_slip_line SET slip_id = 2 WHERE id = (SELECT MIN(id) FROM deposit_slip_line)", "deposit_slip"),
    ("UPDATE deposit_slip_line SET kind = 'contrepassation' WHERE slip_id = 3", "deposit_slip_line"),
    ("DELETE FROM deposit_slip_line WHERE slip_id = 2 AND kind = 'contrepassation'", "deposit_slip"),
    ("DELETE FROM deposit_slip_line WHERE slip_id = 1 AND kind = 'paiement'", "deposit_slip"),
    ("DELETE FROM deposit_slip_cash WHERE slip_id = 2 AND denomination_cents = 200", "deposit_slip_cash"),
    ("DELETE FROM deposit_slip WHERE number = 2", "journal_entry"),
    ("DELETE FROM deposit_slip WHERE number = 1", "deposit_slip"),
    ("DELETE FROM till_closing WHERE till_session_id = 2", "till_session"),
    ("DELETE FROM till_session WHERE id = 2", "till_session"),
    ("DELETE FROM till_count WHERE till_session_id = 1 AND means = 'especes'", "till_closing"),
    ("DELETE FROM till_count WHERE till_session_id = 1 AND means = 'cheque'", "till_count"),
    ("DELETE FROM cash_count WHERE till_session_id = 1", "cash_count"),
    ("DELETE FROM cheque_count WHERE till_session_id = 2", "cheque_count"),
    ("DELETE FROM cash_movement WHERE kind = 'retrait'", "journal_entry"),
    ("DELETE FROM till_difference WHERE counted_at = 'cloture' AND means = 'especes'", "till_count"),
    ("DELETE FROM till_difference WHERE counted_at = 'ouverture'", "till_session"),
    ("DELETE FROM reversal WHERE kind = 'correction'", "journal_entry"),
    ("DELETE FROM reversal WHERE kept_avoir_id IS NOT NULL", "journal_entry"),
    ("DELETE FROM reversal_tender WHERE tender_rank = 2", "reversal_tender"),
    ("DELETE FROM reversal_line WHERE outcome = 'retiree'", "reversal_line"),
    ("DELETE FROM avoir_withdrawal WHERE reversal_id IS NOT NULL", "avoir_withdrawal"),
    ("DELETE FROM avoir_withdrawal WHERE refund_id IS NOT NULL", "refund"),
    ("DELETE FROM avoir_withdrawal WHERE late_unpaid_id IS NOT NULL", "late_unpaid"),
    ("DELETE FROM late_unpaid", "journal_entry"),
    ("DELETE FROM deposit_slip_line WHERE kind = 'impaye'", "deposit_slip"),
    (
        "UPDATE reversal_tender SET kept = (1 = 0) WHERE payment_id IN (SELECT payment_id FROM late_unpaid)",
        "late_unpaid",
    ),
    ("DELETE FROM refund", "number_series"),
    ("DELETE FROM period_closing WHERE kind = 'jour' AND previous_id IS NULL", "period_closing"),
    ("DELETE FROM period_closing WHERE kind = 'mois'", "journal_entry"),
    ("DELETE FROM number_series WHERE kind = 'bordereau'", "number_series"),
    ("DELETE FROM audit_event WHERE gesture = 'preparer_bordereau'", "deposit_slip"),
]


def test_the_verifier_names_what_no_longer_agrees_when_rows_are_moved_or_taken_out(desk: Desk) -> None:
    missed = []
    with unguarded(desk) as connection:
        for statement, named in ELSEWHERE:
            with undone(connection):
                assert connection.execute(text(statement)).rowcount, statement
                if not is_named(desk, connection, named):
                    missed.append((statement, named))
    assert missed == []


STANDING = "payment_id NOT IN (SELECT payment_id FROM reversal)"
OPEN = "(SELECT MAX(id) FROM till_session WHERE state = 'ouverte')"
DRAFT = "(SELECT id FROM deposit_slip WHERE state = 'brouillon')"
INVENTED = [
    # rows that no gesture wrote, and the table they are in
    (f"SELECT payment_id, rank, 1 = 0 FROM tender WHERE {STANDING} LIMIT 1", "reversal_tender"),
    (f"SELECT payment_id, booking_id, 'due' FROM payment_line WHERE {STANDING} LIMIT 1", "reversal_line"),
    (f"SELECT {OPEN}, 'cesu', 0, 0", "till_count"),
    (f"SELECT {OPEN}, 5000, 1", "cash_count"),
    (f"SELECT {OPEN}, payment_id, rank, 1 = 0 FROM tender WHERE means = 'cheque' LIMIT 1", "cheque_count"),
    (f"SELECT {DRAFT}, 5000, 1", "deposit_slip_cash"),
    ("SELECT 0, 1, 'Autre caisse'", "till"),
    ("SELECT 0, 'AUTRE', 'Autre régie'", "regie"),
]


def test_the_verifier_names_the_rows_that_no_gesture_wrote(desk: Desk) -> None:
    missed = []
    with unguarded(desk) as connection:
        for rows, table in INVENTED:
            with undone(connection):
                assert connection.execute(text(f"INSERT INTO {table} {rows}")).rowcount == 1, table
                if not is_named(desk, connection, table):
                    missed.append(table)
    assert missed == []


def a_movement(desk: Desk) -> None:
    record_movement(desk, MovementKind.WITHDRAWAL, 50_00, "Monnaie", new_operation())


def a_slip(desk: Desk) -> None:
    pay(desk, card(10_00))
    validated(desk, prepared(desk))


def a_reversal(desk: Desk) -> None:
    unpaid(desk, pay(desk, cheque(10_00)))


def a_cheque_back(desk: Desk) -> None:
    paid = pay(desk, cheque(10_00), cheque(5_00, number="0000124"))
    unpaid(desk, paid, 1)
    came_back(desk, paid, 2)


def a_refund(desk: Desk) -> None:
    family = a_family(desk, quotient_cents=5_00)
    pay_by_card(desk, hold(desk, family.dossier_id, add(family.child_id, EVENING, THE_DAY)).basket_id)
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, THE_DAY))
    request_refund(desk, family.payer_id, "Départ de la commune", new_operation())


def a_debt_dropped(desk: Desk) -> None:
    a_reversal(desk)
    with desk.database.read() as connection:
        [owed] = connection.execute(
            text("SELECT b.child_id, c.dossier_id FROM booking b JOIN child c ON c.id = b.child_id")
        )
    finish(desk, owed.dossier_id, remove(owed.child_id, EVENING, THE_DAY))


def a_debt_given_up(desk: Desk) -> None:
    a_reversal(desk)
    drop_debt(desk, list_queue(desk)[0].basket_id, "Décision de l’ordonnateur", new_operation())


def a_period(desk: Desk) -> None:
    close_till(desk)
    set_time(desk, paris("2026-12-02 09:00"))
    close_due_periods(desk, new_operation())


WIPED: tuple[tuple[Callable[[Desk], None], tuple[str, ...]], ...] = (
    (a_movement, ("DELETE FROM cash_movement",)),
    (
        a_slip,
        (
            "UPDATE deposit_slip SET state = 'brouillon', year = NULL, number = NULL, validated_at = NULL, validated_by = NULL, "
            "agent_name = '', entry_seq = NULL, head_hash = '', fictitious = (1 = 0)",
            "DELETE FROM number_series WHERE kind = 'bordereau'",
        ),
    ),
    (
        a_reversal,
        (
            "DELETE FROM reversal_line",
            "DELETE FROM reversal_tender",
            "DELETE FROM reversal",
            "UPDATE booking SET state = 'confirmed', basket_id = (SELECT MIN(id) FROM basket)",
            "DELETE FROM basket WHERE kind = 'regularisation'",
        ),
    ),
    (a_cheque_back, ("DELETE FROM avoir_withdrawal", "DELETE FROM late_unpaid")),
    (
        a_refund,
        (
            "DELETE FROM avoir_withdrawal",
            "DELETE FROM refund",
            "DELETE FROM number_series WHERE kind = 'remboursement'",
        ),
    ),
    (
        a_debt_dropped,
        (
            "UPDATE booking SET state = 'due', ended_at = NULL",
            "UPDATE basket SET state = 'ouvert', closed_at = NULL WHERE kind = 'regularisation'",
        ),
    ),
    (
        a_debt_given_up,
        (
            "UPDATE booking SET state = 'due', ended_at = NULL",
            "UPDATE basket SET state = 'ouvert', closed_at = NULL WHERE kind = 'regularisation'",
        ),
    ),
    (a_period, ("DELETE FROM period_closing",)),
)


@pytest.mark.parametrize(("gesture", "statements"), WIPED)
def test_the_last_gesture_of_the_regie_wiped_whole_is_still_told_by_the_trail(
    database: Database, gesture: Callable[[Desk], None], statements: tuple[str, ...]
) -> None:
    desk = a_regie(database)
    gesture(desk)
    assert verify(desk).findings == ()
    with unguarded(desk) as connection:
        last = "(SELECT last_seq FROM journal_head)"
        before = "(SELECT MAX(seq) FROM journal_entry)"
        for statement in (
            *statements,
            f"DELETE FROM posting WHERE entry_seq = {last}",
            f"DELETE FROM journal_entry WHERE seq = {last}",
            f"UPDATE journal_head SET last_seq = {before}, head_hash = (SELECT hash FROM journal_entry WHERE seq = {before})",
        ):
            sql(connection, statement)
        assert {named for named, _ in found(desk, connection)} == {"audit_event"}
