"""The whole price table on paper and as a spreadsheet, for the conseil municipal: that of the grids given, recorded or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from receipts.register_document import Column, Register, RegisterRow, RowKind
from tui_portail import spreadsheets
from tui_portail.french import join_words, long_date
from tui_portail.instants import in_paris
from tui_portail.price_grids import PriceGrid
from tui_portail.price_table import PriceTable, price_table
from tui_portail.services.desk import Desk
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.rights import Right

_WORDS_SHARE = 0.34
DRAFT = "Projet, non enregistré : ces prix ne sont pas encore ceux des journées réservées."


def print_price_table(desk: Desk, grids: Sequence[PriceGrid], day: date, *, draft: bool) -> PrintedDocument:
    """Draw the price table of a day and hand it to the printer; `draft` says that these grids are not recorded. Raises NotAllowed."""
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    with desk.read(Right.SETTINGS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    table = price_table(commune, grids, day)
    share = (1 - _WORDS_SHARE) / (2 * len(table.ranks))
    paper = Register(
        f"Tarifs au {long_date(day)}",
        ("Prix en euros, par journée et par enfant. « Ext. » : familles de l’extérieur.", *((DRAFT,) if draft else ())),
        service_issuer(commune),
        now,
        (
            Column("Tarif", _WORDS_SHARE),
            *(Column(title, share, right=True) for title in _titles(table)),
        ),
        notes=_notes(table),
        fictitious=commune.policy.fictitious or any(grid.fictitious for grid in table.grids),
    )
    name = f"tarifs-{day:%Y%m%d}-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(paper, _rows(table))))


def export_price_table(desk: Desk, grids: Sequence[PriceGrid], day: date) -> Path:
    """Write the price table of a day as a CSV file beside the papers of the month, and return its path. Raises NotAllowed."""
    with desk.read(Right.SETTINGS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    table = price_table(commune, grids, day)
    columns = (
        spreadsheets.Column("Activité", width=30),
        spreadsheets.Column("Grille", width=30),
        spreadsheets.Column("Période", width=40),
        spreadsheets.Column("Délibération", width=30),
        spreadsheets.Column("Fictif"),
        spreadsheets.Column("Tarif", width=40),
        *(spreadsheets.Column(title, width=14) for title in _titles(table)),
    )
    rows = (
        (
            grid.activity,
            grid.name,
            grid.period,
            grid.source,
            "oui" if grid.fictitious else "non",
            line.words,
            *line.residents,
            *line.others,
        )
        for grid in table.grids
        for line in grid.lines
    )
    file = BytesIO()
    spreadsheets.write_csv(spreadsheets.Table(f"Tarifs au {day:%d/%m/%Y}", columns, rows), file)
    return keep_paper(desk, now, f"tarifs-{day:%Y%m%d}-{in_paris(now):%Y%m%d-%H%M%S}.csv", file.getvalue())


def _titles(table: PriceTable) -> tuple[str, ...]:
    return (*table.ranks, *(f"Ext. {title}" for title in table.ranks))


def _rows(table: PriceTable) -> Iterator[RegisterRow]:
    for grid in table.grids:
        named = grid.name.casefold().startswith(grid.activity.casefold())
        title = grid.name if named else f"{grid.activity} : {grid.name}"
        yield RegisterRow((f"{title}, {grid.period}",), RowKind.HEADING)
        for line in grid.lines:
            yield RegisterRow((line.words, *line.residents, *line.others))


def _notes(table: PriceTable) -> tuple[str, ...]:
    sources = dict.fromkeys(grid.source for grid in table.grids)
    notes = [f"D’après : {join_words(sources)}."] if sources else []
    if table.unpriced:
        notes.append(f"Sans prix ce jour-là : {join_words(table.unpriced)}.")
    return tuple(notes)
