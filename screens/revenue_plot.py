"""Revenue as bars of plain characters, readable at 80×24; negative amounts go below the line, labels stand in the list."""

from __future__ import annotations

from collections.abc import Sequence

from textual_plotext import PlotextPlot

from screens.guard import Guarded

_AXIS = 12  # the cells of the amounts on the left


class RevenuePlot(Guarded, PlotextPlot):
    """One bar an amount, by its name, or by the number of its line in the list where names do not fit; hidden where there is none."""

    DEFAULT_CSS = """
    RevenuePlot { display: none; height: 8; }
    RevenuePlot.-shown { display: block; }
    """

    def show(self, amounts: Sequence[tuple[str, int]]) -> None:
        """Draw the amounts (cents), in euros."""
        self.plt.clear_data()
        self.plt.clear_figure()
        if amounts:
            labels = [label for label, _ in amounts]
            if len(labels) * (max(map(len, labels)) + 2) > self.app.size.width - _AXIS:  # one that overlaps is left out
                labels = [f"{place}" for place in range(1, len(amounts) + 1)]
            self.plt.bar(labels, [cents / 100 for _, cents in amounts], width=0.6)
            self.plt.title("Recettes nettes, en euros")
        self.refresh()
