"""What happened at the counter before a screen is opened: days booked and paid, cancelled late, a till opened."""

from collections.abc import Sequence
from datetime import date, datetime

from tests.factories import Family, a_child, a_guardian
from tests.screens.playing import Scene
from tests.tui_portail.services.till_acts import later
from tui_portail.family_forms import FamilyForm
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import FinishedChanges, finish_changes
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.registration import register_family
from tui_portail.services.sale import CashedBasket

MEAL, WEDNESDAY = "RESTAURATION", "ALSH_MERCREDI"
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
NEXT_WEDNESDAY = date(2026, 12, 9)


class StillDesk(Desk):
    """A desk whose estimated hour stands still, so that countdowns are the same at each run."""

    def now_estimate(self) -> datetime:
        return self.clock.instant  # type: ignore[attr-defined]


def still(desk: Desk) -> StillDesk:
    """The same desk, its hour standing still between two gestures."""
    return StillDesk(desk.database, desk.documents_dir, desk.clock, desk.agent, desk.printer, desk.paper)


def ticked(child_id: int, activity: str, days: Sequence[date], tick: Tick) -> list[Change]:
    return [Change(CellKey(child_id, activity, day), tick) for day in days]


def book(desk: Desk, family: Family, *days: date, activity: str = MEAL, child: int = 0) -> FinishedChanges:
    """Put days on hold."""
    changes = ticked(family.child_ids[child], activity, days, Tick.ADD)
    return finish_changes(desk, family.dossier_id, changes, new_operation())


def book_and_pay(desk: Desk, family: Family, *days: date, activity: str = MEAL, child: int = 0) -> CashedBasket:
    """Book days and cash them exactly, in cash."""
    [basket] = book(desk, family, *days, activity=activity, child=child).baskets
    due = load_basket(desk, basket.basket_id).due_cents
    return cash_basket(desk, basket.basket_id, [Tender(Means.CASH, due)] if due else [], new_operation())


def cancel(desk: Desk, family: Family, *days: date, activity: str = MEAL, child: int = 0) -> FinishedChanges:
    """Cancel days booked."""
    changes = ticked(family.child_ids[child], activity, days, Tick.REMOVE)
    return finish_changes(desk, family.dossier_id, changes, new_operation())


def a_late_absence(desk: Desk, family: Family, child: int = 0) -> None:
    """A paid ALSH Wednesday cancelled on the day itself: it waits for its justificatif."""
    book_and_pay(desk, family, NEXT_WEDNESDAY, activity=WEDNESDAY, child=child)
    later(desk, days=8)
    cancel(desk, family, NEXT_WEDNESDAY, activity=WEDNESDAY, child=child)


def a_family_numbered(
    desk: Desk, root: int = 1234567, last_name: str = "Dupont", quotient_cents: int | None = 745_00
) -> int:
    """Register a family whose dossier number is always the same, and return the dossier's id."""
    children = (a_child(last_name=last_name, renew_alsh_years=(2026, 2027)), a_child("Gabriel", last_name))
    form = FamilyForm((a_guardian(last_name, quotient_cents=quotient_cents),), children)
    return register_family(desk, form, new_operation(), below=lambda _size: root - 1_000_000).dossier_id


async def next_week(scene: Scene, family: Family) -> None:
    """Open the planning of a family and go to Monday 7 December."""
    await scene.open("planning", family.dossier_id)
    await scene.press("semicolon", "home")
