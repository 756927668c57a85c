# ruff: noqa: S608 (SQL made of this file's own names)
"""The régie's own sums and states: tills counted before they close, payments deposited once, reversals that make the payment's total.

The order services write in: counts, then the entry, then the closing that seals them, then the session closed; a reversal after its tenders
and lines, before what it withdraws from avoirs; a slip's lines and cash before it is validated.
"""

from models.migrations.triggers_0001.guard import Guard
from models.migrations.triggers_0002.widened import AVOIR_SPENT


def _sum(expression: str, table: str, where: str) -> str:
    return f"(SELECT COALESCE(SUM({expression}), 0) FROM {table} d WHERE {where})"


def _last_entry(kind: str, *, sealed: bool = False) -> str:
    """Say that a row is not of the entry just written, or (`sealed`) does not bear its hash."""
    return (
        "NOT EXISTS (SELECT 1 FROM journal_entry e JOIN journal_head h ON h.regie_id = e.regie_id AND h.last_seq = e.seq "
        f"WHERE e.regie_id = NEW.regie_id AND e.seq = NEW.entry_seq AND e.kind = '{kind}'"
        f"{' AND e.hash = NEW.head_hash' if sealed else ''})"
    )


_CLOSED = "EXISTS (SELECT 1 FROM till_session s WHERE s.id = NEW.till_session_id AND s.state = 'close')"
_COUNTED = "EXISTS (SELECT 1 FROM till_closing c WHERE c.till_session_id = NEW.till_session_id)"
_SESSION = "till_session WHERE id = NEW.till_session_id"
_REVERSED = "EXISTS (SELECT 1 FROM reversal r WHERE r.payment_id = NEW.payment_id)"
_OF_PAYMENT = "d.payment_id = NEW.payment_id"
_LINES = "reversal_line d JOIN payment_line l ON l.payment_id = d.payment_id AND l.booking_id = d.booking_id"
_TENDERS = "reversal_tender d JOIN tender m ON m.payment_id = d.payment_id AND m.rank = d.tender_rank"


def _of(joined: str, expression: str, where: str) -> str:
    return f"(SELECT COALESCE(SUM({expression}), 0) FROM {joined} WHERE {_OF_PAYMENT} AND {where})"


