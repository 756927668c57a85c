"""A family that leaves with avoirs: « à rembourser par mandat », by the ordonnateur. A régie de recettes gives no cash back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from models import tables as t
from models.states import BasketState, EntryKind, SeriesKind
from tui_portail.decision import POLICY
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.money import format_cents
from tui_portail.services.chained_reasons import refuse_names
from tui_portail.services.debts import owed_cents
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import avoir_balances, lock_avoirs, lock_dossier_of
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import AVOIRS, TO_REFUND, Movement, enter, lock_head, next_number
from tui_portail.services.rights import Right

LONGEST_REASON = 200


class RefundRefused(PortailError):
    """Nothing can be refunded to this payer as things stand."""

    code = "REMBOURSEMENT_REFUSE"
    source = POLICY


@dataclass(frozen=True, slots=True)
class RefundRow:
    """What the ordonnateur is asked to pay back, in cents. `address` is the payer's, a line each; both are empty once erased."""

    refund_id: int
    number: str
    requested_at: datetime
    payer_name: str
    address: tuple[str, ...]
    erased_at: datetime | None
    dossier_number: str
    amount_cents: int
    reason: str
    agent_name: str


def refund_number(year: int, number: int) -> str:
    """Return the number of a request as printed."""
    return f"RM-{year}-{number:04d}"


def request_refund(desk: Desk, payer_id: int, reason: str, operation: str) -> RefundRow:
    """Put all the avoirs left to a payer on the list of what is « à rembourser par mandat »; they are used no more.

    Raises RefundRefused when nothing is left, when the payer owes something or has a basket on hold; InvalidInput, NotAllowed.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif du remboursement", "reason")
    if not reason:
        raise InvalidInput("Indiquez le motif du remboursement : il est transmis à l’ordonnateur.")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        payer = _lock(gesture, payer_id)
        refuse_names(connection, payer.dossier_id, reason)
        left = avoir_balances(connection, [payer_id]).get(payer_id, ())
        amount = sum(avoir.remaining_cents for avoir in left)
        if not amount:
            raise RefundRefused(f"{payer.name} n’a aucun avoir : il n’y a rien à rembourser.")
        year, number = next_number(connection, gesture.regie_id, SeriesKind.REFUND, gesture.now)
        head = lock_head(connection, gesture.regie_id)
        withdrawn = [[avoir.avoir_id, avoir.remaining_cents] for avoir in left]
        entry_hash = enter(
            connection,
            head,
            EntryKind.REFUND,
            gesture.now,
            gesture.agent.agent_id,
            gesture.operation,
            [Movement(AVOIRS, amount, payer_id), Movement(TO_REFUND, -amount, payer_id)],
            {
                "refund": [year, number],
                "payer": payer_id,
                "payer_snapshot": payer.snapshot_id,
                "amount": amount,
                "reason": reason,
                "avoirs": sorted(withdrawn),
                "fictitious": gesture.commune.policy.fictitious,
            },
        )
        refund_id = connection.execute(
            insert(t.refund)
            .values(
                regie_id=gesture.regie_id,
                payer_id=payer_id,
                payer_snapshot_id=payer.snapshot_id,
                year=year,
                number=number,
                amount_cents=amount,
                reason=reason,
                requested_at=gesture.now,
                agent_id=gesture.agent.agent_id,
                agent_name=gesture.agent.name,
                entry_seq=head.seq,
                head_hash=entry_hash,
                fictitious=gesture.commune.policy.fictitious,
            )
            .returning(t.refund.c.id)
        ).scalar_one()
        connection.execute(
            insert(t.avoir_withdrawal),
            [
                {
                    "avoir_id": avoir_id,
                    "booking_id": None,
                    "reversal_id": None,
                    "refund_id": refund_id,
                    "amount_cents": cents,
                }
                for avoir_id, cents in withdrawn
            ],
        )
        details = {"remboursement": refund_number(year, number)}
        return Done({"refund": refund_id}, "refund", refund_id, payer.dossier_id, reason, details)

    def answer(result: Mapping[str, Any]) -> RefundRow:
        with desk.read(Right.REFUND) as connection:
            [row] = _rows(connection, t.refund.c.id == result["refund"])
        return row

    return perform(desk, "demander_remboursement", Right.REFUND, operation, [payer_id, reason], work, answer)


def list_refunds(desk: Desk, year: int) -> tuple[RefundRow, ...]:
    """Return what was asked of the ordonnateur in a civil year, in the order of numbers."""
    with desk.read(Right.REGISTERS) as connection:
        regie_id, _ = desk.place(connection)
        return _rows(connection, (t.refund.c.regie_id == regie_id) & (t.refund.c.year == year))


def _lock(gesture: Gesture, payer_id: int) -> Any:
    """Lock the payer's dossier and avoirs, and read the payer. Raises RefundRefused."""
    connection, payer = gesture.connection, t.payer.c
    wanted = (
        select(
            payer.dossier_id,
            payer.joined_into_id,
            t.guardian.c.snapshot_id,
            (t.guardian.c.first_name + " " + t.guardian.c.last_name).label("name"),
            owed_cents().label("debt_cents"),
        )
        .join(t.guardian, t.guardian.c.id == payer.guardian_id)
        .where(payer.id == payer_id)
    )
    found = connection.execute(wanted).first()
    if found is None:
        raise RefundRefused("Ce payeur n’existe pas : rouvrez le dossier de la famille.")
    lock_dossier_of(connection, select(payer.dossier_id).where(payer.id == payer_id))
    lock_avoirs(connection, [payer_id])
    found = connection.execute(wanted).one()
    if found.joined_into_id is not None:
        raise RefundRefused(f"Le compte de {found.name} a été réuni à un autre : rouvrez le dossier, et recommencez.")
    if found.debt_cents:
        raise RefundRefused(
            f"{found.name} doit {format_cents(found.debt_cents)} : encaissez d’abord la régularisation, l’avoir y servira de lui-même ; "
            "si elle n’est pas à payer, annulez cette dette dans la file « à encaisser »."
        )
    on_hold = select(func.count()).where(
        t.basket.c.payer_id == payer_id,
        t.basket.c.state == BasketState.OPEN.value,
        t.basket.c.expires_at > gesture.now,
    )
    if connection.execute(on_hold).scalar_one():
        raise RefundRefused(f"Un panier de {found.name} est en attente : encaissez-le ou abandonnez-le d’abord.")
    return found


def _rows(connection: Connection, condition: Any) -> tuple[RefundRow, ...]:
    person = t.identity_snapshot.c
    rows = connection.execute(
        select(t.refund, person.name, person.address, person.erased_at, t.dossier.c.number.label("dossier"))
        .join(t.identity_snapshot, person.id == t.refund.c.payer_snapshot_id)
        .join(t.payer, t.payer.c.id == t.refund.c.payer_id)
        .join(t.dossier, t.dossier.c.id == t.payer.c.dossier_id)
        .where(condition)
        .order_by(t.refund.c.year, t.refund.c.number)
    )
    return tuple(
        RefundRow(
            row.id,
            refund_number(row.year, row.number),
            row.requested_at,
            row.name,
            tuple(line for line in row.address.splitlines() if line),
            row.erased_at,
            row.dossier,
            row.amount_cents,
            row.reason,
            row.agent_name,
        )
        for row in rows
    )
