"""Finding a dossier as one types: number, names, child, date of birth, phone. Without typing, the last ones consulted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.gestures import gesture
from screens.inputs import PlainInput
from screens.plain_text import plain
from tui_portail.french import plural
from tui_portail.search_terms import why_nothing
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_search import SHOWN, DossierHit, recent_dossiers, search


class SearchField(PlainInput):
    """The field: up and down move in the list below, so that the hands stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", "Dossier précédent", show=False, id="search.up"),
        Binding("down", "screen.move(1)", "Dossier suivant", show=False, id="search.down"),
        Binding("pageup", "screen.move(-8)", "Page précédente", show=False, id="search.page_up"),
        Binding("pagedown", "screen.move(8)", "Page suivante", show=False, id="search.page_down"),
        Binding("ctrl+a", "app.open('activities')", "Activités", show=False, id="search.activities"),
    ]


class SearchScreen(DeskScreen):
    """A field and a list. Enter opens the dossier chosen."""

    AREA = "search"
    TITLE = "Recherche"
    CSS_PATH = "search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("search")
    HELP = "Tapez un numéro de dossier, des noms dans n’importe quel ordre, une date de naissance ou un téléphone."

    def __init__(self) -> None:
        super().__init__()
        self._hits: tuple[DossierHit, ...] = ()
        self._looked_up = ""

    def compose_body(self) -> Iterable[Widget]:
        """The field above, the list below."""
        yield SearchField(placeholder="Numéro, nom, enfant, date de naissance, téléphone", id="search-text")
        yield Static("", id="search-count", markup=False)
        yield OptionList(id="hits")

    def on_screen_resume(self) -> None:
        """Back here: the family just seen is among the last ones."""
        field = self.query_one("#search-text", Input)
        field.focus()
        field.select_all()
        self.look_up(field.value)

    def begin_again(self) -> None:
        """Empty the field: the next family is another one."""
        self.query_one("#search-text", Input).value = ""

    @on(Input.Changed, "#search-text")
    def _typed(self, event: Input.Changed) -> None:
        self.look_up(event.value)

    @gesture(group="search", exclusive=True)
    async def look_up(self, text: str) -> None:
        """Show the dossiers that match, or the last ones consulted."""
        typed = plain(text).strip()
        hits = await self.ask(find, self.desk, typed) if typed else await self.ask(recent_dossiers, self.desk)
        self._show(hits, typed)

    def _show(self, hits: Sequence[DossierHit], typed: str) -> None:
        options = self.query_one("#hits", OptionList)
        kept = self._hits[options.highlighted].dossier_id if options.highlighted is not None and self._hits else None
        same = self._looked_up == typed
        self._hits, self._looked_up = tuple(hits[:SHOWN]), typed
        options.set_options(Option(hit_text(hit)) for hit in self._hits)
        places = [place for place, hit in enumerate(self._hits) if same and hit.dossier_id == kept]
        options.highlighted = (places[0] if places else 0) if self._hits else None
        why = why_nothing(typed, self.today) if typed and not self._hits else ""
        self.query_one("#search-count", Static).update(Content(why or _count(typed, len(hits))))

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        options = self.query_one("#hits", OptionList)
        if self._hits:
            here = options.highlighted or 0
            options.highlighted = max(0, min(len(self._hits) - 1, here + step))

    def _chosen(self) -> DossierHit | None:
        place = self.query_one("#hits", OptionList).highlighted
        return self._hits[place] if place is not None and place < len(self._hits) else None

    @on(Input.Submitted, "#search-text")
    @on(OptionList.OptionSelected, "#hits")
    def action_open_hit(self) -> None:
        """Open the dossier chosen; while an answer is awaited, what is typed is looked up first."""
        field = self.query_one("#search-text", Input)
        if plain(field.value).strip() != self._looked_up:
            self.look_up_and_open(field.value)
        elif hit := self._chosen():
            self.portail.open("dossier", hit.dossier_id)

    @gesture(group="search", exclusive=True)
    async def look_up_and_open(self, text: str) -> None:
        """Look up what was just typed, then open the first dossier."""
        typed = plain(text).strip()
        self._show(await self.ask(find, self.desk, typed), typed)
        if hit := self._chosen():
            self.portail.open("dossier", hit.dossier_id)

    def action_open_planning(self) -> None:
        """Go straight to the planning of the dossier chosen."""
        if hit := self._chosen():
            self.portail.open("planning", hit.dossier_id)


def find(desk: Desk, typed: str) -> tuple[DossierHit, ...]:
    """Return one dossier more than is shown, so that a list that goes on is known to."""
    return search(desk, typed, SHOWN + 1)


def hit_text(hit: DossierHit) -> Content:
    """Return the two lines of a dossier found."""
    matched = f"  ← {plain(hit.matched)}" if hit.matched else ""
    return Content.assemble(
        (f"{plain(hit.number):<12}", "$accent"),
        (plain(hit.label), "bold"),
        ("  (archivé)" if hit.archived else "", "$warning"),
        (matched, "$secondary"),
        "\n",
        " " * 12,
        plain(hit.detail),
    )


def _count(typed: str, found: int) -> str:
    if not typed:
        return (
            "Derniers dossiers consultés"
            if found
            else "Tapez le nom ou le numéro d’une famille ; F8 inscrit une nouvelle famille."
        )
    if not found:
        return "Aucun dossier ne correspond : vérifiez l’orthographe ; F8 inscrit la famille."
    counted = plural(found, "dossier") if found <= SHOWN else f"Les {SHOWN} premiers dossiers : précisez"
    return f"{counted} · ↑ ↓ choisir · Entrée ouvrir"
