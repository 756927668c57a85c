"""Appointments with Enfance/Jeunesse: booked, moved, cancelled, kept or missed; each a gesture of its own, nothing deleted.

The diary is locked as a whole while one is written: two desks that want the same quarter of an hour come one after the other, and the
second is told the next free times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from models import tables as t
from models.states import AppointmentState
from tui_portail.appointment_times import Fit, closed_words, find_place, instant_of, openings_of
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import FormRefused, checked_phone, checked_reason
from tui_portail.french import date_time_text, short_date, time_text
from tui_portail.instants import after_minutes, in_paris
from tui_portail.services.desk import Desk
from tui_portail.services.diary import AppointmentView, free_from, load_appointment, taken_times, times_words
from tui_portail.services.dossier_gesture import lock_dossier
from tui_portail.services.family_facts import lock_dossier_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right

PROPOSED = 3
NOTHING_FREE = "Aucune heure n’est libre dans les deux mois qui suivent : prenez-en une hors plage."
OUTSIDE_OPENINGS = "RENDEZ_VOUS_HORS_PLAGE"
SUBJECT = "appointment"


class AppointmentTaken(PortailError):
    """Somebody else is received then."""

    code = "RENDEZ_VOUS_PRIS"


class OutsideOpenings(PortailError):
    """The template does not receive then: asked again with `outside`, it is booked all the same."""

    code = OUTSIDE_OPENINGS


class AppointmentPast(PortailError):
    """An appointment is booked for a time to come."""

    code = "RENDEZ_VOUS_PASSE"


class AppointmentChanged(PortailError):
    """The appointment is no longer what the screen showed."""

    code = "RENDEZ_VOUS_CHANGE"


class AppointmentNotDue(PortailError):
    """A family cannot have missed, nor kept, what has not come."""

    code = "RENDEZ_VOUS_A_VENIR"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes: a dossier, or a name and a telephone where the family has none yet."""

    dossier_id: int | None = None
    name: str = ""
    phone: str = ""

    def checked(self) -> Visitor:
        """Return it cleaned; a family's name and telephone are its dossier's. Raises FormRefused."""
        if self.dossier_id is not None:
            return Visitor(self.dossier_id)
        name = checked_reason(self.name, 200, "le nom", "name")
        if not any(map(str.isalpha, name)):
            raise FormRefused("Donnez le nom de la famille : il est obligatoire.", "name")
        return Visitor(None, name, checked_phone(self.phone, "phone"))


def book_appointment(
    desk: Desk,
    starts: datetime,
    kind_code: str,
    visitor: Visitor,
    note: str,
    operation: str,
    *,
    outside: bool = False,
) -> AppointmentView:
    """Book an appointment at a naive Paris wall time, for as long as its kind takes. `outside`: even where the template does not receive.

    Raises AppointmentTaken (with the next free times), OutsideOpenings, AppointmentPast, FormRefused, InvalidInput, DossierErased,
    NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        who = visitor.checked()
        kind = gesture.commune.policy.appointments.kind(kind_code)
        if kind is None:
            raise InvalidInput("Ce motif n’est plus dans la liste de la commune : choisissez-en un autre.")
        if who.dossier_id is not None:
            lock_dossier(gesture.connection, who.dossier_id)
        lock_diary(gesture.connection)
        starts_at = instant_of(starts)
        place = _place(gesture, starts_at, kind.minutes, outside)
        appointment_id = gesture.connection.execute(
            insert(t.appointment)
            .values(
                starts_at=starts_at,
                minutes=kind.minutes,
                place=place,
                kind_code=kind.code,
                state=AppointmentState.PLANNED.value,
                dossier_id=who.dossier_id,
                name=who.name,
                phone=who.phone,
                note=checked_reason(note, 300, "la note", "note"),
                booked_at=gesture.now,
                booked_by=gesture.agent.agent_id,
            )
            .returning(t.appointment.c.id)
        ).scalar_one()
        return _done(appointment_id, who.dossier_id, starts_at)

    content = [starts, kind_code, visitor.dossier_id, visitor.name, visitor.phone, note, outside]
    return _perform(desk, "prendre_rendez_vous", operation, content, work)


def move_appointment(
    desk: Desk, appointment_id: int, moved: int, starts: datetime, operation: str, *, outside: bool = False
) -> AppointmentView:
    """Move a planned appointment to another naive Paris wall time; `moved` is how many times it had been when the agent saw it.

    Raises AppointmentChanged, AppointmentTaken, OutsideOpenings, AppointmentPast, InvalidInput, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        row = _planned(gesture.connection, appointment_id, moved)
        starts_at = instant_of(starts)
        if starts_at == row.starts_at:
            raise InvalidInput("Ce rendez-vous est déjà à cette heure : choisissez-en une autre.")
        place = _place(gesture, starts_at, row.minutes, outside, without=appointment_id)
        _write(gesture, appointment_id, starts_at=starts_at, place=place, moved=row.moved + 1)
        return _done(appointment_id, row.dossier_id, starts_at)

    return _perform(desk, "deplacer_rendez_vous", operation, [appointment_id, moved, starts, outside], work)


