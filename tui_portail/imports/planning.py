"""Planning an import: each line in turn against the base and against the lines before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tui_portail.family_forms import MOST_CHILDREN, MOST_GUARDIANS
from tui_portail.french import plural
from tui_portail.imports.families import Families, Family, PlannedChild, PlannedGuardian, names_of
from tui_portail.imports.known import Known, KnownSchooling
from tui_portail.imports.lines import ChildSaid, GuardianSaid, LineRefused, LineSaid, ListedChild, joined
from tui_portail.imports.plan import (
    LINES_A_SIGN,
    FieldFilled,
    FileToPlan,
    ImportPlan,
    NewAlshYear,
    NewChild,
    NewGuardian,
    NewQuotient,
    NewSchooling,
    Outcome,
    PlannedLine,
    Progress,
    counted,
    digest_of,
    total_lines,
)
from tui_portail.school_levels import level_of

UP_TO_DATE = "déjà à jour"
_FIELD_WORDS = {
    "sex": "sexe",
    "birth_name": "nom de naissance",
    "email": "courriel",
    "phone": "téléphone",
    "phone_2": "autre téléphone",
    "address": "adresse",
    "postcode": "code postal",
    "city": "commune",
    "allowance_number": "n° CAF",
}


class _Unsure(Exception):
    """A line that could be about several people or families: an agent must tell which."""


def plan_import(
    files: Sequence[FileToPlan], known: Known, school_year: date, today: date, progress: Progress | None = None
) -> ImportPlan:
    """Return what importing the files would do. A school counts from `school_year`, the 1st of September of the year the files are of,
    past or to come; from `today` where that year is under way and another school of it was recorded.
    """
    planner = _Planner(known, school_year, today)
    total, done, lines = total_lines(files), 0, []
    for source, file in enumerate(files):
        for record in file.source.records:
            if record.problem:
                line = PlannedLine(
                    source, record.line, Outcome.REJECTED, _first_words(record.raw), _told(record.problem)
                )
            else:
                try:
                    said = file.understand(record.cells)
                    line = planner.line(source, record.line, said)
                except LineRefused as refused:
                    who = _first_words(" ".join([cell for cell in record.cells if cell.strip()][:4]))
                    line = PlannedLine(source, record.line, Outcome.REJECTED, who, refused.sentence)
            lines.append(line)
            done += 1
            if progress is not None and done % LINES_A_SIGN == 0:
                progress(done, total)
    return planner.plan(tuple(lines))


class _Planner:
    def __init__(self, known: Known, school_year: date, today: date) -> None:
        self._families = Families(known)
        self._year, self._now = school_year, max(today, school_year)
        self._filled: dict[tuple[str, int, str], FieldFilled] = {}
        self._schoolings: dict[int, NewSchooling] = {}
        self._alsh: dict[tuple[int, int], PlannedChild] = {}
        self._quotients: dict[int, tuple[PlannedGuardian, Family, tuple[int, date, date]]] = {}
        self._grown: dict[int, Family] = {}
        self._guardians_made: list[tuple[PlannedGuardian, Family]] = []

    def line(self, source: int, number: int, said: LineSaid) -> PlannedLine:
        """Return what becomes of a line, and remember what it writes. Raises LineRefused."""
        who = _who(said)
        try:
            if said.child is not None:
                outcome, reason = self._child((source, number), said.child, said.guardians)
            else:
                outcome, reason = self._guardian(said.guardians[0], said.listed)
        except _Unsure as unsure:
            outcome, reason = Outcome.AMBIGUOUS, str(unsure)
        return PlannedLine(source, number, outcome, who, reason)

    def plan(self, lines: tuple[PlannedLine, ...]) -> ImportPlan:
        """Return the plan."""
        made = [one for one in self._families.made if one.part_of is None]
        children = tuple(
            NewChild(child.ref, child.family.whole.ref, child.said)
            for family in self._all_touched()
            for child in family.children
            if child.said is not None
        )
        guardians = tuple(
            NewGuardian(one.ref, family.whole.ref, one.said, one.pays)
            for one, family in self._guardians_made
            if one.said is not None and one in family.whole.guardians
        )
        kept = {one.ref for one in guardians}
        schoolings = tuple(self._schoolings.values())
        alsh = tuple(NewAlshYear(ref, child.family.whole.ref, year) for (ref, year), child in self._alsh.items())
        quotients = tuple(
            NewQuotient(one.ref, family.whole.ref, *quotient)
            for one, family, quotient in self._quotients.values()
            if one.pays and (one.known is not None or one.ref in kept)
        )
        dossiers = tuple(one.ref for one in made)
        filled = tuple(self._filled.values())
        parts = (dossiers, children, guardians, filled, schoolings, alsh, quotients)
        return ImportPlan(lines, *parts, counted(lines), digest_of(lines, parts))

    def _all_touched(self) -> Iterator[Family]:
        seen: dict[int, Family] = {}
        for family in self._families.made:
            seen.setdefault(family.whole.ref, family.whole)
        for family in self._grown.values():
            seen.setdefault(family.whole.ref, family.whole)
        yield from seen.values()

    # --- a child -----------------------------------------------------------------------------------------------------------------

    def _child(
        self, place: tuple[int, int], said: ChildSaid, guardians: tuple[GuardianSaid, ...]
    ) -> tuple[Outcome, str]:
        found = self._families.children_like(said)
        present = [one for one in found if not (one.family.archived or (one.known and one.known.archived))]
        if len(found) > 1 and len(present) == 1:
            found = present
        if len(found) > 1:
            numbers = " et ".join(one.family.number or "nouveau" for one in found[:3])
            raise _Unsure(
                f"{plural(len(found), 'enfant')} de ce nom, nés le même jour : dossiers {numbers}. Tranchez au guichet."
            )
        if found and found[0].seen is not None:
            self._twice(found[0], said)
        if found:
            child = found[0]
            if not present:
                raise _Unsure(f"Enfant archivé, dossier {child.family.number} : rouvrez-le, puis importez de nouveau.")
            self._families.settle(child.family, said)
            words = self._match(child, said)
            words += self._guardians_of(child.family, guardians)
            child.seen, child.seen_said = place, said
            return Outcome.MATCHED, ", ".join(words) or UP_TO_DATE
        family = self._family_for(said, guardians)
        where = "dossier à créer" if family is None or family.ref < 0 else f"dossier {family.number}"
        if family is None:
            family = self._families.make()
        elif len(family.children) >= MOST_CHILDREN:
            raise _Unsure(
                f"Le dossier {family.number} compte déjà {MOST_CHILDREN} enfants. Inscrivez celui-ci au guichet."
            )
        self._grown[family.ref] = family
        child = self._families.add_child(family, said)
        child.seen, child.seen_said = place, said
        if said.school_code:
            self._schoolings[child.ref] = NewSchooling(
                child.ref, family.ref, self._year, said.school_code, said.level, said.class_name
            )
        for year in said.alsh_years:
            self._alsh[child.ref, year] = child
        self._guardians_of(family, guardians)
        return Outcome.CREATED, where

    def _twice(self, child: PlannedChild, said: ChildSaid) -> None:
        line = child.seen[1] if child.seen else 0
        if child.seen_said == said:
            raise LineRefused(f"Ligne répétée : la ligne {line} dit déjà tout de cet enfant.")
        raise _Unsure(
            f"Même nom, même prénom, même jour de naissance que la ligne {line}, mais autre chose diffère. "
            "Si c’est un homonyme, inscrivez-le au guichet."
        )

    def _match(self, child: PlannedChild, said: ChildSaid) -> list[str]:
        known = child.known
        if known is None:
            return []
        words = []
        for name, value in (("sex", said.sex), ("birth_name", said.birth_name)):
            if value and not getattr(known, name) and joined(value) != joined(known.last_name):
                self._fill("child", known.child_id, known.dossier_id, name, value)
                words.append(_FIELD_WORDS[name])
        if said.school_code and (schooling := self._moved(child, said)) is not None:
            self._schoolings[child.ref] = schooling
            before, after = schooling.before, (schooling.school_code, schooling.level, schooling.class_name)
            changed = [word for word, a, b in zip(("école", "niveau", "classe"), before, after, strict=True) if a != b]
            words.append(f"{', '.join(changed)} à mettre à jour" if changed else "école de l’année confirmée")
        for year in said.alsh_years:
            if year not in known.alsh_years:
                self._alsh[known.child_id, year] = child
                words.append(f"ALSH {year}")
        return words

    def _moved(self, child: PlannedChild, said: ChildSaid) -> NewSchooling | None:
        """Return the school to write for a child of the base, None when the one in force says the same."""
        known = child.known
        if known is None:
            return None
        rows = known.schoolings
        current = in_force(rows, self._now)
        level = said.level or (current.level if current else "")
        class_name = said.class_name
        same_school = current is not None and current.school_code == said.school_code
        if current is not None and not class_name and same_school and current.level in ("", level):
            class_name = current.class_name
        after = (said.school_code, level, class_name)
        begun = any(self._year <= row.from_on <= self._now for row in rows)
        if current is not None and begun and (current.school_code, current.level, current.class_name) == after:
            return None  # else the file confirms it for the year: a pupil who repeats does not move up
        from_on = self._now if begun else self._year
        on_that_day = next((row for row in rows if row.from_on == from_on), None)
        if current is not None and same_school and not current.level and current.class_name == class_name and begun:
            from_on, on_that_day = current.from_on, current  # the level alone was not recorded: completed, not changed
        before = (current.school_code, current.level, current.class_name) if current else ("", "", "")
        schooling_id = on_that_day.schooling_id if on_that_day else 0
        return NewSchooling(child.ref, known.dossier_id, from_on, *after, schooling_id, before)

    def _family_for(self, said: ChildSaid, guardians: tuple[GuardianSaid, ...]) -> Family | None:
        found = {one.ref: one for guardian in guardians for one in self._families.families_of(guardian)}
        if not found:
            family = self._families.family_at(said.family_name, said.place)
            found = {family.ref: family} if family is not None else {}
        opened = [one for one in found.values() if not one.archived]
        if len(opened) > 1:
            numbers = " et ".join(one.number or "nouveau" for one in opened[:3])
            raise _Unsure(f"Les responsables sont déjà dans plusieurs dossiers : {numbers}. Choisissez au guichet.")
        return opened[0] if opened else None

    # --- guardians ---------------------------------------------------------------------------------------------------------------

    def _guardian(self, said: GuardianSaid, listed: tuple[ListedChild, ...]) -> tuple[Outcome, str]:
        children, missing = [], []
        for one in listed:
            child = self._listed(one, said)
            if child is None:
                missing.append(f"{one.first_name} {one.last_name}")
            else:
                children.append(child)
        if not children:
            raise LineRefused("Aucun de ses enfants n’est connu : importez d’abord le fichier des élèves.")
        families = self._families.join(child.family for child in children)
        for family in families:
            self._grown[family.ref] = family
            if self._known_in(family, said) is None and len(family.guardians) >= MOST_GUARDIANS:
                raise _Unsure(f"Le dossier {family.number} compte déjà {MOST_GUARDIANS} responsables.")
        made, words = False, []
        for family in families:
            created, changed = self._attach(family, said)
            made = made or created
            words += changed
        if made:
            words = [f"responsable de {plural(len(children), 'enfant')}", *words]
        if missing:
            words.append(f"inconnu : {', '.join(missing)}")
        return (Outcome.CREATED if made else Outcome.MATCHED), ", ".join(dict.fromkeys(words)) or UP_TO_DATE

    def _listed(self, listed: ListedChild, guardian: GuardianSaid) -> PlannedChild | None:
        """Return the child a guardian's line names; the class, then the address, tell homonyms apart."""
        found = self._families.children_named(listed)
        for narrower in (
            [one for one in found if _in_class(one, listed.class_name, self._schoolings, self._now)],
            [one for one in found if guardian.place.key and _at(one, guardian)],
        ):
            if len(found) > 1 and narrower:
                found = narrower
        if len(found) > 1:
            raise _Unsure(
                f"Plusieurs enfants s’appellent {listed.first_name} {listed.last_name} : ni la classe ni l’adresse ne dit lequel."
            )
        if found and found[0].family.archived:
            raise _Unsure(f"Dossier {found[0].family.number} archivé : rouvrez-le, puis importez de nouveau.")
        return found[0] if found else None

    def _guardians_of(self, family: Family, guardians: tuple[GuardianSaid, ...]) -> list[str]:
        words = []
        for said in guardians:
            if self._known_in(family, said) is None and len(family.guardians) >= MOST_GUARDIANS:
                words.append(f"{said.first_name} {said.last_name} non ajouté : {MOST_GUARDIANS} responsables déjà")
                continue
            created, changed = self._attach(family, said)
            words += [f"responsable {said.first_name} {said.last_name}"] if created else changed
        return words

    def _known_in(self, family: Family, said: GuardianSaid) -> PlannedGuardian | None:
        names, first = names_of(said.last_name, said.birth_name), joined(said.first_name)
        return next((one for one in family.guardians if one.first_name == first and one.names & names), None)

    def _attach(self, family: Family, said: GuardianSaid) -> tuple[bool, list[str]]:
        """Make a person a guardian of a family, or fill what was empty; return whether they are new there, and what is filled."""
        guardian = self._known_in(family, said)
        created = guardian is None
        if guardian is None:
            guardian = self._families.add_guardian(family, said)
            self._guardians_made.append((guardian, family))
        words = self._complete(guardian, said) if not created else []
        if said.quotient is not None and self._new_quotient(guardian, said.quotient):
            self._quotients.setdefault(guardian.ref, (guardian, family, said.quotient))
            words.append("quotient familial")
        return created, words

    def _complete(self, guardian: PlannedGuardian, said: GuardianSaid) -> list[str]:
        known = guardian.known
        if known is None:
            return []
        values = {"email": said.email, "allowance_number": said.allowance_number}
        if said.birth_name and joined(said.birth_name) != joined(known.last_name):
            values["birth_name"] = said.birth_name
        if not (known.place.address or known.place.postcode or known.place.city):
            values |= {"address": said.place.address, "postcode": said.place.postcode, "city": said.place.city}
        if not known.phone:
            values |= {"phone": said.phone}
        if not known.phone_2 and said.phone_2 and joined(said.phone_2) != joined(known.phone):
            values |= {"phone_2": said.phone_2}
        words = []
        for name, value in values.items():
            empty = not getattr(known.place if name in {"address", "postcode", "city"} else known, name)
            if value and empty and ("guardian", known.guardian_id, name) not in self._filled:
                self._fill("guardian", known.guardian_id, known.dossier_id, name, value)
                words.append(_FIELD_WORDS[name])
        return words

    def _new_quotient(self, guardian: PlannedGuardian, quotient: tuple[int, date, date]) -> bool:
        _, start, end = quotient
        taken = guardian.known.quotients if guardian.known is not None else ()
        return guardian.pays and not any(first <= end and start <= last for first, last in taken)

    def _fill(self, subject: str, subject_id: int, dossier: int, name: str, value: str) -> None:
        self._filled[subject, subject_id, name] = FieldFilled(subject, subject_id, dossier, name, value)


