"""Writing a reversal once it is judged: its entry, tenders and lines, what is taken back from avoirs, the days that are owed again.

Reversing a payment (`reversals`) and correcting one (`corrections`) both end here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from models import tables as t
from models.states import BookingState, EntryKind, ReversalKind, ReversedLine
from tui_portail.errors import PortailError
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.services.avoirs import GivenAvoir, keep_as_avoir
from tui_portail.services.family_facts import DossierErased, lock_dossier_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.held import missing_ranks
from tui_portail.services.ledger import ACCOUNT_OF, AVOIRS, DEBTS, DIFFERENCES, Head, Movement, enter
from tui_portail.services.sale import CashedBasket, quittance_number


class PaymentUnknown(PortailError):
    """No payment has this id."""

    code = "PAIEMENT_INCONNU"

    def __init__(self) -> None:
        super().__init__("Ce paiement n’existe pas. Retrouvez-le par sa quittance, à l’écran Quittances (F7).")


class AlreadyReversed(PortailError):
    """The payment was reversed, here or at another desk."""

    code = "PAIEMENT_DEJA_CONTRE_PASSE"

    def __init__(self, number: str) -> None:
        super().__init__(f"La quittance n° {number} a déjà été contre-passée. Rien n’a été changé.")


@dataclass(frozen=True, slots=True)
class ReversedPayment:
    """What a reversal did: the quittance it undoes, what is owed again in which basket, what came back to the payer (cents).

    `settled`: the basket on hold that the avoirs come back pay whole.
    """

    payment_id: str
    reversed_number: str
    kind: ReversalKind
    lost_cents: int
    owed_cents: int
    given_back_cents: int
    withdrawn_cents: int
    debt_basket_id: int | None
    kept_avoir: GivenAvoir | None
    settled: tuple[CashedBasket, ...] = ()

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done, and what comes next."""
        return _sentence(self)


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """A payment locked to be reversed or corrected: its row (with basket kind and dossier), its number, tenders and lines."""

    row: Row[Any]
    number: str
    tenders: Sequence[Row[Any]]
    lines: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Undone:
    """How a payment is undone: why, the ranks of the tenders lost, what becomes of each line, where what is owed goes."""

    kind: ReversalKind
    reason: str
    lost: frozenset[int]
    outcomes: Mapping[int, ReversedLine]
    till_session_id: int | None
    debt_basket_id: int | None = None


def refuse_reversed(connection: Connection, paid: PaidBefore) -> None:
    """Refuse a payment that was reversed already; its basket is locked."""
    if connection.execute(select(t.reversal.c.id).where(t.reversal.c.payment_id == paid.row.id)).first():
        raise AlreadyReversed(paid.number)


def lock_payment(gesture: Gesture, payment_id: str) -> PaidBefore:
    """Lock the dossier of a payment and read it. Raises PaymentUnknown, DossierErased: nothing can be owed by nobody."""
    of_payment = (
        select(t.basket.c.dossier_id)
        .join(t.payment, t.payment.c.basket_id == t.basket.c.id)
        .where(t.payment.c.id == payment_id)
    )
    if lock_dossier_of(gesture.connection, of_payment) is None:
        raise PaymentUnknown
    paid = read_payment(gesture.connection, payment_id)
    if paid.row.dossier_erased_at is not None:
        raise DossierErased
    return paid


def read_payment(connection: Connection, payment_id: str) -> PaidBefore:
    """Read a payment with its tenders, and its lines as they were charged and as they are now. Raises PaymentUnknown."""
    row = connection.execute(_PAID, {"payment": payment_id}).first()
    if row is None:
        raise PaymentUnknown
    tenders = connection.execute(_TENDERS, {"payment": payment_id}).all()
    lines = connection.execute(_LINES, {"payment": payment_id}).all()
    return PaidBefore(row, quittance_number(row.year, row.number), tenders, lines)


