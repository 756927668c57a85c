# ruff: noqa: S608 (SQL made of this file's own names)
"""Guards of 0001 made again under their names: what a reversed payment used is free again, what corrects it is paid at once."""

from models.migrations.triggers_0001.guard import Guard

BOOKING_MOVES = {
    "held": ("confirmed", "released"),
    "confirmed": ("cancelled", "cancelled_late", "due"),
    "due": ("confirmed", "cancelled"),  # never cancelled too late: what is owed of it would be forgotten
    "cancelled_late": ("due_late",),
    "due_late": ("cancelled_late", "cancelled"),  # paid, or dropped: no justificatif then gives back what was not paid
    "released": (),
    "cancelled": (),
}
_MOVES = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(after) for after in afters)}))"
    for before, afters in BOOKING_MOVES.items()
    if afters
)
_TO_A_DEBT = (
    "(OLD.state = 'confirmed' AND NEW.state = 'due') OR (OLD.state = 'cancelled_late' AND NEW.state = 'due_late')"
)
_REVERSED = "SELECT 1 FROM reversal r WHERE r.payment_id = {0}"
_TO_PAY = "('held', 'due', 'due_late')"
_USED = (
    "(SELECT COALESCE(SUM(d.amount_cents), 0) FROM avoir_use d WHERE d.avoir_id = NEW.avoir_id "
    f"AND NOT EXISTS ({_REVERSED.format('d.payment_id')}))"
)
_TAKEN = "(SELECT COALESCE(SUM(w.amount_cents), 0) FROM avoir_withdrawal w WHERE w.avoir_id = NEW.avoir_id)"
AVOIR_SPENT = f"NEW.amount_cents + {_USED} + {_TAKEN} > (SELECT a.amount_cents FROM avoir a WHERE a.id = NEW.avoir_id)"
_SAME_LINES = (
    "EXISTS (SELECT 1 FROM payment_line d WHERE d.payment_id = {0} AND NOT EXISTS (SELECT 1 FROM payment_line o "
    "WHERE o.payment_id = {1} AND o.booking_id = d.booking_id AND o.care_cents = d.care_cents AND o.meal_cents = d.meal_cents))"
)

WIDENED: tuple[Guard, ...] = (
    Guard("booking_state_forward", "booking", "UPDATE", f"OLD.state <> NEW.state AND NOT ({_MOVES})"),
    Guard("booking_basket_fixed", "booking", "UPDATE", frozen=("basket_id",), within=f"NOT ({_TO_A_DEBT})"),
    # the day stays cancelled, whatever is owed of it
    Guard(
        "booking_end_fixed",
        "booking",
        "UPDATE",
        frozen=("ended_at", "proof_id"),
        within="OLD.state = NEW.state OR NEW.state = 'due_late' OR OLD.state = 'due_late'",
    ),
    Guard(
        "booking_confirmed_paid",
        "booking",
        "UPDATE",
        "((OLD.state IN ('held', 'due') AND NEW.state = 'confirmed') OR (OLD.state = 'due_late' AND NEW.state = 'cancelled_late')) "
        "AND NOT EXISTS (SELECT 1 FROM payment_line d JOIN payment p ON p.id = d.payment_id "
        f"WHERE d.booking_id = NEW.id AND p.basket_id = NEW.basket_id AND NOT EXISTS ({_REVERSED.format('p.id')}))",
    ),
    Guard(
        "payment_of_its_basket",
        "payment",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM basket b WHERE b.id = NEW.basket_id AND b.payer_id = NEW.payer_id AND b.state = 'paye') "
        "OR EXISTS (SELECT 1 FROM payment p WHERE p.basket_id = NEW.basket_id "
        f"AND (NEW.corrects_id IS NULL OR NOT EXISTS ({_REVERSED.format('p.id')})))",
        lock="basket WHERE id = NEW.basket_id",
    ),
    Guard(
        "payment_lines_of_its_basket",
        "payment",
        "INSERT",
        "(NEW.corrects_id IS NULL AND (EXISTS (SELECT 1 FROM payment_line d JOIN booking b ON b.id = d.booking_id "
        "WHERE d.payment_id = NEW.id AND (b.basket_id IS NULL OR b.basket_id <> NEW.basket_id OR b.payer_id <> NEW.payer_id "
        f"OR b.state NOT IN {_TO_PAY})) "
        f"OR (SELECT COUNT(*) FROM booking b WHERE b.basket_id = NEW.basket_id AND b.state IN {_TO_PAY}) "
        "<> (SELECT COUNT(*) FROM payment_line d WHERE d.payment_id = NEW.id))) "
        "OR (NEW.corrects_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM reversal r JOIN payment p ON p.id = r.payment_id "
        "WHERE r.payment_id = NEW.corrects_id AND r.kind = 'correction' AND p.basket_id = NEW.basket_id "
        "AND p.total_cents = NEW.total_cents AND p.avoir_cents = NEW.avoir_cents) "
        f"OR {_SAME_LINES.format('NEW.id', 'NEW.corrects_id')} OR {_SAME_LINES.format('NEW.corrects_id', 'NEW.id')}))",
    ),
    Guard(
        "avoir_entry_last",
        "avoir",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM journal_entry e JOIN journal_head h ON h.regie_id = e.regie_id AND h.last_seq = e.seq "
        "WHERE e.regie_id = NEW.regie_id AND e.seq = NEW.entry_seq AND e.hash = NEW.head_hash "
        "AND e.kind = CASE NEW.reason WHEN 'contrepassation' THEN 'contrepassation' ELSE 'avoir' END)",
    ),
    Guard("avoir_use_within", "avoir_use", "INSERT", AVOIR_SPENT, lock="avoir WHERE id = NEW.avoir_id"),
)
