"""The menus of a week, allergens after each dish; one week or the next, a site's own where it has one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import plain
from tui_portail.french import long_date
from tui_portail.menus import COURSE_LABELS, EVERYWHERE, Course, DayMenu

if TYPE_CHECKING:
    from tui_portail.services.menus import WeekMenus


class MenusPage(KioskScreen):
    """The week shown; this one first."""

    TITLE = "Menus de la cantine"
    HELP = (
        "« ◀ Semaine » et « Semaine ▶ » changent de semaine. Les allergènes sont écrits entre parenthèses après chaque plat. "
        "Les flèches montrent la suite de la page."
    )
    AUTO_FOCUS = "#after"

    def __init__(self) -> None:
        super().__init__()
        self._monday: date | None = None
        self._scope = EVERYWHERE
        self._week: WeekMenus | None = None

    def compose_page(self) -> Iterable[Widget]:
        """The week, its days."""
        yield Static("", id="week", classes="paragraph strong", markup=False)
        yield Static("", id="days", classes="paragraph", markup=False)

    def compose_bar(self) -> Iterable[Widget]:
        """One week or the next, which site."""
        yield BigButton("◀ Semaine", "screen.week(-1)", key="p", id="before")
        yield BigButton("Semaine ▶", "screen.week(1)", key="s", id="after")
        yield BigButton("Autre site", "screen.site", key="a", id="site")
        yield from super().compose_bar()

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read the week's menus."""
        from tui_portail.services.portal_public import public_menus  # noqa: PLC0415

        self._week = week = await self.ask(public_menus, self.portal, self._monday, self._scope)
        self._monday = week.monday
        where = week.sites.get(self._scope, "tous les sites")
        ends = week.monday + timedelta(days=len(week.days) - 1)
        title = f"Du {long_date(week.monday)} au {long_date(ends)} ({where})"
        self.query_one("#week", Static).update(plain(title))
        self.query_one("#days", Static).update(_days(week.days))

    def action_week(self, step: int) -> None:
        """Show another week."""
        if self._monday is not None:
            self._monday += timedelta(days=7 * step)
            self.read()

    def action_site(self) -> None:
        """Go from the menus of all sites to those of each site in turn."""
        if self._week is not None:
            scopes = [EVERYWHERE, *self._week.sites]
            self._scope = scopes[(scopes.index(self._scope) + 1) % len(scopes)]
            self.read()


def _days(menus: Iterable[DayMenu]) -> Content:
    parts: list[tuple[str, str] | str] = []
    for menu in menus:
        parts.append((f"{long_date(menu.day).capitalize()}\n", "bold"))
        if menu.note:
            parts.append(f"  {plain(menu.note)}\n")
        parts += [
            f"  {COURSE_LABELS[course]} : {plain(text)}\n" for course in Course if (text := menu.course_text(course))
        ]
        if not menu.dishes and not menu.note:
            parts.append("  pas de menu\n")
        parts.append("\n")
    return Content.assemble(*parts)
