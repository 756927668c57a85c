"""Changing a dossier: a guardian, a child, a renewed ALSH year.

An edit names the version it was made from: when somebody saved since, it is refused and nothing typed is lost.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models import tables as t
from models.states import SnapshotKind
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import (
    MOST_CHILDREN,
    MOST_GUARDIANS,
    ChildForm,
    FormRefused,
    GuardianForm,
    checked_child,
    checked_guardian,
)
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import About, change_dossier
from tui_portail.services.dossiers import DossierView, dossier_of
from tui_portail.services.family_facts import in_force
from tui_portail.services.family_records import (
    check_school,
    rewrite_guardian,
    today_of,
    write_child,
    write_guardian,
    write_payer,
    write_quotient_of,
    write_renewals,
)
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import person_name, same_snapshot, take_snapshot
from tui_portail.services.rights import Right


def edit_guardian(
    desk: Desk, dossier_id: int, guardian_id: int, form: GuardianForm, version: int, operation: str
) -> DossierView:
    """Change a guardian. Ticking « payeur » opens an account; a quotient given is recorded from its date.

    Raises DossierChanged, FormRefused, InvalidInput, NotAllowed.
    """

    def change(gesture: Gesture) -> About:
        clean = checked_guardian(form, today_of(gesture))
        row = _of_dossier(gesture.connection, t.guardian, guardian_id, dossier_id)
        rewrite_guardian(gesture, guardian_id, row.snapshot_id, clean)
        payer_id = gesture.connection.scalar(select(t.payer.c.id).where(t.payer.c.guardian_id == guardian_id))
        if payer_id is None and clean.payer:
            write_payer(gesture, dossier_id, guardian_id, clean)
        elif payer_id is not None:
            if not clean.payer:
                raise FormRefused(
                    f"{person_name(clean.first_name, clean.last_name)} est payeur : ses réservations et ses avoirs lui appartiennent, "
                    "son compte ne peut pas être retiré.",
                    "payer",
                )
            gesture.connection.execute(update(t.payer).where(t.payer.c.id == payer_id).values(resident=clean.resident))
            write_quotient_of(gesture, payer_id, clean)
        return About("guardian", guardian_id)

    return change_dossier(
        desk, "modifier_responsable", dossier_id, version, operation, [guardian_id, asdict(form)], change
    )


def add_guardian(desk: Desk, dossier_id: int, form: GuardianForm, version: int, operation: str) -> DossierView:
    """Add a guardian, who may be the second payer. Raises DossierChanged, FormRefused, NotAllowed."""

    def change(gesture: Gesture) -> About:
        clean = checked_guardian(form, today_of(gesture))
        _refuse_too_many(gesture.connection, t.guardian, dossier_id, MOST_GUARDIANS, "responsables")
        guardian_id = write_guardian(gesture, dossier_id, clean)
        if clean.payer:
            write_payer(gesture, dossier_id, guardian_id, clean)
        return About("guardian", guardian_id)

    return change_dossier(desk, "ajouter_responsable", dossier_id, version, operation, [asdict(form)], change)


def edit_child(
    desk: Desk, dossier_id: int, child_id: int, form: ChildForm, version: int, operation: str
) -> DossierView:
    """Change a child; another school or class counts from today, ALSH years given are renewed.

    Raises DossierChanged, FormRefused, RenewalRefused, NotAllowed.
    """

    def change(gesture: Gesture) -> About:
        clean = checked_child(form, today_of(gesture))
        row = _of_dossier(gesture.connection, t.child, child_id, dossier_id)
        name, snapshot_id = person_name(clean.first_name, clean.last_name), row.snapshot_id
        if not same_snapshot(gesture.connection, snapshot_id, name, ""):
            snapshot_id = take_snapshot(gesture.connection, SnapshotKind.CHILD, child_id, name, "", gesture.now)
        gesture.connection.execute(
            update(t.child)
            .where(t.child.c.id == child_id)
            .values(
                last_name=clean.last_name,
                first_name=clean.first_name,
                birth_on=clean.birth_on,
                meal_supplied=clean.meal_supplied,
                snapshot_id=snapshot_id,
            )
        )
        _move_school(gesture, child_id, clean)
        write_renewals(gesture, child_id, clean.renew_alsh_years)
        return About("child", child_id)

    return change_dossier(desk, "modifier_enfant", dossier_id, version, operation, [child_id, asdict(form)], change)


def add_child(desk: Desk, dossier_id: int, form: ChildForm, version: int, operation: str) -> DossierView:
    """Add a child. Raises DossierChanged, FormRefused, RenewalRefused, NotAllowed."""

    def change(gesture: Gesture) -> About:
        clean = checked_child(form, today_of(gesture))
        _refuse_too_many(gesture.connection, t.child, dossier_id, MOST_CHILDREN, "enfants")
        return About("child", write_child(gesture, dossier_id, clean))

    return change_dossier(desk, "ajouter_enfant", dossier_id, version, operation, [asdict(form)], change)


def renew_alsh(desk: Desk, child_id: int, year: int, operation: str) -> DossierView:
    """Renew a child's ALSH dossier for a civil year, at an appointment. Raises RenewalRefused, InvalidInput, NotAllowed."""
    dossier_id = _find_dossier(desk, t.child, child_id)

    def change(gesture: Gesture) -> About:
        _of_dossier(gesture.connection, t.child, child_id, dossier_id)
        write_renewals(gesture, child_id, (year,))
        return About("child", child_id, str(year))

    return change_dossier(desk, "renouveler_alsh", dossier_id, None, operation, [child_id, year], change)


def _find_dossier(desk: Desk, table: Any, row_id: int) -> int:
    with desk.read(Right.EDIT_DOSSIER) as connection:
        return dossier_of(connection, table, row_id)


def _of_dossier(connection: Connection, table: Any, row_id: int, dossier_id: int) -> Any:
    """Return a guardian or a child of this dossier. Raises InvalidInput on another family's."""
    row = connection.execute(select(table).where(table.c.id == row_id, table.c.dossier_id == dossier_id)).first()
    if row is None:
        raise InvalidInput("Cette personne n’est plus dans le dossier. Rouvrez-le, puis recommencez.")
    return row


def _refuse_too_many(connection: Connection, table: Any, dossier_id: int, most: int, what: str) -> None:
    shown = [table.c.merged_into_id.is_(None)] if table is t.child else []
    if len(connection.scalars(select(table.c.id).where(table.c.dossier_id == dossier_id, *shown)).all()) >= most:
        raise InvalidInput(f"Un dossier compte au plus {most} {what}.")


def _move_school(gesture: Gesture, child_id: int, form: ChildForm) -> None:
    """Write another school or class from today; twice on one day is a correction of the first."""
    schooling, today = t.schooling, today_of(gesture)
    rows = list(gesture.connection.execute(select(schooling).where(schooling.c.child_id == child_id)))
    current = in_force(rows, "from_on", today)
    values = {"school_code": form.school_code, "class_name": form.class_name}
    if current is not None and (current.school_code, current.class_name) == (form.school_code, form.class_name):
        return
    check_school(gesture, form)
    if current is not None and current.from_on >= today:
        gesture.connection.execute(update(schooling).where(schooling.c.id == current.id).values(**values))
    else:
        gesture.connection.execute(insert(schooling).values(child_id=child_id, from_on=today, **values))
