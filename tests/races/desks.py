"""What each desk of a race does, in a process of its own. Desks start together on a barrier; an outcome is a code or a plain value."""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine, func, insert, select, update

from models import tables as t
from models.engine import Database
from tests.other_desks import processes
from tui_portail.errors import PortailError
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.policy import Means
from tui_portail.services import booking, places_reading, planning, slots
from tui_portail.services.baskets import extend_basket, load_basket, release_basket
from tui_portail.services.cancellations import judge_proof_received, proof_reasons, waiting_proofs
from tui_portail.services.clock import FixedClock
from tui_portail.services.demo_till import pieces_of
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.lines_out import remove_lines
from tui_portail.services.payment import TendersRefused, cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.refunds import request_refund
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, put_back, take_out, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.till_closing import close_session
from tui_portail.services.till_counting import TillToClose, till_to_close
from tui_portail.services.till_float import expected_float

DESKS = 4
PATIENCE_S = 60.0
WON = "GAGNE"
_start: Barrier
_open: dict[str, Database] = {}


@dataclass(frozen=True)
class Place:
    """What a desk of another process needs to work: the base, who sits there, and the instant its clock stands at."""

    url: str
    agent_id: int
    now: datetime

    def desk(self) -> Desk:
        """Open the base once a process."""
        if self.url not in _open:
            _open[self.url] = Database.open(self.url)
        desk = Desk(_open[self.url], Path("documents"), FixedClock(_open[self.url], self.now))
        desk.sign(SignedAgent(self.agent_id, "agent", "Camille Roux", frozenset({Role.ENFANCE, Role.COMPTABILITE})))
        return desk


