"""« Valider »: everything the ticked days would do, before « Terminer » does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.commands import bindings_of
from screens.desk_screen import DeskDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.planning_state import PlanningState
from screens.planning_words import due_line, payer_blocks, reason_lines, refused_lines, removal_lines
from tui_portail.decision import Decision
from tui_portail.planning import CellKey
from tui_portail.services.booking import ChangesRefused, FinishedChanges, finish_changes

Answer = FinishedChanges | Mapping[CellKey, Decision] | None


class ReviewDialog(DeskDialog[Answer]):
    """Returns what « Terminer » did, the refusals when the facts changed meanwhile, None when the agent goes back to ticking."""

    AREA = "review"
    TITLE = "Valider les modifications"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("review")

    def __init__(self, state: PlanningState) -> None:
        super().__init__()
        self._state = state

    def compose_body(self) -> Iterable[Widget]:
        """Who pays which days and how much, what is removed, the reasons given, the refusals; what each payer owes stays in sight."""
        state = self._state
        lines = [*payer_blocks(state), *removal_lines(state), *reason_lines(state)]
        lines += [f"✗ {line}" for line in refused_lines(state, {**state.judgement.refusals, **state.refusals})]
        bills = "\n".join(due_line(bill) for bill in state.judgement.bills) or "Rien à payer."
        with VerticalScroll(id="review-lines"):
            yield Static(Content(plain("\n".join(lines))))
        yield Static(Content.styled(plain(bills), "bold"), id="review-bills")

    def on_mount(self) -> None:
        """Let the arrows scroll a long list."""
        self.query_one("#review-lines").focus()

    def keys_line(self) -> str:
        """Two answers."""
        return "t : Terminer les modifications · Échap : revenir au planning"

    def action_finish(self) -> None:
        """Do it."""
        self.finish()

    @gesture(group="finish")
    async def finish(self) -> None:
        """Send the changes once; what is refused meanwhile goes back to the planning with its sentences."""
        desk, dossier_id = self.desk, self._state.loaded.dossier_id
        changes = tuple(self._state.changes.values())
        try:
            done = await self.send("finish", lambda operation: finish_changes(desk, dossier_id, changes, operation))
        except ChangesRefused as refused:
            self.dismiss(refused.refusals)
            return
        self.dismiss(done)


class RefusalsDialog(DeskDialog[None]):
    """Every refusal in full, one paragraph a sentence, with the text it rests on."""

    TITLE = "Ce qui est refusé"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "cancel", "Fermer", id="refusals.close")]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def compose_body(self) -> Iterable[Widget]:
        """The sentences."""
        with VerticalScroll(id="refusal-lines"):
            yield Static(Content(plain("\n\n".join(self._lines))))

    def on_mount(self) -> None:
        """Let the arrows scroll a long list."""
        self.query_one("#refusal-lines").focus()

    def keys_line(self) -> str:
        """One way out."""
        return "↑ ↓ : défiler · Échap : fermer"