TILLS: tuple[Guard, ...] = (
    *(
        Guard(f"{table}_session_open", table, "INSERT", f"{_CLOSED} OR {_COUNTED}", lock=_SESSION)
        for table in ("payment", "posting", "cash_movement", "till_difference", "reversal", "late_unpaid")
    ),
    *(
        Guard(f"{table}_sealed", table, "INSERT", _COUNTED, lock=_SESSION)
        for table in ("till_count", "cash_count", "cheque_count")
    ),
    Guard(
        "payment_cash_in_session",
        "payment",
        "INSERT",
        "NEW.till_session_id IS NULL AND EXISTS (SELECT 1 FROM tender d WHERE d.payment_id = NEW.id AND d.means = 'especes')",
    ),
    Guard(
        "till_session_continues",
        "till_session",
        "INSERT",
        "NEW.state <> 'ouverte' OR NEW.closed_at IS NOT NULL OR NEW.closed_by IS NOT NULL "
        "OR (NEW.previous_id IS NULL AND EXISTS (SELECT 1 FROM till_session s WHERE s.till_id = NEW.till_id)) "
        "OR (NEW.previous_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM till_session s WHERE s.id = NEW.previous_id "
        "AND s.till_id = NEW.till_id AND s.state = 'close'))",
    ),
    Guard(
        "till_session_counted",
        "till_session",
        "UPDATE",
        "(NEW.state = 'ouverte' AND (NEW.closed_at IS NOT NULL OR NEW.closed_by IS NOT NULL)) "
        "OR (NEW.state = 'close' AND (NEW.closed_at IS NULL OR NEW.closed_by IS NULL "
        "OR NOT EXISTS (SELECT 1 FROM till_closing c WHERE c.till_session_id = NEW.id "
        "AND c.closed_at = NEW.closed_at AND c.agent_id = NEW.closed_by)))",
    ),
    Guard(
        "till_closing_cash_sum",
        "till_closing",
        "INSERT",
        f"{_CLOSED} OR NOT EXISTS (SELECT 1 FROM till_count c WHERE c.till_session_id = NEW.till_session_id AND c.means = 'especes' "
        f"AND c.counted_cents = {_sum('d.denomination_cents * d.pieces', 'cash_count', 'd.till_session_id = NEW.till_session_id')})",
        lock=_SESSION,
    ),
    Guard(
        "till_closing_cheques_sum",
        "till_closing",
        "INSERT",
        f"""{_sum("d.counted_cents", "till_count", "d.till_session_id = NEW.till_session_id AND d.means = 'cheque'")} <> """
        "(SELECT COALESCE(SUM(m.amount_cents), 0) FROM cheque_count d JOIN tender m ON m.payment_id = d.payment_id "
        "AND m.rank = d.tender_rank WHERE d.till_session_id = NEW.till_session_id AND d.found) "
        "OR EXISTS (SELECT 1 FROM cheque_count d JOIN tender m ON m.payment_id = d.payment_id AND m.rank = d.tender_rank "
        "WHERE d.till_session_id = NEW.till_session_id AND m.means <> 'cheque')",
    ),
    Guard(
        "till_closing_differences_entered",
        "till_closing",
        "INSERT",
        "EXISTS (SELECT 1 FROM till_count c WHERE c.till_session_id = NEW.till_session_id AND c.counted_cents <> c.expected_cents "
        "AND NOT EXISTS (SELECT 1 FROM till_difference g WHERE g.till_session_id = c.till_session_id AND g.counted_at = 'cloture' "
        "AND g.means = c.means AND g.expected_cents = c.expected_cents AND g.counted_cents = c.counted_cents)) "
        "OR EXISTS (SELECT 1 FROM till_difference g WHERE g.till_session_id = NEW.till_session_id AND g.counted_at = 'cloture' "
        "AND NOT EXISTS (SELECT 1 FROM till_count c WHERE c.till_session_id = g.till_session_id AND c.means = g.means "
        "AND c.expected_cents = g.expected_cents AND c.counted_cents = g.counted_cents))",
    ),
    Guard("till_closing_entry_last", "till_closing", "INSERT", _last_entry("cloture_caisse", sealed=True)),
    Guard("cash_movement_entry_last", "cash_movement", "INSERT", _last_entry("mouvement")),
    Guard(
        "cash_movement_was_taken_out",
        "cash_movement",
        "INSERT",
        "NEW.kind = 'retour' AND "
        f"""{_sum("d.amount_cents", "posting", "d.account = 'especes_a_verser' AND d.regie_id = NEW.regie_id")} < 0""",
    ),
    Guard("till_difference_entry_last", "till_difference", "INSERT", _last_entry("ecart")),
)

