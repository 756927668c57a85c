"""Writing the rows of guardians and children, within a gesture: names, schools, ALSH years. No right is checked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Table, insert, select, update

from models import tables as t
from models.states import AlshOrigin, SnapshotKind
from tui_portail.alsh_dossier import may_renew
from tui_portail.errors import PortailError
from tui_portail.family_forms import ChildForm, FormRefused, GuardianForm
from tui_portail.instants import in_paris
from tui_portail.school_levels import level_label
from tui_portail.services.family_facts import in_force
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import allocate_id, person_name, postal_address, same_snapshot, take_snapshot


class RenewalRefused(PortailError):
    """The ALSH dossier cannot be renewed for that year now."""

    code = "RENOUVELLEMENT_REFUSE"


def today_of(gesture: Gesture) -> date:
    """Return the day of the gesture in Paris."""
    return in_paris(gesture.now).date()


def school_year_began(today: date) -> date:
    """Return the 1st of September from which a child registered today is known to be in a class."""
    return date(today.year if today.month >= 9 else today.year - 1, 9, 1)


def write_guardian(gesture: Gesture, dossier_id: int, form: GuardianForm) -> int:
    """Write a guardian with the snapshot that names them, and return the guardian's id."""
    guardian_id = allocate_id(gesture.connection, t.guardian)
    snapshot_id = take_snapshot(
        gesture.connection, SnapshotKind.PAYER, guardian_id, *_named_and_housed(form), gesture.now
    )
    gesture.connection.execute(
        insert(t.guardian).values(
            id=guardian_id, dossier_id=dossier_id, snapshot_id=snapshot_id, **_values(form, GUARDIAN_COLUMNS)
        )
    )
    return guardian_id


def rewrite_guardian(gesture: Gesture, guardian_id: int, form: GuardianForm) -> None:
    """Write what changed of a guardian; a new name or address takes a new snapshot, past payments keep theirs."""
    snapshot_id = _snapshot(gesture, t.guardian, guardian_id, SnapshotKind.PAYER, *_named_and_housed(form))
    gesture.connection.execute(
        update(t.guardian)
        .where(t.guardian.c.id == guardian_id)
        .values(snapshot_id=snapshot_id, **_values(form, GUARDIAN_COLUMNS))
    )


def write_child(gesture: Gesture, dossier_id: int, form: ChildForm, at: str = "") -> int:
    """Write a child with the snapshot that names them, school, class and renewed ALSH years; return the child's id.

    Raises FormRefused on an unknown school (`at` is put before the field's name), RenewalRefused.
    """
    check_school(gesture, form, at)
    child_id = allocate_id(gesture.connection, t.child)
    name = person_name(form.first_name, form.last_name)
    snapshot_id = take_snapshot(gesture.connection, SnapshotKind.CHILD, child_id, name, "", gesture.now)
    gesture.connection.execute(
        insert(t.child).values(
            id=child_id, dossier_id=dossier_id, snapshot_id=snapshot_id, **_values(form, CHILD_COLUMNS)
        )
    )
    began = school_year_began(today_of(gesture))
    gesture.connection.execute(insert(t.schooling).values(child_id=child_id, from_on=began, **_schooling(form)))
    write_renewals(gesture, child_id, form.renew_alsh_years)
    return child_id


def rewrite_child(gesture: Gesture, child_id: int, form: ChildForm, at: str = "") -> None:
    """Write what changed of a child; another school, level or class counts from today, ALSH years given are renewed.

    Raises FormRefused, RenewalRefused.
    """
    name = person_name(form.first_name, form.last_name)
    snapshot_id = _snapshot(gesture, t.child, child_id, SnapshotKind.CHILD, name, "")
    gesture.connection.execute(
        update(t.child).where(t.child.c.id == child_id).values(snapshot_id=snapshot_id, **_values(form, CHILD_COLUMNS))
    )
    _move_school(gesture, child_id, form, at)
    write_renewals(gesture, child_id, form.renew_alsh_years)


