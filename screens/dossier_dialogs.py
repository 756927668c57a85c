"""Weeks of custody, edited in place from the line of a child."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from textual.widget import Widget
from textual.widgets import Static

from screens.choice_field import ChoiceField
from screens.form_fields import DateField, Field
from screens.forms import FormDialog
from screens.plain_text import content
from tui_portail.errors import InvalidInput
from tui_portail.services.dossier_edits import set_custody
from tui_portail.services.dossiers import ChildView, DossierView, PayerView


class CustodyDialog(FormDialog[DossierView | None]):
    """Weeks that alternate between the two payers, from a Monday on."""

    def __init__(self, child: ChildView, payers: Sequence[PayerView]) -> None:
        super().__init__()
        self.title = f"Garde alternée de {child.first_name} {child.last_name}"
        self._child = child
        self._payers = tuple(payers)

    def compose_body(self) -> Iterable[Widget]:
        """What it means, then the fields."""
        words = "Chaque payeur paie les journées de ses semaines ; les journées déjà réservées gardent leur payeur."
        yield Static(content(words), id="dialog-text")
        yield from super().compose_body()

    def form_fields(self) -> Iterable[Field]:
        """Who begins, and which day."""
        today = self.today
        pattern = self._child.custody_pattern
        monday = today - timedelta(days=today.weekday())
        names: list[tuple[object, str]] = [(payer.payer_id, payer.name) for payer in self._payers]
        return [
            DateField("anchor_on", "À partir du", today, pattern.anchor_on if pattern else monday),
            ChoiceField("first_payer_id", "Commence", names, pattern.first_payer_id if pattern else None),
        ]

    async def save(self, values: dict[str, object]) -> DossierView:
        """Record it; the other payer follows."""
        anchor_on, first_id = values["anchor_on"], values["first_payer_id"]
        if not isinstance(anchor_on, date):
            raise InvalidInput("Donnez le premier jour de la première semaine, par exemple un lundi.")
        desk, child_id, first = self.desk, self._child.child_id, int(str(first_id))
        second = next(payer.payer_id for payer in self._payers if payer.payer_id != first)
        return await self.send(
            "custody", lambda operation: set_custody(desk, child_id, anchor_on, first, second, operation)
        )
