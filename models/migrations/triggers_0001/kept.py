"""Nothing is deleted, and what is sealed is never rewritten (design, guarantee 6)."""

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
NOT_DELETED = ("booking", "basket", "till_session", "identity_snapshot", "journal_head", "number_series")
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
)
