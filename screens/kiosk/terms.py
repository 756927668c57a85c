"""The terms of use: read whole, then accepted or refused, by their version and date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.frame import Notice, PageBody
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import plain
from tui_portail.french import long_date

if TYPE_CHECKING:
    from tui_portail.service_rules import Terms

REFUSED = "Vous n’avez pas accepté les conditions : votre session est fermée. Les agents de la mairie peuvent faire vos réservations."
MORE = "Le texte continue : flèche du bas ou Page suivante."


class TermsPage(KioskScreen):
    """The terms in force."""

    TITLE = "Conditions d’utilisation"
    HELP = "Lisez les conditions, avec les flèches pour la suite, puis acceptez-les ou refusez-les. Sans accord, la session se ferme."
    AUTO_FOCUS = "#accept"

    def __init__(self) -> None:
        super().__init__()
        self._terms: Terms | None = None

    def compose_page(self) -> Iterable[Widget]:
        """The paragraphs."""
        yield Static("", id="terms", markup=False, classes="paragraph")

    def compose_bar(self) -> Iterable[Widget]:
        """Accept or refuse: there is nothing else to do here."""
        yield BigButton("J’accepte", "screen.accept", id="accept", disabled=True)
        yield BigButton("Je refuse", "screen.refuse", id="refuse", shown="Échap")
        yield BigButton("Aide", "screen.help", shown="F1")

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read the terms."""
        from tui_portail.services.portal_public import public_terms  # noqa: PLC0415

        self._terms = terms = await self.ask(public_terms, self.portal)
        head = f"Version {terms.version}, du {long_date(terms.on)}"
        self.query_one("#terms", Static).update(plain("\n\n".join((head, *terms.paragraphs))))
        accept = self.query_one("#accept", BigButton)
        accept.disabled = False
        accept.focus()
        self.watch(self.query_one(PageBody), "scroll_y", self._say_more, init=False)
        self.call_after_refresh(self._say_more)

    def _say_more(self) -> None:
        """Say that the text goes on, until its end is reached."""
        page, said = self.query_one(PageBody), self.query_one(Notice).sentence
        if said in {"", MORE}:
            self.say(MORE if page.scroll_y < page.max_scroll_y else "")

    @gesture()
    async def action_accept(self) -> None:
        """Keep the agreement, then go on."""
        from tui_portail.services.portal_accounts import accept_terms  # noqa: PLC0415

        if self._terms is None:
            return
        version, portal = self._terms.version, self.portal
        await self.send(f"accept {version}", lambda operation: accept_terms(portal, version, operation))
        await self.enter()

    def action_refuse(self) -> None:
        """End the session."""
        self.kiosk.leave_everything(REFUSED)

    def action_back(self) -> None:
        """Back is refusing."""
        self.action_refuse()
