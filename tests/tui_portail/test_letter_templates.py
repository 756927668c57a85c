"""The texts of letters: what a commune may write, what is refused and where, what takes the place of a word."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import LetterKind
from tui_portail.letter_templates import (
    FORMS,
    LONGEST_LINE,
    MOST_LINES,
    Block,
    TemplateRefused,
    cleaned_text,
    fill_template,
    read_template,
)

NUMBER = "Objet : Dossier {numero_dossier}\n\nBonjour {destinataire},\n"
PAPERS = "Objet : Pièces\n\nIl manque :\n- {pieces}\n\nÀ bientôt.\n"


def shipped(kind: str) -> str:
    return files("data").joinpath("courriers", f"{kind}.txt").read_text(encoding="utf-8")


def test_every_kind_of_letter_has_its_form_and_a_text_shipped_that_may_be_used() -> None:
    assert set(FORMS) == {kind.value for kind in LetterKind}
    for kind in FORMS:
        template = read_template(kind, shipped(kind))
        assert template.subject
        assert len(template.blocks) > 5


def test_a_text_is_a_subject_paragraphs_and_items() -> None:
    template = read_template(
        "numero", "\nObjet : Votre n° {numero_dossier}\n\nBonjour,\nligne suivante\n\n- un\n– deux\n"
    )
    assert template.subject == "Votre n° {numero_dossier}"
    assert template.blocks == (
        Block("Bonjour,", apart=True),
        Block("ligne suivante"),
        Block("un", item=True, apart=True),
        Block("deux", item=True),
    )


@pytest.mark.parametrize(
    ("kind", "text", "line", "said"),
    [
        ("numero", "", 1, "écrivez « Objet : … »"),
        ("numero", "Bonjour\n{numero_dossier}", 1, "la première ligne donne l’objet"),
        ("numero", "\n\nObjet :\n{numero_dossier}", 3, "la première ligne donne l’objet"),
        ("numero", "Objet : {numero_dossier}\n\n", 1, "rien sous l’objet"),
        ("numero", f"{NUMBER}\n{{telephone}}", 5, "{telephone} n’est pas connu ici"),
        ("numero", f"{NUMBER}{{ commune }}", 4, "{ commune } n’est pas connu ici"),
        ("numero", f"{NUMBER}{{}}", 4, "{} n’est pas connu ici"),
        ("numero", f"{NUMBER}prix {{ libre", 4, "une accolade"),
        ("numero", NUMBER + "a } b", 4, "une accolade"),
        ("numero", f"{NUMBER}{{{{commune}}}}", 4, "une accolade"),
        ("numero", "Objet : x\n\nBonjour,\n", 3, "ne dit nulle part {numero_dossier}"),
        ("rendez_vous", "Objet : x\n\nLe {date_rendez_vous}.", 3, "nulle part {heure_rendez_vous}"),
        ("numero", f"{NUMBER}{{pieces}}", 4, "{pieces} n’est pas connu ici"),
        ("pieces", "Objet : x\n\nIl manque {pieces}.", 3, "seul sur sa ligne"),
        ("numero", NUMBER + "x" * (LONGEST_LINE + 1), 4, "dépasse"),
        ("numero", NUMBER + "x\n" * MOST_LINES, MOST_LINES + 1, "plus de"),
        ("numero", f"{NUMBER}Notre compte : FR76 3000 6000 0112 3456 7890 189.", 4, "IBAN"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_its_line(kind: str, text: str, line: int, said: str) -> None:
    with pytest.raises(TemplateRefused, match=f"Ligne {line} : ") as refused:
        read_template(kind, text)
    assert said in refused.value.sentence
    assert refused.value.line == line


def test_what_takes_the_place_of_a_word_is_never_read_again() -> None:
    hostile = "{numero_dossier} - {0} [red]x[/] <b>\n- faux point"
    filled = fill_template(read_template("numero", NUMBER), {"destinataire": hostile, "numero_dossier": "123"})
    assert filled.subject == "Dossier 123"
    assert filled.blocks == (Block(f"Bonjour {hostile},", apart=True),)


def test_a_list_takes_an_item_a_line_and_names_in_a_sentence_are_joined() -> None:
    filled = fill_template(read_template("pieces", PAPERS), {"pieces": ("{portail}", "B", "C")})
    assert [(block.text, block.item) for block in filled.blocks] == [
        ("Il manque :", False),
        ("{portail}", True),
        ("B", True),
        ("C", True),
        ("À bientôt.", False),
    ]
    joined = fill_template(
        read_template("numero", NUMBER), {"destinataire": ("Léa", "Noé", "Zoé"), "numero_dossier": "1"}
    )
    assert joined.blocks[0].text == "Bonjour Léa, Noé et Zoé,"


def test_a_line_that_has_nothing_to_say_is_left_out_and_its_blank_line_stays() -> None:
    text = "Objet : {numero_dossier}\n\nTéléphone : {telephone_service}\nFin\n\nEnfants : {enfants}\n"
    values = {"numero_dossier": "1", "telephone_service": "", "enfants": ()}
    assert fill_template(read_template("numero", text), values).blocks == (Block("Fin", apart=True),)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    kept = cleaned_text(text)
    assert cleaned_text(kept) == kept
    assert "\x00" not in kept
    try:
        read_template("numero", kept)
    except TemplateRefused as refused:
        assert refused.sentence.startswith("Ligne ")
