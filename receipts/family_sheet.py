"""A family's own data on paper, section by section: a table where few labels fit, one card a row where there are many."""

from __future__ import annotations

from receipts.documents import Paper
from receipts.family_sections import FamilySection, FamilySheet
from receipts.letterhead import sentence_row
from receipts.regie_papers import Columns, Head, fact_row
from receipts.rows import Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_sheet

_TITLE = "Données de la famille"
_MOST_COLUMNS = 6


def draw_family_sheet(family: FamilySheet, paper: Paper = "A4") -> bytes:
    """Return the paper as a PDF; the same data gives the same bytes."""
    measures = MEASURES[paper]
    head = Head(family.issuer, _TITLE, f"dossier {family.number}", family.taken_at, family.fictitious)
    said = (
        f"Remises à {family.whom} au titre du droit d’accès (RGPD, article 15)\u00a0: ce que le service Enfance/Jeunesse et la régie "
        "conservent ce jour-là. Le fichier donnees.json, joint, a chaque ligne en entier."
    )
    drawn = Sheet(
        title=f"{_TITLE}, dossier {family.number}",
        author=family.issuer.commune,
        issued_at=family.taken_at,
        heading=head.first_page(measures, sentence_row(measures, said), Row([], above=measures.size)),
        reminder=head.next_pages(measures),
        tables=[_section(section, measures) for section in family.sections],
        foot="",
        fictitious=family.fictitious,
    )
    return draw_sheet(drawn, paper)


def _section(section: FamilySection, measures: Measures) -> Table:
    if len(section.labels) > _MOST_COLUMNS:
        title = sentence_row(measures, section.title, bold=True, above=measures.size)
        return Table([title], [(row, 0) for texts in section.rows for row in _card(section, texts, measures)])
    columns = Columns(measures, section.labels, _shares(section))
    return Table(columns.head(section.title), [(columns.line(*texts), 0) for texts in section.rows])


def _card(section: FamilySection, texts: tuple[str, ...], measures: Measures) -> list[Row]:
    """Return one row a fact said, and room after the last."""
    facts = [fact_row(measures, label, text) for label, text in zip(section.labels, texts, strict=True) if text]
    return [*facts, Row([], above=measures.size / 2)]


def _shares(section: FamilySection) -> tuple[float, ...]:
    """Share the width by the longest text of each column, none so narrow that a date would break."""
    longest = [
        min(24, 4 + max(10, len(label), *(len(row[place]) for row in section.rows)))
        for place, label in enumerate(section.labels)
    ]
    return tuple(length / sum(longest) for length in longest)