_payer, _child, _drawer = (t.identity_snapshot.alias(name) for name in ("payer_named", "child_named", "drawer_named"))
_PAID = (
    select(
        t.payment,
        t.basket.c.dossier_id,
        t.basket.c.kind,
        t.dossier.c.number.label("dossier_number"),
        t.dossier.c.erased_at.label("dossier_erased_at"),
        t.quittance.c.year,
        t.quittance.c.number,
        _payer.c.name.label("payer_name"),
    )
    .join(t.basket, t.basket.c.id == t.payment.c.basket_id)
    .join(t.dossier, t.dossier.c.id == t.basket.c.dossier_id)
    .join(t.quittance, t.quittance.c.payment_id == t.payment.c.id)
    .join(_payer, _payer.c.id == t.payment.c.payer_snapshot_id)
    .where(t.payment.c.id == bindparam("payment"))
)
_TENDERS = (
    select(t.tender, _drawer.c.name.label("drawer"))
    .outerjoin(_drawer, _drawer.c.id == t.tender.c.drawer_snapshot_id)
    .where(t.tender.c.payment_id == bindparam("payment"))
    .order_by(t.tender.c.rank)
)
_LINES = (
    select(
        t.payment_line,
        t.booking.c.state,
        t.booking.c.child_id,
        t.booking.c.slot_id,
        t.child.c.birth_on,
        t.avoir_line.c.avoir_id,
        _child.c.name.label("child_name"),
    )
    .join(t.booking, t.booking.c.id == t.payment_line.c.booking_id)
    .join(t.child, t.child.c.id == t.booking.c.child_id)
    .join(_child, _child.c.id == t.payment_line.c.child_snapshot_id)
    .outerjoin(t.avoir_line, t.avoir_line.c.booking_id == t.payment_line.c.booking_id)
    .where(t.payment_line.c.payment_id == bindparam("payment"))
    .order_by(t.payment_line.c.id)
)


def write_reversal(
    gesture: Gesture, paid: PaidBefore, undone: Undone, head: Head, avoir: tuple[int, int] | None
) -> ReversedPayment:
    """Write a reversal at the locked head, its basket and avoirs locked; `avoir` is the number of the one kept, if any is."""
    payer_id = paid.row.payer_id
    lost = [tender for tender in paid.tenders if tender.rank in undone.lost]
    kept_cents = sum(tender.amount_cents for tender in paid.tenders) - sum(tender.amount_cents for tender in lost)
    withdrawn = [line for line in paid.lines if undone.outcomes[line.booking_id] is ReversedLine.WITHDRAWN]
    withdrawn_cents = sum(line.price_cents for line in withdrawn)
    amounts = {
        "lost_cents": sum(tender.amount_cents for tender in lost),
        "kept_cents": kept_cents,
        "given_back_cents": paid.row.avoir_cents,
        "owed_cents": paid.row.total_cents - withdrawn_cents,
        "withdrawn_cents": withdrawn_cents,
    }
    tenders = [(tender.rank, tender.rank not in undone.lost) for tender in paid.tenders]
    missing = missing_ranks(gesture.connection, gesture.till_id, paid.row.id)
    outcomes = sorted((booking_id, outcome.value) for booking_id, outcome in undone.outcomes.items())
    facts = {
        "reversal": {
            "payment_id": paid.row.id,
            "kind": undone.kind.value,
            "reason": undone.reason,
            "till_session_id": undone.till_session_id,
            "debt_basket_id": undone.debt_basket_id,
            **amounts,
        },
        "tenders": sorted(tenders),
        "missing": sorted(missing & undone.lost),
        "lines": outcomes,
        "withdrawals": sorted(
            [line.avoir_id, line.booking_id, line.price_cents] for line in withdrawn if line.price_cents
        ),
        "kept_avoir": None if avoir is None else [*avoir, payer_id, paid.row.payer_snapshot_id, kept_cents],
    }
    movements = [
        Movement(DEBTS, amounts["owed_cents"], payer_id),
        Movement(AVOIRS, withdrawn_cents, payer_id),
        *(
            Movement(account_of(tender, missing), -tender.amount_cents, till_session_id=undone.till_session_id)
            for tender in lost
        ),
        Movement(AVOIRS, -paid.row.avoir_cents - kept_cents, payer_id),
    ]
    entry_hash = enter(
        gesture.connection,
        head,
        EntryKind.REVERSAL,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        movements,
        facts,
    )
    given = None
    if avoir is not None:
        given = keep_as_avoir(gesture, payer_id, paid.row.payer_snapshot_id, avoir, kept_cents, head.seq, entry_hash)
    _write_rows(gesture, paid, undone, amounts, tenders, withdrawn, head.seq, given)
    return ReversedPayment(
        paid.row.id,
        paid.number,
        undone.kind,
        amounts["lost_cents"],
        amounts["owed_cents"],
        paid.row.avoir_cents,
        withdrawn_cents,
        undone.debt_basket_id,
        given,
    )


