"""What F1 says: what to do on the page, and the few keys, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from screens.kiosk.kiosk_screen import KioskScreen
from screens.plain_text import content

KEYS = (
    "Les flèches vont d’un bouton ou d’un champ à l’autre. Entrée appuie sur le bouton ou passe au champ suivant. "
    "Échap revient à la page d’avant. Tout se fait aussi à la souris ou au doigt.",
    "« Quitter » vous déconnecte et efface tout ce que vous avez tapé : pensez-y avant de partir.",
    "Besoin d’aide ? Les agents du service Enfance/Jeunesse vous répondent à la mairie.",
)


class HelpPage(KioskScreen):
    """The help of a page."""

    TITLE = "Aide"

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose_page(self) -> Iterable[Widget]:
        """The page's own words, then the keys."""
        for paragraph in filter(None, (self._title, self._text, *KEYS)):
            yield Static(content(paragraph, "bold" if paragraph == self._title else ""), classes="paragraph")

    def action_help(self) -> None:
        """It is there already."""
