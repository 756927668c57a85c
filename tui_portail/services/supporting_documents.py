"""The papers of a family at the desk: those expected, those seen, « vu le … par … ». No paper is kept, only that it was seen.

A fiche sanitaire or a PAI says something of a child's health: Comptabilité is shown none of this, and what the audit trail and the recent
operations say of it does not name the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from tui_portail.errors import InvalidInput
from tui_portail.french import join_words, long_date, plural
from tui_portail.instants import in_paris
from tui_portail.paper_rules import TO_ASK, PaperState, SeenPaper, standing, valid_days
from tui_portail.service_rules import PaperOf, PaperRule, PaperValidity
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView
from tui_portail.services.family_facts import DossierErased, DossierUnknown, refuse_merged
from tui_portail.services.family_records import today_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import person_name
from tui_portail.services.rights import Right

FAMILY = "la famille"


@dataclass(frozen=True, slots=True)
class PaperKey:
    """One paper expected: its kind, and of whom — a child, a guardian who pays, or the family when neither is given."""

    kind_code: str
    child_id: int | None = None
    guardian_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper expected of a family, where it stands today, and the last one seen: when, by whom, until when it is valid.

    `document_id` is None when none was seen. `blocks` names the activities that wait for it.
    """

    key: PaperKey
    label: str
    whose: str
    written_end: bool
    blocks: tuple[str, ...]
    state: PaperState
    valid_until: date | None
    document_id: int | None
    seen_on: date | None
    seen_by: str


@dataclass(frozen=True, slots=True)
class FamilyPapers:
    """The papers of a dossier, in the commune's order, each child's in order of birth."""

    dossier_id: int
    number: str
    label: str
    lines: tuple[PaperLine, ...]

    @property
    def to_ask(self) -> tuple[PaperLine, ...]:
        """Those the family is to be asked for, or soon."""
        return tuple(line for line in self.lines if line.state in TO_ASK)


def papers_of(desk: Desk, dossier_id: int) -> FamilyPapers:
    """Return what is expected of a family and what was seen. Raises DossierUnknown, DossierMerged, DossierErased, NotAllowed."""
    with desk.read(Right.SEE_DIET) as connection:
        today = in_paris(desk.instant(connection)).date()
        policy = desk.commune(connection).policy
        dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).first()
        if dossier is None:
            raise DossierUnknown
        refuse_merged(connection, dossier)
        if dossier.erased_at is not None:
            raise DossierErased
        seen: dict[PaperKey, list[Any]] = {}
        for row in _seen(connection, dossier_id):
            seen.setdefault(PaperKey(row.kind_code, row.child_id, row.guardian_id), []).append(row)
        labels = {code: rule.label for code, rule in policy.activities.items()}
        lines = tuple(
            _line(rule, key, whose, seen.get(key, []), labels, today)
            for rule, key, whose in _expected(connection, dossier_id, policy.papers)
        )
        return FamilyPapers(dossier.id, dossier.number, dossier.label, lines)


def record_papers(
    desk: Desk,
    dossier_id: int,
    papers: Sequence[PaperKey],
    dated_on: date,
    written_until: date | None,
    operation: str,
) -> DossierView:
    """Note that papers were seen today by this agent, all dated `dated_on`; `written_until` for those whose end is written on them.

    A paper of a school or civil year counts for the year of its date. Raises InvalidInput (nothing chosen, another family's, a date
    that cannot be, one that is valid no more), DossierErased, NotAllowed.
    """
    if not papers:
        raise InvalidInput("Choisissez d’abord les pièces vues.")

    def change(gesture: Gesture) -> About:
        today = today_of(gesture)
        rules = gesture.commune.policy.papers
        expected = {key: rule for rule, key, _ in _expected(gesture.connection, dossier_id, rules)}
        values = []
        for key in dict.fromkeys(papers):
            if key not in expected:
                raise InvalidInput(
                    "Cette pièce n’est plus attendue de cette famille. Rouvrez ses pièces, puis recommencez."
                )
            begins, ends = _checked_days(expected[key], dated_on, written_until, today)
            values.append(
                {
                    "dossier_id": dossier_id,
                    "child_id": key.child_id,
                    "guardian_id": key.guardian_id,
                    "kind_code": key.kind_code,
                    "valid_from_on": begins,
                    "valid_until_on": ends,
                    "seen_on": today,
                    "seen_by": gesture.agent.agent_id,
                    "recorded_at": gesture.now,
                }
            )
        gesture.connection.execute(insert(t.supporting_document), values)
        return About("dossier", dossier_id, plural(len(values), "pièce"))

    content = [[astuple(key) for key in papers], dated_on, written_until]
    return change_dossier(desk, "voir_pieces", dossier_id, None, operation, content, change)


