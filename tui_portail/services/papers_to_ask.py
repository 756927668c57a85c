"""The papers still to be asked of families: the commune's required kinds, less those seen and valid today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from models import tables as t
from tui_portail.policy import Policy
from tui_portail.service_rules import PaperOf


@dataclass(frozen=True, slots=True)
class PaperToAsk:
    """A paper missing: what, for which child (empty: not of a child), of which guardian alone (None: the whole family's)."""

    label: str
    child_name: str = ""
    guardian_id: int | None = None

    @property
    def words(self) -> str:
        """The paper in a list: « Attestation d’assurance, pour Inès »."""
        return f"{self.label}, pour {self.child_name}" if self.child_name else self.label


def papers_to_ask(
    connection: Connection,
    policy: Policy,
    dossier_ids: Collection[int],
    payers: Mapping[int, Collection[int]],
    today: date,
) -> dict[int, tuple[PaperToAsk, ...]]:
    """Return what is missing from each dossier, in the order of the commune's kinds, in two statements.

    `payers` are the guardians who pay, by dossier. A dossier that lacks nothing is left out.
    """
    required = [rule for rule in policy.papers if rule.required]
    if not required or not dossier_ids:
        return {}
    children = _children(connection, dossier_ids)
    seen = _seen(connection, dossier_ids, today)
    of_family = {(dossier_id, code) for dossier_id, code, *_ in seen}
    missing: dict[int, tuple[PaperToAsk, ...]] = {}
    for dossier_id in dossier_ids:
        asked: list[PaperToAsk] = []
        for rule in required:
            match rule.of:
                case PaperOf.FAMILY:
                    if (dossier_id, rule.code) not in of_family:
                        asked.append(PaperToAsk(rule.label))
                case PaperOf.CHILD:
                    asked += [
                        PaperToAsk(rule.label, child.first_name)
                        for child in children.get(dossier_id, ())
                        if (dossier_id, rule.code, child.id, None) not in seen
                    ]
                case PaperOf.PAYER:
                    asked += [
                        PaperToAsk(rule.label, guardian_id=guardian_id)
                        for guardian_id in payers.get(dossier_id, ())
                        if (dossier_id, rule.code, None, guardian_id) not in seen
                    ]
        if asked:
            missing[dossier_id] = tuple(asked)
    return missing


def _children(connection: Connection, dossier_ids: Collection[int]) -> dict[int, list[Any]]:
    child = t.child.c
    found: dict[int, list[Any]] = {}
    for row in connection.execute(
        select(child.id, child.dossier_id, child.first_name)
        .where(child.dossier_id.in_(list(dossier_ids)), child.archived_at.is_(None))
        .order_by(child.birth_on, child.id)
    ):
        found.setdefault(row.dossier_id, []).append(row)
    return found


def _seen(
    connection: Connection, dossier_ids: Collection[int], today: date
) -> set[tuple[int, str, int | None, int | None]]:
    paper = t.supporting_document.c
    rows = connection.execute(
        select(paper.dossier_id, paper.kind_code, paper.child_id, paper.guardian_id).where(
            paper.dossier_id.in_(list(dossier_ids)),
            paper.withdrawn_at.is_(None),
            paper.valid_from_on <= today,
            or_(paper.valid_until_on.is_(None), paper.valid_until_on >= today),
        )
    )
    return {(row.dossier_id, row.kind_code, row.child_id, row.guardian_id) for row in rows}
