"""What the régie adds to the small world, in plain rows: a till counted and closed, a payment reversed, a slip, a refund, a day closed."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, update

from models import tables as t
from models.engine import Database
from tests.models.world import NOW, OTHER_PAYMENT, PAYMENT, Row, add, avoir, basket, entry, pay, win

DEBT_BASKET = 9
Details = tuple[tuple[Any, ...], ...]


def journal(connection: Connection, kind: str, *amounts: int) -> Row:
    """Write the next entry and return what the row it carries says of it."""
    seq, previous = connection.execute(select(t.journal_head.c.last_seq, t.journal_head.c.head_hash)).one()
    made = f"{seq + 1:064x}"
    entry(connection, seq=seq + 1, previous=previous, hash=made, amounts=amounts, kind=kind)
    return {"entry_seq": seq + 1, "head_hash": made}


def seq_of(written: Row) -> Row:
    """Keep the entry's place alone, for rows that do not repeat its hash."""
    return {"entry_seq": written["entry_seq"]}


# ---- tills


def movement(connection: Connection, **changed: Any) -> None:
    row = {"regie_id": 1, "till_session_id": 1, "kind": "apport", "amount_cents": 500, "reason": "Monnaie"}
    row |= {"moved_at": NOW, "agent_id": 1} | changed
    add(connection, t.cash_movement, **seq_of(journal(connection, "mouvement", 500, -500)) | row)


def difference(connection: Connection, **changed: Any) -> None:
    row = {"regie_id": 1, "till_session_id": 1, "counted_at": "cloture", "means": "especes", "expected_cents": 6000}
    row |= {"counted_cents": 5990, "reason": "Erreur", "noted_at": NOW, "agent_id": 1} | changed
    add(connection, t.till_difference, **seq_of(journal(connection, "ecart", 10, -10)) | row)


def count(connection: Connection, means: str, expected: int, counted: int, session_id: int = 1) -> None:
    row = {"till_session_id": session_id, "means": means, "expected_cents": expected, "counted_cents": counted}
    add(connection, t.till_count, **row)


def pieces(connection: Connection, value: int, how_many: int, session_id: int = 1) -> None:
    add(connection, t.cash_count, till_session_id=session_id, denomination_cents=value, pieces=how_many)


def cheque_seen(connection: Connection, payment_id: str, rank: int, *, found: bool, session_id: int = 1) -> None:
    row = {"till_session_id": session_id, "payment_id": payment_id, "tender_rank": rank, "found": found}
    add(connection, t.cheque_count, **row)


def seal(connection: Connection, **changed: Any) -> None:
    """Write the closing of session 1 after its counts."""
    row = {"till_session_id": 1, "regie_id": 1, "closed_at": NOW, "agent_id": 1, "agent_name": "A", "fictitious": True}
    add(connection, t.till_closing, **row | journal(connection, "cloture_caisse") | changed)


def shut(connection: Connection, **changed: Any) -> None:
    values = {"state": "close", "closed_at": NOW, "closed_by": 1} | changed
    connection.execute(update(t.till_session).where(t.till_session.c.id == 1).values(**values))


def count_cash(connection: Connection) -> None:
    """Count what session 1 holds: its float and the cash of the world's payment."""
    count(connection, "especes", 6000, 6000)
    pieces(connection, 5000, 1)
    pieces(connection, 1000, 1)


def close_till(connection: Connection) -> None:
    count_cash(connection)
    seal(connection)
    shut(connection)


def session(number: int, previous_id: int | None, **changed: Any) -> Row:
    row = {"id": number, "till_id": 1, "previous_id": previous_id, "state": "ouverte", "float_cents": 6000}
    return row | {"opened_at": NOW, "opened_by": 1} | changed


# ---- reversals


def pay_other(connection: Connection, means: str = "especes", **changed: Any) -> None:
    """Pay booking 3 (5,00 €) half by avoir 1, half by a means, and confirm it."""
    win(connection, 2)
    seq = connection.scalar(select(t.journal_head.c.last_seq)) or 0
    tender = {"payment_id": OTHER_PAYMENT, "rank": 1, "means": means, "amount_cents": 250, "received_cents": 250}
    add(connection, t.tender, bank="", reference="", **tender)
    whole: dict[str, Any] = {"uses": ((1, 3, 250),), "lines": ((3, 500),), "allocations": ((1, 3, 250),)}
    whole |= {"total": 500, "avoir": 250, "basket_id": 2, "tenders": (), "seq": seq + 1}
    pay(connection, OTHER_PAYMENT, **whole | changed)
    journal(connection, "paiement", 250, -250)
    connection.execute(update(t.booking).where(t.booking.c.id == 3).values(state="confirmed"))


