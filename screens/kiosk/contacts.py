"""Whom to ask: the service, the sites' telephones as the leaflet prints them, the portal's hours."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import plain


class ContactsPage(KioskScreen):
    """The contacts."""

    TITLE = "Contacts et horaires"
    HELP = "Les agents de la mairie vous répondent à ces adresses et numéros."

    def compose_page(self) -> Iterable[Widget]:
        """The text, once read."""
        yield Static("", id="contacts", classes="paragraph", markup=False)

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read the contacts."""
        from tui_portail.services.portal_public import public_contacts  # noqa: PLC0415

        found = await self.ask(public_contacts, self.portal)
        text = Content.assemble(
            (plain(found.service), "bold"),
            *(f"\n{plain(line)}" for line in found.lines),
            ("\n\nSites\n", "bold"),
            plain("\n".join(found.sites)),
            ("\n\nHoraires\n", "bold"),
            plain(found.hours),
        )
        self.query_one("#contacts", Static).update(text)
