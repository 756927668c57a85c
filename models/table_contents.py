"""What a table holds, told by its rows' number and a sum that does not depend on their order: compared after a copy or an upgrade."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_MODULO = 1 << 256


@dataclass(slots=True)
class Content:
    """How many rows a table has, and what they are: a sum of each row's SHA-256, the same in whatever order they are read."""

    rows: int = 0
    total: int = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count a row, given as its values."""
        self.rows += 1
        mark = hashlib.sha256(repr(tuple(row)).encode(errors="surrogatepass")).digest()
        self.total = (self.total + int.from_bytes(mark)) % _MODULO
