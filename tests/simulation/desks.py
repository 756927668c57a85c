"""The desks of a random life: each act is sent to the real services, and its answer told in the reference's own names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.simulation.acts import Act
from tests.simulation.invariants import Watcher
from tests.simulation.mairie import Written
from tests.simulation.reference import Outcome, Reference, Tick
from tests.simulation.reference_money import CHEQUE, Paid
from tui_portail.errors import PortailError
from tui_portail.payment_rules import Tender
from tui_portail.planning import CellKey, Change
from tui_portail.planning import Tick as Ticked
from tui_portail.policy import Means
from tui_portail.services.baskets import extend_basket, release_basket
from tui_portail.services.booking import ChangesRefused, FinishedChanges, finish_changes
from tui_portail.services.cancellations import ProofOutcome, judge_proof_received
from tui_portail.services.cash_movements import MovementKind, record_movement
from tui_portail.services.corrections import CorrectedPayment, correct_payment
from tui_portail.services.demo_till import pieces_of
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_edits import renew_alsh
from tui_portail.services.dropped_debts import drop_debt
from tui_portail.services.lines_out import LinesRemoved, remove_lines
from tui_portail.services.payment import TendersRefused, cash_basket
from tui_portail.services.reversal_entry import ReversedPayment
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.sale import CashedBasket
from tui_portail.services.till import open_session
from tui_portail.services.till_closing import close_session

WHY = "Motif d’essai"
Call = Callable[[Desk, str], Any]
_REASONS = {"impaye": "Chèque sans provision", "annule": "Rien n’a été reçu", "inconnu": "Motif inventé"}


class Names:
    """What the base calls what the reference names 0, 1, 2…"""

    def __init__(self) -> None:
        self.real: list[Any] = []
        self._keys: dict[Any, int] = {}

    def __getitem__(self, key: int) -> Any:
        return self.real[key]

    def key(self, real: Any) -> int:
        """Return the reference's name of what the base calls so: the next one where it is new."""
        if real not in self._keys:
            self._keys[real] = len(self.real)
            self.real.append(real)
        return self._keys[real]


