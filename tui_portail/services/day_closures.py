"""Closures as an agent sees them: what one would do, before it is done; those done, and the families of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from models import tables as t
from models.states import ClosedDayOutcome, ClosureState
from tui_portail.closed_days import LONGEST_REASON as LONGEST_REASON  # for screens
from tui_portail.closed_days import ClosedDays, checked_days, refuse_nothing_open, refuse_past
from tui_portail.french import plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.closed_bookings import booked, waiting_count
from tui_portail.services.closed_families import ClosedFamily, days_closed, days_to_close, families_of
from tui_portail.services.desk import Desk
from tui_portail.services.recorded_closures import (
    RecordedClosure,
    activities_of,
    read_closure,
    recorded_from,
    refuse_closed_twice,
)
from tui_portail.services.rights import Right

MOST = 200
"""Closures listed, the last first."""


@dataclass(frozen=True, slots=True)
class ClosurePreview:
    """What closing would do now. `came`: days kept, the child was marked present; `waiting`: places waited for, withdrawn."""

    days: ClosedDays
    words: str
    families: tuple[ClosedFamily, ...]
    came: int
    waiting: int
    begun: bool

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the agent reads before deciding."""
        return tuple(_said(self))


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A closure in the list: the site and activities in words, who did it when, families, days, cents given back, days booked again."""

    closure: RecordedClosure
    what: str
    agent: str
    families: int
    days: int
    avoir_cents: int
    restored: int

    @property
    def state_words(self) -> str:
        """What it is at, in a word or two."""
        return state_words(self.closure)


@dataclass(frozen=True, slots=True)
class ClosureView:
    """A closure done, or under way, and its families."""

    closure: RecordedClosure
    words: str
    families: tuple[ClosedFamily, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was done, in a few lines."""
        return tuple(_done(self))


def state_words(closure: RecordedClosure) -> str:
    """Return what a closure is at."""
    if closure.state is ClosureState.UNDONE:
        return "défaite"
    if closure.undone_by is not None:
        return "à finir"
    return "faite" if closure.state is ClosureState.DONE else "à finir"