def open_debt(connection: Connection, **changed: Any) -> None:
    add(
        connection,
        t.basket,
        **basket(DEBT_BASKET) | {"kind": "regularisation", "expires_at": None, "closed_at": None} | changed,
    )


def reverse(
    connection: Connection,
    payment_id: str = OTHER_PAYMENT,
    tenders: Details = ((1, False),),  # rank, kept
    lines: Details = ((3, "due"),),  # booking, outcome
    **changed: Any,
) -> int:
    """Write a reversal after its tenders and lines; return its id. Booking 3's payment, wholly lost, unless said otherwise."""
    for rank, kept in tenders:
        add(connection, t.reversal_tender, payment_id=payment_id, tender_rank=rank, kept=kept)
    for booking_id, outcome in lines:
        add(connection, t.reversal_line, payment_id=payment_id, booking_id=booking_id, outcome=outcome)
    row = {"regie_id": 1, "payment_id": payment_id, "kind": "annulation", "reason": "Rien reçu", "till_session_id": 1}
    row |= {"reversed_at": NOW, "agent_id": 1, "debt_basket_id": DEBT_BASKET, "kept_avoir_id": None}
    row |= {"lost_cents": 250, "kept_cents": 0, "given_back_cents": 250, "owed_cents": 500, "withdrawn_cents": 0}
    if "entry_seq" not in changed:
        row |= seq_of(journal(connection, "contrepassation", 250, -250))
    written = connection.execute(t.reversal.insert().values(**row | changed).returning(t.reversal.c.id))
    return int(written.scalar_one())


def owe(connection: Connection, booking_id: int = 3, state: str = "due", basket_id: int = DEBT_BASKET) -> None:
    moved = update(t.booking).where(t.booking.c.id == booking_id)
    connection.execute(moved.values(state=state, basket_id=basket_id))


def reverse_other(connection: Connection) -> int:
    """Reverse the payment of booking 3, which is owed again."""
    open_debt(connection)
    reversal_id = reverse(connection)
    owe(connection)
    return reversal_id


def reverse_given_back(connection: Connection) -> int:
    """Reverse the world's payment of bookings 1 and 2, the first given back since by avoir 1: 5,00 € are to be withdrawn from it."""
    cancelled = update(t.booking).where(t.booking.c.id == 1).values(state="cancelled", ended_at=NOW)
    connection.execute(cancelled)
    open_debt(connection, id=DEBT_BASKET + 1)
    amounts = {"lost_cents": 1000, "given_back_cents": 0, "owed_cents": 500, "withdrawn_cents": 500}
    return reverse(
        connection,
        PAYMENT,
        lines=((1, "retiree"), (2, "due")),
        debt_basket_id=DEBT_BASKET + 1,
        **amounts,
    )


def keep_avoir(connection: Connection, amount: int = 250, **changed: Any) -> dict[str, Any]:
    """Write the avoir of the money kept, carried by the reversal's own entry; return what the reversal says of it."""
    entry = journal(connection, "contrepassation", 250, -250)
    row = avoir(number=2, amount=amount) | {"id": 2, "reason": "contrepassation"} | entry | changed
    add(connection, t.avoir, **row)
    return {"kept_avoir_id": 2} | seq_of(entry)


def reverse_keeping_a_cheque(connection: Connection) -> int:
    """Reverse the payment of booking 3, its cheque kept; return the avoir it became."""
    open_debt(connection)
    kept = keep_avoir(connection)
    reverse(connection, tenders=((1, True),), lost_cents=0, kept_cents=250, **kept)
    owe(connection)
    return int(kept["kept_avoir_id"])


def cheque_back(connection: Connection, **changed: Any) -> int:
    """Write that the cheque kept of booking 3's payment came back unpaid; return its id."""
    row = {"regie_id": 1, "payment_id": OTHER_PAYMENT, "tender_rank": 1, "amount_cents": 250, "reason": "Impayé"}
    row |= {"till_session_id": 1, "declared_at": NOW, "agent_id": 1}
    if "entry_seq" not in changed:
        row |= seq_of(journal(connection, "impaye", 250, -250))
    written = connection.execute(t.late_unpaid.insert().values(**row | changed).returning(t.late_unpaid.c.id))
    return int(written.scalar_one())


