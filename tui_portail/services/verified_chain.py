"""The journal's chain, entry by entry: sequence, hashes, postings, and every row an entry speaks of, compared with what was hashed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from models import tables as t
from models.states import GENESIS_HASH, EntryKind
from tui_portail.money import format_cents
from tui_portail.services.gesture import canonical
from tui_portail.services.ledger import chain_hash, utc_text
from tui_portail.services.payment import TENDER_FACTS

BATCH = 500
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
_USE_FACTS = ("avoir_id", "booking_id", "amount_cents")
_SHARE_FACTS = ("tender_rank", "booking_id", "amount_cents")
_POSTING_FACTS = ("account", "payer_id", "till_session_id", "amount_cents")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: the table and the row, and a French sentence."""

    table: str
    row: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.table} {self.row} : {self.sentence}"


def check_chain(connection: Connection) -> Iterator[Finding]:
    """Yield what does not hold in each régie's chain, in the order of its entries."""
    for head in connection.execute(select(t.journal_head).order_by(t.journal_head.c.regie_id)).all():
        seq, previous = 0, GENESIS_HASH
        while True:
            entries = connection.execute(
                select(t.journal_entry)
                .where(t.journal_entry.c.regie_id == head.regie_id, t.journal_entry.c.seq > seq)
                .order_by(t.journal_entry.c.seq)
                .limit(BATCH)
            ).all()
            if not entries:
                break
            details = _details(connection, head.regie_id, entries[0].seq, entries[-1].seq)
            for entry in entries:
                yield from _check_entry(entry, seq + 1, previous, details)
                seq, previous = entry.seq, entry.hash
            del entries, details  # never two batches in memory
        if (head.last_seq, head.head_hash) != (seq, previous):
            yield Finding(
                "journal_head", str(head.regie_id), f"la tête du journal ne suit pas sa dernière écriture ({seq})."
            )


Details = dict[str, dict[int, list[Any]]]


def _details(connection: Connection, regie_id: int, first: int, last: int) -> Details:
    """Read the rows of a batch of entries, by table and by entry."""
    found: Details = {}
    postings = connection.execute(
        select(t.posting)
        .where(t.posting.c.regie_id == regie_id, t.posting.c.entry_seq.between(first, last))
        .order_by(t.posting.c.entry_seq, t.posting.c.rank)
    )
    found["posting"] = _by_entry(postings)
    payments = [t.payment.c.regie_id == regie_id, t.payment.c.entry_seq.between(first, last)]
    found["payment"] = _by_entry(connection.execute(select(t.payment).where(*payments)))
    parts: Sequence[Table] = (t.tender, t.payment_line, t.avoir_use, t.tender_allocation, t.quittance)
    for table in parts:
        query = (
            select(table, t.payment.c.entry_seq)
            .join(t.payment, t.payment.c.id == table.c.payment_id)
            .where(*payments)
            .order_by(table.c.id)
        )
        found[table.name] = _by_entry(connection.execute(query))
    avoirs = [t.avoir.c.regie_id == regie_id, t.avoir.c.entry_seq.between(first, last)]
    found["avoir"] = _by_entry(connection.execute(select(t.avoir).where(*avoirs)))
    lines = select(t.avoir_line, t.avoir.c.entry_seq).join(t.avoir, t.avoir.c.id == t.avoir_line.c.avoir_id)
    found["avoir_line"] = _by_entry(connection.execute(lines.where(*avoirs).order_by(t.avoir_line.c.id)))
    sessions = {row.id: row for row in connection.execute(select(t.till_session))}
    found["till_session"] = {session_id: [row] for session_id, row in sessions.items()}
    return found


def _by_entry(rows: Any) -> dict[int, list[Any]]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.entry_seq].append(row)
    return grouped


def _check_entry(entry: Any, expected: int, previous: str, details: Details) -> Iterator[Finding]:
    row = str(entry.seq)
    if entry.seq != expected:
        yield Finding("journal_entry", row, f"l’écriture {expected} manque.")
    if entry.previous_hash != previous:
        yield Finding("journal_entry", row, "elle n’est pas chaînée à l’écriture précédente.")
    if chain_hash(entry.previous_hash, entry.document) != entry.hash:
        yield Finding("journal_entry", row, "son empreinte n’est pas celle de son contenu : elle a été modifiée.")
        return
    document = json.loads(entry.document)
    written = (entry.regie_id, entry.seq, entry.kind, utc_text(entry.entered_at), entry.agent_id, entry.operation_id)
    if written != tuple(document[key] for key in ("regie", "seq", "kind", "at", "agent", "operation")):
        yield Finding("journal_entry", row, "ses colonnes ne disent pas ce qui a été chaîné.")
    postings = details["posting"].get(entry.seq, [])
    yield from _compare("posting", postings, _POSTING_FACTS, document["postings"], in_order=True)
    if sum(posting.amount_cents for posting in postings):
        yield Finding("journal_entry", row, "ses mouvements ne s’équilibrent pas.")
    facts = document["facts"]
    match EntryKind(entry.kind):
        case EntryKind.PAYMENT:
            yield from _check_payment(entry.seq, facts, details)
        case EntryKind.AVOIR:
            yield from _check_avoir(entry.seq, facts, details)
        case EntryKind.OPENING:
            yield from _check_opening(facts, details)


