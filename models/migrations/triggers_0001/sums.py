# ruff: noqa: S608 (SQL made of this file's own names)
"""Sums that must be exact, numbers that must follow each other, and what is sealed by the row that is written last.

The order services write in: a payment after its tenders, lines, avoir uses and tender allocations; a journal entry after its postings,
on the locked head, which the entry's own trigger then moves on; an avoir before its lines.
"""

from models.migrations.triggers_0001.guard import Guard


def _sum(table: str, column: str = "amount_cents", where: str = "d.payment_id = NEW.id") -> str:
    return f"(SELECT COALESCE(SUM(d.{column}), 0) FROM {table} d WHERE {where})"


def _paid_by(table: str, link: str) -> str:
    return f"(SELECT COALESCE(SUM(a.amount_cents), 0) FROM {table} a WHERE a.payment_id = NEW.id AND {link})"


DETAILS = ("tender", "payment_line", "tender_allocation", "avoir_use")

SUMS: tuple[Guard, ...] = (
    *(
        Guard(
            f"{table}_payment_sealed",
            table,
            "INSERT",
            "EXISTS (SELECT 1 FROM payment p WHERE p.id = NEW.payment_id)",
        )
        for table in DETAILS
    ),
    Guard(
        "payment_tenders_sum",
        "payment",
        "INSERT",
        f"{_sum('tender')} + {_sum('avoir_use')} <> NEW.total_cents OR {_sum('avoir_use')} <> NEW.avoir_cents",
    ),
    Guard("payment_lines_sum", "payment", "INSERT", f"{_sum('payment_line', 'price_cents')} <> NEW.total_cents"),
    Guard(
        "payment_allocation_sum",
        "payment",
        "INSERT",
        f"{_sum('tender_allocation')} + {_sum('avoir_use')} <> NEW.total_cents "
        "OR EXISTS (SELECT 1 FROM payment_line d WHERE d.payment_id = NEW.id AND d.price_cents <> "
        f"{_paid_by('tender_allocation', 'a.booking_id = d.booking_id')} + "
        f"{_paid_by('avoir_use', 'a.booking_id = d.booking_id')}) "
        "OR EXISTS (SELECT 1 FROM tender d WHERE d.payment_id = NEW.id AND d.amount_cents <> "
        f"{_paid_by('tender_allocation', 'a.tender_rank = d.rank')})",
    ),
    Guard(
        "payment_change_from_cash",
        "payment",
        "INSERT",
        f"{_sum('tender', 'received_cents')} - {_sum('tender')} <> NEW.change_cents OR EXISTS (SELECT 1 FROM tender d "
        "WHERE d.payment_id = NEW.id AND d.means <> 'especes' AND d.received_cents <> d.amount_cents)",
    ),
    # A basket is won (marked paid) first, paid once, by its payer, whole. A reversal will say when it may be paid again.
    Guard(
        "payment_of_its_basket",
        "payment",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM basket b WHERE b.id = NEW.basket_id AND b.payer_id = NEW.payer_id AND b.state = 'paye') "
        "OR EXISTS (SELECT 1 FROM payment p WHERE p.basket_id = NEW.basket_id)",
        lock="basket WHERE id = NEW.basket_id",
    ),
    Guard(
        "payment_lines_of_its_basket",
        "payment",
        "INSERT",
        "EXISTS (SELECT 1 FROM payment_line d JOIN booking b ON b.id = d.booking_id WHERE d.payment_id = NEW.id "
        "AND (b.basket_id IS NULL OR b.basket_id <> NEW.basket_id OR b.payer_id <> NEW.payer_id OR b.state NOT IN ('held', 'due'))) "
        "OR (SELECT COUNT(*) FROM booking b WHERE b.basket_id = NEW.basket_id AND b.state IN ('held', 'due')) "
        "<> (SELECT COUNT(*) FROM payment_line d WHERE d.payment_id = NEW.id)",
    ),
    Guard(
        "payment_entry_next",
        "payment",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM journal_head h WHERE h.regie_id = NEW.regie_id AND h.last_seq = NEW.entry_seq - 1)",
    ),
    Guard(
        "avoir_entry_last",
        "avoir",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM journal_entry e JOIN journal_head h ON h.regie_id = e.regie_id AND h.last_seq = e.seq "
        "WHERE e.regie_id = NEW.regie_id AND e.seq = NEW.entry_seq AND e.kind = 'avoir' AND e.hash = NEW.head_hash)",
    ),
    Guard(
        "payment_own_avoirs",
        "payment",
        "INSERT",
        "EXISTS (SELECT 1 FROM avoir_use u JOIN avoir a ON a.id = u.avoir_id "
        "WHERE u.payment_id = NEW.id AND a.payer_id <> NEW.payer_id)",
    ),
    Guard(
        "avoir_use_within",
        "avoir_use",
        "INSERT",
        f"NEW.amount_cents + {_sum('avoir_use', where='d.avoir_id = NEW.avoir_id')} "
        "> (SELECT a.amount_cents FROM avoir a WHERE a.id = NEW.avoir_id)",
        lock="avoir WHERE id = NEW.avoir_id",
    ),
    Guard(
        "avoir_line_within",
        "avoir_line",
        "INSERT",
        f"NEW.care_cents + {_sum('avoir_line', 'care_cents', 'd.avoir_id = NEW.avoir_id')} "
        "> (SELECT a.care_cents FROM avoir a WHERE a.id = NEW.avoir_id) OR "
        f"NEW.meal_cents + {_sum('avoir_line', 'meal_cents', 'd.avoir_id = NEW.avoir_id')} "
        "> (SELECT a.meal_cents FROM avoir a WHERE a.id = NEW.avoir_id)",
        lock="avoir WHERE id = NEW.avoir_id",
    ),
    *(
        Guard(
            f"{table}_number_next",
            table,
            "INSERT",
            f"NEW.number < 1 OR (NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM {table} q "
            "WHERE q.regie_id = NEW.regie_id AND q.year = NEW.year AND q.number = NEW.number - 1))",
        )
        for table in ("quittance", "avoir")
    ),
    Guard(
        "posting_entry_sealed",
        "posting",
        "INSERT",
        "EXISTS (SELECT 1 FROM journal_entry e WHERE e.regie_id = NEW.regie_id AND e.seq = NEW.entry_seq)",
    ),
    Guard(
        "journal_entry_balanced",
        "journal_entry",
        "INSERT",
        f"{_sum('posting', where='d.regie_id = NEW.regie_id AND d.entry_seq = NEW.seq')} <> 0",
    ),
    Guard(
        "journal_entry_next",
        "journal_entry",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM journal_head h WHERE h.regie_id = NEW.regie_id "
        "AND h.last_seq = NEW.seq - 1 AND h.head_hash = NEW.previous_hash)",
    ),
)

MOVE_HEAD = "UPDATE journal_head SET last_seq = NEW.seq, head_hash = NEW.hash WHERE regie_id = NEW.regie_id"
MOVE_HEAD_SQLITE = f"CREATE TRIGGER journal_entry_moves_head AFTER INSERT ON journal_entry BEGIN {MOVE_HEAD}; END"
MOVE_HEAD_POSTGRESQL = (
    "CREATE FUNCTION portail_journal_entry_moves_head() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN {MOVE_HEAD}; RETURN NULL; END $$",
    "CREATE TRIGGER journal_entry_moves_head AFTER INSERT ON journal_entry FOR EACH ROW "
    "EXECUTE FUNCTION portail_journal_entry_moves_head()",
)
