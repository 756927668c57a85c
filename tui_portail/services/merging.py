"""Merging two dossiers of one family: everything of the one goes to the other, money rows stay as they were written, the journal follows.

What the database lets move is moved: guardians, accounts, children, baskets, absences, appointments, papers, consents, contacts. What it
has sealed is not: a booking, a payment, an avoir go on naming the child and the account they were written for. So a person recorded twice
keeps two rows, of which one leads to the other:

- two accounts of one person: the one of the merged dossier is joined into the other by a transfer entry (`transfers`), and whoever asks
  for balances asks for both (`accounts`); its guardian stays behind in the merged dossier, so that nobody is shown twice;
- a child: the record of the merged dossier is archived and leads to the other (`child.merged_into_id`), under which planning and ALSH
  years show its bookings; a day booked in both dossiers is refused before.

The kept dossier's words win, its blanks are filled with the other's. A PAI or a meal not supplied, in either, stays. The merged dossier
keeps its number, which finds the kept one, its history and the letters printed for it; the kept one's history shows both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Table, or_, select, update

from models import tables as t
from models.engine import lock_rows
from models.states import BasketState
from tui_portail.decision import POLICY
from tui_portail.dossier_number import display
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.services.baskets import close_expired
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import (
    DossierChanged,
    dossier_rows,
    keep_change,
    lock_dossier,
    write_changes,
)
from tui_portail.services.dossiers import DossierView, load_dossier
from tui_portail.services.family_facts import lock_avoirs
from tui_portail.services.gesture import Done, Gesture, perform
from tui_portail.services.merge_reading import MergeSides, Pairing, accounts_said, check_pairing, read_sides, refusals
from tui_portail.services.merged_persons import join_children, join_guardians, join_portal_accounts, wait_once
from tui_portail.services.rights import Right
from tui_portail.services.search_index import index_dossier
from tui_portail.services.transfers import join_accounts

LONGEST_REASON = 200
_FOLLOW = (  # by their dossier alone
    t.payer,
    t.child,
    t.guardian,
    t.basket,
    t.absence_proof,
    t.appointment,
    t.waiting_entry,
    t.attendance,
    t.week_pattern,
    t.day_closure_line,
)


class MergeRefused(PortailError):
    """The two dossiers cannot be merged as things stand; the sentences say why and what to do."""

    code = "FUSION_REFUSEE"
    source = POLICY


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do with a pairing, and what refuses it, a sentence each. `accounts`: what becomes of those on the portal."""

    sides: MergeSides
    pairing: Pairing
    refusals: tuple[str, ...]
    accounts: tuple[str, ...] = ()


def preview_merge(desk: Desk, kept_id: int, merged_id: int, pairing: Pairing | None = None) -> MergePreview:
    """Say what merging a dossier into the kept one would do, with the pairing proposed unless one is given.

    Raises DossierUnknown, InvalidInput, NotAllowed.
    """
    with desk.read(Right.MERGE) as connection:
        sides = read_sides(connection, kept_id, merged_id)
        chosen = sides.proposed if pairing is None else pairing
        check_pairing(sides, chosen)
        refused = refusals(connection, sides, chosen, desk.instant(connection))
        return MergePreview(sides, chosen, refused, accounts_said(sides, chosen))


def merge_dossiers(
    desk: Desk,
    kept_id: int,
    merged_id: int,
    pairing: Pairing,
    reason: str,
    operation: str,
    versions: tuple[int, int] | None = None,
) -> DossierView:
    """Merge a dossier into the kept one, and return the latter. `versions` are those of the two dossiers that were previewed.

    Raises MergeRefused, DossierChanged, DossierMerged, DossierErased, DossierUnknown, InvalidInput, NotAllowed, OperationReused.
    """
    reason = checked_reason(reason, LONGEST_REASON, "le motif de la fusion", "reason")
    if not reason:
        raise InvalidInput("Tapez le motif de la fusion : il est conservé.")

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        sides = _lock_and_read(gesture, kept_id, merged_id, versions)
        check_pairing(sides, pairing)
        if why := refusals(connection, sides, pairing, gesture.now):
            raise MergeRefused(" ".join(why))
        before = {one: dossier_rows(connection, one) for one in (kept_id, merged_id)}
        joined = sides.joined(pairing)
        unlinked = _move(gesture, sides, pairing)
        for ends, lives in joined:
            join_accounts(gesture, ends, lives)
        _close_merged(gesture, kept_id, merged_id, before[merged_id])
        keep_change(gesture, kept_id, before[kept_id])
        made = wait_once(gesture, pairing)
        number = display(sides.merged.number)
        details = {"subject": "dossier", "id": merged_id, "words": f"n° {number}", **made}
        if unlinked:
            details["accounts"] = unlinked
        result = {"dossier_id": kept_id, "joined": [list(pair) for pair in joined]}
        return Done(result, "dossier", merged_id, kept_id, reason, details)

    def answer(result: Mapping[str, Any]) -> DossierView:
        return load_dossier(desk, result["dossier_id"])

    content = [kept_id, merged_id, asdict(pairing), reason, versions]
    return perform(desk, "fusionner", Right.MERGE, operation, content, work, answer)


