"""Custody: the calendar of who has each child, its pattern set or ended, days that depart from it (leaflet, « Parents séparés »).

Days already booked keep their payer: each gesture answers how many of those to come stay with the other parent, for the agent to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import delete, insert, select, update

from models import tables as t
from models.states import BookingState
from tui_portail.custody import NOON, Custody, CustodyException, CustodyPattern, pattern_on
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import checked_reason
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.school_calendar import SchoolCalendar
from tui_portail.services.accounts import living
from tui_portail.services.custody_reading import custody_of
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView, dossier_of, load_dossier
from tui_portail.services.family_facts import shown_as
from tui_portail.services.family_records import today_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.rights import Right

LONGEST_REASON = 200
ONE_DAY = timedelta(days=1)
_TO_COME = (BookingState.HELD.value, BookingState.CONFIRMED.value, BookingState.DUE.value)


@dataclass(frozen=True, slots=True)
class FamilyCustody:
    """A dossier with the custody of each child (by id) and the school calendar that shares the holidays."""

    dossier: DossierView
    children: Mapping[int, Custody]
    calendar: SchoolCalendar


@dataclass(frozen=True, slots=True)
class CustodyChanged:
    """The dossier after the gesture, and how many days to come, booked in the stretch changed, stay with the other parent.

    A child's day counts one, whatever its activities.
    """

    dossier: DossierView
    with_the_other: int


def load_custody(desk: Desk, dossier_id: int) -> FamilyCustody:
    """Read the custody of a dossier's children; the reasons of exceptions are for Enfance/Jeunesse alone.

    Raises DossierUnknown, NotAllowed.
    """
    dossier = load_dossier(desk, dossier_id)
    with desk.read(Right.SEARCH) as connection:
        commune = desk.commune(connection)
        children = custody_of(connection, dossier_id)
        if not desk.require().may(Right.EDIT_DOSSIER):
            children = {child_id: _without_reasons(custody) for child_id, custody in children.items()}
    return FamilyCustody(dossier, children, commune.calendar)


def set_custody(
    desk: Desk, child_ids: Sequence[int], pattern: CustodyPattern, operation: str, version: int | None = None
) -> CustodyChanged:
    """Let turns alternate between the dossier's two payers, for one child or several of a family.

    The pattern counts from today; from its anchor when that is still to come, or for a child's first. A former one counts until then; one
    that had not begun before today is corrected. Raises DossierChanged, InvalidInput, NotAllowed.
    """

    def change(gesture: Gesture, dossier_id: int) -> None:
        _refuse_payers(gesture, dossier_id, {pattern.first_payer_id, pattern.second_payer_id})
        for child_id in child_ids:
            _write_pattern(gesture, child_id, pattern)

    changed = _Stretch(tuple(child_ids), pattern.anchor_on, f"à partir du {long_date(pattern.anchor_on)}")
    return _change_custody(desk, "garde_alternee", changed, _columns(pattern), change, operation, version)


def end_custody(
    desk: Desk, child_ids: Sequence[int], last_on: date, operation: str, version: int | None = None
) -> CustodyChanged:
    """End custody by turns after `last_on` (today at the earliest), what was agreed for later included: the first payer pays again.

    Raises DossierChanged, InvalidInput, NotAllowed.
    """

    def change(gesture: Gesture, dossier_id: int) -> None:
        if last_on < today_of(gesture):
            raise InvalidInput(
                "La garde alternée ne peut pas finir dans le passé : donnez son dernier jour, aujourd’hui ou après."
            )
        custody = custody_of(gesture.connection, dossier_id)
        for child_id in child_ids:
            pattern = pattern_on(last_on, custody[child_id].patterns)
            if pattern is None:
                raise InvalidInput(
                    f"Aucune garde alternée n’est en vigueur le {long_date(last_on)} : choisissez un jour où elle l’est."
                )
            of_child = t.custody_pattern.c.child_id == child_id
            gesture.connection.execute(delete(t.custody_pattern).where(of_child, t.custody_pattern.c.from_on > last_on))
            _update_pattern(gesture, child_id, pattern.from_on, replace(pattern, until_on=last_on))

    changed = _Stretch(tuple(child_ids), last_on + ONE_DAY, f"jusqu’au {long_date(last_on)}")
    return _change_custody(desk, "fin_garde_alternee", changed, last_on, change, operation, version)


def add_custody_exception(
    desk: Desk,
    child_ids: Sequence[int],
    exception: CustodyException,
    operation: str,
    version: int | None = None,
) -> CustodyChanged:
    """Say that children are with a payer on some days whatever the pattern says; its reason may be empty, its id is not read.

    Raises DossierChanged, FormRefused, InvalidInput, NotAllowed.
    """
    reason = checked_reason(exception.reason, LONGEST_REASON, "le motif de l’exception", "reason")

    def change(gesture: Gesture, dossier_id: int) -> None:
        _refuse_payers(gesture, dossier_id, {exception.payer_id})
        row = {
            "from_on": exception.from_on,
            "until_on": exception.until_on,
            "payer_id": exception.payer_id,
            "reason": reason,
            "recorded_at": gesture.now,
            "agent_id": gesture.agent.agent_id,
        }
        gesture.connection.execute(
            insert(t.custody_exception), [{"child_id": child_id, **row} for child_id in child_ids]
        )

    changed = _Stretch(tuple(child_ids), exception.from_on, _days(exception), exception.until_on)
    content = [exception.from_on, exception.until_on, exception.payer_id, reason]
    return _change_custody(desk, "exception_garde", changed, content, change, operation, version)


def cancel_custody_exception(desk: Desk, exception_id: int, operation: str) -> CustodyChanged:
    """Cancel an exception, which stays in the dossier's history: the pattern counts again on its days. Raises InvalidInput, NotAllowed."""
    table = t.custody_exception
    with desk.read(Right.EDIT_DOSSIER) as connection:
        known = connection.execute(select(table).where(table.c.id == exception_id)).first()
    if known is None:
        raise InvalidInput("Cette exception n’existe pas. Relisez le calendrier, puis recommencez.")

    def change(gesture: Gesture, dossier_id: int) -> None:
        alive = table.c.cancelled_at.is_(None)
        cancelled = update(table).where(table.c.id == exception_id, alive).values(cancelled_at=gesture.now)
        if gesture.connection.execute(cancelled).rowcount == 0:
            raise InvalidInput("Cette exception est déjà annulée. Relisez le calendrier.")

    changed = _Stretch((known.child_id,), known.from_on, _days(known), known.until_on)
    return _change_custody(desk, "annuler_exception_garde", changed, exception_id, change, operation)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a gesture changes: whose custody, from which day to which, and the words of the audit trail."""

    child_ids: tuple[int, ...]
    first_on: date
    words: str
    last_on: date = date.max


def _change_custody(
    desk: Desk,
    name: str,
    changed: _Stretch,
    content: object,
    change: Callable[[Gesture, int], None],
    operation: str,
    version: int | None = None,
) -> CustodyChanged:
    if not changed.child_ids:
        raise InvalidInput("Choisissez l’enfant dont la garde change.")
    with desk.read(Right.EDIT_DOSSIER) as connection:
        dossier_id = dossier_of(connection, t.child, changed.child_ids[0])

    def work(gesture: Gesture) -> About:
        here = t.child.c.dossier_id == dossier_id, t.child.c.archived_at.is_(None)
        if not set(changed.child_ids) <= set(gesture.connection.scalars(select(t.child.c.id).where(*here))):
            raise InvalidInput("Cet enfant n’est plus dans le dossier. Rouvrez-le, puis recommencez.")
        change(gesture, dossier_id)
        return About("child", changed.child_ids[0], changed.words)

    view = change_dossier(desk, name, dossier_id, version, operation, [changed.child_ids, content], work)
    return CustodyChanged(view, _with_the_other(desk, dossier_id, changed))


def _with_the_other(desk: Desk, dossier_id: int, changed: _Stretch) -> int:
    """Count the days booked from today on whose payer custody no longer names; one that an agent chose with a reason is meant."""
    booking, slot = t.booking, t.slot
    with desk.read(Right.EDIT_DOSSIER) as connection:
        first_on = max(in_paris(desk.instant(connection)).date(), changed.first_on)
        commune = desk.commune(connection)
        custody = custody_of(connection, dossier_id)
        rows = connection.execute(
            select(shown_as().label("child_id"), booking.c.day, living().label("payer_id"), slot.c.activity_code)
            .select_from(booking)
            .join(slot, slot.c.id == booking.c.slot_id)
            .join(t.child, t.child.c.id == booking.c.child_id)
            .join(t.payer, t.payer.c.id == booking.c.payer_id)
            .where(
                t.child.c.dossier_id == dossier_id,
                shown_as().in_(changed.child_ids),
                booking.c.day.between(first_on, changed.last_on),
                booking.c.state.in_(_TO_COME),
                booking.c.payer_reason.is_(None),
            )
        ).all()
    activities, calendar = commune.policy.activities, commune.calendar

    def agreed(row: Any) -> int:
        return custody[row.child_id].payer_on(row.day, calendar, activities[row.activity_code].begins_at or NOON)

    return len({(row.child_id, row.day) for row in rows if agreed(row) != row.payer_id})


def _refuse_payers(gesture: Gesture, dossier_id: int, payer_ids: set[int]) -> None:
    """Refuse custody shared by others than the dossier's payers, or where there is one alone."""
    here = t.payer.c.dossier_id == dossier_id, t.payer.c.joined_into_id.is_(None)
    known = set(gesture.connection.scalars(select(t.payer.c.id).where(*here)))
    if len(known) < 2 or not payer_ids <= known:
        raise InvalidInput(
            "La garde alternée se partage entre les deux payeurs du dossier : inscrivez d’abord le second."
        )


