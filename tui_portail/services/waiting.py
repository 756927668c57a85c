"""The waiting list at the desk: a family asks for a full day, gives up, says no to a place; places freed are offered in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select, update

from models import tables as t
from models.states import WaitingState
from tui_portail.decision import Decision
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.instants import in_paris
from tui_portail.planning import CellKey
from tui_portail.planning_judgement import judge_waiting
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import lock_dossier
from tui_portail.services.family_facts import load_family
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.planning import snapshot_of
from tui_portail.services.rights import Right
from tui_portail.services.waiting_offers import OPEN, close_lost, lock_places, offer_places, offers_made, waited_for

LONGEST_REASON = 200


class WaitingOver(PortailError):
    """The entry is open no more: taken, given up, or its offer ran out."""

    code = "ATTENTE_FINIE"

    def __init__(self) -> None:
        super().__init__(
            "Cette demande n’est plus ouverte : place prise, rendue, ou proposition dont l’heure est passée. Relisez la liste."
        )


class NothingOffered(PortailError):
    """A place was to be declined, and none is offered."""

    code = "PLACE_NON_PROPOSEE"

    def __init__(self) -> None:
        super().__init__(
            "Aucune place n’est proposée à cet enfant : pour qu’il n’attende plus, retirez-le de la liste."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Children put on waiting lists: the entries made, and how many of them are offered a place at once."""

    entries: tuple[int, ...]
    offered: int


def ask_places(desk: Desk, dossier_id: int, keys: Sequence[CellKey], operation: str) -> Asked:
    """Put children on the waiting list of full days, all those asked or none, in the order they are given.

    Raises ChangesRefused, with why cell by cell, when a day is not full or could not be booked anyway; InvalidInput, DossierUnknown,
    DossierMerged, NotAllowed.
    """
    if not keys:
        raise InvalidInput("Choisissez une journée complète (C) à attendre.")

    def work(gesture: Gesture) -> Done:
        entries, offers = _ask(gesture, dossier_id, list(dict.fromkeys(keys)))
        details = {"asked": [asdict(key) for key in keys]} | ({"offered": list(offers)} if offers else {})
        offered = len(set(entries) & set(offers))
        return Done({"entries": entries, "offered": offered}, "dossier", dossier_id, dossier_id, details=details)

    def answer(result: Mapping[str, Any]) -> Asked:
        return Asked(tuple(result["entries"]), result["offered"])

    content = [dossier_id, [asdict(key) for key in keys]]
    return perform(desk, "attendre", Right.BOOK, operation, content, work, answer)


def _ask(gesture: Gesture, dossier_id: int, keys: Sequence[CellKey]) -> tuple[list[int], tuple[int, ...]]:
    connection, commune, now = gesture.connection, gesture.commune, gesture.now
    lock_dossier(connection, dossier_id)
    family = load_family(connection, commune, dossier_id, now)
    children = {child.child_id: child for child in family.children}
    if any(key.child_id not in children or key.activity not in commune.policy.activities for key in keys):
        raise InvalidInput("Une journée n’est pas celle d’un enfant de ce dossier. Rouvrez le planning et recommencez.")
    slots = {
        key: (site, key.activity, key.day)
        for key in keys
        if commune.calendar.covers(key.day)
        and (site := children[key.child_id].facts_on(key.day).sites.get(key.activity))
    }
    ids = lock_places(gesture, set(slots.values()))
    close_lost(gesture, set(slots.values()))
    days = [key.day for key in slots] or [in_paris(now).date()]
    snapshot = snapshot_of(connection, commune, family, min(days), max(days), now)
    judged: dict[CellKey, Decision] = {key: judge_waiting(snapshot, key, now) for key in keys}
    if refusals := {key: decision for key, decision in judged.items() if not decision}:
        raise ChangesRefused(refusals)
    asked_at = gesture.under_lock()  # by the order of the lock, so that nobody is put before one who waits already
    entries = [
        int(
            connection.execute(
                insert(t.waiting_entry)
                .values(
                    dossier_id=dossier_id,
                    child_id=key.child_id,
                    slot_id=ids[slot],
                    day=key.day,
                    state=WaitingState.WAITING.value,
                    asked_at=asked_at,
                    agent_id=gesture.agent.agent_id,
                )
                .returning(t.waiting_entry.c.id)
            ).scalar_one()
        )
        for key, slot in slots.items()
    ]
    return entries, offer_places(gesture, set(slots.values()))


def withdraw_entry(desk: Desk, entry_id: int, operation: str, reason: str = "") -> int:
    """Take a child off a waiting list; the place it was offered goes to the next. Return how many places that offers.

    Raises WaitingOver, FormRefused, NotAllowed.
    """
    return _end(desk, "ne_plus_attendre", entry_id, WaitingState.WITHDRAWN, reason, operation)


def decline_offer(desk: Desk, entry_id: int, operation: str, reason: str = "") -> int:
    """Record that a family says no to the place offered; it goes to the next. Return how many places that offers.

    Raises NothingOffered, WaitingOver, FormRefused, NotAllowed.
    """
    return _end(desk, "refuser_place", entry_id, WaitingState.DECLINED, reason, operation)


def _end(desk: Desk, name: str, entry_id: int, state: WaitingState, reason: str, operation: str) -> int:
    reason = checked_reason(reason, LONGEST_REASON, "le motif", "reason")
    entry, slot = t.waiting_entry.c, t.slot.c

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        of_entry = select(slot.site_code, slot.activity_code, slot.day).join(t.waiting_entry, entry.slot_id == slot.id)
        key = connection.execute(of_entry.where(entry.id == entry_id)).first()
        if key is None:
            raise WaitingOver
        slots = {(key.site_code, key.activity_code, key.day)}
        lock_places(gesture, slots)
        close_lost(gesture, slots)
        row = connection.execute(
            select(entry.state, entry.dossier_id, entry.child_id).where(entry.id == entry_id, OPEN)
        ).first()
        if row is None:
            raise WaitingOver
        if state is WaitingState.DECLINED and row.state != WaitingState.OFFERED.value:
            raise NothingOffered
        connection.execute(
            update(t.waiting_entry)
            .where(entry.id == entry_id)
            .values(state=state.value, ended_at=gesture.now, ended_by=gesture.agent.agent_id, reason=reason)
        )
        made = offers_made(gesture, slots)
        details = {"subject": "child", "id": row.child_id, "words": "", **made}
        result = {"offered": len(made.get("offered", ()))}
        return Done(result, "waiting_entry", entry_id, row.dossier_id, reason, details)

    return perform(desk, name, Right.BOOK, operation, [entry_id, reason], work, lambda result: int(result["offered"]))


def offer_due(desk: Desk, operation: str) -> int:
    """Offer every place free for somebody who waits, whatever freed it: a hold or an offer that ran out. Return how many.

    Raises NotAllowed.
    """

    def work(gesture: Gesture) -> Done:
        slots = waited_for(gesture.connection)
        lock_places(gesture, slots)
        made = offers_made(gesture, slots)
        return Done({"offered": len(made.get("offered", ()))}, "waiting_entry", details=made)

    return perform(desk, "proposer_places", Right.BOOK, operation, [], work, lambda result: int(result["offered"]))
