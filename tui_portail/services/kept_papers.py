"""Papers of a family that this desk keeps as files: found by their names, and taken away when the family is erased.

Those that hold several families (all the certificates of a year, the list of refunds, a slip) are not among them, nor other desks'.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.desk import Desk
from tui_portail.services.family_rows import HELD, FamilyIds
from tui_portail.services.sale import quittance_number

_NAME = re.compile(
    r"(?P<one>quittance-\d+-\d+|avoir-.+?|famille-\d+)(?:-ticket|-duplicata-.*|-\d{8}-\d{6})?\.(?:pdf|zip)|.*-(?P<whose>payeur-\d+)\.pdf"
    r"|courriers-.+?-(?P<to>dossier-\d+)(?:-\d+)?-\d{8}-\d{6}\.pdf"
)
Papers = Mapping[str, list[Path]]
"""The files kept, by what they are of: « quittance-2026-000001 », « famille-123456789 », « dossier-123456789 » (letters), « payeur-12 »."""


def kept_papers(desk: Desk) -> Papers:
    """List the papers this desk keeps, in one walk of their folder."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for path in desk.documents().rglob("*"):
        if named := _NAME.fullmatch(path.name):
            found[named["one"] or named["whose"] or named["to"]].append(path)
    return found


def papers_of(connection: Connection, family: FamilyIds, papers: Papers) -> list[Path]:
    """Return those of a family."""
    numbers = connection.scalars(select(t.dossier.c.number).where(t.dossier.c.id.in_(family.dossiers)))
    keys = [f"{of}-{number}" for number in numbers for of in ("famille", "dossier")] + [
        f"payeur-{payer_id}" for payer_id in family.payers
    ]
    for table, word, written in ((t.quittance, "quittance", quittance_number), (t.avoir, "avoir", avoir_number)):
        rows = connection.execute(select(table.c.year, table.c.number).where(HELD[table](family)))
        keys += [f"{word}-{written(row.year, row.number)}" for row in rows]
    return [path for key in keys for path in papers.get(key, ())]


def take_away(papers: Iterable[Path]) -> None:
    """Remove papers; one that is opened elsewhere stays: the base itself no longer names anybody."""
    for path in papers:
        with suppress(OSError):
            path.unlink()
