"""The service's diary: a day's times, taken and free, or its week; appointments booked, moved, cancelled, kept or missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens import diary_words as words
from screens.appointment_dialogs import BookingDialog, DayDialog, MoveDialog, moved_to
from screens.bars import Kind
from screens.commands import bindings_of
from screens.dialogs import ChoiceDialog, ReasonDialog
from screens.find_family import FamilyFound, FindFamilyDialog
from screens.gestures import gesture
from screens.read_for_agent import ReadForAgent
from screens.records_list import RecordsList
from screens.week_grid import WeekGrid
from tui_portail.appointment_times import FreeTime
from tui_portail.errors import PortailError
from tui_portail.french import date_time_text, elide, long_date
from tui_portail.instants import in_paris
from tui_portail.service_rules import AppointmentKind
from tui_portail.services.appointments import cancel_appointment, link_to_dossier, mark_kept, mark_missed, plan_again
from tui_portail.services.desk import Desk
from tui_portail.services.diary import (
    KNOWN_FAMILY,
    AppointmentView,
    DiaryDay,
    appointment_kinds,
    diary,
    next_day_free,
)
from tui_portail.services.diary_papers import print_day_sheet, write_calendar
from tui_portail.services.dossiers import load_dossier
from tui_portail.weeks import monday_of

WEEK, ONE_DAY = timedelta(days=7), timedelta(days=1)
SATURDAY = 5
MONTHS_EXPORTED = timedelta(days=92)
_MARKS: dict[str, tuple[Callable[[Desk, int, str], AppointmentView], str]] = {
    "kept": (mark_kept, "honoré. u : reprendre."),
    "missed": (mark_missed, "absent, l’heure est de nouveau libre. u : reprendre."),
    "again": (plan_again, "de nouveau prévu."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a free time to be chosen: a family to book, or an appointment to move."""

    family: FamilyFound
    kind_code: str
    moving: AppointmentView | None = None

    @property
    def words(self) -> str:
        """What the agent is asked."""
        doing = "Rendez-vous à déplacer" if self.moving else "Rendez-vous à prendre"
        return f"{doing} · {self.family.label} : choisissez une heure libre, Entrée. n : une autre heure. Échap : renoncer."


