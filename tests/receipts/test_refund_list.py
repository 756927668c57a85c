from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.documents import Recipient
from receipts.refund_list import draw_refund_list
from tests.receipts.documents_by_hand import PAYER, read, text_of
from tests.receipts.papers_by_hand import HOSTILE, refund, refund_list


def test_the_list_says_to_whom_how_much_and_why_with_the_total_in_words() -> None:
    text = text_of(draw_refund_list(refund_list(refund(12_50), refund(44_00, number="R2026-000004"))))

    for said in (
        "AVOIRS À REMBOURSER PAR MANDAT année 2026 le 01/12/2026 à 18 h 00",
        "Une régie de recettes ne rembourse pas en espèces",
        "R2026-000003 01/12/2026 Zoé Lefèvre-Œuvrard, 12 rue des Łódź, 34830 Clapiers départ de la commune 12,50 €",
        "R2026-000004 01/12/2026",
        "2 remboursements Total 56,50 €",
        "en lettres : cinquante-six euros et cinquante centimes.",
        "Liste établie par Camille Ferrand.",
        "Le régisseur L’ordonnateur",
    ):
        assert said in text
    assert "FICTIF" not in text


def test_an_empty_list_says_so() -> None:
    text = text_of(draw_refund_list(refund_list()))

    assert "Aucun remboursement Total 0,00 €" in text
    assert "zéro euro." in text


def test_a_long_list_carries_its_total_from_page_to_page_and_says_fictif_on_each() -> None:
    lines = tuple(refund(1_00 + place, number=f"R2026-{place:06d}") for place in range(150))

    pdf = draw_refund_list(refund_list(*lines, fictitious=True))

    pages = [" ".join(page.extract_text().split()) for page in read(pdf).pages]
    assert len(pages) > 4
    assert all(page.count("FICTIF") >= 3 for page in pages)
    for page, following in pairwise(pages):
        assert f"Report {page.split('À reporter ')[1].split(' €')[0]} €" in following
    assert all(line.number in " ".join(pages) for line in lines)


def test_hostile_names_are_printed_as_they_are_and_an_erased_payer_has_none() -> None:
    erased = replace(PAYER, erased_on=date(2031, 3, 1))

    text = text_of(draw_refund_list(refund_list(refund(1_00, payer=Recipient(HOSTILE)), refund(2_00, payer=erased))))

    assert HOSTILE in text
    assert "identité effacée le samedi 1er mars 2031" in text
    assert "Lefèvre" not in text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_drawn(text: str) -> None:
    line = refund(1_00, payer=Recipient(text, (text, text)), reason=text)

    assert "1 remboursement Total 1,00 €" in text_of(draw_refund_list(refund_list(line, agent=text, period=text)))


def test_a_list_that_does_not_add_up_or_refunds_nothing_is_never_printed() -> None:
    with pytest.raises(ValueError, match="add up"):
        refund_list(refund(1_00), total_cents=1_01)
    with pytest.raises(ValueError, match="nothing to refund"):
        refund(0)


def test_the_same_list_drawn_again_gives_the_same_bytes() -> None:
    assert draw_refund_list(refund_list(refund(1_00))) == draw_refund_list(refund_list(refund(1_00)))
    assert draw_refund_list(refund_list(refund(1_00))) != draw_refund_list(refund_list(refund(1_01)))
