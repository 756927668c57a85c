"""The audit trail against the books: each quittance, avoir, till session, duplicata and decision it says was given is there, and back;
each gesture that always enters something in the journal did.

The trail is what still speaks of a payment when the end of the journal was taken away, counters and all. Of a family erased it keeps no
reason nor detail: what they said is then not asked (`verified_erasure` says which may be empty).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, exists, func, or_, select

from models import tables as t
from models.states import BasketState, BookingState, EntryKind, ProofState
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.findings import Finding, Rule, asked
from tui_portail.services.sale import quittance_number
from tui_portail.services.verified_entries import NOT_OURS, session_opened

BATCH = 500
_OF_A_SESSION = (EntryKind.OPENING.value, EntryKind.TILL_CLOSING.value)
_REPRINT, _PROOF, _SLIP, _FINISH = "duplicata", "justificatif", "preparer_bordereau", "terminer"
_FINISH_AT_THE_PORTAL = "terminer_portail"
_DROP, _UNPAID, _UNBOOKED = "annuler_dette", "cheque_revenu", "pointer_sans_reservation"
_CLOSE = "annuler_journees_famille"
_CANCELLING = {_FINISH, _FINISH_AT_THE_PORTAL, _DROP, _CLOSE}
_ALWAYS_ENTERS = {  # what each of these gestures enters in the journal, whatever else it does
    "encaisser": EntryKind.PAYMENT,
    "ouvrir_caisse": EntryKind.OPENING,
    "mouvement_caisse": EntryKind.MOVEMENT,
    "cloturer_caisse": EntryKind.TILL_CLOSING,
    "contre_passer": EntryKind.REVERSAL,
    "corriger_paiement": EntryKind.REVERSAL,
    _DROP: EntryKind.DEBT_DROPPED,
    "valider_bordereau": EntryKind.DEPOSIT,
    "demander_remboursement": EntryKind.REFUND,
    "cheque_revenu": EntryKind.UNPAID,
    "cloturer_periodes": EntryKind.CLOSING,
    "fusionner": EntryKind.TRANSFER,
    _UNBOOKED: EntryKind.DEBT,
}


@dataclass(frozen=True, slots=True)
class _Given:
    """Something a gesture gave, by what it is, its id and its number; `terms` are what both sides may say of it."""

    what: str
    row_id: int
    number: str
    terms: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, int, str]:
        return self.what, self.row_id, self.number

    def agrees(self, other: _Given) -> bool:
        """Say whether two sides agree on every term that both speak of."""
        return all(self.terms[name] == other.terms[name] for name in self.terms.keys() & other.terms.keys())


def check_audit(connection: Connection) -> Iterator[Finding]:
    """Yield the gestures that the books contradict, and the rows whose gesture is no longer told."""
    event, after = t.audit_event.c, ""
    while events := connection.execute(
        select(t.audit_event).where(event.operation_id > after).order_by(event.operation_id).limit(BATCH)
    ).all():
        written, standing = _written(connection, events), _standing(connection, events)
        for told in events:
            try:
                yield from _check_event(connection, told, written.get(told.operation_id, _Written([], [])))
                yield from _check_removed(told, standing)
            except NOT_OURS:
                yield Finding("audit_event", told.operation_id, "son résultat n’a pas la forme que le programme écrit.")
        after = events[-1].operation_id
    yield from _untold(connection)


@dataclass(frozen=True, slots=True)
class _Written:
    """What an operation left in the books: its entries, and what they gave."""

    entries: list[Any]
    given: list[_Given]


def _written(connection: Connection, events: Sequence[Any]) -> dict[str, _Written]:
    """Read what a batch of operations left, in three queries."""
    found: defaultdict[str, _Written] = defaultdict(lambda: _Written([], []))
    entry, payment, quittance = t.journal_entry.c, t.payment.c, t.quittance.c
    of_batch = entry.operation_id.in_([event.operation_id for event in events])
    for row in connection.execute(select(t.journal_entry).where(of_batch)):
        found[row.operation_id].entries.append(row)
        if row.kind in _OF_A_SESSION and (session := session_opened(row)) is not None:
            found[row.operation_id].given.append(_Given("session", session, "", {}))
    same_entry = (entry.regie_id == payment.regie_id) & (entry.seq == payment.entry_seq)
    terms = ("total_cents", "avoir_cents", "change_cents", "avoir_left_cents", "payment_id")
    quittances = (
        select(t.quittance, payment.total_cents, payment.avoir_cents, payment.change_cents, entry.operation_id)
        .join(t.payment, payment.id == quittance.payment_id)
        .join(t.journal_entry, same_entry)
    )
    for row in connection.execute(quittances.where(of_batch)):
        number = quittance_number(row.year, row.number)
        said = {name: getattr(row, name) for name in terms}
        found[row.operation_id].given.append(_Given("quittance", row.id, number, said))
    same_entry = (entry.regie_id == t.avoir.c.regie_id) & (entry.seq == t.avoir.c.entry_seq)
    avoirs = select(t.avoir, entry.operation_id).join(t.journal_entry, same_entry)
    for row in connection.execute(avoirs.where(of_batch)):
        said = {"payer_id": row.payer_id, "amount_cents": row.amount_cents}
        found[row.operation_id].given.append(_Given("avoir", row.id, avoir_number(row.year, row.number), said))
    return found


def _check_event(connection: Connection, event: Any, written: _Written) -> Iterator[Finding]:
    result, details = json.loads(event.result), json.loads(event.details)
    told, given = {one.key: one for one in _told(result)}, {one.key: one for one in written.given}
    for what, _, number in sorted(told.keys() - given.keys()):
        yield Finding(
            "audit_event", event.operation_id, f"ce qu’il a donné n’existe pas : {what} {number}".strip() + "."
        )
    for what, _, number in sorted(given.keys() - told.keys()):
        yield Finding(
            "audit_event", event.operation_id, f"il ne dit pas ce qu’il a donné : {what} {number}".strip() + "."
        )
    for key in sorted(told.keys() & given.keys()):
        if not told[key].agrees(given[key]):
            yield Finding("audit_event", event.operation_id, f"il dit autre chose que {key[0]} {key[2]}".strip() + ".")
    detailed = {details["quittance"]} if "quittance" in details else set()
    if not detailed.union(details.get("avoirs", ())) <= {number for _, _, number in given}:
        yield Finding("audit_event", event.operation_id, "ses détails nomment ce qu’il n’a pas donné.")
    for entry in written.entries:
        if (entry.entered_at, entry.agent_id) != (event.at, event.agent_id):
            yield Finding(
                "audit_event", event.operation_id, f"son heure ou son agent n’est pas de l’écriture {entry.seq}."
            )
    yield from _check_entered(event, result, written)
    if event.gesture == _REPRINT:
        yield from _check_reprint(connection, event, result)
    if event.gesture == _DROP:
        yield from _check_dropped(connection, event, result, written)
    if event.gesture == _UNPAID:
        yield from _check_unpaid(event, result, written)
    if event.gesture == _PROOF:
        yield from _check_decision(connection, event, result, details)


def _told(node: Any) -> Iterator[_Given]:
    """Yield what a gesture's result says it gave, wherever it says so."""
    match node:
        case {"quittance_id": int(row_id), "quittance_number": str(number)}:
            yield _Given("quittance", row_id, number, node)
        case {"settled_quittance_id": int(row_id), "settled_quittance_number": str(number)}:
            yield _Given("quittance", row_id, number, {name: node[name] for name in ("total_cents", "avoir_cents")})
        case {"avoir_id": int(row_id), "number": str(number)}:
            yield _Given("avoir", row_id, number, node)
        case {"session_id": int(row_id)}:
            yield _Given("session", row_id, "", {})
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _told(part)


