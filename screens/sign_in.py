"""Sign-in: the first screen painted, before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.bars import Kind
from screens.carrying_on import StoppedWaiting
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from screens.opening import OpeningFailedDialog
from screens.outage import BUSY, UNREACHABLE, delay_before
from screens.plain_text import plain
from screens.threads import in_thread
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk, SignedAgent

IDENTITY = "vos identifiant et mot de passe sont gardés"


class SignInScreen(DeskScreen):
    """User name and password. The database opens behind it, after the first frame."""

    TITLE = "Connexion"
    BINDINGS: ClassVar[list[BindingType]] = []
    HELP = "Tapez votre identifiant, Entrée, votre mot de passe, Entrée."

    def compose_body(self) -> Iterable[Widget]:
        """Two fields in the middle."""
        with Vertical(id="sign-in"):
            yield Static("Portail Famille", id="sign-in-title", markup=False)
            yield Static("Ouverture de la base…", id="sign-in-commune", markup=False)
            yield Static("Identifiant", classes="field-label", markup=False)
            yield Input(id="username", max_length=60)
            yield Static("Mot de passe", classes="field-label", markup=False)
            yield Input(id="password", password=True, max_length=200)
            demo = Static("", id="sign-in-demo", markup=False)
            demo.display = False
            yield demo

    def on_mount(self) -> None:
        """Paint first, then load."""
        self.call_after_refresh(self._start_opening)

    def _start_opening(self) -> None:
        self._opening = self.open_desk()

    @gesture(group="opening", exclusive=True, keys_wait=False)
    async def open_desk(self) -> None:
        """Open the database; on failure say why, and try again if asked."""
        while True:
            try:
                desk = await self._opened()
                break
            except PortailError as error:
                sentence = error.sentence
            except Exception as error:  # the database, its folder, the disk: anything, and the agent must know
                self.incident(error)
                sentence = "La base de données n’a pas pu être ouverte, pour une raison imprévue notée dans le journal."
            if not await self.app.push_screen_wait(OpeningFailedDialog(sentence)):
                self.app.exit()
                return
        self.query_one("#sign-in-commune", Static).update(plain(self.portail.commune_name))
        self.portail.show_header()
        if desk.is_demo:
            demo = self.query_one("#sign-in-demo", Static)
            demo.update(await in_thread(self.app, _demo_words))
            demo.display = True
        if desk.agent is not None:
            self.portail.welcome()
        else:
            await self.portail.read_commune_ahead()

    async def _opened(self) -> Desk:
        """Open the database, again and again while its server does not answer: the agent may type meanwhile."""
        outage, tries, said = self.portail.outage, 0, ""
        while True:
            try:
                desk = await self.portail.load_desk()
            except PortailError as error:
                if error.code != UNREACHABLE and error.code not in BUSY:
                    raise
                tries += 1
                outage.mark(True)
                delay = delay_before(tries)
                said = (
                    f"{error.sentence[:1].lower()}{error.sentence[1:]} Nouvel essai dans {delay} s. Ctrl+Q : quitter."
                )
                self.message(said, Kind.LOST if error.code == UNREACHABLE else Kind.WAIT)
                await outage.pause(delay)
            else:
                outage.mark(False)
                if said and not self.is_signing:
                    self.message("la base est ouverte.", Kind.DONE)
                return desk

    @property
    def is_signing(self) -> bool:
        """Whether a name and a password wait to be checked."""
        return self.is_acting

    @on(Input.Submitted, "#username")
    def _name_typed(self) -> None:
        if self._has_name():
            self.query_one("#password").focus()

    @on(Input.Submitted, "#password")
    def _password_typed(self) -> None:
        if self._has_name():
            self.sign_in()

    def _has_name(self) -> bool:
        """Whether a name is typed; without one, go and say so: a name typed in the hidden field would not be seen."""
        name = self.query_one("#username", Input)
        if plain(name.value).strip():
            return True
        name.focus()
        self.message("tapez d’abord votre identifiant.", Kind.REFUSED)
        return False

    @gesture(group="sign-in")
    async def sign_in(self) -> None:
        """Sign the agent in, or say why not; the name stays, the password goes."""
        name, password = self.query_one("#username", Input), self.query_one("#password", Input)
        if self.portail.desk is None:
            if not self.portail.outage.is_away:
                self.message("la base de données s’ouvre encore.", Kind.WAIT)
            await self._opening.wait()
            if not plain(name.value).strip():
                return  # given up meanwhile
        try:
            await identify(self, plain(name.value).strip(), password.value)
        except StoppedWaiting:
            raise  # what was typed stays
        except BaseException:
            password.value = ""
            raise
        name.value = password.value = ""
        name.focus()
        self.message("")
        self.portail.welcome()

    def action_back(self) -> None:
        """Start again from the first field; there is nothing behind: Ctrl+Q quits."""
        if self.stop_waiting():
            return
        for field in self.query(Input):
            field.value = ""
        self.query_one("#username").focus()
        self.message("Pour quitter l’application : Ctrl+Q.")


def _demo_words() -> str:
    """Say who may sign in to a demonstration; the module is loaded in a thread, once the base is known to be one."""
    from tui_portail.services.demo import AGENTS, DEMO_PASSWORD  # noqa: PLC0415

    *names, last = (username for username, _, _ in AGENTS)
    return f"Démonstration : {', '.join(names)} ou {last} ; mot de passe de tous : {DEMO_PASSWORD}"


async def identify(screen: DeskScreen | object, username: str, password: str) -> None:
    """Check a name and password in a thread and put the agent at the desk; a password to be changed is asked for first.

    `screen` is a `Framed` screen or dialog. Raises what `services.agents.sign_in` refuses.
    """
    from screens.desk_screen import Framed  # noqa: PLC0415
    from screens.new_password import NewPasswordDialog  # noqa: PLC0415
    from tui_portail.services.agents import sign_in  # noqa: PLC0415  after the first frame

    assert isinstance(screen, Framed)  # noqa: S101
    desk = screen.desk
    before = desk.agent

    async def attempt() -> SignedAgent:
        async with screen.portail.identifying():
            return await in_thread(screen.app, sign_in, desk, username, password)

    agent = await screen.carry_on(attempt, IDENTITY, busy_too=True)
    desk.sign(agent)
    if agent.must_change_password:
        changed = await screen.app.push_screen_wait(NewPasswordDialog(password))
        if not changed:
            if before is None:
                desk.sign_out()
            else:
                desk.sign(before)
            raise PortailError("Votre mot de passe doit être changé avant de continuer.", code="MOT_DE_PASSE_A_CHANGER")
