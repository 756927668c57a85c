"""Nothing is deleted, and what is sealed is never rewritten (design, guarantee 6)."""

from collections.abc import Iterator

from models.migrations.triggers_0001.guard import Guard

SEALED = (
    "journal_entry",
    "posting",
    "payment",
    "tender",
    "payment_line",
    "tender_allocation",
    "quittance",
    "quittance_copy",
    "avoir",
    "avoir_line",
    "avoir_use",
    "audit_event",
    "commune_version",
)
NOT_DELETED = (
    "booking",
    "basket",
    "absence_proof",
    "till_session",
    "identity_snapshot",
    "journal_head",
    "number_series",
    "database_identity",
)
NO_TRUNCATE = (*SEALED, *NOT_DELETED)

KEPT: tuple[Guard, ...] = (
    *(Guard(f"{table}_not_changed", table, "UPDATE") for table in SEALED),
    *(Guard(f"{table}_not_deleted", table, "DELETE") for table in (*SEALED, *NOT_DELETED)),
    Guard(
        "identity_snapshot_only_erased",
        "identity_snapshot",
        "UPDATE",
        "OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.name <> '' OR NEW.address <> ''",
        frozen=("id", "kind", "person_id", "taken_at"),
    ),
    Guard("database_identity_fixed", "database_identity", "UPDATE", frozen=("id", "program", "kind", "created_at")),
)

_LIVE = "IN ('held', 'confirmed', 'due')"
_OPEN = "= 'ouvert' AND {0}.kind = 'reservation'"
# The keys of every kept table; after them, the state within which a key is unique.
KEYS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("journal_entry", ("regie_id", "seq"), ""),
    ("journal_entry", ("hash",), ""),
    ("posting", ("id",), ""),
    ("payment", ("id",), ""),
    ("payment", ("regie_id", "entry_seq"), ""),
    ("tender", ("id",), ""),
    ("tender", ("payment_id", "rank"), ""),
    ("payment_line", ("id",), ""),
    ("payment_line", ("payment_id", "booking_id"), ""),
    ("tender_allocation", ("id",), ""),
    ("tender_allocation", ("payment_id", "tender_rank", "booking_id"), ""),
    ("quittance", ("id",), ""),
    ("quittance", ("regie_id", "year", "number"), ""),
    ("quittance", ("payment_id",), ""),
    ("quittance_copy", ("id",), ""),
    ("quittance_copy", ("quittance_id", "copy_no"), ""),
    ("avoir", ("id",), ""),
    ("avoir", ("regie_id", "year", "number"), ""),
    ("avoir", ("regie_id", "entry_seq"), ""),
    ("avoir_line", ("id",), ""),
    ("avoir_line", ("booking_id",), ""),
    ("avoir_use", ("id",), ""),
    ("avoir_use", ("payment_id", "avoir_id", "booking_id"), ""),
    ("audit_event", ("operation_id",), ""),
    ("commune_version", ("id",), ""),
    ("booking", ("id",), ""),
    ("booking", ("child_id", "slot_id"), _LIVE),
    ("basket", ("id",), ""),
    ("basket", ("payer_id",), _OPEN),
    ("absence_proof", ("id",), ""),
    ("till_session", ("id",), ""),
    ("till_session", ("till_id", "previous_id"), ""),
    ("till_session", ("till_id",), "= 'ouverte'"),
    ("identity_snapshot", ("id",), ""),
    ("journal_head", ("regie_id",), ""),
    ("database_identity", ("id",), ""),
)


def _taken(table: str, columns: tuple[str, ...], state: str) -> str:
    same = [f"k.{column} = NEW.{column}" for column in columns]
    if state:
        same += [f"{row}.state {state.format(row)}" for row in ("k", "NEW")]
    return f"EXISTS (SELECT 1 FROM {table} k WHERE {' AND '.join(same)})"  # noqa: S608 (this file's own names)


def _not_replaced() -> Iterator[Guard]:
    for table in NO_TRUNCATE:
        taken = [_taken(*key) for key in KEYS if key[0] == table]
        if taken:
            yield Guard(f"{table}_not_replaced", table, "INSERT", " OR ".join(taken))


# SQLite alone: REPLACE deletes the row that is in the way, and asks no DELETE trigger on a connection that did not set recursive_triggers.
# A series of numbers is begun by an upsert, which a BEFORE trigger would see too: one begun again is refused once it is written.
NOT_REPLACED: tuple[Guard, ...] = (
    *_not_replaced(),
    Guard(
        "number_series_not_replaced",
        "number_series",
        "INSERT",
        " OR ".join(
            f"(NEW.kind = '{kind}' AND EXISTS (SELECT 1 FROM {kind} k "  # noqa: S608 (this file's own names)
            "WHERE k.regie_id = NEW.regie_id AND k.year = NEW.year))"
            for kind in ("quittance", "avoir")
        ),
        when="AFTER",
    ),
)
