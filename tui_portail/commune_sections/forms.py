"""What a section of the set-up is, and one of its fields. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class FieldKind(Enum):
    """How a value is typed, said and kept in the document (in brackets)."""

    TEXT = auto()
    TEXTS = auto()  # [list of texts] one a line
    CODE = auto()  # capitals; never changed once recorded
    YES_NO = auto()
    INTEGER = auto()
    AMOUNT = auto()  # [« 12,50 »]
    QUOTIENT = auto()  # [« 745,00 »]
    FACTOR = auto()  # [« 17/20 »]
    FACTORS = auto()
    TIME = auto()  # [« 12:00:00 »]
    DATE = auto()  # [« 2026-12-02 »]
    MONTH_DAY = auto()  # [« 10-01 »]
    CHOICE = auto()
    CHOICES = auto()  # [list of values]
    BRACKETS = auto()  # the brackets of a grid: said, typed elsewhere


@dataclass(frozen=True, slots=True)
class SettingField:
    """One value of a line. `key` is its key there, dotted when it is in a table of the line (`limite_ajout.heure`).

    `choices` are its values and their words; `of` names the section whose lines are the choices (by `code`). `optional`: may be left
    empty, then kept as `blank`, or `left_out` of the document altogether. `start` is what a new line begins with. `identity`: tells
    the line from the others. `none` says what nothing ticked means.
    """

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    of: str = ""
    optional: bool = False
    blank: object = None
    left_out: bool = False
    start: object = None
    identity: bool = False
    unit: str = ""
    none: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `path` leads to it in the document.

    `single`: one line, a table of its own fields (several sections may share one table). Otherwise many: a list, or with `keyed` so
    many levels of tables whose keys are the first fields. `ordered_by` is the key that keeps the order of a list. `columns` are the
    fields that a list of its lines shows. `one` names a line (« un site »). `screen` is where it is edited.
    """

    key: str
    title: str
    path: tuple[str, ...]
    fields: tuple[SettingField, ...]
    single: bool = False
    keyed: int = 0
    ordered_by: str = ""
    columns: tuple[str, ...] = ()
    one: str = ""
    hint: str = ""
    screen: str = "commune"

    def field(self, key: str) -> SettingField | None:
        """Return a field by its key."""
        return next((field for field in self.fields if field.key == key), None)

    @property
    def is_scalar(self) -> bool:
        """Whether a line is one value, not a table (a list of days)."""
        return not self.single and len(self.fields) == self.keyed + 1
