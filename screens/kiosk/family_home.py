"""The signed parent's home: their days, avoirs, quittances and children, and what is for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.choice_page import ChoicePage
from screens.kiosk.gestures import gesture
from screens.plain_text import content

if TYPE_CHECKING:
    from tui_portail.services.portal_home import OwnHome

AGAIN = "Appuyez encore sur Échap pour vous déconnecter."


class FamilyHome(ChoicePage):
    """Their name, then their choices: those of `destinations` with `home`."""

    TITLE = "Ma famille"
    HELP = "Choisissez ce que vous voulez faire. Quand vous avez fini, choisissez « Me déconnecter »."
    HOME = True
    BACK = "Me déconnecter"

    def __init__(self, home: OwnHome) -> None:
        super().__init__()
        self._home = home
        self._sure = False

    def compose_page(self) -> Iterable[Widget]:
        """Who is there, then the choices."""
        yield Static(content(f"Bonjour {self._home.name}."), classes="paragraph")
        yield from super().compose_page()

    @gesture(exclusive=True)
    async def on_screen_resume(self) -> None:
        """Look, each time one comes back here, whether the session still holds: unlinked, closed, or ended elsewhere, it says so."""
        from tui_portail.services.portal_home import open_home  # noqa: PLC0415

        if self._sure:
            self._sure = False
            self.say("")
        self._home = await self.ask(open_home, self.portal)

    def more_choices(self) -> Iterable[Widget]:
        """Signing out."""
        yield BigButton("Me déconnecter", "app.quit_visit", key="d", id="sign-out")

    def compose_bar(self) -> Iterable[Widget]:
        """« Quitter » is what Escape does here."""
        yield BigButton("Quitter", "app.quit_visit", shown="Échap", id="quit")
        yield BigButton("Aide", "screen.help", shown="F1")

    def action_back(self) -> None:
        """Leave at the second press: one Escape too many on the way back here ends nothing."""
        if self._sure:
            self.kiosk.leave_everything()
        else:
            self._sure = True
            self.say(AGAIN)
