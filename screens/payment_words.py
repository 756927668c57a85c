"""A basket in words: its lines by child and activity, its amounts. Pure."""

from __future__ import annotations

from datetime import date

from textual.content import Content

from tui_portail.french import run_of_days
from tui_portail.money import format_cents
from tui_portail.services.baskets import BasketView


def line_words(view: BasketView) -> str:
    """Return one line a child and activity: days and price."""
    groups: dict[tuple[str, str], tuple[list[date], int]] = {}
    for line in view.lines:
        days, cents = groups.get((line.child, line.label), ([], 0))
        groups[line.child, line.label] = ([*days, line.day], cents + line.price_cents)
    return "\n".join(
        f"{child} · {label} : {run_of_days(days)}, {format_cents(cents)}"
        for (child, label), (days, cents) in groups.items()
    )


def amounts_text(view: BasketView) -> Content:
    """Return total, avoirs and what is due, aligned, the due in bold."""
    lines = [f"{'Total':<9}{format_cents(view.total_cents):>12}"]
    if view.avoir_cents:
        lines.append(f"{'Avoirs':<9}{'−' + format_cents(view.avoir_cents):>12}")
    due = f"{'À payer':<9}{format_cents(view.due_cents):>12}"
    return Content.assemble("\n".join(lines), "\n", (due, "bold"), "\n", "tarifs FICTIFS" if view.fictitious else "")
