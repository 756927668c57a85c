"""Pointage: the children of a sheet marked by a key each, by a bar-code reader, or all the others at once.

A mark is shown at once and written behind the agent's next keys: what is typed while one is being written goes together in the next
gesture, and what could not be written stays shown with « … » until it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.events import Key
from textual.widgets import Input, OptionList

from screens import attendance_words as words
from screens.attendance_dialogs import UnbookedDialog
from screens.attendance_sheet import SheetScreen
from screens.bars import Kind
from screens.commands import bindings_of
from screens.gestures import gesture
from screens.plain_text import plain
from screens.sending import is_worth_retrying
from tui_portail.badges import DIGITS, child_of
from tui_portail.errors import PortailError
from tui_portail.folding import fold
from tui_portail.french import plural
from tui_portail.services.attendance import Mark, Marked, mark_children, mark_others_present
from tui_portail.services.attendance_places import child_of_badge, likely_children
from tui_portail.services.attendance_sheet import AttendanceState, SheetLine, attendance_sheet
from tui_portail.services.desk import Desk
from tui_portail.services.slots import SlotKey
from tui_portail.services.unbooked import clear_unbooked, mark_unbooked


class AttendanceScreen(SheetScreen):
    """The sheet, and what is marked on it."""

    AREA = "attendance"
    TITLE = "Pointage"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("attendance")
    HELP = (
        "Un lecteur de codes-barres tape le numéro du badge, puis Entrée, où que soit le curseur : l’enfant est présent.\n"
        "Un enfant venu sans réservation doit sa journée ; effacé le jour même par le même agent, il ne la doit plus."
    )
    unsaved_question = "Des pointages ne sont pas encore enregistrés : F5 essaie de nouveau."

    def __init__(self) -> None:
        super().__init__()
        self._pending: dict[int, AttendanceState] = {}
        self._writing = asyncio.Lock()
        self._digits = ""
        self._armed = ""
        self._came: int | None = None  # whose badge was read, and who had not booked

    @property
    def pending(self) -> Mapping[int, AttendanceState]:
        """What is marked and not yet written, by child."""
        return self._pending

    def forget(self) -> None:
        """Take off what was read for another agent: what they could not write is not written in this one's name."""
        self._disarm()
        self._pending.clear()
        super().forget()

    # -- marking ---------------------------------------------------------------------------------------------------------

    def action_mark(self, state: str) -> None:
        """Mark the child under the cursor, and go to the next."""
        self._disarm()
        if (line := self.line) is not None and self._mark(line, AttendanceState(state)):
            self.records.move(1)

    def action_clear(self) -> None:
        """Take off the mark of the child under the cursor; struck twice where a debt goes with it."""
        line = self.line
        if line is None:
            return
        if line.state is not AttendanceState.UNBOOKED:
            self._disarm()
            if line.state is not None and not line.by_itself:
                self._mark(line, AttendanceState.CLEARED)
        elif self._twice(
            f"clear {line.child.child_id}",
            f"Suppr encore : la présence de {line.child.name} et sa dette sont effacées.",
        ):
            self.clear_unbooked(line)

    def _mark(self, line: SheetLine, state: AttendanceState) -> bool:
        if line.state is AttendanceState.UNBOOKED:
            self.message(
                f"{line.child.name} est venu sans réservation : Suppr efface d’abord ce pointage.", Kind.REFUSED
            )
            return False
        if self.slot is not None and self.slot[2] > self.today:
            self.message("cette journée n’est pas encore venue : elle se pointe le jour même, ou après.", Kind.REFUSED)
            return False
        child_id = line.child.child_id
        self._pending[child_id] = state
        self.records.change(words.record_of(line, state))
        self.show_sum()
        self.message(words.done_words(line, state), Kind.DONE)
        self.write_pending()
        return True

    @gesture(group="write", keys_wait=False)
    async def write_pending(self) -> None:
        """Write what was marked and is not yet written."""
        await self._write_pending()

    async def _write_pending(self) -> None:
        async with self._writing:
            desk, slot = self.desk, self.slot
            while self._pending and slot is not None:
                taken = dict(self._pending)
                marks = [Mark(child_id, state) for child_id, state in taken.items()]
                try:
                    await self.send(f"mark {marks}", _writer(desk, slot, marks))
                except PortailError as error:
                    if is_worth_retrying(error):
                        raise  # kept, and shown with « … »
                    self._taken_off(taken)
                    await self._write_one_by_one(desk, slot, marks if len(marks) > 1 else [])
                    self.show_sheet(await self.ask(attendance_sheet, desk, slot))
                    raise
                self._taken_off(taken)
                self.portail.last_marked = slot[:2]
            if slot is not None:
                self.show_sheet(await self.ask(attendance_sheet, desk, slot))

    async def _write_one_by_one(self, desk: Desk, slot: SlotKey, marks: Sequence[Mark]) -> None:
        """Write each of the marks that were refused together: one that cannot stand takes no other with it."""
        for mark in marks:
            with suppress(PortailError):
                await self.send(f"mark {mark}", _writer(desk, slot, [mark]))

    def _taken_off(self, written: dict[int, AttendanceState]) -> None:
        for child_id, state in written.items():
            if self._pending.get(child_id) is state:
                del self._pending[child_id]

    @gesture(group="others")
    async def action_mark_others(self) -> None:
        """Mark present all those of whom nothing was marked, the key struck twice."""
        await self._write_pending()
        sheet = self.sheet
        if sheet is None or not sheet.left:
            self._disarm()
            self.message("tous les enfants attendus sont déjà pointés.")
            return
        left = len(sheet.left)
        sentence = (
            f"T encore : {plural(left, 'autre enfant sera pointé présent', 'autres enfants seront pointés présents')}."
        )
        if self._twice("others", sentence):
            desk, slot = self.desk, sheet.slot
            done = await self.send("others", lambda operation: mark_others_present(desk, slot, operation))
            self.portail.last_marked = slot[:2]
            self.show_sheet(await self.ask(attendance_sheet, desk, slot))
            self.message(f"{plural(len(done.marks), 'enfant pointé présent', 'enfants pointés présents')}.", Kind.DONE)

    @gesture(group="unbooked")
    async def action_mark_unbooked(self) -> None:
        """Mark a child who came without booking: the one whose badge was read, or one looked for by name."""
        slot, child_id = self.slot, self._came
        self._disarm()
        if slot is None:
            return
        await self._write_pending()
        if child_id is None:
            expected = {line.child.child_id for line in self.sheet.lines if not line.by_itself} if self.sheet else set()
            children = await self.ask(likely_children, self.desk, slot)
            child_id = await self.app.push_screen_wait(
                UnbookedDialog([one for one in children if one.child_id not in expected])
            )
        if child_id is None:
            return
        desk, chosen = self.desk, child_id
        made = await self.send(f"unbooked {chosen}", lambda operation: mark_unbooked(desk, slot, chosen, operation))
        self.show_sheet(await self.ask(attendance_sheet, desk, slot))
        self.records.choose(made.child_id)
        line = self.line
        name = line.child.name if line is not None else ""
        self.message(f"présent sans réservation : {name} ({', '.join(made.activities)}).", Kind.DONE)

    @gesture(group="clear")
    async def clear_unbooked(self, line: SheetLine) -> None:
        """Take off the mark of a child who came without booking, and the debt it made."""
        if self.sheet is None:
            return
        desk, slot, child_id = self.desk, self.sheet.slot, line.child.child_id
        await self.send(f"clear {child_id}", lambda operation: clear_unbooked(desk, slot, child_id, operation))
        self.show_sheet(await self.ask(attendance_sheet, desk, slot))
        self.message(f"pointage effacé : {line.child.name}.", Kind.DONE)

    def _twice(self, what: str, sentence: str) -> bool:
        """Say what a key would do; True when it is struck again at once. No dialog: a reader's Enter would answer it."""
        if self._armed == what:
            self._armed = ""
            return True
        self._disarm()
        self._armed = what
        self.message(sentence, Kind.INFO)
        return False

    def _disarm(self) -> None:
        self._armed, self._came, self._digits = "", None, ""

    def has_unsaved(self) -> bool:
        """Whether a mark is not written."""
        return bool(self._pending)

    def action_reload(self) -> None:
        """Write what is not written, and read again."""
        self._disarm()
        self.message("")
        if self._pending:
            self.write_pending()
        else:
            self.read_sheet()

    def waits_to_be_written(self) -> bool:
        """Say that what was marked here is written before another sheet is shown."""
        self._disarm()
        if self._pending:
            self.message("l’enregistrement n’est pas encore confirmé.", Kind.WAIT)
        return bool(self._pending)

    # -- the reader and the field ----------------------------------------------------------------------------------------

    def on_key(self, event: Key) -> None:
        """Gather the figures a reader types, wherever the cursor is; Enter ends them."""
        if isinstance(self.focused, Input):
            return
        if event.character is not None and event.character in DIGITS:
            self._digits += event.character
            event.stop()
        elif event.key != "enter":
            self._digits = ""

    @on(OptionList.OptionSelected)
    def _entered(self) -> None:
        typed, self._digits = self._digits, ""
        if typed:
            self.read_badge(typed)
        else:
            self._disarm()
            self.records.move(1)

    @gesture(group="badge")
    async def read_badge(self, typed: str) -> None:
        """Mark present the child whose badge was read; say it when they have not booked."""
        self._disarm()
        child_id = child_of(typed)
        if child_id is None:
            self.message(
                f"badge illisible ({plain(typed)}) : présentez-le de nouveau, ou cherchez l’enfant par « / ».",
                Kind.REFUSED,
            )
            return
        child = await self.ask(child_of_badge, self.desk, child_id, self.today)
        line = self.sheet.line(child.child_id) if self.sheet is not None else None
        if line is None or line.by_itself:
            self._came = child.child_id
            self.message(
                f"{child.name} n’a pas réservé. S : présent sans réservation, la journée sera due.", Kind.REFUSED
            )
            return
        self.records.choose(child.child_id)
        if line.state is AttendanceState.UNBOOKED:
            self.message(f"déjà pointé, sans réservation : {line.child.name}.")
        else:
            self._mark(line, AttendanceState.PRESENT)

    def action_find(self) -> None:
        """Show the field that finds a name."""
        self._disarm()
        field = self.query_one("#attendance-find", Input)
        field.value = ""
        field.add_class("-shown")
        field.focus()

    @on(Input.Changed, "#attendance-find")
    def _typed(self, event: Input.Changed) -> None:
        typed = fold(plain(event.value)).strip()
        if self.sheet is None or not typed or child_of(event.value) is not None:
            return
        found = next((line for line in self.sheet.lines if fold(line.child.name).startswith(typed)), None) or next(
            (line for line in self.sheet.lines if fold(line.child.first_name).startswith(typed)), None
        )
        self.message(
            "" if found else "aucun enfant de cette feuille ne porte ce nom : s, s’il est venu sans réservation."
        )
        if found is not None:
            self.records.choose(found.child.child_id)

    @on(Input.Submitted, "#attendance-find")
    def _found(self, event: Input.Submitted) -> None:
        self._hide_field()
        if any(character in DIGITS for character in event.value) and not any(map(str.isalpha, event.value)):
            self.read_badge(event.value)

    def _hide_field(self) -> None:
        self.message("")
        self.query_one("#attendance-find", Input).remove_class("-shown")
        self.records.lines.focus()

    def action_move(self, step: int) -> None:
        """Move in the list without leaving the field."""
        self.records.move(step)

    def action_back(self) -> None:
        """Leave the field first."""
        if self.focused is not None and self.focused.id == "attendance-find":
            self._hide_field()
        else:
            super().action_back()


def _writer(desk: Desk, slot: SlotKey, marks: Sequence[Mark]) -> Callable[[str], Marked]:
    return lambda operation: mark_children(desk, slot, marks, operation)
