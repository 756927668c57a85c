# ruff: noqa: S608 (SQL made of this file's own names)
"""Two accounts of one person joined: the transfer empties the one, is the journal's last entry, and nothing undoes it.

The order services write in: the entry, the transfer that it carries, then the account marked as joined.
"""

from models.migrations.triggers_0001.guard import Guard

TABLE = "payer_transfer"
_PERSON = "COALESCE({0}.joined_into_id, {0}.id)"
_LIVES = "EXISTS (SELECT 1 FROM payer k WHERE k.id = NEW.{0} AND k.joined_into_id IS NULL)"
_LEFT = "(SELECT COALESCE(SUM(d.amount_cents), 0) FROM posting d WHERE d.account = '{0}' AND d.payer_id = NEW.from_payer_id)"

WIDENED: tuple[Guard, ...] = (
    # a person's avoirs pay for all the accounts that person has had
    Guard(
        "payment_own_avoirs",
        "payment",
        "INSERT",
        "EXISTS (SELECT 1 FROM avoir_use u JOIN avoir a ON a.id = u.avoir_id JOIN payer o ON o.id = a.payer_id "
        "JOIN payer k ON k.id = NEW.payer_id WHERE u.payment_id = NEW.id "
        f"AND {_PERSON.format('o')} <> {_PERSON.format('k')})",
    ),
    Guard(
        "avoir_withdrawal_of_its_cause",
        "avoir_withdrawal",
        "INSERT",
        "(NEW.reversal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reversal r JOIN reversal_line d ON d.payment_id = r.payment_id "
        "JOIN avoir_line l ON l.booking_id = d.booking_id WHERE r.id = NEW.reversal_id AND d.booking_id = NEW.booking_id "
        "AND d.outcome = 'retiree' AND l.avoir_id = NEW.avoir_id AND l.care_cents + l.meal_cents = NEW.amount_cents)) "
        "OR (NEW.refund_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM refund f JOIN avoir a ON a.id = NEW.avoir_id "
        f"JOIN payer o ON o.id = a.payer_id WHERE f.id = NEW.refund_id AND {_PERSON.format('o')} = f.payer_id "
        "AND f.amount_cents >= NEW.amount_cents + (SELECT COALESCE(SUM(d.amount_cents), 0) FROM avoir_withdrawal d "
        "WHERE d.refund_id = NEW.refund_id))) "
        "OR (NEW.late_unpaid_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM late_unpaid u JOIN reversal r ON r.payment_id = u.payment_id "
        "WHERE u.id = NEW.late_unpaid_id AND r.kept_avoir_id = NEW.avoir_id AND u.amount_cents = NEW.amount_cents))",
    ),
    # what was consented to stays; whose dossier it is in follows the family
    Guard(
        "consent_not_changed",
        "consent",
        "UPDATE",
        "OLD.dossier_id = NEW.dossier_id",
        frozen=("id", "kind", "given", "given_on", "recorded_at", "agent_id"),
    ),
)
JOINED: tuple[Guard, ...] = (
    Guard(f"{TABLE}_not_changed", TABLE, "UPDATE"),
    Guard(f"{TABLE}_not_deleted", TABLE, "DELETE"),
    Guard(
        f"{TABLE}_entry_last",
        TABLE,
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM journal_entry e JOIN journal_head h ON h.regie_id = e.regie_id AND h.last_seq = e.seq "
        "WHERE e.regie_id = NEW.regie_id AND e.seq = NEW.entry_seq AND e.kind = 'transfert')",
    ),
    Guard(
        f"{TABLE}_between_two_lives",
        TABLE,
        "INSERT",
        f"NOT {_LIVES.format('from_payer_id')} OR NOT {_LIVES.format('into_payer_id')}",
    ),
    Guard(
        f"{TABLE}_empties",
        TABLE,
        "INSERT",
        f"{_LEFT.format('avoirs')} <> 0 OR {_LEFT.format('creances')} <> 0",
    ),
    Guard(
        "payer_joined_by_transfer",
        "payer",
        "UPDATE",
        "(NEW.joined_into_id IS NULL AND OLD.joined_into_id IS NOT NULL) OR (NEW.joined_into_id IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {TABLE} r WHERE r.from_payer_id = NEW.id))",
    ),
)
# SQLite alone: REPLACE deletes the row that is in the way, and asks no DELETE trigger on a connection that did not set recursive_triggers.
NOT_REPLACED = Guard(
    f"{TABLE}_not_replaced",
    TABLE,
    "INSERT",
    f"EXISTS (SELECT 1 FROM {TABLE} k WHERE k.id = NEW.id OR k.from_payer_id = NEW.from_payer_id "
    "OR (k.regie_id = NEW.regie_id AND k.entry_seq = NEW.entry_seq))",
)
