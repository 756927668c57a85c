"""The change of school year: each child a level up, at the same school if it has it, else at the only one of the commune that does.

Pure. A child whose school of the coming year is recorded already (moved by hand, or by the school's file) is left as is; one with no
level to go to leaves; one whose level is not known, or for whom several schools would do, is for an agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tui_portail.commune import SchoolRules
from tui_portail.school_levels import CODES, level_label, level_of, next_level

FIRST_MONTH = 6
"""From June on, the coming school year is the one meant (default: rules.md is silent)."""

FILES_TURN = 8


class Move(StrEnum):
    """What becomes of a child."""

    UP = "monte"
    LEAVES = "part"
    DONE = "déjà fait"
    UNSURE = "à voir"


@dataclass(frozen=True, slots=True)
class PupilNow:
    """A child not archived, at their school before the change. `held_by` says why a leaver cannot be archived, empty otherwise."""

    child_id: int
    dossier_id: int
    last_name: str
    first_name: str
    school_code: str
    level: str
    class_name: str
    next_from_on: date | None = None
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class PupilMove:
    """What is proposed for a child, and why."""

    pupil: PupilNow
    move: Move
    school_code: str = ""
    level: str = ""
    class_name: str = ""
    reason: str = ""

    @property
    def changes_school(self) -> bool:
        """Whether another school, so perhaps another site, receives the child."""
        return self.move is Move.UP and self.school_code != self.pupil.school_code


def year_meant(today: date) -> date:
    """Return the 1st of September of the school year to prepare: the coming one from June on, else the one under way."""
    return date(today.year if today.month >= FIRST_MONTH else today.year - 1, 9, 1)


def years_of_files(today: date) -> tuple[date, date]:
    """Return the 1st of September of the two school years a school's file may be of: first the one it is taken for.

    From August on, schools have turned their files to the coming year.
    """
    began = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    coming = date(began.year + 1, 9, 1)
    return (coming, began) if today.month == FILES_TURN else (began, coming)


def plan_year_change(pupils: Iterable[PupilNow], schools: Sequence[SchoolRules], year: date) -> tuple[PupilMove, ...]:
    """Return what is proposed for each child for the school year that begins on `year`."""
    return tuple(_move(pupil, schools, year) for pupil in pupils)


def _move(pupil: PupilNow, schools: Sequence[SchoolRules], year: date) -> PupilMove:
    if pupil.next_from_on is not None and pupil.next_from_on >= year:
        return PupilMove(pupil, Move.DONE, pupil.school_code, pupil.level, pupil.class_name, "école déjà enregistrée")
    level = pupil.level or level_of(pupil.class_name)
    if level not in CODES:
        return PupilMove(pupil, Move.UNSURE, reason="niveau inconnu : complétez la fiche de l’enfant")
    after = next_level(level)
    having = [school for school in schools if after and after in school.levels]
    if not having:
        where = f"après {level_label(level)}" if not after else f"aucune école n’a le niveau {level_label(after)}"
        return PupilMove(pupil, Move.LEAVES, reason=f"{where}{f' ; {pupil.held_by}' if pupil.held_by else ''}")
    same = next((school for school in having if school.code == pupil.school_code), None)
    if same is None and len(having) > 1:
        names = ", ".join(school.name for school in having)
        return PupilMove(pupil, Move.UNSURE, level=after, reason=f"plusieurs écoles possibles : {names}")
    school = same or having[0]
    return PupilMove(pupil, Move.UP, school.code, after, _class_of(school, after))


def _class_of(school: SchoolRules, level: str) -> str:
    """Return the class that the level itself names; the teacher's is not known yet."""
    return next((one for one in school.classes if level_of(one) == level), "")
