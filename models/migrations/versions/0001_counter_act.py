"""The tables of the counter act, and what the database itself refuses."""

import sqlalchemy as sa
from alembic import op

from models.migrations.triggers_0001 import statements

revision = "0001_counter_act"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915
    """Create every table, then the guards. There is no way back but a backup."""
    op.create_table(
        "activity",
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_activity")),
    )
    op.create_table(
        "agent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(30), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("username", name=op.f("uq_agent_username")),
    )
    op.create_table(
        "unknown_sign_in",
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_unknown_sign_in")),
    )
    op.create_table(
        "database_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program", sa.String(30), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base_id", sa.String(32), nullable=False),
        sa.Column("clock_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('reelle', 'demo', 'test')", name=op.f("ck_database_identity_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_database_identity")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
    )
    op.create_table(
        "identity_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("address", sa.String(450), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('payeur', 'enfant', 'tireur')", name=op.f("ck_identity_snapshot_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_snapshot")),
    )
    op.create_index("ix_identity_snapshot_person", "identity_snapshot", ["kind", "person_id"], unique=False)
    op.create_table(
        "regie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regie")),
        sa.UniqueConstraint("code", name=op.f("uq_regie_code")),
    )
    op.create_table(
        "search_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
        sa.UniqueConstraint("word", name=op.f("uq_search_word_word")),
    )
    op.create_table(
        "site",
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_site")),
    )
    op.create_table(
        "agent_role",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(15), nullable=False),
        sa.CheckConstraint(
            "role IN ('enfance', 'comptabilite', 'regisseur', 'administrateur')", name=op.f("ck_agent_role_role_known")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_agent_role_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", "role", name=op.f("pk_agent_role")),
    )
    op.create_table(
        "audit_event",
        sa.Column("operation_id", sa.String(36), nullable=False),
        sa.Column("gesture", sa.String(40), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(30), nullable=False),
        sa.Column("subject_id", sa.String(36), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_audit_event_agent_id")),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    op.create_index(op.f("ix_audit_event_dossier_id"), "audit_event", ["dossier_id"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject", "subject_id"], unique=False)
    op.create_table(
        "child",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("last_name", sa.String(120), nullable=False),
        sa.Column("first_name", sa.String(120), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=False),
        sa.Column("meal_supplied", sa.Boolean(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_child_dossier_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_child_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
    )
    op.create_index(op.f("ix_child_dossier_id"), "child", ["dossier_id"], unique=False)
    op.create_table(
        "commune_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_commune_version_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commune_version")),
    )
    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("last_name", sa.String(120), nullable=False),
        sa.Column("first_name", sa.String(120), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("postcode", sa.String(10), nullable=False),
        sa.Column("city", sa.String(120), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_guardian_dossier_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_guardian_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    op.create_index(op.f("ix_guardian_dossier_id"), "guardian", ["dossier_id"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("format_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(36), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('ouverture', 'paiement', 'avoir')", name=op.f("ck_journal_entry_kind_known")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_journal_entry_seq_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_journal_entry_agent_id")),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_journal_entry_regie_id")),
        sa.PrimaryKeyConstraint("regie_id", "seq", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_entry_hash")),
    )
    op.create_index(op.f("ix_journal_entry_operation_id"), "journal_entry", ["operation_id"], unique=False)
    op.create_table(
        "journal_head",
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_journal_head_regie_id")),
        sa.PrimaryKeyConstraint("regie_id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "number_series",
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('quittance', 'avoir')", name=op.f("ck_number_series_kind_known")),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_number_series_regie_id")),
        sa.PrimaryKeyConstraint("regie_id", "year", "kind", name=op.f("pk_number_series")),
    )
    op.create_table(
        "offering",
        sa.Column("site_code", sa.String(), nullable=False),
        sa.Column("activity_code", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_offering_capacity_positive")),
        sa.ForeignKeyConstraint(["activity_code"], ["activity.code"], name=op.f("fk_offering_activity_code")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_offering_site_code")),
        sa.PrimaryKeyConstraint("site_code", "activity_code", name=op.f("pk_offering")),
    )
    op.create_table(
        "school",
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("alp_site_code", sa.String(), nullable=True),
        sa.Column("alsh_site_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["alp_site_code"], ["site.code"], name=op.f("fk_school_alp_site_code")),
        sa.ForeignKeyConstraint(["alsh_site_code"], ["site.code"], name=op.f("fk_school_alsh_site_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_school")),
    )
    op.create_table(
        "search_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql"), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_search_token_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_token")),
    )
    op.create_index("ix_search_token_dossier", "search_token", ["dossier_id", "word"], unique=False)
    op.create_index("ix_search_token_word", "search_token", ["word", "dossier_id"], unique=False)
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(), nullable=False),
        sa.Column("activity_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_slot_capacity_positive")),
        sa.CheckConstraint("withheld >= 0", name=op.f("ck_slot_withheld_positive")),
        sa.ForeignKeyConstraint(["activity_code"], ["activity.code"], name=op.f("fk_slot_activity_code")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_slot_site_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("id", "day", name=op.f("uq_slot_id_day")),
        sa.UniqueConstraint("site_code", "activity_code", "day", name=op.f("uq_slot_site_code_activity_code_day")),
    )
    op.create_index(op.f("ix_slot_day"), "slot", ["day"], unique=False)
    op.create_table(
        "till",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_till_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till")),
    )
    op.create_table(
        "absence_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("activity_code", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("due_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('attendu', 'accepte', 'refuse')", name=op.f("ck_absence_proof_state_known")),
        sa.ForeignKeyConstraint(["activity_code"], ["activity.code"], name=op.f("fk_absence_proof_activity_code")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_absence_proof_child_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["agent.id"], name=op.f("fk_absence_proof_decided_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_absence_proof_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_proof")),
    )
    op.create_index(op.f("ix_absence_proof_dossier_id"), "absence_proof", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_absence_proof_state"), "absence_proof", ["state"], unique=False)
    op.create_table(
        "alsh_enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(12), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("origin IN ('renouvele', 'frequente')", name=op.f("ck_alsh_enrolment_origin_known")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_alsh_enrolment_agent_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_alsh_enrolment_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alsh_enrolment")),
        sa.UniqueConstraint("child_id", "year", "origin", name=op.f("uq_alsh_enrolment_child_id_year_origin")),
    )
    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("resident", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rank IN (1, 2)", name=op.f("ck_payer_rank_known")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_payer_dossier_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_payer_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
        sa.UniqueConstraint("guardian_id", name=op.f("uq_payer_guardian_id")),
    )
    op.create_index(op.f("ix_payer_dossier_id"), "payer", ["dossier_id"], unique=False)
    op.create_table(
        "schooling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("school_code", sa.String(), nullable=False),
        sa.Column("class_name", sa.String(60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_schooling_child_id")),
        sa.ForeignKeyConstraint(["school_code"], ["school.code"], name=op.f("fk_schooling_school_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schooling")),
        sa.UniqueConstraint("child_id", "from_on", name=op.f("uq_schooling_child_id_from_on")),
    )
    op.create_table(
        "till_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("float_cents", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('ouverte', 'close')", name=op.f("ck_till_session_state_known")),
        sa.CheckConstraint("float_cents >= 0", name=op.f("ck_till_session_float_positive")),
        sa.ForeignKeyConstraint(["closed_by"], ["agent.id"], name=op.f("fk_till_session_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["agent.id"], name=op.f("fk_till_session_opened_by")),
        sa.ForeignKeyConstraint(["previous_id"], ["till_session.id"], name=op.f("fk_till_session_previous_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_till_session_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_session")),
        sa.UniqueConstraint("till_id", "previous_id", name=op.f("uq_till_session_till_id_previous_id")),
    )
    op.create_index(
        "uq_till_session_open",
        "till_session",
        ["till_id"],
        unique=True,
        sqlite_where=sa.text("state = 'ouverte'"),
        postgresql_where=sa.text("state = 'ouverte'"),
    )
    op.create_table(
        "avoir",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("payer_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(15), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("care_cents", sa.Integer(), nullable=False),
        sa.Column("meal_cents", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "reason IN ('annulation', 'justificatif', 'commune', 'reprise')", name=op.f("ck_avoir_reason_known")
        ),
        sa.CheckConstraint("amount_cents = care_cents + meal_cents", name=op.f("ck_avoir_amount_split")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_avoir_amount_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_avoir_agent_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_avoir_payer_id")),
        sa.ForeignKeyConstraint(
            ["payer_snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_avoir_payer_snapshot_id")
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_avoir_regie_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_avoir_regie_id_entry_seq"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoir")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_avoir_regie_id_entry_seq")),
        sa.UniqueConstraint("regie_id", "year", "number", name=op.f("uq_avoir_regie_id_year_number")),
    )
    op.create_index(op.f("ix_avoir_payer_id"), "avoir", ["payer_id"], unique=False)
    op.create_table(
        "basket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'regularisation') = (expires_at IS NULL)", name=op.f("ck_basket_expiry_by_kind")),
        sa.CheckConstraint("kind IN ('reservation', 'regularisation')", name=op.f("ck_basket_kind_known")),
        sa.CheckConstraint("state IN ('ouvert', 'paye', 'clos')", name=op.f("ck_basket_state_known")),
        sa.CheckConstraint("extensions >= 0", name=op.f("ck_basket_extensions_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_basket_agent_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_basket_dossier_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_basket_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket")),
    )
    op.create_index(op.f("ix_basket_dossier_id"), "basket", ["dossier_id"], unique=False)
    op.create_index(
        "ix_basket_open",
        "basket",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'ouvert'"),
        postgresql_where=sa.text("state = 'ouvert'"),
    )
    op.create_index(op.f("ix_basket_payer_id"), "basket", ["payer_id"], unique=False)
    op.create_index(
        "uq_basket_open_reservation",
        "basket",
        ["payer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'ouvert' AND kind = 'reservation'"),
        postgresql_where=sa.text("state = 'ouvert' AND kind = 'reservation'"),
    )
    op.create_table(
        "custody_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("first_payer_id", sa.Integer(), nullable=False),
        sa.Column("second_payer_id", sa.Integer(), nullable=False),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_payer_id <> second_payer_id", name=op.f("ck_custody_pattern_two_payers")),
        sa.CheckConstraint("period_days > 0", name=op.f("ck_custody_pattern_period_positive")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_custody_pattern_child_id")),
        sa.ForeignKeyConstraint(["first_payer_id"], ["payer.id"], name=op.f("fk_custody_pattern_first_payer_id")),
        sa.ForeignKeyConstraint(["second_payer_id"], ["payer.id"], name=op.f("fk_custody_pattern_second_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_pattern")),
        sa.UniqueConstraint("child_id", "from_on", name=op.f("uq_custody_pattern_child_id_from_on")),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("till_session_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_posting_amount_not_zero")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_posting_payer_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_posting_regie_id_entry_seq"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_posting_till_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index("ix_posting_account", "posting", ["account", "payer_id"], unique=False)
    op.create_index("ix_posting_entry", "posting", ["regie_id", "entry_seq"], unique=False)
    op.create_table(
        "quotient_familial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_until_on >= valid_from_on", name=op.f("ck_quotient_familial_validity_ordered")),
        sa.CheckConstraint("value_cents >= 0", name=op.f("ck_quotient_familial_value_positive")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_quotient_familial_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotient_familial")),
    )
    op.create_index(op.f("ix_quotient_familial_payer_id"), "quotient_familial", ["payer_id"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("basket_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(15), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("care_cents", sa.Integer(), nullable=False),
        sa.Column("meal_cents", sa.Integer(), nullable=False),
        sa.Column("tariff", sa.String(200), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("derogation", sa.String(200), nullable=True),
        sa.Column("payer_reason", sa.String(200), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state <> 'held' OR basket_id IS NOT NULL", name=op.f("ck_booking_held_in_a_basket")),
        sa.CheckConstraint(
            "state IN ('held', 'confirmed', 'due', 'released', 'cancelled', 'cancelled_late')",
            name=op.f("ck_booking_state_known"),
        ),
        sa.CheckConstraint("care_cents >= 0 AND meal_cents >= 0", name=op.f("ck_booking_price_positive")),
        sa.CheckConstraint("price_cents = care_cents + meal_cents", name=op.f("ck_booking_price_split")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_booking_agent_id")),
        sa.ForeignKeyConstraint(["basket_id"], ["basket.id"], name=op.f("fk_booking_basket_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_booking_child_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_booking_payer_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["absence_proof.id"], name=op.f("fk_booking_proof_id")),
        sa.ForeignKeyConstraint(["slot_id", "day"], ["slot.id", "slot.day"], name=op.f("fk_booking_slot_id_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    op.create_index("ix_booking_basket", "booking", ["basket_id"], unique=False)
    op.create_index("ix_booking_child_day", "booking", ["child_id", "day", "slot_id", "state"], unique=False)
    op.create_index(op.f("ix_booking_proof_id"), "booking", ["proof_id"], unique=False)
    op.create_index(
        "ix_booking_slot_live",
        "booking",
        ["slot_id", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('held', 'confirmed', 'due')"),
        postgresql_where=sa.text("state IN ('held', 'confirmed', 'due')"),
    )
    op.create_index(
        "uq_booking_live",
        "booking",
        ["child_id", "slot_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'confirmed', 'due')"),
        postgresql_where=sa.text("state IN ('held', 'confirmed', 'due')"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("basket_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("payer_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("till_session_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("avoir_cents", sa.Integer(), nullable=False),
        sa.Column("change_cents", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("avoir_cents <= total_cents", name=op.f("ck_payment_avoir_within_total")),
        sa.CheckConstraint(
            "total_cents >= 0 AND avoir_cents >= 0 AND change_cents >= 0", name=op.f("ck_payment_amounts_positive")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_payment_agent_id")),
        sa.ForeignKeyConstraint(["basket_id"], ["basket.id"], name=op.f("fk_payment_basket_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_payment_payer_id")),
        sa.ForeignKeyConstraint(
            ["payer_snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_payment_payer_snapshot_id")
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_payment_regie_id")),
        sa.ForeignKeyConstraint(["till_session_id"], ["till_session.id"], name=op.f("fk_payment_till_session_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_payment_regie_id_entry_seq"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_payment_regie_id_entry_seq")),
    )
    op.create_index(op.f("ix_payment_basket_id"), "payment", ["basket_id"], unique=False)
    op.create_index(op.f("ix_payment_payer_id"), "payment", ["payer_id"], unique=False)
    op.create_index(op.f("ix_payment_till_session_id"), "payment", ["till_session_id"], unique=False)
    op.create_table(
        "avoir_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("avoir_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("child_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("activity_label", sa.String(120), nullable=False),
        sa.Column("care_cents", sa.Integer(), nullable=False),
        sa.Column("meal_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("care_cents >= 0 AND meal_cents >= 0", name=op.f("ck_avoir_line_amount_positive")),
        sa.ForeignKeyConstraint(["avoir_id"], ["avoir.id"], name=op.f("fk_avoir_line_avoir_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_avoir_line_booking_id")),
        sa.ForeignKeyConstraint(
            ["child_snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_avoir_line_child_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoir_line")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_avoir_line_booking_id")),
    )
    op.create_index(op.f("ix_avoir_line_avoir_id"), "avoir_line", ["avoir_id"], unique=False)
    op.create_table(
        "avoir_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("avoir_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_avoir_use_amount_positive")),
        sa.ForeignKeyConstraint(["avoir_id"], ["avoir.id"], name=op.f("fk_avoir_use_avoir_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_avoir_use_booking_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_avoir_use_payment_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoir_use")),
        sa.UniqueConstraint(
            "payment_id", "avoir_id", "booking_id", name=op.f("uq_avoir_use_payment_id_avoir_id_booking_id")
        ),
    )
    op.create_index(op.f("ix_avoir_use_avoir_id"), "avoir_use", ["avoir_id"], unique=False)
    op.create_index(op.f("ix_avoir_use_payment_id"), "avoir_use", ["payment_id"], unique=False)
    op.create_table(
        "payment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("child_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("activity_code", sa.String(), nullable=False),
        sa.Column("activity_label", sa.String(120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("care_cents", sa.Integer(), nullable=False),
        sa.Column("meal_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("care_cents >= 0 AND meal_cents >= 0", name=op.f("ck_payment_line_price_positive")),
        sa.CheckConstraint("price_cents = care_cents + meal_cents", name=op.f("ck_payment_line_price_split")),
        sa.ForeignKeyConstraint(["activity_code"], ["activity.code"], name=op.f("fk_payment_line_activity_code")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_payment_line_booking_id")),
        sa.ForeignKeyConstraint(
            ["child_snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_payment_line_child_snapshot_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_payment_line_payment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_line")),
        sa.UniqueConstraint("payment_id", "booking_id", name=op.f("uq_payment_line_payment_id_booking_id")),
    )
    op.create_index(op.f("ix_payment_line_booking_id"), "payment_line", ["booking_id"], unique=False)
    op.create_index(op.f("ix_payment_line_payment_id"), "payment_line", ["payment_id"], unique=False)
    op.create_table(
        "quittance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("avoir_left_cents", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(120), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_quittance_payment_id")),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_quittance_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quittance")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_quittance_payment_id")),
        sa.UniqueConstraint("regie_id", "year", "number", name=op.f("uq_quittance_regie_id_year_number")),
    )
    op.create_table(
        "tender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("means", sa.String(12), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("received_cents", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(80), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("drawer_snapshot_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "means IN ('especes', 'cheque', 'carte', 'cesu', 'ancv', 'virement', 'payfip')",
            name=op.f("ck_tender_means_known"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_tender_amount_positive")),
        sa.CheckConstraint("received_cents >= amount_cents", name=op.f("ck_tender_received_enough")),
        sa.ForeignKeyConstraint(
            ["drawer_snapshot_id"], ["identity_snapshot.id"], name=op.f("fk_tender_drawer_snapshot_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_tender_payment_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender")),
        sa.UniqueConstraint("payment_id", "rank", name=op.f("uq_tender_payment_id_rank")),
    )
    op.create_index(op.f("ix_tender_payment_id"), "tender", ["payment_id"], unique=False)
    op.create_table(
        "quittance_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quittance_id", sa.Integer(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_quittance_copy_agent_id")),
        sa.ForeignKeyConstraint(["quittance_id"], ["quittance.id"], name=op.f("fk_quittance_copy_quittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quittance_copy")),
        sa.UniqueConstraint("quittance_id", "copy_no", name=op.f("uq_quittance_copy_quittance_id_copy_no")),
    )
    op.create_table(
        "tender_allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("tender_rank", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_tender_allocation_amount_positive")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_tender_allocation_booking_id")),
        sa.ForeignKeyConstraint(
            ["payment_id", "tender_rank"],
            ["tender.payment_id", "tender.rank"],
            name=op.f("fk_tender_allocation_payment_id_tender_rank"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_tender_allocation_payment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_allocation")),
        sa.UniqueConstraint(
            "payment_id",
            "tender_rank",
            "booking_id",
            name=op.f("uq_tender_allocation_payment_id_tender_rank_booking_id"),
        ),
    )
    op.create_index(op.f("ix_tender_allocation_payment_id"), "tender_allocation", ["payment_id"], unique=False)
    connection = op.get_bind()
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
