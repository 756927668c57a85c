# ruff: noqa: S608 (SQL made of this file's own names)
"""Guards of 0002 made again under their names: a day paid online after its place was gone is paid, and given back at once.

`unkept` is such a day between its payment and its avoir: it takes no place, and nothing is left in that state when the gesture ends.
"""

from models.migrations.triggers_0001.guard import Guard

BOOKING_MOVES = {
    "held": ("confirmed", "released"),
    "confirmed": ("cancelled", "cancelled_late", "due"),
    "due": ("confirmed", "cancelled"),
    "cancelled_late": ("due_late",),
    "due_late": ("cancelled_late", "cancelled"),
    "released": (),
    "cancelled": (),
    "unkept": ("cancelled",),
}
_MOVES = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(after) for after in afters)}))"
    for before, afters in BOOKING_MOVES.items()
    if afters
)
_TO_PAY = "('held', 'due', 'due_late', 'unkept')"
_SAME_LINES = (
    "EXISTS (SELECT 1 FROM payment_line d WHERE d.payment_id = {0} AND NOT EXISTS (SELECT 1 FROM payment_line o "
    "WHERE o.payment_id = {1} AND o.booking_id = d.booking_id AND o.care_cents = d.care_cents AND o.meal_cents = d.meal_cents))"
)

WIDENED: tuple[Guard, ...] = (
    Guard("booking_state_forward", "booking", "UPDATE", f"OLD.state <> NEW.state AND NOT ({_MOVES})"),
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
)
