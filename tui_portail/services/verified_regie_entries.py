"""The régie's own entries against their rows: movements, differences, closings of tills, reversals, slips, refunds, periods closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, or_, select

from models import tables as t
from models.states import EntryKind, MovementKind, ReversedLine, SlipLineKind, SlipState
from tui_portail.policy import Means
from tui_portail.services.cash_movements import movement_amounts
from tui_portail.services.findings import Finding
from tui_portail.services.gesture import canonical
from tui_portail.services.ledger import DEBTS, DEPOSITED
from tui_portail.services.transfers import TRANSFER_FACTS, transfer_movements
from tui_portail.services.verified_comparison import Details, compare, differs, fields

_OWN_TABLES = (
    t.cash_movement,
    t.till_difference,
    t.till_closing,
    t.reversal,
    t.deposit_slip,
    t.refund,
    t.late_unpaid,
    t.period_closing,
    t.payer_transfer,
)
_MOVEMENT = ("till_session_id", "kind", "amount_cents", "reason")
_DIFFERENCE = ("till_session_id", "counted_at", "means", "expected_cents", "counted_cents", "reason")
_REVERSAL = (
    "payment_id",
    "kind",
    "reason",
    "till_session_id",
    "debt_basket_id",
    "lost_cents",
    "kept_cents",
    "given_back_cents",
    "owed_cents",
    "withdrawn_cents",
)
_UNPAID = ("payment_id", "tender_rank", "amount_cents", "reason", "till_session_id")


def regie_rows(regie_id: int, first: int, last: int) -> Iterator[tuple[str, Select[Any]]]:
    """Yield, by the name they are kept under, the queries of the rows that a batch of entries speaks of, each with its `entry_seq`."""

    def of_batch(table: Table) -> list[Any]:
        return [table.c.regie_id == regie_id, table.c.entry_seq.between(first, last)]

    for table in _OWN_TABLES:
        yield table.name, select(table).where(*of_batch(table))
    for table in (t.till_count, t.cash_count, t.cheque_count):
        counted = select(table, t.till_closing.c.entry_seq).join(
            t.till_closing, t.till_closing.c.till_session_id == table.c.till_session_id
        )
        yield table.name, counted.where(*of_batch(t.till_closing))
    tenders = (
        select(t.reversal_tender, t.tender.c.amount_cents, t.reversal.c.entry_seq)
        .join(t.reversal, t.reversal.c.payment_id == t.reversal_tender.c.payment_id)
        .join(
            t.tender,
            and_(t.tender.c.payment_id == t.reversal.c.payment_id, t.tender.c.rank == t.reversal_tender.c.tender_rank),
        )
    )
    yield t.reversal_tender.name, tenders.where(*of_batch(t.reversal))
    lines = (
        select(t.reversal_line, t.payment_line.c.price_cents, t.reversal.c.entry_seq)
        .join(t.reversal, t.reversal.c.payment_id == t.reversal_line.c.payment_id)
        .join(
            t.payment_line,
            and_(
                t.payment_line.c.payment_id == t.reversal_line.c.payment_id,
                t.payment_line.c.booking_id == t.reversal_line.c.booking_id,
            ),
        )
    )
    yield t.reversal_line.name, lines.where(*of_batch(t.reversal))
    withdrawal = t.avoir_withdrawal.c
    for table, key in (
        (t.reversal, withdrawal.reversal_id),
        (t.refund, withdrawal.refund_id),
        (t.late_unpaid, withdrawal.late_unpaid_id),
    ):
        taken = select(t.avoir_withdrawal, table.c.entry_seq).join(table, table.c.id == key)
        yield f"avoir_withdrawal of {table.name}", taken.where(*of_batch(table))
    cash = select(t.deposit_slip_cash, t.deposit_slip.c.entry_seq).join(
        t.deposit_slip, t.deposit_slip.c.id == t.deposit_slip_cash.c.slip_id
    )
    yield t.deposit_slip_cash.name, cash.where(*of_batch(t.deposit_slip))
    back, late, rank = t.reversal_tender, t.late_unpaid, t.deposit_slip_line.c.tender_rank
    deposited = (
        select(
            t.deposit_slip_line.c.id,
            t.deposit_slip_line.c.payment_id,
            t.deposit_slip_line.c.kind,
            rank.label("line_rank"),
            t.deposit_slip.c.entry_seq,
            t.tender.c.rank,
            t.tender.c.means,
            t.tender.c.amount_cents,
            back.c.kept,
            t.reversal.c.entry_seq.label("reversed_seq"),
            late.c.entry_seq.label("late_seq"),
        )
        .join(t.deposit_slip, t.deposit_slip.c.id == t.deposit_slip_line.c.slip_id)
        .join(t.tender, t.tender.c.payment_id == t.deposit_slip_line.c.payment_id)
        .outerjoin(t.reversal, t.reversal.c.payment_id == t.deposit_slip_line.c.payment_id)
        .outerjoin(back, and_(back.c.payment_id == t.tender.c.payment_id, back.c.tender_rank == t.tender.c.rank))
        .outerjoin(late, and_(late.c.payment_id == t.tender.c.payment_id, late.c.tender_rank == t.tender.c.rank))
        .where(or_(rank == 0, rank == t.tender.c.rank))
    )
    yield (
        "deposited",
        deposited.where(*of_batch(t.deposit_slip), or_(t.deposit_slip.c.state == SlipState.VALIDATED.value)),
    )


def check_regie_entry(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    """Yield what the rows of an entry of the régie say otherwise than its facts."""
    check = _CHECKS.get(EntryKind(entry.kind))
    if check is not None:
        yield from check(entry, facts, details)


def _one(entry: Any, table: str, details: Details) -> tuple[Any | None, list[Finding]]:
    """Return the one row an entry must have, or what is wrong."""
    rows = details[table].get(entry.seq, [])
    if len(rows) == 1:
        return rows[0], []
    return None, [
        Finding("journal_entry", str(entry.seq), f"elle doit avoir une ligne de « {table} », elle en a {len(rows)}.")
    ]


def _movement(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "cash_movement", details)
    yield from wrong
    if row is not None:
        said = {column: facts["movement"][column] for column in _MOVEMENT}
        yield from fields("cash_movement", row, said | {"moved_at": entry.entered_at, "agent_id": entry.agent_id})
        moved = {one.account: one.amount_cents for one in details["posting"].get(entry.seq, [])}
        if moved != movement_amounts(MovementKind(said["kind"]), said["amount_cents"]):
            yield Finding("cash_movement", str(row.id), "l’écriture ne déplace pas ce qu’il dit.")


def _difference(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "till_difference", details)
    yield from wrong
    if row is not None:
        said = {column: facts["difference"][column] for column in _DIFFERENCE}
        yield from fields("till_difference", row, said | {"noted_at": entry.entered_at, "agent_id": entry.agent_id})


def _till_closing(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "till_closing", details)
    yield from wrong
    if row is None:
        return
    yield from fields(
        "till_closing",
        row,
        {
            "till_session_id": facts["session"],
            "closed_at": entry.entered_at,
            "agent_id": entry.agent_id,
            "head_hash": entry.hash,
            "fictitious": facts["fictitious"],
        },
    )
    rows = {name: details[name].get(entry.seq, []) for name in ("till_count", "cash_count", "cheque_count")}
    yield from compare("till_count", rows["till_count"], ("means", "expected_cents", "counted_cents"), facts["counts"])
    yield from compare("cash_count", rows["cash_count"], ("denomination_cents", "pieces"), facts["cash"])
    yield from compare("cheque_count", rows["cheque_count"], ("payment_id", "tender_rank", "found"), facts["cheques"])
    coins = sum(one.denomination_cents * one.pieces for one in rows["cash_count"])
    for count in rows["till_count"]:
        if count.means == Means.CASH.value and count.counted_cents != coins:
            yield Finding(
                "till_count", str(count.till_session_id), differs("counted_cents", count.counted_cents, coins)
            )


def _reversal(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "reversal", details)
    yield from wrong
    if row is None:
        return
    said = {column: facts["reversal"][column] for column in _REVERSAL}
    yield from fields("reversal", row, said | {"reversed_at": entry.entered_at, "agent_id": entry.agent_id})
    tenders, lines = (details[name].get(entry.seq, []) for name in ("reversal_tender", "reversal_line"))
    yield from compare("reversal_tender", tenders, ("tender_rank", "kept"), facts["tenders"])
    yield from compare("reversal_line", lines, ("booking_id", "outcome"), facts["lines"])
    taken = details["avoir_withdrawal of reversal"].get(entry.seq, [])
    yield from compare("avoir_withdrawal", taken, ("avoir_id", "booking_id", "amount_cents"), facts["withdrawals"])
    withdrawn = ReversedLine.WITHDRAWN.value
    sums = {
        "lost_cents": sum(one.amount_cents for one in tenders if not one.kept),
        "kept_cents": sum(one.amount_cents for one in tenders if one.kept),
        "owed_cents": sum(one.price_cents for one in lines if one.outcome != withdrawn),
        "withdrawn_cents": sum(one.price_cents for one in lines if one.outcome == withdrawn),
    }
    yield from fields("reversal", row, sums)
    yield from _kept_avoir(entry, row, facts["kept_avoir"], details)


def _kept_avoir(entry: Any, reversal: Any, kept: Sequence[Any] | None, details: Details) -> Iterator[Finding]:
    avoirs = details["avoir"].get(entry.seq, [])
    if len(avoirs) != (kept is not None):
        yield Finding("reversal", str(reversal.id), "l’avoir de la somme gardée n’est pas celui du journal.")
        return
    for avoir in avoirs if kept is not None else ():
        year, number, payer_id, snapshot_id, cents = kept or ()
        chained = {
            "id": reversal.kept_avoir_id,
            "year": year,
            "number": number,
            "payer_id": payer_id,
            "payer_snapshot_id": snapshot_id,
            "amount_cents": cents,
            "reason": "contrepassation",
            "issued_at": entry.entered_at,
            "agent_id": entry.agent_id,
            "head_hash": entry.hash,
        }
        yield from fields("avoir", avoir, chained)


def _deposit(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "deposit_slip", details)
    yield from wrong
    if row is None:
        return
    slip_id, year, number, till_id, fictitious = facts["slip"]
    printed = {
        "id": slip_id,
        "year": year,
        "number": number,
        "till_id": till_id,
        "fictitious": fictitious,
        "state": SlipState.VALIDATED.value,
        "validated_at": entry.entered_at,
        "validated_by": entry.agent_id,
        "head_hash": entry.hash,
    }
    yield from fields("deposit_slip", row, printed)
    found, totals = _deposited(details["deposited"].get(entry.seq, []))
    if found != facts["lines"]:
        yield Finding("deposit_slip", str(slip_id), "ses paiements ne sont pas ceux que le journal a chaînés.")
    if any(totals.get(means, 0) != cents for means, cents in facts["totals"]):
        yield Finding("deposit_slip", str(slip_id), "ses totaux ne sont pas ceux de ses paiements.")
    cash = details["deposit_slip_cash"].get(entry.seq, [])
    yield from compare("deposit_slip_cash", cash, ("denomination_cents", "pieces"), facts["cash"])
    coins = sum(one.denomination_cents * one.pieces for one in cash)
    if coins != totals.get(Means.CASH.value, 0):
        yield Finding("deposit_slip", str(slip_id), "ses coupures ne font pas ses espèces.")
    moved = sum(one.amount_cents for one in details["posting"].get(entry.seq, []) if one.account == DEPOSITED)
    if moved != sum(totals.values()):
        yield Finding("deposit_slip", str(slip_id), "l’écriture ne verse pas son total.")


def _deposited(rows: Sequence[Any]) -> tuple[list[Any], dict[str, int]]:
    """Return a slip's lines as the chain writes them, and its totals by means (cents), from the payments themselves."""
    lines: dict[tuple[str, str, int], list[list[Any]]] = {}
    totals: dict[str, int] = {}
    for row in sorted(rows, key=lambda one: (one.payment_id, one.kind, one.rank)):
        tenders = lines.setdefault((row.payment_id, row.kind, row.line_rank), [])
        if row.kind == SlipLineKind.PAYMENT.value:
            lost_seq = row.reversed_seq if row.kept is False else row.late_seq
            cents, cancelled = row.amount_cents, lost_seq is not None and lost_seq < row.entry_seq
        elif row.kind == SlipLineKind.UNPAID.value or row.kept is False:
            cents, cancelled = -row.amount_cents, False
        else:
            continue
        tenders.append([row.rank, cents, cancelled])
        if not cancelled:
            totals[row.means] = totals.get(row.means, 0) + cents
    return json.loads(
        canonical(sorted([payment, kind, tenders] for (payment, kind, _), tenders in lines.items()))
    ), totals


