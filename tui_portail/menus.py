"""Menus: the dishes of a day, course by course, and the allergens the regulation asks to name. Values and texts only.

A course is typed on one line, a dish's allergens between parentheses: « Salade de tomates (moutarde, sulfites) ; Radis beurre (lait) ».
Allergens: the fourteen of annex II of the regulation (EU) no 1169/2011.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tui_portail.errors import InvalidInput
from tui_portail.field_checks import checked_text
from tui_portail.folding import fold, words_of
from tui_portail.french import join_words

LONGEST_LABEL = 120
_LONGEST_CELL = 2_000
MOST_DISHES = 6
EVERYWHERE = ""


class Course(StrEnum):
    """The courses of a day, in the order of the meal."""

    STARTER = "entree"
    MAIN = "plat"
    SIDE = "garniture"
    DAIRY = "laitage"
    DESSERT = "dessert"
    SNACK = "gouter"


COURSE_LABELS: Mapping[Course, str] = {
    Course.STARTER: "Entrée",
    Course.MAIN: "Plat",
    Course.SIDE: "Garniture",
    Course.DAIRY: "Laitage",
    Course.DESSERT: "Dessert",
    Course.SNACK: "Goûter",
}
ALLERGENS: Mapping[str, str] = {
    "gluten": "gluten",
    "crustaces": "crustacés",
    "oeufs": "œufs",
    "poissons": "poissons",
    "arachides": "arachides",
    "soja": "soja",
    "lait": "lait",
    "fruits_a_coque": "fruits à coque",
    "celeri": "céleri",
    "moutarde": "moutarde",
    "sesame": "sésame",
    "sulfites": "sulfites",
    "lupin": "lupin",
    "mollusques": "mollusques",
}
_BY_WORDS = {" ".join(words_of(label)): code for code, label in ALLERGENS.items()}
_DISH = re.compile(r"^(?P<label>[^()]*?)\s*(?:\((?P<allergens>[^()]*)\))?$")


@dataclass(frozen=True, slots=True)
class Dish:
    """One dish: its course, what it is, the codes of its allergens in the order of the regulation."""

    course: Course
    label: str
    allergens: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The dish as it is typed and read: « Lasagnes (gluten, lait) »."""
        return (
            f"{self.label} ({', '.join(map(ALLERGENS.__getitem__, self.allergens))})" if self.allergens else self.label
        )


@dataclass(frozen=True, slots=True)
class DayMenu:
    """What is eaten on a day at a site (`EVERYWHERE`: at all that have no menu of their own)."""

    day: date
    scope: str
    dishes: tuple[Dish, ...]
    note: str = ""

    def course_text(self, course: Course) -> str:
        """Return a course as it is typed."""
        return " ; ".join(dish.text for dish in self.dishes if dish.course is course)

    @property
    def allergens(self) -> tuple[str, ...]:
        """The codes of all the day's allergens, in the order of the regulation."""
        found = {code for dish in self.dishes for code in dish.allergens}
        return tuple(code for code in ALLERGENS if code in found)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a file that makes no dish, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class MenuPlan:
    """What a file of menus holds: whole days, and the lines refused."""

    menus: tuple[DayMenu, ...]
    refused: tuple[RefusedLine, ...] = ()


def read_course(course: Course, text: str) -> tuple[Dish, ...]:
    """Return the dishes of a course typed on one line. Raises InvalidInput, FormRefused for what does not print."""
    text = checked_text(text, _LONGEST_CELL, "ces plats", course.value)
    dishes = tuple(_read_dish(course, part.strip()) for part in text.split(";") if part.strip())
    if len(dishes) > MOST_DISHES:
        raise InvalidInput(f"{COURSE_LABELS[course]} : {MOST_DISHES} plats au plus, séparés par « ; ».")
    return dishes


def read_allergens(text: str) -> tuple[str, ...]:
    """Return the codes of allergens written with commas, in the order of the regulation. Raises InvalidInput for one unknown."""
    found = set()
    for name in filter(None, (part.strip() for part in re.split(r"[,;/+]", text))):
        words = " ".join(words_of(name))
        code = _BY_WORDS.get(words) or next(
            (code for known, code in _BY_WORDS.items() if known.rstrip("s") == words.rstrip("s")), None
        )
        if code is None:
            raise InvalidInput(
                f"« {name[:30]} » n’est pas un des quatorze allergènes : {join_words(ALLERGENS.values(), 'ou')}."
            )
        found.add(code)
    return tuple(code for code in ALLERGENS if code in found)


