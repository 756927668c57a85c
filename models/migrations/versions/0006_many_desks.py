"""Many desks: a gesture says which version of the schema its program knows, and the base refuses those of another."""

from alembic import op

from models.migrations.triggers_0006 import statements

revision = "0006_many_desks"
down_revision = "0005_activities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Have each gesture's audit row name its program's version; look no whole table up. No way back but a backup."""
    connection = op.get_bind()
    connection.exec_driver_sql("ALTER TABLE audit_event ADD COLUMN revision VARCHAR(40) DEFAULT '' NOT NULL")
    op.create_index("ix_day_closure_line_restored_booking_id", "day_closure_line", ["restored_booking_id"])
    op.create_index("ix_deposit_slip_till_id", "deposit_slip", ["till_id"])
    if (
        connection.dialect.name == "postgresql"
    ):  # by default it sees a quarter of the slots of a large town, and plans for four times a day's children
        connection.exec_driver_sql("ALTER TABLE booking ALTER COLUMN slot_id SET STATISTICS 1000")
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
