"""The fields of custody: its pattern with all its terms, its end, an exception to it.

When somebody saved the dossier meanwhile, the dialog says what custody is now, keeps what was typed, and lets the agent save again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import cast

from textual.widget import Widget
from textual.widgets import Static

from screens.bars import Kind
from screens.choice_field import ChoiceField, YesNoField
from screens.form_fields import DateField, Field, TextField
from screens.forms import FormDialog
from screens.gestures import gesture
from screens.plain_text import content
from screens.time_field import TimeField
from tui_portail.custody import CustodyException, CustodyPattern, FirstHalf, HolidayCustody
from tui_portail.custody_terms import custody_sentences
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.services.custody import (
    CustodyChanged,
    FamilyCustody,
    add_custody_exception,
    end_custody,
    load_custody,
    set_custody,
)
from tui_portail.services.dossier_gesture import DossierChanged
from tui_portail.services.dossiers import ChildView
from tui_portail.weeks import monday_of

WEEK, FORTNIGHT = 7, 14
_HOLIDAYS: tuple[tuple[object, str], ...] = (
    (HolidayCustody.TURNS, "en alternance"),
    (HolidayCustody.HALVES, "par moitiés"),
)
_SUMMER: tuple[tuple[object, str], ...] = (*_HOLIDAYS, (HolidayCustody.FORTNIGHTS, "par quinzaines"))


class CustodyDialog(FormDialog[CustodyChanged | None]):
    """A dialog about the custody of one child of a family; what it does may serve brothers and sisters too."""

    WORDS = ""

    def __init__(self, title: str, family: FamilyCustody, child: ChildView) -> None:
        super().__init__()
        self.title = title
        self.family = family
        self.child = child

    def compose_body(self) -> Iterable[Widget]:
        """What it means, then the fields."""
        yield Static(content(self.WORDS), id="dialog-text")
        yield from super().compose_body()

    @property
    def payers(self) -> list[tuple[object, str]]:
        """The payers to choose from."""
        return [(payer.payer_id, payer.name) for payer in self.family.dossier.payers]

    @property
    def version(self) -> int:
        """The version of the dossier that was read."""
        return self.family.dossier.version

    def for_siblings(self) -> list[Field]:
        """Return the field that asks whether brothers and sisters are meant too, where there are any."""
        return [YesNoField("siblings", "Fratrie aussi")] if len(self.family.dossier.children) > 1 else []

    def children_meant(self, values: dict[str, object]) -> tuple[int, ...]:
        """Return the children that the gesture is about."""
        others = [child.child_id for child in self.family.dossier.children if child is not self.child]
        return (self.child.child_id, *others) if values.get("siblings") else (self.child.child_id,)

    def refused(self, error: PortailError) -> None:
        """A dossier saved meanwhile is read again; the rest is said where it belongs."""
        if isinstance(error, DossierChanged):
            self.catch_up(error)
        else:
            super().refused(error)

    @gesture(group="catch-up", exclusive=True)
    async def catch_up(self, error: DossierChanged) -> None:
        """Read custody as it is now, say it if it changed, keep what was typed."""
        newer = await self.ask(load_custody, self.desk, self.family.dossier.dossier_id)
        child_id = self.child.child_id
        before, now = (family.children.get(child_id) for family in (self.family, newer))
        seen = "La garde n’a pas changé."
        if now != before and now is not None:
            names = {payer.payer_id: payer.name for payer in newer.dossier.payers}
            said = custody_sentences(now.patterns, names, self.today) or "aucune garde alternée"
            seen = f"Garde changée ailleurs : {said.removeprefix('Garde alternée : ')}"
        self.family = newer
        self.child = next((one for one in newer.dossier.children if one.child_id == child_id), self.child)
        self.message(f"{error.sentence} {seen} F10 : enregistrer.", Kind.REFUSED)


class PatternDialog(CustodyDialog):
    """Turns that alternate from an anchor date, the hour, the holidays, the end."""

    WORDS = "Chaque payeur paie les journées de ses semaines ; celles déjà réservées gardent leur payeur."

    def form_fields(self) -> Iterable[Field]:
        """Return the terms of the latest pattern, or of weeks from this Monday."""
        today, payers = self.today, self.payers
        known = self.child.custody_pattern or CustodyPattern(
            monday_of(today), int(str(payers[0][0])), int(str(payers[1][0]))
        )
        first_half = _of_first_half(known)
        lengths: list[tuple[object, str]] = [(WEEK, "une semaine"), (FORTNIGHT, "deux semaines")]
        if known.period_days not in (WEEK, FORTNIGHT):
            lengths.append((known.period_days, f"{known.period_days} jours"))
        return [
            DateField("anchor_on", "À partir du", today, known.anchor_on, proposed=True),
            ChoiceField("first_payer_id", "Commence", payers, known.first_payer_id),
            ChoiceField("period_days", "Chacun", lengths, known.period_days),
            TimeField("switch_at", "Change à", known.switch_at),
            ChoiceField("holidays", "Petites vac.", _HOLIDAYS, known.holidays),
            ChoiceField("summer", "Été", _SUMMER, known.summer),
            ChoiceField("first_half", "1re moitié", self._first_halves(), first_half, full=True),
            DateField("until_on", "Jusqu’au", today, known.until_on, proposed=True),
            *self.for_siblings(),
        ]

    def _first_halves(self) -> list[tuple[object, str]]:
        """Return who may have the first half of the holidays that begin in an even year; the other has it in odd ones."""
        return [(payer_id, f"{name} les années paires") for payer_id, name in self.payers]

    async def save(self, values: dict[str, object]) -> CustodyChanged:
        """Record it; the other payer follows."""
        anchor_on = values["anchor_on"]
        if not isinstance(anchor_on, date):
            raise InvalidInput("Donnez le premier jour de la première période, par exemple un lundi.")
        first = int(str(values["first_payer_id"]))
        second = next(payer_id for payer_id, _ in self.payers if payer_id != first)
        in_even_years = values["first_half"] == first
        pattern = CustodyPattern(
            anchor_on,
            first,
            int(str(second)),
            int(str(values["period_days"])),
            switch_at=cast("time | None", values["switch_at"]),
            holidays=cast(HolidayCustody, values["holidays"]),
            summer=cast(HolidayCustody, values["summer"]),
            first_half=FirstHalf.EVEN_YEARS if in_even_years else FirstHalf.ODD_YEARS,
            until_on=cast("date | None", values["until_on"]),
        )
        desk, children, version = self.desk, self.children_meant(values), self.version
        return await self.send("custody", lambda operation: set_custody(desk, children, pattern, operation, version))


class EndDialog(CustodyDialog):
    """The last day of custody by turns."""

    WORDS = "Après ce jour, le premier payeur paie de nouveau toutes les journées."

    def form_fields(self) -> Iterable[Field]:
        """Return the last day."""
        return [DateField("last_on", "Dernier jour", self.today, self.today, proposed=True), *self.for_siblings()]

    async def save(self, values: dict[str, object]) -> CustodyChanged:
        """Record it."""
        last_on = values["last_on"]
        if not isinstance(last_on, date):
            raise InvalidInput("Donnez le dernier jour de la garde alternée.")
        desk, children, version = self.desk, self.children_meant(values), self.version
        return await self.send("end", lambda operation: end_custody(desk, children, last_on, operation, version))


class ExceptionDialog(CustodyDialog):
    """Days that a child spends with a parent whatever the pattern says."""

    WORDS = "Ces journées-là sont à ce payeur, quoi que dise le rythme ; celles déjà réservées gardent le leur."

    def __init__(self, title: str, family: FamilyCustody, child: ChildView, day: date, payer_id: int) -> None:
        super().__init__(title, family, child)
        self._day = day
        self._payer_id = payer_id

    def form_fields(self) -> Iterable[Field]:
        """Return the days, the payer, why."""
        return [
            DateField("from_on", "Du", self.today, self._day, proposed=True),
            DateField("until_on", "Au (compris)", self.today, self._day, proposed=True),
            ChoiceField("payer_id", "Chez", self.payers, self._payer_id),
            TextField("reason", "Motif", placeholder="ex. échange de week-end", full=True),
            *self.for_siblings(),
        ]

    async def save(self, values: dict[str, object]) -> CustodyChanged:
        """Record it."""
        from_on, until_on = values["from_on"], values["until_on"]
        if not isinstance(from_on, date) or not isinstance(until_on, date):
            raise InvalidInput("Donnez le premier et le dernier jour de l’exception.")
        payer_id, reason = int(str(values["payer_id"])), str(values["reason"])
        exception = CustodyException(from_on, until_on, payer_id, reason=reason)
        desk, children, version = self.desk, self.children_meant(values), self.version
        return await self.send(
            "exception", lambda operation: add_custody_exception(desk, children, exception, operation, version)
        )


def _of_first_half(pattern: CustodyPattern) -> int:
    """Return who has the first half of the holidays in even years."""
    even = pattern.first_half is FirstHalf.EVEN_YEARS
    return pattern.first_payer_id if even else pattern.second_payer_id
