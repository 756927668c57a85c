"""What commands say is folded between words on a terminal, and stays a line elsewhere."""

import pytest

from tui_portail.cli.told import folded, tell


def test_a_sentence_is_folded_between_words_and_a_double_mark_stays_with_its_word() -> None:
    said = "Donnez aux postes un compte qui n’altère jamais le journal : tui-portail droits --role poste"
    assert folded(said, 58).split("\n") == [
        "Donnez aux postes un compte qui n’altère jamais le",
        "journal : tui-portail droits --role poste",
    ]
    assert folded(said, 200) == said


def test_what_follows_stands_under_the_first_word() -> None:
    assert folded("            → Joignez ce fichier au rapport.", 30).split("\n") == [
        "            → Joignez ce",
        "              fichier au",
        "              rapport.",
    ]
    assert folded("  ATTENTION Sauvegarde : aucune connue", 30).split("\n") == [
        "  ATTENTION Sauvegarde :",
        "            aucune connue",
    ]


def test_a_line_to_copy_and_a_word_too_long_stay_whole() -> None:
    copied = '    base = "postgresql://poste@serveur.mairie.exemple/portail"'
    assert folded(copied, 40) == copied
    assert folded(f"Papiers : /{'x' * 60}", 40).split("\n") == ["Papiers :", f"/{'x' * 60}"]


def test_outside_a_terminal_a_sentence_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell("mot " * 60)
    tell("refus", err=True)
    said = capsys.readouterr()
    assert (said.out.count("\n"), said.err) == (1, "refus\n")
