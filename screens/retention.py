"""What is past its retention: the periods in force, the families to erase with what holds them back, one by one or all, with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, ProgressBar, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.family_data import FamilyDataScreen
from screens.gestures import gesture
from screens.records_list import Record, RecordsList
from tui_portail.dossier_number import display
from tui_portail.french import plural
from tui_portail.services.erasure import erase_due
from tui_portail.services.retention import DueFamily, RetentionReport, due_for_erasure

_COLUMNS = (
    Column("Dossier", 11),
    Column("Famille", 20, share=1),
    Column("Dernière fois", 13),
    Column("À régler avant", 24, share=2),
)


class _Stopped(Exception):
    """The agent stopped the batch."""


class RetentionScreen(FamilyDataScreen):
    """The families past their retention, the oldest first."""

    AREA = "retention"
    TITLE = "Conservation des données"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("retention")
    DEFAULT_CSS = """
    RetentionScreen #retention-rules { height: auto; padding: 0 1 1 1; }
    RetentionScreen ProgressBar { display: none; height: 1; padding: 0 1; }
    RetentionScreen ProgressBar.-shown { display: block; }
    """
    HELP = (
        "Les durées sont celles des règles de la commune ([conservation]). Effacer ôte les noms partout et garde les écritures ; "
        "remettre écrit tout ce qui est conservé en un ZIP."
    )
    unsaved_question = (
        "L’effacement est en cours : partir l’arrête après la famille commencée. Ce qui est effacé le reste."
    )

    def __init__(self) -> None:
        super().__init__()
        self._report: RetentionReport | None = None
        self._erasing = False
        self._stopped = False

    def compose_body(self) -> Iterable[Widget]:
        """The periods in force, the progress, the families."""
        yield Static("", id="retention-rules", markup=False)
        yield ProgressBar(show_eta=False, id="retention-progress")
        yield RecordsList(_COLUMNS, id="retention", empty="Aucune famille n’a dépassé sa durée de conservation.")

    def read(self) -> None:
        """Read what is due."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._report = None
        self.query_one(RecordsList).show([])
        self.query_one("#retention-rules", Static).update("")

    @gesture(group="retention", exclusive=True)
    async def read_list(self) -> None:
        """Read what is due and show it."""
        report = self._report = await self.ask(due_for_erasure, self.desk)
        records = self.query_one(RecordsList)
        records.show([_record(family) for family in report.families])
        if self.focused is None:
            records.lines.focus()
        lines = list(report.sentences)
        if report.families:
            years = ", ".join(f"{year} : {count}" for year, count in report.by_year)
            shown = f" ({len(report.families)} montrées)" if report.due > len(report.families) else ""
            lines.append(f"Par année de dernière activité{shown} : {years}.")
        self.query_one("#retention-rules", Static).update(Content("\n".join(lines)))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a batch under way is stopped, and only what is due is erased."""
        if action == "stop":
            return self._erasing
        if action == "erase_all" and not (self._report and (self._report.due or self._report.appointments)):
            return False
        return super().check_action(action, parameters)

    def _chosen(self) -> int | None:
        return None if self._erasing else self.query_one(RecordsList).chosen

    @on(OptionList.OptionSelected)
    def action_open_dossier(self) -> None:
        """Open the dossier chosen."""
        if (dossier_id := self._chosen()) is not None:
            self.portail.open("dossier", dossier_id)

    def action_give(self) -> None:
        """Give the data of the family chosen."""
        if (dossier_id := self._chosen()) is not None:
            self.give_data(dossier_id)

    def action_erase_one(self) -> None:
        """Erase the family chosen."""
        if (dossier_id := self._chosen()) is not None:
            self.erase(dossier_id)

    def has_unsaved(self) -> bool:
        """Whether leaving would stop a batch."""
        return self._erasing

    def on_unmount(self) -> None:
        """Stop what nobody would be told of."""
        self._stopped = True

    def action_stop(self) -> None:
        """Stop the batch after the family under way."""
        self._stopped = True
        self.stop_waiting()

    @gesture(group="batch-asked")
    async def action_erase_all(self) -> None:
        """Ask, then erase everything that is due and that nothing holds back."""
        if self._erasing or self._report is None:
            return
        due = plural(self._report.due, "famille a dépassé", "familles ont dépassé")
        lines = [
            f"{due} leur durée de conservation : celles que rien ne retient seront effacées, une par une.",
            "Noms, adresses, naissances et textes disparaissent pour de bon ; les écritures restent, sans nom.",
        ]
        if await self.app.push_screen_wait(ConfirmDialog("Tout effacer", lines, yes="Effacer")):
            self.erase_what_is_due()

    @gesture(group="batch", keys_wait=False)
    async def erase_what_is_due(self) -> None:
        """Erase one family after another, the progress shown; the screen goes on answering."""
        self._erasing, self._stopped = True, False
        bar, desk = self.query_one(ProgressBar), self.desk
        bar.update(total=None, progress=0)
        bar.set_class(True, "-shown")
        self.refresh_bindings()
        told = self._told_to(bar)
        try:
            batch = await self.send("erase-due", lambda operation: erase_due(desk, operation, told))
        except _Stopped:
            self.message("effacement arrêté : les familles déjà effacées le restent.", Kind.DONE)
        else:
            self.message(batch.sentence, Kind.DONE)
        finally:
            self._erasing = False
            bar.set_class(False, "-shown")
            self.read()

    def _told_to(self, bar: ProgressBar) -> Callable[[int, int], None]:
        """Return what the batch's thread calls: it shows how far it is, and stops when asked."""
        app = self.app

        def told(done: int, total: int) -> None:
            if self._stopped:
                raise _Stopped
            app.call_later(bar.update, total=total, progress=done)

        return told


def _record(family: DueFamily) -> Record:
    held = " ; ".join(family.obstacles) or "rien : peut être effacée"
    return Record(family.dossier_id, (display(family.number), family.label, f"{family.last_on:%d/%m/%Y}", held))
