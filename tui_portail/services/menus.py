"""The menus of the week: read by everybody, typed or imported by Enfance/Jeunesse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from models import tables as t
from tui_portail.commune import Commune
from tui_portail.errors import InvalidInput
from tui_portail.french import plural
from tui_portail.imports.files import FileNotUnderstood
from tui_portail.instants import in_paris
from tui_portail.menus import (
    ALLERGENS,
    COURSE_LABELS,
    EVERYWHERE,
    Course,
    DayMenu,
    Dish,
    MenuPlan,
    RefusedLine,
    read_menus,
)
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.imports import read_import_file
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper
from tui_portail.services.rights import Right
from tui_portail.weeks import monday_of

SCHOOL_WEEK = 5


@dataclass(frozen=True, slots=True)
class WeekMenus:
    """The menus from Monday to Friday, whether at a site or for all, and the sites that may have their own."""

    monday: date
    scope: str
    menus: tuple[DayMenu, ...]
    sites: Mapping[str, str]

    def on(self, day: date) -> DayMenu:
        """Return the day's menu: the site's own, else that of all, else an empty one."""
        found = {menu.scope: menu for menu in self.menus if menu.day == day}
        return found.get(self.scope) or found.get(EVERYWHERE) or DayMenu(day, self.scope, ())

    @property
    def days(self) -> tuple[DayMenu, ...]:
        """The five days in order."""
        return tuple(self.on(self.monday + timedelta(days=step)) for step in range(SCHOOL_WEEK))


def week_menus(desk: Desk, day: date, scope: str = EVERYWHERE) -> WeekMenus:
    """Return the menus of a day's week, whoever is signed in: menus are for everyone."""
    with desk.read() as connection:
        return week_menus_within(connection, desk.commune(connection), day, scope)


def week_menus_within(connection: Connection, commune: Commune, day: date, scope: str = EVERYWHERE) -> WeekMenus:
    """Return the menus of a day's week, within a transaction."""
    monday = monday_of(day)
    menus = menus_between(connection, monday, monday + timedelta(days=SCHOOL_WEEK - 1), scope)
    return WeekMenus(monday, scope, menus, {site.code: site.name for site in commune.sites})


def menus_between(connection: Connection, first: date, last: date, scope: str = EVERYWHERE) -> tuple[DayMenu, ...]:
    """Return the menus of these days, those for all and those of the site, by day."""
    menu, dish = t.menu.c, t.menu_dish.c
    rows = connection.execute(
        select(menu.id, menu.day, menu.scope, menu.note, dish.course, dish.label, dish.allergens)
        .outerjoin(t.menu_dish, dish.menu_id == menu.id)
        .where(menu.day.between(first, last), menu.scope.in_({EVERYWHERE, scope}))
        .order_by(menu.day, menu.scope, dish.rank)
    ).all()
    dishes: defaultdict[tuple[date, str, str], list[Dish]] = defaultdict(list)
    for row in rows:
        found = dishes[row.day, row.scope, row.note]
        if row.label is not None:
            found.append(Dish(Course(row.course), row.label, tuple(row.allergens.split())))
    return tuple(DayMenu(day, of, tuple(found), note) for (day, of, note), found in dishes.items())


