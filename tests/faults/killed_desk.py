"""A desk in a process of its own that works until it is killed, as it was ordered.

Each gesture is said to who watches before it is sent, and acknowledged once its answer came. The process kills itself (SIGKILL) at
the statement, the commit or the acknowledgement it was ordered to, unless the one who watches it does so first.
"""

import os
import random
import signal
import traceback
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from models import tables as t
from models.engine import Database
from models.states import MovementKind
from tests.faults.written_disk import log_writes
from tests.tui_portail.services.desk_acts import EVENING, MORNING, add, card, cash, cheque, remove
from tests.tui_portail.services.till_acts import pieces_of
from tui_portail.errors import PortailError
from tui_portail.payment_rules import Tender
from tui_portail.policy import Means
from tui_portail.services.baskets import load_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.cash_movements import record_movement
from tui_portail.services.clock import FixedClock
from tui_portail.services.corrections import correct_payment
from tui_portail.services.desk import Desk, SignedAgent, new_operation
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.payment import cash_basket
from tui_portail.services.queue import list_queue
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import open_session
from tui_portail.services.till_closing import close_session
from tui_portail.services.till_counting import till_to_close
from tui_portail.services.till_float import expected_float

MAKERS: dict[str, Callable[[int], Tender]] = {"especes": cash, "cheque": cheque, "carte": card}


def a_desk_of(database: Database, agent_id: int, at: datetime) -> Desk:
    """The desk of that agent, at that instant: the killed one, and the one that comes after."""
    desk = Desk(database, Path("documents"), FixedClock(database, at))
    desk.sign(SignedAgent(agent_id, "agent", "Camille Roux", frozenset({Role.ENFANCE, Role.REGISSEUR})))
    return desk