def withdraw(connection: Connection, **changed: Any) -> None:
    row = {"avoir_id": 1, "booking_id": None, "reversal_id": None, "refund_id": None, "late_unpaid_id": None}
    row |= {"amount_cents": 500}
    add(connection, t.avoir_withdrawal, **row | changed)


def refund(connection: Connection, *, number: int = 1, amount: int = 700, **changed: Any) -> int:
    row = {"regie_id": 1, "payer_id": 1, "payer_snapshot_id": 1, "year": 2026, "number": number}
    row |= {"amount_cents": amount, "reason": "Départ", "requested_at": NOW, "agent_id": 1, "agent_name": "A"}
    row |= {"fictitious": True} | journal(connection, "remboursement", amount, -amount) | changed
    return int(connection.execute(t.refund.insert().values(**row).returning(t.refund.c.id)).scalar_one())


def transfer(connection: Connection, **changed: Any) -> None:
    """Write that the world's second account, empty, is joined into the first."""
    row = {"regie_id": 1, "from_payer_id": 2, "into_payer_id": 1, "avoir_cents": 0, "debt_cents": 0}
    row |= {"transferred_at": NOW, "agent_id": 1}
    written = {} if "entry_seq" in changed else seq_of(journal(connection, "transfert"))
    add(connection, t.payer_transfer, **row | written | changed)


# ---- slips and periods


def draft(connection: Connection, slip_id: int = 1, **changed: Any) -> None:
    row = {"id": slip_id, "regie_id": 1, "till_id": 1, "state": "brouillon", "created_at": NOW, "created_by": 1}
    add(connection, t.deposit_slip, agent_name="", head_hash="", fictitious=True, **row | changed)


def slip_line(
    connection: Connection, payment_id: str = PAYMENT, kind: str = "paiement", slip_id: int = 1, rank: int = 0
) -> None:
    add(connection, t.deposit_slip_line, slip_id=slip_id, payment_id=payment_id, kind=kind, tender_rank=rank)


def slip_cash(connection: Connection, value: int = 1000, how_many: int = 1, slip_id: int = 1) -> None:
    add(connection, t.deposit_slip_cash, slip_id=slip_id, denomination_cents=value, pieces=how_many)


def validate(connection: Connection, slip_id: int = 1, *, number: int = 1, **changed: Any) -> None:
    written = journal(connection, "versement", 1000, -1000) if "entry_seq" not in changed else {}
    values = {"state": "valide", "year": 2026, "number": number, "validated_at": NOW, "validated_by": 1}
    values |= {"agent_name": "A"} | written | changed
    connection.execute(update(t.deposit_slip).where(t.deposit_slip.c.id == slip_id).values(**values))


def deposit(connection: Connection) -> None:
    """Validate a slip of the world's payment, 10,00 € in cash."""
    draft(connection)
    slip_line(connection)
    slip_cash(connection)
    validate(connection)


def close_period(connection: Connection, kind: str = "jour", **changed: Any) -> None:
    """Close a period of the entries written so far."""
    last = connection.scalar(select(func.max(t.journal_entry.c.seq)))
    row = {"regie_id": 1, "kind": kind, "starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 1)}
    row |= {"previous_id": None, "first_seq": 1, "last_seq": last, "received_cents": 1000, "reversed_cents": 0}
    row |= {"perpetual_cents": 1000, "closed_at": NOW, "agent_id": 1, "agent_name": "A", "fictitious": True}
    add(connection, t.period_closing, **row | journal(connection, "cloture") | changed)


def a_row_of_each(database: Database) -> None:
    """Write one row at least in every table of the régie: a payment deposited, another reversed, a refund, a till and a day closed."""
    with database.write() as connection:
        deposit(connection)
        pay_other(connection, "cheque")
        kept_avoir_id = reverse_keeping_a_cheque(connection)
        withdraw(connection, avoir_id=kept_avoir_id, late_unpaid_id=cheque_back(connection), amount_cents=250)
        withdraw(connection, refund_id=refund(connection, amount=500))
        movement(connection)
        count(connection, "especes", 6000, 5990)
        count(connection, "cheque", 0, 0)
        pieces(connection, 599, 10)
        cheque_seen(connection, OTHER_PAYMENT, 1, found=False)
        difference(connection)
        seal(connection)
        shut(connection)
        close_period(connection)
        transfer(connection)
