"""A form: fields one after the other, in the order they are read. Enter on the last one, or F10, saves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Grid, VerticalScroll
from textual.widget import Widget

from screens.bars import Kind
from screens.desk_screen import DeskDialog
from screens.form_fields import Field
from screens.gestures import gesture
from screens.guard import Guarded
from tui_portail.errors import PortailError

T = TypeVar("T")


class FieldGrid(Grid):
    """Fields by two, one of the whole width where it says so."""

    DEFAULT_CSS = """
    FieldGrid { grid-size: 2; grid-gutter: 0 1; grid-rows: auto; height: auto; }
    FieldGrid.-one { grid-size: 1; }
    FieldGrid.-one .editor { margin-left: 20; }
    """


class Form(Guarded, VerticalScroll, can_focus=False):
    """Holds fields, at any depth, and moves between them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Champ suivant", show=False, id="form.next"),
        Binding("up", "step(-1)", "Champ précédent", show=False, id="form.previous"),
    ]

    def on_mount(self) -> None:
        """Remember what the form held at first."""
        self.call_after_refresh(self.keep_as_saved)

    _saved: tuple[tuple[str, str], ...] | None = None

    def keep_as_saved(self) -> None:
        """Take what the form holds now as saved."""
        self._saved = self._texts()

    @property
    def is_touched(self) -> bool:
        """Whether something was typed since."""
        return self._saved is not None and self._texts() != self._saved

    def _texts(self) -> tuple[tuple[str, str], ...]:
        return tuple((field.key, field.text) for field in self.fields)

    @property
    def fields(self) -> list[Field]:
        """The fields, in the order they are read."""
        return [field for field in self.query(Field) if field.display]

    def field(self, key: str) -> Field | None:
        """Return a field by its key."""
        return next((field for field in self.fields if field.key == key), None)

    def values(self) -> dict[str, object]:
        """Return what each field means. Raises InvalidInput after saying beside the fields what is wrong."""
        return {field.key: field.value for field in self.fields}

    def check(self) -> bool:
        """Judge every field; put the cursor in the first that is wrong."""
        wrong = [field for field in self.fields if not field.check()]
        if wrong:
            wrong[0].focus_field()
        return not wrong

    def action_step(self, step: int) -> None:
        """Go to the next field, or the one before."""
        fields = self.fields
        here = next((place for place, field in enumerate(fields) if field.has_focus_within), None)
        if here is not None and 0 <= here + step < len(fields):
            fields[here + step].focus_field()

    @on(Field.Done)
    def _next(self, event: Field.Done) -> None:
        if event.field is not self.fields[-1]:
            event.stop()
            self.action_step(1)


class FormDialog(DeskDialog[T]):
    """A few fields in a dialog. Subclasses give `form_fields()` and `save(values)`, which sends and returns the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10,ctrl+r", "save", "Enregistrer", id="form.save")]
    DEFAULT_CSS = """
    FormDialog Form { height: auto; max-height: 14; }
    FormDialog #message { max-height: 6; }
    """

    WIDE_LABELS: ClassVar[bool] = False
    """One field a line, with room for a long label."""
    SAVES: ClassVar[str] = "enregistrer"
    """What F10 does, in the line of keys."""
    _warned = False

    def compose_body(self) -> Iterable[Widget]:
        """The fields, by two."""
        with Form():
            yield FieldGrid(*self.form_fields(), classes="-one" if self.WIDE_LABELS else None)

    def form_fields(self) -> Iterable[Field]:
        """Return the fields."""
        raise NotImplementedError

    async def save(self, values: dict[str, object]) -> T:
        """Send what was typed and return the dialog's answer. Raises PortailError."""
        raise NotImplementedError

    def keys_line(self) -> str:
        """Say how to go on."""
        return f"Entrée : champ suivant · F10 : {self.SAVES} · Échap : annuler"

    @property
    def form(self) -> Form:
        """The form."""
        return self.query_one(Form)

    @on(Field.Done)
    def _last_entered(self) -> None:
        self.action_save()

    @on(Field.Changed)
    def _typed_since(self, event: Field.Changed) -> None:
        self._warned = False
        if event.field.has_focus_within:  # typed here, not filled in from a newer version
            self.message("")

    @gesture(group="form")
    async def action_save(self) -> None:
        """Save if every field can be kept."""
        if self.form.check():
            self.message("")
            self.dismiss(await self.save(self.form.values()))

    def refused(self, error: PortailError) -> None:
        """Say it beside the field it is about, else in the dialog; what was typed stays."""
        name = getattr(error, "field", "")
        field = self.form.field(name.rpartition(".")[2]) if name else None
        if field is None:
            super().refused(error)
            return
        self.message("")
        field.say_wrong(error.sentence)
        field.focus_field()

    def action_cancel(self) -> None:
        """Give up; what was typed is lost only when asked twice."""
        if self.form.is_touched and not self._warned:
            self._warned = True
            self.message("ce que vous avez saisi n’est pas enregistré. Échap encore : l’abandonner.", Kind.INFO)
        else:
            super().action_cancel()