class KilledDesk:
    """The desk, its chance, and when it dies."""

    def __init__(self, orders: dict[str, Any], watched_by: Connection) -> None:
        self.say: Callable[[dict[str, Any]], None] = watched_by.send
        if "log" in orders:
            self._log_what_is_written(Path(orders["log"]))
        self.database = Database.open(orders["url"])
        for pragma in orders.get("pragmas", ()):
            event.listen(
                self.database.engine, "connect", lambda connection, _, pragma=pragma: connection.execute(pragma)
            )
        self.desk = a_desk_of(self.database, orders["agent"], datetime.fromisoformat(orders["at"]))
        self.families: list[list[int]] = orders["families"]
        self.chance = random.Random(orders["seed"])  # noqa: S311 (the same gestures for a seed)
        self.left = dict(orders["dies"])
        calendar, policy = self.desk.commune().calendar, self.desk.commune().policy
        running = calendar.running_days(policy.activity(EVENING), self.desk.now().date(), calendar.last_covered, False)
        self.days = list(islice(running, 4, 60))
        event.listen(self.database.engine, "before_cursor_execute", lambda *_: self.die_at("statement"))
        event.listen(self.database.engine, "commit", lambda *_: self.die_at("commit"))

    def _log_what_is_written(self, log: Path) -> None:
        """Log every write to the files of the base, and what is said between them."""
        note, say = log_writes(log), self.say

        def say_both(line: dict[str, Any]) -> None:
            note(line)
            say(line)

        self.say = say_both

    def die_at(self, what: str) -> None:
        if what in self.left:
            self.left[what] -= 1
            if self.left[what] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def work(self) -> None:
        """Do gestures for ever: only a signal ends it."""
        while True:
            gesture = self.chance.choice(
                [self.pay] * 8 + [self.cancel, self.reverse, self.correct, self.move, self.close, self.deposit]
            )
            try:
                gesture()
            except PortailError as refused:
                self.say({"refused": refused.code})

    def send(self, name: str, call: Callable[[str], Any], **facts: Any) -> Any:
        """Say a gesture, do it, acknowledge it."""
        operation = new_operation()
        self.say({"begun": operation, "gesture": name, **facts})
        answer = call(operation)
        self.die_at("answer")
        self.say({"done": operation, "payment": getattr(answer, "payment_id", None)})
        return answer

    def pay(self) -> None:
        desk, (dossier_id, child_id) = self.desk, self.chance.choice(self.families)
        changes = add(child_id, self.chance.choice((EVENING, MORNING)), *self.chance.sample(self.days, 2))
        [basket] = self.send("terminer", lambda op: finish_changes(desk, dossier_id, changes, op)).baskets
        if basket.settled_quittance_id is None:
            self.cash(basket.basket_id)

    def cash(self, basket_id: int) -> None:
        desk, due = self.desk, load_basket(self.desk, basket_id).due_cents
        means = self.chance.choice(list(MAKERS))
        tenders = [MAKERS[means](due)] if due else []
        facts = {"basket": basket_id, "means": means, "due": due}
        self.send("encaisser", lambda op: cash_basket(desk, basket_id, tenders, op), **facts)

    def cancel(self) -> None:
        desk, (dossier_id, child_id) = self.desk, self.chance.choice(self.families)
        changes = remove(child_id, EVENING, self.chance.choice(self.days))
        self.send("annuler", lambda op: finish_changes(desk, dossier_id, changes, op))

    def _standing(self) -> str:
        payment = t.payment.c
        undone = select(t.reversal.c.payment_id)
        latest = select(payment.id).where(payment.id.not_in(undone), payment.total_cents > payment.avoir_cents)
        with self.database.read() as connection:
            found = list(connection.scalars(latest.order_by(payment.entry_seq.desc()).limit(5)))
        return str(self.chance.choice(found)) if found else ""

    def reverse(self) -> None:
        desk, payment_id = self.desk, self._standing()
        reason = desk.commune().policy.reversal_reasons[0]
        undone = self.send("contre_passer", lambda op: reverse_payment(desk, payment_id, [1], reason, op))
        debt_id = undone.debt_basket_id
        if debt_id is None:
            return
        if self.chance.random() < 0.5:
            self.cash(debt_id)
        else:
            self.send("annuler_dette", lambda op: drop_debt(desk, debt_id, "Décision de l’ordonnateur", op))

    def correct(self) -> None:
        desk, payment_id = self.desk, self._standing()
        with self.database.read() as connection:
            paid = select(t.payment.c.total_cents - t.payment.c.avoir_cents).where(t.payment.c.id == payment_id)
            due = connection.scalar(paid) or 0
        tenders = [card(due, f"{self.chance.random()}")]
        reason = desk.commune().policy.correction_reasons[0]
        self.send("corriger", lambda op: correct_payment(desk, payment_id, tenders, reason, op))

    def move(self) -> None:
        desk = self.desk
        kind = self.chance.choice((MovementKind.SUPPLY, MovementKind.DEPOSIT, MovementKind.RETURN))
        self.send("mouvement", lambda op: record_movement(desk, kind, 5_00, "Monnaie", op))

    def close(self) -> None:
        desk = self.desk
        if (till := till_to_close(desk)) is not None:  # read once: sent again, the same count is sent
            session_id, pieces = till.session.session_id, pieces_of(till.cash_cents)
            cheques = {(cheque.payment_id, cheque.rank): not cheque.missing for cheque in till.cheques}
            values = {value.means: value.expected_cents for value in till.values}
            self.send("cloturer", lambda op: close_session(desk, session_id, pieces, cheques, values, {}, op))
        found = expected_float(desk) or 0
        self.send("ouvrir", lambda op: open_session(desk, found, op))

    def deposit(self) -> None:
        desk = self.desk
        if any(row.expired for row in list_queue(desk)):
            return
        slip = self.send("preparer", lambda op: prepare_slip(desk, op))
        cash_cents = slip.cents_of(Means.CASH)
        if cash_cents >= 0:
            pieces = pieces_of(cash_cents)
            self.send("valider", lambda op: validate_slip(desk, slip.slip_id, pieces, op))


def work_until_killed(orders: dict[str, Any], watched_by: Connection) -> None:
    """What the process does: what ends it otherwise is said."""
    try:
        KilledDesk(orders, watched_by).work()
    except BaseException:
        watched_by.send({"error": traceback.format_exc()})
        raise