def _check_entered(event: Any, result: Mapping[str, Any], written: _Written) -> Iterator[Finding]:
    """Yield a gesture that the journal no longer speaks of: its end was taken away."""
    kind = _ALWAYS_ENTERS.get(event.gesture)
    if kind is None:
        return
    wanted = 1
    if kind is EntryKind.CLOSING:
        wanted = len(result["closings"])
    elif kind is EntryKind.TRANSFER:
        wanted = len(result["joined"])
    elif kind is EntryKind.DEBT_DROPPED:
        wanted = int(result["dropped_cents"] > 0)  # free days are owed at no price
    elif kind is EntryKind.DEBT:
        wanted = int(result["owed_cents"] > 0)
    entered = [entry for entry in written.entries if entry.kind == kind.value]
    if len(entered) != wanted:
        sentence = f"le journal doit avoir {wanted} de ses écritures « {kind.value} », il en a {len(entered)}."
        yield Finding("audit_event", event.operation_id, sentence)


def _check_dropped(
    connection: Connection, event: Any, result: Mapping[str, Any], written: _Written
) -> Iterator[Finding]:
    """Yield a debt dropped whose reason, or amount, is not the one that the journal chained, or whose days are not as it left them."""
    removed = _removed(event)
    left = select(func.count()).where(
        t.booking.c.id.in_(removed),
        t.booking.c.state == BookingState.CANCELLED.value,
        t.booking.c.basket_id == int(event.subject_id),
        t.basket.c.id == t.booking.c.basket_id,
        t.basket.c.state == BasketState.CLOSED.value,
        t.basket.c.closed_at == event.at,
    )
    if connection.execute(left).scalar_one() != len(removed):
        yield Finding("audit_event", event.operation_id, "les journées de la dette annulée, ou son panier, ont changé.")
    for entry in written.entries:
        facts = json.loads(entry.document)["facts"]
        owed = sum(care + meal for _, care, meal in facts["lines"])
        chained = event.erased_at is not None or {booking_id for booking_id, _, _ in facts["lines"]} <= set(removed)
        if not chained or (_said(event, facts["reason"]), owed) != (event.reason, result["dropped_cents"]):
            yield _otherwise(event, entry)


