"""Two dossiers about to be made one: who is who, turned person by person; what refuses it; then one reason and Enter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog, ReasonDialog
from screens.gestures import gesture
from screens.merging_words import MergeLine, merge_lines, outcome_text, sides_text, turned
from screens.plain_text import content, plain
from screens.read_for_agent import ReadForAgent
from tui_portail.dossier_number import display
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import MergePreview, merge_dossiers, preview_merge


class MergingScreen(ReadForAgent):
    """The dossier kept, and the one that is merged into it."""

    AREA = "merging"
    TITLE = "Fusion de dossiers"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("merging")
    DEFAULT_CSS = """
    MergingScreen #merging-sides { height: auto; padding: 0 1; }
    MergingScreen #merging-ask { height: auto; margin-top: 1; padding: 0 1; }
    MergingScreen #merging-people { height: auto; max-height: 10; border: none; }
    MergingScreen #merging-outcome { height: auto; margin-top: 1; padding: 0 1; }
    """
    HELP = (
        "Espace change la personne du dossier gardé avec qui celle de la ligne ne fait qu’une, ou dit qu’elle est une autre.\n"
        "Deux comptes d’une même personne sont réunis : avoirs et dettes vont au compte qui reste. c échange les deux dossiers."
    )

    def __init__(self, kept_id: int, merged_id: int) -> None:
        super().__init__()
        self._kept_id, self._merged_id = kept_id, merged_id
        self._view: MergePreview | None = None
        self._lines: tuple[MergeLine, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """The two dossiers, who is who, what it would do."""
        yield Static("Lecture des deux dossiers…", id="merging-sides", markup=False)
        yield Static("Qui est qui ? Espace pour changer :", id="merging-ask", markup=False)
        yield OptionList(id="merging-people")
        yield Static("", id="merging-outcome", markup=False)

    def read(self) -> None:
        """Read both dossiers; who was paired stays so."""
        self.read_preview(self._view.pairing if self._view is not None else None)

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._view, self._lines = None, ()
        self.query_one("#merging-people", OptionList).clear_options()
        for shown in ("#merging-sides", "#merging-outcome"):
            self.query_one(shown, Static).update("")

    @gesture(group="preview", exclusive=True)
    async def read_preview(self, pairing: Pairing | None) -> None:
        """Read what the merge would do, with this pairing or the one proposed."""
        view = self._view = await self.ask(preview_merge, self.desk, self._kept_id, self._merged_id, pairing)
        self.query_one("#merging-sides", Static).update(content(sides_text(view)))
        self._lines = merge_lines(view)
        people = self.query_one("#merging-people", OptionList)
        kept = people.highlighted
        people.set_options(Option(Content(f" {plain(line.text)}")) for line in self._lines)
        people.highlighted = min(kept or 0, len(self._lines) - 1) if self._lines else None
        people.focus()
        self.query_one("#merging-outcome", Static).update(content(outcome_text(view)))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is merged while something refuses it."""
        if action == "merge" and (self._view is None or self._view.refusals):
            return False
        return super().check_action(action, parameters)

    def action_turn(self) -> None:
        """Pair the person of the line with the next of the kept dossier, or with nobody."""
        place = self.query_one("#merging-people", OptionList).highlighted
        if self._view is not None and place is not None:
            self.message("")
            self.read_preview(turned(self._view, self._lines[place]))

    @on(OptionList.OptionSelected, "#merging-people")
    def _entered(self) -> None:
        self.action_turn()

    def action_exchange(self) -> None:
        """Keep the other dossier."""
        self._kept_id, self._merged_id = self._merged_id, self._kept_id
        self.read_preview(None)

    @gesture(group="merge")
    async def action_merge(self) -> None:
        """Ask for the reason, say that it is for good, do it, and open the dossier kept."""
        view, desk = self._view, self.desk
        if view is None or view.refusals:
            return
        kept, merged = view.sides.kept, view.sides.merged
        reason = await self.app.push_screen_wait(ReasonDialog("Réunir ces deux dossiers", outcome_text(view)))
        if reason is None:
            return
        lines = (
            f"Le n° {display(merged.number)} ({plain(merged.label)}) est réuni au n° {display(kept.number)} ({plain(kept.label)}).",
            f"Motif : {reason}.",
            "C’est définitif : deux dossiers réunis ne se séparent plus.",
        )
        if not await self.app.push_screen_wait(ConfirmDialog("Réunir ces deux dossiers ?", lines, yes="Réunir")):
            return
        versions = (kept.version, merged.version)
        done = await self.send(
            f"merge-{merged.dossier_id}",
            lambda operation: merge_dossiers(
                desk, kept.dossier_id, merged.dossier_id, view.pairing, reason, operation, versions
            ),
        )
        from screens.dossier import DossierScreen  # noqa: PLC0415  shown after a merge only

        said = f"le dossier n° {display(merged.number)} est réuni à celui-ci."
        self.app.switch_screen(DossierScreen(done.dossier_id, said))
        self.message(said, Kind.DONE)
