"""Tills, slips and periods as a whole: sessions follow each other, what was counted is what the books said, no entry is left out.

The chain (`verified_regie_entries`) reads the rows of each entry; those that no entry has are looked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from models import tables as t
from models.states import CountAt, EntryKind, PeriodKind, SessionState, SlipLineKind, SlipState
from tui_portail.policy import Means
from tui_portail.services.findings import MOST_OF_A_KIND, Finding, Rule, asked
from tui_portail.services.ledger import ACCOUNT_OF, IN_TRANSIT
from tui_portail.services.till_float import read_expected_float

session, closing, count, gap = t.till_session.c, t.till_closing.c, t.till_count.c, t.till_difference.c
posting, entry, slip, line = t.posting.c, t.journal_entry.c, t.deposit_slip.c, t.deposit_slip_line.c
period = t.period_closing.c
CASH = Means.CASH.value


def check_regie(connection: Connection) -> Iterator[Finding]:
    """Yield what does not hold, the tills first."""
    yield from _one_till(connection)
    yield from _sessions(connection)
    yield from _floats(connection)
    yield from _counts(connection)
    yield from _slips(connection)
    yield from _without_their_act(connection)
    yield from _in_transit(connection)
    yield from _late_unpaid(connection)
    yield from _periods(connection)


@asked
def _one_till() -> Iterator[Rule]:
    """Yield the régies and tills when there are several: a desk works for the first, and would leave the money of another unseen."""
    for table, sentence in (
        (t.regie, "le programme tient une seule régie, la base en a plusieurs."),
        (t.till, "le programme tient une seule caisse, la base en a plusieurs."),
    ):
        other = table.alias("other")
        yield table, exists().where(other.c.id != table.c.id), sentence


@asked
def _sessions() -> Iterator[Rule]:
    """Yield the sessions that do not continue the one before, or whose closing is not theirs."""
    before, later = t.till_session.alias("before"), t.till_session.alias("later")
    latest = (
        select(func.max(before.c.id))
        .where(before.c.till_id == session.till_id, before.c.id < session.id)
        .scalar_subquery()
    )
    closed = exists().where(
        closing.till_session_id == session.id,
        closing.closed_at == session.closed_at,
        closing.agent_id == session.closed_by,
    )
    any_closing = exists().where(closing.till_session_id == session.id)
    is_closed = session.state == SessionState.CLOSED.value
    for broken, sentence in (
        (
            or_(
                and_(latest.is_(None), session.previous_id.is_not(None)),
                and_(latest.is_not(None), or_(session.previous_id.is_(None), session.previous_id != latest)),
            ),
            "elle ne continue pas la session précédente de sa caisse.",
        ),
        (
            and_(~is_closed, exists().where(later.c.till_id == session.till_id, later.c.id > session.id)),
            "elle est restée ouverte alors qu’une autre l’a suivie.",
        ),
        (and_(is_closed, ~closed), "elle est close sans la clôture qui le dit."),
        (
            and_(~is_closed, or_(any_closing, session.closed_at.is_not(None), session.closed_by.is_not(None))),
            "elle a une clôture, mais reste ouverte.",
        ),
        (
            exists().where(
                closing.till_session_id == session.id,
                posting.till_session_id == session.id,
                posting.entry_seq > closing.entry_seq,
            ),
            "de l’argent y est entré ou en est sorti après sa clôture.",
        ),
    ):
        yield t.till_session, broken, sentence


def _floats(connection: Connection) -> Iterator[Finding]:
    """Yield the sessions opened with another float than what was last counted, and no difference that says why."""
    differences = {
        row.till_session_id: (row.expected_cents, row.counted_cents)
        for row in connection.execute(
            select(t.till_difference).where(gap.counted_at == CountAt.OPENING.value, gap.means == CASH)
        )
    }
    opened: dict[tuple[datetime, int], list[int]] = {}
    for row in connection.execute(
        select(entry.seq, entry.entered_at, entry.agent_id)
        .where(entry.kind == EntryKind.OPENING.value)
        .order_by(entry.seq)
    ):
        opened.setdefault((row.entered_at, row.agent_id), []).append(row.seq)
    closings = connection.execute(select(closing.till_session_id, closing.entry_seq))
    closed = {row.till_session_id: row.entry_seq for row in closings}
    found = 0
    rows = connection.execute(select(t.till_session).order_by(session.till_id, session.id)).all()
    for row in rows:
        after = closed.get(row.previous_id, 0)
        opening = next((seq for seq in opened.get((row.opened_at, row.opened_by), ()) if seq > after), None)
        expected = read_expected_float(connection, row.till_id, row.previous_id, before_seq=opening)
        said = differences.get(row.id, (row.float_cents, row.float_cents))
        if said != (row.float_cents if expected is None else expected, row.float_cents):
            found += 1
            yield Finding(
                "till_session", str(row.id), "son fonds n’est pas ce qui était attendu, sans écart qui le dise."
            )
        if found == MOST_OF_A_KIND:
            return


@asked
def _counts() -> Iterator[Rule]:
    """Yield the closings whose theoretical cash is not what the books make, and the differences that are not entered."""
    kinds = [EntryKind.OPENING.value, EntryKind.DIFFERENCE.value]
    moved = (
        select(func.coalesce(func.sum(posting.amount_cents), 0))
        .join(t.journal_entry, and_(entry.regie_id == posting.regie_id, entry.seq == posting.entry_seq))
        .where(
            posting.till_session_id == count.till_session_id,
            posting.account == ACCOUNT_OF[Means.CASH],
            entry.kind.not_in(kinds),
        )
        .scalar_subquery()
    )
    float_cents = select(session.float_cents).where(session.id == count.till_session_id).scalar_subquery()
    theoretical = and_(count.means == CASH, count.expected_cents != float_cents + moved)
    entered = exists().where(
        gap.till_session_id == count.till_session_id,
        gap.counted_at == CountAt.CLOSING.value,
        gap.means == count.means,
        gap.expected_cents == count.expected_cents,
        gap.counted_cents == count.counted_cents,
    )
    for broken, sentence in (
        (theoretical, "ce que les comptes attendaient n’est pas ce qu’ils font."),
        (and_(count.expected_cents != count.counted_cents, ~entered), "son écart n’est pas écrit."),
    ):
        yield t.till_count, broken, sentence
    counted = exists().where(count.till_session_id == closing.till_session_id, count.means == CASH)
    yield t.till_closing, ~counted, "la caisse est close sans avoir été comptée."
    closed = exists().where(
        count.till_session_id == gap.till_session_id,
        count.means == gap.means,
        count.expected_cents == gap.expected_cents,
        count.counted_cents == gap.counted_cents,
    )
    lost = and_(gap.counted_at == CountAt.CLOSING.value, ~closed)
    yield t.till_difference, lost, "aucun comptage ne le dit."


@asked
def _slips() -> Iterator[Rule]:
    """Yield the lines that stand twice, and what was taken off a slip before it was deposited."""
    other, deposit = t.deposit_slip_line.alias("other"), t.deposit_slip.alias("deposit")
    twice = exists().where(
        other.c.payment_id == line.payment_id,
        other.c.kind == line.kind,
        other.c.tender_rank == line.tender_rank,
        other.c.id != line.id,
    )
    deposited = [
        other.c.payment_id == line.payment_id,
        other.c.kind == SlipLineKind.PAYMENT.value,
        deposit.c.id == other.c.slip_id,
        deposit.c.state == SlipState.VALIDATED.value,
    ]
    reversed_since = exists().where(
        *deposited, t.reversal.c.payment_id == line.payment_id, t.reversal.c.entry_seq > deposit.c.entry_seq
    )
    late = t.late_unpaid.c
    back_since = exists().where(
        *deposited,
        late.payment_id == line.payment_id,
        late.tender_rank == line.tender_rank,
        late.entry_seq > deposit.c.entry_seq,
    )
    for broken, sentence in (
        (twice, "ce paiement est dans deux bordereaux."),
        (
            and_(line.kind == SlipLineKind.REVERSAL.value, ~reversed_since),
            "elle déduit ce qui n’a pas été versé, ou pas contre-passé depuis.",
        ),
        (
            and_(line.kind == SlipLineKind.UNPAID.value, ~back_since),
            "elle déduit un chèque qui n’a pas été versé, ou n’est pas revenu depuis.",
        ),
    ):
        yield t.deposit_slip_line, broken, sentence
    empty = and_(slip.state == SlipState.VALIDATED.value, ~exists().where(line.slip_id == slip.id))
    yield t.deposit_slip, empty, "il est validé sans aucun paiement."
    numbered = or_(*(column.is_not(None) for column in (slip.year, slip.number, slip.validated_at, slip.validated_by)))
    final = or_(numbered, slip.agent_name != "", slip.head_hash != "", slip.fictitious, slip.entry_seq.is_not(None))
    early = and_(slip.state == SlipState.DRAFT.value, final)
    yield t.deposit_slip, early, "il porte ce que seule sa validation écrit."


@asked
def _without_their_act() -> Iterator[Rule]:
    """Yield the rows written with an act, a reversal, a closing or a slip's validation, that is not there: they would hide money."""
    returned, counted = (
        "aucune contre-passation de ce paiement ne l’a écrite.",
        "aucune clôture de cette caisse ne l’a écrit.",
    )
    validated = exists().where(slip.id == t.deposit_slip_cash.c.slip_id, slip.state == SlipState.VALIDATED.value)
    for table, act, sentence in (
        *(
            (table, exists().where(t.reversal.c.payment_id == table.c.payment_id), returned)
            for table in (t.reversal_tender, t.reversal_line)
        ),
        *(
            (table, exists().where(closing.till_session_id == table.c.till_session_id), counted)
            for table in (t.till_count, t.cash_count, t.cheque_count)
        ),
        (t.deposit_slip_cash, validated, "aucun bordereau validé ne le verse."),
    ):
        yield table, ~act, sentence


