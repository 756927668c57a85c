"""Payments corrected after they were deposited: what replaces them waits for a slip, but its paper went to the Trésor with the old one.

Such a paper is neither in the drawer nor to be remitted: the next slip takes the old payment off and adds the new, both at once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, select

from models import tables as t
from models.states import SlipLineKind, SlipState
from tui_portail.corrected_tenders import WrittenTender, already_deposited
from tui_portail.policy import Means


@dataclass(frozen=True, slots=True)
class ReplacedDeposit:
    """What a payment in no validated slip replaces: the payment deposited, what of each new tender went with it (cents, by rank)."""

    deposited_id: str
    gone_cents: dict[int, int]


def deposited(
    payment_id: ColumnElement[str], *also: ColumnElement[bool], kind: SlipLineKind = SlipLineKind.PAYMENT
) -> ColumnElement[bool]:
    """Say, in a query, that a payment stands in a validated slip: deposited, or by another kind of line."""
    line, slip = t.deposit_slip_line.c, t.deposit_slip.c
    return exists().where(
        line.payment_id == payment_id,
        line.kind == kind.value,
        slip.id == line.slip_id,
        slip.state == SlipState.VALIDATED.value,
        *also,
    )


def replaced_deposits(connection: Connection, regie_id: int) -> dict[str, ReplacedDeposit]:
    """Return, by payment, those of a régie whose paper is already at the Trésor; none when nothing deposited was corrected since."""
    pairs = {row.id: row.before_id for row in connection.execute(_PAIRS, {"regie": regie_id})}
    if not pairs:
        return {}
    tenders = defaultdict(list)
    wanted = t.tender.c.payment_id.in_({*pairs, *pairs.values()})
    for row in connection.execute(select(t.tender).where(wanted).order_by(t.tender.c.payment_id, t.tender.c.rank)):
        tenders[row.payment_id].append(_written(row))
    replaced = {new: ReplacedDeposit(old, already_deposited(tenders[old], tenders[new])) for new, old in pairs.items()}
    return {new: one for new, one in replaced.items() if one.gone_cents}


def _written(row: Any) -> WrittenTender:
    return WrittenTender(row.rank, Means(row.means), row.amount_cents, row.bank, row.reference)


def _deposited_whole(payment_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Say that a corrected payment was deposited before it was corrected, and that no slip took it off since.

    Corrected while it stood on a draft, it is cancelled there; taken off alone, what replaces it later is paper of its own.
    """
    reversal = t.reversal.c
    whole = deposited(payment_id, reversal.payment_id == payment_id, reversal.entry_seq > t.deposit_slip.c.entry_seq)
    return and_(whole, ~deposited(payment_id, kind=SlipLineKind.REVERSAL))


_payment, _before = t.payment.alias("written_again"), t.payment.alias("before")
_chain = (
    select(_payment.c.id, _payment.c.corrects_id.label("before_id"))
    .where(_payment.c.regie_id == bindparam("regie"), _payment.c.corrects_id.is_not(None), ~deposited(_payment.c.id))
    .cte("corrections", recursive=True)
)
# A correction may be corrected in its turn before any slip: the papers are those of the last one deposited.
_chain = _chain.union_all(
    select(_chain.c.id, _before.c.corrects_id)
    .join(_before, _before.c.id == _chain.c.before_id)
    .where(_before.c.corrects_id.is_not(None), ~_deposited_whole(_before.c.id))
)
_PAIRS = select(_chain.c.id, _chain.c.before_id).where(_deposited_whole(_chain.c.before_id))
