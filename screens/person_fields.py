"""One person of the registration form: a guardian or a child, its fields under a title."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from screens.form_fields import Field
from screens.forms import FieldGrid

GUARDIANS, CHILDREN = "guardians", "children"
OF_A_PAYER = ("resident", "quotient_cents", "quotient_from", "quotient_until", "quotient_source")
TITLES = {GUARDIANS: "Responsable", CHILDREN: "Enfant"}


class PersonFields(FieldGrid):
    """The fields of one person of the form, under a title; `kind` is « guardians » or « children »."""

    DEFAULT_CSS = """
    PersonFields > .person-title { column-span: 2; height: 1; text-style: bold; color: $primary; }
    PersonFields { margin-bottom: 1; }
    """

    def __init__(self, kind: str, place: int, fields: Iterable[Field]) -> None:
        title = Static(self._title(kind, place), classes="person-title")
        super().__init__(title, *fields, classes=f"-{kind}")
        self.kind = kind

    @staticmethod
    def _title(kind: str, place: int) -> Content:
        return Content(f"{TITLES[kind]} {place + 1}")

    def number(self, place: int) -> None:
        """Write the place of the person again."""
        self.query_one(".person-title", Static).update(self._title(self.kind, place))

    @property
    def fields(self) -> list[Field]:
        """The fields shown."""
        return [field for field in self.query(Field) if field.display]

    def field(self, key: str) -> Field | None:
        """Return a field by its key."""
        return next((field for field in self.query(Field) if field.key == key), None)

    def values(self) -> dict[str, object]:
        """Return what the fields shown mean. Raises InvalidInput."""
        return {field.key: field.value for field in self.fields}

    def show_payer_fields(self) -> None:
        """Show what is asked of a payer only."""
        payer = self.field("payer")
        if payer is not None:
            for key in OF_A_PAYER:
                if (field := self.field(key)) is not None:
                    field.display = bool(payer.value)
