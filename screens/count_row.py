"""One means at a closing, on one line: what the books say, what was counted, the difference and, where there is one, its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.columns import fit
from screens.guard import Guarded
from screens.inputs import PlainInput
from screens.plain_text import plain
from screens.till_words import signed
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.till_rules import Count

_LABEL, _AMOUNT = 21, 11


def _line(label: str, *amounts: str) -> str:
    return fit(label, _LABEL) + "".join(fit(amount, _AMOUNT, right=True) for amount in amounts)


class CountRow(Guarded, Horizontal):
    """The line of one means. Its reason is asked for as soon as the count differs."""

    TITLES: ClassVar[str] = _line("", "Attendu", "Compté", "Écart") + "  Motif de l’écart"
    DEFAULT_CSS = """
    CountRow { height: 1; width: 100%; }
    CountRow .sums { width: 55; height: 1; text-wrap: nowrap; }
    CountRow.-gap .sums { color: $warning; text-style: bold; }
    CountRow Input { width: 1fr; }
    """

    def __init__(self, means: Means, label: str) -> None:
        super().__init__(id=f"count-{means.value}")
        self.means = means
        self.differs = False
        self._label = label

    def compose(self) -> Iterable[Widget]:
        """The sums, then the reason."""
        yield Static("", classes="sums", markup=False)
        reason = PlainInput(name=self.means.value, max_length=200, placeholder="gardé au journal")
        reason.display = False
        yield reason

    @property
    def reason(self) -> Input:
        """Where the reason is typed."""
        return self.query_one(Input)

    def show(self, expected_cents: int, count: Count | None) -> None:
        """Write the sums; `count` is None while nothing is counted."""
        self.differs = count is not None and bool(count.difference_cents)
        gap = "" if count is None else signed(count.difference_cents) if self.differs else "aucun"
        counted = "—" if count is None else format_cents(count.counted_cents)
        line = _line(plain(self._label), format_cents(expected_cents), counted, gap)
        self.set_class(self.differs, "-gap")
        self.query_one(".sums", Static).update(Content(line), layout=False)
        if self.reason.display != self.differs:
            self.reason.display = self.differs
