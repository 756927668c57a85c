"""The régie's own places, one line each: till, slips, registers, closings, refunds, tax certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.destinations import DESTINATIONS

PLACES: tuple[tuple[str, str, str], ...] = (
    ("till", "Caisse", "ouvrir, mouvements, compter et clôturer"),
    ("slips", "Bordereaux de versement", "remettre les espèces, chèques et titres au Trésor"),
    ("quittances", "Quittances", "duplicata, contre-passation, correction des moyens"),
    ("registers", "Registres", "journal, grand-livre, avoirs, recettes, exports"),
    ("closings", "Clôtures", "journées, mois, années et total perpétuel"),
    ("refunds", "À rembourser par mandat", "la liste pour l’ordonnateur"),
    ("certificates", "Attestations fiscales", "une ou toutes, par année civile"),
)


class RegieScreen(DeskScreen):
    """Where an agent of the régie chooses where to go."""

    AREA = "regie"
    TITLE = "Régie"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("regie")
    DEFAULT_CSS = "RegieScreen #places { height: 1fr; padding: 1 1; }"

    def compose_body(self) -> Iterable[Widget]:
        """One line a place the agent may go to."""
        self._places = [place for place in PLACES if self._may_go(place[0])]
        yield OptionList(
            *(Option(Content.assemble((f"{name:<26}", "bold"), what)) for _, name, what in self._places), id="places"
        )

    def _may_go(self, place: str) -> bool:
        destination = DESTINATIONS.get(place)
        return destination is not None and (destination.right is None or self.may(destination.right))

    def on_mount(self) -> None:
        """Begin at the first."""
        places = self.query_one("#places", OptionList)
        places.highlighted = 0
        places.focus()

    @on(OptionList.OptionSelected, "#places")
    def action_open_place(self) -> None:
        """Go there."""
        chosen = self.query_one("#places", OptionList).highlighted
        if chosen is not None:
            self.portail.open(self._places[chosen][0])