def _check_unpaid(event: Any, result: Mapping[str, Any], written: _Written) -> Iterator[Finding]:
    """Yield a cheque come back whose payment, amount or reason is not the one that the journal chained."""
    for entry in written.entries:
        said = json.loads(entry.document)["facts"]["unpaid"]
        told = (result["payment_id"], result["lost_cents"], event.reason, event.subject_id)
        reason = _said(event, said["reason"])
        if (said["payment_id"], said["amount_cents"], reason, said["payment_id"]) != told:
            yield _otherwise(event, entry)


def _said(event: Any, reason: str) -> str:
    """Return the reason that a gesture must still give: none, once erased."""
    return reason if event.erased_at is None else ""


def _otherwise(event: Any, entry: Any) -> Finding:
    sentence = f"il dit autre chose que l’écriture {entry.seq} : son motif, son montant ou ce dont il s’agit."
    return Finding("audit_event", event.operation_id, sentence)


def _removed(event: Any) -> list[int]:
    """Return the days that a gesture says it cancelled: it no longer does, once erased."""
    if event.gesture not in _CANCELLING or event.erased_at is not None:
        return []
    return [one["booking"] for one in json.loads(event.details)["removed"]]


def _standing(connection: Connection, events: Sequence[Any]) -> set[int]:
    """Return, of the days that a batch of gestures cancelled, those that are booked, or owed, as if none had."""
    removed: list[int] = []
    for event in events:
        with suppress(*NOT_OURS):  # what has not our form is told with its gesture
            removed += [booking_id for booking_id in _removed(event) if isinstance(booking_id, int)]
    booking, standing = t.booking.c, set[int]()
    for start in range(0, len(removed), BATCH):
        some = booking.id.in_(removed[start : start + BATCH])
        standing.update(connection.scalars(select(booking.id).where(some, booking.ended_at.is_(None))))
    return standing


def _check_removed(event: Any, standing: Container[int]) -> Iterator[Finding]:
    """Yield the days that a gesture cancelled and that stand all the same."""
    for booking_id in sorted(_removed(event)):
        if booking_id in standing:
            sentence = f"la réservation {booking_id} qu’il a annulée ne l’est plus."
            yield Finding("audit_event", event.operation_id, sentence)


