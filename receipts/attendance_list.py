"""The paper list of a site's activity: a child a line, boxes to tick under each day, room for a signature. No money, no telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from receipts.documents import Issuer, Paper
from receipts.figures import require_aware
from receipts.letterhead import sentence_row
from receipts.regie_papers import Columns, Head
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from tui_portail.french import grid_day, long_date, plural, run_of_days

TO_TICK = "□"
NOT_EXPECTED = "–"
_TITLE = "Pointage"
_LEGEND = (
    f"{TO_TICK} attendu : cochez s’il est là · {NOT_EXPECTED} n’a pas réservé · P présent · A absent · J absent justifié · "
    "S sans réservation · abs. absence annoncée. Un enfant venu sans réservation s’ajoute à la main, puis se pointe à l’écran."
)
_BLANK_LINES = 3  # for those who come without booking


@dataclass(frozen=True, slots=True)
class ListedChild:
    """A child and what is known of each day: a box to tick, or what was marked. `marks` are neutral (PAI, a meal)."""

    name: str
    age: int
    class_name: str
    marks: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttendanceList:
    """A day, or the days of a week, of an activity at a site."""

    issuer: Issuer
    site: str
    activity: str
    days: tuple[date, ...]
    issued_at: datetime
    children: tuple[ListedChild, ...]
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)
        if not self.days or any(len(child.days) != len(self.days) for child in self.children):
            raise ValueError("a list has days, and each child something for each of them")


def draw_attendance_list(listed: AttendanceList, paper: Paper = "A4") -> bytes:
    """Return the list as a PDF; the same list gives the same bytes."""
    measures = MEASURES[paper]
    where = f"{listed.site} – {listed.activity}"
    when = long_date(listed.days[0]) if len(listed.days) == 1 else run_of_days(listed.days)
    head = Head(listed.issuer, _TITLE, where, listed.issued_at, listed.fictitious)
    expected = sum(any(day == TO_TICK for day in child.days) for child in listed.children)
    count = plural(expected, "enfant à pointer", "enfants à pointer") if expected else "Personne à pointer"
    said = sentence_row(measures, f"{when[:1].upper()}{when[1:]}. {count}.", bold=True)
    return draw_sheet(
        Sheet(
            title=f"{_TITLE}, {where}, {when}",
            author=listed.issuer.commune,
            issued_at=listed.issued_at,
            heading=head.first_page(measures, said, sentence_row(measures, _LEGEND), Row([], above=measures.size)),
            reminder=head.next_pages(measures),
            tables=[_table(listed, measures)],
            foot="Document de travail : à détruire une fois les présences saisies.",
            fictitious=listed.fictitious,
        ),
        paper,
    )


def _table(listed: AttendanceList, measures: Measures) -> Table:
    one_day = len(listed.days) == 1
    each, sign = (0.1, 0.22) if one_day else (0.065, 0.15)
    age, class_name, marks = 0.06, 0.11, 0.13
    name = 1 - age - class_name - marks - sign - each * len(listed.days)
    titles = ("Enfant", "Âge", "Classe", "À savoir", *(_day_title(day, one_day) for day in listed.days), "Émargement")
    columns = Columns(measures, titles, (name, age, class_name, marks, *(each for _ in listed.days), sign))
    body = [
        columns.line(child.name, f"{child.age}", child.class_name, child.marks, *child.days, "")
        for child in listed.children
    ]
    blank = [columns.line("\u00a0", "", "", "", *("" for _ in listed.days), "") for _ in range(_BLANK_LINES)]
    return Table([columns.names()], [(row, 0) for row in (*body, *blank)])


def _day_title(day: date, one_day: bool) -> str:
    return "Présent" if one_day else grid_day(day)
