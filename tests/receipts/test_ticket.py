from __future__ import annotations

from dataclasses import replace
from datetime import date

from receipts.documents import TenderLine
from receipts.ticket import LONGEST, draw_ticket
from tests.receipts.documents_by_hand import HEAD, PAYER, many_lines, quittance, read, text_of, week_of_meals

EIGHTY_MM = 226.77


def test_a_ticket_says_what_the_quittance_says() -> None:
    cash = TenderLine("Espèces", 1040)
    document = quittance(
        tenders=(cash,),
        avoir_used_cents=500,
        cash_received_cents=2000,
        change_cents=960,
        duplicate_no=2,
        fictitious=True,
    )

    text = text_of(draw_ticket(document))

    for said in (
        "QUITTANCE n° 2026-000123 le 01/12/2026 à 10 h 30 DUPLICATA n° 2 FICTIF",
        "Payeur : Zoé Lefèvre-Œuvrard",
        "Léa Lefèvre Restaurant scolaire les lundi 30 novembre, mardi 1er, jeudi 3 et vendredi 4 décembre 2026",
        "4 × 3,85 € 15,40 €",
        "Total 15,40 €",
        "Avoir utilisé −5,00 €",
        "Espèces 10,40 €",
        "Soit dix euros et quarante centimes.",
        "Espèces reçues : 20,00 €, rendu : 9,60 €.",
        "Aucun avoir restant.",
        "Agent : Camille Ferrand",
        HEAD[:8],
        HEAD[-8:],
    ):
        assert said in text


def test_a_ticket_is_eighty_millimetres_wide_and_as_long_as_it_must() -> None:
    short = read(draw_ticket(quittance())).pages
    longer = read(draw_ticket(quittance(many_lines(20)))).pages

    assert len(short) == len(longer) == 1
    assert abs(float(short[0].mediabox.width) - EIGHTY_MM) < 0.1
    assert short[0].mediabox.height < longer[0].mediabox.height


def test_the_longest_tickets_stay_within_what_readers_accept() -> None:
    document = quittance(many_lines(400))
    pages = read(draw_ticket(document)).pages

    assert len(pages) == 2
    assert all(page.mediabox.height < 14_400 for page in pages)
    assert pages[0].mediabox.height > LONGEST * 0.9
    assert sum(page.extract_text().count("4 ×") for page in pages) == 400


def test_an_erased_family_has_no_name_on_the_ticket() -> None:
    text = text_of(draw_ticket(quittance(payer=replace(PAYER, erased_on=date(2031, 3, 1)))))

    assert "Lefèvre" not in text
    assert "identité effacée le samedi 1er mars 2031" in text


def test_the_same_ticket_drawn_again_gives_the_same_bytes() -> None:
    document = quittance(week_of_meals("<i>Łucja</i> & ğ"))

    assert draw_ticket(document) == draw_ticket(document)
    assert "<i>Łucja</i> & ğ" in text_of(draw_ticket(document))
