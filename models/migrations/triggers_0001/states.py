"""What moves, moves only forward: bookings, baskets, till sessions, numbers, the journal's head."""

from models.migrations.triggers_0001.guard import Guard

BOOKING_MOVES = {
    "held": ("confirmed", "released"),
    "confirmed": ("cancelled", "cancelled_late", "due"),
    "due": ("confirmed", "cancelled", "cancelled_late"),
    "released": (),
    "cancelled": (),
    "cancelled_late": (),
}


def _move_refused() -> str:
    allowed = " OR ".join(
        f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(after) for after in afters)}))"
        for before, afters in BOOKING_MOVES.items()
        if afters
    )
    return f"OLD.state <> NEW.state AND NOT ({allowed})"


STATES: tuple[Guard, ...] = (
    Guard("booking_state_forward", "booking", "UPDATE", _move_refused()),
    Guard(
        "booking_terms_fixed",
        "booking",
        "UPDATE",
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
        ),
    ),
    Guard("basket_terms_fixed", "basket", "UPDATE", frozen=("id", "payer_id", "kind", "created_at")),
    # dossier_id stays free: merging two dossiers moves their payers and baskets
    Guard(
        "basket_final",
        "basket",
        "UPDATE",
        "OLD.state <> 'ouvert' AND (OLD.state <> NEW.state OR OLD.extensions <> NEW.extensions "
        "OR OLD.agent_id <> NEW.agent_id OR COALESCE(OLD.expires_at <> NEW.expires_at, NEW.expires_at IS NOT NULL "
        "OR OLD.expires_at IS NOT NULL) OR COALESCE(OLD.closed_at <> NEW.closed_at, NEW.closed_at IS NOT NULL "
        "OR OLD.closed_at IS NOT NULL))",
    ),
    Guard("till_session_closed", "till_session", "UPDATE", "OLD.state = 'close'"),
    Guard(
        "till_session_terms_fixed",
        "till_session",
        "UPDATE",
        frozen=("id", "till_id", "previous_id", "float_cents", "opened_at", "opened_by"),
    ),
    Guard("number_series_starts", "number_series", "INSERT", "NEW.last_number NOT IN (0, 1)"),
    Guard(
        "number_series_next",
        "number_series",
        "UPDATE",
        "NEW.last_number <> OLD.last_number + 1",
        frozen=("regie_id", "year", "kind"),
    ),
    Guard("journal_head_starts", "journal_head", "INSERT", "NEW.last_seq <> 0"),
    Guard(
        "journal_head_next",
        "journal_head",
        "UPDATE",
        "NEW.last_seq <> OLD.last_seq + 1 OR NOT EXISTS (SELECT 1 FROM journal_entry e "
        "WHERE e.regie_id = NEW.regie_id AND e.seq = NEW.last_seq AND e.hash = NEW.head_hash)",
        frozen=("regie_id",),
    ),
)
