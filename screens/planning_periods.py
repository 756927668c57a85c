"""Ticking a whole period on the planning: a usual week, a brother's or sister's days; what is refused is gathered in one dialog."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from screens.bars import Kind
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from screens.period_dialogs import ChildWeek, Period, PeriodDialog, UsualWeeksDialog
from screens.planning_grid import PlanningGrid
from screens.planning_review import RefusalsDialog
from screens.planning_state import PlanningState
from screens.planning_words import gathered_lines
from tui_portail.french import elide, plural
from tui_portail.period_ticks import (
    added_by,
    days_of_sibling,
    tick_over_period,
    until_end_of_year,
    week_keys_between,
    week_on,
)
from tui_portail.planning import CellKey, PlanningSnapshot
from tui_portail.planning_ticks import Ticked

Keys = Callable[[PlanningSnapshot], tuple[CellKey, ...]]


class PeriodTicking(DeskScreen):
    """What the planning screen does over many days."""

    state: PlanningState

    @property
    def grid(self) -> PlanningGrid:
        """The grid."""
        raise NotImplementedError

    async def read(self, *more: date) -> None:
        """Read the planning again, these days included."""
        raise NotImplementedError

    def show_all(self) -> None:
        """Paint everything again."""
        raise NotImplementedError

    def changed(self, cells: set[CellKey]) -> None:
        """Paint what changed."""
        raise NotImplementedError

    @gesture(group="period")
    async def action_usual_week(self) -> None:
        """Choose a week of the child under the cursor, or keep the one shown; then apply it from a day to a day."""
        state, key = self.state, self.grid.cursor_key
        snapshot, child = state.loaded, state.loaded.child(key.child_id)
        rules = sorted(snapshot.commune.policy.activities.values(), key=lambda rule: (rule.order, rule.code))
        labels = {rule.code: rule.label for rule in rules}
        shown = week_on(snapshot, state.changes, child.child_id, key.day, state.now)
        week = ChildWeek(snapshot.dossier_id, child.child_id, child.first_name, shown, labels)
        days = await self.app.push_screen_wait(UsualWeeksDialog(week))
        if days is None:
            return
        family = [one.child_id for one in snapshot.children]
        period = await self._ask_period(
            f"Appliquer la semaine {elide('de', child.first_name)}",
            "Ce qui est déjà réservé ou coché reste.",
            siblings=len(family) > 1,
        )
        if period is not None:
            children = family if period.siblings else [child.child_id]
            await self._tick(period, lambda _: week_keys_between(days, children, period.first, period.last))

    @gesture(group="period")
    async def action_copy_sibling(self) -> None:
        """Give the child under the cursor the days that a brother or sister has, booked or ticked, over a period."""
        state = self.state
        snapshot, child = state.loaded, state.loaded.child(self.grid.cursor_key.child_id)
        others: list[tuple[object, str]] = [
            (one.child_id, one.first_name) for one in snapshot.children if one.child_id != child.child_id
        ]
        if not others:
            self.message("cet enfant n’a ni frère ni sœur dans ce dossier.", Kind.REFUSED)
            return
        period = await self._ask_period(
            f"Copier pour {child.first_name}",
            "Les journées réservées ou cochées du frère ou de la sœur sont cochées aussi.",
            question=("Les jours de", others),
        )
        if period is not None:
            sibling = int(str(period.of))
            await self._tick(
                period,
                lambda now_read: days_of_sibling(
                    now_read, state.changes, sibling, child.child_id, period.first, period.last, state.now
                ),
            )

    async def _ask_period(
        self,
        title: str,
        words: str,
        *,
        siblings: bool = False,
        question: tuple[str, list[tuple[object, str]]] | None = None,
    ) -> Period | None:
        """Ask for the days: from today or the first day shown, to the end of it, the next holidays or the end of the school year."""
        window, calendar = self.state.window, self.state.loaded.commune.calendar
        first = max(self.today, window.first_day)
        term = self.state.last_of_term(first)
        friday = max(first, term - timedelta(days=max(0, term.weekday() - 4)))
        ends = [
            (friday, "les vacances"),
            (until_end_of_year(calendar, first), "la fin de l’année scolaire"),
        ]
        if question is not None and window.last_day >= first:  # a sibling's days: those one sees
            ends.insert(0, (window.last_day, "la fin de ce qui est affiché"))
        dialog = PeriodDialog(title, words, calendar, first, ends, siblings=siblings, question=question)
        return await self.app.push_screen_wait(dialog)

    async def _tick(self, period: Period, keys: Keys) -> None:
        """Read the period if need be, tick it in a thread, say how much was ticked and all that is refused."""
        state = self.state
        if not state.covers(period.first, period.last):
            self.message("lecture de la période…", Kind.WAIT)
            await self.read(period.first, period.last)
        snapshot, before, now = state.loaded, state.changes, state.now

        def tick() -> Ticked:
            return tick_over_period(snapshot, before, keys(snapshot), now)

        ticked = await self.ask(tick)
        self.changed(state.take(ticked))
        count = plural(len(added_by(before, ticked.changes)), "journée cochée", "journées cochées")
        if ticked.refusals:
            self.message(f"{count}. v : valider.")
            lines = gathered_lines(state, ticked.refusals)
            refused = plural(len(ticked.refusals), "refusée", "refusées")
            await self.app.push_screen_wait(RefusalsDialog([f"{count}, {refused} :", *lines]))
        elif ticked.changes == before:
            self.message("rien à cocher sur cette période : tout y est déjà, ou l’activité n’a pas lieu ces jours-là.")
        else:
            self.message(f"{count}, rien n’est refusé. v : valider.")
