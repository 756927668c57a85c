"""Files of the schools and of other programs brought in: a simulation first, line by line, then all of it or the accepted lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, ProgressBar, Static

from screens.bars import Kind
from screens.choice_field import ChoiceField
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from screens.form_fields import Field, TextField
from screens.forms import Form
from screens.gestures import gesture
from screens.import_columns import ColumnsDialog
from screens.plain_text import plain
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import plural
from tui_portail.imports.columns import KIND_LABELS, ColumnMap, FileKind, guess_kind, guess_map, table_columns
from tui_portail.imports.files import SourceFile
from tui_portail.imports.plan import Outcome, PlannedLine
from tui_portail.services.dossiers import schools
from tui_portail.services.import_maps import list_maps
from tui_portail.services.imports import (
    DryRun,
    ImportFile,
    apply_import,
    dry_run,
    read_import_file,
    write_rejected_beside,
)
from tui_portail.year_change import years_of_files

MOST_SHOWN = 300
_COLUMNS = (
    Column("Ligne", 9, right=True),
    Column("Devient", 9),
    Column("Qui", 18, share=1),
    Column("Pourquoi", 24, share=4),
)
_STYLES = {Outcome.AMBIGUOUS: "$warning", Outcome.REJECTED: "$error"}
_ORDER = (Outcome.REJECTED, Outcome.AMBIGUOUS, Outcome.CREATED, Outcome.MATCHED)


class _Stopped(Exception):
    """The agent stopped the reading or the writing."""


class ImportsScreen(ReadForAgent):
    """The file, what becomes of its lines, and the key that writes them."""

    AREA = "imports"
    TITLE = "Importer un fichier"
    CSS_PATH = "imports.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("imports")
    HELP = (
        "Tapez le chemin du fichier puis Entrée : la simulation dit ce que devient chaque ligne, et n’enregistre rien.\n"
        "« resp.12 » est la ligne 12 du fichier des responsables. Ctrl+X écrit les lignes refusées à côté du fichier, à corriger.\n"
        "Une sauvegarde faite avant l’import est prudente : un import enregistré ne se défait pas en bloc."
    )
    unsaved_question: ClassVar[str] = "Une simulation est affichée, rien n’est enregistré : partir l’abandonne."

    def __init__(self) -> None:
        super().__init__()
        self._seen: DryRun | None = None
        self._typed: tuple[str, ...] = ()
        self._columns: tuple[str, ColumnMap] | None = None
        self._outcome: Outcome | None = None
        self._stopped = self._working = False

    def compose_body(self) -> Iterable[Widget]:
        """The file, the school, what it comes to, the lines."""
        with Form(id="imports-form"):
            yield TextField("path", "Fichier", placeholder="~/Téléchargements/eleves.csv")
            yield TextField("guardians", "Responsables", placeholder="avec les élèves d’ONDE ; sinon vide")
            yield ChoiceField("school", "École", [("", "celle qui a le niveau de l’élève")])
            years = years_of_files(self.today)
            yield ChoiceField("year", "Année", [(one.year, f"{one.year}-{one.year + 1}") for one in years])
        yield ProgressBar(show_eta=False, id="imports-progress")
        yield Static("", id="imports-sum", markup=False)
        yield RecordsList(_COLUMNS, id="imports-lines")

    def read(self) -> None:
        """Read the schools to choose from."""
        self.read_schools()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._seen, self._columns = None, None
        self._show()

    @gesture(group="schools", exclusive=True)
    async def read_schools(self) -> None:
        """Offer the commune's schools."""
        found = await self.ask(schools, self.desk)
        field = self.query_one(Form).field("school")
        if isinstance(field, ChoiceField):
            field.offer([("", "celle qui a le niveau de l’élève"), *((one.code, one.name) for one in found)])

    def has_unsaved(self) -> bool:
        """Whether something was read and not written, or is under way."""
        return self._working or (self._seen is not None and not self._seen.plan.changes_nothing)

    def on_unmount(self) -> None:
        """Stop what nobody would be told of."""
        self._stopped = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is under way is stopped, only what was simulated is written."""
        if action == "stop":
            return self._working
        if action in {"apply", "rejects", "next_outcome"} and (self._seen is None or self._working):
            return False
        return super().check_action(action, parameters)

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        """What is shown is of what was typed: nothing of another file is written."""
        if event.field.key == "path":
            self._columns = None
        if self._seen is not None and not self._working and event.field.has_focus_within:
            self._seen = None
            self._show()

    @on(Field.Done)
    def _last_entered(self) -> None:
        self.action_simulate()

    # --- the simulation ----------------------------------------------------------------------------------------------------------

    @gesture(group="simulate", keys_wait=False)
    async def action_simulate(self) -> None:
        """Read the file and say what becomes of each line."""
        if self._working:
            self.message("une lecture est en cours : F8 l’arrête.", Kind.WAIT)
            return
        values = self.query_one(Form).values()
        typed = tuple(str(values[key]) for key in ("path", "guardians") if str(values[key]))
        self.message("")
        self._begin()
        try:
            sources = [await self.ask(read_import_file, one) for one in typed or ("",)]
            files = [await self._file(source) for source in sources]
            if len(files) == 2 and [one.kind for one in files] != [FileKind.PUPILS, FileKind.GUARDIANS]:
                raise InvalidInput("Le second fichier est celui des responsables d’ONDE, le premier celui des élèves.")
            school, year = str(values["school"]), values["year"]
            year = year if isinstance(year, int) else None
            self._seen = await self.ask(dry_run, self.desk, files, school, self._told, year)
            self._typed = typed
        except _Stopped:
            self.message("simulation arrêtée.", Kind.DONE)
        finally:
            self._end()
        self._outcome = None
        self._show()
        self.query_one(RecordsList).lines.focus()

    async def _file(self, source: SourceFile) -> ImportFile:
        """Return the file with what it holds; a table of no known map asks for its columns first."""
        kind = guess_kind(source.header)
        if kind is not FileKind.TABLE:
            return ImportFile(source, kind)
        if self._columns is None:
            self._columns = await self._ask_columns(source)
        if self._columns is None:
            raise InvalidInput("Sans savoir quelle colonne est quoi, rien ne peut être importé : F6 le demande.")
        return ImportFile(source, kind, self._columns[1])

    async def _ask_columns(self, source: SourceFile) -> tuple[str, ColumnMap] | None:
        known = {name: one for name, one in (await self.ask(list_maps, self.desk)).items() if _fits(source, one)}
        names = list(known)
        if names:
            lines = [*names, "dire les colonnes une à une"]
            chosen = await self.app.push_screen_wait(
                ChoiceDialog("Colonnes du tableau", f"« {source.name} » n’est pas un fichier d’ONDE.", lines)
            )
            if chosen is None:
                return None
            if chosen < len(names):
                return names[chosen], known[names[chosen]]
        return await self.app.push_screen_wait(ColumnsDialog(source.header, guess_map(source.header)))

    @gesture(group="dialog")
    async def action_choose_columns(self) -> None:
        """Say again which column of the table is what, then simulate."""
        field = self.query_one(Form).field("path")
        source = await self.ask(read_import_file, field.text if field is not None else "")
        if guess_kind(source.header) is not FileKind.TABLE:
            self.message("les colonnes d’un fichier d’ONDE sont reconnues à leurs titres.")
            return
        name, proposed = self._columns or ("", guess_map(source.header))
        chosen = await self.app.push_screen_wait(ColumnsDialog(source.header, proposed, name))
        if chosen is not None:
            self._columns = chosen
            self.action_simulate()

    def action_next_outcome(self) -> None:
        """Show the lines of another outcome, then all again."""
        turns: tuple[Outcome | None, ...] = (None, *_ORDER)
        self._outcome = turns[(turns.index(self._outcome) + 1) % len(turns)]
        self._show()

    def _show(self) -> None:
        seen, records = self._seen, self.query_one(RecordsList)
        summary = ""
        lines: list[PlannedLine] = []
        if seen is not None:
            kinds = " et ".join(KIND_LABELS[one.kind] for one in seen.files)
            counts = " · ".join(plural(seen.plan.counts[one], one.value) for one in Outcome)
            lines = [one for one in seen.plan.lines if self._outcome in (None, one.outcome)]
            if self._outcome is None:
                lines.sort(key=lambda one: _ORDER.index(one.outcome))
            which = f"{self._outcome.value}s seulement" if self._outcome else "toutes"
            cut = f", les {MOST_SHOWN} premières sur {len(lines)}" if len(lines) > MOST_SHOWN else ""
            summary = f"Lignes : {counts}\n{kinds[0].upper()}{kinds[1:]} · montrées : {which}{cut}"
        self._lines = lines
        self.query_one("#imports-sum", Static).update(Content(plain(summary)), layout=False)
        records.show(
            [_record(place, one) for place, one in enumerate(lines[:MOST_SHOWN])],
            "Aucune ligne de cette sorte." if seen is not None else "",
        )
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    @gesture(group="detail")
    async def action_detail(self) -> None:
        """Show a line in full."""
        place = self.query_one(RecordsList).chosen
        if place is None or self._seen is None:
            return
        line = self._lines[place]
        file = self._seen.files[line.source].source
        record = next(one for one in file.records if one.line == line.line)
        cells = [
            f"{title.strip()} : {cell}" for title, cell in zip(file.header, record.cells, strict=False) if cell.strip()
        ]
        said = [f"{file.name}, ligne {line.line} : {line.outcome.value}", line.reason, "", *(cells or [record.raw])]
        await self.app.push_screen_wait(TextDialog(line.who, "\n".join(said)))

    # --- the writing -------------------------------------------------------------------------------------------------------------

    @gesture(group="dialog")
    async def action_apply(self) -> None:
        """Ask how, then write."""
        seen = self._seen
        if seen is None:
            return
        accepted = sum(line.accepted for line in seen.plan.lines)
        if not accepted:
            self.message("aucune ligne ne peut être importée : corrigez le fichier.", Kind.REFUSED)
            return
        if seen.refused:
            choices = (f"seulement les lignes acceptées : {accepted}", "rien tant que tout le fichier n’est pas bon")
            told = f"{plural(len(seen.refused), 'ligne ne peut', 'lignes ne peuvent')} pas être importées."
            chosen = await self.app.push_screen_wait(ChoiceDialog("Importer", told, choices))
            if chosen is None:
                return
            if chosen == 1:
                self.action_rejects()
                return
        elif not await self.app.push_screen_wait(ConfirmDialog("Importer", _what(seen), yes="Importer")):
            return
        self.write(seen, bool(seen.refused))

    @gesture(group="write", keys_wait=False)
    async def write(self, seen: DryRun, accepted_only: bool) -> None:
        """Write what was simulated, its progress shown; stopped, nothing is kept."""
        self._begin()
        try:
            done = await self.send(
                "import",
                lambda operation: apply_import(
                    self.desk, seen, operation, accepted_only=accepted_only, progress=self._told
                ),
            )
        except _Stopped:
            self.message("import arrêté : rien n’est enregistré.", Kind.DONE)
            return
        finally:
            self._end()
        self._seen = None
        self._show()
        beside = await self._write_rejects(seen)
        self.message(f"{done.sentence}{beside}", Kind.DONE)

    @gesture(group="rejects")
    async def action_rejects(self) -> None:
        """Write the refused lines beside the file."""
        if self._seen is not None and self._seen.refused:
            self.message((await self._write_rejects(self._seen)).strip(), Kind.DONE)
        else:
            self.message("aucune ligne n’est refusée.")

    async def _write_rejects(self, seen: DryRun) -> str:
        if not seen.refused:
            return ""
        try:
            written = await self.ask(write_rejected_beside, seen, self._typed)
        except PortailError as error:
            return f" Les lignes refusées n’ont pas pu être écrites : {error.sentence}"
        return f" Lignes à corriger : {', '.join(str(path) for path in written)}"

    def action_stop(self) -> None:
        """Stop what is under way: nothing of it is kept."""
        self._stopped = True
        self.stop_waiting()

    def _begin(self) -> None:
        self._working, self._stopped = True, False
        bar = self.query_one(ProgressBar)
        bar.update(total=None, progress=0)
        bar.set_class(True, "-shown")
        self.refresh_bindings()

    def _end(self) -> None:
        self._working = False
        if self.is_attached:
            self.query_one(ProgressBar).set_class(False, "-shown")
            self.refresh_bindings()

    @property
    def _told(self) -> Callable[[int, int], None]:
        """What the thread at work calls: it shows how far it is, and stops when asked."""
        app, bar = self.app, self.query_one(ProgressBar)

        def told(done: int, total: int) -> None:
            if self._stopped:
                raise _Stopped
            app.call_later(bar.update, total=total, progress=done)

        return told


def _fits(source: SourceFile, columns: ColumnMap) -> bool:
    try:
        table_columns(source.header, columns)
    except InvalidInput:
        return False
    return True


def _record(place: int, line: PlannedLine) -> Record:
    number = f"resp.{line.line}" if line.source else f"{line.line}"
    texts = (number, line.outcome.value, line.who, line.reason)
    return Record(place, texts, _STYLES.get(line.outcome, ""))


def _what(seen: DryRun) -> tuple[str, ...]:
    plan = seen.plan
    if plan.changes_nothing:
        return ("Tout est déjà dans la base : rien ne changera.",)
    return (
        f"{plural(plan.counts[Outcome.CREATED], 'ligne créée', 'lignes créées')}, {plural(plan.counts[Outcome.MATCHED], 'reconnue')}.",
        f"{plural(len(plan.dossiers), 'dossier ouvert', 'dossiers ouverts')}, "
        f"{plural(len(plan.touched), 'dossier mis à jour', 'dossiers mis à jour')}.",
        "Un import enregistré ne se défait pas en bloc.",
    )
