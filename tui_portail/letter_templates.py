"""The texts of letters as a commune edits them: plain text, with words between braces that the program replaces. Pure.

The first line is « Objet : … ». A blank line separates paragraphs, a line that begins with « - » is an item of a list, and each line of the
text is a line of the letter. Nothing is computed in a text. A line one of whose words between braces has nothing to say (no telephone in
the commune's set-up, no child) is left out; what takes the place of a word is text, and is never read again as a template.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_portail.errors import InvalidInput
from tui_portail.field_checks import holds_iban
from tui_portail.french import join_words

MOST_LINES, LONGEST_LINE = 80, 1_500
SUBJECT = "Objet"
Value = str | Sequence[str]

_OBJECT_LINE = re.compile(rf"{SUBJECT}\s*:\s*(.*)", re.IGNORECASE)
_WORD = re.compile(r"\{([^{}]*)\}")
_ITEM = re.compile(r"[-–•]\s+")

_NOT_TEXT = frozenset({"Cc", "Cs", "Co"})

_SERVICE = {
    "commune": "le nom de la commune, comme en tête des papiers",
    "service": "le nom du service",
    "adresse_service": "son adresse, sur une ligne",
    "telephone_service": "son téléphone",
    "courriel_service": "son courriel",
    "portail": "le nom du portail",
    "date": "la date du courrier",
}
_FAMILY = {
    **_SERVICE,
    "destinataire": "à qui le courrier est adressé",
    "numero_dossier": "le numéro du dossier",
    "enfants": "les enfants du dossier",
}


class TemplateRefused(InvalidInput):
    """A text cannot be used as a template; `line` is the line to mend, from 1."""

    code = "MODELE_REFUSE"

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Ligne {line} : {sentence}")
        self.line = line


@dataclass(frozen=True, slots=True)
class LetterForm:
    """A kind of letter: its name, the words its text may use with what each says, those it must, those that make a list."""

    label: str
    words: Mapping[str, str]
    required: tuple[str, ...] = ()
    lists: frozenset[str] = frozenset()


FORMS: Mapping[str, LetterForm] = {
    "numero": LetterForm("Numéro de dossier", _FAMILY, ("numero_dossier",)),
    "pieces": LetterForm(
        "Pièces manquantes",
        {**_FAMILY, "pieces": "la liste des pièces à fournir, seule sur sa ligne"},
        ("pieces",),
        frozenset({"pieces"}),
    ),
    "rendez_vous": LetterForm(
        "Confirmation de rendez-vous",
        {
            **_FAMILY,
            "date_rendez_vous": "le jour du rendez-vous, en toutes lettres",
            "heure_rendez_vous": "son heure",
            "motif_rendez_vous": "ce pour quoi l’on vient",
            "duree_rendez_vous": "combien de temps il dure",
        },
        ("date_rendez_vous", "heure_rendez_vous"),
    ),
    "fermeture": LetterForm(
        "Journées annulées",
        {
            **_FAMILY,
            "enfants": "les enfants dont une journée est annulée",
            "jours": "les jours annulés, en toutes lettres",
            "site": "le site fermé, ou « tous les sites »",
            "activites": "les activités annulées",
            "motif": "pourquoi la commune les annule",
            "avoirs": "les numéros des avoirs donnés ; rien s’il n’y en a pas",
            "montant": "ce que ces avoirs rendent ; rien s’il n’y en a pas",
        },
        ("jours", "motif"),
    ),
    "depliant": LetterForm(
        "Dépliant du guichet",
        {
            **_SERVICE,
            "limites": "la liste des limites pour réserver et annuler, seule sur sa ligne",
            "attente": "le temps pour payer",
            "delai_justificatif": "le délai du justificatif d’absence",
            "renouvellement": "le jour où s’ouvre le renouvellement ALSH",
            "sites": "la liste des sites et de leurs téléphones, seule sur sa ligne",
        },
        ("limites", "sites"),
        frozenset({"limites", "sites"}),
    ),
}
"""The letters of the service, by the code of their kind."""


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a letter: an item of a list or not, after a blank line or not."""

    text: str
    item: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A text read: its subject and its lines, words between braces not yet replaced."""

    kind: str
    subject: str
    blocks: tuple[Block, ...]


def cleaned_text(text: str) -> str:
    """Return a text as it is kept: line ends of one kind, no control character, tabs as spaces, nothing blank at its ends."""
    lines = text.replace("\t", " ").splitlines()
    kept = ("".join(char for char in line if unicodedata.category(char) not in _NOT_TEXT).rstrip() for line in lines)
    return "\n".join(kept).strip("\n") + "\n"


def read_template(kind: str, text: str) -> Template:
    """Return what a text means for a kind of letter.

    Raises TemplateRefused, which names the line and what is wrong with it: no subject, a word unknown or not alone where it must be, a
    brace alone, a word missing that the letter cannot do without.
    """
    lines = [line.strip() for line in text.splitlines()]
    first = next((place for place, line in enumerate(lines) if line), 0)
    found = _OBJECT_LINE.fullmatch(lines[first]) if lines else None
    if found is None or not found[1]:
        raise TemplateRefused(first + 1, f"la première ligne donne l’objet du courrier : écrivez « {SUBJECT} : … ».")
    if len(lines) > MOST_LINES:
        raise TemplateRefused(MOST_LINES + 1, f"le texte a plus de {MOST_LINES} lignes : raccourcissez-le.")
    form, blocks, apart = FORMS[kind], [], True
    _check_line(form, lines[first], first + 1)
    for number, line in enumerate(lines[first + 1 :], start=first + 2):
        if not line:
            apart = True
            continue
        _check_line(form, line, number)
        item = _ITEM.match(line)
        blocks.append(Block(line[item.end() :] if item else line, item is not None, apart))
        apart = False
    if not blocks:
        raise TemplateRefused(first + 1, "il n’y a rien sous l’objet : écrivez le texte du courrier.")
    _check_required(form, [found[1], *(block.text for block in blocks)], len(lines))
    return Template(kind, found[1], tuple(blocks))


def fill_template(template: Template, values: Mapping[str, Value]) -> Template:
    """Return a template whose words are replaced: each item of a list takes a line of its own, a line with nothing to say is left out."""
    blocks: list[Block] = []
    apart = False
    for block in template.blocks:
        apart = apart or block.apart
        filled = _filled(block, values)
        if filled:
            blocks.append(Block(filled[0].text, filled[0].item, apart))
            blocks.extend(filled[1:])
            apart = False
    return Template(template.kind, _replaced(template.subject, values), tuple(blocks))


def _filled(block: Block, values: Mapping[str, Value]) -> list[Block]:
    words = _WORD.findall(block.text)
    if not all(values.get(word) for word in words):
        return []
    if len(words) == 1 and block.text == f"{{{words[0]}}}" and not isinstance(value := values[words[0]], str):
        return [Block(one, item=True) for one in value]
    return [Block(_replaced(block.text, values), block.item)]


def _replaced(text: str, values: Mapping[str, Value]) -> str:
    def words(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        return value if isinstance(value, str) else join_words(value)

    return _WORD.sub(words, text)


def _check_line(form: LetterForm, line: str, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise TemplateRefused(number, f"elle dépasse {LONGEST_LINE} caractères : coupez-la en deux.")
    if holds_iban(line):
        raise TemplateRefused(number, "un RIB ou un IBAN ne s’enregistre jamais ici : effacez-le.")
    words = _WORD.findall(line)
    for word in words:
        if word not in form.words:
            known = join_words((f"{{{one}}}" for one in form.words), "ou")
            raise TemplateRefused(number, f"{{{word[:40]}}} n’est pas connu ici. Ce courrier peut dire {known}.")
        if word in form.lists and _ITEM.sub("", line, count=1) != f"{{{word}}}":
            raise TemplateRefused(number, f"{{{word}}} est une liste : mettez-le seul sur sa ligne.")
    if set("{}") & set(_WORD.sub("", line)):
        raise TemplateRefused(number, "une accolade « { » ou « } » est seule : un mot s’écrit {ainsi}, sans autre.")


def _check_required(form: LetterForm, texts: Sequence[str], last: int) -> None:
    said = {word for text in texts for word in _WORD.findall(text)}
    for word in form.required:
        if word not in said:
            raise TemplateRefused(last, f"le texte ne dit nulle part {{{word}}} ({form.words[word]}) : ajoutez-le.")
