# ruff: noqa: S608 (SQL made of this file's own names)
"""Nothing is deleted, and what is sealed is never rewritten: the tables of 0002."""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard

SEALED = (
    "cash_movement",
    "till_difference",
    "till_count",
    "cash_count",
    "cheque_count",
    "till_closing",
    "reversal",
    "reversal_tender",
    "reversal_line",
    "late_unpaid",
    "refund",
    "avoir_withdrawal",
    "period_closing",
)
_VALIDATED = "EXISTS (SELECT 1 FROM deposit_slip s WHERE s.id = {0}.slip_id AND s.state = 'valide')"
_SLIP = "deposit_slip WHERE id = {0}.slip_id"
_OF_A_SLIP = ("deposit_slip_line", "deposit_slip_cash")
NO_TRUNCATE = (*SEALED, "deposit_slip", *_OF_A_SLIP)

KEPT: tuple[Guard, ...] = (
    *(Guard(f"{table}_not_changed", table, "UPDATE") for table in (*SEALED, *_OF_A_SLIP)),
    *(Guard(f"{table}_not_deleted", table, "DELETE") for table in (*SEALED, "deposit_slip")),
    *(
        Guard(f"{table}_not_deleted", table, "DELETE", _VALIDATED.format("OLD"), lock=_SLIP.format("OLD"))
        for table in _OF_A_SLIP
    ),
    *(
        Guard(f"{table}_slip_sealed", table, "INSERT", _VALIDATED.format("NEW"), lock=_SLIP.format("NEW"))
        for table in _OF_A_SLIP
    ),
    Guard("deposit_slip_validated", "deposit_slip", "UPDATE", "OLD.state = 'valide'"),
    Guard(
        "deposit_slip_terms_fixed",
        "deposit_slip",
        "UPDATE",
        frozen=("id", "regie_id", "till_id", "created_at", "created_by"),
    ),
)

# The keys of every kept table: SQLite's REPLACE would delete the row in the way, and asks no DELETE trigger without recursive_triggers.
KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cash_movement", ("id",)),
    ("cash_movement", ("regie_id", "entry_seq")),
    ("till_difference", ("id",)),
    ("till_difference", ("till_session_id", "counted_at", "means")),
    ("till_difference", ("regie_id", "entry_seq")),
    ("till_count", ("till_session_id", "means")),
    ("cash_count", ("till_session_id", "denomination_cents")),
    ("cheque_count", ("till_session_id", "payment_id", "tender_rank")),
    ("till_closing", ("till_session_id",)),
    ("till_closing", ("regie_id", "entry_seq")),
    ("reversal", ("id",)),
    ("reversal", ("payment_id",)),
    ("reversal", ("regie_id", "entry_seq")),
    ("reversal_tender", ("payment_id", "tender_rank")),
    ("reversal_line", ("payment_id", "booking_id")),
    ("late_unpaid", ("id",)),
    ("late_unpaid", ("payment_id", "tender_rank")),
    ("late_unpaid", ("regie_id", "entry_seq")),
    ("refund", ("id",)),
    ("refund", ("regie_id", "year", "number")),
    ("refund", ("regie_id", "entry_seq")),
    ("avoir_withdrawal", ("id",)),
    ("avoir_withdrawal", ("booking_id",)),
    ("avoir_withdrawal", ("refund_id", "avoir_id")),
    ("avoir_withdrawal", ("late_unpaid_id", "avoir_id")),
    ("period_closing", ("id",)),
    ("period_closing", ("regie_id", "kind", "starts_on")),
    ("period_closing", ("regie_id", "kind", "previous_id")),
    ("period_closing", ("regie_id", "entry_seq")),
    ("deposit_slip", ("id",)),
    ("deposit_slip", ("till_id", "state")),  # a slip is inserted as a draft
    ("deposit_slip_line", ("id",)),
    ("deposit_slip_line", ("payment_id", "kind", "tender_rank")),
    ("deposit_slip_cash", ("slip_id", "denomination_cents")),
    ("payment", ("corrects_id",)),
)


def _taken(table: str, columns: tuple[str, ...]) -> str:
    same = " AND ".join(f"k.{column} = NEW.{column}" for column in columns)
    return f"EXISTS (SELECT 1 FROM {table} k WHERE {same})"


def _not_replaced() -> Iterator[Guard]:
    for table in (*NO_TRUNCATE, "payment"):
        taken = [_taken(*key) for key in KEYS if key[0] == table]
        name = "payment_correction_not_replaced" if table == "payment" else f"{table}_not_replaced"
        yield Guard(name, table, "INSERT", " OR ".join(taken))


NOT_REPLACED: tuple[Guard, ...] = tuple(_not_replaced())
_NUMBERED = {"quittance": "quittance", "avoir": "avoir", "bordereau": "deposit_slip", "remboursement": "refund"}
NUMBERS_NOT_REPLACED = Guard(
    "number_series_not_replaced",
    "number_series",
    "INSERT",
    " OR ".join(
        f"(NEW.kind = '{kind}' AND EXISTS (SELECT 1 FROM {table} k WHERE k.regie_id = NEW.regie_id AND k.year = NEW.year))"
        for kind, table in _NUMBERED.items()
    ),
    when="AFTER",
)
