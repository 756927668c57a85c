"""The books recomputed from the rows, in the plainest way: what must hold after any sequence of gestures."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from models import tables as t
from models.engine import Database
from tui_portail.instants import in_paris


def books_hold(database: Database, now: datetime) -> None:
    """Assert that no place is oversold, that every account agrees with its rows and that numbers follow each other."""
    with database.read() as connection:
        _no_place_is_oversold(connection, now)
        _entries_balance_and_follow(connection)
        _avoirs_agree_with_their_account(connection)
        _payments_add_up(connection)
        _deposits_agree_with_their_account(connection)
        _numbers_follow(connection)


def _rows(connection: Connection, table: Table) -> list[Any]:
    return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def _no_place_is_oversold(connection: Connection, now: datetime) -> None:
    baskets = {basket.id: basket for basket in _rows(connection, t.basket)}
    taken: Counter[int] = Counter()
    cells: Counter[tuple[int, int]] = Counter()
    shown = {child.id: child.merged_into_id or child.id for child in _rows(connection, t.child)}
    unbooked = {row.booking_id for row in _rows(connection, t.attendance) if row.state == "sans_reservation"}
    for booking in _rows(connection, t.booking):
        live = booking.state in ("confirmed", "due")
        if booking.state == "held":
            basket = baskets[booking.basket_id]
            live = basket.state == "ouvert" and now < basket.expires_at
        taken[booking.slot_id] += live and booking.id not in unbooked
        cells[shown[booking.child_id], booking.slot_id] += live
    for slot in _rows(connection, t.slot):
        assert taken[slot.id] <= slot.capacity - slot.withheld, f"slot {slot.id} is oversold"
    assert max(cells.values(), default=0) <= 1, "a child twice on a slot"
    open_of = Counter(
        basket.payer_id
        for basket in baskets.values()
        if basket.state == "ouvert" and basket.kind == "reservation" and now < basket.expires_at
    )
    assert max(open_of.values(), default=0) <= 1, "a payer with two live baskets"


def _entries_balance_and_follow(connection: Connection) -> None:
    sums: defaultdict[int, int] = defaultdict(int)
    for posting in _rows(connection, t.posting):
        sums[posting.entry_seq] += posting.amount_cents
    entries = _rows(connection, t.journal_entry)
    assert set(sums) <= {entry.seq for entry in entries}
    assert not any(sums.values()), "an entry does not balance"
    previous = "0" * 64
    for place, entry in enumerate(entries, start=1):
        assert (entry.seq, entry.previous_hash) == (place, previous)
        previous = entry.hash
    [head] = _rows(connection, t.journal_head)
    assert (head.last_seq, head.head_hash) == (len(entries), previous)


def _avoirs_agree_with_their_account(connection: Connection) -> None:
    lives = _accounts_that_live(connection)
    left: Counter[int] = Counter()
    owner = {}
    for avoir in _rows(connection, t.avoir):
        owner[avoir.id] = lives[avoir.payer_id]
        left[lives[avoir.payer_id]] += avoir.amount_cents
    reversed_ones = {row.payment_id for row in _rows(connection, t.reversal)}
    uses: Counter[int] = Counter()
    for taken in _rows(connection, t.avoir_withdrawal):
        left[owner[taken.avoir_id]] -= taken.amount_cents
        uses[taken.avoir_id] += taken.amount_cents
    payer_of_payment = {payment.id: payment.payer_id for payment in _rows(connection, t.payment)}
    for use in _rows(connection, t.avoir_use):
        assert lives[payer_of_payment[use.payment_id]] == owner[use.avoir_id], "one payer spent the other's avoir"
        if use.payment_id in reversed_ones:
            continue
        left[owner[use.avoir_id]] -= use.amount_cents
        uses[use.avoir_id] += use.amount_cents
    for avoir in _rows(connection, t.avoir):
        assert uses[avoir.id] <= avoir.amount_cents
    account: Counter[int] = Counter()
    for posting in _rows(connection, t.posting):
        if posting.account == "avoirs":
            account[posting.payer_id] -= posting.amount_cents
    assert {payer: cents for payer, cents in left.items() if cents} == {
        payer: cents for payer, cents in account.items() if cents
    }
    bookings = {booking.id: booking for booking in _rows(connection, t.booking)}
    for line in _rows(connection, t.avoir_line):
        booking = bookings[line.booking_id]
        assert owner[line.avoir_id] == lives[booking.payer_id], "a day given back to another person"
        assert booking.state in ("cancelled", "cancelled_late"), "an avoir for a day that stays booked"
        assert line.care_cents + line.meal_cents == booking.price_cents


def _accounts_that_live(connection: Connection) -> dict[int, int]:
    """Return, for each account, the one that the transfers lead to: what the payer's own row says, and the only one with a balance."""
    into = {row.from_payer_id: row.into_payer_id for row in _rows(connection, t.payer_transfer)}
    lives = {}
    for payer in _rows(connection, t.payer):
        account = payer.id
        while account in into:
            account = into[account]
        assert (payer.joined_into_id or payer.id) == account, "an account joined without its transfer"
        lives[payer.id] = account
    left: Counter[tuple[int, str]] = Counter()
    for posting in _rows(connection, t.posting):
        if posting.account in ("avoirs", "creances"):
            left[posting.payer_id, posting.account] += posting.amount_cents
    assert not any(cents for (payer_id, _), cents in left.items() if payer_id in into), "a joined account is not empty"
    return lives