def _check_payment(seq: int, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    payments = details["payment"].get(seq, [])
    if len(payments) != 1:
        yield Finding("journal_entry", str(seq), f"elle doit avoir un paiement, elle en a {len(payments)}.")
        return
    yield from _fields("payment", payments[0], facts["payment"])
    yield from _compare("tender", details["tender"].get(seq, []), TENDER_FACTS, facts["tenders"])
    yield from _compare("payment_line", details["payment_line"].get(seq, []), _LINE_FACTS, facts["lines"])
    yield from _compare("avoir_use", details["avoir_use"].get(seq, []), _USE_FACTS, facts["uses"])
    shares = details["tender_allocation"].get(seq, [])
    yield from _compare("tender_allocation", shares, _SHARE_FACTS, facts["allocation"])
    quittance = ("year", "number", "avoir_left_cents")
    yield from _compare("quittance", details["quittance"].get(seq, []), quittance, [facts["quittance"]])


def _check_avoir(seq: int, facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    avoirs = details["avoir"].get(seq, [])
    if len(avoirs) != 1:
        yield Finding("journal_entry", str(seq), f"elle doit avoir un avoir, elle en a {len(avoirs)}.")
        return
    avoir = avoirs[0]
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
    }
    yield from _fields("avoir", avoir, expected)
    columns = ("booking_id", "care_cents", "meal_cents")
    yield from _compare("avoir_line", details["avoir_line"].get(seq, []), columns, facts["lines"])


def _check_opening(facts: Mapping[str, Any], details: Details) -> Iterator[Finding]:
    for session in details["till_session"].get(facts["session"], []):
        expected = {"till_id": facts["till"], "previous_id": facts["previous"], "float_cents": facts["float"]}
        yield from _fields("till_session", session, expected)
        return
    yield Finding("till_session", str(facts["session"]), "la session de caisse ouverte par le journal n’existe pas.")


def _fields(table: str, row: Any, expected: Mapping[str, Any]) -> Iterator[Finding]:
    for column, value in expected.items():
        found = getattr(row, column)
        if found != value:
            yield Finding(table, str(row.id), _differs(column, found, value))


def _compare(
    table: str,
    rows: Sequence[Any],
    columns: Sequence[str],
    expected: Sequence[Sequence[Any]],
    *,
    in_order: bool = False,
) -> Iterator[Finding]:
    """Yield the rows whose columns are not what was chained; both lists are matched in the same order."""
    plain = [json.loads(canonical([getattr(row, column) for column in columns])) for row in rows]
    pairs = list(zip(plain, rows, strict=True))
    wanted = [list(values) for values in expected]
    if not in_order:
        pairs = _nearest(pairs, wanted)
    for (values, row), chained in zip(pairs, wanted, strict=False):
        for column, found, value in zip(columns, values, chained, strict=True):
            if found != value:
                yield Finding(table, str(row.id), _differs(column, found, value))
    if len(pairs) != len(wanted):
        rows_named = ", ".join(str(row.id) for _, row in pairs) or "-"
        yield Finding(table, rows_named, f"{len(wanted)} lignes chaînées, {len(pairs)} trouvées.")


def _nearest(pairs: list[tuple[list[Any], Any]], wanted: list[list[Any]]) -> list[tuple[list[Any], Any]]:
    """Order the rows found like the lines chained: equal ones first, then those that differ, where something is left."""
    left = list(pairs)
    ordered: list[tuple[list[Any], Any] | None] = []
    for values in wanted:
        same = next((pair for pair in left if pair[0] == values), None)
        if same is not None:
            left.remove(same)
        ordered.append(same)
    return [pair or left.pop(0) for pair in ordered if pair is not None or left] + left


def _differs(column: str, found: Any, value: Any) -> str:
    if column.endswith("_cents"):
        return f"{column} vaut {format_cents(int(found))}, le journal a chaîné {format_cents(int(value))}."
    return f"{column} vaut « {found} », le journal a chaîné « {value} »."
