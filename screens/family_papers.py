"""The papers of one family: those expected, « vue le … par … », and what is to be asked for; Enter notes one seen today, Space several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.bars import Kind
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.form_fields import DateField, Field
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.plain_text import content, plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput
from tui_portail.french import plural
from tui_portail.paper_rules import PaperState
from tui_portail.services.dossiers import DossierView
from tui_portail.services.supporting_documents import (
    FamilyPapers,
    PaperLine,
    blocked_words,
    papers_of,
    record_papers,
    withdraw_paper,
)

_COLUMNS = (
    Column("", 1),
    Column("Pièce", 20, share=2),
    Column("De", 14, share=1),
    Column("État", 22),
    Column("Vue", 20, share=1, from_width=100),
)
_STYLES = {PaperState.MISSING: "$error", PaperState.EXPIRED: "$error", PaperState.EXPIRING: "$warning"}


class PapersSeenDialog(FormDialog[DossierView | None]):
    """The date of the papers seen, and the end written on those that say it."""

    WIDE_LABELS = True

    def __init__(self, dossier_id: int, lines: Sequence[PaperLine]) -> None:
        super().__init__()
        self.title = "Pièce vue aujourd’hui" if len(lines) == 1 else "Pièces vues aujourd’hui"
        self._dossier_id = dossier_id
        self._lines = tuple(lines)

    def compose_body(self) -> Iterable[Widget]:
        """Which papers, then the fields."""
        named = "\n".join(f"{line.label}, {line.whose}" for line in self._lines)
        hint = "Une pièce de l’année qui vient se date de cette année : 01/09 pour l’année scolaire."
        yield Static(content(f"{named}\n{hint}"), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Return the date, today's unless typed, and the end where one of the papers has it written."""
        yield DateField("dated_on", "Date de la pièce", self.today, self.today, proposed=True)
        if any(line.written_end for line in self._lines):
            yield DateField("written_until", "Valable jusqu’au", self.today, None)

    async def save(self, values: dict[str, object]) -> DossierView:
        """Note them seen."""
        dated_on, until = values["dated_on"], values.get("written_until")
        if not isinstance(dated_on, date):
            raise InvalidInput("Donnez la date de la pièce.")
        desk, dossier_id, keys = self.desk, self._dossier_id, [line.key for line in self._lines]
        written = until if isinstance(until, date) else None
        return await self.send(
            "papers", lambda operation: record_papers(desk, dossier_id, keys, dated_on, written, operation)
        )