def _read_dish(course: Course, text: str) -> Dish:
    match = _DISH.match(text)
    if match is None or not match["label"].strip():
        raise InvalidInput(f"« {text[:30]} » : écrivez le plat, puis ses allergènes entre parenthèses.")
    label = " ".join(match["label"].split())
    if len(label) > LONGEST_LABEL:
        raise InvalidInput(f"« {label[:30]}… » est trop long : {LONGEST_LABEL} caractères au plus.")
    return Dish(course, label, read_allergens(match["allergens"] or ""))


_NAMES: Mapping[str, frozenset[str]] = {
    "day": frozenset({"date", "jour"}),
    "site": frozenset({"site", "lieu"}),
    "course": frozenset({"service", "composante", "type"}),
    "label": frozenset({"plat", "libelle", "intitule", "designation"}),
    "allergens": frozenset({"allergenes", "allergene"}),
    "note": frozenset({"note", "remarque"}),
}
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})"),
)


def read_menus(
    header: Sequence[str], records: Iterable[tuple[int, Sequence[str]]], sites: Mapping[str, str]
) -> MenuPlan:
    """Return the menus of a table: one line a dish (`date;service;plat;allergenes`) or one line a day (`date;entree;plat;…`).

    `sites` are names by code; a line without site is for all. `records` are (line number, cells). A line refused leaves out its dish, and
    the plan says so. Raises InvalidInput when the header has neither form.
    """
    columns = _columns(header)
    dishes: defaultdict[tuple[date, str], list[Dish]] = defaultdict(list)
    notes: dict[tuple[date, str], str] = {}
    refused = []
    for line, cells in records:
        try:
            row = {
                name: checked_text(cells[at] if at < len(cells) else "", _LONGEST_CELL, "cette ligne", name)
                for name, at in columns.items()
            }
            key = (_day(row["day"]), _site(row.get("site", ""), sites))
            dishes[key].extend(_dishes_of(row))
            notes[key] = row.get("note") or notes.get(key, "")
        except InvalidInput as fault:
            refused.append(RefusedLine(line, fault.sentence))
    order = list(Course)
    menus = tuple(
        DayMenu(
            day, site, tuple(sorted(found, key=lambda dish: order.index(dish.course))), notes.get((day, site), "")[:200]
        )
        for (day, site), found in sorted(dishes.items())
        if found
    )
    return MenuPlan(menus, tuple(refused))


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Return where each known column is: those of one line a dish, or of one line a day."""
    names = ["_".join(words_of(name)) for name in header]
    courses = {course.value: names.index(course.value) for course in Course if course.value in names}
    found = {
        known: next(place for place, name in enumerate(names) if name in words)
        for known, words in _NAMES.items()
        if any(name in words for name in names)
    }
    by_dish = {"day", "course", "label"} <= set(found)
    if "day" not in found or not (by_dish or courses):
        raise InvalidInput(
            "Ce fichier n’a pas les titres attendus : « date;service;plat;allergenes » (une ligne par plat), "
            "ou « date;entree;plat;garniture;laitage;dessert;gouter » (une ligne par jour)."
        )
    if by_dish:
        return found
    return {name: place for name, place in found.items() if name in ("day", "site", "note")} | courses


def _dishes_of(row: Mapping[str, str]) -> tuple[Dish, ...]:
    if "course" not in row:
        return tuple(dish for course in Course for dish in read_course(course, row.get(course.value, "")))
    words = fold(row["course"]).rstrip("s")
    course = next((course for course in Course if course.value == words), None)
    if course is None:
        raise InvalidInput(f"« {row['course']} » n’est pas un service : {join_words(COURSE_LABELS.values(), 'ou')}.")
    [dish] = read_course(course, row["label"].replace(";", ",")) or [None]
    if dish is None:
        raise InvalidInput("le plat manque.")
    return (Dish(course, dish.label, read_allergens(row.get("allergens", "")) or dish.allergens),)


def _day(text: str) -> date:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise InvalidInput(f"« {text} » n’est pas une date : écrivez 2026-12-02 ou 02/12/2026.")


def _site(text: str, sites: Mapping[str, str]) -> str:
    if not text:
        return EVERYWHERE
    for code, name in sites.items():
        if fold(text) in (fold(code), fold(name)):
            return code
    raise InvalidInput(f"« {text} » n’est pas un site de la commune.")
