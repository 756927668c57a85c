"""Revenue as bars of plain characters, readable at 80×24; negative amounts go below the line, labels stand in the list."""

from __future__ import annotations

from collections.abc import Sequence

from textual_plotext import PlotextPlot

from screens.guard import Guarded


class RevenuePlot(Guarded, PlotextPlot):
    """One bar an amount, numbered as the lines of the list; hidden where there is none."""

    DEFAULT_CSS = """
    RevenuePlot { display: none; height: 8; }
    RevenuePlot.-shown { display: block; }
    """

    def show(self, amounts: Sequence[tuple[str, int]]) -> None:
        """Draw the amounts (cents), in euros."""
        self.plt.clear_data()
        self.plt.clear_figure()
        if amounts:
            labels = [label if len(amounts) <= 6 else label[:8] for label, _ in amounts]
            self.plt.bar(labels, [cents / 100 for _, cents in amounts], width=0.6)
            self.plt.title("Recettes nettes, en euros")
        self.refresh()
