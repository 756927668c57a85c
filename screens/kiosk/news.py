"""The service's news: their titles, then each one whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.buttons import BigButton
from screens.kiosk.gestures import gesture
from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content
from tui_portail.french import long_date

if TYPE_CHECKING:
    from tui_portail.services.news import NewsForm


class NewsPage(KioskScreen):
    """One button a piece of news, the most important first."""

    TITLE = "Actualités"
    HELP = "Choisissez une actualité pour la lire en entier."

    def __init__(self) -> None:
        super().__init__()
        self._news: tuple[NewsForm, ...] = ()

    def compose_page(self) -> Iterable[Widget]:
        """The titles, once read."""
        yield Static("", id="none", classes="paragraph", markup=False)
        yield Grid(id="titles", classes="choices -one")

    @gesture(exclusive=True)
    async def read(self) -> None:
        """Read what is shown today."""
        from tui_portail.services.portal_public import public_news  # noqa: PLC0415

        self._news = await self.ask(public_news, self.portal)
        titles = self.query_one("#titles", Grid)
        await titles.remove_children()
        await titles.mount_all(
            BigButton(f"Important : {one.title}" if one.first else one.title, f"screen.open({place})")
            for place, one in enumerate(self._news)
        )
        self.query_one("#none", Static).update("" if self._news else "Aucune actualité en ce moment.")
        self.query_one("#none").display = not self._news
        if self._news:
            titles.query(BigButton).first().focus()

    def action_open(self, place: int) -> None:
        """Read one whole."""
        self.kiosk.go("news_item", self._news[place])


class NewsItemPage(KioskScreen):
    """A piece of news, whole."""

    TITLE = "Actualité"
    HELP = "Les flèches montrent la suite de la page."

    def __init__(self, news: NewsForm) -> None:
        super().__init__()
        self._news = news

    def compose_page(self) -> Iterable[Widget]:
        """Title, date, text."""
        yield Static(content(self._news.title), classes="paragraph strong")
        yield Static(f"Publiée le {long_date(self._news.from_on)}", classes="paragraph", markup=False)
        yield Static(content(self._news.body), classes="paragraph")
