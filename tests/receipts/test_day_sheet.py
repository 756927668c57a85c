"""The day sheet drawn from values built by hand: as many pages as it takes, names as they are."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from receipts.day_sheet import DayLine, DaySheet, draw_day_sheet
from receipts.documents import Issuer
from tests.factories import paris

ISSUER = Issuer("Mairie de Clapiers", ("Espace Bonnier", "34830 Clapiers"), "Service Enfance/Jeunesse")
LINE = DayLine(
    "08:30 – 09:15", "<b>de l’Épine</b> & fils", "06 12 34 56 78", "Inscription", "Apporter le QF", place="poste 1"
)


def sheet(*lines: DayLine) -> DaySheet:
    return DaySheet(ISSUER, date(2026, 12, 2), paris("2026-12-01 17:00"), "Accueil de 8 h 30 à 12 h.", lines)


def pages(drawn: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(drawn)).pages]


def test_a_long_day_goes_on_over_the_page_under_its_head_and_no_line_is_lost() -> None:
    drawn = draw_day_sheet(sheet(*[LINE] * 20))
    shown = pages(drawn)
    assert len(shown) == 2
    assert sum(text.count("<b>de l’Épine</b> & fils") for text in shown) == 20
    assert all("mercredi 2 décembre 2026" in text and "Famille" in text for text in shown)
    assert drawn == draw_day_sheet(sheet(*[LINE] * 20)), "the same sheet gives the same bytes"


@pytest.mark.parametrize("count", [0, 1])
def test_a_day_says_how_many_come(count: int) -> None:
    [shown] = pages(draw_day_sheet(sheet(*[LINE] * count)))
    assert ("1 rendez-vous. Accueil de 8 h 30" if count else "Aucun rendez-vous. Accueil") in shown
