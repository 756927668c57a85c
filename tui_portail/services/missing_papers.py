"""The papers to ask for, family by family: what the list of the desk shows and what a reminder is written from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.instants import in_paris
from tui_portail.paper_rules import day_looked_to
from tui_portail.service_rules import PaperOf, PaperRule
from tui_portail.services.desk import Desk
from tui_portail.services.rights import Right

PAGE = 200


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """One paper to ask for: its kind, of whom (a first name; empty: the family), the day on which the last one seen ends or ended."""

    kind_code: str
    label: str
    child_id: int | None
    guardian_id: int | None
    whose: str
    last_until: date | None

    @property
    def words(self) -> str:
        """The paper in a letter's list: « Attestation d’assurance, pour Inès »."""
        return f"{self.label}, pour {self.whose}" if self.child_id is not None else self.label


@dataclass(frozen=True, slots=True)
class FamilyToAsk:
    """A family and what it is to be asked for; `phone` is that of its first guardian who has one."""

    dossier_id: int
    number: str
    label: str
    phone: str
    papers: tuple[MissingPaper, ...]


@dataclass(frozen=True, slots=True)
class MissingPage:
    """Some of the families, by name, and how many there are in all."""

    families: tuple[FamilyToAsk, ...]
    total: int


def missing_papers(
    desk: Desk, *, within_days: int = 0, kind: str = "", site: str = "", first: int = 0, most: int = PAGE
) -> MissingPage:
    """Return the families with live children of which a required paper is not valid today, or ends in `within_days` days.

    `kind` keeps one kind of paper, `site` the families with a child whose school goes to that site; `most` families from the `first`
    (from 0) are given. Two statements whatever their number. Raises NotAllowed.
    """
    with desk.read(Right.SEE_DIET) as connection:
        commune = desk.commune(connection)
        today = in_paris(desk.instant(connection)).date()
        rules = [rule for rule in commune.policy.papers if rule.required and kind in ("", rule.code)]
        if not rules:
            return MissingPage((), 0)
        asked = _Asked(rules, today, day_looked_to(today, within_days), _schools_of(commune, site) if site else None)
        return _page(connection, asked, first, most)


def papers_to_ask(
    connection: Connection, rules: Sequence[PaperRule], dossier_ids: Sequence[int], today: date
) -> dict[int, tuple[MissingPaper, ...]]:
    """Return the required papers that some families lack today, in the commune's order; one that lacks none is left out."""
    required = [rule for rule in rules if rule.required]
    if not required or not dossier_ids:
        return {}
    return {
        found: papers
        for found, (_, papers) in _lacking(connection, _Asked(required, today, today), dossier_ids).items()
    }


