"""The planning of a family: tick days, see what they would do and cost, « Valider », « Terminer »."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget

from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ReasonDialog
from screens.gestures import gesture
from screens.key_names import key_name
from screens.planning_grid import PlanningGrid
from screens.planning_pane import PlanningPane
from screens.planning_review import RefusalsDialog, ReviewDialog
from screens.planning_state import DEROGABLE, PlanningState
from screens.planning_waiting import WaitingFromPlanning
from screens.planning_window import PlanningWindow
from screens.planning_words import refusal_lines, refused_lines
from tui_portail.decision import Decision
from tui_portail.french import plural, run_of_days
from tui_portail.planning import CellKey, Tick
from tui_portail.services.booking import FinishedChanges
from tui_portail.services.planning import load_planning


class PlanningScreen(WaitingFromPlanning):
    """The grid, its pane, and what each key ticks. The rules are in `tui_portail.planning_ticks`; the state in `PlanningState`."""

    AREA = "planning"
    TITLE = "Planning"
    CSS_PATH = "planning.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("planning")
    HELP = (
        "·  libre        +  à ajouter     -  à retirer\n"
        "R  réservé et payé   A  en attente de paiement   D  dû   x  annulé\n"
        "L  limite passée     C  complet    P  pièce manquante\n"
        "e  en liste d’attente    o  place proposée à l’enfant\n"
        "!  impossible (phrase à droite)\n"
        "y r a d  comme + R A D, payé par un autre payeur que d’habitude"
    )
    unsaved_question: ClassVar[str] = "Les journées cochées ne sont pas validées : elles seront oubliées."

    def __init__(self, dossier_id: int, at: CellKey | None = None) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._at = at
        self.state = PlanningState(self.desk.now_estimate)
        self._placed = False

    def compose_body(self) -> Iterable[Widget]:
        """The grid on the left, the pane on the right (below it for a month on a small terminal)."""
        with Container(id="planning"):
            yield PlanningGrid(self.state)
            yield PlanningPane(self.state)

    def on_mount(self) -> None:
        """Load around today, or the cell asked for."""
        self.load(PlanningWindow(self._at.day if self._at else self.today))

    @property
    def grid(self) -> PlanningGrid:
        """The grid."""
        return self.query_one(PlanningGrid)

    # -- loading ---------------------------------------------------------------------------------------------------------

    @gesture(group="planning", exclusive=True)
    async def load(self, window: PlanningWindow) -> None:
        """Read the days of a window and show them; the cursor stays, or goes where the commonest act begins."""
        await self._read(window)
        if not self._placed:
            self._placed = True
            window, row, column = self.state.first_place(self._at)
            self.state.show(window)
            self._show(row, column)
        else:
            self._show()

    async def _read(self, window: PlanningWindow, *more: date) -> None:
        first_day, last_day = self.state.span(window, *more)
        snapshot = await self.ask(load_planning, self.desk, self._dossier_id, first_day, last_day)
        self.state.load(snapshot, window)
        self.title = f"Planning {snapshot.dossier_label}"
        self.portail.show_header()
        if snapshot.blocked:
            self.message(snapshot.blocked, Kind.REFUSED)

    async def read(self, *more: date) -> None:
        """Read the planning again, these days included; what is shown and ticked stays."""
        await self._read(self.state.window, *more)

    def action_reload(self) -> None:
        """Read the planning again; what is ticked stays."""
        self.load(self.state.window)

    def _look_through(self, window: PlanningWindow, column: int | None = None) -> None:
        """Show a window, reading it if it is not loaded; what was refused in the one left is said no more."""
        if self.state.refusals:
            self.state.refuse({})
            self.message("")
        self.set_class(window.month, "-month")
        if self.state.covers(window.first_day, window.last_day):
            self.state.show(window)
            self._show(None, column)
        else:
            if column is not None:
                self.grid.column = column
            self.load(window)

    def show_all(self) -> None:
        """Paint everything again; the cursor stays."""
        self._show()

    def _show(self, row: int | None = None, column: int | None = None) -> None:
        self.grid.show_all(row, column)
        self.query_one(PlanningPane).show_money()
        self.refresh_bindings()

    def changed(self, cells: set[CellKey]) -> None:
        """Paint what changed and say what it costs; refusals of the gesture are said at once."""
        self.grid.forget_range()
        self.grid.show_cells(cells)
        pane = self.query_one(PlanningPane)
        pane.show_cell(self.grid.cursor_key if self.grid.has_rows else None)
        pane.show_money()

    # -- moving ----------------------------------------------------------------------------------------------------------

    @on(PlanningGrid.Moved)
    def _say_cell(self) -> None:
        self.query_one(PlanningPane).show_cell(self.grid.cursor_key if self.grid.has_rows else None)

    @on(PlanningGrid.Edge)
    def _past_edge(self, event: PlanningGrid.Edge) -> None:
        window = self.state.window.moved(event.step)
        self._look_through(window, 0 if event.step > 0 else len(window.days) - 1)

    def action_later(self) -> None:
        """Go to the next week or month."""
        self._look_through(self.state.window.moved(1))

    def action_earlier(self) -> None:
        """Go to the week or month before."""
        self._look_through(self.state.window.moved(-1))

    def action_today(self) -> None:
        """Go back to today's week or month."""
        window = self.state.window.showing(self.today)
        self._look_through(window, min((self.today - window.first_day).days, len(window.days) - 1))

    def action_toggle_window(self) -> None:
        """Change between week and month, around the cursor."""
        if self.state.snapshot is None:
            return
        day = self.state.window.days[self.grid.column]
        window = self.state.window.toggled(day)
        column = (day - window.first_day).days
        line = self.state.rows[self.grid.row] if self.state.rows else None
        self._look_through(window, min(column, len(window.days) - 1))
        for place, row in enumerate(self.state.rows):
            if line is not None and (row.child_id, row.activity) == (line.child_id, line.activity):
                self.grid.go(place, self.grid.column)

    def action_next_child(self) -> None:
        """Go to the next child, on the same activity if it has it."""
        self._to_child(1)

    def action_previous_child(self) -> None:
        """Go to the child before."""
        self._to_child(-1)

    def _to_child(self, step: int) -> None:
        rows = self.state.rows
        if not rows:
            return
        children = list(dict.fromkeys(row.child_id for row in rows))
        here = rows[self.grid.row]
        wanted = children[(children.index(here.child_id) + step) % len(children)]
        places = [place for place, row in enumerate(rows) if row.child_id == wanted]
        same = next((place for place in places if rows[place].activity == here.activity), places[0])
        self.grid.go(same, self.grid.column)

    # -- ticking ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ticking needs a loaded planning with at least one row."""
        if action in _NEED_ROWS and not (self.is_mounted and self.grid.has_rows):
            return None
        return super().check_action(action, parameters)

    @on(PlanningGrid.Pressed)
    def action_tick(self) -> None:
        """Tick or untick the cell, or the range."""
        self.changed(self.state.toggle(self.grid.selected_keys))
        self._say_refusals()

    def action_tick_break(self) -> None:
        """Tick or untick the cell without what goes with it: the meal leaves, the break stays."""
        self.changed(self.state.toggle(self.grid.selected_keys, keep_brought=True))
        self._say_refusals()

    def action_tick_week(self) -> None:
        """Tick the row's week."""
        self.changed(self.state.week(self.grid.cursor_key))
        self._say_refusals()

    def action_tick_siblings(self) -> None:
        """Tick the week for every child on the same activity."""
        self.changed(self.state.week(self.grid.cursor_key, siblings=True))
        self._say_refusals()

    def action_copy_week(self) -> None:
        """Copy the week on the next one and go there."""
        self.copy_week(self.state.window.days[self.grid.column])

    @gesture(group="planning", exclusive=True)
    async def copy_week(self, day: date) -> None:
        """Copy a week forward, reading the next one if need be."""
        following = PlanningWindow(day).moved(1)
        if not self.state.covers(following.first_day, following.last_day):
            await self._read(self.state.window, following.last_day)
        changed = self.state.copy_week(day)
        if not self.state.window.month:
            self.state.show(following)
            self._show()
        self.changed(changed)
        self._say_refusals()

    def action_tick_weekday(self) -> None:
        """Tick the same weekday until the holidays."""
        self.tick_weekday(self.grid.cursor_key)

    @gesture(group="planning", exclusive=True)
    async def tick_weekday(self, key: CellKey) -> None:
        """Tick a weekday until the holidays, reading the days not loaded yet."""
        last = self.state.last_of_term(key.day)
        if not self.state.covers(key.day, last):
            await self._read(self.state.window, last)
        self.changed(self.state.weekday(key))
        self._say_refusals()

    @gesture(group="reason")
    async def action_derogate(self) -> None:
        """Ask for the reason, then add the cells past their limit, or for want of a paper."""
        keys = [key for key in self.grid.selected_keys if self.state.view(key).state in DEROGABLE]
        if not keys:
            self.message(
                "ni limite passée ni pièce manquante pour cette journée : aucune dérogation n’est nécessaire.",
                Kind.REFUSED,
            )
            return
        passed = self.state.passed_by_derogation(keys[0])
        reason = await self.app.push_screen_wait(ReasonDialog("Dérogation", passed))
        if reason:
            self.changed(self.state.derogate(keys, reason))
            self._say_refusals()

    async def _days_to_charge(self) -> list[CellKey] | None:
        """Return the days ticked in the range, or in the row's week, the agent choosing if need be; None when given up."""
        keys = [k for k in self.grid.selected_keys if (c := self.state.changes.get(k)) and c.tick is Tick.ADD]
        if len(self.grid.selected_keys) > 1:
            return keys
        week = list(self.state.added_this_week(self.grid.cursor_key))
        if not keys or len(week) == 1:
            return week
        choices = [f"Les {len(week)} journées cochées de la semaine", "Cette journée seulement"]
        place = await self.app.push_screen_wait(ChoiceDialog("Autre payeur", "Pour quelles journées ?", choices))
        return None if place is None else week if place == 0 else keys

    @gesture(group="reason")
    async def action_choose_payer(self) -> None:
        """Charge the row's days ticked this week, or the range, to another payer: one reason for all of them."""
        snapshot = self.state.loaded
        keys = await self._days_to_charge()
        if keys is None:
            return
        if not keys:
            self.message("cochez d’abord la journée à ajouter, puis choisissez son payeur.", Kind.REFUSED)
            return
        present = self.state.payer_of(keys[0])
        others = [payer for payer in snapshot.payers if payer.payer_id != present]
        if not others:
            self.message("ce dossier n’a qu’un payeur.", Kind.REFUSED)
            return
        chosen: int | None = 0
        if len(others) > 1:
            chosen = await self.app.push_screen_wait(ChoiceDialog("Payeur", "", [payer.name for payer in others]))
        if chosen is None:
            return
        payer = others[chosen]
        days = run_of_days(key.day for key in keys)
        dialog = ReasonDialog(f"Faire payer {payer.name}", f"{days[:1].upper()}{days[1:]}. Pourquoi ce payeur ?")
        reason = await self.app.push_screen_wait(dialog)
        if reason:
            self.changed(self.state.charge(keys, payer.payer_id, reason))

    def action_forget(self) -> None:
        """Untick everything."""
        self.changed(self.state.forget())
        self.message("")

    def _say_refusals(self) -> None:
        first, *others = refusal_lines(self.state.refusals) or [""]
        if not others:
            self.message(first, Kind.REFUSED if first else Kind.INFO)
            return
        key = next(
            (key for key, active in self.active_bindings.items() if active.binding.id == "planning.refusals"), ""
        )
        more = f"{plural(len(others), 'autre motif', 'autres motifs')}, touche {key_name(key)}"
        room = 3 * (self.size.width - 2) - 24  # the bar has three lines: what lacks room must never be the key
        self.message(f"{first} (et {more})" if len(first) + len(more) < room else f"(et {more}) {first}", Kind.REFUSED)

    def action_show_refusals(self) -> None:
        """Show every refusal whole, the cell under the cursor first."""
        state = self.state
        found = dict(state.refusals)
        if self.grid.has_rows and (refusal := state.why_not(self.grid.cursor_key)) and not refusal.accepted:
            found = {self.grid.cursor_key: refusal, **found}
        lines = refused_lines(state, {**found, **state.judgement.refusals}, with_source=True)
        if lines:
            self.app.push_screen(RefusalsDialog(lines))
        else:
            self.message("Rien n’est refusé.")

    # -- finishing -------------------------------------------------------------------------------------------------------

    def has_unsaved(self) -> bool:
        """Ticked days are lost on leaving."""
        return bool(self.state.changes)

    @gesture(group="review")
    async def action_review(self) -> None:
        """Show what would be done; once done, go to what is to be paid."""
        if not self.state.changes and self.state.refusals:
            self.action_show_refusals()
            return
        if not self.state.changes:
            self.message("rien n’est coché : Espace coche une journée, w la semaine.", Kind.INFO)
            return
        answer = await self.app.push_screen_wait(ReviewDialog(self.state))
        if isinstance(answer, FinishedChanges):
            self.state.forget()
            self._go_to_finished(answer)
        elif isinstance(answer, Mapping):
            await self._facts_changed(answer)

    def _go_to_finished(self, done: FinishedChanges) -> None:
        from screens.finished import FinishedScreen  # noqa: PLC0415  shown after the planning only

        self.app.switch_screen(FinishedScreen(self._dossier_id, done))

    async def _facts_changed(self, refusals: Mapping[CellKey, Decision]) -> None:
        """Read again and show what « Terminer » refused; the other ticks stay."""
        await self._read(self.state.window)
        self.state.refuse(dict(refusals))
        self._show()
        self._say_refusals()


_NEED_ROWS = frozenset(
    {
        "tick",
        "tick_break",
        "tick_week",
        "tick_siblings",
        "tick_weekday",
        "copy_week",
        "derogate",
        "choose_payer",
        "review",
        "usual_week",
        "copy_sibling",
        "wait",
    }
)
