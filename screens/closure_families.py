"""What the preview of a closure and the closure itself share: a few lines that sum up, the families by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import OptionList, ProgressBar, Static

from screens.columns import Column
from screens.plain_text import content
from screens.records_list import Record, RecordsList
from screens.writing import WritingScreen
from tui_portail.french import join_words
from tui_portail.money import format_cents
from tui_portail.services.closed_families import ClosedFamily

_COLUMNS = (
    Column("Famille", 14, share=1),
    Column("Enfants", 12, share=1),
    Column("Jours", 5, right=True),
    Column("Rendu", 9, right=True),
    Column("À appeler", 26, share=3),
    Column("Avoir", 14, from_width=112),
)


class ClosureFamiliesScreen(WritingScreen):
    """The families of a closure."""

    DEFAULT_CSS = """
    ClosureFamiliesScreen #closure-sum { height: auto; max-height: 9; padding: 0 1 1 1; }
    """
    unsaved_question: ClassVar[str] = (
        "Un travail est en cours : partir l’arrête. Les familles faites le restent, un PDF commencé n’est pas gardé."
    )

    def compose_body(self) -> Iterable[Widget]:
        """What it comes to, the progress, the families."""
        yield Static("", id="closure-sum", markup=False)
        yield ProgressBar(show_eta=False, id="closure-progress")
        yield RecordsList(_COLUMNS, id="closure-families", empty="Aucune famille touchée.")

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self.query_one(RecordsList).show([])
        self.query_one("#closure-sum", Static).update("")

    def show_families(self, lines: Sequence[str], families: Sequence[ClosedFamily]) -> None:
        """Show what was read."""
        lines = [f"{line[:1].upper()}{line[1:]}" for line in lines]
        self.query_one("#closure-sum", Static).update(content("\n".join(lines)))
        records = self.query_one(RecordsList)
        records.show([_record(family) for family in families])
        if self.focused is None:
            records.lines.focus()

    @on(OptionList.OptionSelected)
    def action_open_dossier(self) -> None:
        """Open the dossier of the family chosen."""
        if (dossier_id := self.query_one(RecordsList).chosen) is not None and not self.is_writing:
            self.portail.open("dossier", dossier_id)


def _record(family: ClosedFamily) -> Record:
    left = " · ".join(family.why_left)
    again = f"{family.restored} remise{'s' if family.restored > 1 else ''}" if family.restored else ""
    undone = " · ".join(part for part in (again, f"annulé : {left}" if left else "") if part)
    texts = (
        family.label,
        join_words(family.children),
        f"{len(family.days)}",
        format_cents(family.avoir_cents) if family.avoir_cents else "—",
        undone or family.phones or "aucun téléphone",
        " ".join(family.avoirs),
    )
    return Record(family.dossier_id, texts, "$warning" if left else "")
