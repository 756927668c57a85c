"""Whether a child's age fits the school and the class given: a doubt to check with the family, never a refusal.

A French class goes by the age reached in the civil year in which the school year begins (3 in Petite section, 6 in CP, 11 in 6e);
a year ahead or behind is usual. A class of another name says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tui_portail.folding import fold
from tui_portail.french import plural

_AGES = {
    "tres petite section": 2,
    "petite section": 3,
    "moyenne section": 4,
    "grande section": 5,
    **{name: 6 + place for place, name in enumerate(("cp", "ce1", "ce2", "cm1", "cm2", "6e", "5e", "4e", "3e"))},
}
_SUMMER = 8
"""The month from which the coming school year is the one meant."""


def age_warning(birth_on: date, school_name: str, classes: Iterable[str], class_name: str, today: date) -> str:
    """Return the sentence that doubts of an age for a school, or for one of its classes when it is given; « » when it fits."""
    begins = today.year if today.month >= _SUMMER else today.year - 1
    age = begins - birth_on.year
    names = [class_name] if class_name else list(classes)
    ages = [_AGES[fold(name)] for name in names if fold(name) in _AGES]
    if not ages or min(ages) - 1 <= age <= max(ages) + 1:
        return ""
    where = f"« {class_name} »" if class_name else f"« {school_name} »"
    return f"À vérifier : {plural(max(age, 0), 'an')} en {begins}, âge inhabituel pour {where}. L’inscription reste possible."
