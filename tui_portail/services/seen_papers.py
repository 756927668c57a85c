"""The papers seen of a family that may block a day."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.paper_rules import SeenPaper

OfPerson = tuple[int | None, SeenPaper]
"""The child a paper is of, None for the family's and the payers', and the paper."""


def blocking_papers(connection: Connection, commune: Commune, dossier_id: int) -> tuple[OfPerson, ...]:
    """Return a dossier's papers of the kinds that block an activity; where the commune has no such kind, nothing is read."""
    paper, payer = t.supporting_document, t.payer
    kinds = [rule.code for rule in commune.policy.papers if rule.blocks]
    if not kinds:
        return ()
    rows = connection.execute(
        select(
            paper.c.kind_code,
            paper.c.valid_from_on,
            paper.c.valid_until_on,
            paper.c.child_id,
            payer.c.id.label("payer_id"),
        )
        .outerjoin(payer, payer.c.guardian_id == paper.c.guardian_id)
        .where(paper.c.dossier_id == dossier_id, paper.c.kind_code.in_(kinds), paper.c.withdrawn_at.is_(None))
    )
    return tuple(
        (row.child_id, SeenPaper(row.kind_code, row.valid_from_on, row.valid_until_on, row.payer_id or 0))
        for row in rows
    )


def papers_for(papers: Iterable[OfPerson], child_id: int) -> tuple[SeenPaper, ...]:
    """Return the papers that bear on a child: the child's, the family's, the payers'."""
    return tuple(paper for of, paper in papers if of in (None, child_id))