def _payments_add_up(connection: Connection) -> None:
    reversed_ones = {row.payment_id for row in _rows(connection, t.reversal)}
    tenders: Counter[str] = Counter()
    by_tender: Counter[tuple[str, int]] = Counter()
    by_line: Counter[tuple[str, int]] = Counter()
    for tender in _rows(connection, t.tender):
        tenders[tender.payment_id] += tender.amount_cents
        by_tender[tender.payment_id, tender.rank] += tender.amount_cents
    for share in _rows(connection, t.tender_allocation):
        by_tender[share.payment_id, share.tender_rank] -= share.amount_cents
        by_line[share.payment_id, share.booking_id] -= share.amount_cents
    uses: Counter[str] = Counter()
    for use in _rows(connection, t.avoir_use):
        uses[use.payment_id] += use.amount_cents
        by_line[use.payment_id, use.booking_id] -= use.amount_cents
    totals: Counter[str] = Counter()
    paid_bookings: Counter[int] = Counter()
    for line in _rows(connection, t.payment_line):
        totals[line.payment_id] += line.price_cents
        by_line[line.payment_id, line.booking_id] += line.price_cents
        paid_bookings[line.booking_id] += line.payment_id not in reversed_ones
    assert not any(by_tender.values()), "a tender is not wholly allocated"
    assert not any(by_line.values()), "a line is not wholly paid"
    assert max(paid_bookings.values(), default=0) <= 1, "a day was charged twice"
    baskets = {basket.id: basket for basket in _rows(connection, t.basket)}
    payments = _rows(connection, t.payment)
    for payment in payments:
        assert payment.total_cents == tenders[payment.id] + uses[payment.id] == totals[payment.id]
        assert payment.avoir_cents == uses[payment.id]
        basket = baskets[payment.basket_id]
        assert basket.state == "paye"
        if payment.corrects_id is None:
            assert basket.expires_at is None or payment.paid_at < basket.expires_at, "an expired basket was cashed"
    corrected = {payment.corrects_id for payment in payments}
    whole = [payment.basket_id for payment in payments if payment.id not in corrected]
    assert len(set(whole)) == len(whole), "a basket was cashed twice"
    assert corrected - {None} <= reversed_ones
    assert {b.id for b in baskets.values() if b.state == "paye"} == {payment.basket_id for payment in payments}
    bookings = _rows(connection, t.booking)
    paid = {booking_id for booking_id, times in paid_bookings.items() if times}
    withdrawn = {row.booking_id for row in _rows(connection, t.avoir_withdrawal)}
    given_up = {one.id for one in baskets.values() if (one.kind, one.state) == ("regularisation", "clos")}
    dropped = {  # owed, then cancelled in time, or never paid and dropped
        b.id for b in bookings if b.state == "cancelled" and (b.id in paid_bookings or b.basket_id in given_up)
    } - paid
    confirmed = {b.id for b in bookings if b.state in ("confirmed", "cancelled", "cancelled_late")}
    assert confirmed <= paid | withdrawn | dropped, "a day was confirmed without a payment"
    lives = _accounts_that_live(connection)
    owed: Counter[int] = Counter()
    for booking in bookings:
        if booking.state in ("due", "due_late"):
            assert booking.id not in paid, "a day is owed and paid"
            owed[lives[booking.payer_id]] += booking.price_cents
    for posting in _rows(connection, t.posting):
        if posting.account == "creances":
            owed[posting.payer_id] -= posting.amount_cents
    assert not any(owed.values()), "debts are not what the days owed make"


