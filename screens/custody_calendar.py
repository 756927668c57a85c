"""The calendar of custody of a child: which parent has them, day by day; its pattern set or ended, days that depart from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.commands import bindings_of
from screens.custody_dialogs import CustodyDialog, EndDialog, ExceptionDialog, PatternDialog
from screens.custody_months import CustodyMonths, letters_of
from screens.custody_words import day_words, exception_words, legend, said_after, terms
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.plain_text import content
from screens.read_for_agent import ReadForAgent
from tui_portail.custody import Custody, CustodyDay
from tui_portail.french import elide
from tui_portail.services.custody import CustodyChanged, FamilyCustody, cancel_custody_exception, load_custody
from tui_portail.services.dossiers import ChildView


class CustodyScreen(ReadForAgent):
    """The custody of a family's children, one at a time; the first shown is `child_id`, else the first of the dossier."""

    AREA = "custody"
    TITLE = "Garde alternée"
    CSS_PATH = "custody.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("custody")
    HELP = "Les flèches vont d’un jour à l’autre, ligne par ligne d’une semaine à l’autre. La lettre dit chez qui est l’enfant."

    def __init__(self, dossier_id: int, child_id: int | None = None) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._child_id = child_id
        self.family: FamilyCustody | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The day under the cursor, the months, what the letters mean, the terms."""
        yield Static("", id="custody-day", markup=False)
        yield CustodyMonths(self.today)
        yield Static("", id="custody-legend", markup=False)
        with VerticalScroll(id="custody-terms", can_focus=False):
            yield Static("", id="terms", markup=False)

    # -- what is shown ---------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read what is shown."""
        self.read_custody()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.family = None
        self.months.show(None, {})
        for shown in ("#custody-day", "#custody-legend", "#terms"):
            self.query_one(shown, Static).update("")

    @gesture(group="custody", exclusive=True)
    async def read_custody(self) -> None:
        """Read the family's custody and show it."""
        self.family = await self.ask(load_custody, self.desk, self._dossier_id)
        self._show()

    @property
    def months(self) -> CustodyMonths:
        """The months."""
        return self.query_one(CustodyMonths)

    @property
    def child(self) -> ChildView | None:
        """The child shown."""
        children = self.family.dossier.children if self.family else ()
        return next((child for child in children if child.child_id == self._child_id), next(iter(children), None))

    @property
    def custody(self) -> Custody | None:
        """The custody of the child shown."""
        return self.family.children.get(self.child.child_id) if self.family and self.child else None

    @property
    def names(self) -> dict[int, str]:
        """The payers by id, the first one first."""
        return {payer.payer_id: payer.name for payer in self.family.dossier.payers} if self.family else {}

    def day(self, day: date) -> CustodyDay | None:
        """Return a day of the child shown."""
        custody = self.custody
        return custody.day(day, self.family.calendar) if custody is not None and self.family is not None else None

    def _show(self) -> None:
        family, child, custody, names = self.family, self.child, self.custody, self.names
        if family is None or child is None or custody is None:
            self.message("ce dossier n’a pas d’enfant.", Kind.REFUSED)
            return
        self.title = self._about("Garde", child)
        self.portail.show_header()
        letters = letters_of(names)
        self.months.show(lambda day: custody.day(day, family.calendar), letters)
        self.query_one("#custody-legend", Static).update(legend(letters, names))
        self.query_one("#terms", Static).update(content(terms(custody, names, self.today)))
        self.refresh_bindings()

    @on(CustodyMonths.Moved)
    def _say_day(self) -> None:
        day = self.day(self.months.cursor)
        if day is not None:
            self.query_one("#custody-day", Static).update(content(day_words(day, self.names), "bold"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what one payer alone, or an only child, has no use for."""
        if action in ("edit_pattern", "add_exception") and len(self.names) < 2:
            return False
        if action == "end_pattern" and not (self.custody and self.custody.patterns):
            return False
        if action == "next_child" and not (self.family and len(self.family.dossier.children) > 1):
            return False
        return super().check_action(action, parameters)

    # -- moving ----------------------------------------------------------------------------------------------------------

    def action_turn(self, months: int) -> None:
        """Show other months."""
        self.months.turn(months)

    def action_today(self) -> None:
        """Come back to today."""
        self.months.go(self.today)

    def action_next_child(self, step: int) -> None:
        """Show the custody of a brother or a sister, on the same day."""
        if self.family is not None and self.child is not None:
            children = self.family.dossier.children
            self._child_id = children[(children.index(self.child) + step) % len(children)].child_id
            self.message("")
            self._show()

    def action_reload(self) -> None:
        """Read again."""
        self.read_custody()

    # -- changing --------------------------------------------------------------------------------------------------------

    @gesture(group="edit")
    async def action_edit_pattern(self) -> None:
        """Set how turns alternate, or correct it."""
        if self.family is not None and self.child is not None:
            title = self._about("Garde alternée", self.child)
            await self._answered(PatternDialog(title, self.family, self.child), "garde alternée enregistrée.")

    @gesture(group="edit")
    async def action_end_pattern(self) -> None:
        """End custody by turns."""
        if self.family is not None and self.child is not None:
            title = self._about("Fin de la garde alternée", self.child)
            await self._answered(EndDialog(title, self.family, self.child), "fin de la garde alternée enregistrée.")

    @gesture(group="edit")
    async def action_add_exception(self) -> None:
        """Give some days to a parent, from the one under the cursor: to the other than the pattern's."""
        day = self.day(self.months.cursor)
        if self.family is not None and self.child is not None and day is not None:
            other = next(payer_id for payer_id in self.names if payer_id != day.payer_id)
            title = self._about("Exception à la garde", self.child)
            dialog = ExceptionDialog(title, self.family, self.child, day.day, other)
            await self._answered(dialog, "exception enregistrée.")

    @gesture(group="edit")
    async def action_open_day(self) -> None:
        """Show the exception of the day under the cursor, which may be cancelled."""
        day = self.day(self.months.cursor)
        if day is None or day.exception is None:
            self.message("aucune exception ce jour-là : x en ajoute une.")
            return
        lines = (exception_words(day.exception, self.names), "Annulée, le rythme vaut de nouveau ces jours-là.")
        dialog = ConfirmDialog("Exception à la garde", lines, yes="Annuler cette exception", no="La garder")
        if not await self.app.push_screen_wait(dialog):
            return
        desk, exception_id = self.desk, day.exception.exception_id
        changed = await self.send("cancel", lambda operation: cancel_custody_exception(desk, exception_id, operation))
        self._changed(changed, "exception annulée.")

    async def _answered(self, dialog: CustodyDialog, done: str) -> None:
        self.message("")
        changed = await self.app.push_screen_wait(dialog)
        if changed is not None:
            self._changed(changed, done)

    def _changed(self, changed: CustodyChanged, done: str) -> None:
        self.message(said_after(done, changed), Kind.DONE)
        self.read_custody()

    def _about(self, words: str, child: ChildView) -> str:
        return f"{words} {elide('de', child.first_name)}"
