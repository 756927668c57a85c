"""Enfance/Jeunesse: what a dossier holds beside names, its history, custody in full, papers, appointments, letters, imports."""

import sqlalchemy as sa
from alembic import op

from models.migrations.triggers_0003 import statements

revision = "0003_dossiers"
down_revision = "0002_regie"
branch_labels = None
depends_on = None

INSTANT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
TEXT = "VARCHAR({0}) DEFAULT '' NOT NULL"
NO, UNKNOWN_DAY = "BOOLEAN DEFAULT FALSE NOT NULL", "DATE"
ONE_OF = "VARCHAR({0}) DEFAULT '{1}' NOT NULL CONSTRAINT ck_{2}_{3}_known CHECK ({3} IN ({4}))"
SHARED = "'alternance', 'moities', 'quinzaines'"


def _one_of(table: str, column: str, length: int, values: str, default: str = "") -> str:
    return ONE_OF.format(length, default, table, column, values)


def _key(table: str, column: str, other: str) -> str:
    return f"INTEGER CONSTRAINT fk_{table}_{column} REFERENCES {other} (id)"


ADDED = {
    "audit_event": {"erased_at": "{instant}"},
    "dossier": {"merged_into_id": _key("dossier", "merged_into_id", "dossier"), "erased_at": "{instant}"},
    "guardian": {
        "birth_name": TEXT.format(120),
        "birth_place": TEXT.format(120),
        "birth_insee": TEXT.format(5),
        "address_2": TEXT.format(300),
        "phone_2": TEXT.format(30),
        "relation": _one_of(
            "guardian",
            "relation",
            15,
            "'', 'mere', 'pere', 'tuteur', 'beau_parent', 'famille_accueil', 'grand_parent', 'autre'",
        ),
        "authority": _one_of("guardian", "authority", 10, "'', 'oui', 'non'"),
        "allowance_fund": _one_of("guardian", "allowance_fund", 10, "'', 'CAF', 'MSA'"),
        "allowance_number": TEXT.format(20),
        "linked_at": "{instant}",
    },
    "payer": {
        "basis": _one_of("payer", "basis", 10, "'', 'jugement', 'accord'"),
        "basis_on": UNKNOWN_DAY,
        "basis_seen_on": UNKNOWN_DAY,
        "basis_seen_by": _key("payer", "basis_seen_by", "agent"),
        "joined_into_id": _key("payer", "joined_into_id", "payer"),
    },
    "quotient_familial": {"seen_by": _key("quotient_familial", "seen_by", "agent")},
    "child": {
        "birth_name": TEXT.format(120),
        "sex": _one_of("child", "sex", 1, "'', 'F', 'M'"),
        "birth_place": TEXT.format(120),
        "birth_insee": TEXT.format(5),
        "diet": _one_of("child", "diet", 15, "'', 'sans_porc', 'sans_viande'"),
        "pai": NO,
        "pai_until_on": UNKNOWN_DAY,
        "doctor_name": TEXT.format(120),
        "doctor_phone": TEXT.format(30),
        "insurer": TEXT.format(120),
        "insurance_number": TEXT.format(40),
        "insurance_until_on": UNKNOWN_DAY,
    },
    "schooling": {"level": TEXT.format(10)},
    "custody_pattern": {
        "switch_at": "TIME",
        "holidays": _one_of("custody_pattern", "holidays", 12, SHARED, "alternance"),
        "summer": _one_of("custody_pattern", "summer", 12, SHARED, "alternance"),
        "first_half": _one_of("custody_pattern", "first_half", 10, "'paires', 'impaires'", "paires"),
        "until_on": UNKNOWN_DAY,
    },
}
# Until now a class was called by its level.
LEVELS = {
    "Petite section": "PS",
    "Moyenne section": "MS",
    "Grande section": "GS",
    **{name: name.upper() for name in ("CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e")},
}


