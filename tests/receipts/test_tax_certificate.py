from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from receipts.documents import Recipient
from receipts.family_documents import CertifiedChild
from receipts.tax_certificate import draw_tax_certificates
from tests.receipts.documents_by_hand import PAYER, read, text_of
from tests.receipts.papers_by_hand import HOSTILE, tax_certificate


def test_a_certificate_says_what_was_paid_for_each_child_and_what_it_counts() -> None:
    text = text_of(draw_tax_certificates([tax_certificate()]))

    for said in (
        "Mairie de Clapiers 5 Grand’rue Marie Lacroix 34830 Clapiers",
        "Zoé Lefèvre-Œuvrard 12 rue des Łódź 34830 Clapiers",
        "ATTESTATION FISCALE Année 2026 établie le lundi 1er février 2027",
        "avoir reçu en 2026, de la personne nommée ci-dessus",
        "Léa Lefèvre 14/03/2021 4 ans 412,50 €",
        "Noé Lefèvre 01/06/2025 moins d’un an 87,45 €",
        "Total 499,95 €",
        "en lettres : quatre cent quatre-vingt-dix-neuf euros et quatre-vingt-quinze centimes.",
        "avoirs utilisés compris. Les repas n’en font pas partie. Les sommes rendues en avoir en 2026 sont déduites",
        "article 200 quater B du code général des impôts",
        "Le régisseur : Camille Ferrand",
        "page 1/1",
    ):
        assert said in text
    assert "FICTIF" not in text


def test_the_address_shows_through_the_window_of_the_envelope() -> None:
    page = read(draw_tax_certificates([tax_certificate()])).pages[0]
    places: dict[str, tuple[float, float]] = {}

    def note_place(text: str, moved: list[float], matrix: list[float], _font: object, _size: float) -> None:
        if text.strip():
            places.setdefault(text.strip(), (moved[4] + matrix[4], page.mediabox.height - moved[5] - matrix[5]))

    page.extract_text(visitor_text=note_place)
    for line in (PAYER.name, "12 rue des Łódź"):
        left, down = places[line]
        assert 105 * mm <= left <= 115 * mm
        assert 50 * mm <= down <= 80 * mm
    assert places["ATTESTATION FISCALE"][1] > 99 * mm  # under the first fold


@pytest.mark.parametrize(
    ("born_on", "said"),
    [
        (date(2020, 1, 2), "02/01/2020 5 ans"),
        (date(2021, 1, 1), "01/01/2021 5 ans"),
        (date(2024, 12, 31), "31/12/2024 1 an "),
        (date(2026, 1, 1), "01/01/2026 moins d’un an"),
        (date(2026, 4, 1), "01/04/2026 né(e) dans l’année"),
        (None, "Léa 1,00 €"),
    ],
)
def test_the_age_is_that_of_the_first_of_january(born_on: date | None, said: str) -> None:
    assert said in text_of(draw_tax_certificates([tax_certificate(CertifiedChild("Léa", born_on, 1_00))]))


def test_many_certificates_take_a_page_each_in_one_file_and_tell_their_progress() -> None:
    told: list[int] = []
    coming = (
        tax_certificate(CertifiedChild("Léa", date(2022, 1, 1), 100 + place), payer=Recipient(f"Payeur {place}"))
        for place in range(40)
    )

    pages = read(draw_tax_certificates(coming, told.append)).pages

    assert told == list(range(1, 41))
    assert len(pages) == 40
    for place, page in enumerate(pages):
        text = " ".join(page.extract_text().split())
        assert f"Payeur {place} " in text
        assert f"Total 1,{place:02d} €" in text
        assert "page 1/1" in text


def test_what_progress_raises_stops_the_batch() -> None:
    def cancelled(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_tax_certificates([tax_certificate()], cancelled)


def test_an_empty_batch_is_no_document() -> None:
    with pytest.raises(ValueError, match="no certificate"):
        draw_tax_certificates([])


def test_forty_children_go_on_to_another_page_with_the_total_carried() -> None:
    children = tuple(CertifiedChild(f"Enfant {place}", date(2022, 1, 1), 1_00) for place in range(40))

    pages = [
        " ".join(page.extract_text().split())
        for page in read(draw_tax_certificates([tax_certificate(*children)])).pages
    ]

    assert len(pages) == 2
    assert "À reporter" in pages[0]
    assert "Attestation fiscale 2026 (suite) Zoé Lefèvre-Œuvrard" in pages[1]
    assert "Report" in pages[1]
    assert "Total 40,00 €" in pages[1]


def test_an_example_says_fictif() -> None:
    assert text_of(draw_tax_certificates([tax_certificate(fictitious=True)])).count("FICTIF") >= 3


def test_an_erased_family_prints_the_date_of_erasure_and_no_name() -> None:
    text = text_of(draw_tax_certificates([tax_certificate(payer=replace(PAYER, erased_on=date(2031, 3, 1)))]))

    assert text.count("identité effacée le samedi 1er mars 2031") == 3
    assert "Lefèvre" not in text
    assert "Łódź" not in text
    assert "14/03/2021" not in text


def test_hostile_names_are_printed_as_they_are_and_notes_under_the_total() -> None:
    certificate = tax_certificate(
        CertifiedChild(HOSTILE, date(2022, 1, 1), 0), signed_by="</para>", notes=("Rien n’a été payé <b>en 2026</b>.",)
    )

    text = text_of(draw_tax_certificates([certificate]))

    assert HOSTILE in text
    assert "Le régisseur : </para>" in text
    assert "en lettres : zéro euro. Rien n’a été payé <b>en 2026</b>." in text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_drawn(text: str) -> None:
    certificate = tax_certificate(
        CertifiedChild(text, date(2022, 1, 1), 1_00), payer=Recipient(text, (text,) * 9), notes=(text,), signed_by=text
    )

    assert "Total 1,00 €" in text_of(draw_tax_certificates([certificate]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"total_cents": 499_94}, "add up"),
        ({"children": ()}, "at least one child"),
        ({"children": (CertifiedChild("Léa", date(2020, 1, 1), 499_95),)}, "not under 6"),
        ({"children": (CertifiedChild("Léa", date(2022, 1, 1), -1),), "total_cents": -1}, "less than nothing"),
        ({"issued_at": datetime(2027, 2, 1)}, "aware"),
    ],
)
def test_a_certificate_that_is_not_right_is_never_printed(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tax_certificate(**wrong)
