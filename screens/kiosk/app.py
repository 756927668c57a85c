"""The kiosk: the portal of one visit at a time, where one goes, and the rest after which everything is forgotten.

Nothing heavy is imported here: the first page is painted, then a thread imports the services and opens the base.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from screens.kiosk.codes_sent import UnsentMessages
from screens.kiosk.destinations import DESTINATIONS
from screens.kiosk.first_page import FirstPage
from screens.kiosk.frame import Tone, TopLine
from screens.kiosk.kiosk_screen import KioskScreen
from screens.kiosk.rest import Clock, Rest, RestWarning
from screens.leaving import CalmEnd
from screens.line_breaks import follow_french_rules
from screens.themes import DEFAULT_THEME, THEMES
from screens.threads import in_thread
from screens.typed_ahead import TypedAhead
from tui_portail.french import long_date, short_date, time_text
from tui_portail.instants import in_paris

if TYPE_CHECKING:
    from tui_portail.services.portal import Portal
    from tui_portail.services.portal_public import PortalState


OpenPortal = Callable[[], "Portal"]
Pause = Callable[[float], Awaitable[None]]


class KioskApp(CalmEnd, App[None]):
    """The families' application. `open_portal` is called in a thread after the first frame and may raise a `PortailError`.

    `rest_seconds`: the rest after which everything is forgotten; None is the commune's own, 0 none. `guarded`: leaving asks an agent's
    password (the public computer); else Ctrl+Q leaves (a browser). `clock` counts the rest; `log_folder` is where incidents go. `unsent`:
    the messages that a demonstration keeps, whose codes it shows.
    """

    CSS_PATH = Path(__file__).with_name("kiosk.tcss")
    TITLE = "Portail Famille"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-medium"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave_kiosk", show=False, priority=True),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    def __init__(
        self,
        open_portal: OpenPortal,
        *,
        theme: str = DEFAULT_THEME,
        rest_seconds: int | None = None,
        guarded: bool = True,
        clock: Clock = monotonic,
        pause: Pause = asyncio.sleep,
        log_folder: Path | None = None,
        unsent: UnsentMessages | None = None,
    ) -> None:
        follow_french_rules()
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme if theme in {known.name for known in THEMES} else DEFAULT_THEME
        self.animation_level = "none"
        self.pause = pause
        self.guarded = guarded
        self.log_folder = log_folder
        self.incidents: list[Exception] = []
        self.calls_under_way = 0
        self.state: PortalState | None = None
        self.rest = Rest(rest_seconds or 0, clock)
        self.typed = TypedAhead(self)
        self._rest_given = rest_seconds
        self._open_portal, self._unsent = open_portal, unsent
        self._portal: Portal | None = None

    # -- opening ---------------------------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        """Start on the first page, which needs no database."""
        return FirstPage()

    def on_mount(self) -> None:
        """Count the rest."""
        self.set_interval(1, self.tick)

    async def load_portal(self) -> None:
        """Import the services and open the base in a thread. Raises what `open_portal` raises."""
        self._portal, state = await in_thread(self, self._load)
        self.state = state
        if self._rest_given is None:
            self.rest.seconds = state.rest_seconds
        self.show_top()

    def _load(self) -> tuple[Portal, PortalState]:
        gc.disable()  # imports allocate a lot that stays
        try:
            portal = self._open_portal()
            from tui_portail.services.portal_public import portal_state  # noqa: PLC0415  after the first frame

            return portal, portal_state(portal)
        finally:
            gc.freeze()
            gc.enable()

    @property
    def is_open(self) -> bool:
        """Whether the base is open."""
        return self._portal is not None

    @property
    def portal(self) -> Portal:
        """The portal of this visit."""
        if self._portal is None:
            raise RuntimeError("the portal is not open yet")
        return self._portal

    @property
    def is_signed(self) -> bool:
        """Whether a parent is signed in."""
        return self._portal is not None and self._portal.account is not None

    def fresh_portal(self) -> Portal:
        """Return a portal where nobody is signed in: what a call still under way signs at another one is nobody's."""
        return replace(self.portal, account=None)

    def sit(self, portal: Portal) -> None:
        """Take the portal at which a parent signed in as this visit's."""
        self._portal = portal

    # -- what is shown everywhere ----------------------------------------------------------------------------------------

    def top_texts(self, width: int) -> tuple[str, str, str]:
        """Return the commune, what is fictitious, and the clock, together at most `width` cells."""
        state = self.state
        name = state.commune if state else "Portail Famille"
        mark = ""
        if state is not None and (state.demo or state.fictitious):
            mark = " DÉMONSTRATION " if state.demo else " tarifs FICTIFS "
        clock = short = ""
        if self._portal is not None:
            wall = in_paris(self._portal.desk.now_estimate())
            clock = f"{long_date(wall.date())}, {time_text(wall)}"
            short = f"{short_date(wall.date())} {time_text(wall)}"
        for shown in ((name, mark, clock), (name, mark, short), (name, mark, time_text(wall) if clock else "")):
            if sum(map(len, shown)) + 2 <= width:
                return shown
        return name[: max(1, width - len(mark) - 1)], mark, ""

    def unsent_code(self) -> str:
        """Return the code of a message that was not sent, in a demonstration only; empty else."""
        if self._unsent is None or self.state is None or not self.state.demo:
            return ""
        return self._unsent.take_code()

    @property
    def sends_nothing(self) -> bool:
        """Whether this is a demonstration, which sends no message: what says that one left would be false."""
        return self._unsent is not None and self.state is not None and self.state.demo

    def say_in_front(self, sentence: str, tone: Tone) -> None:
        """Show a sentence on the page in front."""
        if isinstance(self.screen, KioskScreen):
            self.screen.say(sentence, tone)

    def show_top(self) -> None:
        """Write the top line of the page in front again."""
        for line in self.screen.query(TopLine):
            line.show()

    @property
    def first(self) -> FirstPage:
        """The first page."""
        page = self.screen_stack[0]
        assert isinstance(page, FirstPage)  # noqa: S101 (it is the default screen)
        return page

    # -- going about -----------------------------------------------------------------------------------------------------

    def go(self, place: str, *arguments: Any) -> None:
        """Open the page of a destination; one that is a signed parent's needs one."""
        one = DESTINATIONS[place]
        if self._portal is None or (one.signed and not self.is_signed):
            return
        self.push_screen(one.page(*arguments))

    def action_go(self, place: str) -> None:
        """Open a page by its button."""
        self.go(place)

    def go_instead(self, page: Screen[Any], place: str, *arguments: Any) -> None:
        """Open a page in place of another, if it is in front."""
        if self.screen is page:
            self.pop_screen()
            self.go(place, *arguments)

    def go_from_first(self, place: str, *arguments: Any) -> None:
        """Open a page just above the first one: what led there is not gone back to."""
        self._back_to(1)
        self.go(place, *arguments)

    def go_home(self) -> None:
        """Go back to the signed parent's home, or to the first page."""
        self._back_to(2 if self.is_signed else 1)

    def go_back(self, page: Screen[Any]) -> None:
        """Go one page back, from the page in front; back from the last one of a signed parent ends the session."""
        if self.screen is not page or len(self.screen_stack) < 2:
            return
        if len(self.screen_stack) == 2 and self.is_signed:
            self.leave_everything()
            return
        self._wiped(self.pop_screen)

    def _back_to(self, depth: int) -> None:
        while len(self.screen_stack) > depth:
            self._wiped(self.pop_screen)

    def _wiped(self, pop: Callable[[], object]) -> None:
        if isinstance(self.screen, KioskScreen):
            self.screen.wipe()
        pop()

    # -- forgetting ------------------------------------------------------------------------------------------------------

    def leave_everything(self, sentence: str = "") -> None:
        """Go back to the first page and forget who was there, what was typed and copied; `sentence` says why, if told."""
        if self._portal is not None:
            left, self._portal = self._portal, self.fresh_portal()
            left.forget()
        self._back_to(1)
        self.typed.forget()
        self._clipboard = ""
        self.clear_notifications()
        self.first.welcome_next(sentence)

    def action_quit_visit(self) -> None:
        """« Quitter » : the visit ends."""
        self.leave_everything()

    def tick(self) -> None:
        """A second passed: warn, then forget everything, unless the first page is alone."""
        page = self.screen
        if len(self.screen_stack) < 2 or (isinstance(page, KioskScreen) and page.keeps_awake):
            self.rest.touched()
            return
        left = self.rest.left
        if left is None or not self.rest.is_warned:
            return
        if left == 0:
            self.leave_everything()
            self.rest.touched()
        elif isinstance(self.screen, RestWarning):
            self.screen.show(left)
        else:
            self.push_screen(RestWarning(left))

    async def on_event(self, event: events.Event) -> None:
        """A key or the mouse begins the rest again, and the one that answers the warning does nothing else; keys wait their turn."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            self.rest.touched()
            if isinstance(self.screen, RestWarning):
                self.pop_screen()
                return
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and not self.typed.may_go_on(event):
            return
        await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what is copied here, never in the computer's clipboard, where the next one would find it."""
        self._clipboard = text

    # -- leaving the program ---------------------------------------------------------------------------------------------

    def action_leave_kiosk(self) -> None:
        """Leave the program: on the public computer, an agent does it."""
        if (
            not self.guarded or self._portal is None
        ):  # never opened: there is nothing to keep, and nobody could be asked who they are
            self.exit()
        else:
            self.leave_everything()
            self.go("staff_exit")

    def action_help_quit(self) -> None:
        """Ctrl+C does nothing here."""
