"""A dossier with the papers seen of its family that may block a day, read together: opening a planning costs no statement more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, select

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.paper_rules import SeenPaper

OfPerson = tuple[int | None, SeenPaper]
"""The child a paper is of, None for the family's and the payers', and the paper."""


def dossier_and_papers(
    connection: Connection, commune: Commune, dossier_id: int
) -> tuple[Any | None, tuple[OfPerson, ...]]:
    """Return a dossier's row, None when there is none, and its papers of the kinds that block an activity, in one statement.

    Where the commune has no such kind, no paper is read.
    """
    dossier, paper, payer = t.dossier, t.supporting_document, t.payer
    kinds = [rule.code for rule in commune.policy.papers if rule.blocks]
    if not kinds:
        return connection.execute(select(dossier).where(dossier.c.id == dossier_id)).first(), ()
    counted = and_(paper.c.dossier_id == dossier.c.id, paper.c.kind_code.in_(kinds), paper.c.withdrawn_at.is_(None))
    rows = connection.execute(
        select(
            dossier,
            paper.c.kind_code,
            paper.c.valid_from_on,
            paper.c.valid_until_on,
            paper.c.child_id,
            payer.c.id.label("payer_id"),
        )
        .outerjoin(paper, counted)
        .outerjoin(payer, payer.c.guardian_id == paper.c.guardian_id)
        .where(dossier.c.id == dossier_id)
    ).all()
    papers = tuple(
        (row.child_id, SeenPaper(row.kind_code, row.valid_from_on, row.valid_until_on, row.payer_id or 0))
        for row in rows
        if row.kind_code is not None
    )
    return (rows[0] if rows else None), papers


def papers_for(papers: Iterable[OfPerson], child_id: int) -> tuple[SeenPaper, ...]:
    """Return the papers that bear on a child: the child's, the family's, the payers'."""
    return tuple(paper for of, paper in papers if of in (None, child_id))
