"""The Trésor's statements brought in: what each line is to our payments, said first, then kept once for all.

A file is kept once, by its bytes. Its lines never change: one that was not paid here when it was read may be since, which is read from the
payment itself (`reconciliation`). A line not understood is told and not kept: its file, once mended, is another one, and the payments
already known are counted once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from models import tables as t
from models.engine import lock_rows
from models.states import OnlineState, StatementOutcome
from tui_portail.errors import PortailError
from tui_portail.french import long_date, plural
from tui_portail.imports.files import SourceFile
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.plain_text import plain
from tui_portail.services.desk import Desk
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.rights import Right
from tui_portail.treasury_csv import LineNotRead, ReceivedPayment, ReceivedPayments, read_received

__all__ = [
    "OUTCOME_WORDS",
    "KeptStatement",
    "StatementKnown",
    "StatementLine",
    "StatementOutcome",
    "StatementPreview",
    "outcome_of_line",
    "preview_statement",
    "read_statement",
]

LONGEST_NAME = 200
_CHUNK = 500
OUTCOME_WORDS: dict[StatementOutcome, str] = {
    StatementOutcome.MATCHED: "rapprochée",
    StatementOutcome.AMOUNT: "autre montant",
    StatementOutcome.UNPAID: "pas payée ici",
    StatementOutcome.UNKNOWN: "inconnue ici",
}


class StatementKnown(PortailError):
    """The same file was read already."""

    code = "RELEVE_DEJA_LU"

    def __init__(self, name: str, read_at: datetime) -> None:
        super().__init__(
            f"Ce relevé a déjà été lu le {long_date(in_paris(read_at).date())}, sous le nom « {name} » : ses lignes sont au rapprochement."
        )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a statement beside our payment (cents). `payer_name` and `dossier_number` are empty for one unknown here."""

    rank: int
    reference: str
    amount_cents: int
    paid_on: date
    outcome: StatementOutcome
    online_id: int | None = None
    ours_cents: int = 0
    payer_name: str = ""
    dossier_number: str = ""