def _move_school(gesture: Gesture, child_id: int, form: ChildForm, at: str) -> None:
    """Write another school, level or class from today; twice on one day, or a level not known before, corrects what is there."""
    schooling, today = t.schooling, today_of(gesture)
    rows = list(gesture.connection.execute(select(schooling).where(schooling.c.child_id == child_id)))
    current, values = in_force(rows, "from_on", today), _schooling(form)
    if current is not None and {key: getattr(current, key) for key in values} == values:
        return
    check_school(gesture, form, at)
    same_class = current is not None and (current.school_code, current.class_name, current.level) == (
        form.school_code,
        form.class_name,
        "",
    )
    if current is not None and (same_class or current.from_on >= today):
        gesture.connection.execute(update(schooling).where(schooling.c.id == current.id).values(**values))
    else:
        gesture.connection.execute(insert(schooling).values(child_id=child_id, from_on=today, **values))


def check_school(gesture: Gesture, form: ChildForm, at: str = "") -> None:
    """Refuse a school the commune does not have, a class or a level that school does not have. Raises FormRefused."""
    try:
        school = gesture.commune.school(form.school_code)
    except KeyError:
        raise FormRefused("Choisissez l’école de l’enfant dans la liste.", f"{at}school_code") from None
    if form.class_name and school.classes and form.class_name not in school.classes:
        raise FormRefused(
            f"« {form.class_name} » n’est pas une classe de {school.name} : {', '.join(school.classes)}.",
            f"{at}class_name",
        )
    if form.level and school.levels and form.level not in school.levels:
        levels = ", ".join(map(level_label, school.levels))
        raise FormRefused(f"{level_label(form.level)} n’est pas un niveau de {school.name} : {levels}.", f"{at}level")


def write_renewals(gesture: Gesture, child_id: int, years: Sequence[int]) -> None:
    """Record an ALSH dossier renewed for civil years (leaflet, « Dossier ALSH »); a year already renewed stays as it is.

    Raises RenewalRefused with the rule's sentence.
    """
    enrolment = t.alsh_enrolment
    known = (
        set(
            gesture.connection.scalars(
                select(enrolment.c.year).where(
                    enrolment.c.child_id == child_id, enrolment.c.origin == AlshOrigin.RENEWED.value
                )
            )
        )
        if years
        else set()
    )
    for year in sorted(set(years) - known):
        if not 2000 <= year <= 2100:
            raise RenewalRefused("Donnez l’année civile du renouvellement en quatre chiffres, par exemple 2027.")
        decision = may_renew(year, today_of(gesture), gesture.commune.policy)
        if not decision:
            raise RenewalRefused(decision.sentence, code=decision.code)
        gesture.connection.execute(
            insert(enrolment).values(
                child_id=child_id,
                year=year,
                origin=AlshOrigin.RENEWED.value,
                recorded_at=gesture.now,
                agent_id=gesture.agent.agent_id,
            )
        )


def dossier_label(last_names: Sequence[str]) -> str:
    """Return how a family is called: its guardians' last names, each once, « Dupont – Nguyen »."""
    return " – ".join(dict.fromkeys(last_names))[:200]


GUARDIAN_COLUMNS = (
    *("last_name", "first_name", "birth_on", "email", "phone", "address", "postcode", "city"),
    *("birth_name", "birth_place", "birth_insee", "address_2", "phone_2"),
    *("relation", "authority", "allowance_fund", "allowance_number"),
)
CHILD_COLUMNS = (
    *("last_name", "first_name", "birth_on", "meal_supplied", "sex", "birth_name", "birth_place", "birth_insee"),
    *("diet", "pai", "pai_until_on", "doctor_name", "doctor_phone"),
    *("insurer", "insurance_number", "insurance_until_on"),
)


def _values(form: GuardianForm | ChildForm, columns: Sequence[str]) -> dict[str, object]:
    return {column: getattr(form, column) for column in columns}


def _schooling(form: ChildForm) -> dict[str, object]:
    return {"school_code": form.school_code, "class_name": form.class_name, "level": form.level}


def _named_and_housed(form: GuardianForm) -> tuple[str, str]:
    street = "\n".join(line for line in (form.address_2, form.address) if line)
    return person_name(form.first_name, form.last_name), postal_address(street, form.postcode, form.city)


def _snapshot(gesture: Gesture, table: Table, person_id: int, kind: SnapshotKind, name: str, address: str) -> int:
    """Return the snapshot that names a person as they are now: theirs, or a new one."""
    connection = gesture.connection
    snapshot_id = connection.execute(select(table.c.snapshot_id).where(table.c.id == person_id)).scalar_one()
    if same_snapshot(connection, snapshot_id, name, address):
        return int(snapshot_id)
    return take_snapshot(connection, kind, person_id, name, address, gesture.now)
