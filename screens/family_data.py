"""A family's data given as a ZIP, or erased once its number is typed again: from its dossier, or from what is past its retention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.bars import Kind
from screens.desk_screen import DeskDialog
from screens.dialogs import ChoiceDialog
from screens.gestures import gesture
from screens.inputs import PlainInput
from screens.plain_text import content
from screens.read_for_agent import ReadForAgent
from tui_portail.dossier_number import compact, display
from tui_portail.services.dossiers import load_dossier
from tui_portail.services.erasure import ErasurePreview, erase_family, preview_erasure
from tui_portail.services.family_data import data_path, give_family_data


class EraseDialog(DeskDialog[str | None]):
    """Says what is erased and what stays, and asks to type the dossier's number. Returns it as typed, None when given up."""

    TITLE = "Effacer la famille"

    def __init__(self, preview: ErasurePreview) -> None:
        super().__init__()
        self._preview = preview

    def compose_body(self) -> Iterable[Widget]:
        """What will happen, and the field."""
        one = self._preview
        yield Static(
            content(
                f"{one.label}, dossier {display(one.number)} : {one.reason.value}.\n"
                "Noms, adresses, naissances, santé, contacts et textes disparaissent pour de bon. Les quittances et le journal restent, "
                "sans nom. Les sauvegardes ne sont pas touchées."
            ),
            id="dialog-text",
        )
        yield PlainInput(placeholder="Tapez le numéro du dossier", max_length=20, id="erase-number")

    def keys_line(self) -> str:
        """Name both ways out."""
        return "Entrée : effacer, sans retour possible · Échap : ne rien effacer"

    @on(Input.Submitted, "#erase-number")
    def _typed(self, event: Input.Submitted) -> None:
        if compact(event.value) == self._preview.number:
            self.dismiss(event.value)
        else:
            self.message("ce n’est pas le numéro de ce dossier : rien n’est effacé.", Kind.REFUSED)


class FamilyDataScreen(ReadForAgent):
    """A screen from which a family's data is given or erased."""

    @gesture(group="family-data")
    async def give_data(self, dossier_id: int) -> None:
        """Write the data of the family, or of one guardian, as a ZIP."""
        desk = self.desk
        view = await self.ask(load_dossier, desk, dossier_id)
        whose: list[int | None] = [None]
        if len(view.guardians) > 1:
            whose = [*(guardian.guardian_id for guardian in view.guardians), None]
        place: int | None = 0
        if len(whose) > 1:
            names = [f"{one.first_name} {one.last_name} : rien de l’autre parent" for one in view.guardians]
            place = await self.choose("Remettre ses données", "À qui ?", [*names, "Toute la famille"])
        if place is None:
            return
        guardian_id = whose[place]
        path = await self.ask(data_path, desk, view.number, desk.now_estimate())
        given = await self.send(
            f"give-{dossier_id}-{guardian_id}",
            lambda operation: give_family_data(desk, dossier_id, guardian_id, path, operation, replace=True),
        )
        self.message(given.sentence, Kind.DONE)
        self.read()

    @gesture(group="family-data")
    async def erase(self, dossier_id: int) -> None:
        """Erase the family once its number is typed."""
        desk = self.desk
        preview = await self.ask(preview_erasure, desk, dossier_id)
        if preview.obstacles:
            self.message(f"cette famille ne peut pas être effacée : {' ; '.join(preview.obstacles)}.", Kind.REFUSED)
            return
        typed = await self.app.push_screen_wait(EraseDialog(preview))
        if typed is None:
            return
        erased = await self.send(
            f"erase-{dossier_id}", lambda operation: erase_family(desk, dossier_id, typed, preview.reason, operation)
        )
        self.message(erased.sentence, Kind.DONE)
        self.read()

    async def choose(self, title: str, question: str, choices: Sequence[str]) -> int | None:
        """Ask for one of a few lines; None when given up."""
        return await self.app.push_screen_wait(ChoiceDialog(title, question, choices))