def cancel_appointment(desk: Desk, appointment_id: int, moved: int, reason: str, operation: str) -> AppointmentView:
    """Cancel a planned appointment with a reason that is kept; its time is free again. Raises AppointmentChanged, FormRefused."""

    def work(gesture: Gesture) -> Done:
        why = checked_reason(reason, 200, "le motif", "reason")
        if not why:
            raise FormRefused("Écrivez un motif : il est conservé avec votre nom.", "reason")
        row = _planned(gesture.connection, appointment_id, moved)
        _write(gesture, appointment_id, state=AppointmentState.CANCELLED.value, ended_at=gesture.now)
        return _done(appointment_id, row.dossier_id, row.starts_at, why)

    return _perform(desk, "annuler_rendez_vous", operation, [appointment_id, moved, reason], work)


def mark_kept(desk: Desk, appointment_id: int, operation: str) -> AppointmentView:
    """Say that the family came, from the day itself on. Raises AppointmentNotDue, AppointmentChanged, NotAllowed."""

    def work(gesture: Gesture) -> Done:
        row = _planned(gesture.connection, appointment_id)
        if in_paris(row.starts_at).date() > in_paris(gesture.now).date():
            raise AppointmentNotDue(
                f"Ce rendez-vous est pour le {date_time_text(row.starts_at)} : la famille n’est pas venue."
            )
        _write(gesture, appointment_id, state=AppointmentState.KEPT.value, ended_at=gesture.now)
        return _done(appointment_id, row.dossier_id, row.starts_at)

    return _perform(desk, "honorer_rendez_vous", operation, [appointment_id], work)


def mark_missed(desk: Desk, appointment_id: int, operation: str) -> AppointmentView:
    """Say that the family did not come, once its time has; its place is free again. Raises AppointmentNotDue, AppointmentChanged."""

    def work(gesture: Gesture) -> Done:
        row = _planned(gesture.connection, appointment_id)
        if row.starts_at > gesture.now:
            raise AppointmentNotDue(
                f"Ce rendez-vous est pour le {date_time_text(row.starts_at)} : la famille ne peut pas encore l’avoir manqué."
            )
        _write(gesture, appointment_id, state=AppointmentState.MISSED.value, ended_at=gesture.now)
        return _done(appointment_id, row.dossier_id, row.starts_at)

    return _perform(desk, "manquer_rendez_vous", operation, [appointment_id], work)


def plan_again(desk: Desk, appointment_id: int, operation: str) -> AppointmentView:
    """Undo « honoré » or « absent », typed by mistake. Raises AppointmentChanged, AppointmentTaken when its place was given since."""

    def work(gesture: Gesture) -> Done:
        row = _lock(gesture.connection, appointment_id)
        if row.state not in (AppointmentState.KEPT.value, AppointmentState.MISSED.value):
            raise AppointmentChanged("Ce rendez-vous n’est ni honoré ni absent : il n’y a rien à reprendre.")
        day = in_paris(row.starts_at).date()
        known = taken_times(gesture.connection, day, day, without=appointment_id)
        ends_at = after_minutes(row.starts_at, row.minutes)
        if any(one.place == row.place and one.overlaps(row.starts_at, ends_at) for one in known):
            raise AppointmentTaken(
                "Cette heure a été donnée à une autre famille depuis : prenez un nouveau rendez-vous."
            )
        _write(gesture, appointment_id, state=AppointmentState.PLANNED.value, ended_at=None)
        return _done(appointment_id, row.dossier_id, row.starts_at)

    return _perform(desk, "reprendre_rendez_vous", operation, [appointment_id], work)