def account_of(tender: Row[Any], missing: Collection[int]) -> str:
    """Return the account that a tender lost leaves: a cheque found missing at the last closing is already among the differences."""
    return DIFFERENCES if tender.rank in missing else ACCOUNT_OF[Means(tender.means)]


def _write_rows(
    gesture: Gesture,
    paid: PaidBefore,
    undone: Undone,
    amounts: Mapping[str, int],
    tenders: Sequence[tuple[int, bool]],
    withdrawn: Sequence[Row[Any]],
    entry_seq: int,
    kept: GivenAvoir | None,
) -> None:
    """Write the tenders and lines, the row that seals them, what is taken back from avoirs; then move the days that are owed."""
    connection, payment_id = gesture.connection, paid.row.id
    if tenders:
        connection.execute(
            insert(t.reversal_tender),
            [{"payment_id": payment_id, "tender_rank": rank, "kept": kept_} for rank, kept_ in tenders],
        )
    connection.execute(
        insert(t.reversal_line),
        [
            {"payment_id": payment_id, "booking_id": booking_id, "outcome": outcome.value}
            for booking_id, outcome in undone.outcomes.items()
        ],
    )
    reversal_id = connection.execute(
        insert(t.reversal)
        .values(
            regie_id=gesture.regie_id,
            payment_id=payment_id,
            kind=undone.kind.value,
            reason=undone.reason,
            till_session_id=undone.till_session_id,
            reversed_at=gesture.now,
            agent_id=gesture.agent.agent_id,
            debt_basket_id=undone.debt_basket_id,
            kept_avoir_id=None if kept is None else kept.avoir_id,
            entry_seq=entry_seq,
            **amounts,
        )
        .returning(t.reversal.c.id)
    ).scalar_one()
    taken_back = [
        {
            "avoir_id": line.avoir_id,
            "booking_id": line.booking_id,
            "reversal_id": reversal_id,
            "amount_cents": line.price_cents,
        }
        for line in withdrawn
        if line.price_cents
    ]
    if taken_back:
        connection.execute(insert(t.avoir_withdrawal), taken_back)
    for outcome, state in ((ReversedLine.DUE, BookingState.DUE), (ReversedLine.DUE_LATE, BookingState.DUE_LATE)):
        moved = [booking_id for booking_id, became in undone.outcomes.items() if became is outcome]
        if moved:
            connection.execute(
                update(t.booking)
                .where(t.booking.c.id.in_(moved))
                .values(state=state.value, basket_id=undone.debt_basket_id)
            )


def _sentence(done: ReversedPayment) -> str:
    said = [f"La quittance n° {done.reversed_number} est contre-passée."]
    if done.given_back_cents:
        said.append(f"Avoirs rendus au payeur : {format_cents(done.given_back_cents)}.")
    if done.kept_avoir is not None:
        said.append(
            f"La somme gardée devient l’avoir {done.kept_avoir.number} de {format_cents(done.kept_avoir.amount_cents)}."
        )
    if done.withdrawn_cents:
        said.append(f"Avoirs repris pour des journées annulées : {format_cents(done.withdrawn_cents)}.")
    if done.debt_basket_id is not None:
        said.append(
            f"{format_cents(done.owed_cents)} sont dus de nouveau : la régularisation attend dans la file « à encaisser »."
            " Si rien n’est dû, annulez-y cette dette, avec un motif."
        )
    said += [f"Le panier en attente est réglé par avoir, quittance n° {one.quittance_number}." for one in done.settled]
    return " ".join(said)


def reversed_from(result: Mapping[str, Any]) -> ReversedPayment:
    """Build a reversed payment from the JSON of a gesture's result."""
    kept = result["kept_avoir"]
    told = {
        "kind": ReversalKind(result["kind"]),
        "kept_avoir": None if kept is None else GivenAvoir(**kept),
        "settled": tuple(CashedBasket(**one) for one in result.get("settled", ())),  # a result kept before has none
    }
    return ReversedPayment(**{**result, **told})
