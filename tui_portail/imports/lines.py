"""What one line of a file says of a child or of a guardian, checked by the rules of the family's form; else why it is rejected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from tui_portail.commune import SchoolRules
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import (
    ChildForm,
    FormRefused,
    GuardianForm,
    check_quotient,
    checked_child,
    checked_guardian,
)
from tui_portail.folding import fold, words_of
from tui_portail.imports.columns import (
    TABLE_FIELDS,
    ColumnMap,
    FileKind,
    guardian_columns,
    pupil_columns,
    table_columns,
)
from tui_portail.money import parse_amount
from tui_portail.school_levels import level_label, level_of

Form = TypeVar("Form", ChildForm, GuardianForm)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]*)?", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)
_SEXES = {"f": "F", "feminin": "F", "fille": "F", "h": "M", "m": "M", "masculin": "M", "garcon": "M", "": ""}


class LineRefused(InvalidInput):
    """A line that says something wrong, or not enough: its sentence is the reason given."""

    code = "LIGNE_REJETEE"


@dataclass(frozen=True, slots=True)
class PlaceSaid:
    """An address of a file."""

    address: str = ""
    postcode: str = ""
    city: str = ""

    @property
    def key(self) -> str:
        """What tells that two people live at one place, empty without a street."""
        return joined(f"{self.address} {self.postcode}") if self.address else ""


NOWHERE = PlaceSaid()


@dataclass(frozen=True, slots=True)
class ChildSaid:
    """A child of a file. `birth_name` is the family name where another is used; `class_said` what the file calls the class."""

    last_name: str
    first_name: str
    birth_on: date
    birth_name: str = ""
    sex: str = ""
    school_code: str = ""
    level: str = ""
    class_name: str = ""
    class_said: str = ""
    place: PlaceSaid = NOWHERE
    alsh_years: tuple[int, ...] = ()

    @property
    def family_name(self) -> str:
        """The name brothers and sisters have in common."""
        return self.birth_name or self.last_name


@dataclass(frozen=True, slots=True)
class GuardianSaid:
    """A guardian of a file; a quotient is in cents, with the days it is valid."""

    last_name: str
    first_name: str
    birth_name: str = ""
    email: str = ""
    phone: str = ""
    phone_2: str = ""
    place: PlaceSaid = NOWHERE
    allowance_number: str = ""
    quotient: tuple[int, date, date] | None = None


@dataclass(frozen=True, slots=True)
class ListedChild:
    """A child as a guardian's line names it: no date of birth, a class that tells homonyms apart."""

    last_name: str
    birth_name: str
    first_name: str
    class_name: str


