"""« Terminer les modifications »: days booked on hold and days cancelled with their avoirs, for each payer, in one transaction.

Lock the dossier, its payers' open baskets and avoirs, then the slots; read the family again under those locks; let the same rules as on the
screen judge; write all of it or nothing (rules, « Hold and payment », « Cancelling »).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from models import tables as t
from models.engine import lock_rows
from models.states import LIVE_STATES, AvoirReason, BasketState, BookingState, ProofState
from tui_portail.cancellation_rules import CancellationLine, CancellationOutcome, LineState, group_absences
from tui_portail.decision import Decision, sources_of
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.instants import in_paris
from tui_portail.planning import (
    Addition,
    CellKey,
    Change,
    Judgement,
    PlanningSnapshot,
    Removal,
    Tick,
)
from tui_portail.planning_judgement import complete, judge_changes
from tui_portail.services.avoirs import GivenAvoir, ReturnedLine, avoir_from, give_avoir
from tui_portail.services.baskets import (
    basket_lines,
    close_basket,
    close_expired,
    open_basket,
    release,
    slots_of_bookings,
)
from tui_portail.services.debts import drop_debts
from tui_portail.services.desk import Desk
from tui_portail.services.family_facts import FamilyFacts, load_family, lock_avoirs
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.ledger import lock_series
from tui_portail.services.payment import settle
from tui_portail.services.planning import snapshot_of
from tui_portail.services.rights import Right
from tui_portail.services.slots import SlotKey
from tui_portail.services.waiting_offers import lock_places, offer_places, take_entries

LONGEST_REASON = 200


class ChangesRefused(PortailError):
    """Facts changed since the days were ticked: nothing was written, `refusals` says why cell by cell."""

    code = "MODIFICATIONS_REFUSEES"

    def __init__(self, refusals: Mapping[CellKey, Decision]) -> None:
        sentences = list(dict.fromkeys(refusal.sentence for refusal in refusals.values()))
        super().__init__("Rien n’a été enregistré. " + " ".join(sentences[:3]), source=sources_of(refusals.values()))
        self.refusals = dict(refusals)


@dataclass(frozen=True, slots=True)
class FinishedBasket:
    """A payer's basket after « Terminer »; `settled_quittance_id` when nothing was due and it is paid already."""

    basket_id: int
    payer_id: int
    payer_name: str
    total_cents: int
    avoir_cents: int
    due_cents: int
    expires_at: datetime
    settled_quittance_id: int | None = None
    settled_quittance_number: str = ""


@dataclass(frozen=True, slots=True)
class FinishedChanges:
    """What « Terminer » did: baskets to cash, avoirs given, days added, released or cancelled, absences that wait for a justificatif.

    `offered`: how many places freed were offered to the waiting list.
    """

    baskets: tuple[FinishedBasket, ...]
    avoirs: tuple[GivenAvoir, ...]
    added: int
    removed: int
    awaiting_proof: int
    offered: int = 0


def finish_changes(desk: Desk, dossier_id: int, changes: Sequence[Change], operation: str) -> FinishedChanges:
    """Book and cancel what was ticked on a family's planning, judged now, in one transaction.

    Raises ChangesRefused when a rule refuses a cell at this instant (nothing is written then), DossierUnknown, NotAllowed,
    InvalidInput, OperationReused; BasketExpired where what it settles at once, nothing being due, expired while locks were waited for.
    """
    changes = _checked(changes)
    first, *others = _rights_of(changes)
    ordered = sorted(changes, key=lambda change: change.key)
    content = [dossier_id, [[asdict(c.key), c.tick, c.derogation, c.payer_id, c.payer_reason] for c in ordered]]
    return perform(
        desk,
        "terminer",
        first,
        operation,
        content,
        lambda gesture: finish_within(gesture, dossier_id, {change.key: change for change in changes}),
        finished_from,
        also=others,
    )