def record_menus(desk: Desk, menus: Sequence[DayMenu], operation: str) -> int:
    """Record whole days, in place of what they had; one without dish nor note is taken out. Return how many days.

    Raises InvalidInput for an unknown site, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        sites = {site.code for site in gesture.commune.sites} | {EVERYWHERE}
        for menu in menus:
            if menu.scope not in sites:
                raise InvalidInput(
                    f"« {menu.scope} » n’est plus un site de la commune. Rouvrez les menus et recommencez."
                )
            _write(gesture, menu)
        days = sorted(menu.day.isoformat() for menu in menus)
        details = {"from": days[0], "until": days[-1]} if days else {}
        return Done({"days": len(menus)}, "menu", days[0] if days else "", details=details)

    def answer(kept: Mapping[str, Any]) -> int:
        return int(kept["days"])

    content = [
        [menu.day, menu.scope, menu.note, [[d.course, d.label, d.allergens] for d in menu.dishes]] for menu in menus
    ]
    return perform(desk, "enregistrer_menus", Right.PUBLISH, operation, content, work, answer)


def _write(gesture: Gesture, menu: DayMenu) -> None:
    connection, found = gesture.connection, t.menu.c
    here = (found.day == menu.day, found.scope == menu.scope)
    menu_id = connection.scalar(select(found.id).where(*here).with_for_update())
    if menu_id is not None:
        connection.execute(delete(t.menu_dish).where(t.menu_dish.c.menu_id == menu_id))
    if not menu.dishes and not menu.note:
        if menu_id is not None:
            connection.execute(delete(t.menu).where(found.id == menu_id))
        return
    values = {"note": menu.note, "recorded_at": gesture.now, "agent_id": gesture.agent.agent_id}
    if menu_id is None:
        menu_id = connection.execute(
            insert(t.menu).values(day=menu.day, scope=menu.scope, **values).returning(found.id)
        ).scalar_one()
    else:
        connection.execute(update(t.menu).where(found.id == menu_id).values(**values))
    if menu.dishes:
        connection.execute(
            insert(t.menu_dish),
            [
                {
                    "menu_id": menu_id,
                    "rank": rank,
                    "course": dish.course.value,
                    "label": dish.label,
                    "allergens": " ".join(dish.allergens),
                }
                for rank, dish in enumerate(menu.dishes)
            ],
        )


def read_menu_file(desk: Desk, typed: str) -> MenuPlan:
    """Return what a CSV (or a workbook) of menus holds, nothing written. Raises InvalidInput, FileNotUnderstood, NotAllowed."""
    with desk.read(Right.PUBLISH) as connection:
        sites = {site.code: site.name for site in desk.commune(connection).sites}
    source = read_import_file(typed)
    plan = read_menus(source.header, [(one.line, one.cells) for one in source.records if not one.problem], sites)
    unread = tuple(RefusedLine(one.line, one.problem) for one in source.records if one.problem)
    if not plan.menus and not plan.refused and not unread:
        raise FileNotUnderstood("Ce fichier n’a aucun menu sous sa ligne de titres.")
    return MenuPlan(plan.menus, tuple(sorted((*plan.refused, *unread), key=lambda one: one.line)))


def print_week(desk: Desk, day: date, scope: str = EVERYWHERE) -> PrintedDocument:
    """Draw the poster of a week's menus and hand it to the printer. Raises NotAllowed."""
    from receipts.menu_poster import MenuPoster, PosterDay, PosterDish, draw_menu_poster  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    week = week_menus(desk, day, scope)
    with desk.read() as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    days = tuple(
        PosterDay(
            menu.day,
            tuple(
                PosterDish(
                    COURSE_LABELS[course],
                    tuple(
                        (one.label, ", ".join(ALLERGENS[code] for code in one.allergens))
                        for one in menu.dishes
                        if one.course is course
                    ),
                )
                for course in Course
                if any(one.course is course for one in menu.dishes)
            ),
            menu.note or commune.calendar.public_holidays.get(menu.day, ""),
        )
        for menu in week.days
    )
    where = week.sites.get(scope, "")
    identity, fictitious = commune.identity, commune.policy.fictitious
    poster = MenuPoster(identity.name, identity.service, where, days, now, fictitious)
    name = f"menus-{week.monday:%Y-%m-%d}-{in_paris(now):%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_menu_poster(poster)))


def plan_words(plan: MenuPlan) -> str:
    """Say what a file would record."""
    if not plan.menus:
        return "Aucun menu à enregistrer."
    first, last = plan.menus[0].day, plan.menus[-1].day
    dishes = sum(len(menu.dishes) for menu in plan.menus)
    return f"{plural(len(plan.menus), 'jour')} du {first:%d/%m/%Y} au {last:%d/%m/%Y}, {plural(dishes, 'plat')}."
