"""The levels of a French school, in order, and what schools and their files call them (« Moyenne section », « 6ème », « CE1 »)."""

from __future__ import annotations

from tui_portail.folding import fold

LEVELS: tuple[tuple[str, str], ...] = (
    ("TPS", "Très petite section"),
    ("PS", "Petite section"),
    ("MS", "Moyenne section"),
    ("GS", "Grande section"),
    ("CP", "CP"),
    ("CE1", "CE1"),
    ("CE2", "CE2"),
    ("CM1", "CM1"),
    ("CM2", "CM2"),
    ("6E", "6e"),
    ("5E", "5e"),
    ("4E", "4e"),
    ("3E", "3e"),
)
CODES = tuple(code for code, _ in LEVELS)
_LABELS = dict(LEVELS)
_SPOKEN = {
    **{fold(code): code for code, _ in LEVELS},
    **{fold(label): code for code, label in LEVELS},
    **{f"{figure}{ending}": f"{figure}E" for figure in "6543" for ending in ("e", "eme", "ieme")},
    **{
        f"{word}": code
        for word, code in (("sixieme", "6E"), ("cinquieme", "5E"), ("quatrieme", "4E"), ("troisieme", "3E"))
    },
    **{
        f"cours {word} {figure}": code
        for word, figure, code in (
            ("elementaire", "1", "CE1"),
            ("elementaire", "2", "CE2"),
            ("moyen", "1", "CM1"),
            ("moyen", "2", "CM2"),
        )
    },
    **{
        f"cours {word} {figure}e annee": code
        for word, figure, code in (
            ("elementaire", "1r", "CE1"),
            ("elementaire", "2", "CE2"),
            ("moyen", "1r", "CM1"),
            ("moyen", "2", "CM2"),
        )
    },
    "cours preparatoire": "CP",
    "toute petite section": "TPS",
    "ps maternelle": "PS",
}


def level_of(text: str) -> str:
    """Return the code of the level a text names (« Petite section » gives PS), empty when it names none."""
    return _SPOKEN.get(" ".join(fold(text).split()), "")


def level_label(code: str) -> str:
    """Return how a level is written, « Petite section »; the code itself when it is unknown."""
    return _LABELS.get(code, code)


def next_level(code: str) -> str:
    """Return the level of the next school year, empty after the last one or for an unknown one."""
    if code not in CODES or code == CODES[-1]:
        return ""
    return CODES[CODES.index(code) + 1]
