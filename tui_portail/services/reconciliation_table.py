"""A reconciliation written for a spreadsheet: the sums, then the differences, in the folder of this base's exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tui_portail.services.desk import Desk
from tui_portail.services.number_exports import write_table
from tui_portail.services.reconciliation import Reconciliation, reconciliation
from tui_portail.services.register_exports import Exported
from tui_portail.services.register_views import exports_folder
from tui_portail.spreadsheets import Cell, CellKind, Column, Table


def export_reconciliation(desk: Desk, first_on: date, last_on: date, name: str) -> Exported:
    """Write the reconciliation of a period; the file's name says CSV or XLSX. Raises ExportNotWritten, InvalidInput, NotAllowed."""
    table = reconciliation_table(reconciliation(desk, first_on, last_on))
    return write_table(table, exports_folder(desk) / name, replace=True)


def reconciliation_table(found: Reconciliation) -> Table:
    """Return a reconciliation for a spreadsheet: the sums, then the differences."""
    columns = (
        Column("Nature", width=36),
        Column("Référence", width=24),
        Column("Payeur", width=30),
        Column("Quittance"),
        Column("Payé ici le", CellKind.DAY),
        Column("Payé ici", CellKind.EUROS),
        Column("Date du relevé", CellKind.DAY),
        Column("Au relevé", CellKind.EUROS),
        Column("Écart", CellKind.EUROS),
        Column("Relevé", width=30),
        Column("Ligne", CellKind.COUNT),
    )

    def rows() -> Iterator[Sequence[Cell]]:
        nothing: tuple[Cell, ...] = (None, None, None)
        yield (
            "Total de la période",
            *nothing,
            None,
            found.here_cents,
            None,
            found.statement_cents,
            found.gap_cents,
            None,
            None,
        )
        yield ("Contre-passé, au compte PayFiP", *nothing, None, found.reversed_cents, *nothing, None, None)
        yield ("Versé par bordereau, au compte PayFiP", *nothing, None, found.deposited_cents, *nothing, None, None)
        for one in found.differences:
            where = (one.statement, one.rank) if one.statement else (None, None)
            yield (
                *(one.gap.value, one.reference, one.payer_name, one.quittance_number),
                *(one.here_on, one.here_cents, one.statement_on, one.statement_cents, one.gap_cents, *where),
            )

    return Table(f"Rapprochement PayFiP {found.period.words}".strip(), columns, rows())
