"""The usual weeks of a family's children: kept under a name, shown, put aside. They are applied by ticking (`period_ticks`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from models import tables as t
from tui_portail.errors import InvalidInput
from tui_portail.field_checks import FormRefused, checked_text
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.family_facts import shown_as
from tui_portail.services.gesture import Gesture
from tui_portail.services.rights import Right
from tui_portail.usual_weeks import WeekDays, known_days, week_from_text, week_to_text

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class UsualWeek:
    """A named week of a child, as it may be applied: since when it is kept (UTC), by whom."""

    pattern_id: int
    child_id: int
    name: str
    days: WeekDays
    recorded_at: datetime
    agent: str
    gone: tuple[str, ...] = ()
    """The activities it named that the commune has no more: left out of `days`."""


def usual_weeks(desk: Desk, dossier_id: int) -> tuple[UsualWeek, ...]:
    """Return the weeks kept for the children of a dossier and not put aside, by name. Raises NotAllowed."""
    pattern = t.week_pattern
    with desk.read(Right.BOOK) as connection:
        rows = connection.execute(
            select(pattern, shown_as().label("shown_id"), t.agent.c.name.label("agent"))
            .join(t.child, t.child.c.id == pattern.c.child_id)
            .join(t.agent, t.agent.c.id == pattern.c.agent_id)
            .where(pattern.c.dossier_id == dossier_id, pattern.c.ended_at.is_(None))
        ).all()
        activities = desk.commune(connection).policy.activities
    found = []
    for row in rows:
        days, gone = known_days(week_from_text(row.days), activities)
        found.append(UsualWeek(row.id, row.shown_id, row.name, days, row.recorded_at, row.agent, gone))
    return tuple(sorted(found, key=lambda week: (week.child_id, week.name.casefold(), week.pattern_id)))


def keep_week(
    desk: Desk, dossier_id: int, child_id: int, name: str, days: WeekDays, operation: str
) -> tuple[UsualWeek, ...]:
    """Keep a child's week under a name, in place of the one of that name if there is one; return the family's weeks.

    Raises FormRefused, InvalidInput, DossierUnknown, NotAllowed.
    """
    clean = checked_text(name, LONGEST_NAME, "le nom de la semaine", "name")
    if not clean:
        raise FormRefused("Donnez un nom à cette semaine : « École », « Semaines de papa »…", "name")
    if not days:
        raise InvalidInput("Rien n’est coché ni réservé cette semaine-là : cochez d’abord la semaine à garder.")

    def change(gesture: Gesture) -> About:
        connection, pattern = gesture.connection, t.week_pattern.c
        known = connection.scalar(
            select(t.child.c.id).where(t.child.c.id == child_id, t.child.c.dossier_id == dossier_id)
        )
        strangers = {code for _, code in days} - gesture.commune.policy.activities.keys()
        if known is None or strangers or not all(0 <= weekday <= 6 for weekday, _ in days):
            raise InvalidInput("Cette semaine n’est pas celle d’un enfant de ce dossier. Rouvrez le planning.")
        kept = connection.execute(
            select(pattern.id, pattern.name).where(pattern.child_id == child_id, pattern.ended_at.is_(None))
        )
        replaced = [row.id for row in kept if row.name.casefold() == clean.casefold()]
        connection.execute(update(t.week_pattern).where(pattern.id.in_(replaced)).values(ended_at=gesture.now))
        connection.execute(
            insert(t.week_pattern).values(
                dossier_id=dossier_id,
                child_id=child_id,
                name=clean,
                days=week_to_text(days),
                recorded_at=gesture.now,
                agent_id=gesture.agent.agent_id,
            )
        )
        return About("child", child_id)

    content = [child_id, clean, week_to_text(days)]
    change_dossier(desk, "garder_semaine", dossier_id, None, operation, content, change, right=Right.BOOK)
    return usual_weeks(desk, dossier_id)


def put_week_aside(desk: Desk, dossier_id: int, pattern_id: int, operation: str) -> tuple[UsualWeek, ...]:
    """Show a week no more; days booked from it stay. Return the family's weeks. Raises InvalidInput, DossierUnknown, NotAllowed."""

    def change(gesture: Gesture) -> About:
        pattern = t.week_pattern.c
        child_id = gesture.connection.scalar(
            update(t.week_pattern)
            .where(pattern.id == pattern_id, pattern.dossier_id == dossier_id, pattern.ended_at.is_(None))
            .values(ended_at=gesture.now)
            .returning(pattern.child_id)
        )
        if child_id is None:
            raise InvalidInput("Cette semaine est déjà mise de côté, à un autre poste.")
        return About("child", child_id)

    change_dossier(desk, "retirer_semaine", dossier_id, None, operation, [pattern_id], change, right=Right.BOOK)
    return usual_weeks(desk, dossier_id)