def _lock_and_read(gesture: Gesture, kept_id: int, merged_id: int, versions: tuple[int, int] | None) -> MergeSides:
    """Lock the two dossiers by id, then their open baskets and avoirs, close what has expired, and read both. Raises DossierChanged."""
    connection = gesture.connection
    lock_rows(connection, t.dossier, [kept_id, merged_id])
    sides = read_sides(connection, kept_id, merged_id)
    for side in (sides.kept, sides.merged):
        lock_dossier(connection, side.dossier_id)
    if versions is not None and (sides.kept.version, sides.merged.version) != versions:
        raise DossierChanged
    basket, ids = t.basket.c, [kept_id, merged_id]
    open_baskets = select(basket.id).where(basket.dossier_id.in_(ids), basket.state == BasketState.OPEN.value)
    lock_rows(connection, t.basket, list(connection.scalars(open_baskets)))
    payers = list(connection.scalars(select(t.payer.c.id).where(t.payer.c.dossier_id.in_(ids))))
    lock_avoirs(connection, payers)
    close_expired(connection, payers, gesture.now)
    return sides


def _move(gesture: Gesture, sides: MergeSides, pairing: Pairing) -> list[int]:
    """Move all that follows the family to the kept dossier; of a guardian recorded twice, one row stays behind.

    Return the accounts of the portal that are linked to nobody then.
    """
    connection, kept_id, merged_id = gesture.connection, sides.kept.dossier_id, sides.merged.dossier_id
    for table in _FOLLOW:
        connection.execute(update(table).where(table.c.dossier_id == merged_id).values(dossier_id=kept_id))
    _rank_payers(connection, sides, pairing)
    guardians = join_guardians(gesture, sides, pairing)
    unlinked = join_portal_accounts(gesture, pairing, guardians)
    join_children(gesture, sides, pairing)
    children = dict(pairing.children)
    for table in (t.consent, t.supporting_document, t.contact_person):
        _move_rows(connection, table, sides, children, guardians)
    for ends, lives in sides.joined(pairing):
        _pay_instead(connection, ends, lives)
    return unlinked


def _move_rows(
    connection: Connection, table: Table, sides: MergeSides, children: Mapping[int, int], guardians: Mapping[int, int]
) -> None:
    """Move the papers, consents or contacts of the merged dossier, each to the record of its person that is shown."""
    kept_id, merged_id = sides.kept.dossier_id, sides.merged.dossier_id
    for row in connection.execute(select(table).where(table.c.dossier_id == merged_id)).mappings():
        values = {"dossier_id": kept_id}
        if row["child_id"] is not None:
            values["child_id"] = children.get(row["child_id"], row["child_id"])
        if row.get("guardian_id") is not None:
            values["guardian_id"] = guardians.get(row["guardian_id"], row["guardian_id"])
        connection.execute(update(table).where(table.c.id == row["id"]).values(values))
    if table is t.supporting_document and guardians:  # a kept guardian's row may be the one that stays behind
        for behind, shown in guardians.items():
            moved = (table.c.dossier_id == kept_id, table.c.guardian_id == behind)
            connection.execute(update(table).where(*moved).values(guardian_id=shown))


def _rank_payers(connection: Connection, sides: MergeSides, pairing: Pairing) -> None:
    """Give the accounts that come the rank that is free: the kept dossier's first payer stays the first."""
    payer, ends = t.payer.c, {ended for ended, _ in sides.joined(pairing)}
    ours = [one.payer_id for one in sides.kept.payers]
    taken = set(connection.scalars(select(payer.rank).where(payer.id.in_(ours))))
    for one in sides.merged.payers:
        if one.payer_id not in ends:
            rank = 2 if 1 in taken else 1
            taken.add(rank)
            connection.execute(update(t.payer).where(payer.id == one.payer_id).values(rank=rank))


def _pay_instead(connection: Connection, ends: int, lives: int) -> None:
    """Let the account that lives pay in the custody of the children, and have the quotients proven for the other."""
    custody, exception, quotient = t.custody_pattern, t.custody_exception, t.quotient_familial
    columns: Sequence[tuple[Table, str]] = (
        (custody, "first_payer_id"),
        (custody, "second_payer_id"),
        (exception, "payer_id"),
        (quotient, "payer_id"),
    )
    for table, column in columns:
        connection.execute(update(table).where(table.c[column] == ends).values({column: lives}))


def _close_merged(gesture: Gesture, kept_id: int, merged_id: int, before: Any) -> None:
    """Close the merged dossier, and lead there those that had been merged into it; its number becomes a word of the kept one."""
    connection, dossier = gesture.connection, t.dossier
    connection.execute(
        update(dossier)
        .where(or_(dossier.c.id == merged_id, dossier.c.merged_into_id == merged_id))
        .values(merged_into_id=kept_id, archived_at=gesture.now, version=dossier.c.version + 1)
    )
    write_changes(gesture, merged_id, before)
    index_dossier(connection, merged_id)