def preview_closure(desk: Desk, asked: ClosedDays, *, past_confirmed: bool = False) -> ClosurePreview:
    """Return what a closure would do, without writing anything. Raises FormRefused with the field to mend, NotAllowed."""
    with desk.read(Right.CLOSE_DAYS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
        days = checked_days(asked, commune)
        today = in_paris(now).date()
        refuse_past(days, today, past_confirmed)
        refuse_closed_twice(connection, days)
        families = families_of(connection, days_to_close(connection.execute(booked(days, now, commune.policy))))
        if not families:
            refuse_nothing_open(days, commune)
        came = len(connection.execute(booked(days, now, commune.policy, came=True)).all())
        waiting = waiting_count(connection, days)
    return ClosurePreview(days, days.words(commune), families, came, waiting, days.first <= today)


def list_closures(desk: Desk) -> tuple[ClosureRow, ...]:
    """Return the closures, the last first. Raises NotAllowed."""
    closure, line, avoir = t.day_closure.c, t.day_closure_line.c, ClosedDayOutcome.AVOIR.value
    with desk.read(Right.CLOSE_DAYS) as connection:
        commune = desk.commune(connection)
        rows = connection.execute(
            select(t.day_closure, t.agent.c.name)
            .join(t.agent, t.agent.c.id == closure.agent_id)
            .order_by(closure.id.desc())
            .limit(MOST)
        ).all()
        ids = [row.id for row in rows]
        sums = {
            row.closure_id: row
            for row in connection.execute(
                select(
                    line.closure_id,
                    func.count(func.distinct(line.dossier_id)).label("families"),
                    func.count().label("days"),
                    func.sum(case((line.outcome == avoir, t.booking.c.price_cents), else_=0)).label("cents"),
                    func.count(line.restored_booking_id).label("restored"),
                )
                .join(t.booking, t.booking.c.id == line.booking_id)
                .where(line.closure_id.in_(ids))
                .group_by(line.closure_id)
            )
        }
        activities = activities_of(connection, ids)
    found = []
    for row in rows:
        recorded, total = recorded_from(row, activities[row.id]), sums.get(row.id)
        counts = (0, 0, 0, 0) if total is None else (total.families, total.days, int(total.cents), total.restored)
        found.append(ClosureRow(recorded, recorded.days.what_in_words(commune), row.name, *counts))
    return tuple(found)


def view_closure(desk: Desk, closure_id: int) -> ClosureView:
    """Return a closure and its families, by name. Raises ClosureUnknown, NotAllowed."""
    with desk.read(Right.CLOSE_DAYS) as connection:
        return closure_seen(desk, connection, closure_id)


def closure_seen(desk: Desk, connection: Connection, closure_id: int) -> ClosureView:
    """Return what `view_closure` does, within a reading."""
    closure = read_closure(connection, closure_id)
    families = families_of(connection, days_closed(connection, closure_id))
    return ClosureView(closure, closure.days.words(desk.commune(connection)), families)


def _said(preview: ClosurePreview) -> list[str]:
    counts = _counts(preview.families)
    said = [_touched(preview.families), _given(preview.families)]
    if held := counts[ClosedDayOutcome.RELEASED]:
        said.append(
            f"{plural(held, 'journée en attente de paiement libérée', 'journées en attente de paiement libérées')}."
        )
    if debts := counts[ClosedDayOutcome.DEBT_DROPPED]:
        said.append(f"{plural(debts, 'journée due annulée', 'journées dues annulées')} : la dette tombe.")
    if free := counts[ClosedDayOutcome.NOTHING]:
        said.append(f"{plural(free, 'journée gratuite annulée', 'journées gratuites annulées')}, rien à rendre.")
    if late := sum(day.late for family in preview.families for day in family.days):
        words = plural(late, "journée que la famille avait annulée", "journées que les familles avaient annulées")
        said.append(f"{words} hors délai : ce qui a été payé est rendu aussi, le jour n’a pas lieu.")
    if preview.came:
        said.append(f"{plural(preview.came, 'journée gardée', 'journées gardées')} : l’enfant est pointé présent.")
    if preview.waiting:
        said.append(f"{plural(preview.waiting, 'attente retirée', 'attentes retirées')} des listes d’attente.")
    if preview.begun:
        said.append("Des jours sont commencés ou passés : leurs journées sont rendues aussi.")
    said.append(
        "Ces jours sont fermés au calendrier. On peut défaire tant que l’avoir n’a pas servi ; "
        "les attentes, les dettes et les annulations hors délai, non."
    )
    return said


def _done(view: ClosureView) -> list[str]:
    said = [_touched(view.families), _given(view.families)]
    if view.closure.undone_by is not None:
        again = sum(family.restored for family in view.families)
        left = sum(len(family.days) for family in view.families) - again
        words = plural(again, "journée réservée de nouveau", "journées réservées de nouveau")
        said.append(
            f"Défaite ({view.closure.undo_reason}) : {words}, {plural(left, 'reste annulée', 'restent annulées')}."
        )
    if view.closure.is_running:
        said.append("Arrêtée avant la fin : « Continuer » reprend où elle en était.")
    return said


def _touched(families: tuple[ClosedFamily, ...]) -> str:
    if not families:
        return "Aucune famille n’a de journée à annuler."
    days = sum(len(family.days) for family in families)
    children = sum(len({day.child_id for day in family.days}) for family in families)
    return f"{plural(len(families), 'famille')}, {plural(children, 'enfant')}, {plural(days, 'journée')}."


def _given(families: tuple[ClosedFamily, ...]) -> str:
    payers = {day.payer_id for family in families for day in family.days if day.cents}
    total = format_cents(sum(family.avoir_cents for family in families))
    return (
        f"{plural(len(payers), 'avoir')} de {total} en tout, donnés de droit aux payeurs." if payers else "Aucun avoir."
    )


def _counts(families: tuple[ClosedFamily, ...]) -> Counter[ClosedDayOutcome]:
    return Counter(day.outcome for family in families for day in family.days)
