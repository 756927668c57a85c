"""« Mes avoirs » : the balance, then each avoir with its number, day, reason and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import plain
from tui_portail.french import long_date
from tui_portail.instants import in_paris
from tui_portail.money import format_cents

USED_FIRST = "Vos avoirs servent tout seuls à votre prochain paiement, les plus anciens d’abord."


class OwnAvoirsPage(KioskScreen):
    """The signed parent's avoirs."""

    TITLE = "Mes avoirs"
    HELP = USED_FIRST + " Les flèches montrent la suite de la page."

    def compose_page(self) -> Iterable[Widget]:
        """The balance, the list."""
        yield Static("", id="balance", classes="paragraph strong", markup=False)
        yield Static("", id="avoirs", classes="paragraph", markup=False)

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read them."""
        from tui_portail.services.portal_records import own_avoirs  # noqa: PLC0415

        found = await self.ask(own_avoirs, self.portal)
        self.query_one("#balance", Static).update(f"Il vous reste {format_cents(found.balance_cents)} d’avoirs.")
        parts: list[str | tuple[str, str]] = []
        for avoir in found.avoirs:
            left = f"reste {format_cents(avoir.left_cents)}" if avoir.left_cents else "entièrement utilisé"
            parts += [
                (f"{avoir.number} · {format_cents(avoir.amount_cents)}, {left}\n", "bold"),
                plain(f"Du {long_date(in_paris(avoir.issued_at).date())}. {avoir.why}\n\n"),
            ]
        self.query_one("#avoirs", Static).update(Content.assemble(*parts, USED_FIRST))
