"""The change of school year: previewed child by child, then applied in one gesture; schools count from the 1st of September.

Applied in June, nothing changes before that day. Leavers are archived from that day on, by the same gesture done again, when they have no
day booked and nothing is owed; a dossier is archived with its last child, unless an avoir is left there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from models import tables as t
from models.bulk import allocate_ids, by_chunks, write_rows
from models.states import OWED, BasketState, BookingState, ChangeSubject
from tui_portail.commune import Commune
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.services.avoir_sums import left_cents
from tui_portail.services.bulk_gesture import judged_under_lock, one_at_a_time
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import shown_as
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.services.waiting_offers import withdraw_entries
from tui_portail.year_change import Move, PupilMove, PupilNow, plan_year_change, year_meant

_LIVE = (BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value)


@dataclass(frozen=True, slots=True)
class YearPreview:
    """What is proposed for the school year that begins on `year`; leavers are archived from that day on."""

    year: date
    today: date
    moves: tuple[PupilMove, ...]
    school_names: Mapping[str, str]

    @property
    def archives_now(self) -> bool:
        """Whether the year has begun, so that leavers go."""
        return self.today >= self.year


@dataclass(frozen=True, slots=True)
class YearChanged:
    """What was written."""

    moved: int
    archived: int
    dossiers_archived: int
    kept: int

    @property
    def sentence(self) -> str:
        """Say it in French."""
        if not self.moved and not self.archived:
            return "Rien à changer : cette année scolaire est déjà en place."
        told = [plural(self.moved, "enfant monté d’un niveau", "enfants montés d’un niveau")]
        told.append(plural(self.archived, "départ archivé", "départs archivés"))
        if self.dossiers_archived:
            told.append(plural(self.dossiers_archived, "dossier archivé", "dossiers archivés"))
        if self.kept:
            told.append(plural(self.kept, "départ à archiver plus tard", "départs à archiver plus tard"))
        return f"Changement d’année enregistré : {', '.join(told)}."


def preview_year_change(desk: Desk) -> YearPreview:
    """Say what is proposed for every child not archived, by the day it is. Raises NotAllowed."""
    with desk.read(Right.IMPORT) as connection:
        commune = desk.commune(connection)
        today = in_paris(desk.instant(connection)).date()
        return _preview(connection, commune, today)


def apply_year_change(desk: Desk, year: date, excluded: Collection[int], operation: str) -> YearChanged:
    """Move children up for the school year that begins on `year`, those of `excluded` left as they are; archive leavers if it has begun.

    What is applied is what is proposed then: done again, it changes nothing more. Raises NotAllowed, DossiersMoving.
    """

    def work(gesture: Gesture) -> Done:
        one_at_a_time(gesture.connection, "annee")
        today = in_paris(gesture.now).date()

        def judge() -> YearPreview:
            return _preview(gesture.connection, gesture.commune, today, year)

        def changing(preview: YearPreview) -> set[int]:
            return {one.pupil.dossier_id for one in _to_write(preview, excluded)}

        preview = judged_under_lock(gesture.connection, judge, changing)
        result = _write(gesture, preview, _to_write(preview, excluded))
        leaving = sum(one.move is Move.LEAVES for one in preview.moves)
        result["kept"] = leaving - result["archived"]
        made = withdraw_entries(gesture, _of_archived_children(), "Enfant parti") if result["archived"] else {}
        return Done(result, "school_year", year.year, details={**result, "excluded": len(excluded), **made})

    def answer(kept: Mapping[str, Any]) -> YearChanged:
        return YearChanged(**kept)

    content = [year, sorted(excluded)]
    return perform(desk, "changer_annee", Right.IMPORT, operation, content, work, answer)


def _of_archived_children() -> ColumnElement[bool]:
    """Say, in a query over `waiting_entry`, that the child who waits is archived, by the record it is shown under."""
    shown = t.child.alias("shown")
    archived = select(t.child.c.id).join(shown, shown.c.id == shown_as()).where(shown.c.archived_at.is_not(None))
    return t.waiting_entry.c.child_id.in_(archived)


def _to_write(preview: YearPreview, excluded: Collection[int]) -> list[PupilMove]:
    leavers = preview.archives_now
    return [
        one
        for one in preview.moves
        if one.pupil.child_id not in excluded
        and (one.move is Move.UP or (leavers and one.move is Move.LEAVES and not one.pupil.held_by))
    ]


def _preview(connection: Connection, commune: Commune, today: date, year: date | None = None) -> YearPreview:
    meant = year or year_meant(today)
    moves = plan_year_change(_pupils(connection, meant), commune.schools, meant)
    held = _held(connection, [one.pupil.child_id for one in moves if one.move is Move.LEAVES], today)
    pupils = [replace(one.pupil, held_by=held.get(one.pupil.child_id, "")) for one in moves]
    names = {school.code: school.name for school in commune.schools}
    return YearPreview(meant, today, plan_year_change(pupils, commune.schools, meant), names)


def _pupils(connection: Connection, year: date) -> list[PupilNow]:
    child, schooling, dossier = t.child.c, t.schooling.c, t.dossier.c
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(
            child.id,
            child.dossier_id,
            child.last_name,
            child.first_name,
            schooling.school_code,
            schooling.level,
            schooling.class_name,
            schooling.from_on,
        )
        .join(t.dossier, dossier.id == child.dossier_id)
        .outerjoin(t.schooling, schooling.child_id == child.id)
        .where(child.archived_at.is_(None), dossier.archived_at.is_(None), dossier.erased_at.is_(None))
        .order_by(child.last_name, child.first_name, child.id, schooling.from_on)
    ):
        rows[row.id].append(row)
    return [_pupil(found, year) for found in rows.values()]


def _pupil(rows: Sequence[Any], year: date) -> PupilNow:
    """Return a child at the school recorded for the year, if one is, else at the last one before it."""
    before = [row for row in rows if row.from_on is None or row.from_on < year]
    last = rows[-1]
    done = last.from_on is not None and last.from_on >= year
    shown = last if done else before[-1]
    return PupilNow(
        shown.id,
        shown.dossier_id,
        shown.last_name,
        shown.first_name,
        shown.school_code or "",
        shown.level or "",
        shown.class_name or "",
        last.from_on if done else None,
    )


def _held(connection: Connection, child_ids: Sequence[int], today: date) -> dict[int, str]:
    """Return why some of these children cannot be archived: days booked from today on, or days owed, on any record of theirs."""
    booking, child = t.booking.c, t.child.c
    held: dict[int, str] = {}
    for some in by_chunks(child_ids):
        twice = connection.execute(select(child.id, child.merged_into_id).where(child.merged_into_id.in_(some)))
        shown = dict.fromkeys(some) | {row.id: row.merged_into_id for row in twice}
        of_children = select(booking.child_id).where(booking.child_id.in_(shown))
        coming = of_children.where(booking.day >= today, booking.state.in_(_LIVE))
        owing = of_children.where(booking.state.in_(OWED))
        for query, why in ((coming, "des jours sont réservés"), (owing, "des jours restent dus")):
            held |= dict.fromkeys((shown[one] or one for one in connection.scalars(query)), why)
    return held


def _write(gesture: Gesture, preview: YearPreview, moves: Sequence[PupilMove]) -> dict[str, int]:
    connection, changes = gesture.connection, []
    up = [one for one in moves if one.move is Move.UP]
    leaving = [one for one in moves if one.move is Move.LEAVES]
    ids = allocate_ids(connection, t.schooling, len(up))
    rows = [
        (row_id, one.pupil.child_id, one.school_code, one.level, one.class_name, preview.year)
        for row_id, one in zip(ids, up, strict=True)
    ]
    write_rows(connection, t.schooling, ("id", "child_id", "school_code", "level", "class_name", "from_on"), rows)
    for row_id, one in zip(ids, up, strict=True):
        for name in ("school_code", "level", "class_name"):
            was, now = getattr(one.pupil, name), getattr(one, name)
            if was != now:
                changes.append((one.pupil.dossier_id, ChangeSubject.SCHOOLING, row_id, name, was, now))
    when = long_date(in_paris(gesture.now).date())
    for some in by_chunks([one.pupil.child_id for one in leaving]):
        connection.execute(update(t.child).where(t.child.c.id.in_(some)).values(archived_at=gesture.now))
    for one in leaving:
        changes.append((one.pupil.dossier_id, ChangeSubject.CHILD, one.pupil.child_id, "archived_at", "", when))
    emptied = _emptied(connection, sorted({one.pupil.dossier_id for one in leaving}))
    for some in by_chunks(emptied):
        connection.execute(update(t.dossier).where(t.dossier.c.id.in_(some)).values(archived_at=gesture.now))
    changes += [(one, ChangeSubject.DOSSIER, one, "archived_at", "", when) for one in emptied]
    for some in by_chunks(sorted({one.pupil.dossier_id for one in moves})):
        connection.execute(update(t.dossier).where(t.dossier.c.id.in_(some)).values(version=t.dossier.c.version + 1))
    common = (gesture.operation, gesture.now, gesture.agent.agent_id)
    which = ("dossier_id", "operation_id", "changed_at", "agent_id")
    write_rows(
        connection,
        t.dossier_change,
        (*which, "subject", "subject_id", "field", "before", "after"),
        [(dossier_id, *common, subject.value, *rest) for dossier_id, subject, *rest in changes],
    )
    return {"moved": len(up), "archived": len(leaving), "dossiers_archived": len(emptied)}


def _emptied(connection: Connection, dossier_ids: list[int]) -> list[int]:
    """Return the dossiers, among these, where no child is left, no basket is open and no avoir remains."""
    kept: set[int] = set()
    for some in by_chunks(dossier_ids):
        present = select(t.child.c.dossier_id).where(t.child.c.dossier_id.in_(some), t.child.c.archived_at.is_(None))
        baskets = select(t.basket.c.dossier_id).where(
            t.basket.c.dossier_id.in_(some), t.basket.c.state == BasketState.OPEN.value
        )
        avoirs = (
            select(t.payer.c.dossier_id)
            .join(t.avoir, t.avoir.c.payer_id == t.payer.c.id)
            .where(t.payer.c.dossier_id.in_(some), left_cents() > 0)
        )
        for query in (present, baskets, avoirs):
            kept.update(connection.scalars(query))
    return [one for one in dossier_ids if one not in kept]
