"""Deposit slips (bordereaux de versement): prepared as a draft, counted, validated once; a payment stands in one slip only.

What was deposited and comes back later (an unpaid cheque, means typed wrong) goes as a negative in the next slip. Every gesture on a
till's draft locks the till first: one is prepared, changed or validated at a time, and none while the till opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from models import tables as t
from models.states import SeriesKind, SlipLineKind, SlipState
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import lock_head, next_number
from tui_portail.services.rights import Right
from tui_portail.services.slip_entry import check_slip, counted_pieces, write_validated
from tui_portail.services.slip_reading import SlipUnknown, load_slip, read_slip, slip_number, waiting_payments
from tui_portail.services.slip_views import SlipLine, SlipView
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


def prepare_slip(desk: Desk, operation: str) -> SlipView:
    """Make the till's draft of all that waits to be deposited, or complete the one it has with all that waits; return it.

    Raises NothingToDeposit, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        hold_till(gesture)
        draft_id = _draft_of(connection, gesture.till_id)
        waiting = waiting_payments(connection, gesture.regie_id, gesture.till_id)
        if not waiting and draft_id is None:
            raise NothingToDeposit
        slip_id = _open_draft(gesture) if draft_id is None else draft_id
        _add(connection, slip_id, waiting)
        return Done({"slip": slip_id}, "deposit_slip", slip_id, details={"lignes": len(waiting)})

    slip_id = perform(
        desk, "preparer_bordereau", Right.DEPOSIT, operation, [], work, lambda result: int(result["slip"])
    )
    return load_slip(desk, slip_id)


def take_out(desk: Desk, slip_id: int, payment_id: str, operation: str) -> SlipView:
    """Take a payment out of a draft, with what goes together with it: it waits for a later one.

    What an earlier slip deposited stays, to be taken off this one, and so does what replaces it.

    Raises SlipUnknown, SlipAlreadyValidated, InvalidInput, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        _lock_draft(gesture, slip_id)
        view = read_slip(gesture.connection, gesture.commune.policy, slip_id)
        found = next((line for line in view.lines if line.payment_id == payment_id), None)
        if found is None:
            raise InvalidInput("Ce paiement n’est plus dans ce bordereau : un autre poste a pu le retirer.")
        if not view.may_be_left_out(found):
            raise InvalidInput(_stays(found))
        line, together = t.deposit_slip_line.c, [one.payment_id for one in view.together(found)]
        gesture.connection.execute(
            delete(t.deposit_slip_line).where(line.slip_id == slip_id, line.payment_id.in_(together))
        )
        return Done({}, "deposit_slip", slip_id, details={"retiree": found.quittance})

    perform(desk, "retirer_du_bordereau", Right.DEPOSIT, operation, [slip_id, payment_id], work, lambda _: None)
    return load_slip(desk, slip_id)


def put_back(desk: Desk, slip_id: int, payment_id: str, operation: str) -> SlipView:
    """Put one payment that waits on a draft, with what goes together with it.

    Raises SlipUnknown, SlipAlreadyValidated, InvalidInput, NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        _lock_draft(gesture, slip_id)
        view = read_slip(gesture.connection, gesture.commune.policy, slip_id)
        found = next((line for line in view.waiting if line.payment_id == payment_id), None)
        if found is None:
            raise InvalidInput("Ce paiement n’attend plus de bordereau : un autre poste a pu le contre-passer.")
        wanted = {line.payment_id for line in view.together(found) if line in view.waiting}
        waiting = waiting_payments(gesture.connection, gesture.regie_id, gesture.till_id)
        _add(gesture.connection, slip_id, [line for line in waiting if line[0] in wanted])
        return Done({}, "deposit_slip", slip_id, details={"paiement": payment_id})

    perform(desk, "remettre_au_bordereau", Right.DEPOSIT, operation, [slip_id, payment_id], work, lambda _: None)
    return load_slip(desk, slip_id)


def validate_slip(
    desk: Desk, slip_id: int, cash: Mapping[int, int], operation: str, *, seen_cents: int | None = None
) -> SlipView:
    """Number a draft and write its money off to the Trésor; `cash` gives the pieces of each value (cents) deposited.

    `seen_cents` is the total that the agent was shown: with another one, the slip is refused. Raises SlipUnknown, SlipAlreadyValidated,
    SlipRefused, NotAllowed.
    """
    counted = counted_pieces(cash)

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        session_id = _lock_draft(gesture, slip_id)
        year, number = next_number(connection, gesture.regie_id, SeriesKind.SLIP, gesture.now)
        head = lock_head(connection, gesture.regie_id)  # no reversal can come between what is read and what is entered
        view = read_slip(connection, gesture.commune.policy, slip_id)
        check_slip(gesture, view, counted, seen_cents)
        write_validated(gesture, view, counted, session_id, (year, number), head)
        return Done({}, "deposit_slip", slip_id, details={"bordereau": slip_number(year, number)})

    content = [slip_id, sorted(counted.items()), seen_cents]
    perform(desk, "valider_bordereau", Right.DEPOSIT, operation, content, work, lambda _: None)
    return load_slip(desk, slip_id)


def _stays(line: SlipLine) -> str:
    if line.taken_off:
        return (
            f"La quittance n° {line.quittance} a déjà été versée, puis contre-passée : "
            "elle est déduite de ce bordereau et ne peut pas en être retirée."
        )
    return (
        f"La quittance n° {line.quittance} en remplace une déjà versée, que ce bordereau déduit : "
        "les deux vont ensemble, elle ne peut pas en être retirée."
    )


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


def _add(connection: Connection, slip_id: int, lines: Sequence[tuple[str, SlipLineKind, int]]) -> None:
    if lines:
        connection.execute(
            insert(t.deposit_slip_line),
            [
                {"slip_id": slip_id, "payment_id": payment_id, "kind": kind.value, "tender_rank": rank}
                for payment_id, kind, rank in lines
            ],
        )


def _lock_draft(gesture: Gesture, slip_id: int) -> int | None:
    """Lock the till and its open session, whose id is returned, and refuse a slip that is no draft of it.

    Raises SlipUnknown, SlipAlreadyValidated.
    """
    session_id = hold_till(gesture)  # the next float is expected less what a slip takes from a closed till
    slip = gesture.connection.execute(
        select(t.deposit_slip).where(t.deposit_slip.c.id == slip_id, t.deposit_slip.c.till_id == gesture.till_id)
    ).first()
    if slip is None:
        raise SlipUnknown
    if slip.state == SlipState.VALIDATED.value:
        raise SlipAlreadyValidated(slip_number(slip.year, slip.number))
    return session_id