@dataclass(frozen=True, slots=True)
class StatementPreview:
    """What a file would be once kept: its lines, those not understood, what was left out."""

    name: str
    lines: tuple[StatementLine, ...]
    not_read: tuple[LineNotRead, ...]
    unpaid: int
    others: int

    @property
    def total_cents(self) -> int:
        """What the Trésor received by it."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def counts(self) -> Mapping[StatementOutcome, int]:
        """How many lines have each outcome."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in StatementOutcome}


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A statement kept: its lines and cents, and how many want looking at."""

    statement_id: int
    lines: int
    total_cents: int
    to_look_at: int

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        left = f", {plural(self.to_look_at, 'ligne')} à regarder" if self.to_look_at else ", toutes rapprochées"
        return f"Relevé enregistré : {plural(self.lines, 'paiement')}, {format_cents(self.total_cents)}{left}."


def preview_statement(desk: Desk, source: SourceFile) -> StatementPreview:
    """Say what a file's lines are to our payments, writing nothing.

    Raises StatementKnown, FileNotUnderstood, NotAllowed.
    """
    with desk.read(Right.RECONCILE) as connection:
        regie_id, _ = desk.place(connection)
        _refuse_known(connection, regie_id, source)
        received = _received(connection, source)
        lines = tuple(_lines(connection, received.payments))
    return StatementPreview(source.name, lines, received.not_read, received.unpaid, received.others)


def read_statement(desk: Desk, source: SourceFile, operation: str) -> KeptStatement:
    """Keep a statement and its lines, each with what it is to our payments now; lines not understood are left out.

    Raises StatementKnown, FileNotUnderstood, NotAllowed, OperationReused.
    """

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        lock_rows(connection, t.regie, [gesture.regie_id])  # two régisseurs may bring the same file
        _refuse_known(connection, gesture.regie_id, source)
        received = _received(connection, source)
        lines = list(_lines(connection, received.payments))
        statement = t.treasury_statement
        statement_id = connection.execute(
            insert(statement)
            .values(
                regie_id=gesture.regie_id,
                file_name=plain(source.name)[:LONGEST_NAME],
                file_sha256=source.sha256,
                first_on=min(line.paid_on for line in lines),
                last_on=max(line.paid_on for line in lines),
                read_at=gesture.now,
                agent_id=gesture.agent.agent_id,
            )
            .returning(statement.c.id)
        ).scalar_one()
        connection.execute(
            insert(t.treasury_line),
            [
                {
                    "statement_id": statement_id,
                    "rank": line.rank,
                    "reference": line.reference,
                    "amount_cents": line.amount_cents,
                    "paid_on": line.paid_on,
                    "outcome": line.outcome.value,
                    "online_payment_id": line.online_id,
                }
                for line in lines
            ],
        )
        kept = {
            "statement_id": statement_id,
            "lines": len(lines),
            "total_cents": sum(line.amount_cents for line in lines),
            "to_look_at": sum(line.outcome is not StatementOutcome.MATCHED for line in lines),
        }
        details = {
            "fichier": plain(source.name)[:LONGEST_NAME],
            "lignes_non_lues": [one.line for one in received.not_read],
        }
        return Done(kept, "treasury_statement", statement_id, details=details)

    content = [source.name, source.sha256]
    return perform(
        desk, "lire_releve_payfip", Right.RECONCILE, operation, content, work, lambda kept: KeptStatement(**kept)
    )


def outcome_of_line(amount_cents: int, ours: Any | None) -> StatementOutcome:
    """Say what a line is to our payment of its reference (`ours`: its state and cents), None where there is none."""
    if ours is None:
        return StatementOutcome.UNKNOWN
    if ours.amount_cents != amount_cents:
        return StatementOutcome.AMOUNT
    return StatementOutcome.MATCHED if ours.state == OnlineState.PAID.value else StatementOutcome.UNPAID


def _received(connection: Connection, source: SourceFile) -> ReceivedPayments:
    numbers = connection.scalars(select(t.online_payment.c.client_number).distinct())
    return read_received(source, set(numbers))


def _refuse_known(connection: Connection, regie_id: int, source: SourceFile) -> None:
    statement = t.treasury_statement.c
    known = connection.execute(
        select(statement.file_name, statement.read_at).where(
            statement.regie_id == regie_id, statement.file_sha256 == source.sha256
        )
    ).first()
    if known is not None:
        raise StatementKnown(known.file_name, known.read_at)


def _lines(connection: Connection, payments: Sequence[ReceivedPayment]) -> Iterator[StatementLine]:
    for start in range(0, len(payments), _CHUNK):
        chunk = payments[start : start + _CHUNK]
        ours = _ours(connection, [one.reference for one in chunk])
        for one in chunk:
            row = ours.get(one.reference)
            outcome = outcome_of_line(one.amount_cents, row)
            if row is None:
                yield StatementLine(one.line, one.reference, one.amount_cents, one.paid_on, outcome)
                continue
            name = f"{row.first_name} {row.last_name}".strip() or "identité effacée"
            yield StatementLine(
                *(one.line, one.reference, one.amount_cents, one.paid_on, outcome),
                *(row.id, row.amount_cents, name, row.dossier_number),
            )


def _ours(connection: Connection, references: Collection[str]) -> dict[str, Any]:
    online = t.online_payment.c
    rows = connection.execute(
        select(
            *(online.id, online.reference, online.amount_cents, online.state),
            *(t.guardian.c.first_name, t.guardian.c.last_name, t.dossier.c.number.label("dossier_number")),
        )
        .join(t.payer, t.payer.c.id == online.payer_id)
        .join(t.guardian, t.guardian.c.id == t.payer.c.guardian_id)
        .join(t.basket, t.basket.c.id == online.basket_id)
        .join(t.dossier, t.dossier.c.id == t.basket.c.dossier_id)
        .where(online.reference.in_(references))
    )
    return {row.reference: row for row in rows}