def in_force(rows: Sequence[KnownSchooling], day: date) -> KnownSchooling | None:
    """Return the school that counts on a day: the latest begun, else the first to begin."""
    begun = [row for row in rows if row.from_on <= day]
    return begun[-1] if begun else next(iter(rows), None)


def _in_class(child: PlannedChild, class_name: str, planned: dict[int, NewSchooling], today: date) -> bool:
    """Say whether a child is in the class a guardian's line gives, by its name, its level, or what the pupils' file called it."""
    wanted, level = joined(class_name), level_of(class_name)
    said = child.seen_said or child.said
    if said is not None and wanted and joined(said.class_said) == wanted:
        return True
    if (row := planned.get(child.ref)) is not None:
        return joined(row.class_name) == wanted or bool(level and row.level == level)
    current = in_force(child.known.schoolings, today) if child.known is not None else None
    return current is not None and (joined(current.class_name) == wanted or bool(level and current.level == level))


def _at(child: PlannedChild, guardian: GuardianSaid) -> bool:
    said = child.seen_said or child.said
    places = [said.place.key] if said is not None else []
    places += [one.place.key for one in child.family.guardians]
    return guardian.place.key in places


def _who(said: LineSaid) -> str:
    person = said.child or said.guardians[0]
    born = f", {person.birth_on:%d/%m/}{person.birth_on.year:04d}" if isinstance(person, ChildSaid) else ""
    return f"{person.last_name} {person.first_name}{born}"


def _first_words(text: str) -> str:
    return " ".join(text.split())[:40]


def _told(problem: str) -> str:
    return problem[0].upper() + problem[1:]
