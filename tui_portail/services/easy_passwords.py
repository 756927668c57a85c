"""What an attacker tries first: common words, rows of keys, runs of digits, the town's name, and these put end to end.

Lengths alone let « motdepasse1 » and « azerty123456 » through. Short on purpose: what is refused must be explained in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui_portail.folding import fold

_WORDS = """
mot de passe motdepasse mdp password passwd pass word secret admin administrateur administrator root user utilisateur
bonjour bonsoir salut coucou bienvenue welcome hello login connexion compte
mairie commune ville portail famille guichet accueil enfance jeunesse periscolaire cantine regie regisseur comptabilite ecole
soleil doudou chouchou loulou amour jetaime iloveyou princesse princess chocolat nicolas camille marseille paris france
dragon monkey master football letmein sunshine shadow superman batman starwars pokemon
changeme changezmoi provisoire temporaire test demo
"""
_COMMON = frozenset(_WORDS.split())
_ROWS = (
    "azertyuiop", "qsdfghjklm", "wxcvbn", "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz", "0123456789" * 3,
)  # fmt: skip
_YEAR = re.compile(r"(19|20)\d\d")
_LOOK_ALIKE = str.maketrans("@0134578$!", "aoieastbsi")
_FEW = 2


def is_easy(password: str, known: Iterable[str] = ()) -> bool:
    """Say whether a password is made only of what is tried first; `known` are names anyone can guess, the town's above all."""
    folded = fold(password)
    words = _COMMON | {part for name in known for part in re.findall(r"\w+", fold(name))}
    return any(_is_made_of(words, text) for text in (folded, folded.translate(_LOOK_ALIKE)))


def _is_made_of(words: frozenset[str], text: str) -> bool:
    """Say whether all that is longer than two characters is weak, and makes at least half of the text."""
    parts = re.findall(r"[^\W\d_]+|\d+", text)
    long = [part for part in parts if len(part) > _FEW]
    return sum(map(len, long)) * 2 >= len(text) and all(_is_weak(part, words) for part in long)


def _is_weak(part: str, words: frozenset[str]) -> bool:
    return (
        len(set(part)) == 1
        or bool(_YEAR.fullmatch(part))
        or any(part in row or part in row[::-1] for row in _ROWS)
        or _is_joined(part, words)
    )


def _is_joined(part: str, words: frozenset[str]) -> bool:
    """Say whether a part is one known word, or several put end to end."""
    ends = {0}
    for end in range(1, len(part) + 1):
        if any(part[start:end] in words for start in ends):
            ends.add(end)
    return len(part) in ends
