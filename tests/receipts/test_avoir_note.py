from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from receipts.avoir_note import draw_avoir_note
from receipts.documents import Paper
from tests.receipts.documents_by_hand import HEAD, PAYER, avoir_note, many_lines, read, text_of


@pytest.mark.parametrize("paper", ["A5", "A4"])
def test_an_avoir_note_says_what_was_cancelled_what_it_gives_and_how_it_is_used(paper: Paper) -> None:
    text = text_of(draw_avoir_note(avoir_note(), paper))

    for said in (
        "AVOIR n° A2026-000045",
        "Zoé Lefèvre-Œuvrard",
        "Jours annulés",
        "Léa Lefèvre Restaurant scolaire les lundi 30 novembre, mardi 1er, jeudi 3 et vendredi 4 décembre 2026",
        "Montant de l’avoir 15,40 €",
        "en lettres : quinze euros et quarante centimes.",
        "Payé par la quittance n° 2026-000123.",
        "Motif : Annulation avant la limite.",
        "Total de vos avoirs après cette opération : 17,90 €.",
        "utilisé automatiquement au prochain paiement",
        "Agent : Camille Ferrand",
        HEAD[:8],
        "page 1/1",
    ):
        assert said in text


def test_a_duplicate_and_an_example_say_so() -> None:
    text = text_of(draw_avoir_note(avoir_note(duplicate_no=3, fictitious=True)))

    assert "DUPLICATA n° 3 – FICTIF" in text


def test_a_long_note_paginates_and_an_erased_family_has_no_name() -> None:
    note = avoir_note(many_lines(60), payer=replace(PAYER, erased_on=date(2031, 3, 1)))

    pdf = draw_avoir_note(note)

    assert len(read(pdf).pages) > 2
    assert "Lefèvre" not in text_of(pdf)
    assert "Avoir n° A2026-000045 (suite)" in text_of(pdf)


def test_the_same_note_drawn_again_gives_the_same_bytes() -> None:
    assert draw_avoir_note(avoir_note()) == draw_avoir_note(avoir_note())


def test_an_avoir_that_is_not_the_sum_of_its_days_is_never_printed() -> None:
    with pytest.raises(ValueError, match="add up"):
        avoir_note(amount_cents=1)
