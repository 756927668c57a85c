# ruff: noqa: S608 (SQL made of this file's own names)
"""What is kept of the activities' life: waiting lists, attendance, meals ordered and closures are never deleted; an order never changes."""

from models.migrations.triggers_0001.guard import Guard

_OTHER_KEYS = {
    "waiting_entry": "(NEW.state IN ('attente', 'offerte') AND k.state IN ('attente', 'offerte') "
    "AND k.child_id = NEW.child_id AND k.slot_id = NEW.slot_id)",
    "attendance": "(k.child_id = NEW.child_id AND k.slot_id = NEW.slot_id)",
    "meal_order": "(k.site_code = NEW.site_code AND k.activity_code = NEW.activity_code AND k.day = NEW.day)",
    "meal_order_line": "(k.order_id = NEW.order_id AND k.diet = NEW.diet AND k.under_six = NEW.under_six)",
    "day_closure": "",
    "day_closure_line": "k.booking_id = NEW.booking_id",
}
NO_TRUNCATE = tuple(_OTHER_KEYS)

KEPT: tuple[Guard, ...] = (
    *(Guard(f"{table}_not_deleted", table, "DELETE") for table in NO_TRUNCATE),
    *(Guard(f"{table}_not_changed", table, "UPDATE") for table in ("meal_order", "meal_order_line")),
    # dossier_id stays free: merging two dossiers moves what hangs from them
    Guard(
        "waiting_entry_terms_fixed",
        "waiting_entry",
        "UPDATE",
        frozen=("id", "child_id", "slot_id", "day", "asked_at", "agent_id"),
    ),
    Guard(
        "waiting_entry_final",
        "waiting_entry",
        "UPDATE",
        frozen=("state", "offered_at", "offer_until", "ended_at", "ended_by", "booking_id"),
        within="OLD.state NOT IN ('attente', 'offerte')",
    ),
    Guard("attendance_terms_fixed", "attendance", "UPDATE", frozen=("id", "child_id", "slot_id", "day")),
    Guard(
        "day_closure_terms_fixed",
        "day_closure",
        "UPDATE",
        "OLD.state = 'annulee' OR (OLD.undone_by IS NOT NULL AND NEW.undone_by IS NULL)",
        frozen=("id", "first_on", "last_on", "site_code", "recorded_at", "agent_id"),
    ),
    Guard(
        "day_closure_line_terms_fixed",
        "day_closure_line",
        "UPDATE",
        frozen=("id", "closure_id", "booking_id", "outcome", "avoir_id"),
    ),
    Guard(
        "day_closure_line_restored_once",
        "day_closure_line",
        "UPDATE",
        frozen=("restored_booking_id", "not_restored"),
        within="OLD.restored_booking_id IS NOT NULL OR OLD.not_restored IS NOT NULL",
    ),
)
# SQLite alone: REPLACE deletes the row that is in the way, and asks no DELETE trigger on a connection that did not set recursive_triggers.
NOT_REPLACED: tuple[Guard, ...] = tuple(
    Guard(
        f"{table}_not_replaced",
        table,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {table} k WHERE k.id = NEW.id{f' OR {other}' if other else ''})",
    )
    for table, other in _OTHER_KEYS.items()
)
