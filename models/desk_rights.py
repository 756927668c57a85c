"""What a desk's program does to each table: one line a table, from which the rights of its account are given (`desk_accounts`).

A new table without a line makes a test fail; so does a line that would let a sealed table be altered. Reading is not said: a desk reads
every table. Where a row is locked before it is counted (`SELECT … FOR UPDATE`), PostgreSQL asks for UPDATE on one column at least: a table
that a desk locks and never changes has `locks`, the key, which the table's own guards let nobody change.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Uses:
    """What is done to a table: rows added, columns changed, rows taken away, and the column by which rows are only locked."""

    inserts: bool = True
    updates: tuple[str, ...] = ()
    deletes: bool = False
    locks: str = ""

    @property
    def changed(self) -> tuple[str, ...]:
        """Every column that UPDATE is needed on."""
        return (*self.updates, self.locks) if self.locks else self.updates


_ADDED = Uses()
_MOVED = Uses(updates=("dossier_id", "child_id"))  # what follows a family that is merged
_NAMES = ("last_name", "first_name", "birth_name", "birth_on", "birth_place", "birth_insee")
_PERSON = ("dossier_id", "snapshot_id", *_NAMES)

DESK_RIGHTS: dict[str, Uses] = {
    "absence_proof": Uses(updates=("dossier_id", "state", "received_on", "reason", "decided_at", "decided_by")),
    "activity": Uses(updates=("label", "rank")),
    "agent": Uses(updates=("password_hash", "must_change_password", "failures", "locked_until", "disabled_at")),
    "agent_role": Uses(deletes=True),
    "alsh_enrolment": Uses(updates=("child_id",)),
    "appointment": Uses(
        updates=("dossier_id", "starts_at", "place", "state", "name", "phone", "note", "moved", "ended_at")
    ),
    "attendance": Uses(updates=("dossier_id", "booking_id", "state", "marked_at", "agent_id")),
    "audit_event": Uses(updates=("result", "reason", "details", "erased_at")),  # once, when the family is erased
    "avoir": Uses(locks="id"),
    "avoir_line": _ADDED,
    "avoir_use": _ADDED,
    "avoir_withdrawal": _ADDED,
    "basket": Uses(updates=("dossier_id", "state", "expires_at", "extensions", "closed_at")),
    "booking": Uses(updates=("basket_id", "state", "derogation", "payer_reason", "ended_at", "proof_id")),
    "cash_count": _ADDED,
    "cash_movement": _ADDED,
    "cheque_count": _ADDED,
    "child": Uses(
        updates=(
            *_PERSON,
            *("sex", "meal_supplied", "diet", "pai", "pai_until_on", "doctor_name", "doctor_phone"),
            *("insurer", "insurance_number", "insurance_until_on", "archived_at", "merged_into_id"),
        )
    ),
    "coat_of_arms": _ADDED,
    "commune_version": _ADDED,
    "consent": _MOVED,
    "contact_person": Uses(
        updates=(
            *("dossier_id", "child_id", "rank", "last_name", "first_name", "relation", "phone", "phone_2"),
            *("may_collect", "emergency", "forbidden", "note"),
        ),
        deletes=True,
    ),
    "custody_exception": Uses(updates=("child_id", "payer_id", "reason", "cancelled_at")),
    "custody_pattern": Uses(
        updates=(
            *("child_id", "from_on", "anchor_on", "first_payer_id", "second_payer_id", "period_days", "switch_at"),
            *("holidays", "summer", "first_half", "until_on"),
        ),
        deletes=True,
    ),
    "database_identity": Uses(inserts=False, updates=("clock_at", "clock_seen_at")),
    "day_closure": Uses(updates=("state", "finished_at", "undone_at", "undone_by", "undo_reason")),
    "day_closure_activity": _ADDED,
    "day_closure_line": Uses(updates=("dossier_id", "restored_booking_id", "not_restored")),
    "deposit_slip": Uses(
        updates=(
            *("state", "year", "number", "entry_seq", "head_hash", "validated_at", "validated_by"),
            *("agent_name", "fictitious"),
        )
    ),
    "deposit_slip_cash": _ADDED,
    "deposit_slip_line": Uses(deletes=True),
    "dossier": Uses(updates=("version", "label", "archived_at", "erased_at", "merged_into_id")),
    "dossier_change": Uses(updates=("before", "after")),
    "guardian": Uses(
        updates=(
            *_PERSON,
            *("email", "phone", "phone_2", "address", "address_2", "postcode", "city", "relation", "authority"),
            *("allowance_fund", "allowance_number", "linked_at"),
        )
    ),
    "identity_snapshot": Uses(updates=("name", "address", "erased_at")),
    "import_map": Uses(updates=("document", "recorded_at", "agent_id")),
    "import_run": _ADDED,
    "journal_entry": _ADDED,
    "journal_head": Uses(locks="regie_id"),  # moved by the trigger of each entry, as the base's owner
    "late_unpaid": _ADDED,
    "letter_printed": _ADDED,
    "letter_template": _ADDED,
    "meal_order": _ADDED,
    "meal_order_line": _ADDED,
    "menu": Uses(updates=("note", "recorded_at", "agent_id"), deletes=True),
    "menu_dish": Uses(deletes=True),
    "news": Uses(updates=("title", "body", "from_on", "until_on", "first", "recorded_at", "agent_id", "withdrawn_at")),
    "number_series": Uses(updates=("last_number",)),
    "offering": Uses(updates=("capacity",)),
    "online_payment": Uses(
        updates=(
            *(
                "state",
                "id_op",
                "page_until",
                "page_address",
                "asked_again_at",
                "ended_at",
                "code",
                "paid_on",
                "late",
                "payment_id",
            ),
            *("disputed_at", "disputed_by", "dispute", "dispute_ended_at", "dispute_ended_by", "dispute_answer"),
        )
    ),
    "online_payment_line": _ADDED,
    "payer": Uses(updates=("dossier_id", "rank", "resident", "basis", "basis_on", "basis_seen_on", "joined_into_id")),
    "payer_transfer": _ADDED,
    "payment": _ADDED,
    "payment_line": _ADDED,
    "period_closing": _ADDED,
    "portal_account": Uses(
        updates=(
            *("username", "last_name", "first_name", "email", "password_hash", "guardian_id", "activated_at"),
            "unlinked_from_id",
            *("terms_version", "terms_accepted_at", "version", "erased_at"),
        )
    ),
    "portal_code": Uses(updates=("ended_at",)),
    "portal_try": Uses(updates=("failures", "since_at"), deletes=True),
    "posting": _ADDED,
    "quittance": Uses(locks="id"),
    "quittance_copy": _ADDED,
    "quotient_familial": Uses(updates=("payer_id", "source", "valid_until_on"), deletes=True),
    "refund": _ADDED,
    "regie": Uses(updates=("name",)),
    "reversal": _ADDED,
    "reversal_line": _ADDED,
    "reversal_tender": _ADDED,
    "school": Uses(updates=("name", "alp_site_code", "alsh_site_code")),
    "schooling": Uses(updates=("child_id", "school_code", "level", "class_name")),
    "search_token": Uses(deletes=True),
    "search_word": Uses(deletes=True),
    "site": Uses(updates=("name",)),
    "slot": Uses(updates=("capacity", "withheld", "by_hand")),
    "slot_age_limit": Uses(deletes=True),
    "supporting_document": Uses(updates=("dossier_id", "child_id", "guardian_id", "withdrawn_at")),
    "tender": _ADDED,
    "tender_allocation": _ADDED,
    "terms_accepted": _ADDED,
    "till": Uses(updates=("name",)),
    "till_closing": _ADDED,
    "till_count": _ADDED,
    "till_difference": _ADDED,
    "till_session": Uses(updates=("state", "closed_at", "closed_by")),
    "treasury_line": _ADDED,
    "treasury_statement": _ADDED,
    "unknown_sign_in": Uses(updates=("failures", "locked_until")),
    "waiting_entry": Uses(
        updates=(*("dossier_id", "state", "offered_at", "offer_until", "ended_at", "ended_by", "booking_id", "reason"),)
    ),
    "week_pattern": Uses(updates=("dossier_id", "child_id", "ended_at"), deletes=True),
}