@dataclass
class Desks:
    """The processes, and how to make all of them do something at the same instant."""

    executor: ProcessPoolExecutor
    start: Barrier

    def race(self, gesture: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Run `gesture` at each desk with its own arguments, all started together; return the outcomes."""
        assert len(arguments) == DESKS
        waiting = [self.executor.submit(_at_a_desk, gesture, values) for values in arguments]
        wait(waiting, PATIENCE_S)
        if errors := [error for outcome in waiting if (error := outcome.exception(0))]:
            self.start.reset()
            raise next((error for error in errors if not isinstance(error, BrokenBarrierError)), errors[0])
        return [outcome.result() for outcome in waiting]


def take_seats() -> Desks:
    """Start one process a desk; they share a barrier, so that four tasks can only run in four processes."""
    context = processes()
    start = context.Barrier(DESKS)
    return Desks(ProcessPoolExecutor(DESKS, context, initializer=_sit_down, initargs=(start,)), start)


def _sit_down(start: Barrier) -> None:
    global _start  # noqa: PLW0603 (one barrier a process, given when it starts)
    _start = start


def _at_a_desk(gesture: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    """Run a gesture; if it fails, the desks that wait for this one at the barrier are not kept waiting."""
    try:
        return gesture(*values)
    except BaseException:
        _start.abort()
        raise


def together() -> None:
    _start.wait(PATIENCE_S)


def outcome(gesture: Callable[[], object]) -> str:
    """Do a gesture; return WON, or the code of what refused it."""
    try:
        gesture()
    except booking.ChangesRefused as refused:
        return sorted(decision.code for decision in refused.refusals.values())[0]
    except PortailError as error:
        return error.code
    return WON


def book_in_rounds(place: Place, dossier_id: int, cells: Sequence[CellKey]) -> list[str]:
    """Book one cell a round, all desks starting each round together."""
    desk, outcomes = place.desk(), []
    for cell in cells:
        operation, changes = new_operation(), [Change(cell, Tick.ADD)]
        together()
        outcomes.append(outcome(lambda: booking.finish_changes(desk, dossier_id, changes, operation)))  # noqa: B023
    return outcomes


def book_without_locks(place: Place, dossier_id: int, cell: CellKey) -> str:
    """Book with the services' row locks left out, every desk having counted before any writes: PostgreSQL's control."""
    desk, count = place.desk(), places_reading.places_between

    def count_and_wait(*arguments: Any) -> Any:
        counted = count(*arguments)
        together()
        return counted

    with patch.object(slots, "lock_rows"), patch.object(planning, "places_between", count_and_wait):
        return outcome(lambda: booking.finish_changes(desk, dossier_id, [Change(cell, Tick.ADD)], new_operation()))


def sell_by_the_drivers_defaults(place: Place, dossier_id: int, slot_id: int, cell: CellKey, payer_id: int) -> str:
    """Count then insert as SQLModel's defaults do it, every desk having counted before any writes: the control of both engines."""
    engine = create_engine(_open.setdefault(place.url, Database.open(place.url)).address.url)
    try:
        with engine.connect() as connection:
            capacity = connection.scalar(select(t.slot.c.capacity).where(t.slot.c.id == slot_id)) or 0
            taken = connection.scalar(select(func.count()).where(t.booking.c.slot_id == slot_id)) or 0
            together()
            if taken >= capacity:
                return "COMPLET"
            connection.execute(
                insert(t.booking).values(
                    child_id=cell.child_id,
                    slot_id=slot_id,
                    day=cell.day,
                    payer_id=payer_id,
                    state="confirmed",
                    price_cents=0,
                    care_cents=0,
                    meal_cents=0,
                    booked_at=place.now,
                    agent_id=place.agent_id,
                )
            )
            connection.commit()
    finally:
        engine.dispose()
    return WON


def cash_by_the_drivers_defaults(place: Place, basket_id: int) -> str:
    """Look whether the basket is open, then mark it paid: what two desks do when nothing compares and swaps."""
    engine = create_engine(_open.setdefault(place.url, Database.open(place.url)).address.url)
    try:
        with engine.connect() as connection:
            state = connection.scalar(select(t.basket.c.state).where(t.basket.c.id == basket_id))
            together()
            if state != "ouvert":
                return "PANIER_DEJA_PAYE"
            connection.execute(update(t.basket).where(t.basket.c.id == basket_id).values(state="paye"))
            connection.commit()
    finally:
        engine.dispose()
    return WON


def cash(place: Place, basket_ids: Sequence[int], operations: Sequence[str]) -> list[Any]:
    """Cash each basket by card, all desks starting each together: the whole answer of those that pass."""
    desk = place.desk()
    outcomes: list[Any] = []
    for basket_id, operation in zip(basket_ids, operations, strict=True):
        due = load_basket(desk, basket_id).due_cents
        together()
        try:
            outcomes.append(cash_basket(desk, basket_id, [_card(due)], operation))
        except PortailError as error:
            outcomes.append(error.code)
    return outcomes


def cash_with_avoir(place: Place, basket_id: int) -> int:
    """Cash a basket of a payer whose other baskets are cashed meanwhile; return what avoirs paid of it."""
    desk = place.desk()
    together()
    while True:
        due = load_basket(desk, basket_id).due_cents
        try:
            cashed = cash_basket(desk, basket_id, [_card(due)] if due else [], new_operation())
        except TendersRefused:
            continue  # another desk spent the avoir that was shown: the sum due is another one
        return cashed.avoir_cents


def storm(place: Place, dossiers: Sequence[int], days: Sequence[date], seed: int, gestures: int) -> list[str]:
    """Do gestures of all kinds at random on the same few families as the other desks; every refusal must be one of ours."""
    desk, chance = place.desk(), random.Random(seed)  # noqa: S311
    together()
    return [outcome(lambda: _any_gesture(desk, dossiers, days, chance)) for _ in range(gestures)]


def _any_gesture(desk: Desk, dossiers: Sequence[int], days: Sequence[date], chance: random.Random) -> None:
    if chance.random() < 0.15 and (proofs := waiting_proofs(desk)):
        proof, accepted = chance.choice(proofs), chance.random() < 0.7
        reason = proof_reasons(desk, accepted)[0]
        judge_proof_received(desk, proof.proof_id, proof.first_on, accepted, reason, new_operation())
        return
    if chance.random() < 0.5 and (waiting := list_queue(desk)):
        _any_gesture_on(desk, chance.choice(waiting).basket_id, chance)
        return
    dossier_id = chance.choice(dossiers)
    snapshot = load_planning(desk, dossier_id, min(days), max(days))
    cells = [
        CellKey(child.child_id, activity, day)
        for child in snapshot.children
        for activity in ("ALP_SOIR", "ALP_MATIN", "PAUSE_MERIDIENNE")
        for day in days
    ]
    changes = [
        Change(cell, Tick.REMOVE if cell in snapshot.bookings else Tick.ADD)
        for cell in chance.sample(cells, chance.randint(1, 4))
    ]
    booking.finish_changes(desk, dossier_id, changes, new_operation())


def _any_gesture_on(desk: Desk, basket_id: int, chance: random.Random) -> None:
    """Cash a basket that waits, more often than extend it, take a line out or give it up."""
    basket = load_basket(desk, basket_id)
    gesture = chance.choice(("cash", "cash", "cash", "extend", "take out", "give up"))
    if gesture == "cash" or not basket.lines:
        cash_basket(desk, basket_id, [_card(basket.due_cents)] if basket.due_cents else [], new_operation())
    elif gesture == "extend":
        extend_basket(desk, basket_id, "File d’attente", new_operation())
    elif gesture == "take out":
        remove_lines(desk, basket_id, [chance.choice(basket.lines).booking_id], new_operation())
    else:
        release_basket(desk, basket_id, new_operation())


def validate_in_rounds(place: Place, cash: Mapping[int, int], rounds: int) -> list[str]:
    """Prepare the draft and validate it a round, all desks starting each gesture together, each with its own operation."""
    desk, outcomes = place.desk(), []
    for _ in range(rounds):
        together()
        draft = prepare_slip(desk, new_operation())
        together()
        outcomes.append(outcome(lambda: validate_slip(desk, draft.slip_id, cash, new_operation())))  # noqa: B023
        together()
    return outcomes


def slips_at_random(place: Place, payment_ids: Sequence[str], seed: int, gestures: int) -> list[str]:
    """Prepare, change, validate the draft and reverse payments at random, with the other desks at the same."""
    desk, chance = place.desk(), random.Random(seed)  # noqa: S311
    together()
    return [outcome(lambda: _any_gesture_on_slips(desk, payment_ids, chance)) for _ in range(gestures)]


def _any_gesture_on_slips(desk: Desk, payment_ids: Sequence[str], chance: random.Random) -> None:
    payment_id, operation = chance.choice(payment_ids), new_operation()
    if chance.random() < 0.1:
        reason = desk.commune().policy.reversal_reasons[0]
        reverse_payment(desk, payment_id, [1], reason, operation)
        return
    draft = prepare_slip(desk, operation)
    chosen = chance.choice(("take out", "put back", "validate"))
    if chosen == "take out":
        take_out(desk, draft.slip_id, payment_id, new_operation())
    elif chosen == "put back":
        put_back(desk, draft.slip_id, payment_id, new_operation())
    else:
        validate_slip(desk, draft.slip_id, {}, new_operation())


def close_periods(place: Place) -> list[int] | str:
    """Close what is over, all desks starting together: the closings that this one was given, or why it had none."""
    desk = place.desk()
    together()
    try:
        return [one.closing_id for one in close_due_periods(desk, new_operation())]
    except PortailError as error:
        return error.code


def ask_for_refunds(place: Place, payer_ids: Sequence[int]) -> list[str]:
    """Ask for the refund of each payer, all desks starting each together."""
    desk, outcomes = place.desk(), []
    for payer_id in payer_ids:
        together()
        outcomes.append(outcome(lambda: request_refund(desk, payer_id, "Déménagement", new_operation())))  # noqa: B023
    return outcomes


def _card(due_cents: int) -> Tender:
    return Tender(Means.CARD, due_cents, references={"terminal": "0042"})


def each_its_own(gesture: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    """Do another gesture than the other desks."""
    return gesture(*values)


def close_and_open_in_rounds(place: Place, rounds: int) -> list[tuple[str, str]]:
    """Close the till as the books say then open it again, a round each, all desks starting each gesture together."""
    desk, outcomes = place.desk(), []
    for _ in range(rounds):
        books = till_to_close(desk)
        assert books is not None
        together()
        closed = outcome(lambda: _close(desk, books, new_operation()))  # noqa: B023
        together()
        expected = expected_float(desk)
        together()
        opened = outcome(lambda: open_session(desk, expected or 0, new_operation()))  # noqa: B023
        together()
        outcomes.append((closed, opened))
    return outcomes


def cash_in_cash(place: Place, basket_ids: Sequence[int]) -> list[str]:
    """Cash baskets by cash, one after the other, while another desk closes the till."""
    desk, outcomes = place.desk(), []
    together()
    for basket_id in basket_ids:
        tender = Tender(Means.CASH, load_basket(desk, basket_id).due_cents)
        outcomes.append(outcome(lambda: cash_basket(desk, basket_id, [tender], new_operation())))  # noqa: B023
    return outcomes


def close_as_soon_as_the_count_holds(place: Place) -> list[str]:
    """Count and close the till until nothing came in between, while other desks cash."""
    desk, outcomes = place.desk(), []
    together()
    while not outcomes or outcomes[-1] != WON:
        books = till_to_close(desk)
        assert books is not None
        outcomes.append(outcome(lambda: _close(desk, books, new_operation())))  # noqa: B023
    return outcomes


def _close(desk: Desk, books: TillToClose, operation: str) -> None:
    session_id, values = books.session.session_id, {value.means: value.expected_cents for value in books.values}
    cheques = {(cheque.payment_id, cheque.rank): True for cheque in books.cheques}
    close_session(desk, session_id, pieces_of(books.cash_cents), cheques, values, {}, operation, seen=books.expected)