@dataclass(frozen=True, slots=True)
class LineSaid:
    """What a line says: a child with its guardians, or a guardian with the children they have."""

    child: ChildSaid | None = None
    guardians: tuple[GuardianSaid, ...] = ()
    listed: tuple[ListedChild, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What lines are read with: the commune's schools, the school the whole file is of (empty: by level), the day it is."""

    schools: tuple[SchoolRules, ...]
    today: date
    school_code: str = ""


Understand = Callable[[Sequence[str]], LineSaid]


def understanding(kind: FileKind, header: Sequence[str], columns: ColumnMap | None, reading: Reading) -> Understand:
    """Return what understands each line's cells; it raises LineRefused. Raises ColumnsMissing for the whole file."""
    if kind is FileKind.PUPILS:
        places = pupil_columns(header)
        return lambda cells: _pupil(_taken(cells, places), reading)
    if kind is FileKind.GUARDIANS:
        fields, listed = guardian_columns(header)
        return lambda cells: _onde_guardian(_taken(cells, fields), [_taken(cells, one) for one in listed], reading)
    where = table_columns(header, columns or ColumnMap({}))
    return lambda cells: _table_line(_taken(cells, where), reading)


@lru_cache(maxsize=65_536)
def joined(text: str) -> str:
    """Return the words of a text, folded and tied together: « de La Tour » and « De-la-Tour » are one name."""
    return "".join(words_of(text))


def parse_day(text: str, what: str) -> date:
    """Return the day of « 2019-03-12 » or « 12/03/2019 ». Raises LineRefused."""
    typed = text.strip()
    if (found := _ISO.fullmatch(typed)) is not None:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif (found := _FRENCH.fullmatch(typed)) is not None:
        year, month, day = int(found[3]), int(found[2]), int(found[1])
    else:
        missing = f"{what} manque." if not typed else f"{what} « {typed[:20]} » ne s’écrit ni 12/03/2019 ni 2019-03-12."
        raise LineRefused(missing[0].upper() + missing[1:])
    try:
        return date(year, month, day)
    except ValueError:
        raise LineRefused(f"{what[0].upper()}{what[1:]} : le {typed} n’existe pas dans le calendrier.") from None


def parse_sex(text: str) -> str:
    """Return F, M or nothing. Raises LineRefused."""
    try:
        return _SEXES[fold(text.strip()).rstrip(".")]
    except KeyError:
        raise LineRefused(f"Le sexe « {text.strip()[:20]} » n’est ni F, ni H, ni M.") from None


def school_place(school: str, level: str, class_name: str, reading: Reading) -> tuple[str, str, str]:
    """Return the school's code, the level's, and the class as the commune calls it. Raises LineRefused.

    The school is the one the line names, else the file's, else the only one of the commune that has the level. The class stays as
    written where the school lists it or lists none; else it is the class listed that bears the level's name.
    """
    code = level_of(level) or level_of(class_name)
    chosen = _named_school(school, reading) if school.strip() else reading.school_code
    having = [one for one in reading.schools if code and code in one.levels]
    if not chosen and not code:
        raise LineRefused(
            f"Le niveau « {level.strip()[:30]} » n’est pas connu : écrivez TPS, PS, MS, GS, CP… ou choisissez l’école du fichier."
        )
    if not chosen and len(having) != 1:
        which = "aucune école n’a" if not having else "plusieurs écoles ont"
        raise LineRefused(
            f"Dans les réglages de la commune, {which} le niveau {level_label(code)} : choisissez l’école."
        )
    found = next(one for one in reading.schools if one.code == chosen) if chosen else having[0]
    if code and found.levels and code not in found.levels:
        raise LineRefused(f"Le niveau {level_label(code)} n’est pas de « {found.name} » : vérifiez l’école choisie.")
    return found.code, code, _class_of(found, code, class_name)


def _class_of(school: SchoolRules, level: str, said: str) -> str:
    if not school.classes:
        return said
    for one in school.classes:
        if joined(one) == joined(said):
            return one
    return next((one for one in school.classes if level and level_of(one) == level), "")


def _named_school(text: str, reading: Reading) -> str:
    wanted = joined(text)
    found = [one.code for one in reading.schools if wanted in {joined(one.code), joined(one.name)}]
    if len(found) != 1:
        names = ", ".join(one.name for one in reading.schools)
        raise LineRefused(f"L’école « {text.strip()[:40]} » n’est pas de la commune : {names}.")
    return found[0]


def _taken(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {field: cells[place] for field, place in places.items() if place < len(cells)}


def _pupil(cells: Mapping[str, str], reading: Reading) -> LineSaid:
    school, level, class_name = school_place("", cells.get("level", ""), cells.get("class_name", ""), reading)
    child = ChildSaid(
        cells.get("usual_name", "").strip() or cells["birth_name"],
        cells["first_name"],
        parse_day(cells["birth_on"], "la date de naissance"),
        birth_name=cells["birth_name"],
        sex=parse_sex(cells.get("sex", "")),
        school_code=school,
        level=level,
        class_name=class_name,
        class_said=cells.get("class_name", ""),
        place=_place(cells.get("address", ""), cells.get("postcode", ""), cells.get("city", ""), reading.today),
    )
    return LineSaid(_checked_child(child, reading))


def _onde_guardian(cells: Mapping[str, str], listed: Sequence[Mapping[str, str]], reading: Reading) -> LineSaid:
    phones = [cells.get(kind, "") for kind in ("mobile", "home_phone", "work_phone")]
    guardian = _checked_guardian(
        cells.get("usual_name", "").strip() or cells["birth_name"],
        cells["birth_name"],
        cells["first_name"],
        phones,
        cells.get("email", ""),
        (cells.get("address", ""), cells.get("postcode", ""), cells.get("city", "")),
        reading,
    )
    children = tuple(
        ListedChild(
            one.get("usual_name", "").strip() or one["birth_name"].strip(),
            one["birth_name"].strip(),
            one["first_name"].strip(),
            one.get("class_name", "").strip(),
        )
        for one in listed
        if one.get("first_name", "").strip() and (one.get("birth_name", "") + one.get("usual_name", "")).strip()
    )
    if not children:
        raise LineRefused("Aucun enfant n’est nommé sur la ligne de ce responsable.")
    return LineSaid(None, (guardian,), children)


def _table_line(cells: Mapping[str, str], reading: Reading) -> LineSaid:
    school, level, class_name = school_place(
        cells.get("ecole", ""), cells.get("niveau", ""), cells.get("classe", ""), reading
    )
    guardians = [_table_guardian(cells, rank, reading) for rank in (1, 2)]
    home = next((one.place for one in guardians if one is not None and one.place.address), NOWHERE)
    child = ChildSaid(
        cells["enfant_nom"],
        cells["enfant_prenom"],
        parse_day(cells["enfant_naissance"], "la date de naissance"),
        sex=parse_sex(cells.get("enfant_sexe", "")),
        school_code=school,
        level=level,
        class_name=class_name,
        class_said=cells.get("classe", ""),
        place=home,
        alsh_years=_years(cells.get("alsh_annees", "")),
    )
    first, second = guardians
    if first is None and second is not None:
        first, second = second, None
    if first is not None:
        first = replace(first, quotient=_quotient(cells, reading), allowance_number=_caf(cells))
    return LineSaid(_checked_child(child, reading), tuple(one for one in (first, second) if one is not None))


def _table_guardian(cells: Mapping[str, str], rank: int, reading: Reading) -> GuardianSaid | None:
    def cell(code: str) -> str:
        return cells.get(f"resp{rank}_{code}", "")

    if not (cell("nom") + cell("prenom")).strip():
        return None
    place = (cell("adresse"), cell("code_postal"), cell("commune"))
    phones = [cell("telephone"), cell("telephone_2")]
    return _checked_guardian(cell("nom"), "", cell("prenom"), phones, cell("courriel"), place, reading)


def _quotient(cells: Mapping[str, str], reading: Reading) -> tuple[int, date, date] | None:
    if not cells.get("qf", "").strip():
        return None
    start = cells.get("qf_du", "").strip()
    try:
        cents = parse_amount(cells["qf"])
        begins = parse_day(start, "le début du quotient") if start else reading.today
        ends = parse_day(cells.get("qf_au", ""), "la fin du quotient")
        check_quotient(cents, begins, ends)
    except LineRefused:
        raise
    except InvalidInput as refused:
        raise LineRefused(refused.sentence) from None
    return cents, begins, ends


def _caf(cells: Mapping[str, str]) -> str:
    number = "".join(cells.get("caf_numero", "").split())
    if number and not (len(number) <= 20 and number.isascii() and number.isalnum()):
        raise LineRefused(
            f"Le numéro CAF « {number[:20]} » ne convient pas : des chiffres et des lettres, vingt au plus."
        )
    return number


def _years(text: str) -> tuple[int, ...]:
    years = tuple(sorted({int(year) for year in _YEAR.findall(text)}))
    if text.strip() and not years:
        raise LineRefused(f"{TABLE_FIELDS['alsh_annees']} : « {text.strip()[:30]} » ne dit aucune année, comme 2026.")
    return years


@lru_cache(maxsize=16_384)  # brothers and sisters, one after the other
def _place(address: str, postcode: str, city: str, today: date) -> PlaceSaid:
    """Return an address, checked as a guardian's would be. Raises LineRefused."""
    form = GuardianForm("x", "x", address=address, postcode=_postcode(postcode), city=city)
    clean = _refusing(lambda: checked_guardian(form, today))
    return PlaceSaid(clean.address, clean.postcode, clean.city)


def _checked_child(said: ChildSaid, reading: Reading) -> ChildSaid:
    """Return a child cleaned by the form's own rules. Raises LineRefused."""
    form = ChildForm(said.last_name, said.first_name, said.birth_on, said.school_code, class_name=said.class_name)
    clean = _refusing(lambda: checked_child(form, reading.today))
    birth_name = ""
    if said.birth_name and joined(said.birth_name) != joined(clean.last_name):
        birth_name = _refusing(lambda: checked_child(replace(form, last_name=said.birth_name), reading.today)).last_name
    return replace(
        said,
        last_name=clean.last_name,
        first_name=clean.first_name,
        birth_name=birth_name,
        class_name=clean.class_name,
        class_said=" ".join(said.class_said.split()),
    )


def _checked_guardian(
    last_name: str,
    birth_name: str,
    first_name: str,
    phones: Sequence[str],
    email: str,
    place: tuple[str, str, str],
    reading: Reading,
) -> GuardianSaid:
    """Return a guardian cleaned by the form's own rules. Raises LineRefused."""
    numbers = [*dict.fromkeys(_phone(one) for one in phones if one.strip()), "", ""]
    address, postcode, city = place
    form = GuardianForm(
        last_name,
        first_name,
        email=email,
        phone=numbers[0],
        address=address,
        postcode=_postcode(postcode),
        city=city,
    )
    clean = _refusing(lambda: checked_guardian(form, reading.today))
    other = numbers[1]
    if other:
        other = _refusing(lambda: checked_guardian(replace(form, phone=numbers[1]), reading.today)).phone
    born = ""
    if birth_name and joined(birth_name) != joined(clean.last_name):
        born = _refusing(lambda: checked_guardian(replace(form, last_name=birth_name), reading.today)).last_name
    return GuardianSaid(
        clean.last_name,
        clean.first_name,
        born,
        clean.email,
        clean.phone,
        other,
        PlaceSaid(clean.address, clean.postcode, clean.city),
    )


def _phone(text: str) -> str:
    """Return a telephone with the first 0 that a spreadsheet takes for nothing."""
    digits = re.sub(r"[ .\-\u00a0]", "", text)
    return f"0{digits}" if re.fullmatch(r"[1-9][0-9]{8}", digits) else text


def _postcode(text: str) -> str:
    """Return a postcode with the first 0 that a spreadsheet takes for nothing."""
    digits = text.strip()
    return f"0{digits}" if re.fullmatch(r"[1-9][0-9]{3}", digits) else text


def _refusing(check: Callable[[], Form]) -> Form:
    try:
        return check()
    except FormRefused as refused:
        raise LineRefused(refused.sentence) from None
