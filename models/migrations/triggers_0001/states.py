"""What moves, moves only forward: bookings, baskets, justificatifs, till sessions, numbers, the journal's head."""

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
            "agent_id",
            "derogation",
            "payer_reason",
        ),
    ),
    # an unpaid cheque will move its days to a régularisation
    Guard(
        "booking_basket_fixed",
        "booking",
        "UPDATE",
        frozen=("basket_id",),
        within="NOT (OLD.state = 'confirmed' AND NEW.state = 'due')",
    ),
    Guard("booking_end_fixed", "booking", "UPDATE", frozen=("ended_at", "proof_id"), within="OLD.state = NEW.state"),
    Guard(
        "booking_confirmed_paid",
        "booking",
        "UPDATE",
        "OLD.state IN ('held', 'due') AND NEW.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM payment_line d "
        "JOIN payment p ON p.id = d.payment_id WHERE d.booking_id = NEW.id AND p.basket_id = NEW.basket_id)",
    ),
    Guard(
        "absence_proof_terms_fixed",
        "absence_proof",
        "UPDATE",
        frozen=("id", "child_id", "activity_code", "first_on", "last_on", "due_until"),
    ),
    Guard(
        "absence_proof_decided_once",
        "absence_proof",
        "UPDATE",
        frozen=("state", "received_on", "reason", "decided_at", "decided_by"),
        within="OLD.state <> 'attendu'",
    ),
    Guard("basket_terms_fixed", "basket", "UPDATE", frozen=("id", "payer_id", "kind", "created_at")),
    # dossier_id stays free: merging two dossiers moves their payers and baskets
    Guard(
        "basket_final",
        "basket",
        "UPDATE",
        frozen=("state", "extensions", "agent_id", "expires_at", "closed_at"),
        within="OLD.state <> 'ouvert'",
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

# A basket is won before its payment is written: only PostgreSQL can look again at the end of the transaction (on SQLite the verifier does).
PAID_HAS_PAYMENT = (
    "CREATE FUNCTION portail_basket_paid_has_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NOT EXISTS (SELECT 1 FROM payment p WHERE p.basket_id = NEW.id) THEN "
    "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'basket_paid_has_payment'; "
    "END IF; RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER basket_paid_has_payment AFTER INSERT OR UPDATE OF state ON basket "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'paye') "
    "EXECUTE FUNCTION portail_basket_paid_has_payment()",
)