def dossiers_to_ask(connection: Connection, rules: Sequence[PaperRule], today: date) -> list[Any]:
    """Return the dossiers (id, label) that lack a required paper today."""
    required = [rule for rule in rules if rule.required]
    if not required:
        return []
    missing = _Asked(required, today, today).missing()
    dossier = t.dossier.c
    return list(
        connection.execute(select(dossier.id, dossier.label).where(dossier.id.in_(select(missing.c.dossier_id))))
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the list is asked for: kinds of papers, not valid today or on the day looked to, children of which schools (None: all)."""

    rules: Sequence[PaperRule]
    today: date
    by: date
    schools: Sequence[str] | None = None

    def missing(self, dossiers: Sequence[int] | None = None) -> Subquery:
        """Return every paper missing, of these dossiers where they are given: one part a kind, so that each looks by its own index."""
        return union_all(*(_missing_of(rule, self, dossiers) for rule in self.rules)).subquery()


def _page(connection: Connection, asked: _Asked, first: int, most: int) -> MissingPage:
    dossier = t.dossier
    shown = connection.execute(
        select(
            dossier.c.id,
            dossier.c.number,
            dossier.c.label,
            func.count().over().label("total"),
        )
        .where(dossier.c.id.in_(select(asked.missing().c.dossier_id)))
        .order_by(func.lower(dossier.c.label), dossier.c.number)
        .limit(most)
        .offset(first)
    ).all()
    if not shown:
        return MissingPage((), 0)
    lacking = _lacking(connection, asked, [row.id for row in shown])
    families = tuple(
        FamilyToAsk(
            row.id,
            row.number,
            row.label,
            *lacking.get(row.id, ("", ())),
        )
        for row in shown
    )
    return MissingPage(families, int(shown[0].total))


def _lacking(
    connection: Connection, asked: _Asked, dossiers: Sequence[int]
) -> dict[int, tuple[str, tuple[MissingPaper, ...]]]:
    """Return the telephone of each of these dossiers that lacks a paper, and its papers in the commune's order."""
    labels = {rule.code: (place, rule.label) for place, rule in enumerate(asked.rules)}
    papers: defaultdict[int, list[MissingPaper]] = defaultdict(list)
    phones: dict[int, str] = {}
    for row in connection.execute(_with_names(asked.missing(dossiers))):
        phones[row.dossier_id] = row.phone or ""
        papers[row.dossier_id].append(
            MissingPaper(
                row.kind_code,
                labels[row.kind_code][1],
                row.child_id,
                row.guardian_id,
                row.child_name or row.guardian_name or "",
                row.last_until,
            )
        )
    return {
        dossier_id: (phones[dossier_id], tuple(sorted(found, key=lambda one: labels[one.kind_code][0])))
        for dossier_id, found in papers.items()
    }


def _with_names(missing: Subquery) -> Select[Any]:
    """Return the papers missing with what the list says of each: whose, until when the last one was valid, whom to call."""
    paper, other = t.supporting_document, t.guardian.alias()
    phone = (
        select(other.c.phone)
        .where(other.c.dossier_id == missing.c.dossier_id, other.c.phone != "")
        .order_by(other.c.id)
        .limit(1)
        .scalar_subquery()
    )
    last_until = (
        select(func.max(paper.c.valid_until_on))
        .where(_of_same(paper, missing), paper.c.kind_code == missing.c.kind_code, paper.c.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            missing,
            t.child.c.first_name.label("child_name"),
            t.guardian.c.first_name.label("guardian_name"),
            last_until.label("last_until"),
            phone.label("phone"),
        )
        .outerjoin(t.child, t.child.c.id == missing.c.child_id)
        .outerjoin(t.guardian, t.guardian.c.id == missing.c.guardian_id)
        .order_by(t.child.c.birth_on, missing.c.child_id, missing.c.guardian_id)
    )


def _of_same(paper: Any, missing: Subquery) -> ColumnElement[bool]:
    """Whether a paper seen is of the same person as one missing; its dossier comes first, for the index."""
    return and_(
        paper.c.dossier_id == missing.c.dossier_id,
        func.coalesce(paper.c.child_id, 0) == func.coalesce(missing.c.child_id, 0),
        func.coalesce(paper.c.guardian_id, 0) == func.coalesce(missing.c.guardian_id, 0),
    )


def _schools_of(commune: Commune, site: str) -> list[str]:
    return [school.code for school in commune.schools if site in (school.alp_site, school.alsh_site)]


def _missing_of(rule: PaperRule, asking: _Asked, dossiers: Sequence[int] | None) -> Select[Any]:
    paper, child, guardian = t.supporting_document, t.child, t.guardian
    going = select(child.c.dossier_id).where(_going(asking.today, asking.schools))
    seen = select(paper.c.id).where(paper.c.kind_code == rule.code, paper.c.withdrawn_at.is_(None))
    no_child, no_guardian = cast(null(), Integer).label("child_id"), cast(null(), Integer).label("guardian_id")
    kind = literal(rule.code).label("kind_code")
    match rule.of:
        case PaperOf.FAMILY:
            person, seen = t.dossier.c.id, seen.where(paper.c.dossier_id == t.dossier.c.id)
            asked = select(t.dossier.c.id.label("dossier_id"), kind, no_child, no_guardian).where(
                t.dossier.c.id.in_(going)
            )
        case PaperOf.CHILD:
            person, seen = child.c.dossier_id, seen.where(paper.c.child_id == child.c.id)
            asked = select(child.c.dossier_id, kind, child.c.id.label("child_id"), no_guardian).where(
                _going(asking.today, asking.schools)
            )
        case PaperOf.PAYER:
            person, seen = guardian.c.dossier_id, seen.where(paper.c.guardian_id == guardian.c.id)
            asked = (
                select(guardian.c.dossier_id, kind, no_child, guardian.c.id.label("guardian_id"))
                .join(t.payer, t.payer.c.guardian_id == guardian.c.id)
                .where(guardian.c.dossier_id.in_(going), t.payer.c.joined_into_id.is_(None))
            )
    live = select(t.dossier.c.id).where(
        t.dossier.c.archived_at.is_(None), t.dossier.c.merged_into_id.is_(None), t.dossier.c.erased_at.is_(None)
    )
    valid_on = [
        seen.where(
            paper.c.valid_from_on <= day, (paper.c.valid_until_on.is_(None)) | (paper.c.valid_until_on >= day)
        ).exists()
        for day in (asking.today, asking.by)
    ]
    lacking = ~valid_on[0] if asking.by == asking.today else ~valid_on[0] | ~valid_on[1]
    shown = asked.where(person.in_(live), lacking)
    return shown if dossiers is None else shown.where(person.in_(dossiers))


def _going(today: date, schools: Sequence[str] | None) -> ColumnElement[bool]:
    """Whether a child is still one of the service's, and goes today to one of these schools where they are given."""
    child, schooling = t.child, t.schooling
    live = child.c.archived_at.is_(None)
    if schools is None:
        return live
    other = schooling.alias()
    current = (
        select(func.coalesce(func.max(other.c.from_on).filter(other.c.from_on <= today), func.min(other.c.from_on)))
        .where(other.c.child_id == child.c.id)
        .scalar_subquery()
    )
    there = select(schooling.c.id).where(
        schooling.c.child_id == child.c.id, schooling.c.from_on == current, schooling.c.school_code.in_(schools)
    )
    return live & there.exists()
