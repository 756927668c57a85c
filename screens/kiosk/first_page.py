"""The first page, painted before the base is opened: who the portal is, what can be chosen, when it is closed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from screens.kiosk.buttons import BigButton
from screens.kiosk.choice_page import ChoicePage
from screens.kiosk.destinations import choices
from screens.kiosk.frame import Tone
from screens.kiosk.gestures import UNAVAILABLE, gesture, is_away
from screens.outage import delay_before
from tui_portail.errors import PortailError

LOOKED_AGAIN_SECONDS = 30
"""How often the hours are looked at."""


class FirstPage(ChoicePage):
    """« Portail Famille »."""

    TITLE = "Portail Famille"
    HELP = (
        "Vous avez un compte : choisissez « M’identifier ». Sinon, préparez la lettre de la mairie où se trouve le numéro de votre "
        "dossier, et choisissez « Créer mon compte ». Les menus, les actualités et les contacts sont pour tous."
    )
    _says_state = False
    """Whether what is said is about the portal or its base now, and goes with it."""

    def compose_bar(self) -> Iterable[Widget]:
        """Nothing is open yet: only the help."""
        yield BigButton("Aide", "screen.help", shown="F1")

    def on_mount(self) -> None:
        """Paint first, then open the base; look at the hours from time to time."""
        self._answering(False)
        self.call_after_refresh(self.open_base)
        self.set_interval(LOOKED_AGAIN_SECONDS, self.read)

    @gesture()
    async def open_base(self) -> None:
        """Open the base, again and again until it answers."""
        tries = 0
        while True:
            try:
                await self.kiosk.load_portal()
                break
            except PortailError as error:
                tries += 1
                self.say(UNAVAILABLE if is_away(error) else error.sentence, Tone.PROBLEM)
            except Exception as error:  # whatever it is, the page stays and tries again
                tries += 1
                self.incident(error)
            await self.kiosk.pause(delay_before(tries))
        self.say("")
        self.read()

    def read(self) -> None:
        """Read whether the portal is open."""
        if self.kiosk.is_open:
            self.read_state()

    @gesture(exclusive=True)
    async def read_state(self) -> None:
        """Say whether the portal is open; closed, only what is for all answers."""
        from tui_portail.services.portal_public import portal_state  # noqa: PLC0415  after the first frame

        state = await self.ask(portal_state, self.portal)
        self.kiosk.state = state
        self.kiosk.show_top()
        self._answering(state.open, opened=True)
        if not state.open:
            self.say(state.sentence)
        elif self._says_state:
            self.say("")
        self._says_state = not state.open

    def refused(self, error: PortailError) -> None:
        """Say it, until the base answers again."""
        super().refused(error)
        self._says_state = True

    def welcome_next(self, sentence: str) -> None:
        """Be there for the next visit; `sentence` says why the last one ended, if told."""
        self._says_state = False
        self.operations.clear()
        self.say(sentence, Tone.PROBLEM if sentence else Tone.INFO)
        self.read()

    def _answering(self, everything: bool, *, opened: bool = False) -> None:
        """Let the choices answer: all, only those for all, or none before the base is open."""
        for place, one in choices(home=False).items():
            button = self.query_one(f"#go-{place}", BigButton)
            button.disabled = not (everything or (opened and one.always))
            button.relabel(f"{one.label} (fermé)" if opened and button.disabled else one.label)
        if not isinstance(self.focused, BigButton) or self.focused.disabled or not self.focused.key:
            first = next((button for button in self.query(BigButton) if not button.disabled), None)
            if first is not None and self.app.screen is self:
                first.focus()

    def action_back(self) -> None:
        """There is nothing behind: begin again."""
        self.kiosk.leave_everything()
