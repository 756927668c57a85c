"""Families already known that look like what is about to be saved: open one of theirs, or save all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.desk_screen import DeskDialog
from screens.plain_text import content, plain
from tui_portail.dossier_number import display
from tui_portail.services.likely_duplicates import Duplicate


@dataclass(frozen=True, slots=True)
class DuplicateChoice:
    """What the agent chose: a dossier to open, or to register all the same (None)."""

    dossier_id: int | None


class DuplicatesDialog(DeskDialog[DuplicateChoice | None]):
    """Lists the likely duplicates with why. Returns None when the agent goes back to the form, where all that was typed is."""

    DEFAULT_CSS = """
    DuplicatesDialog #dialog { width: 76; }
    DuplicatesDialog OptionList { height: auto; max-height: 14; }
    """

    def __init__(self, duplicates: Sequence[Duplicate], *, new: bool = True) -> None:
        """`new`: a family is registered; else people are added to a dossier."""
        super().__init__()
        self.title = f"Cette {'famille' if new else 'personne'} est peut-être déjà inscrite"
        self._anyway = "Inscrire quand même une nouvelle famille" if new else "Enregistrer quand même ce dossier"
        self._duplicates = tuple(duplicates)

    def compose_body(self) -> Iterable[Widget]:
        """Why, one dossier after the other; the last line registers all the same."""
        yield Static(content("Rien n’est encore enregistré. Vérifiez avec la famille :"), id="dialog-text")
        yield OptionList(
            *(Option(_text(one)) for one in self._duplicates),
            Option(Content.styled(self._anyway, "bold")),
            id="duplicates",
        )

    def keys_line(self) -> str:
        """Name the ways out."""
        return "Entrée : ouvrir ce dossier, ou enregistrer · Échap : revenir à la saisie"

    @on(OptionList.OptionSelected, "#duplicates")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        place = event.option_index
        self.dismiss(DuplicateChoice(self._duplicates[place].dossier_id if place < len(self._duplicates) else None))


def _text(one: Duplicate) -> Content:
    archived = "  (archivé)" if one.archived else ""
    why = "\n".join(f"    {plain(reason)}" for reason in one.why[:3])
    return Content.assemble(
        (f"{display(one.number)}  ", "$accent"), (plain(one.label), "bold"), (archived, "$warning"), f"\n{why}"
    )
