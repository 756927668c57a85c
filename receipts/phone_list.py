"""The families to call when a day is cancelled: whose children, who to call in which order, with room to note what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receipts.documents import Issuer, Paper
from receipts.figures import require_aware
from receipts.letterhead import sentence_row
from receipts.regie_papers import Columns, Head
from receipts.rows import Line, Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from tui_portail.french import plural
from tui_portail.money import NO_BREAK_SPACE

_TITLE = "Familles à appeler"
_SHARES = (0.27, 0.23, 0.38, 0.12)
_ROOM = 0.8  # times the size of text, left under each line to write by hand


@dataclass(frozen=True, slots=True)
class FamilyToCall:
    """A family: its name and dossier's number, the children concerned, each guardian with the telephones to try, its days in words."""

    name: str
    number: str
    children: str
    calls: tuple[tuple[str, str], ...]
    days: str


@dataclass(frozen=True, slots=True)
class PhoneList:
    """The families by name. `what` says what is cancelled and why."""

    issuer: Issuer
    what: str
    reason: str
    issued_at: datetime
    families: tuple[FamilyToCall, ...]
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("issued_at", self.issued_at)


def draw_phone_list(phones: PhoneList, paper: Paper = "A4") -> bytes:
    """Return the list as a PDF; the same list gives the same bytes."""
    measures = MEASURES[paper]
    head = Head(phones.issuer, _TITLE, phones.reason, phones.issued_at, phones.fictitious)
    count = plural(len(phones.families), "famille") if phones.families else "Aucune famille"
    said = sentence_row(measures, f"{count}. Annulé : {phones.what}.")
    return draw_sheet(
        Sheet(
            title=f"{_TITLE}, {phones.reason}",
            author=phones.issuer.commune,
            issued_at=phones.issued_at,
            heading=head.first_page(measures, said, Row([], above=measures.size)),
            reminder=head.next_pages(measures),
            tables=[_table(phones, measures)] if phones.families else [],
            foot="Document de travail : à détruire une fois les familles prévenues.",
            fictitious=phones.fictitious,
        ),
        paper,
    )


def _table(phones: PhoneList, measures: Measures) -> Table:
    columns = Columns(measures, ("Famille", "Enfants", "À appeler, dans l’ordre", "Journées"), _SHARES)
    return Table([columns.names()], [(_row(columns, family), 0) for family in phones.families])


def _row(columns: Columns, family: FamilyToCall) -> Row:
    size = columns.measures.size
    calls = tuple(Line(f"{phones.replace(' ', NO_BREAK_SPACE)} {who}", size) for who, phones in family.calls)
    texts = (
        (Line(family.name, size, bold=True), Line(family.number, size * 0.9, grey=0.3)),
        (Line(family.children, size),),
        calls or (Line("aucun téléphone connu", size, grey=0.3),),
        (Line(family.days, size),),
    )
    return columns.with_room(_ROOM, *texts)