def upgrade() -> None:
    """Add the columns and the tables, then the guards. No way back but a backup."""
    connection = op.get_bind()
    for table, columns in ADDED.items():
        for column, kind in columns.items():
            written = kind.format(instant=INSTANT[connection.dialect.name])
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {written}")
    for name, level in LEVELS.items():
        connection.exec_driver_sql(f"UPDATE schooling SET level = '{level}' WHERE class_name = '{name}'")  # noqa: S608
    op.create_index(op.f("ix_dossier_merged_into_id"), "dossier", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_payer_joined_into_id"), "payer", ["joined_into_id"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind_code", sa.String(30), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('prevu', 'honore', 'absent', 'annule')", name=op.f("ck_appointment_state_known")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_appointment_minutes_positive")),
        sa.ForeignKeyConstraint(["booked_by"], ["agent.id"], name=op.f("fk_appointment_booked_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_appointment_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_dossier_id"), "appointment", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_appointment_starts_at"), "appointment", ["starts_at"], unique=False)
    op.create_index(
        "uq_appointment_planned",
        "appointment",
        ["starts_at", "place"],
        unique=True,
        sqlite_where=sa.text("state = 'prevu'"),
        postgresql_where=sa.text("state = 'prevu'"),
    )
    op.create_table(
        "coat_of_arms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(30), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_coat_of_arms_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coat_of_arms")),
    )
    op.create_table(
        "dossier_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(36), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(25), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "subject IN ('dossier', 'guardian', 'payer', 'quotient_familial', "
            "'child', 'schooling', 'alsh_enrolment', 'custody_pattern', 'custody_exception', "
            "'contact_person', 'consent', 'supporting_document')",
            name=op.f("ck_dossier_change_subject_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_dossier_change_agent_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_change_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_change")),
    )
    op.create_index(op.f("ix_dossier_change_dossier_id"), "dossier_change", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_dossier_change_operation_id"), "dossier_change", ["operation_id"], unique=False)
    op.create_table(
        "import_map",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_import_map_agent_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_import_map")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("ambiguous", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('onde_eleves', 'onde_responsables', 'tableau')", name=op.f("ck_import_run_kind_known")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_import_run_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_file_sha256"), "import_run", ["file_sha256"], unique=False)
    op.create_table(
        "letter_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('numero', 'pieces', 'rendez_vous', 'depliant')", name=op.f("ck_letter_template_kind_known")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_letter_template_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
    )
    op.create_index(op.f("ix_letter_template_kind"), "letter_template", ["kind"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('reglement', 'image', 'sortie_seul')", name=op.f("ck_consent_kind_known")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_consent_agent_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_consent_child_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_consent_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_child_id"), "consent", ["child_id"], unique=False)
    op.create_index(op.f("ix_consent_dossier_id"), "consent", ["dossier_id"], unique=False)
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("last_name", sa.String(120), nullable=False),
        sa.Column("first_name", sa.String(120), nullable=False),
        sa.Column("relation", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("phone_2", sa.String(30), nullable=False),
        sa.Column("may_collect", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("forbidden", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.CheckConstraint("NOT (forbidden AND may_collect)", name=op.f("ck_contact_person_forbidden_collects_not")),
        sa.CheckConstraint("may_collect OR emergency OR forbidden", name=op.f("ck_contact_person_known_for_something")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_contact_person_child_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_contact_person_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_person")),
    )
    op.create_index(op.f("ix_contact_person_child_id"), "contact_person", ["child_id"], unique=False)
    op.create_index(op.f("ix_contact_person_dossier_id"), "contact_person", ["dossier_id"], unique=False)
    op.create_table(
        "letter_printed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('numero', 'pieces', 'rendez_vous', 'depliant')", name=op.f("ck_letter_printed_kind_known")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_letter_printed_agent_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_letter_printed_dossier_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_letter_printed_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_printed")),
    )
    op.create_index(op.f("ix_letter_printed_dossier_id"), "letter_printed", ["dossier_id"], unique=False)
    op.create_table(
        "supporting_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("kind_code", sa.String(30), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "child_id IS NULL OR guardian_id IS NULL", name=op.f("ck_supporting_document_of_one_person")
        ),
        sa.CheckConstraint(
            "valid_until_on IS NULL OR valid_from_on <= valid_until_on",
            name=op.f("ck_supporting_document_validity_ordered"),
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_supporting_document_child_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_supporting_document_dossier_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_supporting_document_guardian_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["agent.id"], name=op.f("fk_supporting_document_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporting_document")),
    )
    op.create_index(op.f("ix_supporting_document_child_id"), "supporting_document", ["child_id"], unique=False)
    op.create_index(op.f("ix_supporting_document_dossier_id"), "supporting_document", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_supporting_document_guardian_id"), "supporting_document", ["guardian_id"], unique=False)
    op.create_table(
        "custody_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_custody_exception_days_in_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_custody_exception_agent_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_custody_exception_child_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_custody_exception_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_exception")),
    )
    op.create_index(op.f("ix_custody_exception_child_id"), "custody_exception", ["child_id"], unique=False)
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
