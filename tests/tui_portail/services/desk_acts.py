"""What an agent does in a test, in one line each: tick, finish, cash; and what a test reads or arranges behind the services' back."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from models import tables as t
from models.engine import Database
from models.tables import metadata
from tests.factories import Family, an_agent
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import FinishedBasket, FinishedChanges, finish_changes
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.dossiers import DossierView
from tui_portail.services.merge_reading import Pairing
from tui_portail.services.merging import merge_dossiers, preview_merge
from tui_portail.services.payment import cash_basket
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.sale import CashedBasket

MORNING, BREAK, MEAL, EVENING = "ALP_MATIN", "PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR"
WEDNESDAY_ALSH, HOLIDAY_ALSH = "ALSH_MERCREDI", "ALSH_VACANCES"
HARMONIE = "HARMONIE"
WEDNESDAY, THURSDAY, FRIDAY = date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 4)
NEXT_MONDAY, NEXT_WEDNESDAY = date(2026, 12, 7), date(2026, 12, 9)
EVENING_CENTS = 1_95  # the example's highest bracket: no quotient proven


def add(child_id: int, activity: str, *days: date, **terms: object) -> list[Change]:
    """Tick days of one activity; `terms` are a Change's derogation, payer_id, payer_reason."""
    return [Change(CellKey(child_id, activity, day), Tick.ADD, **terms) for day in days]  # type: ignore[arg-type]


def remove(child_id: int, activity: str, *days: date) -> list[Change]:
    return [Change(CellKey(child_id, activity, day), Tick.REMOVE) for day in days]


def finish(desk: Desk, dossier_id: int, changes: list[Change]) -> FinishedChanges:
    return finish_changes(desk, dossier_id, changes, new_operation())


def hold(desk: Desk, dossier_id: int, changes: list[Change]) -> FinishedBasket:
    """Finish changes that concern one payer, and return the basket."""
    [basket] = finish(desk, dossier_id, changes).baskets
    return basket


def card(amount_cents: int, terminal: str = "0042") -> Tender:
    return Tender(Means.CARD, amount_cents, references={"terminal": terminal})


def cash(amount_cents: int, received_cents: int | None = None) -> Tender:
    return Tender(Means.CASH, amount_cents, received_cents)


def cheque(amount_cents: int, drawer: str = "Marie Dupont", number: str = "0000123", bank: str = "Banque") -> Tender:
    return Tender(Means.CHEQUE, amount_cents, references={"bank": bank, "number": number, "drawer": drawer})


def pay_by_card(desk: Desk, basket_id: int, operation: str | None = None) -> CashedBasket:
    """Cash what a basket still owes by card, nothing when avoirs pay it all."""
    due = load_basket(desk, basket_id).due_cents
    return cash_basket(desk, basket_id, [card(due)] if due else [], operation or new_operation())


def cash_in(desk: Desk, basket_id: int, *tenders: Tender) -> str:
    """Cash a basket by these tenders and return its quittance's number."""
    return cash_basket(desk, basket_id, tenders, new_operation()).quittance_number


def book_and_pay(desk: Desk, dossier_id: int, changes: list[Change]) -> CashedBasket:
    """Finish changes of one payer and cash the basket by card."""
    return pay_by_card(desk, hold(desk, dossier_id, changes).basket_id)


def owe(desk: Desk, dossier_id: int, changes: list[Change]) -> int:
    """Book and pay days by card, then let a régisseur reverse the payment: return the régularisation basket that owes them."""
    paid = book_and_pay(desk, dossier_id, changes)
    regisseur = Desk(desk.database, desk.documents_dir, desk.clock)
    regisseur.sign(an_agent(desk.database, Role.REGISSEUR))
    reason = desk.commune().policy.reversal_reasons[0]
    undone = reverse_payment(regisseur, paid.payment_id, [1], reason, new_operation())
    assert undone.debt_basket_id is not None
    return undone.debt_basket_id


def clock_of(desk: Desk) -> FixedClock:
    assert isinstance(desk.clock, FixedClock)
    return desk.clock


def agent_of(desk: Desk) -> SignedAgent:
    assert desk.agent is not None
    return desk.agent


def set_time(desk: Desk, instant: datetime) -> None:
    clock_of(desk).instant = instant


def row_counts(database: Database) -> dict[str, int]:
    """Count the rows of every table, in one statement: equal before and after, nothing was written."""
    with database.read() as connection:
        return dict(connection.execute(_row_counts()).mappings().one())


@cache
def _row_counts() -> Select[Any]:
    counts = (
        select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in metadata.sorted_tables
    )
    return select(*counts)


def states_of(database: Database, child_ids: Iterable[int]) -> dict[tuple[int, str, date], list[str]]:
    """Return the states of every booking of these children, oldest first, by child, activity and day."""
    found: dict[tuple[int, str, date], list[str]] = {}
    with database.read() as connection:
        for row in connection.execute(
            select(t.booking.c.child_id, t.slot.c.activity_code, t.booking.c.day, t.booking.c.state)
            .join(t.slot, t.slot.c.id == t.booking.c.slot_id)
            .where(t.booking.c.child_id.in_(list(child_ids)))
            .order_by(t.booking.c.id)
        ):
            found.setdefault((row.child_id, row.activity_code, row.day), []).append(row.state)
    return found


def set_capacity(database: Database, activity: str, day: date, capacity: int, site: str = HARMONIE) -> None:
    """Give a day its own capacity, before anybody booked it."""
    with database.write() as connection:
        connection.execute(
            insert(t.slot).values(site_code=site, activity_code=activity, day=day, capacity=capacity, withheld=0)
        )


def alternate_weeks(
    database: Database, child_id: int, first_payer_id: int, second_payer_id: int, anchor_on: date
) -> None:
    """Let weeks of custody alternate from a Monday."""
    with database.write() as connection:
        connection.execute(
            insert(t.custody_pattern).values(
                child_id=child_id,
                from_on=anchor_on,
                anchor_on=anchor_on,
                first_payer_id=first_payer_id,
                second_payer_id=second_payer_id,
                period_days=7,
            )
        )


def archive(database: Database, dossier_id: int, at: datetime) -> None:
    with database.write() as connection:
        connection.execute(update(t.dossier).where(t.dossier.c.id == dossier_id).values(archived_at=at))


def audit_of(database: Database, gesture: str) -> list[Any]:
    """Return the audit rows of a gesture, oldest first."""
    with database.read() as connection:
        return list(
            connection.execute(
                select(t.audit_event).where(t.audit_event.c.gesture == gesture).order_by(t.audit_event.c.at)
            )
        )


def merged(desk: Desk, kept: Family, other: Family, pairing: Pairing | None = None) -> DossierView:
    """Merge a dossier into another, with the pairing proposed unless another is given."""
    seen = preview_merge(desk, kept.dossier_id, other.dossier_id, pairing)
    return merge_dossiers(desk, kept.dossier_id, other.dossier_id, seen.pairing, "Inscrits deux fois", new_operation())
