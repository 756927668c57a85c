"""What goes out of the meals: the kitchen's order on paper, and a spreadsheet. Numbers only: no child is named to the kitchen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from receipts.register_document import Column, Register, RegisterRow, RowKind
from tui_portail.commune import Commune
from tui_portail.french import date_time_text, join_words, long_date, time_text
from tui_portail.instants import in_paris
from tui_portail.meal_counts import MENUS, MealCount, MealKind, cooked, of_age, of_menu
from tui_portail.services.asked_days import period_words
from tui_portail.services.desk import Desk
from tui_portail.services.meals import MealGap, MealSheet, load_meals, read_meals
from tui_portail.services.number_exports import write_table
from tui_portail.services.papers import PrintedDocument, keep_paper, print_paper, service_issuer
from tui_portail.services.register_exports import Exported
from tui_portail.services.register_views import exports_folder
from tui_portail.services.rights import Right
from tui_portail.spreadsheets import CellKind, Table
from tui_portail.spreadsheets import Column as SheetColumn

TITLE = "Repas à commander"
AGES = {True: "moins de 6 ans", False: "6 ans et plus"}


def print_meals(desk: Desk, first_on: date, last_on: date, site: str = "") -> PrintedDocument:
    """Draw the kitchen's order of some days, at a site if given, and hand it to the printer. Raises InvalidInput, NotAllowed."""
    from receipts.register import draw_register  # noqa: PLC0415 (reportlab is loaded when a paper is drawn)

    sheets = load_meals(desk, first_on, last_on, site)
    with desk.read(Right.NUMBERS) as connection:
        now, commune = desk.instant(connection), desk.commune(connection)
    paper = Register(
        TITLE,
        (period_words(first_on, last_on),),
        service_issuer(commune),
        now,
        (
            Column("Menu", 0.34),
            Column("Commandé", 0.12, right=True),
            Column("Écarts", 0.12, right=True),
            Column("À ce jour", 0.12, right=True),
            Column("dont moins de 6 ans", 0.15, right=True),
            Column("dont 6 ans et plus", 0.15, right=True),
        ),
        notes=("Repas à cuisiner, hors enfants accueillis sans repas fourni. Les écarts sont ceux d’après l’arrêt.",),
        fictitious=commune.policy.fictitious,
    )
    name = f"repas-{first_on:%Y-%m-%d}-{in_paris(now):%Y%m%d-%H%M%S}.pdf"
    return print_paper(desk, keep_paper(desk, now, name, draw_register(paper, _rows(sheets, now))))


def state_words(sheet: MealSheet, now: datetime) -> str:
    """Say whether meals are ordered, since when, and whether something changed since: what the reprint says of itself."""
    if not sheet.frozen:
        return f"provisoire, commande arrêtée le {date_time_text(sheet.frozen_at)}"
    ordered = f"commande du {date_time_text(sheet.frozen_at)}"
    return f"{ordered} + écarts au {date_time_text(now)}" if sheet.gaps else f"{ordered}, sans écart"


def gap_words(gap: MealGap, day: date) -> str:
    """Say one difference without naming the child: « 2/12 à 12 h 40 : +1 menu sans porc, moins de 6 ans – annulé hors délai »."""
    at = in_paris(gap.at)
    when = time_text(at) if at.date() == day else f"{at:%d/%m} à {time_text(at)}"
    return f"{when} : {'+' if gap.change > 0 else '−'}1 {kind_words(gap.kind)} – {gap.cause.value}"


def kind_words(kind: MealKind) -> str:
    """Return « menu sans porc, moins de 6 ans »."""
    menu = f"menu {MENUS[kind.menu]}" if kind.cooked else MENUS[kind.menu]
    return f"{menu}, {AGES[kind.under_six]}"


def _rows(sheets: Iterable[MealSheet], now: datetime) -> Iterator[RegisterRow]:
    """Yield each day: each site's activity by menu with its differences, then the day's total by menu."""
    for day, of_day in groupby(sheets, key=lambda sheet: sheet.day):
        listed = list(of_day)
        yield RegisterRow((long_date(day).upper(),), RowKind.HEADING)
        for sheet in listed:
            yield RegisterRow((f"{sheet.site} – {sheet.activity} : {state_words(sheet, now)}",), RowKind.HEADING)
            yield from _menu_rows([sheet], RowKind.LINE)
            yield _sum_row("Total à cuisiner", [sheet], RowKind.SUBTOTAL)
            for gap in sheet.gaps:
                yield RegisterRow((f"Écart : {gap_words(gap, sheet.day)}",), RowKind.NOTE)
        if len(listed) > 1:
            where = join_words(dict.fromkeys(sheet.site for sheet in listed))
            yield RegisterRow((f"Ensemble du {long_date(day)} : {where}",), RowKind.HEADING)
            yield from _menu_rows(listed, RowKind.LINE)
            yield _sum_row("Total à cuisiner", listed, RowKind.SUBTOTAL)