class FamilyPapersScreen(ReadForAgent):
    """What was seen of a family and what is still to be."""

    AREA = "family_papers"
    TITLE = "Pièces de la famille"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("family_papers")
    DEFAULT_CSS = """
    FamilyPapersScreen #papers-sum { height: auto; min-height: 2; padding: 0 1; }
    FamilyPapersScreen #paper-detail { height: 2; padding: 0 1; color: $secondary; }
    """
    HELP = (
        "Entrée : la pièce est vue aujourd’hui. Espace en choisit plusieurs, Entrée les note ensemble.\n"
        "Aucune pièce n’est gardée : « vue le … par … ». Une pièce retirée l’a été par erreur ; elle ne compte plus."
    )

    def __init__(self, dossier_id: int) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._lines: tuple[PaperLine, ...] = ()
        self._chosen: set[int] = set()

    def compose_body(self) -> Iterable[Widget]:
        """A line that sums up, the list, the paper under the cursor in full."""
        yield Static("", id="papers-sum", markup=False)
        yield RecordsList(_COLUMNS, id="papers", empty="La commune ne demande aucune pièce.")
        yield Static("", id="paper-detail", markup=False)

    def read(self) -> None:
        """Read what is shown."""
        self.read_list()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._lines, self._chosen = (), set()
        self.query_one(RecordsList).show([])
        for shown in ("#papers-sum", "#paper-detail"):
            self.query_one(shown, Static).update("")

    @gesture(group="papers", exclusive=True)
    async def read_list(self) -> None:
        """Read the papers of the family."""
        papers = await self.ask(papers_of, self.desk, self._dossier_id)
        self._lines = papers.lines
        self._chosen = {place for place in self._chosen if place < len(papers.lines)}
        self.query_one("#papers-sum", Static).update(Content(_sum_words(papers)))
        self._show()
        if self.focused is None:
            self.query_one(RecordsList).lines.focus()

    def _show(self) -> None:
        records = [_record(place, line, place in self._chosen) for place, line in enumerate(self._lines)]
        self.query_one(RecordsList).show(records)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        place = self.query_one(RecordsList).chosen
        words = "" if place is None or place >= len(self._lines) else _detail(self._lines[place])
        self.query_one("#paper-detail", Static).update(Content(plain(words)), layout=False)

    def action_reload(self) -> None:
        """Read the list again."""
        self.read_list()

    def action_choose(self) -> None:
        """Choose the paper under the cursor with others, or leave it out; the cursor goes on."""
        place = self.query_one(RecordsList).chosen
        if place is not None:
            self._chosen ^= {place}
            self._show()
            self.query_one(RecordsList).move(1)

    @on(OptionList.OptionSelected)
    @gesture(group="seen")
    async def action_seen(self) -> None:
        """Note seen today the papers chosen, else the one under the cursor."""
        here = self.query_one(RecordsList).chosen
        places = sorted(self._chosen) or ([here] if here is not None else [])
        if not places:
            return
        lines = [self._lines[place] for place in places]
        if await self.app.push_screen_wait(PapersSeenDialog(self._dossier_id, lines)) is None:
            return
        self._chosen.clear()
        agent = self.desk.require().name
        said = f"{plural(len(lines), 'pièce vue', 'pièces vues')} le {self.today:%d/%m/%Y} par {agent}."
        self.message(said, Kind.DONE)
        self.read_list()

    @gesture(group="seen")
    async def action_withdraw(self) -> None:
        """Take back a paper noted by mistake, after asking."""
        here = self.query_one(RecordsList).chosen
        line = None if here is None else self._lines[here]
        if line is None or line.document_id is None:
            self.message("cette pièce n’a pas été vue : il n’y a rien à retirer.", Kind.REFUSED)
            return
        told = (
            f"{line.label}, {line.whose} : {_seen_words(line)}.",
            "Elle ne comptera plus ; ce qui a été noté reste.",
        )
        if not await self.app.push_screen_wait(ConfirmDialog("Pièce notée par erreur ?", told, yes="Retirer")):
            return
        desk, dossier_id, document_id = self.desk, self._dossier_id, line.document_id
        await self.send("withdraw", lambda operation: withdraw_paper(desk, dossier_id, document_id, operation))
        self.message("pièce retirée.", Kind.DONE)
        self.read_list()

    def action_open_dossier(self) -> None:
        """Open the dossier."""
        self.portail.open("dossier", self._dossier_id)


def _record(place: int, line: PaperLine, chosen: bool) -> Record:
    texts = ("x" if chosen else "", line.label, line.whose, _state_words(line), _seen_words(line))
    return Record(place, texts, _STYLES.get(line.state, ""))


def _state_words(line: PaperLine) -> str:
    match line.state:
        case PaperState.EXPIRED:
            return f"périmée le {line.valid_until:%d/%m/%Y}"
        case PaperState.EXPIRING:
            return f"expire le {line.valid_until:%d/%m/%Y}"
        case PaperState.VALID:
            return f"jusqu’au {line.valid_until:%d/%m/%Y}" if line.valid_until else "valable"
        case _:
            return str(line.state)


def _seen_words(line: PaperLine) -> str:
    return f"vue le {line.seen_on:%d/%m/%Y} par {line.seen_by}" if line.seen_on else ""


def _detail(line: PaperLine) -> str:
    return " · ".join(part for part in (line.label, line.whose, _seen_words(line), blocked_words(line)) if part)


def _sum_words(papers: FamilyPapers) -> str:
    asked = len(papers.to_ask)
    missing = f"{plural(asked, 'pièce')} à demander" if asked else "rien à demander"
    return f"Dossier {display(papers.number)} · {plain(papers.label)} · {missing}"
