"""The fields of one means of payment: its amount, and the references the régie must record."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.guard import Guarded
from screens.inputs import MoneyInput, PlainInput
from screens.payment_state import Entry
from tui_portail.policy import Means, MeansRule

REFERENCE_LABELS = {
    "bank": "Banque",
    "number": "Numéro",
    "drawer": "Tireur",
    "reference": "Référence",
    "terminal": "Réf. terminal",
}


class TenderFields(Guarded, Horizontal):
    """One line of fields; an emptied amount gives the means up."""

    class Edited(Message):
        """The amount (`name` empty) or a reference changed."""

        def __init__(self, means: Means, name: str, text: str) -> None:
            super().__init__()
            self.means = means
            self.reference = name
            self.text = text

    class Entered(Message):
        """Enter was pressed in one of the fields."""

        def __init__(self, fields: TenderFields) -> None:
            super().__init__()
            self.fields = fields

    def __init__(self, rule: MeansRule, entry: Entry) -> None:
        super().__init__(id=f"tender-{rule.means.value}", classes="tender")
        self.means = rule.means
        self._rule = rule
        self._entry = entry

    def compose(self) -> Iterable[Widget]:
        """Amount first, then the references."""
        label = f"{self._rule.label}, somme remise" if self._rule.gives_change else self._rule.label
        yield MoneyInput(label, self._entry.text, id=f"amount-{self.means.value}")
        for name in self._rule.required:
            with Vertical(classes="reference"):
                yield Static(Content(REFERENCE_LABELS.get(name, name)), classes="field-label")
                yield PlainInput(self._entry.references.get(name, ""), id=f"ref-{self.means.value}-{name}", name=name)

    @property
    def amount(self) -> MoneyInput:
        """The amount."""
        return self.query_one(MoneyInput)

    def show(self, text: str) -> None:
        """Fill the amount in, if it is another."""
        if self.amount.text != text:
            self.amount.text = text

    @on(MoneyInput.Changed)
    def _amount_typed(self, event: MoneyInput.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self.means, "", event.field.text))

    @on(MoneyInput.Submitted)
    def _amount_entered(self, event: MoneyInput.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered(self))

    @on(Input.Changed, ".reference Input")
    def _reference_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self.means, event.input.name or "", event.value))

    @on(Input.Submitted, ".reference Input")
    def _reference_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered(self))
