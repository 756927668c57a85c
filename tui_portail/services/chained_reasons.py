"""Reasons that the journal chains can never be taken back: they name nobody of the family, so that it can be erased.

Other typed reasons (a dérogation, another payer) are in rows that erasure empties.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, union_all

from models import tables as t
from tui_portail.family_forms import FormRefused
from tui_portail.folding import words_of

SHORTEST = 3  # « Le », « De »: particles say nothing of anybody


def refuse_names(connection: Connection, dossier_id: int, reason: str) -> None:
    """Raise FormRefused when a reason holds a word of the names of a dossier's guardians or children."""
    persons = union_all(
        *(
            select(table.c.last_name, table.c.first_name).where(table.c.dossier_id == dossier_id)
            for table in (t.guardian, t.child)
        )
    )
    named = {word for names in connection.execute(persons) for name in names for word in words_of(name)}
    said = next((word for word in words_of(reason) if len(word) >= SHORTEST and word in named), None)
    if said is not None:
        raise FormRefused(
            f"Le motif nomme la famille (« {said} ») : il est chaîné dans le journal et ne pourra jamais en être effacé. "
            "Écrivez-le sans nom.",
            "reason",
        )
