"""The change of school year: what becomes of each child, those left out, then all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog, TextDialog
from screens.gestures import gesture
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import FilterField, Record, RecordsList
from tui_portail.folding import fold
from tui_portail.french import long_date, plural
from tui_portail.school_levels import level_label
from tui_portail.services.year_change import YearPreview, apply_year_change, preview_year_change
from tui_portail.year_change import Move, PupilMove

MOST_SHOWN = 300
_COLUMNS = (
    Column("", 1),
    Column("Enfant", 18, share=2),
    Column("Cette année", 14, share=1),
    Column("Devient", 9),
    Column("Ensuite", 20, share=3),
)
_ORDER = (Move.UNSURE, Move.LEAVES, Move.UP, Move.DONE)
_STYLES = {Move.UNSURE: "$warning", Move.LEAVES: "$secondary", Move.DONE: "$text-muted"}


class YearChangeScreen(ReadForAgent):
    """Every child not archived, those an agent must look at first."""

    AREA = "year_change"
    TITLE = "Changement d’année"
    CSS_PATH = "year_change.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("year_change")
    HELP = (
        "À partir de juin, l’année proposée est celle de septembre ; appliquée plus tôt, elle ne compte qu’au 1er septembre.\n"
        "Espace écarte un enfant (redoublement, départ) : rien n’est écrit pour lui. Appliquer deux fois ne change rien de plus."
    )
    unsaved_question: ClassVar[str] = "Des enfants sont écartés et rien n’est appliqué."

    def __init__(self) -> None:
        super().__init__()
        self._preview: YearPreview | None = None
        self._excluded: set[int] = set()
        self._only: Move | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The sums, a field to find a child, the children."""
        yield Static("", id="year-sum", markup=False)
        yield FilterField(placeholder="Nom d’un enfant", id="filter", select_on_focus=False)
        yield RecordsList(_COLUMNS, id="year-lines", empty="Aucun enfant.")

    def read(self) -> None:
        """Read what is proposed."""
        self.read_preview()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._preview, self._excluded = None, set()
        self._show()

    def has_unsaved(self) -> bool:
        """Whether children were left out and nothing applied."""
        return bool(self._excluded)

    @gesture(group="preview", exclusive=True)
    async def read_preview(self) -> None:
        """Read what is proposed for every child."""
        self._preview = await self.ask(preview_year_change, self.desk)
        self._show()
        if self.focused is None or self.focused.id == "filter":
            self.query_one(RecordsList).lines.focus()

    def action_reload(self) -> None:
        """Read again."""
        self.read_preview()

    def action_move(self, step: int) -> None:
        """Move in the list from the field."""
        self.query_one(RecordsList).move(step)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted, "#filter")
    def _entered(self) -> None:
        self.query_one(RecordsList).lines.focus()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_exclude()

    def action_exclude(self) -> None:
        """Leave the child out, or put it back."""
        child_id = self.query_one(RecordsList).chosen
        move = next((one for one in self._moves() if one.pupil.child_id == child_id), None)
        if move is None:
            return
        if move.move not in {Move.UP, Move.LEAVES}:
            self.message("rien n’est proposé pour cet enfant : il reste comme il est.")
            return
        self._excluded ^= {move.pupil.child_id}
        self.message("")
        self._show()

    def action_next_move(self) -> None:
        """Show the children of another sort, then all again."""
        turns: tuple[Move | None, ...] = (None, *_ORDER)
        self._only = turns[(turns.index(self._only) + 1) % len(turns)]
        self._show()

    def _moves(self) -> list[PupilMove]:
        if self._preview is None:
            return []
        typed = fold(plain(self.query_one("#filter", Input).value).strip())
        found = [
            one
            for one in self._preview.moves
            if self._only in (None, one.move) and typed in fold(f"{one.pupil.last_name} {one.pupil.first_name}")
        ]
        return sorted(found, key=lambda one: (_ORDER.index(one.move), not one.changes_school))

    def _show(self) -> None:
        moves = self._moves()
        self.query_one(RecordsList).show([self._record(one) for one in moves[:MOST_SHOWN]])
        self.query_one("#year-sum", Static).update(Content(self._summary(len(moves))), layout=False)

    def _summary(self, shown: int) -> str:
        preview = self._preview
        if preview is None:
            return "Lecture…"
        counts = Counter(one.move for one in preview.moves)
        other = sum(one.changes_school for one in preview.moves)
        year = f"{preview.year.year}-{preview.year.year + 1}"
        first = (
            f"{year} : {plural(counts[Move.UP], 'monte', 'montent')}, dont {plural(other, 'change', 'changent')} d’école · "
            f"{plural(counts[Move.LEAVES], 'part', 'partent')} · {counts[Move.UNSURE]} à voir · {counts[Move.DONE]} faits"
        )
        when = "" if preview.archives_now else f"départs archivés au {preview.year:%d/%m/%Y} · "
        which = f"« {self._only.value} »" if self._only else "tous"
        cut = f", les {MOST_SHOWN} premiers sur {shown}" if shown > MOST_SHOWN else ""
        second = f"{when}{plural(len(self._excluded), 'écarté')} · montrés : {which}{cut}"
        second = f"{second[0].upper()}{second[1:]}"
        return f"{first}\n{second}"

    def _record(self, one: PupilMove) -> Record:
        pupil, out = one.pupil, one.pupil.child_id in self._excluded
        after = "reste comme il est" if out else self._after(one)
        texts = (
            "×" if out else "",
            f"{pupil.last_name} {pupil.first_name}",
            level_label(pupil.level) or pupil.class_name or "—",
            "écarté" if out else one.move.value,
            after,
        )
        return Record(pupil.child_id, texts, "$text-muted" if out else _STYLES.get(one.move, ""))

    def _after(self, one: PupilMove) -> str:
        if one.move is not Move.UP or self._preview is None:
            return one.reason
        where = self._preview.school_names.get(one.school_code, one.school_code)
        return f"{level_label(one.level)}{f', {where}' if one.changes_school else ''}"

    @gesture(group="dialog")
    async def action_sums(self) -> None:
        """Show how many go where."""
        preview = self._preview
        if preview is None:
            return
        names = preview.school_names
        sums = Counter(
            (names.get(one.pupil.school_code, ""), one.pupil.level or one.pupil.class_name, one.move, self._after(one))
            for one in preview.moves
            if one.pupil.child_id not in self._excluded
        )
        lines = []
        school = None
        for (name, level, move, after), count in sorted(sums.items(), key=lambda item: str(item[0])):
            if name != school:
                school = name
                lines += ["", name]
            lines.append(f"  {level_label(level):<24}{count:>5}  {move.value} → {after}")
        await self.app.push_screen_wait(
            TextDialog("Par école et par niveau", "\n".join(lines).strip() or "Aucun enfant.")
        )

    @gesture(group="apply")
    async def action_apply(self) -> None:
        """Confirm, then write."""
        preview = self._preview
        if preview is None:
            return
        excluded = frozenset(self._excluded)
        up = sum(one.move is Move.UP and one.pupil.child_id not in excluded for one in preview.moves)
        lines = [
            f"{plural(up, 'enfant monte', 'enfants montent')} d’un niveau à partir du {long_date(preview.year)}.",
            "Les départs sont archivés, sauf jours réservés ou dus."
            if preview.archives_now
            else f"Les départs seront archivés à partir du {long_date(preview.year)} : appliquez de nouveau ce jour-là.",
            f"{plural(len(excluded), 'enfant écarté reste comme il est', 'enfants écartés restent comme ils sont')}.",
        ]
        if not await self.app.push_screen_wait(
            ConfirmDialog("Appliquer le changement d’année", lines, yes="Appliquer")
        ):
            return
        done = await self.send(
            "year", lambda operation: apply_year_change(self.desk, preview.year, excluded, operation)
        )
        self._excluded = set()
        self._preview = await self.ask(preview_year_change, self.desk)
        self._show()
        self.message(done.sentence, Kind.DONE)