def _in_transit(connection: Connection) -> Iterator[Finding]:
    """Yield the régies from which more cash went to the Trésor, or back to the till, than was taken out of it to be deposited."""
    left = func.sum(posting.amount_cents)
    rows = connection.execute(
        select(posting.regie_id)
        .where(posting.account == IN_TRANSIT)
        .group_by(posting.regie_id)
        .having(left < 0)
        .order_by(posting.regie_id)
    )
    for regie_id in rows.scalars():
        sentence = "plus d’espèces sont parties au Trésor ou revenues en caisse qu’il n’en est sorti pour versement."
        yield Finding("regie", str(regie_id), sentence)


@asked
def _late_unpaid() -> Iterator[Rule]:
    """Yield the cheques said to have come back after a reversal kept them, that none kept, and those whose avoir was left to the payer."""
    late, back, tender, taken = t.late_unpaid.c, t.reversal_tender.c, t.tender.c, t.avoir_withdrawal.c
    kept = exists().where(
        back.payment_id == late.payment_id,
        back.tender_rank == late.tender_rank,
        back.kept,
        tender.payment_id == late.payment_id,
        tender.rank == late.tender_rank,
        tender.means == Means.CHEQUE.value,
        tender.amount_cents == late.amount_cents,
        t.reversal.c.payment_id == late.payment_id,
        t.reversal.c.entry_seq < late.entry_seq,
    )
    yield t.late_unpaid, ~kept, "aucune contre-passation n’avait gardé ce chèque."
    withdrawn = exists().where(
        taken.late_unpaid_id == late.id,
        taken.amount_cents == late.amount_cents,
        t.reversal.c.payment_id == late.payment_id,
        t.reversal.c.kept_avoir_id == taken.avoir_id,
    )
    yield t.late_unpaid, ~withdrawn, "l’avoir gardé pour ce chèque n’a pas été repris."


