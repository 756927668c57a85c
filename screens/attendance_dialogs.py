"""Choosing a child who came without booking, by name or by badge; choosing the day that is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from textual import on
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from screens.columns import Column
from screens.desk_screen import DeskDialog
from screens.form_fields import DateField, Field
from screens.forms import FormDialog
from screens.plain_text import content, plain
from screens.records_list import FilterField, Record, RecordsList
from tui_portail.badges import child_of
from tui_portail.errors import InvalidInput
from tui_portail.folding import fold
from tui_portail.french import plural
from tui_portail.services.attendance_sheet import SheetChild

_COLUMNS = (Column("Enfant", 28, share=2), Column("Âge", 6, right=True), Column("Classe", 16, share=1))
SHOWN = 60


class UnbookedDialog(DeskDialog[int | None]):
    """A field, and the children of the site's schools who have not booked. Returns the one chosen; nothing is written here."""

    DEFAULT_CSS = """
    UnbookedDialog #dialog { width: 76; }
    UnbookedDialog RecordsList { height: 12; }
    """

    def __init__(self, children: Sequence[SheetChild]) -> None:
        super().__init__()
        self.title = "Présent sans réservation"
        self._children = tuple(children)

    def compose_body(self) -> Iterable[Widget]:
        """The field above, the list below."""
        words = "L’enfant est là et n’a pas réservé : la journée sera due par sa famille, qui la paiera en mairie."
        yield Static(content(words), id="dialog-text")
        yield FilterField(placeholder="Nom ou prénom, ou badge", id="unbooked-text")
        yield RecordsList(_COLUMNS, id="unbooked", empty="Aucun enfant des écoles de ce site ne correspond.")

    def on_mount(self) -> None:
        """Show them all."""
        self._show("")

    def keys_line(self) -> str:
        """Name the keys."""
        return "↑ ↓ : choisir · Entrée : présent sans réservation · Échap : annuler"

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        self.query_one(RecordsList).move(step)

    @on(Input.Changed, "#unbooked-text")
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        words = fold(plain(text)).split()
        found = [
            one for one in self._children if all(any(part.startswith(word) for part in _parts(one)) for word in words)
        ]
        self.query_one(RecordsList).show([_record(one) for one in found[:SHOWN]])

    @on(Input.Submitted, "#unbooked-text")
    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        badge = child_of(self.query_one("#unbooked-text", Input).value)
        chosen = badge if badge is not None else self.query_one(RecordsList).chosen
        if chosen is not None:
            self.dismiss(chosen)


class DayDialog(FormDialog[date | None]):
    """The day whose children are marked."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.title = "Journée à pointer"
        self._day = day

    def form_fields(self) -> Iterable[Field]:
        """Return the day's field."""
        yield DateField("day", "Journée", self.today, self._day, past=True, proposed=True)

    def keys_line(self) -> str:
        """Say how to go on."""
        return "Entrée : cette journée · Échap : annuler"

    async def save(self, values: dict[str, object]) -> date | None:
        """Return the day typed."""
        day = values["day"]
        if not isinstance(day, date):
            raise InvalidInput("Tapez la journée : 3/12, ou -1 pour hier.")
        return day


def _parts(child: SheetChild) -> list[str]:
    return fold(f"{child.last_name} {child.first_name}").split()


def _record(child: SheetChild) -> Record:
    school = child.class_name or child.school
    return Record(child.child_id, (child.name, plural(child.age, "an"), school))