def _check_reprint(connection: Connection, event: Any, result: Mapping[str, Any]) -> Iterator[Finding]:
    copy = t.quittance_copy.c
    kept = connection.execute(
        select(copy.printed_at, copy.agent_id).where(
            copy.quittance_id == int(event.subject_id), copy.copy_no == int(result["copy_no"])
        )
    ).first()
    if kept is None or (kept.printed_at, kept.agent_id) != (event.at, event.agent_id):
        sentence = f"le duplicata {result['copy_no']} de la quittance {event.subject_id} n’est pas celui qu’il a donné."
        yield Finding("audit_event", event.operation_id, sentence)


def _check_decision(
    connection: Connection, event: Any, result: Mapping[str, Any], details: Mapping[str, Any]
) -> Iterator[Finding]:
    proof = connection.execute(select(t.absence_proof).where(t.absence_proof.c.id == int(event.subject_id))).first()
    state = ProofState.ACCEPTED if result["accepted"] else ProofState.REFUSED
    erased = event.erased_at is not None
    if proof is None:
        yield Finding("audit_event", event.operation_id, f"l’absence {event.subject_id} qu’il a décidée n’existe pas.")
        return
    reason, received_on = ("", "") if erased else (proof.reason, str(proof.received_on))
    decided = (state.value, event.reason, event.at, event.agent_id, details.get("received_on", ""))
    if (proof.state, reason, proof.decided_at, proof.decided_by, received_on) != decided:
        yield Finding("absence_proof", str(proof.id), "elle n’est pas ce qui a été décidé.")


@asked
def _untold() -> Iterator[Rule]:
    """Yield the entries, till sessions, duplicatas, slips and decisions whose gesture is not in the trail."""
    event, entry, copy = t.audit_event.c, t.journal_entry.c, t.quittance_copy.c

    def told(subject: str, row_id: ColumnElement[int], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(event.subject == subject, event.subject_id == cast(row_id, String), *conditions)

    opened = told(
        "till_session",
        t.till_session.c.id,
        entry.operation_id == event.operation_id,
        entry.kind == EntryKind.OPENING.value,
    )
    reprinted = told("quittance", copy.quittance_id, event.gesture == _REPRINT, event.at == copy.printed_at)
    decided = told("absence_proof", t.absence_proof.c.id, event.gesture == _PROOF)
    proof, day, closed = t.absence_proof.c, t.booking.c, t.day_closure_line.c
    by_the_commune = exists().where(
        event.gesture == _CLOSE, event.at == proof.decided_at, event.agent_id == proof.decided_by
    ) & exists().where(day.proof_id == proof.id, closed.booking_id == day.id)
    slip = t.deposit_slip.c
    prepared = told(
        "deposit_slip", slip.id, event.gesture == _SLIP, event.at == slip.created_at, event.agent_id == slip.created_by
    )
    yield t.commune_version, _settings_untold(), "cette version des réglages n’est celle d’aucun geste."
    for table, broken in (
        (t.journal_entry, ~exists().where(event.operation_id == entry.operation_id)),
        (t.till_session, ~opened),
        (t.quittance_copy, ~reprinted),
        (t.deposit_slip, ~prepared),
        (t.absence_proof, (proof.state != ProofState.AWAITED.value) & ~decided & ~by_the_commune),
    ):
        yield table, broken, "le geste qui l’a écrite n’est plus dans le journal des gestes."


def _settings_untold() -> ColumnElement[bool]:
    """Return what is true of a version of the settings that no gesture recorded.

    The first is of nobody (`initialiser`): none is its copy, under another number. A closure of days records one too, as its own gesture.
    """
    event, version, before = t.audit_event.c, t.commune_version.c, t.commune_version.alias().c
    told = exists().where(event.subject == "commune_version", event.subject_id == cast(version.id, String))
    closed = exists().where(
        event.subject == "day_closure", event.at == version.recorded_at, event.agent_id == version.agent_id
    )
    copied = exists().where(
        before.id < version.id,
        before.recorded_at == version.recorded_at,
        before.agent_id.is_(None),
        before.source == version.source,
    )
    return or_(version.agent_id.is_(None) & copied, version.agent_id.is_not(None) & ~told & ~closed)