class Desks:
    """The desks of a base, and what the base calls what the reference names."""

    def __init__(self, written: Written, model: Reference, watcher: Watcher) -> None:
        self.written, self.model, self.watcher = written, model, watcher
        self.children = {real: key for key, real in enumerate(written.children)}
        self.payers = {real: key for key, real in enumerate(written.payers)}
        self.baskets, self.payments, self.proofs, self.days = Names(), Names(), Names(), Names()
        self.session = 0
        self.calls: dict[str, tuple[Call, Callable[[Any], tuple[Any, ...]]]] = {}

    def send(self, act: Act) -> Outcome:
        """Send an act from its desk; return what came of it, in the reference's names."""
        call, read = self.calls.get(act.operation) or (None, None)
        if call is None or read is None:
            call = getattr(self, f"_{act.name}")(*act.args)
            read = getattr(self, f"_read_{act.name}", lambda answer: ())
            self.calls[act.operation] = (call, read)
        return self._told(partial(call, self.written.desks[act.desk], act.operation), read)

    def send_other(self, desk: int, operation: str) -> Outcome:
        """Send another gesture under an operation id that was used."""
        call = partial(extend_basket, self.written.desks[desk], 0, WHY, operation)
        return self._told(call, lambda answer: ())

    def forget(self, operation: str) -> None:
        """Forget an act that was refused: its operation id may serve another."""
        self.calls.pop(operation, None)

    def _told(self, call: Callable[[], Any], read: Callable[[Any], tuple[Any, ...]]) -> Outcome:
        try:
            answer = call()
        except ChangesRefused as refused:
            cells = (
                ((self.children[key.child_id], key.activity, key.day), decision.code)
                for key, decision in refused.refusals.items()
            )
            return Outcome(refused.code, tuple(sorted(cells)))
        except TendersRefused as refused:
            return Outcome(refused.code, tuple(sorted({decision.code for decision in refused.decisions})))
        except PortailError as refused:
            return Outcome(refused.code)
        return Outcome(facts=read(answer))

    # the planning

    def _finish(self, family: int, ticks: tuple[Tick, ...]) -> Call:
        changes = [
            Change(
                CellKey(self.written.children[tick.cell[0]], tick.cell[1], tick.cell[2]),
                Ticked.ADD if tick.add else Ticked.REMOVE,
                "Urgence" if tick.derogation else "",
                None if tick.payer is None else self.written.payers[tick.payer],
                "" if tick.payer is None else WHY,
            )
            for tick in ticks
        ]
        dossier = self.written.families[family]
        return lambda desk, operation: finish_changes(desk, dossier, changes, operation)

    def _read_finish(self, done: FinishedChanges) -> tuple[Any, ...]:
        baskets = []
        for one in done.baskets:
            if one.settled_quittance_id is not None:
                self.payments.key(self.watcher.payment_of(one.settled_quittance_id))
            baskets.append(
                (
                    self.baskets.key(one.basket_id),
                    self.payers[one.payer_id],
                    one.total_cents,
                    one.avoir_cents,
                    one.due_cents,
                    one.expires_at,
                    one.settled_quittance_number,
                )
            )
        for booking in self.watcher.new_rows("booking"):
            self.days.key(booking)
        for proof in self.watcher.new_rows("absence_proof"):
            self.proofs.key(proof)
        avoirs = [(self.payers[one.payer_id], one.number, one.amount_cents) for one in done.avoirs]
        return tuple(baskets), tuple(avoirs), done.added, done.removed, done.awaiting_proof

    def _renew(self, key: int, year: int) -> Call:
        child = self.written.children[key]
        return lambda desk, operation: renew_alsh(desk, child, year, operation)

    def _proof(self, key: int, received: Any, accepted: bool, known: bool) -> Call:
        proof = self.proofs[key]

        def judge(desk: Desk, operation: str) -> ProofOutcome:
            policy = desk.commune().policy  # as typed again by an agent who may not read the list
            reasons = policy.proof_acceptance_reasons if accepted else policy.proof_refusal_reasons
            reason = reasons[0] if known else "Motif inventé"
            return judge_proof_received(desk, proof, received, accepted, reason, operation)

        return judge

    def _read_proof(self, done: ProofOutcome) -> tuple[Any, ...]:
        for one in done.settled:
            self.payments.key(one.payment_id)
        given = tuple((self.payers[one.payer_id], one.number, one.amount_cents) for one in done.avoirs)
        return given, tuple(one.quittance_number for one in done.settled)

    # the counter

    def _cash(self, key: int, tenders: tuple[Paid, ...]) -> Call:
        basket, given = self.baskets[key], [_tender(one) for one in tenders]
        return lambda desk, operation: cash_basket(desk, basket, given, operation)

    def _read_cash(self, done: CashedBasket) -> tuple[Any, ...]:
        self.payments.key(done.payment_id)
        return (
            done.quittance_number,
            done.total_cents,
            done.avoir_cents,
            done.received_cents,
            done.change_cents,
            done.avoir_left_cents,
        )

    def _extend(self, key: int) -> Call:
        basket = self.baskets[key]
        return lambda desk, operation: extend_basket(desk, basket, WHY, operation)

    def _read_extend(self, expires: Any) -> tuple[Any, ...]:
        return (expires,)

    def _take_out(self, key: int, chosen: tuple[int, ...]) -> Call:
        basket, bookings = self.baskets[key], [self.days[day] for day in chosen]
        return lambda desk, operation: remove_lines(desk, basket, bookings, operation)

    def _read_take_out(self, done: LinesRemoved) -> tuple[Any, ...]:
        if done.settled is None:
            return ("",)
        self.payments.key(done.settled.payment_id)
        return (done.settled.quittance_number,)

    def _give_up(self, key: int) -> Call:
        basket = self.baskets[key]
        return lambda desk, operation: release_basket(desk, basket, operation)

    def _reverse(self, key: int, lost: tuple[int, ...], why: str) -> Call:
        payment = self.payments[key]
        return lambda desk, operation: reverse_payment(desk, payment, lost, _REASONS[why], operation)

    def _read_reverse(self, done: ReversedPayment) -> tuple[Any, ...]:
        debt = None if done.debt_basket_id is None else self.baskets.key(done.debt_basket_id)
        kept = done.kept_avoir
        number, cents = ("", 0) if kept is None else (kept.number, kept.amount_cents)
        for one in done.settled:
            self.payments.key(one.payment_id)
        settled = "".join(one.quittance_number for one in done.settled)
        return done.owed_cents, done.given_back_cents, done.withdrawn_cents, debt, number, cents, settled

    def _correct(self, key: int, tenders: tuple[Paid, ...], known: bool) -> Call:
        payment, given = self.payments[key], [_tender(one) for one in tenders]
        reason = "Moyen de paiement mal saisi" if known else "Motif inventé"
        return lambda desk, operation: correct_payment(desk, payment, given, reason, operation)

    def _read_correct(self, done: CorrectedPayment) -> tuple[Any, ...]:
        return *self._read_cash(done.cashed), done.replaced_number

    def _drop(self, key: int) -> Call:
        basket = self.baskets[key]
        return lambda desk, operation: drop_debt(desk, basket, WHY, operation)

    def _read_drop(self, done: Any) -> tuple[Any, ...]:
        return done.dropped_cents, done.days

    # the till

    def _open_till(self, counted: int, reason: str) -> Call:
        return lambda desk, operation: open_session(desk, counted, operation, reason)

    def _read_open_till(self, done: Any) -> tuple[Any, ...]:
        self.session = max(self.session, done.session_id)
        return ()

    def _close_till(self, counted: int, reason: str) -> Call:
        till, session = self.model.till, self.session
        cheques = {(self.payments[payment], rank): True for payment, rank in till.cheques}
        values = {means: till.held[means.value] for means in (Means.CESU, Means.ANCV)}
        reasons = {Means.CASH: reason} if reason else {}
        return lambda desk, operation: close_session(
            desk, session, pieces_of(counted), cheques, values, reasons, operation
        )

    def _read_close_till(self, done: Any) -> tuple[Any, ...]:
        return done.cash_cents, done.difference_cents

    def _move(self, kind: str, cents: int) -> Call:
        return lambda desk, operation: record_movement(desk, MovementKind(kind), cents, WHY, operation)

    def _read_move(self, left: int) -> tuple[Any, ...]:
        return (left,)


def _tender(one: Paid) -> Tender:
    references = {
        name: "Marie Dupont" if one.means == CHEQUE and name == "drawer" else f"n{one.cents}" for name in one.references
    }
    received = None if one.received == one.cents else one.received
    return Tender(Means(one.means), one.cents, received, references)
