"""The régie: counts and closings of tills, deposit slips, reversals and what they take back, refunds, periods closed."""

import sqlalchemy as sa
from alembic import op

from models.migrations.checks import replace_check
from models.migrations.triggers_0002 import statements

revision = "0002_regie"
down_revision = "0001_counter_act"
branch_labels = None
depends_on = None

# What each of these columns may hold from now on; before, only the first values.
KNOWN = {
    ("journal_entry", "kind"): (
        ("ouverture", "paiement", "avoir"),
        (
            "mouvement",
            "ecart",
            "cloture_caisse",
            "contrepassation",
            "dette_annulee",
            "versement",
            "remboursement",
            "impaye",
            "cloture",
        ),
    ),
    ("number_series", "kind"): (("quittance", "avoir"), ("bordereau", "remboursement")),
    ("avoir", "reason"): (("annulation", "justificatif", "commune", "reprise"), ("contrepassation",)),
    ("booking", "state"): (
        ("held", "confirmed", "due", "released", "cancelled", "cancelled_late"),
        ("due_late",),
    ),
}


def upgrade() -> None:
    """Create the tables, widen the lists of known values, then replace the guards that these need. No way back but a backup."""
    connection = op.get_bind()
    for (table, column), (before, added) in KNOWN.items():
        replace_check(connection, table, f"{column}_known", _among(column, before), _among(column, before + added))
    connection.exec_driver_sql(
        "ALTER TABLE payment ADD COLUMN corrects_id VARCHAR(36) CONSTRAINT fk_payment_corrects_id REFERENCES payment (id)"
    )
    op.create_index(
        op.f("uq_payment_corrects_id"),
        "payment",
        ["corrects_id"],
        unique=True,
        sqlite_where=sa.text("corrects_id IS NOT NULL"),
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )

    op.create_table(
        "deposit_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validated_by", sa.Integer(), nullable=True),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=True),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'valide') = (number IS NOT NULL AND year IS NOT NULL AND entry_seq IS NOT NULL "
            "AND validated_at IS NOT NULL AND validated_by IS NOT NULL)",
            name=op.f("ck_deposit_slip_validated_whole"),
        ),
        sa.CheckConstraint("state IN ('brouillon', 'valide')", name=op.f("ck_deposit_slip_state_known")),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name=op.f("fk_deposit_slip_created_by")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_deposit_slip_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_deposit_slip_regie_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_deposit_slip_till_id")),
        sa.ForeignKeyConstraint(["validated_by"], ["agent.id"], name=op.f("fk_deposit_slip_validated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_slip")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_deposit_slip_regie_id_entry_seq")),
        sa.UniqueConstraint("regie_id", "year", "number", name=op.f("uq_deposit_slip_regie_id_year_number")),
    )
    op.create_index(
        "uq_deposit_slip_draft",
        "deposit_slip",
        ["till_id"],
        unique=True,
        sqlite_where=sa.text("state = 'brouillon'"),
        postgresql_where=sa.text("state = 'brouillon'"),
    )
    op.create_table(
        "period_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("received_cents", sa.BigInteger(), nullable=False),
        sa.Column("reversed_cents", sa.BigInteger(), nullable=False),
        sa.Column("perpetual_cents", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('jour', 'mois', 'annee')", name=op.f("ck_period_closing_kind_known")),
        sa.CheckConstraint("first_seq <= last_seq", name=op.f("ck_period_closing_entries_in_order")),
        sa.CheckConstraint("last_seq < entry_seq", name=op.f("ck_period_closing_sealed_after")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_period_closing_days_in_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_period_closing_agent_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["period_closing.id"], name=op.f("fk_period_closing_previous_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_period_closing_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_period_closing_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_closing")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_period_closing_regie_id_entry_seq")),
        sa.UniqueConstraint(
            "regie_id", "kind", "previous_id", name=op.f("uq_period_closing_regie_id_kind_previous_id")
        ),
        sa.UniqueConstraint("regie_id", "kind", "starts_on", name=op.f("uq_period_closing_regie_id_kind_starts_on")),
    )
    op.create_index(
        "uq_period_closing_first",
        "period_closing",
        ["regie_id", "kind"],
        unique=True,
        sqlite_where=sa.text("previous_id IS NULL"),
        postgresql_where=sa.text("previous_id IS NULL"),
    )
    op.create_table(
        "cash_count",
        sa.Column("till_session_id", sa.Integer(), nullable=False),
        sa.Column("denomination_cents", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.CheckConstraint("denomination_cents > 0", name=op.f("ck_cash_count_denomination_positive")),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_cash_count_pieces_positive")),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_cash_count_till_session_id")),
        sa.PrimaryKeyConstraint("till_session_id", "denomination_cents", name=op.f("pk_cash_count")),
    )
    op.create_table(
        "cash_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("till_session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('apport', 'retrait', 'versement', 'retour')", name=op.f("ck_cash_movement_kind_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_cash_movement_reason_given")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_cash_movement_amount_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_cash_movement_agent_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_cash_movement_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_cash_movement_regie_id")),
        sa.ForeignKeyConstraint(
            ["till_session_id"], ["till_session.id"], name=op.f("fk_cash_movement_till_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_movement")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_cash_movement_regie_id_entry_seq")),
    )
    op.create_index(op.f("ix_cash_movement_till_session_id"), "cash_movement", ["till_session_id"], unique=False)
    op.create_table(
        "deposit_slip_cash",
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("denomination_cents", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.CheckConstraint("denomination_cents > 0", name=op.f("ck_deposit_slip_cash_denomination_positive")),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_deposit_slip_cash_pieces_positive")),
        sa.ForeignKeyConstraint(["slip_id"], ["deposit_slip.id"], name=op.f("fk_deposit_slip_cash_slip_id")),
        sa.PrimaryKeyConstraint("slip_id", "denomination_cents", name=op.f("pk_deposit_slip_cash")),
    )
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("payer_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_refund_reason_given")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_refund_agent_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_refund_payer_id")),
        sa.ForeignKeyConstraint(
            ["payer_snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_refund_payer_snapshot_id")
        ),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_refund_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_refund_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_refund_regie_id_entry_seq")),
        sa.UniqueConstraint("regie_id", "year", "number", name=op.f("uq_refund_regie_id_year_number")),
    )
    op.create_index(op.f("ix_refund_payer_id"), "refund", ["payer_id"], unique=False)
    op.create_table(
        "till_closing",
        sa.Column("till_session_id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_till_closing_agent_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_till_closing_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_till_closing_regie_id")),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_till_closing_till_session_id")),
        sa.PrimaryKeyConstraint("till_session_id", name=op.f("pk_till_closing")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_till_closing_regie_id_entry_seq")),
    )
    op.create_table(
        "till_count",
        sa.Column("till_session_id", sa.Integer(), nullable=False),
        sa.Column("means", sa.String(12), nullable=False),
        sa.Column("expected_cents", sa.Integer(), nullable=False),
        sa.Column("counted_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "means IN ('especes', 'cheque', 'carte', 'cesu', 'ancv', 'virement', 'payfip')",
            name=op.f("ck_till_count_means_known"),
        ),
        sa.CheckConstraint("counted_cents >= 0", name=op.f("ck_till_count_counted_positive")),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_till_count_till_session_id")),
        sa.PrimaryKeyConstraint("till_session_id", "means", name=op.f("pk_till_count")),
    )
    op.create_table(
        "till_difference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("till_session_id", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.String(12), nullable=False),
        sa.Column("means", sa.String(12), nullable=False),
        sa.Column("expected_cents", sa.Integer(), nullable=False),
        sa.Column("counted_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted_at IN ('ouverture', 'cloture')", name=op.f("ck_till_difference_counted_at_known")),
        sa.CheckConstraint(
            "means IN ('especes', 'cheque', 'carte', 'cesu', 'ancv', 'virement', 'payfip')",
            name=op.f("ck_till_difference_means_known"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_till_difference_reason_given")),
        sa.CheckConstraint("counted_cents <> expected_cents", name=op.f("ck_till_difference_differs")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_till_difference_agent_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_till_difference_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_till_difference_regie_id")),
        sa.ForeignKeyConstraint(
            ["till_session_id"], ["till_session.id"], name=op.f("fk_till_difference_till_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_difference")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_till_difference_regie_id_entry_seq")),
        sa.UniqueConstraint(
            "till_session_id", "counted_at", "means", name=op.f("uq_till_difference_till_session_id_counted_at_means")
        ),
    )
    op.create_table(
        "deposit_slip_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("tender_rank", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('paiement', 'contrepassation', 'impaye')", name=op.f("ck_deposit_slip_line_kind_known")
        ),
        sa.CheckConstraint("(kind = 'impaye') = (tender_rank > 0)", name=op.f("ck_deposit_slip_line_of_one_tender")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_deposit_slip_line_payment_id")),
        sa.ForeignKeyConstraint(["slip_id"], ["deposit_slip.id"], name=op.f("fk_deposit_slip_line_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_slip_line")),
        sa.UniqueConstraint(
            "payment_id", "kind", "tender_rank", name=op.f("uq_deposit_slip_line_payment_id_kind_tender_rank")
        ),
    )
    op.create_index(op.f("ix_deposit_slip_line_slip_id"), "deposit_slip_line", ["slip_id"], unique=False)
    op.create_table(
        "reversal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("till_session_id", sa.Integer(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("debt_basket_id", sa.Integer(), nullable=True),
        sa.Column("kept_avoir_id", sa.Integer(), nullable=True),
        sa.Column("lost_cents", sa.Integer(), nullable=False),
        sa.Column("kept_cents", sa.Integer(), nullable=False),
        sa.Column("given_back_cents", sa.Integer(), nullable=False),
        sa.Column("owed_cents", sa.Integer(), nullable=False),
        sa.Column("withdrawn_cents", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('impaye', 'annulation', 'correction')", name=op.f("ck_reversal_kind_known")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reversal_reason_given")),
        sa.CheckConstraint("(kept_cents > 0) = (kept_avoir_id IS NOT NULL)", name=op.f("ck_reversal_kept_as_avoir")),
        sa.CheckConstraint(
            "lost_cents + kept_cents + given_back_cents = owed_cents + withdrawn_cents",
            name=op.f("ck_reversal_amounts_balance"),
        ),
        sa.CheckConstraint(
            "lost_cents >= 0 AND kept_cents >= 0 AND given_back_cents >= 0 AND owed_cents >= 0 AND withdrawn_cents >= 0",
            name=op.f("ck_reversal_amounts_positive"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_reversal_agent_id")),
        sa.ForeignKeyConstraint(["debt_basket_id"], ["basket.id"], name=op.f("fk_reversal_debt_basket_id")),
        sa.ForeignKeyConstraint(["kept_avoir_id"], ["avoir.id"], name=op.f("fk_reversal_kept_avoir_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_reversal_payment_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_reversal_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_reversal_regie_id")),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_reversal_till_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversal")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_reversal_payment_id")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_reversal_regie_id_entry_seq")),
    )
    op.create_index(op.f("ix_reversal_till_session_id"), "reversal", ["till_session_id"], unique=False)
    op.create_table(
        "cheque_count",
        sa.Column("till_session_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("tender_rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id", "tender_rank"],
            ["tender.payment_id", "tender.rank"],
            name=op.f("fk_cheque_count_payment_id_tender_rank"),
        ),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_cheque_count_till_session_id")),
        sa.PrimaryKeyConstraint("till_session_id", "payment_id", "tender_rank", name=op.f("pk_cheque_count")),
    )
    op.create_table(
        "reversal_line",
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("booking_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('due', 'due_late', 'retiree', 'corrigee')", name=op.f("ck_reversal_line_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "booking_id"],
            ["payment_line.payment_id", "payment_line.booking_id"],
            name=op.f("fk_reversal_line_payment_id_booking_id"),
        ),
        sa.PrimaryKeyConstraint("payment_id", "booking_id", name=op.f("pk_reversal_line")),
    )
    op.create_table(
        "reversal_tender",
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("tender_rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id", "tender_rank"],
            ["tender.payment_id", "tender.rank"],
            name=op.f("fk_reversal_tender_payment_id_tender_rank"),
        ),
        sa.PrimaryKeyConstraint("payment_id", "tender_rank", name=op.f("pk_reversal_tender")),
    )
    op.create_table(
        "late_unpaid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("tender_rank", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("till_session_id", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_late_unpaid_amount_positive")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_late_unpaid_reason_given")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_late_unpaid_agent_id")),
        sa.ForeignKeyConstraint(
            ["payment_id", "tender_rank"],
            ["reversal_tender.payment_id", "reversal_tender.tender_rank"],
            name=op.f("fk_late_unpaid_payment_id_tender_rank"),
        ),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_late_unpaid_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_late_unpaid_regie_id")),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_late_unpaid_till_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_unpaid")),
        sa.UniqueConstraint("payment_id", "tender_rank", name=op.f("uq_late_unpaid_payment_id_tender_rank")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_late_unpaid_regie_id_entry_seq")),
    )
    op.create_index(op.f("ix_late_unpaid_till_session_id"), "late_unpaid", ["till_session_id"], unique=False)
    op.create_table(
        "avoir_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("avoir_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("reversal_id", sa.Integer(), nullable=True),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("late_unpaid_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN reversal_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN refund_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN late_unpaid_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_avoir_withdrawal_one_cause"),
        ),
        sa.CheckConstraint(
            "(reversal_id IS NULL) = (booking_id IS NULL)", name=op.f("ck_avoir_withdrawal_day_of_a_reversal")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_avoir_withdrawal_amount_positive")),
        sa.ForeignKeyConstraint(["avoir_id"], ["avoir.id"], name=op.f("fk_avoir_withdrawal_avoir_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_avoir_withdrawal_booking_id")),
        sa.ForeignKeyConstraint(
            ["late_unpaid_id"], ["late_unpaid.id"], name=op.f("fk_avoir_withdrawal_late_unpaid_id")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_avoir_withdrawal_refund_id")),
        sa.ForeignKeyConstraint(["reversal_id"], ["reversal.id"], name=op.f("fk_avoir_withdrawal_reversal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoir_withdrawal")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_avoir_withdrawal_booking_id")),
        sa.UniqueConstraint("late_unpaid_id", "avoir_id", name=op.f("uq_avoir_withdrawal_late_unpaid_id_avoir_id")),
        sa.UniqueConstraint("refund_id", "avoir_id", name=op.f("uq_avoir_withdrawal_refund_id_avoir_id")),
    )
    op.create_index(op.f("ix_avoir_withdrawal_avoir_id"), "avoir_withdrawal", ["avoir_id"], unique=False)
    op.create_index(op.f("ix_avoir_withdrawal_reversal_id"), "avoir_withdrawal", ["reversal_id"], unique=False)
    op.create_index(
        "uq_till_session_first",
        "till_session",
        ["till_id"],
        unique=True,
        sqlite_where=sa.text("previous_id IS NULL"),
        postgresql_where=sa.text("previous_id IS NULL"),
    )
    op.create_index(
        "ix_posting_till_session_id",
        "posting",
        ["till_session_id"],
        unique=False,
        sqlite_where=sa.text("till_session_id IS NOT NULL"),
        postgresql_where=sa.text("till_session_id IS NOT NULL"),
    )
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
