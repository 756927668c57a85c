"""A sentence is never broken where French forbids it, at any width."""

import re

import pytest
from textual.content import Content

from screens.line_breaks import follow_french_rules

SENTENCES = [
    "Quitter sans enregistrer ? Les réglages changés : ils seront perdus !",
    "Mon clavier n’écrit pas « @ » : choisissez « non » à « Clavier étendu » ; F5 montre la touche.",
    "Quittance n° 2026-000123 : 1\u202f234,50\u00a0€ reçus, 12,50 € rendus.",
]


def lines(sentence: str, width: int) -> list[str]:
    return [line.content.plain for line in Content(sentence)._wrap_and_format(width)]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_line_begins_with_a_lone_mark_nor_ends_with_an_opening_one(sentence: str) -> None:
    follow_french_rules()
    for width in range(20, 90):
        wrapped = lines(sentence, width)
        assert not [line for line in wrapped if re.match(r"[:;?!»€]", line) or re.search(r"(«|n°)\s*$", line)]
        assert all(len(line.rstrip()) <= width for line in wrapped)
        assert re.sub(r"\s", "", "".join(wrapped)) == re.sub(r"\s", "", sentence)


def test_a_telephone_number_and_an_hour_are_never_cut() -> None:
    follow_french_rules()
    said = "06 39 98 00 07 · 06 39 98 00 08 · demandé le mardi 1er décembre à 14 h 05"
    for width in range(20, 60):
        cut = lines(said, width)
        assert all(any(whole in line for line in cut) for whole in ("06 39 98 00 07", "06 39 98 00 08", "14 h 05"))


def test_an_amount_is_never_cut_at_its_no_break_space() -> None:
    follow_french_rules()
    assert lines("Reste 1\u202f234,50\u00a0€", 12) == ["Reste", "1\u202f234,50\u00a0€"]
