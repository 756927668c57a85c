"""One entry of the journal against the rows it speaks of: each column that was hashed, or that repeats the entry, is compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from models.states import EntryKind
from tui_portail.services.avoirs import AVOIR_LINE_FACTS
from tui_portail.services.findings import Finding
from tui_portail.services.ledger import utc_text
from tui_portail.services.sale import TENDER_FACTS
from tui_portail.services.verified_comparison import Details, compare, fields
from tui_portail.services.verified_regie_entries import check_regie_entry

# What reading a document of another shape than ours raises: whoever rewrote it also made its hash again.
NOT_OURS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_PAYMENT_FACTS = (
    "id",
    "basket_id",
    "payer_id",
    "payer_snapshot_id",
    "till_session_id",
    "total_cents",
    "avoir_cents",
    "change_cents",
)
_LINE_FACTS = (
    "booking_id",
    "child_snapshot_id",
    "activity_code",
    "activity_label",
    "day",
    "price_cents",
    "care_cents",
    "meal_cents",
)
_BOOKING_FACTS = ("id", "child_id", "slot_id")
_BOOKING_TERMS = ("day", "price_cents", "care_cents", "meal_cents")
_QUITTANCE_FACTS = ("year", "number", "avoir_left_cents", "fictitious")
_USE_FACTS = ("avoir_id", "booking_id", "amount_cents")
_SHARE_FACTS = ("tender_rank", "booking_id", "amount_cents")
_POSTING_FACTS = ("rank", "account", "payer_id", "till_session_id", "amount_cents")


def check_entry(entry: Any, details: Details) -> Iterator[Finding]:
    """Yield what an entry's columns, postings and rows say otherwise than its document."""
    try:
        yield from _check_document(entry, json.loads(entry.document), details)
    except NOT_OURS:
        yield Finding("journal_entry", str(entry.seq), "son document n’a pas la forme que le programme écrit.")


def session_opened(entry: Any) -> int | None:
    """Return the id of the till session that an entry opened, if its document says so."""
    try:
        session = json.loads(entry.document)["facts"]["session"]
    except NOT_OURS:
        return None
    return session if isinstance(session, int) else None


def _check_document(entry: Any, document: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    row = str(entry.seq)
    written = (
        entry.format_version,
        entry.regie_id,
        entry.seq,
        entry.kind,
        utc_text(entry.entered_at),
        entry.agent_id,
        entry.operation_id,
    )
    keys = ("format", "regie", "seq", "kind", "at", "agent", "operation")
    if written != tuple(document[key] for key in keys):
        yield Finding("journal_entry", row, "ses colonnes ne disent pas ce qui a été chaîné.")
    postings = details["posting"].get(entry.seq, [])
    ranked = [[rank, *posting] for rank, posting in enumerate(document["postings"], start=1)]
    yield from compare("posting", postings, _POSTING_FACTS, ranked)
    if sum(posting.amount_cents for posting in postings):
        yield Finding("journal_entry", row, "ses mouvements ne s’équilibrent pas.")
    match EntryKind(document["kind"]):
        case EntryKind.PAYMENT:
            yield from _check_payment(entry, document["facts"], details)
        case EntryKind.AVOIR:
            yield from _check_avoir(entry, document["facts"], details)
        case EntryKind.OPENING:
            yield from _check_opening(entry, document["facts"], details)
        case _:
            yield from check_regie_entry(entry, document["facts"], details)


def _check_payment(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    rows = {table: of_entry.get(entry.seq, []) for table, of_entry in details.items()}
    if len(rows["payment"]) != 1:
        yield Finding(
            "journal_entry", str(entry.seq), f"elle doit avoir un paiement, elle en a {len(rows['payment'])}."
        )
        return
    [payment] = rows["payment"]
    chained = {column: facts["payment"][column] for column in _PAYMENT_FACTS}
    chained["corrects_id"] = facts["payment"].get("corrects_id")
    yield from fields("payment", payment, chained | {"paid_at": entry.entered_at, "agent_id": entry.agent_id})
    yield from compare("tender", rows["tender"], TENDER_FACTS, facts["tenders"])
    yield from compare("payment_line", rows["payment_line"], _LINE_FACTS, facts["lines"])
    yield from compare("avoir_use", rows["avoir_use"], _USE_FACTS, facts["uses"])
    yield from compare("tender_allocation", rows["tender_allocation"], _SHARE_FACTS, facts["allocation"])
    yield from compare("quittance", rows["quittance"], _QUITTANCE_FACTS, [facts["quittance"]])
    printed = {"regie_id": entry.regie_id, "issued_at": entry.entered_at, "head_hash": entry.hash}
    for quittance in rows["quittance"]:
        yield from fields("quittance", quittance, printed)
    for basket in rows["basket"]:
        yield from fields("basket", basket, {"kind": facts["basket_kind"], "payer_id": payment.payer_id})
    yield from compare("booking", rows["booking"], _BOOKING_FACTS, facts["bookings"])
    lines = {line.booking_id: line for line in rows["payment_line"]}
    for booking in rows["booking"]:
        terms = {column: getattr(lines[booking.id], column) for column in _BOOKING_TERMS}
        terms["payer_id"] = payment.payer_id
        if not details["undone"].get(entry.seq):  # a reversal moves days to a debt, or leaves them
            terms["basket_id"] = payment.basket_id
        yield from fields("booking", booking, terms)


def _check_avoir(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    avoirs = details["avoir"].get(entry.seq, [])
    if len(avoirs) != 1:
        yield Finding("journal_entry", str(entry.seq), f"elle doit avoir un avoir, elle en a {len(avoirs)}.")
        return
    year, number = facts["avoir"]
    expected = {
        "year": year,
        "number": number,
        "payer_id": facts["payer"],
        "payer_snapshot_id": facts["payer_snapshot"],
        "reason": facts["reason"],
        "care_cents": facts["care"],
        "meal_cents": facts["meal"],
        "amount_cents": facts["care"] + facts["meal"],
        "issued_at": entry.entered_at,
        "agent_id": entry.agent_id,
        "head_hash": entry.hash,
    }
    yield from fields("avoir", avoirs[0], expected)
    yield from compare("avoir_line", details["avoir_line"].get(entry.seq, []), AVOIR_LINE_FACTS, facts["lines"])


def _check_opening(entry: Any, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    expected = {
        "till_id": facts["till"],
        "previous_id": facts["previous"],
        "float_cents": facts["float"],
        "opened_at": entry.entered_at,
        "opened_by": entry.agent_id,
    }
    sessions = details["till_session"].get(entry.seq, [])
    for session in sessions:
        yield from fields("till_session", session, expected)
    if not sessions:
        yield Finding(
            "till_session", str(facts["session"]), "la session de caisse ouverte par le journal n’existe pas."
        )
