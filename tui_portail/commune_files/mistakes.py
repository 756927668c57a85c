"""How a mistake in a commune's file is told: the file, the key, and what was expected, in one French sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tui_portail.commune_files.typed_values import SENTENCE_ERROR
from tui_portail.errors import InvalidInput

Place = tuple[str | int, ...]

_EXPECTED = {
    "missing": "cette clé manque",
    "extra_forbidden": "cette clé n’est pas connue : vérifiez son nom ou enlevez-la",
    "string_type": "attendu : un texte entre guillemets",
    "bool_type": "attendu : true ou false",
    "int_type": "attendu : un nombre entier, sans guillemets",
    "int_from_float": "attendu : un nombre entier, sans guillemets",
    "date_type": "attendu : une date, par exemple 2026-12-02",
    "date_parsing": "attendu : une date qui existe, par exemple 2026-12-02",
    "date_from_datetime_parsing": "attendu : une date qui existe, par exemple 2026-12-02",
    "date_from_datetime_inexact": "attendu : une date sans heure, par exemple 2026-12-02",
    "time_type": 'attendu : une heure, par exemple "12:00"',
    "time_parsing": 'attendu : une heure, par exemple "12:00"',
    "tuple_type": "attendu : une liste entre crochets",
    "list_type": "attendu : une liste entre crochets",
    "dict_type": "attendu : une table de clés",
    "model_type": "attendu : une table de clés",
    "too_short": "attendu : au moins un élément",
    "enum": "attendu : {expected}",
    "literal_error": "attendu : {expected}",
    "greater_than_equal": "attendu : un nombre d’au moins {ge}",
    "less_than_equal": "attendu : un nombre d’au plus {le}",
    "string_too_long": "attendu : un texte d’au plus {max_length} caractères",
    SENTENCE_ERROR: "{sentence}",
    "string_too_short": "attendu : un texte qui n’est pas vide",
}

_CODE = "attendu : un code en majuscules sans accent ni espace, par exemple ALSH_MERCREDI"
_ONE_LINE = "attendu : un texte d’une seule ligne"


class WrongKey(Exception):
    """A key that reads well but contradicts another; `from_document` turns it into the sentence to show."""

    def __init__(self, place: Place, expected: str) -> None:
        super().__init__(expected)
        self.place = place
        self.expected = expected


class DocumentMistake(InvalidInput):
    """What is wrong in a document, as told to whoever edits the file; `place` and `expected` let a screen say it in its own words."""

    def __init__(self, sentence: str, place: Place, expected: str) -> None:
        super().__init__(sentence)
        self.place = place
        self.expected = expected


def first_mistake(fault: ValidationError, files: Mapping[str, str]) -> DocumentMistake:
    """Return the sentence for the first thing wrong in a document; the number of others is said."""
    errors = fault.errors()
    others = len(errors) - 1
    more = f" (et {others} autre{'s' if others > 1 else ''} à corriger ensuite)" if others else ""
    place = tuple(part for part in errors[0]["loc"] if part != "[key]")
    return mistake(place, _expected(errors[0]) + more, files)


def mistake(place: Place, expected: str, files: Mapping[str, str]) -> DocumentMistake:
    """Return the error for one key. `files` names the file each branch of the document came from, "" for the main one."""
    whole, file = place, files.get("", "")
    if place and place[0] in files:
        file, place = files[str(place[0])], place[1:]
    key = f", clé « {key_text(place)} »" if place else ""
    sentence = expected.rstrip(".")
    return DocumentMistake(f"{file}{key} : {sentence}.", whole, sentence)


def key_text(place: Sequence[str | int]) -> str:
    """Return a place as an editor of the file would look for it: « vacances[3].du », the first being 1."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def _expected(error: ErrorDetails) -> str:
    """Return what was expected in place of one value, without the final point."""
    context = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        return _CODE if "A-Z" in context["pattern"] else _ONE_LINE
    sentence = _EXPECTED.get(error["type"], "cette valeur ne convient pas")
    return sentence.format_map({name: str(value).replace(" or ", " ou ") for name, value in context.items()})