class AppointmentsScreen(ReadForAgent):
    """A day, or the week it is in. Given a dossier, the time chosen next is its own; `kind_code` is proposed."""

    AREA = "appointments"
    TITLE = "Rendez-vous"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("appointments")
    DEFAULT_CSS = """
    AppointmentsScreen #diary-sum { height: auto; max-height: 2; padding: 0 1; text-style: bold; }
    AppointmentsScreen #diary-waiting { height: auto; max-height: 2; padding: 0 1; color: $warning; display: none; }
    AppointmentsScreen #diary-waiting.-shown { display: block; }
    AppointmentsScreen WeekGrid { display: none; }
    AppointmentsScreen.-week WeekGrid { display: block; }
    AppointmentsScreen.-week RecordsList { display: none; }
    """
    HELP = (
        "Entrée sur une heure libre : prendre un rendez-vous ; sur un rendez-vous : ouvrir le dossier. « prévu ? » : l’heure est\n"
        "passée, dites o (honoré) ou a (absent) ; u reprend l’un ou l’autre. n prend une heure hors plage, après confirmation."
    )

    def __init__(self, dossier_id: int | None = None, kind_code: str = KNOWN_FAMILY) -> None:
        super().__init__()
        self._day: date | None = None
        self._days: tuple[DiaryDay, ...] = ()
        self._kinds: tuple[AppointmentKind, ...] = ()
        self._for_dossier = (dossier_id, kind_code)
        self._waiting: Waiting | None = None
        self._just_written: int | None = None

    def compose_body(self) -> Iterable[Widget]:
        """What the day comes to, what waits for a time, the day or the week."""
        yield Static("", id="diary-sum", markup=False)
        yield Static("", id="diary-waiting", markup=False)
        yield RecordsList(
            words.COLUMNS, id="diary", empty="Aucun rendez-vous, aucune heure libre. n : prendre une heure hors plage."
        )
        yield WeekGrid(id="week")

    # -- showing ---------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read what is shown."""
        self.read_diary()

    def forget(self) -> None:
        """Take off what was read for another agent."""
        self._days, self._waiting = (), None
        self.query_one(RecordsList).show([])
        self.query_one(WeekGrid).show((), self.today)
        self.query_one("#diary-sum", Static).update("")
        self._show_waiting()

    def action_reload(self) -> None:
        """Read the diary again."""
        self.message("")
        self.read_diary()

    @gesture(group="diary", exclusive=True)
    async def read_diary(self) -> None:
        """Read the week of the day shown; the first time, the dossier the screen was opened for."""
        if not self._kinds:
            self._kinds = await self.ask(appointment_kinds, self.desk)
        if self._day is None:  # set once all is read: a reading may be overtaken by another
            self._waiting, self._day = await self._first_shown()
        monday = monday_of(self._day)
        week = await self.ask(diary, self.desk, monday, monday + WEEK - ONE_DAY)
        self._days = tuple(
            day
            for day in week
            if day.day.weekday() < SATURDAY or day.openings or day.appointments or day.day == self._day
        )
        self._show()

    async def _first_shown(self) -> tuple[Waiting | None, date]:
        """Return today; for a dossier, what waits for a time and the first day that has one."""
        dossier_id, kind_code = self._for_dossier
        if dossier_id is None:
            return None, self.today
        view = await self.ask(load_dossier, self.desk, dossier_id)
        day = await self.ask(next_day_free, self.desk, self.today, max(1, self._minutes(kind_code)))
        return Waiting(FamilyFound(dossier_id, view.label), kind_code), day

    def _minutes(self, kind_code: str) -> int:
        return next((kind.minutes for kind in self._kinds if kind.code == kind_code), 0)

    @property
    def _needed(self) -> int:
        """How long a time must be free to be offered."""
        if self._waiting is None:
            return 0
        moving = self._waiting.moving
        return moving.minutes if moving else self._minutes(self._waiting.kind_code)

    @property
    def _as_week(self) -> bool:
        return self.has_class("-week")

    @property
    def _shown(self) -> DiaryDay | None:
        return next((day for day in self._days if day.day == self._day), None)

    def _show(self) -> None:
        records, week, day = self.query_one(RecordsList), self.query_one(WeekGrid), self._shown
        if day is None or self._day is None:
            return
        said = words.week_summary(self._days) if self._as_week else words.day_summary(day)
        self.query_one("#diary-sum", Static).update(Content(said))
        records.show(words.day_records(day, self.desk.now_estimate(), self._needed))
        if self._just_written is not None:
            records.choose(self._just_written)
            self._just_written = None
        week.show(self._days, self._day)
        (week if self._as_week else records.lines).focus()
        self._show_waiting()

    def _show_waiting(self) -> None:
        shown = self.query_one("#diary-waiting", Static)
        shown.set_class(self._waiting is not None, "-shown")
        shown.update(Content(self._waiting.words if self._waiting else ""))

    # -- where one is ----------------------------------------------------------------------------------------------------

    def action_toggle_view(self) -> None:
        """From the day to its week, and back."""
        if self._as_week and (day := self.query_one(WeekGrid).day):
            self._day = day
        self.toggle_class("-week")
        self.message("")
        self._show()

    @on(WeekGrid.Opened)
    def _day_opened(self) -> None:
        self.action_toggle_view()

    def action_step(self, step: int) -> None:
        """Go to the next day shown, or the next week; or before."""
        if self._day is None or not self._days:
            return
        days = [day.day for day in self._days]
        place = days.index(self._day) + step
        if self._as_week:
            self._go(self._day + WEEK * step)
        elif 0 <= place < len(days):
            self._go(days[place])
        else:  # Monday, or Friday: the weekend is shown only when something is on it
            self._go(monday_of(self._day) + (WEEK if step > 0 else -3 * ONE_DAY))

    def action_today(self) -> None:
        """Come back to today."""
        self._go(self.today)

    @gesture(group="go")
    async def action_ask_day(self) -> None:
        """Go to a day typed."""
        day = await self.app.push_screen_wait(DayDialog())
        if day is not None:
            self._go(day)

    def _go(self, day: date) -> None:
        self._day = day
        self.message("")
        self.read_diary()

    def action_back(self) -> None:
        """Give up what waits for a time, else leave."""
        if self._waiting is None:
            super().action_back()
            return
        self._waiting = None
        self._show()

    # -- writing ---------------------------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> AppointmentView | FreeTime | None:
        """The line under the cursor of the day."""
        key, day = self.query_one(RecordsList).chosen, self._shown
        if key is None or day is None or self._as_week:
            return None
        if key < 0:
            return next((free for free in day.free if words.free_key(free) == key), None)
        return next((one for one in day.appointments if one.appointment_id == key), None)

    def _appointment(self) -> AppointmentView | None:
        chosen = self._chosen
        if isinstance(chosen, AppointmentView):
            return chosen
        self.message("choisissez un rendez-vous, dans la vue du jour.")
        return None

    @on(OptionList.OptionSelected)
    @gesture(group="write")
    async def action_open_line(self) -> None:
        """Book or move on a free time; open the dossier of an appointment."""
        chosen = self._chosen
        if isinstance(chosen, FreeTime):
            await self._take(in_paris(chosen.starts_at).replace(tzinfo=None))
        elif chosen is not None and chosen.dossier_id is not None:
            self.portail.open("dossier", chosen.dossier_id)
        elif chosen is not None:
            self.message(f"{chosen.who} n’a pas encore de dossier : F8 inscrit la famille, l rattache un dossier.")

    @gesture(group="write")
    async def action_other_time(self) -> None:
        """Book, or move, at an hour typed: it may be outside the weekly template."""
        await self._take(None)

    async def _take(self, starts: datetime | None) -> None:
        """Use a time for what waits for one, else for a family found now."""
        if not self._kinds:
            self.message(
                "les règles de la commune ne disent aucun motif de rendez-vous ([rendez_vous] de son fichier).",
                Kind.REFUSED,
            )
            return
        day = self._day or self.today
        waiting = self._waiting
        if waiting is not None and waiting.moving is not None:
            if starts is None:
                moved = await self.app.push_screen_wait(MoveDialog(waiting.moving, day))
            else:
                moved = await moved_to(self, waiting.moving, starts)
            self._done(moved, "déplacé au")
            return
        if waiting is None:
            found = await self.app.push_screen_wait(
                FindFamilyDialog("Prendre un rendez-vous", "Pour quelle famille ? Sans dossier, tapez son nom.")
            )
            if found is None:
                return
            waiting = Waiting(found, KNOWN_FAMILY if found.dossier_id is not None else "")
        booked = await self.app.push_screen_wait(
            BookingDialog(waiting.family, self._kinds, waiting.kind_code, starts, day)
        )
        self._done(booked, "pris le")

    def _done(self, appointment: AppointmentView | None, verb: str) -> None:
        if appointment is None:
            return
        self._waiting, self._just_written = None, appointment.appointment_id
        self._go(appointment.day)
        self.message(
            f"rendez-vous {elide('de', appointment.who)} {verb} {date_time_text(appointment.starts_at)}.", Kind.DONE
        )

    def action_move(self) -> None:
        """Take an appointment to another time, chosen next."""
        if (one := self._appointment()) is not None:
            self._waiting = Waiting(FamilyFound(one.dossier_id, one.who), one.kind_code, one)
            self._show()

    @gesture(group="write")
    async def action_cancel_chosen(self) -> None:
        """Cancel an appointment, with a reason."""
        if (one := self._appointment()) is None:
            return
        explanation = f"{one.who}, {date_time_text(one.starts_at)}. L’heure redevient libre."
        reason = await self.app.push_screen_wait(ReasonDialog("Annuler le rendez-vous", explanation))
        if reason is None:
            return
        desk = self.desk
        await self.send(
            "cancel", lambda operation: cancel_appointment(desk, one.appointment_id, one.moved, reason, operation)
        )
        self.message(f"rendez-vous {elide('de', one.who)} annulé.", Kind.DONE)
        self.read_diary()

    @gesture(group="write")
    async def action_mark(self, name: str) -> None:
        """Say that the family came, that it did not, or that neither is known."""
        if (one := self._appointment()) is None:
            return
        write, said = _MARKS[name]
        desk = self.desk
        await self.send(name, lambda operation: write(desk, one.appointment_id, operation))
        self.message(f"{one.who} : {said}", Kind.DONE)
        self.read_diary()

    @gesture(group="write")
    async def action_link(self) -> None:
        """Give its dossier to an appointment that has none."""
        if (one := self._appointment()) is None:
            return
        if one.dossier_id is not None:
            self.message("ce rendez-vous a déjà son dossier : Entrée l’ouvre.")
            return
        dialog = FindFamilyDialog(
            "Rattacher à un dossier", f"Quel est le dossier {elide('de', one.who)} ?", without_dossier=False
        )
        found = await self.app.push_screen_wait(dialog)
        if found is None or found.dossier_id is None:
            return
        desk, dossier_id = self.desk, found.dossier_id
        await self.send("link", lambda operation: link_to_dossier(desk, one.appointment_id, dossier_id, operation))
        self.message(f"rendez-vous rattaché au dossier {elide('de', found.label)}.", Kind.DONE)
        self.read_diary()

    def refused(self, error: PortailError) -> None:
        """Say why; what is shown was no longer so when another desk acted."""
        super().refused(error)
        if error.code.startswith("RENDEZ_VOUS"):
            self.read_diary()

    # -- what goes out ---------------------------------------------------------------------------------------------------

    @gesture(group="print", keys_wait=False)
    async def action_print_day(self) -> None:
        """Draw the sheet of the day and print it."""
        day = self.query_one(WeekGrid).day if self._as_week else self._day
        printed = await self.ask(print_day_sheet, self.desk, day or self.today)
        self.message(printed.sentence, Kind.DONE)

    @gesture(group="export")
    async def action_export(self) -> None:
        """Write an iCalendar file of the days chosen."""
        if not self._days:
            return
        day, first, last = self._day or self.today, self._days[0].day, self._days[-1].day
        spans = (
            (day, day, f"le {long_date(day)}"),
            (first, last, f"la semaine du {long_date(first)}"),
            (day, day + MONTHS_EXPORTED, f"trois mois à partir du {long_date(day)}"),
        )
        labels = [label for *_, label in spans]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Exporter au format iCalendar", "Quels jours ?", labels))
        if chosen is not None:
            written = await self.ask(write_calendar, self.desk, *spans[chosen][:2])
            self.message(written.sentence, Kind.DONE)
