"""What the base refuses by itself: a guard taken away lets rows be changed that nothing else names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from models.guards import Fault, FaultyGuard, faulty_guards
from tui_portail.services.findings import MOST_OF_A_KIND, Finding

SENTENCES = {
    Fault.MISSING: "cette protection manque à la base.",
    Fault.DISABLED: "cette protection est désactivée.",
    Fault.ALTERED: "cette protection n’est pas celle de cette version du programme.",
    Fault.UNKNOWN: "ce déclencheur n’est pas du programme.",
}


def check_guards(connection: Connection) -> Iterator[Finding]:
    """Yield the guards that the base lacks, has disabled or has otherwise, a few of each sort, and how many more there are."""
    faulty = faulty_guards(connection)
    for fault, sentence in SENTENCES.items():
        yield from _told([one for one in faulty if one.fault is fault], sentence)


def _told(faulty: list[FaultyGuard], sentence: str) -> Iterator[Finding]:
    for one in faulty[:MOST_OF_A_KIND]:
        yield Finding(one.table, one.name, sentence)
    if more := faulty[MOST_OF_A_KIND:]:
        others = f"et {len(more)} de plus" if len(more) > 1 else "et une de plus"
        yield Finding(more[0].table, more[0].name, f"{sentence[:-1]} ({others}).")