@asked
def _periods() -> Iterator[Rule]:
    """Yield the periods that leave entries out, count them twice, or whose totals are not those of their payments."""
    before = t.period_closing.alias("before")
    follows = exists().where(
        before.c.id == period.previous_id,
        before.c.regie_id == period.regie_id,
        before.c.kind == period.kind,
        before.c.last_seq == period.first_seq - 1,
        before.c.ends_on < period.starts_on,
        before.c.perpetual_cents == period.perpetual_cents - period.received_cents + period.reversed_cents,
    )
    first = and_(
        period.previous_id.is_(None),
        period.first_seq == 1,
        period.perpetual_cents == period.received_cents - period.reversed_cents,
    )
    for broken, sentence in (
        (~or_(follows, first), "elle ne continue pas la clôture précédente."),
        (period.received_cents != _within(t.payment), "ses encaissements ne sont pas ceux de ses écritures."),
        (
            period.reversed_cents != _within(t.reversal) + _within(t.late_unpaid),
            "ses contre-passations ne sont pas celles de ses écritures.",
        ),
        (
            and_(period.kind == PeriodKind.DAY.value, period.starts_on != period.ends_on),
            "une journée ne dure qu’un jour.",
        ),
    ):
        yield t.period_closing, broken, sentence


def _within(table: Any) -> ColumnElement[int]:
    amount = {
        t.payment.name: t.payment.c.total_cents - t.payment.c.avoir_cents,
        t.reversal.name: t.reversal.c.lost_cents,
        t.late_unpaid.name: t.late_unpaid.c.amount_cents,
    }[table.name]
    return (
        select(func.coalesce(func.sum(amount), 0))
        .select_from(table)
        .where(table.c.regie_id == period.regie_id, table.c.entry_seq.between(period.first_seq, period.last_seq))
        .scalar_subquery()
    )
