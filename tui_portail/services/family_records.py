"""Writing the rows of a family, within a gesture: guardians, payers, children, quotients, ALSH years. No right is checked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import insert, select, update

from models import tables as t
from models.states import AlshOrigin, SnapshotKind
from tui_portail.alsh_dossier import may_renew
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import MOST_PAYERS, ChildForm, FormRefused, GuardianForm
from tui_portail.french import long_date
from tui_portail.instants import in_paris
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
        gesture.connection,
        SnapshotKind.PAYER,
        guardian_id,
        person_name(form.first_name, form.last_name),
        postal_address(form.address, form.postcode, form.city),
        gesture.now,
    )
    gesture.connection.execute(
        insert(t.guardian).values(
            id=guardian_id, dossier_id=dossier_id, snapshot_id=snapshot_id, **_guardian_values(form)
        )
    )
    return guardian_id


def rewrite_guardian(gesture: Gesture, guardian_id: int, snapshot_id: int, form: GuardianForm) -> None:
    """Write what changed of a guardian; a new name or address takes a new snapshot, past payments keep theirs."""
    name = person_name(form.first_name, form.last_name)
    address = postal_address(form.address, form.postcode, form.city)
    if not same_snapshot(gesture.connection, snapshot_id, name, address):
        snapshot_id = take_snapshot(gesture.connection, SnapshotKind.PAYER, guardian_id, name, address, gesture.now)
    gesture.connection.execute(
        update(t.guardian)
        .where(t.guardian.c.id == guardian_id)
        .values(snapshot_id=snapshot_id, **_guardian_values(form))
    )


def write_payer(gesture: Gesture, dossier_id: int, guardian_id: int, form: GuardianForm) -> int:
    """Open a guardian's paying account, with the quotient proven if any, and return the payer's id. Raises FormRefused."""
    payer = t.payer.c
    ranks = set(
        gesture.connection.scalars(
            select(payer.rank).where(payer.dossier_id == dossier_id, payer.joined_into_id.is_(None))
        )
    )
    if len(ranks) >= MOST_PAYERS:
        raise FormRefused("Ce dossier a déjà deux payeurs, le plus qu’il puisse avoir.", "payer")
    payer_id = int(
        gesture.connection.execute(
            insert(t.payer)
            .values(
                dossier_id=dossier_id,
                guardian_id=guardian_id,
                rank=2 if 1 in ranks else 1,
                resident=form.resident,
            )
            .returning(t.payer.c.id)
        ).scalar_one()
    )
    write_quotient_of(gesture, payer_id, form)
    return payer_id


def write_quotient_of(gesture: Gesture, payer_id: int, form: GuardianForm) -> None:
    """Record the quotient of a guardian's form, when it gives one."""
    if form.quotient_cents is not None and form.quotient_from is not None and form.quotient_until is not None:
        write_quotient(
            gesture, payer_id, form.quotient_cents, form.quotient_from, form.quotient_until, form.quotient_source
        )


def write_quotient(
    gesture: Gesture, payer_id: int, value_cents: int, valid_from: date, valid_until: date, source: str
) -> None:
    """Record a quotient (cents of QF). The one before ends the day before; one that begins the same day is corrected, and kept.

    Raises InvalidInput when another begins later, within the new one's dates: nothing is deleted.
    """
    connection, quotient = gesture.connection, t.quotient_familial
    rows = connection.execute(
        select(quotient)
        .where(
            quotient.c.payer_id == payer_id,
            quotient.c.valid_from_on <= valid_until,
            quotient.c.valid_until_on >= valid_from,
        )
        .order_by(quotient.c.id)
    ).all()
    if rows and (rows[-1].value_cents, rows[-1].valid_from_on, rows[-1].valid_until_on) == (
        value_cents,
        valid_from,
        valid_until,
    ):
        return
    if later := [row.valid_from_on for row in rows if row.valid_from_on > valid_from]:
        raise InvalidInput(
            f"Un quotient familial est déjà enregistré à partir du {long_date(min(later))} : faites finir celui-ci la veille."
        )
    for row in rows:
        ends = (
            min(row.valid_until_on, valid_until) if row.valid_from_on == valid_from else valid_from - timedelta(days=1)
        )
        connection.execute(update(quotient).where(quotient.c.id == row.id).values(valid_until_on=ends))
    connection.execute(
        insert(quotient).values(
            payer_id=payer_id,
            value_cents=value_cents,
            valid_from_on=valid_from,
            valid_until_on=valid_until,
            source=source,
            recorded_at=gesture.now,
            seen_by=gesture.agent.agent_id,
        )
    )


def write_child(gesture: Gesture, dossier_id: int, form: ChildForm) -> int:
    """Write a child with the snapshot that names them, school, class and renewed ALSH years; return the child's id.

    Raises FormRefused on an unknown school, RenewalRefused.
    """
    check_school(gesture, form)
    child_id = allocate_id(gesture.connection, t.child)
    snapshot_id = take_snapshot(
        gesture.connection, SnapshotKind.CHILD, child_id, person_name(form.first_name, form.last_name), "", gesture.now
    )
    gesture.connection.execute(
        insert(t.child).values(
            id=child_id,
            dossier_id=dossier_id,
            last_name=form.last_name,
            first_name=form.first_name,
            birth_on=form.birth_on,
            meal_supplied=form.meal_supplied,
            snapshot_id=snapshot_id,
        )
    )
    gesture.connection.execute(
        insert(t.schooling).values(
            child_id=child_id,
            school_code=form.school_code,
            class_name=form.class_name,
            from_on=school_year_began(today_of(gesture)),
        )
    )
    write_renewals(gesture, child_id, form.renew_alsh_years)
    return child_id


def check_school(gesture: Gesture, form: ChildForm) -> None:
    """Refuse a school the commune does not have, or a class that school does not have. Raises FormRefused."""
    try:
        school = gesture.commune.school(form.school_code)
    except KeyError:
        raise FormRefused("Choisissez l’école de l’enfant dans la liste.", "school_code") from None
    if form.class_name and school.classes and form.class_name not in school.classes:
        raise FormRefused(
            f"« {form.class_name} » n’est pas une classe de {school.name} : {', '.join(school.classes)}.", "class_name"
        )


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


def _guardian_values(form: GuardianForm) -> dict[str, object]:
    return {
        "last_name": form.last_name,
        "first_name": form.first_name,
        "birth_on": form.birth_on,
        "email": form.email,
        "phone": form.phone,
        "address": form.address,
        "postcode": form.postcode,
        "city": form.city,
    }