def withdraw_paper(desk: Desk, dossier_id: int, document_id: int, operation: str) -> DossierView:
    """Take back a paper noted by mistake: it counts no more, and what was noted is kept. Raises InvalidInput, NotAllowed."""

    def change(gesture: Gesture) -> About:
        paper = t.supporting_document
        withdrawn = gesture.connection.execute(
            update(paper)
            .where(paper.c.id == document_id, paper.c.dossier_id == dossier_id, paper.c.withdrawn_at.is_(None))
            .values(withdrawn_at=gesture.now)
        )
        if not withdrawn.rowcount:
            raise InvalidInput("Cette pièce est déjà retirée. Relisez les pièces de la famille.")
        return About("dossier", dossier_id)

    return change_dossier(desk, "retirer_piece", dossier_id, None, operation, [document_id], change)


def _checked_days(rule: PaperRule, dated_on: date, written_until: date | None, today: date) -> tuple[date, date | None]:
    """Return the days a paper is valid. Raises InvalidInput on a date still to come, or when it is valid no more."""
    begins, ends = valid_days(rule, dated_on, written_until)
    by_year = rule.validity in (PaperValidity.SCHOOL_YEAR, PaperValidity.CIVIL_YEAR)
    if dated_on > today and not (by_year and begins.year <= today.year + 1):
        raise InvalidInput(f"« {rule.label} » : la date de la pièce, le {long_date(dated_on)}, est après aujourd’hui.")
    if ends is not None and ends < today:
        raise InvalidInput(
            f"« {rule.label} » n’est plus valable depuis le {long_date(ends)} : demandez-en une plus récente."
        )
    return begins, ends


def _expected(
    connection: Connection, dossier_id: int, rules: Iterable[PaperRule]
) -> Iterator[tuple[PaperRule, PaperKey, str]]:
    """Yield each paper expected: its rule, its key, whose it is in words."""
    child, guardian, payer = t.child, t.guardian, t.payer
    children = connection.execute(
        select(child.c.id, child.c.first_name, child.c.last_name)
        .where(child.c.dossier_id == dossier_id, child.c.archived_at.is_(None))
        .order_by(child.c.birth_on, child.c.id)
    ).all()
    payers = connection.execute(
        select(guardian.c.id, guardian.c.first_name, guardian.c.last_name)
        .join(payer, payer.c.guardian_id == guardian.c.id)
        .where(guardian.c.dossier_id == dossier_id, payer.c.joined_into_id.is_(None))
        .order_by(payer.c.rank, payer.c.id)
    ).all()
    for rule in rules:
        match rule.of:
            case PaperOf.FAMILY:
                yield rule, PaperKey(rule.code), FAMILY
            case PaperOf.CHILD:
                for row in children:
                    yield rule, PaperKey(rule.code, child_id=row.id), person_name(row.first_name, row.last_name)
            case PaperOf.PAYER:
                for row in payers:
                    yield rule, PaperKey(rule.code, guardian_id=row.id), person_name(row.first_name, row.last_name)


def _seen(connection: Connection, dossier_id: int) -> Iterable[Any]:
    paper = t.supporting_document
    return connection.execute(
        select(paper, t.agent.c.name.label("agent_name"))
        .join(t.agent, t.agent.c.id == paper.c.seen_by)
        .where(paper.c.dossier_id == dossier_id, paper.c.withdrawn_at.is_(None))
        .order_by(paper.c.id)
    )


def _line(
    rule: PaperRule, key: PaperKey, whose: str, rows: Sequence[Any], labels: dict[str, str], today: date
) -> PaperLine:
    stands = standing(rule, [SeenPaper(row.kind_code, row.valid_from_on, row.valid_until_on) for row in rows], today)
    last = rows[-1] if rows else None
    return PaperLine(
        key,
        rule.label,
        whose,
        rule.validity is PaperValidity.WRITTEN,
        tuple(labels[code] for code in rule.blocks if code in labels),
        stands.state,
        stands.until,
        last.id if last else None,
        last.seen_on if last else None,
        last.agent_name if last else "",
    )


def blocked_words(line: PaperLine) -> str:
    """Return what waits for a paper, « bloque ALSH vacances scolaires », empty when nothing does."""
    return f"bloque {join_words(line.blocks)}" if line.blocks else ""
