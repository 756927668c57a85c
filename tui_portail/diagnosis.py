"""What a diagnostic finds, as lines: a subject, what was seen, whether it is well, and what to do where it is not. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

SKEW_WARNED_S = 60
LITTLE_ROOM = 1_000_000_000
"""Bytes free on a disk below which it is said: a day's work and a backup need less."""
SLOW_READ_MS = 200


class State(StrEnum):
    """How well a thing is; the value is the word shown, so that no colour is needed."""

    OK = "OK"
    ATTENTION = "ATTENTION"
    ERREUR = "ERREUR"
    UNKNOWN = "INCONNU"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `what` it is about, what was `seen`, and `advice` in one sentence where something is to be done."""

    section: str
    what: str
    seen: str
    state: State = State.OK
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every line found, by section in the order they were looked at."""

    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is in error; a warning is none."""
        return all(one.state is not State.ERREUR for one in self.findings)

    def count(self, state: State) -> int:
        """Return how many lines are in a state."""
        return sum(one.state is state for one in self.findings)

    @property
    def conclusion(self) -> str:
        """Return the last sentence."""
        errors, warnings = self.count(State.ERREUR), self.count(State.ATTENTION)
        if not errors and not warnings:
            return "Tout va bien."
        told = [
            f"{number} {word if number == 1 else several}"
            for number, word, several in ((errors, "erreur", "erreurs"), (warnings, "avertissement", "avertissements"))
            if number
        ]
        return f"{' et '.join(told)} : chaque ligne dit ce qu’il y a à faire."

    def lines(self) -> Iterator[str]:
        """Yield the report as text, one finding a line, advice below."""
        section = ""
        for one in self.findings:
            if one.section != section:
                if section:
                    yield ""
                section = one.section
                yield section
            yield f"  {one.state:<10}{one.what} : {one.seen}"
            if one.advice:
                yield f"  {'':<10}→ {one.advice}"
        yield ""
        yield self.conclusion

    def as_json(self) -> str:
        """Return the report as JSON, its names in French."""
        lines = [
            {"rubrique": one.section, "objet": one.what, "constat": one.seen, "etat": one.state, "conseil": one.advice}
            for one in self.findings
        ]
        return json.dumps({"correct": self.sound, "lignes": lines}, ensure_ascii=False, indent=1)


def judged_skew(seconds: float) -> tuple[State, str]:
    """Say whether a desk's clock is near enough the server's; what it limits is judged by the server's alone."""
    if abs(seconds) <= SKEW_WARNED_S:
        return State.OK, ""
    return (
        State.ATTENTION,
        "Mettez ce poste à l’heure (heure automatique) : les comptes à rebours affichés y sont faux.",
    )


def judged_room(free: int) -> tuple[State, str]:
    """Say whether a disk has room enough, in bytes."""
    if free >= LITTLE_ROOM:
        return State.OK, ""
    return State.ATTENTION, "Libérez de la place sur ce disque avant qu’il ne soit plein."


def size_text(size: float) -> str:
    """Return a number of bytes in French units."""
    for unit in ("octets", "Ko", "Mo", "Go"):
        if size < 1000 or unit == "Go":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "octets" or size >= 100 else f"{size:.1f} {unit}".replace(".", ",")


def number_text(number: int) -> str:
    """Return a count with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def gathered(findings: Iterable[Finding]) -> Diagnosis:
    """Return the report of these lines."""
    return Diagnosis(tuple(findings))
