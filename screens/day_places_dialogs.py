"""The few fields of a change of places: from which day to which, how many, for which ages, why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from screens.appointment_dialogs import day_given
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.typed_ages import ages_text, parse_ages
from tui_portail.capacity import AgePlaces
from tui_portail.errors import InvalidInput
from tui_portail.services.day_places import ChangedDays, PlacesSet, give_back_to_set_up, set_day_places
from tui_portail.services.week_places import DayPlaces


def _number(text: object) -> int | None:
    """Return a number of places, None for an empty text. Raises InvalidInput."""
    typed = str(text).strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()):
        raise InvalidInput(f"« {typed[:20]} » n’est pas un nombre de places : tapez par exemple 30.")
    return int(typed)


def _reason_given(reason: object) -> object:
    if not reason:
        raise InvalidInput("Dites pourquoi : le motif est conservé avec votre nom.")
    return reason


class _RangeDialog(FormDialog[ChangedDays | None]):
    """What both changes ask: a range of days of the line chosen, a reason."""

    WHAT = ""

    def __init__(self, site: str, row: DayPlaces) -> None:
        super().__init__()
        self.title = f"{self.WHAT} : {row.label}"
        self._site, self._row = site, row

    def range_fields(self) -> tuple[Field, Field]:
        """The first and the last day, that of the line unless typed."""
        day = self._row.day
        return (
            DateField("first_day", "Du", self.today, day, judge=day_given, proposed=True),
            DateField("last_day", "Au", self.today, day, judge=day_given, proposed=True),
        )

    def reason_field(self) -> Field:
        """Why."""
        return TextField("reason", "Motif", judge=_reason_given, placeholder="conservé avec votre nom", full=True)


class ChangePlacesDialog(_RangeDialog):
    """Sets by hand the places of a range of days."""

    WHAT = "Changer les places"

    def form_fields(self) -> Iterable[Field]:
        """The days, the numbers as they are that day, the ages, why. Places left empty stay each day's own."""
        places = self._row.places
        return (
            TextField("capacity", "Places", str(places.capacity), judge=_number, proposed=True),
            TextField("withheld", "Retenues", str(places.withheld), judge=_number, proposed=True),
            *self.range_fields(),
            TextField(
                "ages",
                "Âges",
                ages_text(places.ages),
                judge=lambda text: parse_ages(str(text)),
                placeholder="ex. moins de 6 : 20, 6 à 9 : 30 (vide : le réglage)",
                full=True,
            ),
            self.reason_field(),
        )

    async def save(self, values: dict[str, object]) -> ChangedDays | None:
        """Set them."""
        desk, site, activity = self.desk, self._site, self._row.activity
        first, last = cast(date, values["first_day"]), cast(date, values["last_day"])
        ages: tuple[AgePlaces, ...] = parse_ages(str(values["ages"]))
        places = PlacesSet(_number(values["capacity"]), _number(values["withheld"]), ages)
        reason = str(values["reason"])
        return await self.send(
            "set", lambda operation: set_day_places(desk, site, activity, first, last, places, reason, operation)
        )


class GiveBackDialog(_RangeDialog):
    """Lets a range of days follow the set-up again."""

    WHAT = "Rendre au réglage"

    def form_fields(self) -> Iterable[Field]:
        """The days, why."""
        return (*self.range_fields(), self.reason_field())

    async def save(self, values: dict[str, object]) -> ChangedDays | None:
        """Give them back."""
        desk, site, activity = self.desk, self._site, self._row.activity
        first, last = cast(date, values["first_day"]), cast(date, values["last_day"])
        reason = str(values["reason"])
        return await self.send(
            "give_back", lambda operation: give_back_to_set_up(desk, site, activity, first, last, reason, operation)
        )
