"""The history of the commune's settings: each version with when, who, why and from where, what it changed, its file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from screens.bars import Kind
from screens.choice_field import YesNoField
from screens.columns import Column
from screens.commands import bindings_of
from screens.dialogs import TextDialog
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import Record, RecordsList
from tui_portail.french import date_time_text
from tui_portail.instants import in_paris
from tui_portail.services.commune_exchange import export_version
from tui_portail.services.commune_history import CommuneVersion, list_versions, version_changes

_COLUMNS = (
    Column("N°", 4, right=True),
    Column("Quand", 16),
    Column("Qui", 14, share=1),
    Column("Motif", 16, share=3),
    Column("Source", 17, share=1),
)


class CommuneHistoryScreen(ReadForAgent):
    """Every version, the latest first."""

    AREA = "commune_history"
    TITLE = "Historique des réglages"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("commune_history")
    HELP = (
        "Une version n’est jamais effacée. Pour revenir à l’une d’elles : e l’écrit dans un fichier,\n"
        "que l’écran des réglages importe (i) et enregistre comme une version de plus."
    )

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[int, CommuneVersion] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield RecordsList(_COLUMNS, id="versions")

    def read(self) -> None:
        """Read the versions."""
        self.read_versions()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._versions = {}
        self.query_one(RecordsList).show([])

    @gesture(group="versions", exclusive=True)
    async def read_versions(self) -> None:
        """Read the versions."""
        versions = await self.ask(list_versions, self.desk)
        self._versions = {one.version: one for one in versions}
        records = self.query_one(RecordsList)
        records.show([_record(one) for one in versions])
        if self.focused is None:
            records.lines.focus()

    @property
    def _chosen(self) -> CommuneVersion | None:
        key = self.query_one(RecordsList).chosen
        return None if key is None else self._versions.get(key)

    @on(OptionList.OptionSelected)
    @gesture(group="version")
    async def action_show_changes(self) -> None:
        """Say what the version chosen changed."""
        if (chosen := self._chosen) is None:
            return
        changes = await self.ask(version_changes, self.desk, chosen.version)
        lines = [
            f"Le {date_time_text(chosen.recorded_at)}, par {_who(chosen)}.",
            f"Motif : {chosen.reason or '—'} · source : {chosen.source or '—'}",
            "",
            *(f"• {change.sentence}" for change in changes),
        ]
        if not changes:
            lines.append("Les premiers réglages de la base." if chosen.version == min(self._versions) else "Rien.")
        await self.app.push_screen_wait(TextDialog(f"Réglages, version {chosen.version}", "\n".join(lines)))

    @gesture(group="version")
    async def action_export(self) -> None:
        """Write the version chosen in a file."""
        if (chosen := self._chosen) is not None:
            said = await self.app.push_screen_wait(ExportDialog(chosen.version))
            if said:
                self.message(said, Kind.DONE)


class ExportDialog(FormDialog[str | None]):
    """Asks for the file a version of the set-up is written in; returns what to say once it is."""

    WIDE_LABELS = True

    def __init__(self, version: int) -> None:
        super().__init__()
        self.title = f"Exporter les réglages, version {version}"
        self._version = version

    def form_fields(self) -> Iterable[Field]:
        """The path, and whether a file there may be replaced."""
        return [
            TextField("path", "Fichier à écrire", placeholder="ex. ~/commune.toml"),
            YesNoField("replace", "S’il existe", words=("le remplacer", "le garder")),
        ]

    async def save(self, values: dict[str, object]) -> str:
        """Write the file."""
        replace = bool(values["replace"])
        path = await self.ask(export_version, self.desk, self._version, str(values["path"]), replace=replace)
        return f"réglages écrits dans {path}"


def _who(version: CommuneVersion) -> str:
    return version.who or "l’installation"


def _record(version: CommuneVersion) -> Record:
    when = in_paris(version.recorded_at)
    texts = (str(version.version), f"{when:%d/%m/%Y %H:%M}", _who(version), version.reason or "—", version.source)
    return Record(version.version, texts)
