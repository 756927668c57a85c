"""The service's figures as bars of plain characters, one line each; Enter opens the list behind the bar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.columns import Column, fit
from screens.commands import bindings_of
from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.inputs import DateInput
from screens.plain_text import content, plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from screens.wrapping import wrapped
from tui_portail.errors import InvalidInput
from tui_portail.figures import AMOUNTS, Bar, Figure, FigureKind, FigureList, drawn
from tui_portail.services.figure_papers import print_figure
from tui_portail.services.figure_reading import FigureAsked
from tui_portail.services.figures import FigureChoices, figure_choices, list_behind, read_figure
from tui_portail.weeks import monday_of

_BEFORE, _AFTER = timedelta(weeks=3), timedelta(weeks=5)
_SHORTEST_LABEL, _LONGEST_LABEL = 10, 24  # cells of a bar's label
_LEAST_COLUMN = 8
_LEAST_BAR = 12
_TABS = (
    ("F5 Occupation", FigureKind.OCCUPATION),
    ("F6 Présences", FigureKind.ATTENDANCE),
    ("F8 Recettes", FigureKind.REVENUE),
    ("F9 Tranches", FigureKind.BRACKETS),
)


class FiguresScreen(ReadForAgent):
    """One figure at a time, over the days typed above it."""

    AREA = "figures"
    TITLE = "Chiffres"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("figures")
    DEFAULT_CSS = """
    FiguresScreen #figures-period { height: 3; }
    FiguresScreen #figures-period DateInput { width: 1fr; }
    FiguresScreen #figures-tabs { height: 1; padding: 0 1; }
    FiguresScreen #figures-title { height: 1; padding: 0 1; text-style: bold; }
    FiguresScreen #figures-bars { height: 1fr; scrollbar-size-vertical: 1; }
    FiguresScreen #figures-note { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
    """
    HELP = (
        "Entrée sur une barre : la liste de ce qui la fait. t : une activité après l’autre, l : un site après l’autre.\n"
        "Les familles par tranche sont celles d’aujourd’hui, quelles que soient les dates."
    )

    AUTO_FOCUS: ClassVar[str | None] = "#figures-bars"

    def __init__(self) -> None:
        super().__init__()
        self._kind = FigureKind.OCCUPATION
        self._activity = self._site = ""
        self._choices: FigureChoices | None = None
        self._figure: Figure | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The period, which figure, its bars, what they count."""
        monday = monday_of(self.today)
        with Horizontal(id="figures-period"):
            yield DateInput("Du", self.today, f"{monday - _BEFORE:%d/%m/%Y}", past=True, id="from-on")
            yield DateInput("Au", self.today, f"{monday + _AFTER:%d/%m/%Y}", id="until-on")
        yield Static("", id="figures-tabs", markup=False)
        yield Static("", id="figures-title", markup=False)
        yield OptionList(id="figures-bars")
        yield Static("", id="figures-note", markup=False)

    def read(self) -> None:
        """Read what is shown."""
        self.read_figure()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._figure = None
        self.query_one("#figures-bars", OptionList).clear_options()

    @property
    def asked(self) -> FigureAsked:
        """What is asked. Raises InvalidInput."""
        first, last = self.query_one("#from-on", DateInput).day, self.query_one("#until-on", DateInput).day
        if first is None or last is None:
            raise InvalidInput("Donnez les deux dates de la période.")
        return FigureAsked(self._kind, first, last, self._activity, self._site)

    @on(DateInput.Submitted, "#from-on")
    def _first_day_typed(self) -> None:
        self.query_one("#until-on", DateInput).focus_field()

    @on(DateInput.Submitted, "#until-on")
    def _last_day_typed(self) -> None:
        self.read_figure()
        self.query_one("#figures-bars").focus()

    def action_show(self, kind: str) -> None:
        """Show another figure."""
        self._kind, self._activity = FigureKind(kind), ""
        self.message("")
        self.read_figure()
        self.query_one("#figures-bars").focus()

    def action_next_activity(self) -> None:
        """Go from all activities to each in turn."""
        if self._choices is None:
            return
        known = [code for code, _ in self._choices.activities]
        if self._kind is FigureKind.BRACKETS:
            known = list(self._choices.bracket_grids)
        self._activity = _after(self._activity, ["", *known])
        self.read_figure()

    def action_next_site(self) -> None:
        """Go from all sites to each in turn."""
        if self._choices is not None and self._kind is not FigureKind.BRACKETS:
            self._site = _after(self._site, ["", *(code for code, _ in self._choices.sites)])
            self.read_figure()

    @gesture(group="figure", exclusive=True)
    async def read_figure(self) -> None:
        """Count what is asked."""
        tabs = [
            (f"[{name}]  " if kind is self._kind else f" {name}   ", "bold" if kind is self._kind else "")
            for name, kind in _TABS
        ]
        self.query_one("#figures-tabs", Static).update(Content.assemble(*tabs), layout=False)
        if self._choices is None:
            self._choices = await self.ask(figure_choices, self.desk)
        self._figure = await self.ask(read_figure, self.desk, self.asked)
        self._show()

    def on_resize(self) -> None:
        """Draw the bars for the new width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        figure = self._figure
        if figure is None:
            return
        self.query_one("#figures-title", Static).update(content(figure.title), layout=False)
        self.query_one("#figures-note", Static).update(content(figure.note))
        bars = self.query_one("#figures-bars", OptionList)
        kept, width = bars.highlighted, bars.size.width - 3
        bars.set_options(Option(_drawn_bar(figure, bar, width)) for bar in figure.bars)
        bars.highlighted = min(kept or 0, len(figure.bars) - 1) if figure.bars else None
        if not figure.bars:
            self.message("rien à compter sur cette période : changez les dates, l’activité ou le site.")

    @on(OptionList.OptionSelected, "#figures-bars")
    @gesture(group="list")
    async def action_open_list(self) -> None:
        """Open the list behind the bar."""
        place = self.query_one("#figures-bars", OptionList).highlighted
        if self._figure is None or place is None:
            return
        behind = await self.ask(list_behind, self.desk, self.asked, self._figure.bars[place].label)
        await self.app.push_screen_wait(FigureListDialog(behind))

    @gesture(group="print", keys_wait=False)
    async def action_print(self) -> None:
        """Draw the figure and print it."""
        printed = await self.ask(print_figure, self.desk, self.asked)
        self.message(printed.sentence, Kind.DONE)


class FigureListDialog(DeskDialog[None]):
    """The list behind a bar."""

    DEFAULT_CSS = """
    FigureListDialog #dialog { width: 96%; height: 90%; }
    FigureListDialog RecordsList { height: 1fr; }
    """

    def __init__(self, behind: FigureList) -> None:
        super().__init__()
        self.title = behind.title
        self._behind = behind

    def compose_body(self) -> Iterable[Widget]:
        """The rows."""
        widths = [
            max(cell_len(title), *(cell_len(row[place]) for row in self._behind.rows)) if self._behind.rows else 8
            for place, title in enumerate(self._behind.columns)
        ]
        columns = [
            Column(title, width, right=True)
            if title in AMOUNTS
            else Column(title, min(width, _LEAST_COLUMN), share=max(0, width - _LEAST_COLUMN))
            for title, width in zip(self._behind.columns, widths, strict=True)
        ]
        yield RecordsList(columns, id="figure-list", empty="Rien derrière cette barre.")

    def on_mount(self) -> None:
        """Show the rows."""
        records = self.query_one(RecordsList)
        records.show([Record(place, row) for place, row in enumerate(self._behind.rows)])
        records.lines.focus()

    def keys_line(self) -> str:
        """Name the ways out."""
        return "↑ ↓ : parcourir · Échap : fermer"

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()


def _drawn_bar(figure: Figure, bar: Bar, width: int) -> Content:
    """Return a bar: its label, a line a series, what it could be at most as dots, and its words.

    Words too long to stand beside the bars of a figure are under each, on their own line.
    """
    words = plain(bar.words)
    longest = max(cell_len(plain(one.words)) for one in figure.bars)
    wide = max(_SHORTEST_LABEL, *(cell_len(plain(one.label)) for one in figure.bars))
    label_width = min(_LONGEST_LABEL, wide) + 2
    beside = width - label_width - longest - 2 >= _LEAST_BAR
    room = max(_LEAST_BAR, width - label_width - (longest + 2 if beside else 0))
    lines = []
    for place, value in enumerate(bar.values):
        line = drawn(value, figure.largest, room)
        if bar.full is not None and place == 0:
            line += "·" * (round(room * bar.full / figure.largest) - cell_len(line))
        label = plain(bar.label) if place == 0 else f"  {figure.series[place]}"
        said = words if place == 0 and beside else ""
        lines.append(f"{fit(label, label_width - 2)}  {line}{' ' * (room - cell_len(line))}  {said}".rstrip())
    return Content("\n".join(lines if beside else [*lines, *wrapped(f"  {words}", width)]))


def _after(chosen: str, among: list[str]) -> str:
    return among[(among.index(chosen) + 1) % len(among)] if chosen in among else among[0]
