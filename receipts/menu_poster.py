"""The menus of a week on one sheet for the wall: a column a day, the courses in the order of the meal, allergens under each dish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from reportlab.lib.pagesizes import A4, landscape

from receipts.figures import require_aware
from receipts.rows import Cell, Line, Row, draw_rows, height_of
from receipts.sheet import Measures, draw_watermark, new_canvas
from receipts.wording import FICTITIOUS_NOTICE
from tui_portail.french import long_date

_MARGIN, _GAP = 32, 6
_LARGEST, _SMALLEST = 18.0, 6.0
_TITLE = 22.0
_NOTICE = "Menus donnés sous réserve des livraisons. Allergènes : règlement (UE) n° 1169/2011, annexe II."


@dataclass(frozen=True, slots=True)
class PosterDish:
    """A course: its name, then each dish with its allergens in words."""

    course: str
    dishes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PosterDay:
    """A day: its courses, and what is said of it (a public holiday, a theme)."""

    day: date
    courses: tuple[PosterDish, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class MenuPoster:
    """The week of a site, or of all (`site` empty)."""

    commune: str
    service: str
    site: str
    days: tuple[PosterDay, ...]
    issued_at: datetime
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)


def draw_menu_poster(poster: MenuPoster) -> bytes:
    """Return the poster as a PDF of one page, in the largest letters that let it hold; the same poster gives the same bytes."""
    width, height = landscape(A4)
    room = height - 2 * _MARGIN
    rows = _rows(poster, width - 2 * _MARGIN, _LARGEST)
    size = _LARGEST
    while height_of(rows) > room and size > _SMALLEST:
        size -= 0.5
        rows = _rows(poster, width - 2 * _MARGIN, size)
    buffer = BytesIO()
    canvas = new_canvas(buffer, (width, height), _title(poster), poster.commune, poster.issued_at)
    if poster.fictitious:
        draw_watermark(canvas, Measures(width, height, _MARGIN, _LARGEST))
    draw_rows(canvas, rows, _MARGIN, height - _MARGIN)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _title(poster: MenuPoster) -> str:
    first, last = poster.days[0].day, poster.days[-1].day
    return f"Menus du {long_date(first)} au {long_date(last)}"


def _rows(poster: MenuPoster, inner: float, size: float) -> Sequence[Row]:
    where = " – ".join(part for part in (poster.commune, poster.service, poster.site) if part)
    head = Row(
        [
            Cell(
                0, inner, (Line(where, min(size, _TITLE / 2)), Line(_title(poster), min(size * 1.6, _TITLE), bold=True))
            )
        ],
        below=size,
    )
    width = inner / len(poster.days)
    names = Row(
        [
            Cell(place * width + _GAP, width - 2 * _GAP, (Line(_day_name(day.day), size * 1.15, bold=True),))
            for place, day in enumerate(poster.days)
        ],
        above=4,
        below=4,
        shade=(0.88, inner),
    )
    courses = Row(
        [Cell(place * width + _GAP, width - 2 * _GAP, _day_lines(day, size)) for place, day in enumerate(poster.days)],
        above=size * 0.6,
        below=size,
        rule=inner,
    )
    said = [Line(_NOTICE, size * 0.75, grey=0.25, limit=200)]
    if poster.fictitious:
        said.append(Line(FICTITIOUS_NOTICE, size * 0.75, bold=True, limit=200))
    foot = Row([Cell(0, inner, tuple(said))], above=4, rule=inner)
    return (head, names, courses, foot)


def _day_name(day: date) -> str:
    words = long_date(day).split()
    return f"{words[0].capitalize()} {words[1]}"


def _day_lines(day: PosterDay, size: float) -> tuple[Line, ...]:
    lines: list[Line] = [Line(day.note, size * 0.9, bold=True, limit=200)] if day.note else []
    for course in day.courses:
        lines.append(Line(course.course, size * 0.8, grey=0.35))
        for dish, allergens in course.dishes:
            lines.append(Line(dish, size, bold=True))
            if allergens:
                lines.append(Line(allergens, size * 0.75, limit=200))
        lines.append(Line(" ", size * 0.4))
    return tuple(lines) or (Line("—", size),)
