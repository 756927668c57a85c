"""The signed parent's home: their days, avoirs, quittances and children, and what is for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.choice_page import ChoicePage
from screens.kiosk.gestures import gesture
from screens.plain_text import content
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents

if TYPE_CHECKING:
    from tui_portail.services.portal_home import OwnHome

AGAIN = "Appuyez encore sur Échap pour vous déconnecter."


class FamilyHome(ChoicePage):
    """Their name, then their choices: those of `destinations` with `home`."""

    TITLE = "Ma famille"
    HELP = "Choisissez ce que vous voulez faire. Quand vous avez fini, choisissez « Me déconnecter »."
    AUTO_FOCUS = "#go-own_planning"
    HOME = True
    BACK = "Me déconnecter"

    def __init__(self, home: OwnHome) -> None:
        super().__init__()
        self._home, self._paid = home, ""
        self._sure = False

    def compose_page(self) -> Iterable[Widget]:
        """Who is there, then the choices."""
        yield Static(content(f"Bonjour {self._home.name}."), classes="paragraph")
        yield Static("", classes="paragraph strong", id="waiting", markup=False)
        with Grid(classes="choices -one", id="basket-choice"):
            yield BigButton("Mon panier", "app.go('own_basket')", key="b", id="basket")
        yield from super().compose_page()

    def on_mount(self) -> None:
        """Say what waits, until its quarter of an hour is over."""
        self._show_waiting()
        super().on_mount()
        self.set_interval(5, self._show_waiting)

    @gesture(exclusive=True)
    async def on_screen_resume(self) -> None:
        """Look, each time one comes back here, whether the session still holds: unlinked, closed, or ended elsewhere, it says so."""
        from tui_portail.services.portal_home import open_home  # noqa: PLC0415
        from tui_portail.services.portal_planning import own_basket_paid_elsewhere  # noqa: PLC0415

        if self._sure:
            self._sure = False
            self.say("")
        before, self._home = self._home.waiting, await self.ask(open_home, self.portal)
        self._paid = ""
        if before is not None and self._home.waiting is None:
            paid = await self.ask(own_basket_paid_elsewhere, self.portal, before.view.basket_id)
            self._paid = "" if paid is None else f"Votre panier est payé : quittance n° {paid.quittance_number}."
        self._show_waiting()

    def _show_waiting(self) -> None:
        """Write what is due and until when, or that it was paid; its button is there as long as it waits."""
        basket, words = self._home.waiting, self.query_one("#waiting", Static)
        if basket is not None and basket.expires_at <= self.portal.desk.now_estimate():
            basket = None
        said = "" if basket is not None else self._paid
        if basket is not None:
            until = time_text(in_paris(basket.expires_at))
            said = f"Votre panier attend : {format_cents(basket.view.due_cents)} à payer avant {until}."
        words.update(content(said))
        words.display = bool(said)
        self.query_one("#basket-choice").display = self.query_one("#basket").display = basket is not None

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
