"""A statement of the Trésor's before it is kept: what each line is to our payments, what was not understood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens import online_words as words
from screens.bars import Kind
from screens.commands import bindings_of
from screens.desk_screen import DeskScreen
from screens.dialogs import ConfirmDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.records_list import RecordsList
from tui_portail.french import plural
from tui_portail.imports.files import SourceFile
from tui_portail.money import format_cents
from tui_portail.services.treasury_statements import OUTCOME_WORDS, StatementOutcome, StatementPreview, read_statement

MOST_SHOWN = 200


class TreasuryStatementScreen(DeskScreen):
    """The lines of a file, and the key that keeps it."""

    AREA = "statement"
    TITLE = "Relevé du Trésor"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("statement")
    DEFAULT_CSS = "TreasuryStatementScreen #statement-sum { height: 3; padding: 0 1; }"
    HELP = (
        "Rien n’est encore enregistré. Les lignes à regarder sont les premières ; Ctrl+N en montre une seule sorte.\n"
        "F10 enregistre le relevé, une fois pour toutes : ses différences se traitent ensuite au rapprochement."
    )
    unsaved_question: ClassVar[str] = "Ce relevé n’est pas enregistré : partir l’abandonne."

    def __init__(self, source: SourceFile, seen: StatementPreview) -> None:
        super().__init__()
        self._source, self._seen = source, seen
        self._outcome: StatementOutcome | None = None
        self._is_kept = False

    def compose_body(self) -> Iterable[Widget]:
        """What the file comes to, its lines."""
        yield Static(Content(plain(words.preview_words(self._seen))), id="statement-sum", markup=False)
        yield RecordsList(words.LINE_COLUMNS, id="statement", empty="Aucune ligne de cette sorte.")

    def on_mount(self) -> None:
        """Show the lines."""
        self._show()
        self.query_one(RecordsList).lines.focus()

    def has_unsaved(self) -> bool:
        """Whether the statement was read and not kept."""
        return not self._is_kept

    def _show(self) -> None:
        order = [StatementOutcome.UNPAID, StatementOutcome.AMOUNT, StatementOutcome.UNKNOWN, StatementOutcome.MATCHED]
        lines = [line for line in self._seen.lines if self._outcome in (None, line.outcome)]
        lines.sort(key=lambda line: (order.index(line.outcome), line.rank))
        self.query_one(RecordsList).show(words.line_records(lines[:MOST_SHOWN]))
        which = "toutes" if self._outcome is None else OUTCOME_WORDS[self._outcome]
        cut = f", les {MOST_SHOWN} premières sur {len(lines)}" if len(lines) > MOST_SHOWN else ""
        self.message(f"lignes montrées : {which}{cut}.")

    def action_next_outcome(self) -> None:
        """Show the lines of another outcome, then all again."""
        turns: tuple[StatementOutcome | None, ...] = (None, *StatementOutcome)
        self._outcome = turns[(turns.index(self._outcome) + 1) % len(turns)]
        self._show()

    @on(OptionList.OptionSelected)
    @gesture(group="not-read")
    async def show_not_read(self) -> None:
        """Show the lines that were not understood."""
        if self._seen.not_read:
            await self.app.push_screen_wait(TextDialog("Lignes non lues", words.not_read_text(self._seen)))

    @gesture(group="keep")
    async def action_keep(self) -> None:
        """Ask, then keep the statement and go back to the reconciliation."""
        seen = self._seen
        facts = [f"{plural(len(seen.lines), 'paiement')}, {format_cents(seen.total_cents)}."]
        if seen.not_read:
            facts.append(
                f"{plural(len(seen.not_read), 'ligne')} non lue{'s' if len(seen.not_read) > 1 else ''} : corrigez le fichier puis lisez-le "
                "de nouveau, ce qui est déjà connu ne compte qu’une fois."
            )
        facts.append("Un relevé enregistré ne change plus.")
        if not await self.app.push_screen_wait(ConfirmDialog("Enregistrer ce relevé ?", facts, yes="Enregistrer")):
            return
        desk, source = self.desk, self._source
        kept = await self.send("keep-statement", lambda operation: read_statement(desk, source, operation))
        self._is_kept = True
        self.leave()
        self.portail.say(kept.sentence, Kind.DONE)