def _days(exception: Any) -> str:
    return f"du {long_date(exception.from_on)} au {long_date(exception.until_on)}"


def _without_reasons(custody: Custody) -> Custody:
    return replace(custody, exceptions=tuple(replace(exception, reason="") for exception in custody.exceptions))


def _write_pattern(gesture: Gesture, child_id: int, pattern: CustodyPattern) -> None:
    """Write a pattern from its day; those that had not begun before today are corrected, not followed."""
    custody, today = t.custody_pattern, today_of(gesture)
    starts = sorted(gesture.connection.scalars(select(custody.c.from_on).where(custody.c.child_id == child_id)))
    lived = [from_on for from_on in starts if from_on < today]
    from_on = max(today, pattern.anchor_on) if lived else pattern.anchor_on
    written = replace(pattern, from_on=from_on)
    not_begun = [start for start in starts if start >= today]
    if not_begun:
        _update_pattern(gesture, child_id, not_begun[0], written)
    else:
        gesture.connection.execute(insert(custody).values(child_id=child_id, **_columns(written)))


def _update_pattern(gesture: Gesture, child_id: int, from_on: date, pattern: CustodyPattern) -> None:
    custody = t.custody_pattern
    gesture.connection.execute(
        update(custody).where(custody.c.child_id == child_id, custody.c.from_on == from_on).values(**_columns(pattern))
    )


def _columns(pattern: CustodyPattern) -> dict[str, object]:
    """Return a pattern as its row, enumerations by value."""
    return {key: value.value if isinstance(value, Enum) else value for key, value in asdict(pattern).items()}
