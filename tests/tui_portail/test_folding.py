"""What is recorded and what is typed meet, however each was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.folding import LONGEST_WORD, fold, name_words, vocabulary_words, words_of


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Élodie", "elodie"),
        ("Cœurdacier", "COEURDACIER"),
        ("Lætitia", "laetitia"),
        ("Jean-Noël", "jean noel"),
        ("D’Alembert", "d'alembert"),
        ("O'Connor", "O’Connor"),
        ("Nuñez", "nunez"),
        ("Çelik", "celik"),
        ("Łukasz", "lukasz"),
        ("Groß", "gross"),
        ("İpek", "ipek"),
        ("E\u0301lise", "élise"),
    ],
)
def test_two_writings_of_a_name_give_the_same_words(written: str, typed: str) -> None:
    assert words_of(written) == words_of(typed)


@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("de La Tour", {"de", "la", "tour", "delatour", "latour"}),
        ("Le Goff", {"le", "goff", "legoff"}),
        ("d’Ormesson", {"d", "ormesson", "dormesson"}),
        ("Ben Youssef", {"ben", "youssef", "benyoussef"}),
        ("Jean-Baptiste", {"jean", "baptiste", "jeanbaptiste"}),
        ("Nguyễn Thị", {"nguyen", "thi", "nguyenthi"}),
    ],
)
def test_a_compound_name_is_found_by_its_words_and_as_one(name: str, found_by: set[str]) -> None:
    assert found_by <= name_words(name)


def test_the_vocabulary_keeps_only_words_in_which_an_error_can_be_told() -> None:
    assert vocabulary_words({"de", "lea", "martin", "2019-03-12", "0612345678"}) == {"martin"}


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_no_word_is_longer_than_the_tables_keep_nor_has_a_separator(text: str) -> None:
    for word in name_words(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert not set(word) & set(" -'’\x00")
