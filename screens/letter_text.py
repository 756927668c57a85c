"""The text of one kind of letter, edited in place: the words it may say below, tried on a PDF before it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ConfirmDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.text_area_field import PlainArea
from tui_portail.errors import PortailError
from tui_portail.letter_templates import FORMS, LetterForm, TemplateRefused
from tui_portail.services.letter_texts import LetterKind, LetterText, load_text, restore_text, save_text
from tui_portail.services.stationery import preview_text


class LetterTextScreen(ReadForAgent):
    """One text. What is typed stays until it is kept."""

    AREA = "letter_text"
    TITLE = "Modèle de courrier"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("letter_text")
    DEFAULT_CSS = """
    LetterTextScreen PlainArea, LetterTextScreen PlainArea:focus { height: 1fr; border: none; padding: 0; }
    LetterTextScreen #letter-words { height: 6; padding: 0 1; border-top: solid $primary; scrollbar-size-vertical: 1; }
    """
    HELP = (
        "Première ligne : « Objet : … ». Une ligne vide sépare les paragraphes ; une ligne qui commence par « - » est un point de liste.\n"
        "Un mot {entre accolades} est remplacé dans chaque courrier ; une ligne dont un mot n’a rien à dire n’est pas imprimée."
    )
    unsaved_question: ClassVar[str] = "Ce texte n’est pas enregistré : ce que vous avez changé sera perdu."

    def __init__(self, kind: LetterKind) -> None:
        super().__init__()
        self._kind = kind
        self._loaded: LetterText | None = None
        self.title = f"{self.TITLE} : {FORMS[kind].label}"

    def compose_body(self) -> Iterable[Widget]:
        """The text, then the words it may say."""
        yield PlainArea(id="letter-text", soft_wrap=True, show_line_numbers=True, tab_behavior="focus")
        with VerticalScroll(id="letter-words", can_focus=False):
            yield Static(Content(_words(FORMS[self._kind])))

    @property
    def area(self) -> TextArea:
        """The text edited."""
        return self.query_one(PlainArea)

    def read(self) -> None:
        """Read the text, unless one is being written."""
        if not self.has_unsaved():
            self.read_text()

    def forget(self) -> None:
        """Keep what is typed: it names nobody."""

    def has_unsaved(self) -> bool:
        """Whether the text was changed since it was read."""
        return self._loaded is not None and self.area.text != self._loaded.text

    @gesture(group="text", exclusive=True)
    async def read_text(self) -> None:
        """Read the text in force."""
        self._take(await self.ask(load_text, self.desk, self._kind))
        self.area.focus()

    def _take(self, text: LetterText) -> None:
        self._loaded = text
        self.area.load_text(text.text)

    def refused(self, error: PortailError) -> None:
        """Say the refusal, the cursor on the line it names."""
        super().refused(error)
        if isinstance(error, TemplateRefused):
            self.area.move_cursor((min(error.line, self.area.document.line_count) - 1, 0), center=True)
            self.area.focus()

    @gesture(group="preview", keys_wait=False)
    async def action_preview(self) -> None:
        """Draw the text for a family made up."""
        path = await self.ask(preview_text, self.desk, self._kind, self.area.text)
        self.message(f"essai dessiné : {path}", Kind.DONE)

    @gesture(group="save")
    async def action_save(self) -> None:
        """Keep the text; from now on letters are written with it."""
        if self._loaded is None:
            return
        desk, kind, text, version = self.desk, self._kind, self.area.text, self._loaded.version
        kept = await self.send(f"save-{kind}", lambda operation: save_text(desk, kind, text, version, operation))
        self._take(kept)
        self.message("texte enregistré : les prochains courriers le suivent.", Kind.DONE)

    @gesture(group="save")
    async def action_restore(self) -> None:
        """Go back to the text shipped, after asking."""
        if self._loaded is None:
            return
        asked = ConfirmDialog(
            "Reprendre le texte fourni ?", ("Le texte de la commune ne servira plus ; il reste dans l’historique.",)
        )
        if not await self.app.push_screen_wait(asked):
            return
        desk, kind, version = self.desk, self._kind, self._loaded.version
        self._take(await self.send(f"restore-{kind}", lambda operation: restore_text(desk, kind, version, operation)))
        self.message("le texte fourni avec le programme est repris.", Kind.DONE)

    def action_undo_typing(self) -> None:
        """Take the last typing back."""
        self.area.undo()


def _words(form: LetterForm) -> str:
    must = "indispensable, "
    words = sorted(form.words, key=lambda word: word not in form.required)
    return "\n".join(f"{{{word}}} : {must if word in form.required else ''}{form.words[word]}" for word in words)
