# ruff: noqa: S608 (SQL made of this file's own names)
"""What is kept of the families' portal: accounts, terms, payments online and statements are never deleted; what was paid is final."""

from models.migrations.triggers_0001.guard import Guard

_OTHER_KEYS = {
    "portal_account": "k.username = NEW.username OR k.guardian_id = NEW.guardian_id",
    "online_payment": "k.reference = NEW.reference OR k.id_op = NEW.id_op OR k.payment_id = NEW.payment_id",
    "treasury_statement": "(k.regie_id = NEW.regie_id AND k.file_sha256 = NEW.file_sha256)",
    "treasury_line": "(k.statement_id = NEW.statement_id AND k.rank = NEW.rank)",
}
_WHOLE_KEYS = {
    "terms_accepted": "k.account_id = NEW.account_id AND k.version = NEW.version",
    "online_payment_line": "k.online_payment_id = NEW.online_payment_id AND k.booking_id = NEW.booking_id",
}
_ENDED = "OLD.dispute_ended_at IS NOT NULL"
NO_TRUNCATE = (*_OTHER_KEYS, *_WHOLE_KEYS)
_NEVER_CHANGED = ("terms_accepted", "online_payment_line", "treasury_statement", "treasury_line")

KEPT: tuple[Guard, ...] = (
    *(Guard(f"{table}_not_deleted", table, "DELETE") for table in NO_TRUNCATE),
    *(Guard(f"{table}_not_changed", table, "UPDATE") for table in _NEVER_CHANGED),
    Guard("portal_account_made_once", "portal_account", "UPDATE", frozen=("id", "created_at", "given_by")),
    Guard(
        "portal_code_terms_fixed",
        "portal_code",
        "UPDATE",
        frozen=("id", "account_id", "kind", "link_hash", "code_hash", "made_at", "expires_at"),
    ),
    Guard("portal_code_ends_once", "portal_code", "UPDATE", "OLD.ended_at IS NOT NULL"),
    Guard(
        "online_payment_terms_fixed",
        "online_payment",
        "UPDATE",
        frozen=(
            *("id", "regie_id", "basket_id", "payer_id", "account_id", "reference", "amount_cents", "subject"),
            *("client_number", "mode", "asked_at"),
        ),
    ),
    Guard(
        "online_payment_page_fixed",
        "online_payment",
        "UPDATE",
        frozen=("id_op", "page_until", "page_address"),
        within="OLD.id_op IS NOT NULL",
    ),
    Guard(
        "online_payment_paid_final",
        "online_payment",
        "UPDATE",
        frozen=("state", "payment_id", "code", "paid_on", "late", "ended_at"),
        within="OLD.state = 'payee'",
    ),
    Guard(
        "online_payment_forward",
        "online_payment",
        "UPDATE",
        "(NEW.state = 'demandee' AND OLD.state <> 'demandee') OR (NEW.state = 'ouverte' AND OLD.state NOT IN ('demandee', 'ouverte'))",
    ),
    Guard(
        "online_payment_dispute_once",
        "online_payment",
        "UPDATE",
        f"{_ENDED} AND OLD.dispute_answer <> NEW.dispute_answer AND NEW.dispute_answer <> ''",  # an erased family leaves no words
        frozen=("dispute_ended_at", "dispute_ended_by"),
        within=_ENDED,
    ),
)
# SQLite alone: REPLACE deletes the row that is in the way, and asks no DELETE trigger on a connection that did not set recursive_triggers.
NOT_REPLACED: tuple[Guard, ...] = (
    *(
        Guard(
            f"{table}_not_replaced",
            table,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {table} k WHERE k.id = NEW.id OR {other})",
        )
        for table, other in _OTHER_KEYS.items()
    ),
    *(
        Guard(f"{table}_not_replaced", table, "INSERT", f"EXISTS (SELECT 1 FROM {table} k WHERE {key})")
        for table, key in _WHOLE_KEYS.items()
    ),
)