REVERSALS: tuple[Guard, ...] = (
    Guard("reversal_tender_sealed", "reversal_tender", "INSERT", _REVERSED),
    Guard("reversal_line_sealed", "reversal_line", "INSERT", _REVERSED),
    Guard("reversal_entry_last", "reversal", "INSERT", _last_entry("contrepassation")),
    Guard(
        "reversal_tenders_sum",
        "reversal",
        "INSERT",
        f"{_of(_TENDERS, 'm.amount_cents', 'NOT d.kept')} <> NEW.lost_cents "
        f"OR {_of(_TENDERS, 'm.amount_cents', 'd.kept')} <> NEW.kept_cents "
        "OR NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = NEW.payment_id AND p.avoir_cents = NEW.given_back_cents "
        "AND p.total_cents = NEW.lost_cents + NEW.kept_cents + NEW.given_back_cents)",
    ),
    Guard(
        "reversal_lines_sum",
        "reversal",
        "INSERT",
        f"""{_of(_LINES, "l.price_cents", "d.outcome <> 'retiree'")} <> NEW.owed_cents """
        f"""OR {_of(_LINES, "l.price_cents", "d.outcome = 'retiree'")} <> NEW.withdrawn_cents """
        "OR (SELECT COUNT(*) FROM reversal_line d WHERE d.payment_id = NEW.payment_id) "
        "<> (SELECT COUNT(*) FROM payment_line l WHERE l.payment_id = NEW.payment_id)",
    ),
    Guard(
        "reversal_lines_outcome",
        "reversal",
        "INSERT",
        "(NEW.kind = 'correction' AND NEW.kept_cents > 0) OR EXISTS (SELECT 1 FROM reversal_line d JOIN booking b ON b.id = d.booking_id "
        "WHERE d.payment_id = NEW.payment_id AND ((d.outcome = 'corrigee') <> (NEW.kind = 'correction') "
        "OR (d.outcome = 'due' AND b.state <> 'confirmed') OR (d.outcome = 'due_late' AND b.state <> 'cancelled_late') "
        "OR (d.outcome = 'retiree' AND b.state NOT IN ('cancelled', 'cancelled_late')) "
        "OR (d.outcome IN ('due', 'due_late') AND EXISTS (SELECT 1 FROM avoir_line a WHERE a.booking_id = d.booking_id))))",
    ),
    Guard(
        "reversal_debt_of_its_payer",
        "reversal",
        "INSERT",
        "(NEW.debt_basket_id IS NOT NULL) <> EXISTS (SELECT 1 FROM reversal_line d WHERE d.payment_id = NEW.payment_id "
        "AND d.outcome IN ('due', 'due_late')) "
        "OR (NEW.debt_basket_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM basket b JOIN payment p ON p.payer_id = b.payer_id "
        "WHERE b.id = NEW.debt_basket_id AND p.id = NEW.payment_id AND b.kind = 'regularisation' AND b.state = 'ouvert'))",
        lock="basket WHERE id = NEW.debt_basket_id",
    ),
    Guard(
        "reversal_kept_avoir_its_own",
        "reversal",
        "INSERT",
        "NEW.kept_avoir_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM avoir a JOIN payment p ON p.payer_id = a.payer_id "
        "WHERE a.id = NEW.kept_avoir_id AND p.id = NEW.payment_id AND a.reason = 'contrepassation' "
        "AND a.amount_cents = NEW.kept_cents AND a.regie_id = NEW.regie_id AND a.entry_seq = NEW.entry_seq)",
    ),
    Guard(
        "booking_owed_reversed",
        "booking",
        "UPDATE",
        "OLD.state <> NEW.state AND NEW.state IN ('due', 'due_late') AND NOT EXISTS (SELECT 1 FROM reversal r "
        "JOIN reversal_line d ON d.payment_id = r.payment_id WHERE d.booking_id = NEW.id AND d.outcome = NEW.state "
        "AND r.debt_basket_id = NEW.basket_id)",
    ),
    Guard("avoir_withdrawal_within", "avoir_withdrawal", "INSERT", AVOIR_SPENT, lock="avoir WHERE id = NEW.avoir_id"),
    Guard(
        "avoir_withdrawal_of_its_cause",
        "avoir_withdrawal",
        "INSERT",
        "(NEW.reversal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reversal r JOIN reversal_line d ON d.payment_id = r.payment_id "
        "JOIN avoir_line l ON l.booking_id = d.booking_id WHERE r.id = NEW.reversal_id AND d.booking_id = NEW.booking_id "
        "AND d.outcome = 'retiree' AND l.avoir_id = NEW.avoir_id AND l.care_cents + l.meal_cents = NEW.amount_cents)) "
        "OR (NEW.refund_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM refund f JOIN avoir a ON a.payer_id = f.payer_id "
        f"WHERE f.id = NEW.refund_id AND a.id = NEW.avoir_id AND f.amount_cents >= NEW.amount_cents "
        f"+ {_sum('d.amount_cents', 'avoir_withdrawal', 'd.refund_id = NEW.refund_id')})) "
        "OR (NEW.late_unpaid_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM late_unpaid u JOIN reversal r ON r.payment_id = u.payment_id "
        "WHERE u.id = NEW.late_unpaid_id AND r.kept_avoir_id = NEW.avoir_id AND u.amount_cents = NEW.amount_cents))",
    ),
    Guard("late_unpaid_entry_last", "late_unpaid", "INSERT", _last_entry("impaye")),
    Guard(
        "late_unpaid_of_a_kept_cheque",
        "late_unpaid",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM reversal r JOIN reversal_tender d ON d.payment_id = r.payment_id "
        "JOIN tender m ON m.payment_id = d.payment_id AND m.rank = d.tender_rank WHERE r.payment_id = NEW.payment_id "
        "AND r.regie_id = NEW.regie_id AND r.entry_seq < NEW.entry_seq AND d.tender_rank = NEW.tender_rank AND d.kept "
        "AND m.means = 'cheque' AND m.amount_cents = NEW.amount_cents)",
    ),
    Guard("refund_entry_last", "refund", "INSERT", _last_entry("remboursement", sealed=True)),
)

