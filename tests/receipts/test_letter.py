"""Letters on A4: the address stays in the window whatever it is, folds are marked, text is text."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.units import mm

from receipts.counter_page import draw_counter_page
from receipts.family_letter import CounterPage, Letter, Sender
from receipts.letter import draw_letters
from tests.receipts.documents_by_hand import AT_HALF_PAST_TEN, read, text_of
from tests.receipts.papers_by_hand import HOSTILE
from tui_portail.letter_templates import Block

SENDER = Sender(
    "Mairie de Clapiers", "Service Enfance/Jeunesse", ("Espace Bonnier", "34830 Clapiers"), "04 67 00 00 00"
)
TEXT = (Block("Madame, Monsieur,", apart=True), Block("Voici votre numéro.", apart=True), Block("un point", item=True))
LETTER = Letter(
    SENDER,
    ("Zoé Lefèvre-Œuvrard", "12 rue des Łódź", "34830 Clapiers"),
    "Clapiers",
    AT_HALF_PAST_TEN,
    "Votre numéro",
    TEXT,
    "Dossier n° 123 456 780",
)
ENDLESS = (
    "A" * 10_000,
    "12 rue " + "des Lilas " * 1_000,
    *(f"Bâtiment {place}" for place in range(40)),
    "34830 Clapiers",
)


def places_of(pdf: bytes) -> list[tuple[str, float, float]]:
    """The pieces of text of the first page, each with where it begins from the left and from the top, in millimetres."""
    page = read(pdf).pages[0]
    found: list[tuple[str, float, float]] = []

    def note(text: str, moved: list[float], matrix: list[float], _font: object, _size: float) -> None:
        if text.strip():
            down = float(page.mediabox.height) - moved[5] - matrix[5]
            found.append((text.strip(), (moved[4] + matrix[4]) / mm, down / mm))

    page.extract_text(visitor_text=note)
    return found


def an_image(colour: str = "navy", size: tuple[int, int] = (80, 100)) -> bytes:
    image = BytesIO()
    Image.new("RGB", size, colour).save(image, "PNG")
    return image.getvalue()


def test_a_letter_says_who_writes_to_whom_when_and_about_what() -> None:
    text = text_of(draw_letters([LETTER]))

    for said in (
        "Mairie de Clapiers Service Enfance/Jeunesse Espace Bonnier 34830 Clapiers 04 67 00 00 00",
        "Zoé Lefèvre-Œuvrard 12 rue des Łódź 34830 Clapiers",
        "Clapiers, le mardi 1er décembre 2026",
        "Dossier n° 123 456 780 Objet : Votre numéro",
        "Madame, Monsieur, Voici votre numéro. – un point",
    ):
        assert said in text
    assert "FICTIF" not in text
    assert "page" not in text, "a letter of one page has no number"
    assert "FICTIF" in text_of(draw_letters([replace(LETTER, example=True)]))


@pytest.mark.parametrize("recipient", [LETTER.recipient, ENDLESS, ("",)])
def test_the_address_and_nothing_else_shows_through_the_window(recipient: tuple[str, ...]) -> None:
    sender = replace(SENDER, address=("B" * 60,) * 5, coat_of_arms=an_image())
    places = places_of(draw_letters([replace(LETTER, recipient=recipient, sender=sender)]))

    shown = [one for one in places if one[1] >= 100 and 45 <= one[2] <= 92]
    assert all(109 <= left <= 195 and 50 <= down <= 85 for _, left, down in shown)
    assert all(left < 60 and down < 95 for text, left, down in places if text.startswith("BBB")), (
        "who writes, beside it"
    )
    if recipient is ENDLESS:
        assert shown[-1][0] == "34830 Clapiers", "the town is never lost"
    if recipient is LETTER.recipient:
        assert [text for text, _, _ in shown] == list(recipient)
    [dated] = [down for text, _, down in places if text.startswith("Clapiers, le")]
    assert dated > 99, "under the first fold"


def test_a_coat_of_arms_is_kept_once_for_a_thousand_letters() -> None:
    one = replace(LETTER, sender=replace(SENDER, coat_of_arms=an_image()))
    pages = read(draw_letters([one] * 30)).pages
    forms = {
        page["/Resources"]["/XObject"].get_object().raw_get(next(iter(page["/Resources"]["/XObject"]))).idnum
        for page in pages
    }  # type: ignore[index]
    assert len(pages) == 30
    assert len(forms) == 1


def test_a_long_letter_goes_on_to_other_pages_numbered_and_named() -> None:
    long = replace(LETTER, blocks=tuple(Block(f"ligne {place}") for place in range(120)))
    first, *_, last = (" ".join(page.extract_text().split()) for page in read(draw_letters([long])).pages)
    assert "page 1/" in first
    assert "Votre numéro (suite) Zoé Lefèvre-Œuvrard" in last
    assert "ligne 119" in last


def test_letters_are_drawn_as_they_come_and_what_progress_raises_stops_them() -> None:
    told: list[int] = []
    assert len(read(draw_letters((LETTER for _ in range(3)), told.append)).pages) == 3
    assert told == [1, 2, 3]

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_letters([LETTER], stop)
    with pytest.raises(ValueError, match="no letter"):
        draw_letters([])


def test_hostile_names_are_printed_as_they_are() -> None:
    names = ("[red]x[/]", HOSTILE, "a\x00b\x1b[31mc\u202ed")
    text = text_of(draw_letters([replace(LETTER, recipient=names, subject=HOSTILE, blocks=(Block(HOSTILE),))]))
    assert "[red]x[/]" in text
    assert HOSTILE in text
    assert "\x1b" not in text
    assert "\u202e" not in text


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_drawn(text: str) -> None:
    blocks = (Block(text, item=True), Block(text * 20, apart=True))
    sender = Sender(text, text, (text,) * 9, text, text)
    assert draw_letters([Letter(sender, (text,) * 9, text, AT_HALF_PAST_TEN, text, blocks, text)])
    assert draw_counter_page(CounterPage(sender, AT_HALF_PAST_TEN, text, blocks))


def test_the_counters_page_is_set_as_large_as_it_holds_on_one_sheet() -> None:
    def largest(blocks: tuple[Block, ...]) -> tuple[int, float]:
        sizes: list[float] = []
        page = CounterPage(replace(SENDER, coat_of_arms=an_image()), AT_HALF_PAST_TEN, "Mode d’emploi", blocks)
        pages = read(draw_counter_page(page)).pages
        pages[0].extract_text(
            visitor_text=lambda text, _m, _t, _f, size: sizes.append(size) if "point" in text else None
        )
        return len(pages), max(sizes)

    assert largest((Block("un point", item=True),)) == (1, 17)
    count, size = largest(tuple(Block(f"point {place}", item=True) for place in range(50)))
    assert count == 1
    assert size < 13
    assert largest(tuple(Block(f"point {place}", item=True) for place in range(200)))[0] > 1
