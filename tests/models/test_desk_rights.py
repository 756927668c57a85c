"""What the program does to each table is declared once, table by table; no table is forgotten and none that is sealed can be altered."""

import pytest

from models.desk_rights import DESK_RIGHTS
from models.migrations.triggers_0001.kept import NOT_DELETED, SEALED
from models.migrations.triggers_0002.kept import NO_TRUNCATE as OF_THE_REGIE
from models.migrations.triggers_0002.kept import SEALED as SEALED_OF_THE_REGIE
from models.migrations.triggers_0003.kept import NO_TRUNCATE as OF_A_DOSSIER
from models.migrations.triggers_0005.kept import NO_TRUNCATE as OF_ACTIVITIES
from models.schema import metadata

ALL_SEALED = (*SEALED, *SEALED_OF_THE_REGIE, "meal_order", "meal_order_line")
MAY_GO = {"deposit_slip_line"}  # while the slip is a draft: its own guard says so
ERASED = {"audit_event": ("result", "reason", "details", "erased_at")}


def test_every_table_says_what_a_desk_does_to_it_and_names_its_own_columns() -> None:
    assert set(DESK_RIGHTS) == set(metadata.tables), "add it to models/desk_rights.py, with what the program does to it"
    for name, uses in DESK_RIGHTS.items():
        assert set(uses.changed) <= set(metadata.tables[name].columns.keys()), name


@pytest.mark.parametrize("table", ALL_SEALED)
def test_a_sealed_table_is_only_added_to(table: str) -> None:
    uses = DESK_RIGHTS[table]
    assert not uses.deletes
    assert uses.updates == ERASED.get(table, ())
    key = next(iter(metadata.tables[table].primary_key.columns)).name
    assert uses.locks in {"", key}, "a row is locked by its key alone, which no guard lets change"


def test_what_is_never_deleted_is_not_deleted_by_a_desk() -> None:
    kept = {*SEALED, *NOT_DELETED, *OF_THE_REGIE, *OF_A_DOSSIER, *OF_ACTIVITIES} - MAY_GO
    assert {table for table in kept if DESK_RIGHTS[table].deletes} == set()