def link_to_dossier(desk: Desk, appointment_id: int, dossier_id: int, operation: str) -> AppointmentView:
    """Give an appointment taken under a name its family's dossier, once there is one: the name and telephone typed are its from then on.

    Raises AppointmentChanged when it has a dossier already, DossierErased, DossierUnknown, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        lock_dossier(gesture.connection, dossier_id)
        lock_diary(gesture.connection)
        row = _row(gesture.connection, appointment_id)
        if row.dossier_id is not None:
            raise AppointmentChanged("Ce rendez-vous a déjà son dossier.")
        _write(gesture, appointment_id, dossier_id=dossier_id, name="", phone="")
        return _done(appointment_id, dossier_id, row.starts_at)

    return _perform(desk, "rattacher_rendez_vous", operation, [appointment_id, dossier_id], work)


def lock_diary(connection: Connection) -> None:
    """Let one gesture write in the diary at a time until its transaction ends; SQLite's write transaction already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(SUBJECT, 0))))


def _place(gesture: Gesture, starts_at: datetime, minutes: int, outside: bool, without: int = 0) -> int:
    """Return the place an appointment takes, the diary being locked. Raises AppointmentPast, AppointmentTaken, OutsideOpenings."""
    if starts_at <= gesture.now:
        raise AppointmentPast(f"Le {date_time_text(starts_at)} est passé : choisissez une heure à venir.")
    connection, commune = gesture.connection, gesture.commune
    rules, calendar = commune.policy.appointments, commune.calendar
    day = in_paris(starts_at).date()
    openings = openings_of(rules, calendar, day)
    fit, place = find_place(openings, taken_times(connection, day, day, without), day, starts_at, minutes)
    if fit is Fit.TAKEN:
        following = free_from(connection, commune, day, minutes, gesture.now, without)
        times = times_words(islice((one for one in following if one > starts_at), PROPOSED))
        then = f"Prochaines heures libres pour {minutes} minutes : {times}." if times else NOTHING_FREE
        raise AppointmentTaken(f"Le {date_time_text(starts_at)} est déjà pris. {then}")
    if fit is Fit.OUTSIDE and not outside:
        why = closed_words(rules, calendar, day) or f"{minutes} minutes n’y tiennent dans aucune plage de l’agenda"
        raise OutsideOpenings(f"Le {date_time_text(starts_at)} est hors plage : {why}.")
    return place


def _perform(
    desk: Desk, name: str, operation: str, content: object, work: Callable[[Gesture], Done]
) -> AppointmentView:
    def answer(kept: Mapping[str, Any]) -> AppointmentView:
        return load_appointment(desk, kept["appointment_id"])

    return perform(desk, name, Right.APPOINTMENTS, operation, content, work, answer)


def _done(appointment_id: int, dossier_id: int | None, starts_at: datetime, reason: str = "") -> Done:
    """Return what the audit trail keeps: when, and nobody's name."""
    words = f"{short_date(in_paris(starts_at).date())} à {time_text(starts_at)}"
    details = {"subject": SUBJECT, "id": appointment_id, "words": words}
    return Done({"appointment_id": appointment_id}, SUBJECT, appointment_id, dossier_id, reason, details)


def _row(connection: Connection, appointment_id: int) -> Any:
    row = connection.execute(select(t.appointment).where(t.appointment.c.id == appointment_id)).first()
    if row is None:
        raise AppointmentChanged("Ce rendez-vous n’est plus dans l’agenda : relisez-le.")
    return row


def _lock(connection: Connection, appointment_id: int) -> Any:
    """Lock the dossier of an appointment, then the diary, and return the appointment. Raises DossierErased, AppointmentChanged."""
    dossier_id = lock_dossier_of(
        connection, select(t.appointment.c.dossier_id).where(t.appointment.c.id == appointment_id)
    )
    if dossier_id is not None:
        lock_dossier(connection, dossier_id)
    lock_diary(connection)
    return _row(connection, appointment_id)


def _planned(connection: Connection, appointment_id: int, moved: int | None = None) -> Any:
    """Lock the diary and return an appointment still planned, at the time the agent saw. Raises AppointmentChanged."""
    row = _lock(connection, appointment_id)
    if row.state != AppointmentState.PLANNED.value:
        raise AppointmentChanged(
            f"Ce rendez-vous n’est plus prévu : il est « {STATE_WORDS[AppointmentState(row.state)]} »."
        )
    if moved is not None and row.moved != moved:
        raise AppointmentChanged(
            f"Un autre poste a déplacé ce rendez-vous au {date_time_text(row.starts_at)}. Rien n’a été changé : relisez l’agenda."
        )
    return row


def _write(gesture: Gesture, appointment_id: int, **values: object) -> None:
    gesture.connection.execute(update(t.appointment).where(t.appointment.c.id == appointment_id).values(**values))


STATE_WORDS = {
    AppointmentState.PLANNED: "prévu",
    AppointmentState.KEPT: "honoré",
    AppointmentState.MISSED: "absent",
    AppointmentState.CANCELLED: "annulé",
}
