"""Deposit slips (bordereaux de versement): prepared as a draft, counted, validated once; a payment stands in one slip only.

What was deposited and comes back later (an unpaid cheque, means typed wrong) goes as a negative in the next slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import EntryKind, SeriesKind, SlipLineKind, SlipState
from tui_portail.decision import POLICY
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.french import join_words
from tui_portail.money import format_cents
from tui_portail.policy import Means
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import (
    ACCOUNT_OF,
    DEPOSITED,
    IN_TRANSIT,
    Head,
    Movement,
    enter,
    lock_head,
    next_number,
)
from tui_portail.services.rights import Right
from tui_portail.services.slip_reading import SlipUnknown, SlipView, load_slip, read_slip, slip_number, waiting_payments
from tui_portail.services.till import hold_till


class NothingToDeposit(PortailError):
    """No payment waits for a slip."""

    code = "RIEN_A_VERSER"

    def __init__(self) -> None:
        super().__init__("Aucun paiement n’attend de bordereau : tout ce qui a été reçu est déjà versé.")


class SlipAlreadyValidated(PortailError):
    """The slip was validated, here or at another desk: it never changes."""

    code = "BORDEREAU_VALIDE"

    def __init__(self, number: str) -> None:
        super().__init__(f"Le bordereau {number} est validé : il ne change plus. Préparez le suivant.")


class SlipRefused(PortailError):
    """The slip cannot be validated as it is."""

    code = "BORDEREAU_REFUSE"
    source = POLICY


def prepare_slip(desk: Desk, operation: str) -> SlipView:
    """Make the till's draft of all that waits to be deposited, or complete the draft it has; return it.

    Raises NothingToDeposit, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        lock_rows(connection, t.till, [gesture.till_id])
        draft = _draft_of(connection, gesture.till_id)
        waiting = waiting_payments(connection, gesture.regie_id, gesture.till_id)
        if not waiting and draft is None:
            raise NothingToDeposit
        slip_id = draft if draft is not None else _open_draft(gesture)
        if waiting:
            connection.execute(
                insert(t.deposit_slip_line),
                [{"slip_id": slip_id, "payment_id": payment_id, "kind": kind.value} for payment_id, kind in waiting],
            )
        return Done({"slip": slip_id}, "deposit_slip", slip_id, details={"lignes": len(waiting)})

    slip_id = perform(
        desk, "preparer_bordereau", Right.DEPOSIT, operation, [], work, lambda result: int(result["slip"])
    )
    return load_slip(desk, slip_id)


