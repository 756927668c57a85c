"""Which column of a table is what: titles on the left, what they are on the right, kept under a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from screens.choice_field import ChoiceField
from screens.form_fields import Field, TextField
from screens.forms import FormDialog
from tui_portail.errors import InvalidInput
from tui_portail.imports.columns import TABLE_FIELDS, ColumnMap, table_columns
from tui_portail.services.import_maps import save_map

_NOT_IMPORTED = ("", "ne pas importer")


class ColumnsDialog(FormDialog[tuple[str, ColumnMap] | None]):
    """One line a title of the file. Returns the map's name and the map."""

    WIDE_LABELS = True
    DEFAULT_CSS = "ColumnsDialog FieldGrid.-one .editor { margin-left: 28; }"

    def __init__(self, header: Sequence[str], proposed: ColumnMap, name: str = "") -> None:
        super().__init__()
        self.title = "Colonnes du tableau"
        self._header = tuple(dict.fromkeys(title for title in header if title.strip()))
        self._proposed = {title: field for field, title in proposed.titles.items()}
        self._map_name = name

    def form_fields(self) -> Iterable[Field]:
        """The name, then one choice a title."""
        choices: list[tuple[object, str]] = [_NOT_IMPORTED, *TABLE_FIELDS.items()]
        yield TextField(
            "name", "Nom de ce jeu de colonnes", self._map_name, placeholder="ex. le logiciel d’où il vient"
        )
        for place, title in enumerate(self._header):
            yield ChoiceField(f"column{place}", title.strip()[:26], choices, self._proposed.get(title, ""))

    def keys_line(self) -> str:
        """Say how to choose."""
        return "← → : choisir · Entrée : suivant · F10 : enregistrer · Échap : annuler"

    async def save(self, values: dict[str, object]) -> tuple[str, ColumnMap] | None:
        """Keep the map, once every field that is needed has one column and no more."""
        chosen = [(str(values[f"column{place}"]), title) for place, title in enumerate(self._header)]
        given = Counter(field for field, _ in chosen if field)
        if twice := [TABLE_FIELDS[field] for field, count in given.items() if count > 1]:
            raise InvalidInput(f"Deux colonnes donnent « {twice[0]} » : gardez-en une.")
        columns = ColumnMap({field: title for field, title in chosen if field})
        table_columns(self._header, columns)
        name = await self.send(
            "columns", lambda operation: save_map(self.desk, str(values["name"]), columns, operation)
        )
        return name, columns
