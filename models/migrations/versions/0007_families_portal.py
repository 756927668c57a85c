"""The families' portal: accounts and codes, where a basket was made, payments online, the Trésor's statements."""

import sqlalchemy as sa
from alembic import op

from models.migrations.checks import replace_check
from models.migrations.triggers_0007 import statements

revision = "0007_families_portal"
down_revision = "0006_many_desks"
branch_labels = None
depends_on = None

ROLES = ("enfance", "comptabilite", "regisseur", "administrateur", "site")
AVOIRS = ("annulation", "justificatif", "commune", "reprise", "contrepassation")
BOOKINGS = ("held", "confirmed", "due", "released", "cancelled", "cancelled_late", "due_late")
ORIGIN = "origin IN ('guichet', 'borne', 'internet')"


def upgrade() -> None:
    """Add what the tables known lack, then the new tables and their guards. No way back but a backup."""
    connection = op.get_bind()
    for table, name, column, before, more in (
        ("agent_role", "role_known", "role", ROLES, "portail"),
        ("avoir", "reason_known", "reason", AVOIRS, "en_ligne"),
        ("booking", "state_known", "state", BOOKINGS, "unkept"),
    ):
        replace_check(connection, table, name, _among(column, before), _among(column, (*before, more)))
    connection.exec_driver_sql(
        "ALTER TABLE basket ADD COLUMN origin VARCHAR(10) DEFAULT 'guichet' NOT NULL "
        f"CONSTRAINT ck_basket_origin_known CHECK ({ORIGIN})"
    )
    _accounts()
    _online_payments()
    _statements()
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _accounts() -> None:
    linked = sa.text("guardian_id IS NOT NULL")
    op.create_table(
        "portal_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(30), nullable=False),
        sa.Column("last_name", sa.String(120), nullable=False),
        sa.Column("first_name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("unlinked_from_id", sa.Integer(), nullable=True),
        _instant("created_at"),
        sa.Column("given_by", sa.Integer(), nullable=True),
        _instant("activated_at", nullable=True),
        sa.Column("terms_version", sa.String(20), nullable=False),
        _instant("terms_accepted_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("erased_at", nullable=True),
        sa.CheckConstraint(
            "(terms_version = '') = (terms_accepted_at IS NULL)", name=op.f("ck_portal_account_terms_whole")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["agent.id"], name=op.f("fk_portal_account_given_by")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_portal_account_guardian_id")),
        sa.ForeignKeyConstraint(["unlinked_from_id"], ["guardian.id"], name=op.f("fk_portal_account_unlinked_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_account")),
        sa.UniqueConstraint("username", name=op.f("uq_portal_account_username")),
    )
    op.create_index(
        "uq_portal_account_guardian",
        "portal_account",
        ["guardian_id"],
        unique=True,
        sqlite_where=linked,
        postgresql_where=linked,
    )
    op.create_index(op.f("ix_portal_account_unlinked_from_id"), "portal_account", ["unlinked_from_id"], unique=False)
    op.create_table(
        "portal_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("link_hash", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        _instant("made_at"),
        _instant("expires_at"),
        _instant("ended_at", nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_portal_code_expires_later")),
        sa.CheckConstraint("kind IN ('activation', 'mot_de_passe')", name=op.f("ck_portal_code_kind_known")),
        sa.ForeignKeyConstraint(["account_id"], ["portal_account.id"], name=op.f("fk_portal_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_portal_code_link_hash")),
    )
    op.create_index(op.f("ix_portal_code_account_id"), "portal_code", ["account_id"], unique=False)
    op.create_table(
        "portal_try",
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("bucket", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _instant("since_at"),
        sa.CheckConstraint(
            "kind IN ('connexion', 'rattachement', 'code', 'message')", name=op.f("ck_portal_try_kind_known")
        ),
        sa.PrimaryKeyConstraint("kind", "bucket", name=op.f("pk_portal_try")),
    )
    op.create_table(
        "terms_accepted",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("terms_on", sa.Date(), nullable=False),
        _instant("accepted_at"),
        sa.ForeignKeyConstraint(["account_id"], ["portal_account.id"], name=op.f("fk_terms_accepted_account_id")),
        sa.PrimaryKeyConstraint("account_id", "version", name=op.f("pk_terms_accepted")),
    )


def _online_payments() -> None:
    unsettled = sa.text("state IN ('demandee', 'ouverte')")
    op.create_table(
        "online_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("basket_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(30), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("client_number", sa.String(6), nullable=False),
        sa.Column("mode", sa.String(1), nullable=False),
        sa.Column("id_op", sa.String(64), nullable=True),
        sa.Column("page_address", sa.String(300), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        _instant("asked_at"),
        _instant("page_until", nullable=True),
        _instant("asked_again_at", nullable=True),
        _instant("ended_at", nullable=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("payment_id", sa.String(36), nullable=True),
        _instant("disputed_at", nullable=True),
        sa.Column("disputed_by", sa.Integer(), nullable=True),
        sa.Column("dispute", sa.String(200), nullable=False),
        _instant("dispute_ended_at", nullable=True),
        sa.Column("dispute_ended_by", sa.Integer(), nullable=True),
        sa.Column("dispute_answer", sa.String(200), nullable=False),
        sa.CheckConstraint("amount_cents >= 100", name=op.f("ck_online_payment_amount_payable")),
        sa.CheckConstraint(
            "(state = 'payee') = (payment_id IS NOT NULL)", name=op.f("ck_online_payment_paid_has_payment")
        ),
        sa.CheckConstraint(
            "state NOT IN ('ouverte', 'payee') OR id_op IS NOT NULL", name=op.f("ck_online_payment_open_has_id")
        ),
        sa.CheckConstraint(
            "state IN ('demandee', 'ouverte', 'payee', 'refusee', 'abandonnee', 'expiree', 'echec')",
            name=op.f("ck_online_payment_state_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["portal_account.id"], name=op.f("fk_online_payment_account_id")),
        sa.ForeignKeyConstraint(["basket_id"], ["basket.id"], name=op.f("fk_online_payment_basket_id")),
        sa.ForeignKeyConstraint(["dispute_ended_by"], ["agent.id"], name=op.f("fk_online_payment_dispute_ended_by")),
        sa.ForeignKeyConstraint(["disputed_by"], ["agent.id"], name=op.f("fk_online_payment_disputed_by")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_online_payment_payer_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_online_payment_payment_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_online_payment_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_payment")),
        sa.UniqueConstraint("id_op", name=op.f("uq_online_payment_id_op")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_online_payment_payment_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_online_payment_reference")),
    )
    for column in ("account_id", "asked_at", "basket_id", "payer_id", "payment_id"):
        op.create_index(op.f(f"ix_online_payment_{column}"), "online_payment", [column], unique=False)
    op.create_index(
        "ix_online_payment_unsettled",
        "online_payment",
        ["basket_id"],
        unique=False,
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    op.create_table(
        "online_payment_line",
        sa.Column("online_payment_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_online_payment_line_booking_id")),
        sa.ForeignKeyConstraint(
            ["online_payment_id"], ["online_payment.id"], name=op.f("fk_online_payment_line_online_payment_id")
        ),
        sa.PrimaryKeyConstraint("online_payment_id", "booking_id", name=op.f("pk_online_payment_line")),
    )


def _statements() -> None:
    op.create_table(
        "treasury_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        _instant("read_at"),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_treasury_statement_agent_id")),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_treasury_statement_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_statement")),
        sa.UniqueConstraint("regie_id", "file_sha256", name=op.f("uq_treasury_statement_regie_id_file_sha256")),
    )
    op.create_table(
        "treasury_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("online_payment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('rapprochee', 'montant', 'non_payee', 'inconnue')", name=op.f("ck_treasury_line_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["online_payment_id"], ["online_payment.id"], name=op.f("fk_treasury_line_online_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["treasury_statement.id"], name=op.f("fk_treasury_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_line")),
        sa.UniqueConstraint("statement_id", "rank", name=op.f("uq_treasury_line_statement_id_rank")),
    )
    op.create_index(op.f("ix_treasury_line_online_payment_id"), "treasury_line", ["online_payment_id"], unique=False)