def _checked(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with their reasons cleaned. Raises InvalidInput when there is none, a reason lacks or a cell is ticked twice."""
    if not changes:
        raise InvalidInput("Aucune modification à terminer : cochez d’abord des journées.")
    if len({change.key for change in changes}) != len(changes):
        raise InvalidInput("Une même journée est cochée deux fois. Rouvrez le planning et recommencez.")
    checked = []
    for change in changes:
        derogation = checked_reason(change.derogation, LONGEST_REASON, "le motif de la dérogation", "derogation")
        reason = checked_reason(change.payer_reason, LONGEST_REASON, "le motif du choix du payeur", "payer_reason")
        if change.derogation and not derogation:
            raise InvalidInput("Indiquez le motif de la dérogation : il est conservé.")
        if change.payer_id is not None and not reason:
            raise InvalidInput("Indiquez pourquoi l’autre parent paie cette journée : le motif est conservé.")
        checked.append(replace(change, derogation=derogation, payer_reason=reason))
    return checked


def _rights_of(changes: Sequence[Change]) -> list[Right]:
    """Return every right these changes need, at least one."""
    needed = {
        Right.BOOK: any(change.tick is Tick.ADD for change in changes),
        Right.CANCEL: any(change.tick is Tick.REMOVE for change in changes),
        Right.DEROGATE: any(change.derogation for change in changes),
        Right.CHOOSE_PAYER: any(change.payer_id is not None for change in changes),
    }
    return [right for right, needs in needed.items() if needs]


def finish_within(
    gesture: Gesture, dossier_id: int, changes: dict[CellKey, Change], own_payer_id: int | None = None
) -> Done:
    """Do « Terminer » within a gesture; `own_payer_id`: the parent of the portal whose days alone may change. Raises ChangesRefused."""
    snapshot, slots = _lock_and_read(gesture, dossier_id, changes)
    if own_payer_id is not None:
        snapshot = replace(
            snapshot, own_payer_id=own_payer_id
        )  # judged on the facts: `seen_by` hides some of the other's
    whole = dict(complete(snapshot, changes, gesture.now))
    judgement = judge_changes(snapshot, whole, gesture.now)
    if judgement.refusals:
        raise ChangesRefused(judgement.refusals)
    gives = judgement.avoir_given_cents or any(r.booking.state == BookingState.DUE.value for r in judgement.removals)
    if gives and any(bill.lines and not bill.due_cents for bill in judgement.bills):
        lock_series(gesture.connection, gesture.regie_id, gesture.now)
    avoirs = _cancel(gesture, snapshot, judgement)
    baskets = _hold(gesture, snapshot, judgement)
    _close_paid_off(gesture, judgement)
    taken = take_entries(gesture, dossier_id, {addition.change.key.day for addition in judgement.additions})
    offered = offer_places(gesture, slots)
    finished = FinishedChanges(
        tuple(baskets),
        tuple(avoirs),
        len(judgement.additions),
        len(judgement.removals),
        sum(removal.outcome.kind is CancellationOutcome.AWAITING_PROOF for removal in judgement.removals),
        len(offered),
    )
    done = [addition.change for addition in judgement.additions]
    reasons = dict.fromkeys(reason for change in done for reason in (change.derogation, change.payer_reason) if reason)
    details = {
        "added": [asdict(change.key) for change in done],
        "derogations": [asdict(change.key) | {"reason": change.derogation} for change in done if change.derogation],
        "payers": [
            asdict(change.key) | {"payer": change.payer_id, "reason": change.payer_reason}
            for change in done
            if change.payer_id is not None
        ],
        "removed": [
            {"booking": removal.booking.booking_id, "outcome": removal.outcome.kind} for removal in judgement.removals
        ],
    } | {name: list(entries) for name, entries in (("taken", taken), ("offered", offered)) if entries}
    return Done(asdict(finished), "dossier", dossier_id, dossier_id, " ; ".join(reasons)[:300], details)


def _lock_and_read(
    gesture: Gesture, dossier_id: int, changes: dict[CellKey, Change]
) -> tuple[PlanningSnapshot, set[SlotKey]]:
    """Take the locks in the fixed order and read the family under them, the slots of the added days made where they lack.

    The slots where something is added or freed come with it.
    """
    connection, commune, now = gesture.connection, gesture.commune, gesture.now
    lock_rows(connection, t.dossier, [dossier_id])
    payers = list(connection.scalars(select(t.payer.c.id).where(t.payer.c.dossier_id == dossier_id)))
    open_baskets = select(t.basket.c.id).where(
        t.basket.c.payer_id.in_(payers), t.basket.c.state == BasketState.OPEN.value
    )
    lock_rows(connection, t.basket, list(connection.scalars(open_baskets)))
    lock_avoirs(connection, payers)
    freed = close_expired(connection, payers, now)
    family = load_family(connection, commune, dossier_id, now)
    _check_cells(family, changes, commune.policy.activities)
    slots = {
        *_slots_of(family, changes, commune.calendar.covers, gesture),
        *_slots_left(connection, family, changes),
        *slots_of_bookings(connection, freed),
    }
    lock_places(gesture, slots, also=_slots_on_hold(connection, payers))
    commune = gesture.commune_under_lock()
    days = [key.day for key in changes if commune.calendar.covers(key.day)] or [in_paris(now).date()]
    return snapshot_of(connection, commune, family, min(days), max(days), now), slots


def _slots_left(connection: Connection, family: FamilyFacts, changes: Mapping[CellKey, Change]) -> set[SlotKey]:
    """Return the slots of the days that would be removed, where others may wait."""
    days = {key.day for key, change in changes.items() if change.tick is Tick.REMOVE}
    if not days:
        return set()
    rows = connection.execute(
        select(t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day)
        .join(t.booking, t.booking.c.slot_id == t.slot.c.id)
        .join(t.child, t.child.c.id == t.booking.c.child_id)
        .where(
            t.child.c.dossier_id == family.dossier_id,
            t.booking.c.day.in_(sorted(days)),
            text(f"booking.{LIVE_STATES}"),
        )
    )
    return {(site, activity, day) for site, activity, day in rows}


def _slots_on_hold(connection: Connection, payers: Sequence[int]) -> list[int]:
    """Return the slots of the payers' baskets: with the added ones, those that settling at once would confirm."""
    return list(
        connection.scalars(
            select(t.booking.c.slot_id)
            .join(t.basket, t.basket.c.id == t.booking.c.basket_id)
            .where(
                t.basket.c.payer_id.in_(payers),
                t.basket.c.state == BasketState.OPEN.value,
                t.booking.c.state == BookingState.HELD.value,
            )
            .distinct()
        )
    )


def _check_cells(family: FamilyFacts, changes: Mapping[CellKey, Change], activities: Mapping[str, object]) -> None:
    """Refuse cells that are not of this family: another family's child or payer, an activity nobody knows."""
    children = {child.child_id for child in family.children}
    payers = {payer.payer_id for payer in family.payers}
    for key, change in changes.items():
        strangers = change.payer_id is not None and change.payer_id not in payers
        if key.child_id not in children or key.activity not in activities or strangers:
            raise InvalidInput(
                "Une journée cochée n’est pas celle d’un enfant de ce dossier. Rouvrez le planning et recommencez."
            )


def _slots_of(
    family: FamilyFacts, changes: Mapping[CellKey, Change], covers: Any, gesture: Gesture
) -> list[tuple[str, str, date]]:
    """Return the slots the added days need, with what they bring, on covered days and at the children's sites."""
    children = {child.child_id: child for child in family.children}
    policy = gesture.commune.policy
    wanted = set()
    for key, change in changes.items():
        if change.tick is Tick.ADD and covers(key.day):
            for code in (key.activity, *policy.activity(key.activity).brings):
                if site := children[key.child_id].facts_on(key.day).sites.get(code):
                    wanted.add((site, code, key.day))
    return sorted(wanted)


def _cancel(gesture: Gesture, snapshot: PlanningSnapshot, judgement: Judgement) -> list[GivenAvoir]:
    """Release, cancel or cancel late each removed booking, and give the avoirs, one a payer."""
    by_kind: defaultdict[CancellationOutcome, list[Removal]] = defaultdict(list)
    for removal in judgement.removals:
        by_kind[removal.outcome.kind].append(removal)
    release(gesture.connection, _ids(by_kind[CancellationOutcome.RELEASED]), gesture.now)
    in_time = by_kind[CancellationOutcome.AVOIR] + by_kind[CancellationOutcome.NOTHING_PAID]
    _end(gesture, _ids(in_time), BookingState.CANCELLED)
    _end(gesture, _ids(by_kind[CancellationOutcome.NO_REFUND]), BookingState.CANCELLED_LATE)
    _await_proofs(gesture, snapshot, by_kind[CancellationOutcome.AWAITING_PROOF])
    returned: defaultdict[int, list[ReturnedLine]] = defaultdict(list)
    for removal in by_kind[CancellationOutcome.AVOIR]:
        booking = removal.booking
        returned[booking.payer_id].append(ReturnedLine(booking.booking_id, booking.care_cents, booking.meal_cents))
    avoirs = [
        give_avoir(gesture, payer_id, AvoirReason.CANCELLED, lines) for payer_id, lines in sorted(returned.items())
    ]
    drop_debts(gesture, [removal.booking for removal in in_time if removal.booking.state == BookingState.DUE.value])
    return avoirs


def _close_paid_off(gesture: Gesture, judgement: Judgement) -> None:
    """Close a debt whose last day was cancelled in time: nothing of it is due any more."""
    debts = {
        removal.booking.basket_id for removal in judgement.removals if removal.booking.state == BookingState.DUE.value
    }
    for basket_id in sorted(debt for debt in debts if debt is not None):
        if not basket_lines(gesture.connection, basket_id):
            close_basket(gesture.connection, basket_id, gesture.now)


def _ids(removals: Sequence[Removal]) -> list[int]:
    return [removal.booking.booking_id for removal in removals]


def _end(gesture: Gesture, booking_ids: Sequence[int], state: BookingState, proof_id: int | None = None) -> None:
    if booking_ids:
        gesture.connection.execute(
            update(t.booking)
            .where(t.booking.c.id.in_(booking_ids))
            .values(state=state.value, ended_at=gesture.now, proof_id=proof_id)
        )


def _await_proofs(gesture: Gesture, snapshot: PlanningSnapshot, removals: Sequence[Removal]) -> None:
    """Open one wait for a justificatif an absence: a child's consecutive days of one activity cancelled in this gesture."""
    by_cell = {removal.booking.key: removal for removal in removals}
    lines = [
        CancellationLine(key.child_id, key.activity, key.day, LineState(removal.booking.state), 0)
        for key, removal in by_cell.items()
    ]
    for absence in group_absences(lines, snapshot.commune.policy, snapshot.commune.calendar):
        cells = [by_cell[CellKey(absence.child_id, absence.activity, day)] for day in absence.days]
        proof_id = gesture.connection.execute(
            insert(t.absence_proof)
            .values(
                dossier_id=snapshot.dossier_id,
                child_id=absence.child_id,
                activity_code=absence.activity,
                first_on=absence.first_on,
                last_on=absence.last_on,
                due_until=cells[0].outcome.proof_until,
                state=ProofState.AWAITED.value,
            )
            .returning(t.absence_proof.c.id)
        ).scalar_one()
        _end(gesture, _ids(cells), BookingState.CANCELLED_LATE, proof_id)


def _hold(gesture: Gesture, snapshot: PlanningSnapshot, judgement: Judgement) -> list[FinishedBasket]:
    """Put the added days on hold, one basket a payer; close an emptied one; settle at once where nothing is due."""
    baskets = []
    touched = {addition.payer_id for addition in judgement.additions}
    touched |= {removal.booking.payer_id for removal in judgement.removals}
    for bill in judgement.bills:
        if bill.payer_id not in touched:
            continue
        added = [addition for addition in judgement.additions if addition.payer_id == bill.payer_id]
        live = snapshot.payer(bill.payer_id).basket
        if not bill.lines:
            if live is not None:
                close_basket(gesture.connection, live.basket_id, gesture.now)
            continue
        assert bill.expires_at is not None  # noqa: S101 (a bill with lines has an expiry)
        basket_id = (
            live.basket_id
            if live is not None
            else open_basket(gesture, snapshot.dossier_id, bill.payer_id, bill.expires_at)
        )
        _book(gesture, basket_id, added)
        finished = FinishedBasket(
            basket_id,
            bill.payer_id,
            bill.payer_name,
            bill.total_cents,
            bill.avoir_cents,
            bill.due_cents,
            bill.expires_at,
        )
        if bill.due_cents == 0:
            cashed, _ = settle(gesture, basket_id, ())
            finished = replace(
                finished,
                settled_quittance_id=cashed.quittance_id,
                settled_quittance_number=cashed.quittance_number,
            )
        baskets.append(finished)
    return baskets


def _book(gesture: Gesture, basket_id: int, additions: Sequence[Addition]) -> None:
    if not additions:
        return
    slots = {
        (row.site_code, row.activity_code, row.day): row.id
        for row in gesture.connection.execute(
            select(t.slot.c.id, t.slot.c.site_code, t.slot.c.activity_code, t.slot.c.day).where(
                t.slot.c.day.in_(sorted({addition.change.key.day for addition in additions}))
            )
        )
    }
    gesture.connection.execute(
        insert(t.booking),
        [
            {
                "child_id": addition.change.key.child_id,
                "slot_id": slots[addition.site, addition.change.key.activity, addition.change.key.day],
                "day": addition.change.key.day,
                "payer_id": addition.payer_id,
                "basket_id": basket_id,
                "state": BookingState.HELD.value,
                "price_cents": addition.price.total_cents,
                "care_cents": addition.price.care_cents,
                "meal_cents": addition.price.meal_cents,
                "tariff": addition.price.label,
                "booked_at": gesture.now,
                "agent_id": gesture.agent.agent_id,
                "derogation": addition.change.derogation or None,
                "payer_reason": addition.change.payer_reason or None,
            }
            for addition in additions
        ],
    )


def finished_from(result: Mapping[str, Any]) -> FinishedChanges:
    """Return what « Terminer » did, from what its gesture kept."""
    return FinishedChanges(
        tuple(
            FinishedBasket(**{**basket, "expires_at": datetime.fromisoformat(basket["expires_at"])})
            for basket in result["baskets"]
        ),
        tuple(avoir_from(avoir) for avoir in result["avoirs"]),
        result["added"],
        result["removed"],
        result["awaiting_proof"],
        result.get("offered", 0),
    )
