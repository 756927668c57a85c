"""A service's own places, one line each, to choose where to go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.desk_screen import DeskScreen
from screens.destinations import DESTINATIONS


class PlacesScreen(DeskScreen):
    """One line a place the agent may go to. `PLACES` are (destination, name, what one does there)."""

    PLACES: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    DEFAULT_CSS = "PlacesScreen #places { height: 1fr; padding: 1 1; }"

    def compose_body(self) -> Iterable[Widget]:
        """The places."""
        self._places: list[tuple[str, str, str]] = []
        yield OptionList(id="places")

    def _may_go(self, place: str) -> bool:
        destination = DESTINATIONS.get(place)
        return destination is not None and (destination.right is None or self.may(destination.right))

    def on_mount(self) -> None:
        """Begin at the first."""
        self.query_one("#places", OptionList).focus()

    def on_screen_resume(self) -> None:
        """Show the places of the agent who sits here now."""
        super().on_screen_resume()
        self.follow_agent()

    def follow_agent(self) -> None:
        """Show where the agent may go, the cursor where it was."""
        allowed = [place for place in self.PLACES if self._may_go(place[0])]
        if allowed != self._places:
            places = self.query_one("#places", OptionList)
            kept = self._places[places.highlighted] if places.highlighted is not None and self._places else None
            self._places = allowed
            places.set_options(
                Option(Content.assemble((f"{name:<26}", "bold"), what)) for _, name, what in self._places
            )
            places.highlighted = allowed.index(kept) if kept in allowed else (0 if allowed else None)

    @on(OptionList.OptionSelected, "#places")
    def action_open_place(self) -> None:
        """Go there."""
        chosen = self.query_one("#places", OptionList).highlighted
        if chosen is not None:
            self.portail.open(self._places[chosen][0])
