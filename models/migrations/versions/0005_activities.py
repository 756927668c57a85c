"""The life of the activities: places by hand and by age, waiting lists, attendance, week patterns, meals, menus, news, closures in bulk."""

import sqlalchemy as sa
from alembic import op

from models.migrations.checks import replace_check
from models.migrations.triggers_0005 import statements

revision = "0005_activities"
down_revision = "0004_merged_accounts"
branch_labels = None
depends_on = None

KINDS = (
    "ouverture",
    "paiement",
    "avoir",
    "mouvement",
    "ecart",
    "cloture_caisse",
    "contrepassation",
    "dette_annulee",
    "versement",
    "remboursement",
    "impaye",
    "cloture",
    "transfert",
)
ROLES = ("enfance", "comptabilite", "regisseur", "administrateur")
SUBJECTS = (
    "dossier",
    "guardian",
    "payer",
    "quotient_familial",
    "child",
    "schooling",
    "alsh_enrolment",
    "custody_pattern",
    "custody_exception",
    "contact_person",
    "consent",
    "supporting_document",
)
LETTERS = ("numero", "pieces", "rendez_vous", "depliant")


def upgrade() -> None:
    """Add what the tables known lack, then the new tables and their guards. No way back but a backup."""
    connection = op.get_bind()
    replace_check(connection, "agent_role", "role_known", _among("role", ROLES), _among("role", (*ROLES, "site")))
    replace_check(connection, "journal_entry", "kind_known", _among("kind", KINDS), _among("kind", (*KINDS, "creance")))
    replace_check(
        connection,
        "dossier_change",
        "subject_known",
        _among("subject", SUBJECTS),
        _among("subject", (*SUBJECTS, "week_pattern")),
    )
    for table in ("letter_template", "letter_printed"):
        replace_check(connection, table, "kind_known", _among("kind", LETTERS), _among("kind", (*LETTERS, "fermeture")))
    connection.exec_driver_sql("ALTER TABLE commune_version ADD COLUMN reason VARCHAR(200) DEFAULT '' NOT NULL")
    connection.exec_driver_sql("ALTER TABLE slot ADD COLUMN by_hand BOOLEAN DEFAULT FALSE NOT NULL")
    ended = sa.text("state IN ('cancelled', 'cancelled_late', 'due_late')")
    op.create_index(
        "ix_booking_slot_ended", "booking", ["slot_id"], unique=False, sqlite_where=ended, postgresql_where=ended
    )
    _places()
    _waiting_lists()
    _attendance()
    _week_patterns()
    _meals()
    _news()
    _closures()
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _places() -> None:
    op.create_table(
        "slot_age_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("from_age", sa.Integer(), nullable=False),
        sa.Column("under_age", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_slot_age_limit_capacity_positive")),
        sa.CheckConstraint(
            "from_age >= 0 AND (under_age IS NULL OR under_age > from_age)",
            name=op.f("ck_slot_age_limit_ages_in_order"),
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_slot_age_limit_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_age_limit")),
        sa.UniqueConstraint("slot_id", "from_age", name=op.f("uq_slot_age_limit_slot_id_from_age")),
    )
    op.create_index(op.f("ix_slot_age_limit_slot_id"), "slot_age_limit", ["slot_id"], unique=False)


def _waiting_lists() -> None:
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint("(state = 'prise') = (booking_id IS NOT NULL)", name=op.f("ck_waiting_entry_taken_booked")),
        sa.CheckConstraint(
            "state <> 'offerte' OR offer_until IS NOT NULL", name=op.f("ck_waiting_entry_offered_until")
        ),
        sa.CheckConstraint(
            "state IN ('attente', 'offerte', 'prise', 'refusee', 'echue', 'retiree')",
            name=op.f("ck_waiting_entry_state_known"),
        ),
        sa.CheckConstraint("(offered_at IS NULL) = (offer_until IS NULL)", name=op.f("ck_waiting_entry_offer_whole")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_waiting_entry_agent_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_waiting_entry_booking_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_waiting_entry_child_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_waiting_entry_dossier_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["agent.id"], name=op.f("fk_waiting_entry_ended_by")),
        sa.ForeignKeyConstraint(["slot_id", "day"], ["slot.id", "slot.day"], name=op.f("fk_waiting_entry_slot_id_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
    )
    op.create_index(op.f("ix_waiting_entry_child_id"), "waiting_entry", ["child_id"], unique=False)
    op.create_index(op.f("ix_waiting_entry_dossier_id"), "waiting_entry", ["dossier_id"], unique=False)
    op.create_index(
        "ix_waiting_entry_slot_open",
        "waiting_entry",
        ["slot_id", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('attente', 'offerte')"),
        postgresql_where=sa.text("state IN ('attente', 'offerte')"),
    )
    op.create_index(
        "uq_waiting_entry_open",
        "waiting_entry",
        ["child_id", "slot_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('attente', 'offerte')"),
        postgresql_where=sa.text("state IN ('attente', 'offerte')"),
    )


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'sans_reservation' OR booking_id IS NOT NULL", name=op.f("ck_attendance_unbooked_is_owed")
        ),
        sa.CheckConstraint(
            "state IN ('present', 'absent_justifie', 'absent', 'sans_reservation', 'efface')",
            name=op.f("ck_attendance_state_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_attendance_agent_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_attendance_booking_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_attendance_child_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_attendance_dossier_id")),
        sa.ForeignKeyConstraint(["slot_id", "day"], ["slot.id", "slot.day"], name=op.f("fk_attendance_slot_id_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("child_id", "slot_id", name=op.f("uq_attendance_child_id_slot_id")),
    )
    op.create_index(op.f("ix_attendance_booking_id"), "attendance", ["booking_id"], unique=False)
    op.create_index(op.f("ix_attendance_day"), "attendance", ["day"], unique=False)
    op.create_index(op.f("ix_attendance_dossier_id"), "attendance", ["dossier_id"], unique=False)
    op.create_index("ix_attendance_slot", "attendance", ["slot_id", "state"], unique=False)


def _week_patterns() -> None:
    op.create_table(
        "week_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_week_pattern_agent_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_week_pattern_child_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_week_pattern_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_pattern")),
    )
    op.create_index(op.f("ix_week_pattern_child_id"), "week_pattern", ["child_id"], unique=False)
    op.create_index(op.f("ix_week_pattern_dossier_id"), "week_pattern", ["dossier_id"], unique=False)


def _meals() -> None:
    op.create_table(
        "meal_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(), nullable=False),
        sa.Column("activity_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_code"], ["activity.code"], name=op.f("fk_meal_order_activity_code")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_meal_order_site_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_order")),
        sa.UniqueConstraint(
            "site_code", "activity_code", "day", name=op.f("uq_meal_order_site_code_activity_code_day")
        ),
    )
    op.create_index(op.f("ix_meal_order_day"), "meal_order", ["day"], unique=False)
    op.create_table(
        "meal_order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("diet", sa.String(20), nullable=False),
        sa.Column("under_six", sa.Boolean(), nullable=False),
        sa.Column("meals", sa.Integer(), nullable=False),
        sa.CheckConstraint("meals > 0", name=op.f("ck_meal_order_line_meals_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["meal_order.id"], name=op.f("fk_meal_order_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_order_line")),
        sa.UniqueConstraint("order_id", "diet", "under_six", name=op.f("uq_meal_order_line_order_id_diet_under_six")),
    )
    op.create_index(op.f("ix_meal_order_line_order_id"), "meal_order_line", ["order_id"], unique=False)
    op.create_table(
        "menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(30), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_menu_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu")),
        sa.UniqueConstraint("day", "scope", name=op.f("uq_menu_day_scope")),
    )
    op.create_table(
        "menu_dish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("menu_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(20), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("allergens", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["menu_id"], ["menu.id"], name=op.f("fk_menu_dish_menu_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_dish")),
        sa.UniqueConstraint("menu_id", "rank", name=op.f("uq_menu_dish_menu_id_rank")),
    )
    op.create_index(op.f("ix_menu_dish_menu_id"), "menu_dish", ["menu_id"], unique=False)


def _news() -> None:
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_news_dates_in_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_news_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
    )


def _closures() -> None:
    op.create_table(
        "day_closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("site_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undo_reason", sa.String(200), nullable=False),
        sa.CheckConstraint("state IN ('en_cours', 'faite', 'annulee')", name=op.f("ck_day_closure_state_known")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_day_closure_days_in_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_day_closure_agent_id")),
        sa.ForeignKeyConstraint(["site_code"], ["site.code"], name=op.f("fk_day_closure_site_code")),
        sa.ForeignKeyConstraint(["undone_by"], ["agent.id"], name=op.f("fk_day_closure_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closure")),
    )
    op.create_table(
        "day_closure_activity",
        sa.Column("closure_id", sa.Integer(), nullable=False),
        sa.Column("activity_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_code"], ["activity.code"], name=op.f("fk_day_closure_activity_activity_code")
        ),
        sa.ForeignKeyConstraint(["closure_id"], ["day_closure.id"], name=op.f("fk_day_closure_activity_closure_id")),
        sa.PrimaryKeyConstraint("closure_id", "activity_code", name=op.f("pk_day_closure_activity")),
    )
    op.create_table(
        "day_closure_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closure_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(15), nullable=False),
        sa.Column("avoir_id", sa.Integer(), nullable=True),
        sa.Column("restored_booking_id", sa.Integer(), nullable=True),
        sa.Column("not_restored", sa.String(15), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('avoir', 'liberee', 'dette_annulee', 'rien')", name=op.f("ck_day_closure_line_outcome_known")
        ),
        sa.CheckConstraint(
            "not_restored IN ('avoir_utilise', 'attente', 'dette', 'panier', 'reserve', 'complet', 'ferme', 'tardive', 'parti')",
            name=op.f("ck_day_closure_line_not_restored_known"),
        ),
        sa.CheckConstraint(
            "restored_booking_id IS NULL OR not_restored IS NULL", name=op.f("ck_day_closure_line_restored_or_not")
        ),
        sa.ForeignKeyConstraint(["avoir_id"], ["avoir.id"], name=op.f("fk_day_closure_line_avoir_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_day_closure_line_booking_id")),
        sa.ForeignKeyConstraint(["closure_id"], ["day_closure.id"], name=op.f("fk_day_closure_line_closure_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_day_closure_line_dossier_id")),
        sa.ForeignKeyConstraint(
            ["restored_booking_id"], ["booking.id"], name=op.f("fk_day_closure_line_restored_booking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closure_line")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_day_closure_line_booking_id")),
    )
    op.create_index(op.f("ix_day_closure_line_avoir_id"), "day_closure_line", ["avoir_id"], unique=False)
    op.create_index(op.f("ix_day_closure_line_closure_id"), "day_closure_line", ["closure_id"], unique=False)
    op.create_index(op.f("ix_day_closure_line_dossier_id"), "day_closure_line", ["dossier_id"], unique=False)
