"""A screen that edits the commune's set-up in a draft: read once, checked at every step, recorded as a whole with its reason.

When somebody else recorded meanwhile, what they changed is shown and the draft laid over it; a section both changed is asked about.
Subclasses give `show_draft`, which shows the draft as it is.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, TypeVar

from textual.content import Content
from textual.widgets import Static

from screens.bars import Kind
from screens.changes_dialog import RecordChangesDialog
from screens.desk_screen import DeskDialog
from screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from tui_portail.commune_sections import Change, Section
from tui_portail.french import date_time_text, join_words, plural
from tui_portail.instants import in_paris
from tui_portail.services.commune_settings import CommuneChanged, change_commune, read_settings
from tui_portail.services.settings_draft import Draft

T = TypeVar("T")
MOST_SHOWN = 12


class DraftScreen(ReadForAgent):
    """A draft of its own, or one lent by the screen it was opened from, which then answers for what is not recorded."""

    DEFAULT_CSS = """
    DraftScreen #draft-state { height: auto; max-height: 3; padding: 0 1; border-top: solid $primary; }
    DraftScreen #draft-state.-wrong { color: $error; }
    """
    unsaved_question: ClassVar[str] = "Vos changements des réglages ne sont pas enregistrés : ils seront perdus."

    def __init__(self, lent: Draft | None = None) -> None:
        super().__init__()
        self.draft = lent
        self._is_lent = lent is not None
        self._is_asking = False

    def state_line(self) -> Static:
        """Return the line that says what the draft holds: one of the widgets of `compose_body`."""
        return Static("", id="draft-state", markup=False)

    def show_draft(self) -> None:
        """Show the draft as it is."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Say what is to be recorded, or what keeps it from being."""
        if self.draft is None:
            return
        fault, count = self.draft.fault(), len(self.draft.differences())
        if fault is not None:
            words = f"À corriger avant d’enregistrer : {fault.sentence}"
        elif count:
            words = f"{plural(count, 'changement')} à enregistrer (F10)."
        else:
            words = "Rien à enregistrer."
        line = self.query_one("#draft-state", Static)
        line.set_class(fault is not None, "-wrong")
        line.update(Content(plain(words)))

    def read(self) -> None:
        """Read the set-up, unless changes are waiting in the draft."""
        if self.draft is None or not (self._is_lent or self._is_asking or self.draft.is_touched):
            self.read_draft()
        else:
            self._show()

    def forget(self) -> None:
        """Keep the draft: it names nobody."""

    def has_unsaved(self) -> bool:
        """Whether leaving would lose changes."""
        return not self._is_lent and self.draft is not None and self.draft.is_touched

    @gesture(group="draft", exclusive=True)
    async def read_draft(self) -> None:
        """Read the set-up in force; what was typed in the draft while it was being read stays."""
        settings = await self.ask(read_settings, self.desk)
        if self.draft is None:
            self.draft = Draft(settings)
        elif not self.draft.is_touched:
            self.draft.restart(settings)
        self._show()

    async def ask_form(self, form: DeskDialog[T]) -> T | None:
        """Return what a form over the draft answers; the draft it was made from stays as it is meanwhile."""
        self._is_asking = True
        try:
            return await self.app.push_screen_wait(form)
        finally:
            self._is_asking = False

    def take(self, document: dict[str, Any]) -> None:
        """Take a changed document into the draft and show it."""
        if self.draft is not None:
            self.draft.document = document
            self._show()

    def _show(self) -> None:
        self.show_draft()
        self.show_state()

    def action_abandon(self) -> None:
        """Give up every change of the draft, after asking."""
        draft = self.draft
        if draft is None or not draft.is_touched:
            self.message("rien n’a changé : il n’y a rien à abandonner.")
            return

        def answered(yes: bool | None) -> None:
            if yes:
                draft.restart(draft.read)
                self._show()

        lines = [change.sentence for change in draft.differences()]
        self.app.push_screen(
            ConfirmDialog("Abandonner ces changements ?", lines, yes="Abandonner", no="Garder"), answered
        )

    @gesture(group="record")
    async def action_record(self) -> None:
        """Record the draft as the set-up in force, after showing what changes and asking why."""
        draft = self.draft
        if draft is None:
            return
        if not draft.is_touched:
            self.message("rien n’a changé : il n’y a rien à enregistrer.")
            return
        if (fault := draft.fault()) is not None:
            self.message(fault.sentence, Kind.REFUSED)
            return
        changes = draft.differences()
        reason = await self.app.push_screen_wait(RecordChangesDialog(changes, draft.reason))
        if reason is None:
            return
        draft.reason = reason
        desk, version, document, source = self.desk, draft.read.version, draft.document, draft.source
        name = f"record-{hash((version, json.dumps(document, sort_keys=True), reason))}"
        try:
            await self.send(name, lambda operation: change_commune(desk, version, document, source, reason, operation))
        except CommuneChanged as changed:
            await self._follow(draft, changed)
            return
        draft.restart(await self.ask(read_settings, desk))
        self._show()
        self.message(f"{plural(len(changes), 'changement')} en vigueur ; l’historique en garde le motif.", Kind.DONE)

    async def _follow(self, draft: Draft, changed: CommuneChanged) -> None:
        """Bring the draft onto what was recorded meanwhile, and say what it was."""
        theirs, both = draft.follow(await self.ask(read_settings, self.desk))
        self._show()
        title = f"Réglages modifiés par {changed.who}"
        lines = [f"Le {date_time_text(in_paris(changed.at))} :", *_told(theirs)]
        if not both:
            lines.append("Vos changements sont gardés, par-dessus : relisez-les, puis enregistrez.")
            await self.app.push_screen_wait(TextDialog(title, "\n".join(lines)))
        elif await self._takes_theirs(title, lines, both):
            draft.take_theirs(both)
        self._show()

    async def _takes_theirs(self, title: str, lines: list[str], both: tuple[Section, ...]) -> bool:
        names = join_words([f"« {section.title} »" for section in both])
        lines.append(f"Vous aviez aussi changé {names}. Que garder pour {'elles' if len(both) > 1 else 'elle'} ?")
        choices = ("Mes changements, à la place des leurs", "Les leurs ; les miens dans ces rubriques sont abandonnés")
        return await self.app.push_screen_wait(ChoiceDialog(title, "\n".join(lines), choices)) == 1


def _told(changes: tuple[Change, ...]) -> list[str]:
    told = [f"• {change.sentence}" for change in changes[:MOST_SHOWN]]
    more = len(changes) - MOST_SHOWN
    return [*told, f"… et {more} de plus (historique)"] if more > 0 else told
