"""A closure: its families, what was given back, the letters, the calls; going on with it, undoing it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from screens.bars import Kind
from screens.closure_families import ClosureFamiliesScreen
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ReasonDialog
from screens.gestures import gesture
from screens.sending import new_operation
from tui_portail.services.closing_days import close_families
from tui_portail.services.closure_letters import write_closure_letters
from tui_portail.services.closure_papers import export_families, print_phone_list
from tui_portail.services.day_closures import ClosureView, state_words, view_closure
from tui_portail.services.letter_batch import WrittenLetters
from tui_portail.services.letters import print_letters
from tui_portail.services.restored_days import begin_undoing, restore_families

_STOPPED = "arrêté : les familles faites le restent, F10 continue."


class ClosureScreen(ClosureFamiliesScreen):
    """The families that a closure touched; `begins`: it was just recorded, and goes through them at once."""

    AREA = "closure"
    TITLE = "Journées annulées"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("closure")
    HELP = (
        "L : un courrier à chaque famille, ou aux seules familles sans téléphone ni courriel. I : la liste à appeler.\n"
        "D défait l’annulation : les mêmes journées sont réservées de nouveau et payées par leurs avoirs, tant qu’ils n’ont pas servi."
    )

    def __init__(self, closure_id: int, begins: bool = False) -> None:
        super().__init__()
        self._closure_id, self._begins = closure_id, begins
        self._view: ClosureView | None = None
        self._written: WrittenLetters | None = None

    def read(self) -> None:
        """Read the closure; go through the families if it was just recorded."""
        if self._begins:
            self._begins = False
            self.action_go_on()
        elif not self.is_writing:
            self.read_closure()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._view = self._written = None
        super().forget()

    @gesture(group="closure", exclusive=True)
    async def read_closure(self) -> None:
        """Read the closure and show it."""
        view = self._view = await self.ask(view_closure, self.desk, self._closure_id)
        state = state_words(view.closure)
        self.show_families((f"{view.words} : {view.closure.days.reason} — {state}.", *view.sentences), view.families)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is left unfinished goes on; nothing is written for, nor undone of, a closure undone."""
        closure = None if self._view is None else self._view.closure
        if action == "go_on":
            return closure is not None and closure.is_running and not self.is_writing
        if action in {"undo", "letters"} and (closure is None or closure.undone_by is not None or self.is_writing):
            return False
        return super().check_action(action, parameters)

    @gesture(group="run", keys_wait=False)
    async def action_go_on(self) -> None:
        """Go through the families that are left, to close their days or to book them again."""
        desk, closure_id, operation = self.desk, self._closure_id, new_operation()
        undoing = self._view is not None and self._view.closure.undone_by is not None
        work = restore_families if undoing else close_families
        done = await self.write_behind(lambda told: work(desk, closure_id, operation, told), _STOPPED)
        if done is not None:
            self.message(done.sentence, Kind.DONE)
        self.read_closure()

    @gesture(group="undo")
    async def action_undo(self) -> None:
        """Ask why, then book the days again."""
        if self._view is None or self.is_writing:
            return
        explanation = (
            "Les mêmes journées sont réservées de nouveau, payées par leurs avoirs. Restent annulées celles dont l’avoir a servi, "
            "qui étaient en attente ou dues : la liste dira lesquelles. Les jours rouvrent au calendrier."
        )
        reason = await self.app.push_screen_wait(ReasonDialog("Défaire l’annulation", explanation))
        if reason is None:
            return
        desk, closure_id = self.desk, self._closure_id
        await self.send("undo", lambda operation: begin_undoing(desk, closure_id, reason, operation))
        self._view = await self.ask(view_closure, desk, closure_id)
        self.action_go_on()

    @gesture(group="letters", keys_wait=False)
    async def action_letters(self) -> None:
        """Ask to whom, then write the letters in one PDF."""
        choices = ("Toutes les familles touchées", "Seulement celles sans téléphone ni courriel")
        place = await self.app.push_screen_wait(ChoiceDialog("Courriers", "À qui écrire ?", choices))
        if place is None:
            return
        desk, closure_id, operation, alone = self.desk, self._closure_id, new_operation(), place == 1
        written = await self.write_behind(
            lambda told: write_closure_letters(desk, closure_id, operation, told, only_unreachable=alone)
        )
        if written is not None:
            self._written = written
            self.message(f"{written.sentence} : {written.path} — P : imprimer.", Kind.DONE)

    @gesture(group="print", keys_wait=False)
    async def action_print_letters(self) -> None:
        """Print the letters just written."""
        if self._written is None:
            self.message("aucun courrier n’est encore écrit : L les écrit.", Kind.INFO)
            return
        printed = await self.ask(print_letters, self.desk, self._written)
        self.message(printed.sentence, Kind.DONE)

    @gesture(group="phones", keys_wait=False)
    async def action_phones(self) -> None:
        """Draw the list of the families to call and print it."""
        printed = await self.ask(print_phone_list, self.desk, self._closure_id)
        self.message(printed.sentence, Kind.DONE)

    @gesture(group="export", keys_wait=False)
    async def action_export(self) -> None:
        """Write the families for a spreadsheet."""
        exported = await self.ask(export_families, self.desk, self._closure_id)
        self.message(exported.sentence, Kind.DONE)
