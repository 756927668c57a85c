"""What the totals of a register count, row after row: the lines since the last subtotal, and all of them. Amounts are cents."""

from __future__ import annotations

from collections.abc import Sequence

from receipts.register_document import CellValue, Column, RegisterRow, RowKind


class Totals:
    """Sums of the summed columns. A row is first `filled`, then drawn, then `settled`."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._summed = [place for place, column in enumerate(columns) if column.summed]
        self._group = dict.fromkeys(self._summed, 0)
        self._whole = dict.fromkeys(self._summed, 0)
        self._lines_in_group = 0

    def filled(self, row: RegisterRow) -> tuple[CellValue, ...]:
        """Return the cells of a row, its totals filled in.

        Raises ValueError when the cells are not those of the columns, or when a total given is not the sum of its lines.
        """
        if row.kind in (RowKind.HEADING, RowKind.NOTE) and len(row.cells) == 1:
            return row.cells
        if len(row.cells) != len(self._columns):
            raise ValueError(f"{len(row.cells)} cells in a register of {len(self._columns)} columns")
        for cell, column in zip(row.cells, self._columns, strict=True):
            if cell is not None and column.money != isinstance(cell, int):
                raise ValueError(f"{column.title}: {cell!r} is not what the column holds")
        if row.kind not in (RowKind.SUBTOTAL, RowKind.TOTAL):
            return row.cells
        cells = list(row.cells)
        for place, cents in (self._group if row.kind is RowKind.SUBTOTAL else self._whole).items():
            if cells[place] not in (None, cents):
                raise ValueError(f"{self._columns[place].title}: the lines add up to {cents} cents, not {cells[place]}")
            cells[place] = cents
        return tuple(cells)

    def settle(self, row: RegisterRow) -> None:
        """Count a line, or begin again after a subtotal."""
        if row.kind is RowKind.SUBTOTAL:
            self._group = dict.fromkeys(self._summed, 0)
            self._lines_in_group = 0
        elif row.kind is RowKind.LINE:
            self._lines_in_group += 1
            for place in self._summed:
                cents = row.cells[place]
                if isinstance(cents, int):
                    self._group[place] += cents
                    self._whole[place] += cents

    def carried(self, label: str) -> tuple[CellValue, ...] | None:
        """Return the cells that carry the sums of the group to the next page, None when there is nothing to carry."""
        if not self._summed or not self._lines_in_group:
            return None
        cells: list[CellValue] = [None] * len(self._columns)
        texts = [place for place in range(self._summed[0]) if not self._columns[place].money]
        if texts:
            cells[texts[-1]] = label
        for place, cents in self._group.items():
            cells[place] = cents
        return tuple(cells)
