"""The letters of a closure: one a household that pays a day cancelled, with its own days, children and avoirs, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.states import LetterKind
from tui_portail.commune import Commune
from tui_portail.french import run_of_days
from tui_portail.households import Household
from tui_portail.letter_templates import Value
from tui_portail.money import format_cents
from tui_portail.services.closed_families import ClosedDay, ClosedFamily
from tui_portail.services.day_closures import ClosureView, closure_seen
from tui_portail.services.desk import Desk
from tui_portail.services.letter_batch import (
    Batch,
    NothingToWrite,
    Progress,
    WrittenLetters,
    file_name,
    keep_written,
)
from tui_portail.services.letter_families import FamilyToWrite
from tui_portail.services.rights import Right
from tui_portail.services.stationery import read_stationery


def write_closure_letters(
    desk: Desk,
    closure_id: int,
    operation: str,
    progress: Progress | None = None,
    *,
    only_unreachable: bool = False,
) -> WrittenLetters:
    """Write to the families that a closure touches, by name, in one PDF; to those without telephone nor e-mail alone if asked.

    Raises NothingToWrite, also once the closure is undone; ClosureUnknown, NotAllowed.
    """
    with desk.read(Right.LETTERS) as connection:
        stationery = read_stationery(desk, connection, LetterKind.CLOSURE)
        view = closure_seen(desk, connection, closure_id)
        if view.closure.undone_by is not None:
            raise NothingToWrite("Cette annulation est défaite : il n’y a plus de courrier à écrire pour elle.")
    said = _Said(view, stationery.commune, only_unreachable)
    batch = Batch(
        lambda: desk.read(Right.LETTERS),
        stationery,
        LetterKind.CLOSURE,
        [family.dossier_id for family in view.families],
        posted=True,
        progress=progress,
        said=said.of,
    )
    pdf = batch.draw()
    name = file_name(LetterKind.CLOSURE, stationery.written_at)
    return batch.written(keep_written(desk, LetterKind.CLOSURE, name, pdf, batch.printed, operation))


class _Said:
    """What each letter of a closure says."""

    def __init__(self, view: ClosureView, commune: Commune, only_unreachable: bool) -> None:
        self._families = {family.dossier_id: family for family in view.families}
        self._days, self._commune, self._only_unreachable = view.closure.days, commune, only_unreachable

    def of(self, family: FamilyToWrite, household: Household) -> Mapping[str, Value] | None:
        """Return what a household is told: of the days it pays; None when it pays none, or need not be written to."""
        closed = self._families[family.dossier_id]
        own = {one.payer_id for one in closed.reach if household.holds(one.guardian_id)}
        days = [day for day in closed.days if day.payer_id in own]
        if not days or (self._only_unreachable and _reachable(closed, household)):
            return None
        cents = sum(day.cents for day in days)
        return {
            "enfants": _names(closed, days),
            "jours": run_of_days(day.day for day in days),
            "site": self._days.site_in_words(self._commune),
            "activites": self._labels(days),
            "motif": self._days.reason,
            "avoirs": tuple(sorted({day.avoir for day in days if day.avoir})),
            "montant": format_cents(cents) if cents else "",
        }

    def _labels(self, days: Sequence[ClosedDay]) -> tuple[str, ...]:
        codes = {day.activity for day in days}
        return tuple(rule.label for code, rule in self._commune.policy.activities.items() if code in codes)


def _reachable(family: ClosedFamily, household: Household) -> bool:
    return any((one.phones or one.email) and household.holds(one.guardian_id) for one in family.reach)


def _names(family: ClosedFamily, days: Sequence[ClosedDay]) -> tuple[str, ...]:
    concerned = {day.child_id for day in days}
    return tuple(name for child_id, name in family.named if child_id in concerned)
