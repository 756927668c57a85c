"""The menus of a week: one block a day, typed course by course, imported from a file, printed for the wall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.form_fields import Field, Judge, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from tui_portail.errors import InvalidInput
from tui_portail.french import long_date
from tui_portail.menus import COURSE_LABELS, EVERYWHERE, Course, DayMenu, MenuPlan, read_course
from tui_portail.services.menus import (
    WeekMenus,
    plan_words,
    print_week,
    read_menu_file,
    record_menus,
    week_menus,
)
from tui_portail.weeks import monday_of

_MOST_REFUSED = 5


class MenusScreen(ReadForAgent):
    """A week's menus. Whoever is signed in reads them; Enfance/Jeunesse writes them."""

    AREA = "menus"
    TITLE = "Menus"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("menus")
    DEFAULT_CSS = """
    MenusScreen #menus-week { height: 1; padding: 0 1; text-style: bold; }
    MenusScreen #menus { height: 1fr; scrollbar-size-vertical: 1; }
    """
    HELP = (
        "Les allergènes d’un plat s’écrivent entre parenthèses après lui ; plusieurs plats d’un même service sont séparés par « ; ».\n"
        "Le menu d’un site remplace, ce jour-là, celui de tous les sites."
    )

    def __init__(self) -> None:
        super().__init__()
        self._day: date | None = None
        self._scope = EVERYWHERE
        self._week: WeekMenus | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Which week, its days."""
        yield Static("", id="menus-week", markup=False)
        yield OptionList(id="menus")

    def read(self) -> None:
        """Read the week shown, this one first."""
        self._day = self._day or self.today
        self.read_week()

    def forget(self) -> None:
        """Nothing here is reserved: the next agent reads the same."""

    @gesture(group="menus", exclusive=True)
    async def read_week(self) -> None:
        """Read the week's menus."""
        assert self._day is not None  # noqa: S101 (read() gave it)
        self._week = week = await self.ask(week_menus, self.desk, self._day, self._scope)
        days = self.query_one("#menus", OptionList)
        kept = days.highlighted
        days.set_options(Option(_block(week, menu)) for menu in week.days)
        days.highlighted = kept if kept is not None else min(self._day.weekday(), len(week.days) - 1)
        if self.focused is None:
            days.focus()
        where = week.sites.get(self._scope, "tous les sites")
        ends = week.monday + timedelta(days=len(week.days) - 1)
        title = f"Semaine du {long_date(week.monday)} au {long_date(ends)} · {where}"
        self.query_one("#menus-week", Static).update(Content(plain(title)), layout=False)

    def action_move_week(self, step: int) -> None:
        """Show another week."""
        assert self._day is not None  # noqa: S101 (read() gave it)
        self._day = monday_of(self._day) + timedelta(days=7 * step)
        self.query_one("#menus", OptionList).highlighted = 0
        self.message("")
        self.read_week()

    def action_this_week(self) -> None:
        """Come back to today."""
        self._day = self.today
        self.query_one("#menus", OptionList).highlighted = min(self.today.weekday(), 4)
        self.read_week()

    def action_next_site(self) -> None:
        """Go from the menus of all sites to those of each site in turn."""
        if self._week is not None:
            scopes = [EVERYWHERE, *self._week.sites]
            self._scope = scopes[(scopes.index(self._scope) + 1) % len(scopes)]
            self.read_week()

    @on(OptionList.OptionSelected, "#menus")
    @gesture(group="menu")
    async def action_edit(self) -> None:
        """Type the day's menu."""
        place = self.query_one("#menus", OptionList).highlighted
        if self._week is None or place is None:
            return
        if not self.may("PUBLISH"):
            self.reserved("PUBLISH")
            return
        shown = self._week.days[place]
        where = self._week.sites.get(self._scope, "tous les sites")
        if await self.app.push_screen_wait(MenuDialog(shown, self._scope, where)):
            self.message(f"menu du {long_date(shown.day)} enregistré.", Kind.DONE)
            self.read_week()

    @gesture(group="import")
    async def action_import(self) -> None:
        """Record the menus of a file, seen first."""
        plan = await self.app.push_screen_wait(MenuFileDialog())
        if plan is None:
            return
        lines = [plan_words(plan)]
        for one in plan.refused[:_MOST_REFUSED]:
            lines.append(f"Ligne {one.line} laissée : {one.why}")
        if len(plan.refused) > _MOST_REFUSED:
            lines.append(f"… et {len(plan.refused) - _MOST_REFUSED} autres lignes laissées.")
        if not plan.menus:
            self.message(" ".join(lines), Kind.REFUSED)
            return
        lines.append("Ces jours remplacent ceux déjà saisis.")
        if await self.app.push_screen_wait(ConfirmDialog("Importer des menus", lines, yes="Enregistrer")):
            desk, menus = self.desk, plan.menus
            await self.send("import-menus", lambda operation: record_menus(desk, menus, operation))
            self._day = menus[0].day
            self.message(f"{plan_words(plan)} Enregistré.", Kind.DONE)
            self.read_week()

    @gesture(group="print", keys_wait=False)
    async def action_print(self) -> None:
        """Draw the week's poster and print it."""
        assert self._day is not None  # noqa: S101 (read() gave it)
        printed = await self.ask(print_week, self.desk, self._day, self._scope)
        self.message(printed.sentence, Kind.DONE)


