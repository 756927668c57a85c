"""The frame of every page: commune, title, the page, what happened, and the buttons that are always there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.events import Key
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Notice, PageBody, Tone, TopLine, WideTitle
from screens.kiosk.gestures import NOT_LINKED, TERMS, KioskGestures
from tui_portail.errors import PortailError
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from datetime import date

    from screens.kiosk.app import KioskApp
    from tui_portail.services.portal import Portal

LETTERS_TYPED = (Input, TextArea)


class KioskScreen(KioskGestures, Screen[None]):
    """Subclasses give `TITLE`, `HELP` and `compose_page`; `read` is called when the page is shown.

    Inside, `self.portal` is the portal of this visit, `await self.ask(call, …)` reads, `await self.send(name, call)` writes, in methods
    marked `@gesture`; `self.say` shows a sentence, `self.kiosk.go(place, …)` opens a page of `destinations`.
    """

    TITLE = ""
    HELP = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Retour", show=False),
        Binding("f1", "help", "Aide", show=False),
        Binding("up", "move(0, -1)", show=False),
        Binding("down", "move(0, 1)", show=False),
        Binding("left", "move(-1, 0)", show=False),
        Binding("right", "move(1, 0)", show=False),
        Binding("pageup", "scroll_pane(-1)", show=False),
        Binding("pagedown", "scroll_pane(1)", show=False),
    ]
    BACK = "Retour"
    """What the Escape button says."""
    keeps_awake = False
    """Whether the rest does not count here for now: a page is being paid on somebody's telephone."""
    AUTO_FOCUS = "PageBody Input, PageBody TextArea, PageBody BigButton, #bar BigButton"

    @property
    def kiosk(self) -> KioskApp:
        """The application."""
        return cast("KioskApp", self.app)

    @property
    def portal(self) -> Portal:
        """The portal of this visit: nothing of the one before is in it."""
        return self.kiosk.portal

    @property
    def today(self) -> date:
        """The day in Paris."""
        return in_paris(self.portal.desk.now_estimate()).date()

    def compose(self) -> Iterable[Widget]:
        """The frame and, in it, the page."""
        yield TopLine()
        yield WideTitle(self.title or self.TITLE)
        with PageBody(id="page"):
            yield from self.compose_page()
        yield Notice()
        with Grid(id="bar"):
            yield from self.compose_bar()

    def compose_page(self) -> Iterable[Widget]:
        """The page's own widgets."""
        return ()

    def compose_bar(self) -> Iterable[Widget]:
        """The buttons at the bottom of every page; a page may put its own before them."""
        yield BigButton(self.BACK, "screen.back", shown="Échap")
        yield BigButton("Aide", "screen.help", shown="F1")
        yield BigButton("Quitter", "app.quit_visit", id="quit")

    def on_mount(self) -> None:
        """Paint, then read."""
        self.call_after_refresh(self.read)

    def read(self) -> None:
        """Read what the page shows."""

    # -- what is said ----------------------------------------------------------------------------------------------------

    def say(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        """Show a sentence above the buttons until the next gesture; an empty one hides it."""
        self.query_one(Notice).show(sentence, tone)

    def retitle(self, title: str) -> None:
        """Take another title."""
        self.query_one(WideTitle).show(title)

    # -- going about -----------------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Go one page back."""
        self.kiosk.go_back(self)

    def action_help(self) -> None:
        """Say what to do here."""
        from screens.kiosk.help import HelpPage  # noqa: PLC0415  when asked

        self.app.push_screen(HelpPage(self.title or self.TITLE, self.HELP))

    def on_key(self, event: Key) -> None:
        """Press the button whose letter it is, where nothing is being typed."""
        if isinstance(self.focused, LETTERS_TYPED):
            return
        for button in self.query(BigButton):
            if button.key and button.key == event.key and button.display and not button.disabled:
                event.stop()
                button.press()
                return

    def action_move(self, right: int, down: int) -> None:
        """Go to the nearest button or field that way; a page to read scrolls first."""
        page = self.query_one(PageBody)
        inside = [widget for widget in self.focus_chain if page in widget.ancestors]
        if down and not inside and (page.scroll_y < page.max_scroll_y if down > 0 else page.scroll_y > 0):
            page.scroll_relative(y=2 * down, animate=False)
            return
        if (nearest := self._nearest(right, down)) is not None:
            nearest.focus()
        elif down < 0:
            page.scroll_home(animate=False)

    def action_scroll_pane(self, way: int) -> None:
        """Scroll what is read by a page, wherever the focus is."""
        page = self.query_one(PageBody)
        page.scroll_relative(y=way * max(1, page.size.height - 1), animate=False)

    def _nearest(self, right: int, down: int) -> Widget | None:
        """Return the nearest widget that way, in the page before the bar: what is scrolled out of sight is not below the bar."""
        if self.focused is None:
            return next(iter(self.focus_chain), None)
        page, here = self.query_one(PageBody), self.focused.region
        is_inside = page in self.focused.ancestors
        same = [widget for widget in self.focus_chain if (page in widget.ancestors) is is_inside]
        if (found := _nearest_of(same, here, right, down)) is not None or right:
            return found
        if is_inside is (down < 0):  # above the page, below the bar
            return None
        others = [widget for widget in self.focus_chain if widget not in same]
        row = min((widget.region.y * down for widget in others), default=0)
        return min(
            (widget for widget in others if widget.region.y * down == row),
            key=lambda widget: abs(widget.region.x - here.x),
            default=None,
        )

    def wipe(self) -> None:
        """Take out whatever was typed here: the page is being forgotten."""
        for field in self.query(Input):
            field.value = ""
        for area in self.query(TextArea):
            area.clear()

    async def enter(self) -> None:
        """Lead the parent who just signed in where they may go: the terms, the dossier's number, or home. Inside a gesture only."""
        from tui_portail.services.portal_home import open_home  # noqa: PLC0415  after the first frame

        try:
            home = await self.ask(open_home, self.portal)
        except PortailError as error:
            if error.code not in {TERMS, NOT_LINKED}:
                raise
            self.kiosk.go_from_first("terms" if error.code == TERMS else "link")
        else:
            self.kiosk.go_from_first("home", home)

    def open_again(self, place: str, *arguments: Any) -> None:
        """Open another page in place of this one."""
        self.kiosk.go_instead(self, place, *arguments)


def _nearest_of(widgets: Iterable[Widget], here: Region, right: int, down: int) -> Widget | None:
    """Return the nearest of widgets to the right (1) or the left (-1) on the same lines, or below (1) or above (-1)."""
    best: tuple[int, int] | None = None
    found: Widget | None = None
    for widget in widgets:
        there = widget.region
        if right:
            ahead, aside = right * (there.x - here.x), abs(there.y - here.y)
            within = ahead > 0 and there.y < here.bottom and here.y < there.bottom
        else:
            ahead = there.y - here.bottom if down > 0 else here.y - there.bottom
            aside, within = abs(there.x - here.x), ahead >= 0
        if within and (best is None or (ahead, aside) < best):
            best, found = (ahead, aside), widget
    return found
