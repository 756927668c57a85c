"""Two dossiers of one family merged: accounts of one person joined by a transfer entry, a child recorded twice."""

import sqlalchemy as sa
from alembic import op

from models.migrations.checks import replace_check
from models.migrations.triggers_0004 import statements

revision = "0004_merged_accounts"
down_revision = "0003_dossiers"
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
)


def upgrade() -> None:
    """Let the journal tell a transfer, add its table and a child's other record, then replace the guards. No way back but a backup."""
    connection = op.get_bind()
    replace_check(connection, "journal_entry", "kind_known", _among(KINDS), _among((*KINDS, "transfert")))
    connection.exec_driver_sql(
        "ALTER TABLE child ADD COLUMN merged_into_id INTEGER CONSTRAINT fk_child_merged_into_id REFERENCES child (id)"
    )
    op.create_index(op.f("ix_child_merged_into_id"), "child", ["merged_into_id"], unique=False)
    op.create_table(
        "payer_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regie_id", sa.Integer(), nullable=False),
        sa.Column("from_payer_id", sa.Integer(), nullable=False),
        sa.Column("into_payer_id", sa.Integer(), nullable=False),
        sa.Column("avoir_cents", sa.Integer(), nullable=False),
        sa.Column("debt_cents", sa.Integer(), nullable=False),
        sa.Column("transferred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_payer_id <> into_payer_id", name=op.f("ck_payer_transfer_two_accounts")),
        sa.CheckConstraint("avoir_cents >= 0 AND debt_cents >= 0", name=op.f("ck_payer_transfer_amounts_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_payer_transfer_agent_id")),
        sa.ForeignKeyConstraint(["from_payer_id"], ["payer.id"], name=op.f("fk_payer_transfer_from_payer_id")),
        sa.ForeignKeyConstraint(["into_payer_id"], ["payer.id"], name=op.f("fk_payer_transfer_into_payer_id")),
        sa.ForeignKeyConstraint(
            ["regie_id", "entry_seq"],
            ["journal_entry.regie_id", "journal_entry.seq"],
            name=op.f("fk_payer_transfer_regie_id_entry_seq"),
        ),
        sa.ForeignKeyConstraint(["regie_id"], ["regie.id"], name=op.f("fk_payer_transfer_regie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_transfer")),
        sa.UniqueConstraint("from_payer_id", name=op.f("uq_payer_transfer_from_payer_id")),
        sa.UniqueConstraint("regie_id", "entry_seq", name=op.f("uq_payer_transfer_regie_id_entry_seq")),
    )
    op.create_index(op.f("ix_payer_transfer_into_payer_id"), "payer_transfer", ["into_payer_id"], unique=False)
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _among(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