class MenuDialog(FormDialog[bool | None]):
    """One line a course, and what is said of the day."""

    WIDE_LABELS = True
    DEFAULT_CSS = "MenuDialog FieldGrid.-one .editor { margin-left: 11; }"

    def __init__(self, menu: DayMenu, scope: str, where: str) -> None:
        super().__init__()
        self.title = f"Menu du {long_date(menu.day)}, {where}"
        self._menu, self._scope = menu, scope

    def form_fields(self) -> Iterable[Field]:
        """The courses in order, the note."""
        for course in Course:
            example = "ex. Lasagnes (gluten, lait)" if course is Course.MAIN else ""
            text = self._menu.course_text(course)
            yield TextField(course.value, COURSE_LABELS[course], text, judge=_judge(course), placeholder=example)
        yield TextField("note", "Note", self._menu.note, placeholder="ex. repas de Noël")

    async def save(self, values: dict[str, object]) -> bool:
        """Record the day."""
        dishes = tuple(dish for course in Course for dish in read_course(course, str(values[course.value])))
        menu = DayMenu(self._menu.day, self._scope, dishes, str(values["note"])[:200])
        desk = self.desk
        await self.send(f"menu-{menu}", lambda operation: record_menus(desk, [menu], operation))
        return True


class MenuFileDialog(FormDialog[MenuPlan | None]):
    """The path of a file of menus, read before anything is written."""

    TITLE = "Importer des menus"
    WIDE_LABELS = True

    def form_fields(self) -> Iterable[Field]:
        """The path."""
        return [TextField("path", "Fichier CSV ou XLSX", placeholder="ex. ~/menus-decembre.csv", judge=_given)]

    def keys_line(self) -> str:
        """Nothing is written yet."""
        return "Entrée : lire le fichier · Échap : annuler"

    async def save(self, values: dict[str, object]) -> MenuPlan:
        """Read the file."""
        return await self.ask(read_menu_file, self.desk, str(values["path"]))


def _given(typed: object) -> object:
    if not typed:
        raise InvalidInput("Donnez le chemin du fichier de menus.")
    return typed


def _judge(course: Course) -> Judge:
    def judge(text: object) -> object:
        return read_course(course, str(text))

    return judge


def _block(week: WeekMenus, menu: DayMenu) -> Content:
    """Return a day: its name, its courses one under the other, whose menu it is when not the site's own."""
    shared = " · menu de tous les sites" if week.scope and menu.dishes and menu.scope == EVERYWHERE else ""
    parts: list[tuple[str, str] | str] = [(f"{long_date(menu.day).capitalize()}{shared}", "bold")]
    if menu.note:
        parts.append(f"\n  {plain(menu.note)}")
    for course in Course:
        if text := menu.course_text(course):
            parts.append(f"\n  {COURSE_LABELS[course]:<10}{plain(text)}")
    if not menu.dishes and not menu.note:
        parts.append(("  rien de saisi", "dim"))
    return Content.assemble(*parts)
