"""A small coherent world written in plain rows: one family, one paid basket, one avoir, a chained journal."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import Database
from models.revisions import CURRENT

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
DAY = date(2026, 12, 7)
HASH_0, HASH_1, HASH_2, HASH_3 = "0" * 64, "1" * 64, "2" * 64, "3" * 64
PAYMENT = "11111111-1111-4111-8111-111111111111"
OTHER_PAYMENT = "22222222-2222-4222-8222-222222222222"
Row = dict[str, Any]


def add(connection: Connection, table: Table, **values: Any) -> None:
    connection.execute(table.insert().values(**values))


def refused(database: Database, name: str, write: Callable[..., object]) -> None:
    """Assert that the guard of that name refuses a write, as an IntegrityError that keeps nothing."""
    with pytest.raises(IntegrityError) as refusal, database.write() as connection:
        write(connection)
    assert name in str(refusal.value.orig)


def build(database: Database) -> None:
    """Write the world: payers 1 and 2, baskets 1 (paid), 2 and 3 (open), bookings 1 to 5, payment, quittance 1, avoir 1 of 12,00 €."""
    with database.write() as connection:
        _people_and_places(connection)
        _bookings(connection)
        win(connection, 1)
        pay(connection)
        entry(connection, seq=1, previous=HASH_0, hash=HASH_1, amounts=(1000, -1000))
        connection.execute(t.booking.update().where(t.booking.c.id.in_([1, 2])).values(state="confirmed"))
        add(connection, t.quittance, **quittance(number=1))
        add(connection, t.quittance_copy, quittance_id=1, copy_no=1, printed_at=NOW, agent_id=1)
        for number, basket_id, payer_id in ((3, 2, 1), (5, 3, 2)):
            add(connection, t.basket, **basket(basket_id, payer_id=payer_id))
            add(connection, t.booking, **booking(number, basket_id=basket_id, state="held", payer_id=payer_id))
        give(connection, number=1)
        add(connection, t.avoir_line, **avoir_line(booking_id=1))


def _people_and_places(c: Connection) -> None:
    add(
        c,
        t.agent,
        id=1,
        username="a",
        name="A",
        password_hash="x",
        must_change_password=False,
        failures=0,
        created_at=NOW,
    )
    add(c, t.site, code="MELODIE", name="Mélodie")
    add(c, t.activity, code="ALP_SOIR", label="ALP soir", rank=1)
    add(c, t.slot, id=1, site_code="MELODIE", activity_code="ALP_SOIR", day=DAY, capacity=10, withheld=0)
    add(c, t.regie, id=1, code="R", name="Régie")
    add(c, t.till, id=1, regie_id=1, name="Caisse")
    add(c, t.till_session, id=1, till_id=1, state="ouverte", float_cents=5000, opened_at=NOW, opened_by=1)
    add(c, t.journal_head, regie_id=1, last_seq=0, head_hash=HASH_0)
    add(c, t.number_series, regie_id=1, year=2026, kind="quittance", last_number=1)
    add(c, t.commune_version, recorded_at=NOW, source="test", document="{}")
    add(c, t.audit_event, **audit("op-1"))
    add(c, t.dossier, id=1, number="1", label="DUPONT", created_at=NOW, version=1)
    for rank in (1, 2):
        add(c, t.identity_snapshot, **snapshot(rank, "payeur"))
        add(c, t.guardian, id=rank, dossier_id=1, last_name="D", first_name="P", snapshot_id=rank)
        add(c, t.payer, id=rank, dossier_id=1, guardian_id=rank, rank=rank, resident=True)
    for number in (1, 2, 3, 4, 5):
        add(c, t.identity_snapshot, **snapshot(10 + number, "enfant"))
        add(c, t.child, **child(number))


def _bookings(c: Connection) -> None:
    add(c, t.basket, **basket(1))
    for number, basket_id, state in ((1, 1, "held"), (2, 1, "held"), (4, None, "due")):
        add(c, t.booking, **booking(number, basket_id=basket_id, state=state))
    add(c, t.absence_proof, **absence_proof(1))


def child(number: int) -> Row:
    row = {"id": number, "dossier_id": 1, "snapshot_id": 10 + min(number, 5), "last_name": "D", "first_name": "Zoé"}
    return row | {"birth_on": date(2018, 1, 1), "meal_supplied": True}


def snapshot(number: int, kind: str) -> Row:
    return {"id": number, "kind": kind, "person_id": number, "name": "DUPONT Zoé", "address": "1 rue", "taken_at": NOW}


def audit(operation_id: str) -> Row:
    row = {"operation_id": operation_id, "gesture": "essai", "fingerprint": "f", "result": "{}", "at": NOW}
    return row | {"subject": "dossier", "subject_id": "1", "reason": "", "details": "{}", "revision": CURRENT}


def basket(number: int, *, payer_id: int = 1, state: str = "ouvert") -> Row:
    row = {"id": number, "dossier_id": 1, "payer_id": payer_id, "kind": "reservation", "state": state}
    return row | {"created_at": NOW, "expires_at": NOW, "extensions": 0, "agent_id": 1}


def absence_proof(number: int) -> Row:
    row = {"id": number, "dossier_id": 1, "child_id": 1, "activity_code": "ALP_SOIR", "first_on": DAY, "last_on": DAY}
    return row | {"due_until": NOW, "state": "attendu", "reason": ""}


def booking(number: int, *, basket_id: int | None, state: str, child_id: int | None = None, payer_id: int = 1) -> Row:
    row = {
        "id": number,
        "child_id": child_id or number,
        "slot_id": 1,
        "day": DAY,
        "payer_id": payer_id,
        "basket_id": basket_id,
    }
    row |= {"state": state, "price_cents": 500, "care_cents": 500, "meal_cents": 0, "tariff": "FICTIF"}
    return row | {"booked_at": NOW, "agent_id": 1}


def win(connection: Connection, basket_id: int) -> None:
    """Mark an open basket paid, as cashing does first."""
    connection.execute(t.basket.update().where(t.basket.c.id == basket_id).values(state="paye", closed_at=NOW))


def give(connection: Connection, **terms: Any) -> None:
    """Write an avoir after its entry, the next of the journal; its lines come after."""
    seq, previous = connection.execute(t.journal_head.select()).one()[1:]
    entry_hash = str(seq + 1) * 64
    entry(connection, seq=seq + 1, previous=previous, hash=entry_hash, amounts=(1, -1), kind="avoir")
    add(connection, t.avoir, **avoir(**terms) | {"entry_seq": seq + 1, "head_hash": entry_hash})


def entry(
    connection: Connection, *, seq: int, previous: str, hash: str, amounts: tuple[int, ...], kind: str = "paiement"
) -> None:
    """Write postings, then the entry that seals them."""
    for rank, amount in enumerate(amounts):
        add(connection, t.posting, **posting(seq, rank, amount))
    row = {"regie_id": 1, "seq": seq, "format_version": 1, "kind": kind, "entered_at": NOW, "agent_id": 1}
    row |= {"operation_id": "op-1", "previous_hash": previous, "hash": hash, "document": "{}"}
    add(connection, t.journal_entry, **row)


def posting(seq: int, rank: int, amount: int) -> Row:
    return {"regie_id": 1, "entry_seq": seq, "rank": rank, "account": "caisse", "amount_cents": amount}


def pay(
    connection: Connection,
    payment_id: str = PAYMENT,
    *,
    tenders: tuple[int, ...] = (1000,),
    uses: tuple[tuple[int, int, int], ...] = (),  # avoir, booking, cents
    lines: tuple[tuple[int, int], ...] = ((1, 500), (2, 500)),  # booking, cents
    allocations: tuple[tuple[int, int, int], ...] = ((1, 1, 500), (1, 2, 500)),  # tender rank, booking, cents
    total: int = 1000,
    avoir: int = 0,
    payer_id: int = 1,
    basket_id: int = 1,
    change: int = 0,
    seq: int = 1,
    till_session_id: int | None = 1,
    corrects_id: str | None = None,
) -> None:
    """Write the details of a payment, then the payment that seals them."""
    for rank, amount in enumerate(tenders, start=1):
        add(connection, t.tender, **tender(payment_id, rank, amount))
    for avoir_id, booking_id, amount in uses:
        add(connection, t.avoir_use, **avoir_use(payment_id, avoir_id, booking_id, amount))
    for booking_id, price in lines:
        add(connection, t.payment_line, **line(payment_id, booking_id, price))
    for rank, booking_id, amount in allocations:
        add(connection, t.tender_allocation, **allocation(payment_id, rank, booking_id, amount))
    row = {
        "id": payment_id,
        "regie_id": 1,
        "basket_id": basket_id,
        "payer_id": payer_id,
        "payer_snapshot_id": 1,
        "agent_id": 1,
    }
    row |= {"till_session_id": till_session_id, "corrects_id": corrects_id, "paid_at": NOW}
    row |= {"total_cents": total, "avoir_cents": avoir, "change_cents": change}
    add(connection, t.payment, entry_seq=seq, **row)


def tender(payment_id: str, rank: int, amount: int) -> Row:
    row = {"payment_id": payment_id, "rank": rank, "means": "especes", "amount_cents": amount}
    return row | {"received_cents": amount, "bank": "", "reference": ""}


def avoir_use(payment_id: str, avoir_id: int, booking_id: int, amount: int) -> Row:
    return {"payment_id": payment_id, "avoir_id": avoir_id, "booking_id": booking_id, "amount_cents": amount}


def line(payment_id: str, booking_id: int, price: int) -> Row:
    row = {"payment_id": payment_id, "booking_id": booking_id, "child_snapshot_id": 11, "activity_code": "ALP_SOIR"}
    row |= {"activity_label": "ALP soir", "day": DAY, "price_cents": price, "care_cents": price, "meal_cents": 0}
    return row


def allocation(payment_id: str, rank: int, booking_id: int, amount: int) -> Row:
    return {"payment_id": payment_id, "tender_rank": rank, "booking_id": booking_id, "amount_cents": amount}


def quittance(*, number: int, payment_id: str = PAYMENT, year: int = 2026) -> Row:
    row = {"regie_id": 1, "year": year, "number": number, "payment_id": payment_id, "issued_at": NOW}
    return row | {"avoir_left_cents": 0, "agent_name": "A", "head_hash": HASH_1, "fictitious": True}


def avoir(*, number: int, payer_id: int = 1, amount: int = 1200, care: int | None = None) -> Row:
    care = amount if care is None else care
    row: Row = {"regie_id": 1, "payer_id": payer_id, "payer_snapshot_id": payer_id, "year": 2026, "number": number}
    row |= {"reason": "annulation", "issued_at": NOW, "amount_cents": amount, "care_cents": care}
    return row | {"meal_cents": amount - care, "entry_seq": 2, "agent_id": 1, "agent_name": "A", "head_hash": HASH_2}


def avoir_line(*, booking_id: int, avoir_id: int = 1, care: int = 500, meal: int = 0) -> Row:
    row = {"avoir_id": avoir_id, "booking_id": booking_id, "child_snapshot_id": 11, "activity_label": "ALP soir"}
    return row | {"care_cents": care, "meal_cents": meal}
