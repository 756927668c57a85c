"""What each entry of the journal is about: the number of its quittance, avoir, slip or refund, never a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import Column, Select, Table, bindparam, select

from models import tables as t
from models.states import EntryKind, MovementKind, PeriodKind
from tui_portail.commune import Commune
from tui_portail.french import elide, month_name
from tui_portail.policy import Means
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.refunds import refund_number
from tui_portail.services.registers import Books
from tui_portail.services.sale import quittance_number
from tui_portail.services.slip_reading import slip_number


class OfAKind(Protocol):
    """An entry of the journal, as far as its reference goes."""

    @property
    def seq(self) -> int:
        """Its number in the chain."""

    @property
    def kind(self) -> str:
        """What happened."""


def references(books: Books, entries: Iterable[OfAKind]) -> Mapping[int, str]:
    """Return the reference of each of some entries (a few hundred) that has one: a query for each kind that is there."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind].append(entry.seq)
    found: dict[int, str] = {}
    for kind, (query, told) in _REFERENCES.items():
        if seqs := by_kind.get(kind.value):
            rows = books.connection.execute(query, {"regie": books.regie_id, "seqs": seqs})
            found.update((row.entry_seq, told(row, books.commune)) for row in rows)
    return found


def means_label(commune: Commune, means: Means) -> str:
    """Return what the commune calls a means of payment."""
    rule = commune.policy.means.get(means)
    return means.value if rule is None else rule.label


def _of(table: Table, *columns: Column[Any]) -> Select[Any]:
    wanted = select(table.c.entry_seq, *columns).select_from(table)
    return wanted.where(
        table.c.regie_id == bindparam("regie"), table.c.entry_seq.in_(bindparam("seqs", expanding=True))
    )


def _quittance(row: Any, _: Commune) -> str:
    return quittance_number(row.year, row.number)


def _period(row: Any, _: Commune) -> str:
    day = row.starts_on
    match PeriodKind(row.kind):
        case PeriodKind.DAY:
            return f"de la journée du {day:%d/%m/%Y}"
        case PeriodKind.MONTH:
            return f"du mois {elide('de', month_name(day))} {day.year}"
        case PeriodKind.YEAR:
            return f"de l’année {day.year}"


_quittance_of = (t.quittance.c.year, t.quittance.c.number)
_MOVEMENTS = {
    MovementKind.SUPPLY.value: "apport",
    MovementKind.WITHDRAWAL.value: "retrait",
    MovementKind.DEPOSIT.value: "sortie pour versement",
    MovementKind.RETURN.value: "retour de versement",
}
_REFERENCES: dict[EntryKind, tuple[Select[Any], Callable[[Any, Commune], str]]] = {
    EntryKind.PAYMENT: (
        _of(t.payment, *_quittance_of).join(t.quittance, t.quittance.c.payment_id == t.payment.c.id),
        _quittance,
    ),
    EntryKind.REVERSAL: (
        _of(t.reversal, *_quittance_of).join(t.quittance, t.quittance.c.payment_id == t.reversal.c.payment_id),
        _quittance,
    ),
    EntryKind.UNPAID: (
        _of(t.late_unpaid, *_quittance_of).join(t.quittance, t.quittance.c.payment_id == t.late_unpaid.c.payment_id),
        _quittance,
    ),
    EntryKind.AVOIR: (
        _of(t.avoir, t.avoir.c.year, t.avoir.c.number),
        lambda row, _: avoir_number(row.year, row.number),
    ),
    EntryKind.DEPOSIT: (
        _of(t.deposit_slip, t.deposit_slip.c.year, t.deposit_slip.c.number),
        lambda row, _: slip_number(row.year, row.number),
    ),
    EntryKind.REFUND: (
        _of(t.refund, t.refund.c.year, t.refund.c.number),
        lambda row, _: refund_number(row.year, row.number),
    ),
    EntryKind.MOVEMENT: (_of(t.cash_movement, t.cash_movement.c.kind), lambda row, _: _MOVEMENTS[row.kind]),
    EntryKind.DIFFERENCE: (
        _of(t.till_difference, t.till_difference.c.means),
        lambda row, commune: means_label(commune, Means(row.means)),
    ),
    EntryKind.CLOSING: (_of(t.period_closing, t.period_closing.c.kind, t.period_closing.c.starts_on), _period),
}
