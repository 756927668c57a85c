"""What the régie should be told of, above what a screen shows; nothing, and no room taken, when all is well."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from screens.guard import Guarded
from screens.plain_text import plain
from tui_portail.regie_rules import RegieWarning


class WarningLines(Guarded, Static):
    """The régie's warnings, and what they rest on."""

    DEFAULT_CSS = """
    WarningLines { height: auto; max-height: 8; padding: 0 1; color: $warning; display: none; }
    WarningLines.-told { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, told: Sequence[RegieWarning]) -> None:
        """Say them, the most urgent first."""
        self.set_class(bool(told), "-told")
        sources = dict.fromkeys(one.source for one in told)
        said = [f"! {one.sentence}" for one in told] + [f"Selon : {source}" for source in sources if source]
        self.update(Content("\n".join(map(plain, said))))