def take_out(desk: Desk, slip_id: int, payment_id: str, operation: str) -> SlipView:
    """Take a payment out of a draft: it waits for the next one. An earlier deposit to take off stays.

    Raises SlipUnknown, SlipAlreadyValidated, InvalidInput, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        connection, line = gesture.connection, t.deposit_slip_line.c
        _lock_draft(gesture, slip_id)
        gone = connection.execute(
            delete(t.deposit_slip_line).where(
                line.slip_id == slip_id, line.payment_id == payment_id, line.kind == SlipLineKind.PAYMENT.value
            )
        )
        if not gone.rowcount:
            raise InvalidInput("Ce paiement ne peut pas être retiré de ce bordereau : relisez-le.")
        return Done({}, "deposit_slip", slip_id, details={"retire": payment_id})

    perform(desk, "retirer_du_bordereau", Right.DEPOSIT, operation, [slip_id, payment_id], work, lambda _: None)
    return load_slip(desk, slip_id)


def validate_slip(desk: Desk, slip_id: int, cash: Mapping[int, int], operation: str) -> SlipView:
    """Number a draft and write its money off to the Trésor; `cash` gives the pieces of each value (cents) deposited.

    Raises SlipUnknown, SlipAlreadyValidated, SlipRefused, NotAllowed.
    """
    counted = {value: pieces for value, pieces in sorted(cash.items(), reverse=True) if pieces}
    if any(value <= 0 or pieces < 0 for value, pieces in counted.items()):
        raise InvalidInput("Un nombre de billets ou de pièces n’est jamais négatif.")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        session_id = hold_till(gesture)  # the next float is expected less what a slip takes from a closed till
        _lock_draft(gesture, slip_id)
        year, number = next_number(connection, gesture.regie_id, SeriesKind.SLIP, gesture.now)
        head = lock_head(connection, gesture.regie_id)  # no reversal can come between what is read and what is entered
        view = read_slip(connection, gesture.commune.policy, slip_id)
        _check(gesture, view, counted)
        _validate(gesture, view, counted, session_id, (year, number), head)
        return Done({"slip": slip_id}, "deposit_slip", slip_id, details={"bordereau": slip_number(year, number)})

    content = [slip_id, sorted(counted.items())]
    perform(desk, "valider_bordereau", Right.DEPOSIT, operation, content, work, lambda _: None)
    return load_slip(desk, slip_id)


def _draft_of(connection: Connection, till_id: int) -> int | None:
    slip = t.deposit_slip.c
    return connection.scalar(select(slip.id).where(slip.till_id == till_id, slip.state == SlipState.DRAFT.value))


def _open_draft(gesture: Gesture) -> int:
    return int(
        gesture.connection.execute(
            insert(t.deposit_slip)
            .values(
                regie_id=gesture.regie_id,
                till_id=gesture.till_id,
                state=SlipState.DRAFT.value,
                created_at=gesture.now,
                created_by=gesture.agent.agent_id,
            )
            .returning(t.deposit_slip.c.id)
        ).scalar_one()
    )


def _lock_draft(gesture: Gesture, slip_id: int) -> None:
    """Lock a slip that is still a draft. Raises SlipUnknown, SlipAlreadyValidated."""
    lock_rows(gesture.connection, t.deposit_slip, [slip_id])
    slip = gesture.connection.execute(select(t.deposit_slip).where(t.deposit_slip.c.id == slip_id)).first()
    if slip is None:
        raise SlipUnknown
    if slip.state == SlipState.VALIDATED.value:
        raise SlipAlreadyValidated(slip_number(slip.year, slip.number))


def _check(gesture: Gesture, view: SlipView, counted: Mapping[int, int]) -> None:
    """Refuse a slip that is empty, whose cash is not what was counted or is not there, or that holds a cheque noted missing."""
    if not view.lines:
        raise SlipRefused("Ce bordereau est vide : complétez-le avant de le valider.")
    cash = view.cents_of(Means.CASH)
    if cash < 0:
        raise SlipRefused(
            f"Les espèces de ce bordereau font {format_cents(cash)} : attendez d’en avoir reçu assez pour compenser "
            "le paiement contre-passé."
        )
    total = sum(value * pieces for value, pieces in counted.items())
    if total != cash:
        raise SlipRefused(
            f"Les espèces comptées font {format_cents(total)}, le bordereau en verse {format_cents(cash)} : recomptez-les."
        )
    held = _balance(gesture, ACCOUNT_OF[Means.CASH]) + _balance(gesture, IN_TRANSIT)
    if cash > held:
        raise SlipRefused(
            f"La régie ne détient que {format_cents(held)} d’espèces : retirez des paiements du bordereau."
        )
    if missing := _missing_cheques(gesture.connection, view):
        raise SlipRefused(
            f"Noté manquant à la clôture de la caisse : chèque de la quittance n° {join_words(missing)}. "
            "Retirez ce paiement du bordereau, ou contre-passez-le."
        )


def _missing_cheques(connection: Connection, view: SlipView) -> list[str]:
    """Return the quittances whose cheque was not found at the last closing that looked for it."""
    count = t.cheque_count.c
    rows = connection.execute(
        select(count.payment_id, count.tender_rank, count.found)
        .where(count.payment_id.in_([line.payment_id for line in view.lines]))
        .order_by(count.till_session_id)
    )
    found = {(row.payment_id, row.tender_rank): row.found for row in rows}
    return [
        line.quittance
        for line in view.lines
        if line.kind is SlipLineKind.PAYMENT
        and any(
            not tender.cancelled and found.get((tender.payment_id, tender.rank)) is False for tender in line.tenders
        )
    ]


def _balance(gesture: Gesture, account: str) -> int:
    posting = t.posting.c
    total = select(func.coalesce(func.sum(posting.amount_cents), 0)).where(
        posting.regie_id == gesture.regie_id, posting.account == account
    )
    return int(gesture.connection.execute(total).scalar_one())


def _validate(
    gesture: Gesture,
    view: SlipView,
    counted: Mapping[int, int],
    session_id: int | None,
    number: tuple[int, int],
    head: Head,
) -> None:
    """Write the entry, the cash counted, and the slip's last state."""
    connection, regie_id = gesture.connection, gesture.regie_id
    totals = [(total.means, total.final_cents) for total in view.totals]
    entry_hash = enter(
        connection,
        head,
        EntryKind.DEPOSIT,
        gesture.now,
        gesture.agent.agent_id,
        gesture.operation,
        _movements(gesture, totals, session_id),
        _facts(gesture, view, counted, totals, number),
    )
    if counted:
        connection.execute(
            insert(t.deposit_slip_cash),
            [
                {"slip_id": view.slip_id, "denomination_cents": value, "pieces": pieces}
                for value, pieces in counted.items()
            ],
        )
    connection.execute(
        update(t.deposit_slip)
        .where(t.deposit_slip.c.id == view.slip_id, t.deposit_slip.c.regie_id == regie_id)
        .values(
            state=SlipState.VALIDATED.value,
            year=number[0],
            number=number[1],
            validated_at=gesture.now,
            validated_by=gesture.agent.agent_id,
            agent_name=gesture.agent.name,
            entry_seq=head.seq,
            head_hash=entry_hash,
            fictitious=gesture.commune.policy.fictitious,
        )
    )


def _movements(gesture: Gesture, totals: list[tuple[Means, int]], session_id: int | None) -> list[Movement]:
    """Take each means off its account; cash from what was already taken out of the till, then from the till itself."""
    movements = [Movement(DEPOSITED, sum(cents for _, cents in totals))]
    for means, cents in totals:
        if means is not Means.CASH:
            movements.append(Movement(ACCOUNT_OF[means], -cents))
            continue
        in_transit = min(cents, max(0, _balance(gesture, IN_TRANSIT)))
        movements.append(Movement(IN_TRANSIT, -in_transit))
        movements.append(Movement(ACCOUNT_OF[means], in_transit - cents, till_session_id=session_id))
    return movements


def _facts(
    gesture: Gesture,
    view: SlipView,
    counted: Mapping[int, int],
    totals: list[tuple[Means, int]],
    number: tuple[int, int],
) -> dict[str, Any]:
    return {
        "slip": [view.slip_id, *number, gesture.till_id, gesture.commune.policy.fictitious],
        "lines": sorted(
            [line.payment_id, line.kind.value, [[one.rank, one.amount_cents, one.cancelled] for one in line.tenders]]
            for line in view.lines
        ),
        "totals": [[means.value, cents] for means, cents in totals],
        "cash": [[value, pieces] for value, pieces in counted.items()],
    }
