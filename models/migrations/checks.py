"""Changing the CHECK of a table that may hold millions of rows, without writing them again."""

from sqlalchemy import Connection


def replace_check(connection: Connection, table: str, name: str, before: str, after: str) -> None:
    """Replace a table's CHECK `name` (without its prefix), whose text is `before`, by `after`, which every row must already satisfy.

    SQLite alters no constraint: its documentation's own way is to edit the table's text and its version number, within the transaction.
    """
    constraint = f"ck_{table}_{name}"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({after})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?)",
        (before, after, table, before),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError(f"the check {constraint} is not the one expected")
