"""Persons recorded in both dossiers that are merged: the words of one row complete the other's, and one of the two is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, exists, or_, select, text, update

from models import tables as t
from models.states import LIVE_STATES, OPEN_WAITING, SnapshotKind, WaitingState
from tui_portail.services.family_facts import record_of
from tui_portail.services.gesture import Gesture
from tui_portail.services.identities import person_name, postal_address, same_snapshot, take_snapshot
from tui_portail.services.merge_reading import MergeSides, Pairing
from tui_portail.services.portal_codes import end_codes
from tui_portail.services.waiting_offers import withdraw_entries

_OF_A_GUARDIAN = (
    "birth_on",
    "email",
    "phone",
    "birth_name",
    "birth_place",
    "birth_insee",
    "phone_2",
    "relation",
    "authority",
    "linked_at",
)
_ADDRESS = ("address", "address_2", "postcode", "city")  # one with the other, or none
_FUND = ("allowance_fund", "allowance_number")
_OF_A_CHILD = (
    "birth_name",
    "sex",
    "birth_place",
    "birth_insee",
    "diet",
    "doctor_name",
    "doctor_phone",
)
_PAI, _INSURANCE = ("pai", "pai_until_on"), ("insurer", "insurance_number", "insurance_until_on")
_PRINTED = ("last_name", "first_name", *_ADDRESS)
_NAMES = ("last_name", "first_name", *_OF_A_GUARDIAN, *_ADDRESS, *_FUND)


def join_guardians(gesture: Gesture, sides: MergeSides, pairing: Pairing) -> dict[int, int]:
    """Show each guardian recorded twice once, and return whose row stays behind: its id, then that of the one shown.

    The row shown is that of the account that pays; the merged dossier's when only that one pays, with the kept one's words. The one that
    stays behind is named like it: what its account still owes is asked of the person by the name that is shown.
    """
    connection = gesture.connection
    pays = {one.person_id for one in (*sides.kept.payers, *sides.merged.payers)}
    behind: dict[int, int] = {}
    for merged_id, kept_id in pairing.guardians:
        rows = {row["id"]: row for row in _rows(connection, t.guardian, [merged_id, kept_id])}
        shown = merged_id if merged_id in pays and kept_id not in pays else kept_id
        hidden = kept_id if shown == merged_id else merged_id
        values = {column: rows[kept_id][column] for column in _NAMES}
        values |= _blanks(rows[kept_id], rows[merged_id], _OF_A_GUARDIAN, (_ADDRESS, _FUND))
        name = person_name(values["first_name"], values["last_name"])
        address = postal_address(values["address"], values["postcode"], values["city"])
        stays = {column: values[column] for column in _PRINTED}
        stays |= {"dossier_id": sides.merged.dossier_id, "linked_at": None}  # its account follows the row shown
        for one, written in ((shown, values), (hidden, stays)):
            if not same_snapshot(connection, rows[one]["snapshot_id"], name, address):
                written["snapshot_id"] = take_snapshot(connection, SnapshotKind.PAYER, one, name, address, gesture.now)
            connection.execute(update(t.guardian).where(t.guardian.c.id == one).values(**written))
        behind[hidden] = shown
    return behind


def join_portal_accounts(gesture: Gesture, pairing: Pairing, behind: Mapping[int, int]) -> list[int]:
    """Let the portal's account of a guardian recorded twice follow the row shown; of two, the kept dossier's. Return those unlinked.

    `behind`: what `join_guardians` returned.
    """
    connection, account = gesture.connection, t.portal_account
    people = [one for pair in pairing.guardians for one in pair]
    rows = connection.execute(select(account.c.guardian_id, account.c.id).where(account.c.guardian_id.in_(people)))
    accounts = {row.guardian_id: row.id for row in rows}
    unlinked = [accounts[theirs] for theirs, ours in pairing.guardians if theirs in accounts and ours in accounts]
    for account_id in unlinked:
        end_codes(gesture, account_id)
        of_account = update(account).where(account.c.id == account_id)
        connection.execute(of_account.values(guardian_id=None, version=account.c.version + 1))
    for hidden, shown in behind.items():
        connection.execute(update(account).where(account.c.guardian_id == hidden).values(guardian_id=shown))
    return unlinked


def join_children(gesture: Gesture, sides: MergeSides, pairing: Pairing) -> None:
    """Archive the merged record of each child recorded twice, and let it lead to the kept one, which it completes."""
    connection, child = gesture.connection, t.child
    for merged_id, kept_id in pairing.children:
        rows = {row["id"]: row for row in _rows(connection, child, [merged_id, kept_id])}
        kept, merged = rows[kept_id], rows[merged_id]
        values = _blanks(kept, merged, _OF_A_CHILD, (_PAI, _INSURANCE))
        values["meal_supplied"] = kept["meal_supplied"] and merged["meal_supplied"]
        if merged["archived_at"] is None:
            values["archived_at"] = None
        connection.execute(update(child).where(child.c.id == kept_id).values(**values))
        connection.execute(
            update(child)
            .where(or_(child.c.id == merged_id, child.c.merged_into_id == merged_id))
            .values(merged_into_id=kept_id, archived_at=gesture.now)
        )
        for table in (t.schooling, t.custody_pattern):
            _take_if_none(connection, table, merged_id, kept_id)
        _take_years(connection, merged_id, kept_id)
        for table in (t.custody_exception, t.week_pattern):
            connection.execute(update(table).where(table.c.child_id == merged_id).values(child_id=kept_id))


def wait_once(gesture: Gesture, pairing: Pairing) -> dict[str, list[int]]:
    """Where the records of a child joined wait for one day, keep the one a place is offered to, else who asked first: none if it is booked.

    The places those withdrawn were kept are offered to the next; returns what the audit trail keeps of it.
    """
    entry, booking = t.waiting_entry.c, t.booking.c
    child = record_of(entry.child_id)
    booked = exists().where(
        text(f"booking.{LIVE_STATES}"), booking.slot_id == entry.slot_id, record_of(booking.child_id) == child
    )
    rows = gesture.connection.execute(
        select(entry.id, entry.slot_id, child.label("child_id"), booked.label("booked"))
        .where(child.in_([kept_id for _, kept_id in pairing.children]), text(OPEN_WAITING))
        .order_by((entry.state == WaitingState.WAITING.value), entry.asked_at, entry.id)
    )
    kept: set[tuple[int, int]] = set()
    twice = []
    for row in rows:
        if row.booked or (row.child_id, row.slot_id) in kept:
            twice.append(row.id)
        kept.add((row.child_id, row.slot_id))
    return withdraw_entries(gesture, entry.id.in_(twice), "Enfant inscrit deux fois") if twice else {}


def _take_if_none(connection: Connection, table: Table, merged_id: int, kept_id: int) -> None:
    """Give the kept record the dated rows of the other, when it has none of its own."""
    if connection.execute(select(table.c.id).where(table.c.child_id == kept_id)).first() is None:
        connection.execute(update(table).where(table.c.child_id == merged_id).values(child_id=kept_id))


def _take_years(connection: Connection, merged_id: int, kept_id: int) -> None:
    """Give the kept record the ALSH years that only the other had."""
    enrolment = t.alsh_enrolment
    known = {(row["year"], row["origin"]) for row in _of_child(connection, kept_id)}
    new = [row["id"] for row in _of_child(connection, merged_id) if (row["year"], row["origin"]) not in known]
    if new:
        connection.execute(update(enrolment).where(enrolment.c.id.in_(new)).values(child_id=kept_id))


def _of_child(connection: Connection, child_id: int) -> list[Mapping[str, Any]]:
    enrolment = t.alsh_enrolment
    return [
        dict(row) for row in connection.execute(select(enrolment).where(enrolment.c.child_id == child_id)).mappings()
    ]


def _rows(connection: Connection, table: Table, ids: list[int]) -> list[Mapping[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).where(table.c.id.in_(ids))).mappings()]


def _blanks(
    kept: Mapping[str, Any], merged: Mapping[str, Any], alone: tuple[str, ...], together: tuple[tuple[str, ...], ...]
) -> dict[str, Any]:
    """Return the values that the merged row has and the kept one has not; those that go together, together."""
    values = {column: merged[column] for column in alone if not kept[column] and merged[column]}
    for columns in together:
        if not any(kept[column] for column in columns):
            values |= {column: merged[column] for column in columns}
    return values
