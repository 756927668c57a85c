"""What goes out of the numbers of children: the figures of some days with each day's lists on paper, and a spreadsheet of the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from receipts.register_document import Column, Register, RegisterRow, RowKind
from tui_portail.commune import Commune
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.services.asked_days import period_words
from tui_portail.services.desk import Desk
from tui_portail.services.expected import (
    ExpectedSlot,
    different_children,
    load_expected,
    read_expected,
    same_children_words,
)
from tui_portail.services.number_exports import write_table
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.register_exports import Exported
from tui_portail.services.register_views import exports_folder
from tui_portail.services.rights import Right
from tui_portail.spreadsheets import CellKind, Table
from tui_portail.spreadsheets import Column as SheetColumn

TITLE = "Effectifs attendus"
Cells = tuple[str | int | date | datetime | None, ...]


def print_expected(desk: Desk, first_on: date, last_on: date, site: str = "") -> PrintedDocument:
    """Draw the figures of some days, with the lists behind them for one day alone, and hand them to the printer.

    Raises InvalidInput, NotAllowed.
    """
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    slots = load_expected(desk, first_on, last_on, site)
    with desk.read(Right.NUMBERS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    one_day = first_on == last_on
    paper = Register(
        TITLE,
        (period_words(first_on, last_on),),
        service_issuer(commune),
        now,
        (
            Column("Site et activité, puis les enfants", 0.4),
            Column("Attendus", 0.1, right=True),
            Column("Moins de 6 ans", 0.13, right=True),
            Column("6 ans et plus", 0.13, right=True),
            Column("En attente de paiement", 0.14, right=True),
            Column("Adultes", 0.1, right=True),
        ),
        notes=(
            *filter(None, [same_children_words(slots)]),
            "Adultes : chaque âge compté à part et arrondi à l’unité supérieure. Document de travail, à détruire après usage.",
        ),
        orientation="portrait",
        fictitious=commune.policy.fictitious,
    )
    name = f"effectifs-{first_on:%Y-%m-%d}-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(paper, _rows(slots, lists=one_day))))


def _rows(slots: Sequence[ExpectedSlot], *, lists: bool) -> Iterator[RegisterRow]:
    for day, of_day in groupby(slots, key=lambda one: one.day):
        listed = list(of_day)
        children = plural(different_children(listed), "enfant différent", "enfants différents")
        yield RegisterRow((f"{long_date(day).capitalize()} : {children}",), RowKind.HEADING)
        for one in listed:
            yield RegisterRow((f"{one.site} – {one.activity}", *_figures(one)), RowKind.SUBTOTAL)
            if lists:
                for child in one.children:
                    yield RegisterRow((child.words,), RowKind.NOTE)
                for child in one.on_hold:
                    yield RegisterRow((f"{child.words} – en attente de paiement",), RowKind.NOTE)


def _figures(one: ExpectedSlot) -> tuple[str, ...]:
    ages = one.ages
    figures = (ages.total, ages.under_six, ages.six_and_over, len(one.on_hold) or "", one.adults)
    return tuple("" if figure is None else str(figure) for figure in figures)


def write_expected(desk: Desk, first_on: date, last_on: date, suffix: str, site: str = "") -> Exported:
    """Write the figures of some days, at a site if given, as a spreadsheet, « csv » or « xlsx », in the documents' folder.

    Raises ExportNotWritten, InvalidInput, NotAllowed.
    """
    table = expected_table(load_expected(desk, first_on, last_on, site))
    name = f"effectifs-{first_on:%Y%m%d}-{in_paris(desk.now()):%Y%m%d-%H%M%S}.{suffix}"
    return write_table(table, exports_folder(desk) / name, replace=True)


def export_expected(
    connection: Connection, commune: Commune, now: datetime, first_on: date, last_on: date, path: Path, *, replace: bool
) -> Exported:
    """Write the figures of some days in the file named, CSV or XLSX by its name; no right is asked.

    Raises ExportNotWritten, InvalidInput.
    """
    slots = read_expected(connection, commune, now, first_on, last_on)
    return write_table(expected_table(slots), path, replace=replace)


def expected_table(slots: Sequence[ExpectedSlot]) -> Table:
    """Return the figures a row a site's activity and day: no child is named."""
    columns = (
        SheetColumn("Jour", CellKind.DAY, 12),
        SheetColumn("Site"),
        SheetColumn("Activité", width=30),
        SheetColumn("Attendus", CellKind.COUNT, 10),
        SheetColumn("Moins de 6 ans", CellKind.COUNT, 15),
        SheetColumn("6 ans et plus", CellKind.COUNT, 14),
        SheetColumn("En attente de paiement", CellKind.COUNT, 22),
        SheetColumn("Adultes", CellKind.COUNT, 9),
    )
    return Table(TITLE, columns, (_table_row(one) for one in slots))


def _table_row(one: ExpectedSlot) -> Cells:
    ages = one.ages
    figures = (ages.total, ages.under_six, ages.six_and_over, len(one.on_hold), one.adults)
    return (one.day, one.site, one.activity, *figures)
