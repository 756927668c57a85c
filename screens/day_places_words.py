"""The words of « Places d’une journée »: a line an activity's day, and all there is to say of the one under the cursor. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from screens.columns import Column
from screens.records_list import Record
from screens.short_labels import short_label
from tui_portail.french import grid_day, long_date, plural, run_of_days
from tui_portail.services.day_places import ChangedDays
from tui_portail.services.week_places import DayPlaces, LimitLeft, WeekPlaces

_LABEL = 18
COLUMNS = (
    Column("Jour", 5),
    Column("Activité", _LABEL),
    Column("Places", 6, right=True),
    Column("Ret.", 4, right=True),
    Column("Pris", 4, right=True),
    Column("Pan.", 4, right=True),
    Column("Off.", 4, right=True),
    Column("File", 4, right=True),
    Column("Reste", 5, right=True),
    Column("", 2),
    Column("Limites de plus", 30, share=1, from_width=112),
)
BY_HAND, AGES = "m", "+"


def week_title(week: WeekPlaces) -> str:
    """Return whose week it is."""
    name = dict(week.sites).get(week.site, "Aucun site")
    return f"{name} · semaine du {long_date(week.monday)}"


def records_of(week: WeekPlaces) -> list[Record]:
    """Return a line an activity's day; a nought is left blank, so that what counts is seen."""
    return [
        _record(place, row, place == 0 or week.rows[place - 1].day != row.day) for place, row in enumerate(week.rows)
    ]


def _record(place: int, row: DayPlaces, first_of_day: bool) -> Record:
    count = row.count
    marks = (BY_HAND if row.places.by_hand else " ") + (AGES if row.limits else "")
    texts = (
        grid_day(row.day) if first_of_day else "",
        short_label(row.label, _LABEL).rstrip(),
        str(row.places.capacity),
        *(str(number) if number else "" for number in (row.places.withheld, count.settled, count.held)),
        *(str(number) if number else "" for number in (count.offered, count.waiting)),
        str(row.left),
        marks,
        " ; ".join(f"{one.words} {_left_within(one, row)}/{one.places}" for one in row.limits),
    )
    full = row.left <= 0 or any(one.left <= 0 for one in row.limits)
    return Record(place, texts, "$warning" if full else "")


def row_words(row: DayPlaces) -> str:
    """Return all there is to say of an activity's day."""
    count, places = row.count, row.places
    who = [
        plural(places.withheld, "retenue"),
        plural(count.settled, "prise"),
        f"{count.held} en panier",
        plural(count.offered, "offerte"),
        f"{plural(count.waiting, 'enfant')} en attente",
    ]
    said = [words for words in who if not words.startswith("0 ")]
    numbers = ", ".join(
        [f"{plural(places.capacity, 'place')} {'à la main' if places.by_hand else 'du réglage'}", *said]
    )
    overfull = count.taken - (places.capacity - places.withheld)
    left = f"Reste {row.left} pour qui n’attend pas."
    if overfull > 0:
        left = f"{plural(overfull, 'enfant')} de plus que de places : personne n’y entre plus."
    limits = " ; ".join(_limit_words(one, row) for one in row.limits)
    day = long_date(row.day)
    return f"{day[0].upper()}{day[1:]}, {row.label} : {numbers}. {left}" + (f" Aussi {limits}." if limits else "")


def _left_within(limit: LimitLeft, row: DayPlaces) -> int:
    """Return what is left to a child of a limit: the smallest wins, and a full day is full at every age."""
    return max(0, min(limit.left, row.left))


def _limit_words(limit: LimitLeft, row: DayPlaces) -> str:
    """Return « pour les moins de 6 ans, reste 2 (18 pris sur 20) »."""
    if limit.left < 0:
        return f"pour {limit.words}, {plural(-limit.left, 'enfant')} de plus que {plural(limit.places, 'place')}"
    taken = f"{plural(limit.places - limit.left, 'pris', 'pris')} sur {limit.places}"
    return f"pour {limit.words}, reste {_left_within(limit, row)} ({taken})"


def changed_words(done: ChangedDays, given_back: bool) -> str:
    """Return what a gesture did, and the days that have more children than places."""
    said = plural(done.days, "journée changée", "journées changées")
    if given_back:
        said = plural(done.days, "journée rendue", "journées rendues") + " au réglage"
    said += "."
    if not done.overfull:
        return said
    return f"{said} Plus d’enfants que de places {_days(done.overfull)} : rien n’est annulé, personne n’y entre plus."


def _days(days: Sequence[date]) -> str:
    return run_of_days(days) if len(days) <= 5 else f"{len(days)} jours"