_NUMBERED = (
    "NEW.number IS NOT NULL OR NEW.year IS NOT NULL OR NEW.entry_seq IS NOT NULL OR NEW.validated_at IS NOT NULL "
    "OR NEW.validated_by IS NOT NULL"
)
_CASH_LINES = (
    "SELECT COALESCE(SUM(m.amount_cents), 0) FROM deposit_slip_line d JOIN tender m ON m.payment_id = d.payment_id "
    "LEFT JOIN reversal_tender b ON b.payment_id = m.payment_id AND b.tender_rank = m.rank AND NOT b.kept "
    "WHERE d.slip_id = NEW.id AND m.means = 'especes'"
)
SLIPS: tuple[Guard, ...] = (
    Guard("deposit_slip_starts", "deposit_slip", "INSERT", f"NEW.state <> 'brouillon' OR {_NUMBERED}"),
    Guard("deposit_slip_draft_bare", "deposit_slip", "UPDATE", f"NEW.state = 'brouillon' AND ({_NUMBERED})"),
    Guard(
        "deposit_slip_line_reversed",
        "deposit_slip_line",
        "INSERT",
        "NEW.kind = 'contrepassation' AND NOT EXISTS (SELECT 1 FROM reversal r "
        "JOIN deposit_slip_line d ON d.payment_id = r.payment_id AND d.kind = 'paiement' "
        "JOIN deposit_slip s ON s.id = d.slip_id WHERE r.payment_id = NEW.payment_id AND s.state = 'valide' AND s.entry_seq < r.entry_seq) "
        "OR NEW.kind = 'impaye' AND NOT EXISTS (SELECT 1 FROM late_unpaid u "
        "JOIN deposit_slip_line d ON d.payment_id = u.payment_id AND d.kind = 'paiement' JOIN deposit_slip s ON s.id = d.slip_id "
        "WHERE u.payment_id = NEW.payment_id AND u.tender_rank = NEW.tender_rank AND s.state = 'valide' AND s.entry_seq < u.entry_seq)",
    ),
    Guard(
        "deposit_slip_entry_last",
        "deposit_slip",
        "UPDATE",
        f"NEW.state = 'valide' AND {_last_entry('versement', sealed=True)}",
    ),
    # its cash by denomination is that of its payments, what reversals lost before left out, less what came back of earlier slips
    Guard(
        "deposit_slip_cash_sum",
        "deposit_slip",
        "UPDATE",
        f"NEW.state = 'valide' AND {_sum('d.denomination_cents * d.pieces', 'deposit_slip_cash', 'd.slip_id = NEW.id')} <> "
        f"({_CASH_LINES} AND d.kind = 'paiement' AND b.payment_id IS NULL) "
        f"- ({_CASH_LINES} AND d.kind = 'contrepassation' AND b.payment_id IS NOT NULL)",
    ),
)

_NUMBER_BEFORE = (
    "NEW.number < 1 OR (NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM {0} q "
    "WHERE q.regie_id = NEW.regie_id AND q.year = NEW.year AND q.number = NEW.number - 1))"
)
NUMBERS: tuple[Guard, ...] = (
    Guard("refund_number_next", "refund", "INSERT", _NUMBER_BEFORE.format("refund")),
    Guard(
        "deposit_slip_number_next",
        "deposit_slip",
        "UPDATE",
        f"NEW.number IS NOT NULL AND ({_NUMBER_BEFORE.format('deposit_slip')} OR EXISTS (SELECT 1 FROM deposit_slip q "
        "WHERE q.id <> NEW.id AND q.regie_id = NEW.regie_id "
        "AND (q.entry_seq = NEW.entry_seq OR (q.year = NEW.year AND q.number = NEW.number))))",
    ),
)

CLOSINGS: tuple[Guard, ...] = (
    Guard("period_closing_entry_last", "period_closing", "INSERT", _last_entry("cloture", sealed=True)),
    Guard(
        "period_closing_continues",
        "period_closing",
        "INSERT",
        "(NEW.previous_id IS NULL AND (EXISTS (SELECT 1 FROM period_closing c WHERE c.regie_id = NEW.regie_id AND c.kind = NEW.kind) "
        "OR NEW.first_seq <> 1 OR NEW.perpetual_cents <> NEW.received_cents - NEW.reversed_cents)) "
        "OR (NEW.previous_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM period_closing c WHERE c.id = NEW.previous_id "
        "AND c.regie_id = NEW.regie_id AND c.kind = NEW.kind AND c.last_seq = NEW.first_seq - 1 AND c.ends_on < NEW.starts_on "
        "AND NEW.perpetual_cents = c.perpetual_cents + NEW.received_cents - NEW.reversed_cents))",
    ),
)

REGIE: tuple[Guard, ...] = (*TILLS, *REVERSALS, *SLIPS, *NUMBERS, *CLOSINGS)
