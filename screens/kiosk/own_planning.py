"""« Payer mes journées » : the planning, first to read, with the basket that waits; « Modifier », days ticked, « Valider » (leaflet)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Notice, Tone
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.kiosk.own_days import LEGEND, own_cell_words, own_money_words, window_on
from screens.kiosk.own_grid import OwnGrid
from screens.plain_text import plain
from screens.planning_grid import PlanningGrid
from screens.planning_state import PlanningState
from screens.planning_window import PlanningWindow
from screens.planning_words import refusal_lines, refused_lines
from tui_portail.decision import Decision
from tui_portail.french import plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.planning import CellKey

if TYPE_CHECKING:
    from tui_portail.services.portal_planning import OwnBasket

ONE_DAY_UNDER = 70
"""Columns under which a day is shown, not a week: a telephone."""
LOST = "Vos journées cochées ne sont pas enregistrées : choisissez « Retour » encore une fois pour les oublier."
FORGET = "Toutes vos journées cochées seraient oubliées : choisissez « Tout décocher » encore une fois."
READ_ONLY = "Pour changer vos journées, choisissez d’abord « Modifier »."


class OwnPlanningPage(KioskScreen):
    """The grid, the amount beside it. Nothing is written here: « Valider » leads to the page that does."""

    TITLE = "Payer mes journées"
    CSS_PATH = "own_planning.tcss"
    AUTO_FOCUS = "#grid"
    HELP = (
        "Choisissez « Modifier », puis touchez les journées à ajouter ou à ôter : les flèches vont d’une case à l’autre, Entrée coche. "
        "Le montant et la raison de chaque refus sont écrits à côté. Puis « Valider ».\n\n" + LEGEND
    )

    def __init__(self) -> None:
        super().__init__()
        self.state = PlanningState(self.portal_now)
        self.editing = False
        self._placed = False
        self._sure = ""
        self._basket: OwnBasket | None = None

    def portal_now(self) -> datetime:
        """The portal's clock."""
        return self.portal.desk.now_estimate()

    # -- the page --------------------------------------------------------------------------------------------------------

    def compose_page(self) -> Iterable[Widget]:
        """The week, then the grid and the words."""
        with Horizontal(id="days-head"):
            yield BigButton("◀ Avant", "screen.turn(-1)", key="p", id="before")
            yield Static("", id="days-shown", markup=False)
            yield BigButton("Après ▶", "screen.turn(1)", key="s", id="after")
        with Container(id="own-planning"):
            yield OwnGrid(self.state)
            with VerticalScroll(id="own-pane", can_focus=False):
                yield Static("", id="own-words", markup=False)

    def compose_bar(self) -> Iterable[Widget]:
        """What can be done now, then what always can."""
        yield BigButton("Modifier", "screen.modify", key="m", id="modify", disabled=True)
        yield BigButton("Mon panier", "screen.basket", key="b", id="basket")
        yield BigButton("Valider", "screen.review", key="v", id="review")
        yield BigButton("Tout décocher", "screen.forget", key="d", id="forget")
        yield from super().compose_bar()

    def on_mount(self) -> None:
        """Paint, read, count the basket's minutes."""
        super().on_mount()
        self._show_buttons()
        self.set_interval(5, self._say_all)

    def on_resize(self, event: Resize) -> None:
        """A week where there is room for it, else a day."""
        one_day = event.size.width < ONE_DAY_UNDER
        self.set_class(one_day, "-days")
        if self.state.snapshot is not None:
            self._turn_to(window_on(self._day_shown, one_day=one_day))

    @property
    def grid(self) -> OwnGrid:
        """The grid."""
        return self.query_one(OwnGrid)

    @property
    def _one_day(self) -> bool:
        return self.has_class("-days")

    @property
    def _day_shown(self) -> date:
        days = self.state.window.days
        return days[min(self.grid.column, len(days) - 1)]

    # -- reading ---------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the planning around what is shown, and the basket that waits."""
        self.load(self.state.window if self._placed else window_on(self.today, one_day=self._one_day))

    @gesture(exclusive=True)
    async def load(self, window: PlanningWindow) -> None:
        """Read the days of a window; what is ticked stays."""
        from tui_portail.services.portal_planning import load_own_planning, own_basket  # noqa: PLC0415

        first, last = self.state.span(window)
        snapshot = await self.ask(load_own_planning, self.portal, first, last)
        self._basket = await self.ask(own_basket, self.portal)
        self.state.load(snapshot, window)
        row = column = None
        if not self._placed:
            self._placed = True
            found, row, column = self.state.first_place()
            window = window_on(found.days[column], one_day=self._one_day)
            self.state.show(window)
            column = 0 if self._one_day else column
        self._show(row, column)
        if snapshot.blocked:
            self.say(snapshot.blocked, Tone.PROBLEM)

    def on_screen_resume(self) -> None:
        """Back from another page: days may have been booked or paid meanwhile."""
        if self._placed:
            self.read()

    def _show(self, row: int | None = None, column: int | None = None) -> None:
        self.grid.show_all(row, column)
        self.query_one("#days-shown", Static).update(plain(self.state.window.title))
        self._show_buttons()
        self._say_all()

    def _show_buttons(self) -> None:
        shown = {
            "modify": not self.editing,
            "basket": not self.editing and self._basket is not None,
            "review": self.editing,
            "forget": self.editing and bool(self.state.changes),
        }
        for name, is_shown in shown.items():
            self.query_one(f"#{name}").display = is_shown
        self.query_one("#modify", BigButton).disabled = not self._placed or bool(self.state.loaded.blocked)

    # -- what is said ----------------------------------------------------------------------------------------------------

    @on(PlanningGrid.Moved)
    def _say_all(self) -> None:
        """Write the words beside the grid: the amount first, then the cell, then what is refused."""
        if not self._placed or not self.is_attached:
            return
        state = self.state
        parts: list[str | tuple[str, str]] = []
        if self.editing:
            parts += [("À payer\n", "bold"), f"{own_money_words(state)}\n\n"]
        elif words := self._basket_words():
            parts += [("Votre panier\n", "bold"), f"{words}\n\n"]
        if self.grid.has_rows:
            name, day, said = own_cell_words(state, self.grid.cursor_key)
            parts += [(f"{name}\n", "bold"), day if self._is_said(said) else f"{day}\n{said}"]
        else:
            parts.append("Aucune activité ces jours-là.")
        refusals = {**state.judgement.refusals, **state.refusals}
        if lines := [line for line in refused_lines(state, refusals) if not self._is_said(line)]:
            parts += [("\n\nRefusé\n", "bold"), "\n".join(lines)]
        plain_parts = [plain(part) if isinstance(part, str) else (plain(part[0]), part[1]) for part in parts]
        self.query_one("#own-words", Static).update(Content.assemble(*plain_parts))

    def _is_said(self, sentence: str) -> bool:
        """Say whether a sentence is above the buttons already: it is written once."""
        return f"{sentence[:1].upper()}{sentence[1:]}" in self.query_one(Notice).sentence

    def _basket_words(self) -> str:
        if self._basket is None:
            return ""
        left = self._basket.expires_at - self.state.now
        minutes = max(0, -int(-left.total_seconds() // 60))
        if not minutes:
            return "Le quart d’heure est passé : ces journées ne sont plus gardées."
        until = time_text(in_paris(self._basket.expires_at))
        return f"{format_cents(self._basket.view.due_cents)} à payer avant {until} ({plural(minutes, 'minute')})."

    def action_scroll_pane(self, way: int) -> None:
        """Scroll the words."""
        self.query_one("#own-pane", VerticalScroll).scroll_relative(y=5 * way, animate=False)

    # -- going about -----------------------------------------------------------------------------------------------------

    @on(PlanningGrid.Edge)
    def _past_edge(self, event: PlanningGrid.Edge) -> None:
        window = self.state.window.moved(event.step)
        self.grid.column = 0 if event.step > 0 else len(window.days) - 1
        self._turn_to(window)

    @on(OwnGrid.Left)
    def _to_buttons(self, event: OwnGrid.Left) -> None:
        self.action_move(0, event.step)

    def action_turn(self, step: int) -> None:
        """Show the week, or the day, before or after."""
        if self._placed:
            self._turn_to(self.state.window.moved(step))

    def _turn_to(self, window: PlanningWindow) -> None:
        self.say("")
        if self.state.refusals:
            self.state.refuse({})
        if self.state.covers(window.first_day, window.last_day):
            self.state.show(window)
            self._show()
        else:
            self.load(window)

    def action_basket(self) -> None:
        """Go to what waits to be paid."""
        self.kiosk.go("own_basket")

    # -- ticking ---------------------------------------------------------------------------------------------------------

    def action_modify(self) -> None:
        """Let days be ticked."""
        self.editing = True
        self.say("")
        self._show_buttons()
        self._say_all()
        self.grid.focus()

    @on(PlanningGrid.Pressed)
    def _press(self) -> None:
        if not self.editing:
            self.say(READ_ONLY)
            return
        self._changed(self.state.toggle([self.grid.cursor_key]))

    def action_forget(self) -> None:
        """Untick everything, asked twice: it is one letter."""
        if self._is_sure(FORGET):
            self._changed(self.state.forget())
            self.grid.focus()

    def _is_sure(self, question: str) -> bool:
        """Say a question; return whether it was the last thing asked, hence answered by the second press."""
        if self._sure == question:
            return True
        self._sure = question
        self.say(question, Tone.PROBLEM)
        return False

    def _changed(self, cells: set[CellKey]) -> None:
        self._sure = ""
        self.grid.show_cells(cells)
        self._show_buttons()
        first, *others = refusal_lines(self.state.refusals) or [""]
        more = f" (et {plural(len(others), 'autre raison', 'autres raisons')}, à côté)" if others else ""
        self.say(f"{first}{more}" if first else "", Tone.PROBLEM)
        self._say_all()

    def action_review(self) -> None:
        """Go to the summary: what a press refused was said then, and is not ticked."""
        self._sure = ""
        if self.state.changes:
            self.say("")
            self.state.refuse({})
            self.kiosk.go("own_review", self.state, self.facts_changed)
        else:
            self.say("Rien n’est coché : touchez d’abord une journée.")

    def facts_changed(self, refusals: Mapping[CellKey, Decision]) -> None:
        """« Terminer » was refused: say why; the other ticks stay."""
        self.state.refuse(dict(refusals))
        self.say(next(iter(refusal_lines(refusals)), ""), Tone.PROBLEM)
        self._say_all()

    def action_back(self) -> None:
        """Leave the changes, then the page; days ticked are lost, which is said first."""
        if self.editing and self.state.changes and not self._is_sure(LOST):
            return
        if self.editing:
            self.editing = False
            self.say("")
            self._changed(self.state.forget())
        else:
            super().action_back()

    def wipe(self) -> None:
        """The ticks go with the page."""
        super().wipe()
        self.state.changes = {}
