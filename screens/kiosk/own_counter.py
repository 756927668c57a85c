"""Paying at Comptabilité: where to go, before when, what to say. And giving a basket up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.widget import Widget
from textual.widgets import Static

from screens.countdown import Countdown
from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Tone
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content
from tui_portail.dossier_number import display
from tui_portail.french import plural, time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents

if TYPE_CHECKING:
    from tui_portail.services.portal_planning import OwnBasket


class OwnCounterPage(KioskScreen):
    """Nothing is to be done here: the desk sees the basket already."""

    TITLE = "Payer à Comptabilité"
    HELP = "L’agent de Comptabilité voit déjà votre panier : il suffit de dire votre nom ou votre numéro de dossier."

    def __init__(self, basket: OwnBasket) -> None:
        super().__init__()
        self._basket = basket

    def compose_page(self) -> Iterable[Widget]:
        """Where, before when, what to say."""
        view, until = self._basket.view, time_text(in_paris(self._basket.expires_at))
        yield Static(content(f"Allez au guichet Comptabilité, à la mairie, avant {until}."), classes="paragraph strong")
        yield Static(
            content(
                f"Dites votre nom, {view.payer_name}, ou votre numéro de dossier : {display(view.dossier_number)}."
            ),
            classes="paragraph",
        )
        yield Static(
            content(
                f"Vous paierez {format_cents(view.due_cents)}. Après {until}, vos places ne sont plus gardées : "
                "il faudra les réserver de nouveau, s’il en reste."
            ),
            classes="paragraph",
        )
        yield Countdown("Temps restant : ", id="basket-left")

    def on_mount(self) -> None:
        """Count down."""
        super().on_mount()
        self.query_one(Countdown).until = self._basket.expires_at
        self._tick()
        self.set_interval(1, self._tick)
        self.query_one("#quit").focus()

    def _tick(self) -> None:
        self.query_one(Countdown).tick(self.portal.desk.now_estimate())


class OwnReleasePage(KioskScreen):
    """« Abandonner » : are you sure?"""

    TITLE = "Abandonner"
    HELP = "Abandonner rend les places gardées : rien n’est dû. Les annulations déjà faites restent."
    AUTO_FOCUS = "#no"

    def __init__(self, basket: OwnBasket) -> None:
        super().__init__()
        self._basket = basket

    def compose_page(self) -> Iterable[Widget]:
        """The question and its two answers."""
        view = self._basket.view
        kept = plural(len(view.lines), "place gardée", "places gardées")
        words = f"Rendre {kept} ? Vous ne paierez rien, et d’autres pourront les prendre."
        yield Static(content(words), classes="paragraph strong")
        with Grid(classes="choices"):
            yield BigButton("Non, je garde mes places", "screen.back", key="n", id="no")
            yield BigButton("Oui, j’abandonne", "screen.release", key="o", id="yes")

    @gesture()
    async def action_release(self) -> None:
        """Give the places up."""
        from tui_portail.services.portal_planning import release_own_basket  # noqa: PLC0415

        portal, basket_id = self.portal, self._basket.view.basket_id
        await self.send("release", lambda operation: release_own_basket(portal, basket_id, operation))
        self.kiosk.go_home()
        self.kiosk.say_in_front("Vos places sont rendues, rien n’est dû.", Tone.DONE)