def _deposits_agree_with_their_account(connection: Connection) -> None:
    """Each slip's entry is what its payments made then, less what was deposited before and came back; cash is counted to the cent."""
    reversed_at = {row.payment_id: row.entry_seq for row in _rows(connection, t.reversal)}
    lost = {(row.payment_id, row.tender_rank) for row in _rows(connection, t.reversal_tender) if not row.kept}
    slips = {row.id: row for row in _rows(connection, t.deposit_slip)}
    lines = _rows(connection, t.deposit_slip_line)
    keys = {(line.payment_id, line.kind, line.tender_rank) for line in lines}
    assert len(keys) == len(lines), "a payment stands in two slips"
    back_at = {(row.payment_id, row.tender_rank): row.entry_seq for row in _rows(connection, t.late_unpaid)}
    deposited: Counter[int] = Counter()
    cash: Counter[int] = Counter()
    deposited_at = {line.payment_id: slips[line.slip_id].entry_seq for line in lines if line.kind == "paiement"}
    tenders = _rows(connection, t.tender)
    for line in lines:
        slip = slips[line.slip_id]
        if slip.state != "valide":
            continue
        if line.kind == "contrepassation":
            assert deposited_at[line.payment_id] < reversed_at[line.payment_id] < slip.entry_seq
        if line.kind == "impaye":
            assert deposited_at[line.payment_id] < back_at[line.payment_id, line.tender_rank] < slip.entry_seq
        for tender in [one for one in tenders if one.payment_id == line.payment_id]:
            key = (line.payment_id, tender.rank)
            gone_at = reversed_at[line.payment_id] if key in lost else back_at.get(key)
            if line.kind == "contrepassation":
                cents = -tender.amount_cents if key in lost else 0
            elif line.kind == "impaye":
                cents = -tender.amount_cents if tender.rank == line.tender_rank else 0
            else:
                cents = 0 if gone_at is not None and gone_at < slip.entry_seq else tender.amount_cents
            deposited[slip.entry_seq] += cents
            cash[slip.id] += cents if tender.means == "especes" else 0
    for posting in _rows(connection, t.posting):
        if posting.account == "recettes_versees":
            deposited[posting.entry_seq] -= posting.amount_cents
    assert not any(deposited.values()), "a slip's entry is not what it deposits"
    for row in _rows(connection, t.deposit_slip_cash):
        cash[row.slip_id] -= row.denomination_cents * row.pieces
    assert not any(cash.values()), "a slip's cash is not what was counted"


def _numbers_follow(connection: Connection) -> None:
    series = {(row.kind, row.year): row.last_number for row in _rows(connection, t.number_series)}
    for kind, table, at in (
        ("quittance", t.quittance, "issued_at"),
        ("avoir", t.avoir, "issued_at"),
        ("bordereau", t.deposit_slip, "validated_at"),
        ("remboursement", t.refund, "requested_at"),
    ):
        numbers: defaultdict[int, list[int]] = defaultdict(list)
        for row in _rows(connection, table):
            if row.number is None:
                continue  # a draft
            assert row.year == in_paris(getattr(row, at)).year
            numbers[row.year].append(row.number)
        for year, found in numbers.items():
            assert sorted(found) == list(range(1, len(found) + 1)), f"{kind}s of {year} have a gap"
            assert series[kind, year] == len(found)
