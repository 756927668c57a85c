"""What the diary shows: the lines of a day, the columns of a week. Words only, no widget."""

from __future__ import annotations

from datetime import datetime

from screens.columns import Column, fit
from screens.records_list import Record
from tui_portail.appointment_times import FreeTime
from tui_portail.french import day_name, long_date, plural, time_text
from tui_portail.instants import in_paris
from tui_portail.services.appointments import STATE_WORDS
from tui_portail.services.diary import AppointmentState, AppointmentView, DiaryDay

COLUMNS = (
    Column("Heure", 13),
    Column("P", 1),
    Column("Famille", 16, share=2),
    Column("Motif", 16, share=1),
    Column("Téléphone", 14),
    Column("État", 7),
    Column("Note", 16, share=2, from_width=112),
)
_STYLES = {
    AppointmentState.PLANNED: "",
    AppointmentState.KEPT: "$success",
    AppointmentState.MISSED: "$warning",
    AppointmentState.CANCELLED: "$foreground 60%",
}
_LETTERS = {AppointmentState.KEPT: "o", AppointmentState.MISSED: "a"}


def free_key(free: FreeTime) -> int:
    """Return the key of a free line, never an appointment's: its minute in the day, below zero."""
    wall = in_paris(free.starts_at)
    return -1 - wall.hour * 60 - wall.minute


def day_records(day: DiaryDay, now: datetime, minutes: int = 0) -> list[Record]:
    """Return the lines of a day in order, among appointments the times free for so many minutes."""
    several = any(opening.places > 1 for opening in day.openings)
    lines = [(one.starts_at, 0, _taken(one, now, several=several)) for one in day.appointments]
    lines += [(free.starts_at, 1, _free(free, several=several)) for free in day.free if free.minutes >= minutes]
    return [record for _, _, record in sorted(lines, key=lambda line: line[:2])]


def _taken(one: AppointmentView, now: datetime, *, several: bool) -> Record:
    starts, ends = in_paris(one.starts_at), in_paris(one.ends_at)
    waits = one.state is AppointmentState.PLANNED and one.starts_at <= now
    texts = (
        f"{starts:%H:%M} – {ends:%H:%M}",
        f"{one.place + 1}" if several else "",
        one.who,
        one.kind,
        one.phone,
        "prévu ?" if waits else STATE_WORDS[one.state],
        one.note,
    )
    return Record(one.appointment_id, texts, "$accent" if waits else _STYLES[one.state])


def _free(free: FreeTime, *, several: bool) -> Record:
    posts = plural(len(free.places), "poste") if several else ""
    texts = (f"{in_paris(free.starts_at):%H:%M}", "", f"· {_length(free.minutes)}", posts, "", "libre", "")
    return Record(free_key(free), texts, "$secondary")


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def day_summary(day: DiaryDay) -> str:
    """Return the line above a day: how many come, what is free first, or why nobody is received."""
    first = f"libre dès {time_text(day.free[0].starts_at)}" if day.free else "rien de libre"
    words = f"{long_date(day.day).capitalize()} · {plural(len(day.expected), 'rendez-vous')}"
    return f"{words} · {first if day.openings else day.closed}"


def week_summary(days: tuple[DiaryDay, ...]) -> str:
    """Return the line above a week."""
    expected = plural(sum(len(day.expected) for day in days), "rendez-vous")
    return f"Semaine du {long_date(days[0].day)} au {long_date(days[-1].day)} · {expected}"


def week_column(day: DiaryDay, width: int, height: int, *, chosen: bool) -> list[str]:
    """Return the lines of a day in a week, each of `width` cells: its name, how many come, what is free first, then who."""
    name = f"{day_name(day.day)[:3]} {day.day:%d/%m}"
    free = "sans place" if day.openings else "fermé"
    if day.free:
        free = f"libre {in_paris(day.free[0].starts_at):%H:%M}"
    lines = [f"[{name}]" if chosen else f" {name}", f" {len(day.expected)} rdv", f" {free}", ""]
    who = [_short(one) for one in day.expected]
    room = height - len(lines)
    if len(who) > room:
        who = [*who[: room - 1], f" + {len(who) - room + 1} autres"]
    return [fit(line, width) for line in (*lines, *who)]


def _short(one: AppointmentView) -> str:
    return f"{_LETTERS.get(one.state, ' ')}{in_paris(one.starts_at):%H:%M} {one.who}"
