# ruff: noqa: S608 (SQL made of this file's own names)
"""What is kept of a dossier: its history, consents, papers seen, custody, appointments and letters are never deleted."""

from models.migrations.triggers_0001.guard import Guard

NO_TRUNCATE = (
    "dossier_change",
    "consent",
    "supporting_document",
    "custody_exception",
    "appointment",
    "letter_printed",
)
_OF_AN_EVENT = (
    "operation_id",
    "gesture",
    "fingerprint",
    "at",
    "agent_id",
    "subject",
    "subject_id",
    "dossier_id",
)

# What a typed reason becomes: none stays none, one given may only be emptied.
_EMPTIED = "(COALESCE(OLD.{0}, '-') <> COALESCE(NEW.{0}, '-') AND COALESCE(NEW.{0}, '-') <> '')"

# A gesture's result is rewritten once with the rest, without names: what it gave is compared with the books by the verifier.
WIDENED: tuple[Guard, ...] = (
    Guard(
        "audit_event_not_changed",
        "audit_event",
        "UPDATE",
        "OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.reason <> '' OR NEW.details <> '{}'",
        frozen=_OF_AN_EVENT,
    ),
    Guard(
        "booking_terms_fixed",
        "booking",
        "UPDATE",
        " OR ".join(_EMPTIED.format(column) for column in ("derogation", "payer_reason")),
        frozen=(
            "id",
            "child_id",
            "slot_id",
            "day",
            "payer_id",
            "price_cents",
            "care_cents",
            "meal_cents",
            "tariff",
            "booked_at",
            "agent_id",
        ),
    ),
)
KEPT: tuple[Guard, ...] = (
    *(Guard(f"{table}_not_deleted", table, "DELETE") for table in NO_TRUNCATE),
    *(Guard(f"{table}_not_changed", table, "UPDATE") for table in ("consent", "letter_printed")),
    Guard(
        "dossier_change_only_erased",
        "dossier_change",
        "UPDATE",
        "NEW.before <> '' OR NEW.after <> ''",
        frozen=("id", "dossier_id", "operation_id", "changed_at", "agent_id", "subject", "subject_id", "field"),
    ),
)
# SQLite alone: REPLACE deletes the row that is in the way, and asks no DELETE trigger on a connection that did not set recursive_triggers.
NOT_REPLACED: tuple[Guard, ...] = tuple(
    Guard(
        f"{table}_not_replaced",
        table,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {table} k WHERE k.id = NEW.id)"
        + (
            " OR (NEW.state = 'prevu' AND EXISTS (SELECT 1 FROM appointment k WHERE k.state = 'prevu' "
            "AND k.starts_at = NEW.starts_at AND k.place = NEW.place))"
            if table == "appointment"
            else ""
        ),
    )
    for table in NO_TRUNCATE
)