def _refund(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "refund", details)
    yield from wrong
    if row is None:
        return
    year, number = facts["refund"]
    printed = {
        "year": year,
        "number": number,
        "payer_id": facts["payer"],
        "payer_snapshot_id": facts["payer_snapshot"],
        "amount_cents": facts["amount"],
        "reason": facts["reason"],
        "requested_at": entry.entered_at,
        "agent_id": entry.agent_id,
        "head_hash": entry.hash,
        "fictitious": facts["fictitious"],
    }
    yield from fields("refund", row, printed)
    taken = details["avoir_withdrawal of refund"].get(entry.seq, [])
    yield from compare("avoir_withdrawal", taken, ("avoir_id", "amount_cents"), facts["avoirs"])
    if sum(one.amount_cents for one in taken) != row.amount_cents:
        yield Finding("refund", str(row.id), "les avoirs qu’il retire ne font pas son montant.")


def _late_unpaid(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "late_unpaid", details)
    yield from wrong
    if row is None:
        return
    said = {column: facts["unpaid"][column] for column in _UNPAID}
    yield from fields("late_unpaid", row, said | {"declared_at": entry.entered_at, "agent_id": entry.agent_id})
    taken = details["avoir_withdrawal of late_unpaid"].get(entry.seq, [])
    yield from compare("avoir_withdrawal", taken, ("avoir_id", "amount_cents"), [facts["withdrawal"]])


