"""The few fields of an appointment: what for, when, whose; and the question asked outside the weekly template."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import TypeVar, cast

from screens.carrying_on import Superseded
from screens.choice_field import ChoiceField
from screens.desk_screen import DeskDialog, Framed
from screens.dialogs import ConfirmDialog
from screens.find_family import FamilyFound
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.time_field import TimeField
from tui_portail.errors import InvalidInput
from tui_portail.french import date_time_text, plural
from tui_portail.service_rules import AppointmentKind
from tui_portail.services.appointments import OutsideOpenings, Visitor, book_appointment, move_appointment
from tui_portail.services.diary import AppointmentView

T = TypeVar("T")


def day_given(day: object) -> object:
    """Refuse an empty day. Raises InvalidInput."""
    if day is None:
        raise InvalidInput("Donnez le jour.")
    return day


def _when(today: date, starts: datetime | None, day: date) -> tuple[Field, Field]:
    """Return the fields of the day and of the hour."""
    return (
        DateField("day", "Jour", today, starts.date() if starts else day, judge=day_given, proposed=True),
        TimeField("at", "Heure", starts.time() if starts else None, required=True),
    )


def _starts(values: dict[str, object]) -> datetime:
    return datetime.combine(cast(date, values["day"]), cast(time, values["at"]))


async def even_outside(asking: Framed, write: Callable[[bool], Awaitable[T]]) -> T:
    """Write, and again outside the template if the agent confirms. Raises Superseded when not, and what the write refuses."""
    try:
        return await write(False)
    except OutsideOpenings as refused:
        lines = (refused.sentence, "Le prendre quand même ?")
        app = cast("DeskDialog[object]", asking).app
        if await app.push_screen_wait(ConfirmDialog("Hors plage", lines, yes="Prendre", no="Choisir une autre heure")):
            return await write(True)
        raise Superseded from None


class BookingDialog(FormDialog[AppointmentView | None]):
    """Books an appointment for a family. `starts` is the free time chosen, a naive Paris wall time, None to type one."""

    def __init__(
        self, family: FamilyFound, kinds: Sequence[AppointmentKind], kind_code: str, starts: datetime | None, day: date
    ) -> None:
        super().__init__()
        self.title = f"Rendez-vous : {family.label}"
        self._family, self._kinds, self._kind_code = family, tuple(kinds), kind_code
        self._start, self._day = starts, day

    def form_fields(self) -> Iterable[Field]:
        """What for, whom to call where there is no dossier, when."""
        choices = [(kind.code, f"{kind.label} ({plural(kind.minutes, 'minute')})") for kind in self._kinds]
        kind = ChoiceField("kind", "Motif", choices, self._kind_code, full=True)
        when = _when(self.today, self._start, self._day)
        note = TextField("note", "Note", placeholder="rien de médical", full=True)
        if self._family.dossier_id is not None:
            return (kind, note, *when) if self._start else (*when, kind, note)
        phone = TextField("phone", "Téléphone", placeholder="pour prévenir d’un changement")
        name = TextField("name", "Nom", self._family.label)
        return (phone, name, kind, note, *when) if self._start else (*when, phone, name, kind, note)

    async def save(self, values: dict[str, object]) -> AppointmentView | None:
        """Book it; outside the template, once confirmed."""
        desk, starts, kind = self.desk, _starts(values), str(values["kind"])
        visitor = Visitor(self._family.dossier_id, str(values.get("name", "")), str(values.get("phone", "")))
        note = str(values["note"])

        async def write(outside: bool) -> AppointmentView:
            return await self.send(
                "book",
                lambda operation: book_appointment(desk, starts, kind, visitor, note, operation, outside=outside),
            )

        return await even_outside(self, write)


class MoveDialog(FormDialog[AppointmentView | None]):
    """Moves an appointment to a day and an hour typed."""

    def __init__(self, appointment: AppointmentView, day: date) -> None:
        super().__init__()
        self.title = f"Déplacer : {appointment.who}, {date_time_text(appointment.starts_at)}"
        self._appointment, self._day = appointment, day

    def form_fields(self) -> Iterable[Field]:
        """When."""
        return _when(self.today, None, self._day)

    async def save(self, values: dict[str, object]) -> AppointmentView | None:
        """Move it; outside the template, once confirmed."""
        return await moved_to(self, self._appointment, _starts(values))


class DayDialog(FormDialog[date | None]):
    """Asks for a day to go to."""

    TITLE = "Aller à un jour"

    def form_fields(self) -> Iterable[Field]:
        """The day."""
        return (DateField("day", "Jour", self.today, judge=day_given),)

    def keys_line(self) -> str:
        """Nothing is saved."""
        return "Entrée : y aller · Échap : annuler"

    async def save(self, values: dict[str, object]) -> date | None:
        """Return the day."""
        return cast(date, values["day"])


async def moved_to(asking: Framed, appointment: AppointmentView, starts: datetime) -> AppointmentView:
    """Move an appointment to a naive Paris wall time; outside the template, once confirmed."""
    desk, appointment_id, moved = asking.desk, appointment.appointment_id, appointment.moved

    async def write(outside: bool) -> AppointmentView:
        return await asking.send(
            "move", lambda operation: move_appointment(desk, appointment_id, moved, starts, operation, outside=outside)
        )

    return await even_outside(asking, write)