def _menu_rows(sheets: Sequence[MealSheet], kind: RowKind) -> Iterator[RegisterRow]:
    ordered, stands = _sums(sheets)
    for menu, label in MENUS.items():
        was, now = of_menu(ordered, menu), of_menu(stands, menu)
        if was or now:
            ages = [str(stands.get(MealKind(menu, under_six), 0)) for under_six in (True, False)]
            words = f"Menu {label}" if menu or label else label
            yield RegisterRow((words, *_ordered(sheets, was, now), *ages), kind)


def _sum_row(label: str, sheets: Sequence[MealSheet], kind: RowKind) -> RegisterRow:
    ordered, stands = _sums(sheets)
    ages = [str(of_age(stands, under_six)) for under_six in (True, False)]
    return RegisterRow((label, *_ordered(sheets, cooked(ordered), cooked(stands)), *ages), kind)


def _ordered(sheets: Sequence[MealSheet], was: int, now: int) -> tuple[str, str, str]:
    """Return what was ordered, the difference and what stands; the first two are blank as long as one is provisional."""
    if not all(sheet.frozen for sheet in sheets):
        return "", "", str(now)
    return str(was), f"{now - was:+d}".replace("-", "−") if now != was else "", str(now)


def _sums(sheets: Iterable[MealSheet]) -> tuple[MealCount, MealCount]:
    ordered: Counter[MealKind] = Counter()
    stands: Counter[MealKind] = Counter()
    for sheet in sheets:
        ordered.update(sheet.ordered or {})
        stands.update(sheet.now)
    return ordered, stands


def write_meals(desk: Desk, first_on: date, last_on: date, suffix: str, site: str = "") -> Exported:
    """Write the meals of some days, at a site if given, as a spreadsheet, « csv » or « xlsx », in the documents' folder.

    Raises ExportNotWritten, InvalidInput, NotAllowed.
    """
    table = meals_table(load_meals(desk, first_on, last_on, site))
    name = f"repas-{first_on:%Y%m%d}-{in_paris(desk.now()):%Y%m%d-%H%M%S}.{suffix}"
    return write_table(table, exports_folder(desk) / name, replace=True)


def export_meals(
    connection: Connection, commune: Commune, now: datetime, first_on: date, last_on: date, path: Path, *, replace: bool
) -> Exported:
    """Write the meals of some days in the file named, CSV or XLSX by its name; no right is asked, nothing else is written.

    Raises ExportNotWritten, InvalidInput.
    """
    return write_table(meals_table(read_meals(connection, commune, now, first_on, last_on)), path, replace=replace)


def meals_table(sheets: Sequence[MealSheet]) -> Table:
    """Return the meals a row a menu and age; what was ordered is blank before the freeze."""
    columns = (
        SheetColumn("Jour", CellKind.DAY, 12),
        SheetColumn("Site"),
        SheetColumn("Activité", width=24),
        SheetColumn("Menu", width=26),
        SheetColumn("Âge"),
        SheetColumn("Commandé", CellKind.COUNT, 11),
        SheetColumn("Écart", CellKind.COUNT, 8),
        SheetColumn("À ce jour", CellKind.COUNT, 10),
        SheetColumn("Arrêt de la commande", CellKind.INSTANT, 22),
        SheetColumn("État", width=12),
    )
    return Table(TITLE, columns, (row for sheet in sheets for row in _table_rows(sheet)))


def _table_rows(sheet: MealSheet) -> Iterator[tuple[str | int | date | datetime | None, ...]]:
    for menu, label in MENUS.items():
        for under_six, age in AGES.items():
            kind = MealKind(menu, under_six)
            stands = sheet.now.get(kind, 0)
            was = None if sheet.ordered is None else sheet.ordered.get(kind, 0)
            if stands or was:
                state = "provisoire" if was is None else "arrêté"
                change = None if was is None else stands - was
                about = (sheet.day, sheet.site, sheet.activity, label, age)
                yield (*about, was, change, stands, sheet.frozen_at, state)