def _closing(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "period_closing", details)
    yield from wrong
    if row is None:
        return
    first, last = facts["entries"]
    said = {
        "kind": facts["kind"],
        "previous_id": facts["previous"][0] if facts["previous"] else None,
        "first_seq": first,
        "last_seq": last,
        "received_cents": facts["received"],
        "reversed_cents": facts["reversed"],
        "perpetual_cents": facts["perpetual"],
        "fictitious": facts["fictitious"],
        "closed_at": entry.entered_at,
        "agent_id": entry.agent_id,
        "head_hash": entry.hash,
    }
    yield from fields("period_closing", row, said)
    for column in ("starts_on", "ends_on"):
        if str(getattr(row, column)) != facts[column]:
            yield Finding("period_closing", str(row.id), differs(column, getattr(row, column), facts[column]))


def _dropped(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    """A debt dropped has no row of its own: its amounts are those of its postings."""
    owed = sum(care + meal for _, care, meal in facts["lines"])
    moved = sum(one.amount_cents for one in details["posting"].get(entry.seq, []) if one.account == DEBTS)
    if moved != -owed:
        yield Finding("journal_entry", str(entry.seq), "la dette annulée n’est pas celle de ses journées.")


def _owed(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    """A day owed has no row of the régie's own: its amounts are those of its postings."""
    owed = sum(care + meal for _, care, meal in facts["lines"])
    moved = sum(one.amount_cents for one in details["posting"].get(entry.seq, []) if one.account == DEBTS)
    if moved != owed:
        yield Finding("journal_entry", str(entry.seq), "la créance n’est pas celle de ses journées.")


def _transfer(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row, wrong = _one(entry, "payer_transfer", details)
    yield from wrong
    if row is None:
        return
    said = {column: facts[column] for column in TRANSFER_FACTS}
    yield from fields("payer_transfer", row, said | {"transferred_at": entry.entered_at, "agent_id": entry.agent_id})
    moved = [(one.account, one.payer_id, one.amount_cents) for one in details["posting"].get(entry.seq, [])]
    wanted = [(m.account, m.payer_id, m.amount_cents) for m in transfer_movements(**said) if m.amount_cents]
    if moved != wanted:
        yield Finding("payer_transfer", str(row.id), "l’écriture ne déplace pas ce qu’il dit.")


_CHECKS: dict[EntryKind, Callable[[Any, Mapping[str, Any], Details], Iterator[Finding]]] = {
    EntryKind.MOVEMENT: _movement,
    EntryKind.DIFFERENCE: _difference,
    EntryKind.TILL_CLOSING: _till_closing,
    EntryKind.REVERSAL: _reversal,
    EntryKind.DEPOSIT: _deposit,
    EntryKind.REFUND: _refund,
    EntryKind.UNPAID: _late_unpaid,
    EntryKind.CLOSING: _closing,
    EntryKind.DEBT_DROPPED: _dropped,
    EntryKind.TRANSFER: _transfer,
    EntryKind.DEBT: _owed,
}


def undone_payments(connection: Connection, regie_id: int, first: int, last: int) -> set[str]:
    """Return the payments of a batch of entries that were reversed, whenever they were."""
    payment = t.payment.c
    rows = connection.scalars(
        select(payment.id)
        .join(t.reversal, t.reversal.c.payment_id == payment.id)
        .where(payment.regie_id == regie_id, payment.entry_seq.between(first, last))
    )
    return set(rows)
