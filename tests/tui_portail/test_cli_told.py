"""What commands say is folded between words on a terminal, and stays a line elsewhere."""

import json
import unicodedata

import pytest

from tui_portail.cli.told import folded, tell, tell_json


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


def test_nothing_that_a_terminal_obeys_is_written_whatever_a_sentence_quotes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell("banque « \x1b]0;PWN\x07\x1b[31mROUGE\x9b2J \u202eenvers\u202c », deux\nlignes")
    tell_json(json.dumps({"banque": "\x1b[31m\x9b2J\u202e", "nom": "Zoé"}, ensure_ascii=False))
    said = capsys.readouterr().out
    assert said.startswith("banque « ]0;PWN[31mROUGE2J envers », deux\nlignes\n")
    assert json.loads(said.splitlines()[2]) == {"banque": "\x1b[31m\x9b2J\u202e", "nom": "Zoé"}
    assert not [char for char in said if unicodedata.category(char) in {"Cc", "Cf"} and char != "\n"]
