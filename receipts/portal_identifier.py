"""« Votre identifiant du Portail Famille »: the paper by which Enfance/Jeunesse hands over a user name and the code that activates it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receipts.documents import Issuer, Paper
from receipts.figures import require_aware
from receipts.letterhead import GUTTER, giver
from receipts.rows import Cell, Line, Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet
from receipts.wording import clock_date

TITLE = "Votre identifiant du Portail Famille"


@dataclass(frozen=True, slots=True)
class PortalIdentifier:
    """Whose identifier, the code to type, until when it is valid; `hours`: the sentence of the portal's hours.

    `address`: the portal's in a browser, empty where there is none.
    """

    issuer: Issuer
    name: str
    username: str
    code: str
    valid_until: datetime
    hours: str
    issued_at: datetime
    address: str = ""
    fictitious: bool = False

    def __post_init__(self) -> None:
        require_aware("valid_until", self.valid_until)
        require_aware("issued_at", self.issued_at)


def draw_portal_identifier(given: PortalIdentifier, paper: Paper = "A5") -> bytes:
    """Return the paper as a PDF; the same identifier gives the same bytes."""
    measures = MEASURES[paper]
    return draw_sheet(
        Sheet(
            title=TITLE,
            author=given.issuer.commune,
            issued_at=given.issued_at,
            heading=_heading(given, measures),
            reminder=_heading(given, measures),
            tables=[Table(closing=_text(given, measures))],
            foot=f"Remis le {clock_date(given.issued_at)}. Gardez ce papier pour vous\u00a0: ce code ouvre votre compte.",
            fictitious=given.fictitious,
        ),
        paper,
    )


def _heading(given: PortalIdentifier, measures: Measures) -> list[Row]:
    size, half = measures.size, measures.inner / 2
    whose = (Line(given.name, size * 1.3, bold=True, align="right"),)
    return [
        Row([Cell(0, half - GUTTER, giver(given.issuer, size)), Cell(half, half, whose)], below=size * 2),
        Row([Cell(0, measures.inner, (Line(TITLE, size * 2, bold=True),))], below=size),
    ]


def _text(given: PortalIdentifier, measures: Measures) -> list[Row]:
    where = "à la borne de la mairie" + (f", ou à l’adresse {given.address}" if given.address else "")
    steps = (
        f"1. Rendez-vous {where}, et choisissez « Activer mon compte ».",
        "2. Tapez ce nom d’utilisateur et ce code, puis choisissez votre mot de passe\u00a0: personne d’autre ne le connaît.",
        "3. Acceptez les conditions d’utilisation\u00a0: vos enfants, vos journées et vos quittances sont à vous.",
    )
    return [
        *_boxed("Nom d’utilisateur", given.username, measures),
        *_boxed("Code, à taper une fois", given.code, measures),
        _line(f"Ce code est valable jusqu’au {clock_date(given.valid_until)}.", measures, bold=True),
        *(_line(step, measures) for step in steps),
        _line(f"Le portail a ses heures. {given.hours}", measures),
        _line("Code expiré ou perdu\u00a0: le service Enfance/Jeunesse vous en donne un autre.", measures),
    ]


def _boxed(label: str, text: str, measures: Measures) -> list[Row]:
    size, inner = measures.size, measures.inner
    return [
        Row([Cell(6, inner - 12, (Line(label, size, grey=0.3),))], above=size * 0.5, below=1),
        Row(
            [Cell(6, inner - 12, (Line(text, size * 2.2, bold=True),))],
            above=size * 0.5,
            below=size,
            shade=(0.92, inner),
        ),
    ]


def _line(text: str, measures: Measures, *, bold: bool = False) -> Row:
    size = measures.size * 1.25
    return Row([Cell(0, measures.inner, (Line(text, size, bold=bold, limit=400),))], above=size * 0.7)
