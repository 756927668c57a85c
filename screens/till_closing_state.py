"""What an agent counts at a closing: pieces, cheques ticked, values typed, reasons; against what the books say is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screens.till_words import signed
from tui_portail.errors import InvalidInput
from tui_portail.money import parse_amount
from tui_portail.policy import Means
from tui_portail.services.till_closing import ChequeKey
from tui_portail.services.till_counting import TillToClose
from tui_portail.till_rules import Count, cash_cents

LABELS = {Means.CASH: "Espèces", Means.CHEQUE: "Chèques"}


class ValueUnreadable(InvalidInput):
    """What was typed for a value is no amount; the sentence names the value, `means` says which."""

    def __init__(self, means: Means, sentence: str) -> None:
        super().__init__(sentence)
        self.means = means


@dataclass(slots=True)
class ClosingState:
    """What was read to be counted, and what was counted of it so far."""

    books: TillToClose
    pieces: dict[int, int] = field(default_factory=dict)
    found: set[ChequeKey] = field(default_factory=set)
    value_texts: dict[Means, str] = field(default_factory=dict)
    reasons: dict[Means, str] = field(default_factory=dict)

    @property
    def touched(self) -> bool:
        """Whether anything was counted or written."""
        typed = [*self.value_texts.values(), *self.reasons.values()]
        return bool(self.pieces or self.found or any(text.strip() for text in typed))

    @property
    def labels(self) -> dict[Means, str]:
        """The means counted, in order, as they are called here."""
        return {**LABELS, **{value.means: value.label for value in self.books.values}}

    def read_again(self, books: TillToClose) -> None:
        """Count against what the books say now; what was typed stays, cheques that left go."""
        self.books = books
        self.found &= set(self.cheques)

    @property
    def cheques(self) -> dict[ChequeKey, bool]:
        """Each cheque held: found or not."""
        keys = [(cheque.payment_id, cheque.rank) for cheque in self.books.cheques]
        return {key: key in self.found for key in keys}

    def tick(self, key: ChequeKey) -> None:
        """Say that a cheque is there, or no longer."""
        self.found ^= {key}

    def values(self) -> dict[Means, int]:
        """Return the values typed, in cents. Raises ValueUnreadable with the sentence to show."""
        return {means: self._value(means, text) for means, text in self.value_texts.items() if text.strip()}

    def _value(self, means: Means, text: str) -> int:
        try:
            return parse_amount(text)
        except InvalidInput as error:
            raise ValueUnreadable(means, f"{self.labels[means]} : {error.sentence}") from None

    def counted(self, means: Means) -> int | None:
        """Return what was counted of a means so far, in cents; None while nothing understandable was."""
        if means is Means.CASH:
            return cash_cents(self.pieces) if self.pieces else None
        if means is Means.CHEQUE:
            return sum(
                cheque.amount_cents for cheque in self.books.cheques if (cheque.payment_id, cheque.rank) in self.found
            )
        try:
            return parse_amount(self.value_texts.get(means, ""))
        except InvalidInput:
            return None

    def counts(self) -> dict[Means, Count | None]:
        """Return each means with its count, None for what is not counted yet."""
        return {
            means: None if counted is None else Count(means, expected, counted)
            for means, expected in self.books.expected.items()
            for counted in (self.counted(means),)
        }

    @property
    def is_complete(self) -> bool:
        """Whether everything is counted and what differs explained: what is left is to confirm it."""
        return None not in self.counts().values() and all(text.strip() for text in self.given_reasons().values())

    def gaps(self) -> list[str]:
        """Say each difference in words."""
        return [
            f"{self.labels[means]} : écart de {signed(count.difference_cents)}."
            for means, count in self.counts().items()
            if count is not None and count.difference_cents
        ]

    def given_reasons(self) -> Mapping[Means, str]:
        """Return the reasons of what differs, those of what no longer differs left out."""
        return {
            means: self.reasons.get(means, "")
            for means, count in self.counts().items()
            if count is not None and count.difference_cents
        }
