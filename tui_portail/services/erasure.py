"""Erasing a family (RGPD): names, addresses, births and everything said of people go; money rows, numbers and the chain stay.

One transaction a family: locked, judged, emptied table by table (`erased_columns`), its identity snapshots blanked so that a duplicate
prints « identité effacée le … », its gestures kept without their words. A batch erases one family after another under one operation, and
goes on from where it stopped. What was erased can be found again in no page of the file: `Database.scrub` follows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, exists, select, update

from models import tables as t
from models.engine import lock_rows
from tui_portail.dossier_number import compact, display
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.folding import name_words
from tui_portail.french import join_words, plural
from tui_portail.service_rules import RetentionRules
from tui_portail.services.baskets import close_expired
from tui_portail.services.desk import Desk
from tui_portail.services.dossier_gesture import lock_dossier
from tui_portail.services.erased_columns import BLANKED, DELETED, erased_username
from tui_portail.services.family_facts import DossierErased, DossierUnknown
from tui_portail.services.family_rows import HELD, FamilyIds, family_of
from tui_portail.services.gesture import Done, Gesture, canonical, perform
from tui_portail.services.kept_papers import Papers, kept_papers, papers_of, take_away
from tui_portail.services.meal_orders import SETTLED_AFTER, write_orders
from tui_portail.services.retention import (
    ERASE,
    FORGET,
    due_families,
    forgettable,
    is_due,
    open_matters,
    unclosed_money,
)
from tui_portail.services.rights import Right
from tui_portail.services.waiting_offers import withdraw_entries

BATCH = 500
_NAMED = (*BLANKED, *DELETED, t.identity_snapshot, t.audit_event, t.search_token, t.search_word)


class ErasureReason(StrEnum):
    """Why a family is erased."""

    RETENTION = "durée de conservation dépassée"
    REQUESTED = "demande de la famille"


class ErasureRefused(PortailError):
    """Something of the family must be settled first."""

    code = "EFFACEMENT_REFUSE"

    def __init__(self, obstacles: Sequence[str]) -> None:
        super().__init__(f"Cette famille ne peut pas être effacée : {join_words(list(obstacles))}.")
        self.obstacles = tuple(obstacles)


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """What is about to be erased, why it may be, and what must be settled first (nothing: it can be erased)."""

    number: str
    label: str
    reason: ErasureReason
    obstacles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasedFamily:
    """A family erased: its number, which stays, and how many persons are no longer named. `scrubbed`: the file keeps no trace either."""

    number: str
    persons: int
    scrubbed: bool = True

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        return f"Dossier {display(self.number)} : données effacées, écritures gardées sans nom.{_trace(self.scrubbed)}"


@dataclass(frozen=True, slots=True)
class ErasedBatch:
    """What a batch did: how many families were erased, the refusals by dossier number, how many old appointments were forgotten."""

    erased: int
    refused: tuple[tuple[str, str], ...]
    appointments: int
    scrubbed: bool = True

    @property
    def sentence(self) -> str:
        """What the agent reads once it is done."""
        said = [plural(self.erased, "famille effacée", "familles effacées")]
        if self.refused:
            said.append(plural(len(self.refused), "gardée, à régler d’abord", "gardées, à régler d’abord"))
        if self.appointments:
            said.append(plural(self.appointments, "rendez-vous oublié", "rendez-vous oubliés"))
        return f"{', '.join(said)}.{_trace(self.scrubbed)}"


def _trace(scrubbed: bool) -> str:
    later = (
        " Les octets libres de la base seront nettoyés plus tard : au prochain effacement, ou par le serveur lui-même."
    )
    return "" if scrubbed else later


def erase_family(desk: Desk, dossier_id: int, typed_number: str, reason: ErasureReason, operation: str) -> ErasedFamily:
    """Erase a family for good. `typed_number` is its number, typed again by the agent.

    Raises ErasureRefused, InvalidInput for another number, DossierErased, DossierUnknown, NotAllowed, OperationReused.
    """
    papers = _papers(desk, dossier_id, kept_papers(desk))
    erased = _erase(desk, dossier_id, typed_number, reason, operation)
    take_away(papers)
    return ErasedFamily(erased.number, erased.persons, desk.database.scrub(_NAMED))


def erase_due(desk: Desk, operation: str, progress: Callable[[int, int], None] | None = None) -> ErasedBatch:
    """Erase every family past its retention that nothing holds back, one transaction each, and forget old appointments.

    `progress` is told how many are done and of how many; what it raises stops the batch between two families. Sent again with the same
    `operation`, goes on. Raises NotAllowed.
    """
    with desk.read(Right.GIVE_DATA) as connection:
        due = due_families(connection, desk.commune(connection).policy.retention, desk.instant(connection))
    kept = kept_papers(desk)
    told = progress or (lambda done, total: None)
    refused: list[tuple[str, str]] = []
    erased = appointments = 0
    try:
        for place, (dossier_id, number) in enumerate(due):
            told(place, len(due))
            papers = _papers(desk, dossier_id, kept)
            one = uuid5(NAMESPACE_OID, f"{operation} {dossier_id}").hex
            try:
                _erase(desk, dossier_id, number, ErasureReason.RETENTION, one)
            except (ErasureRefused, DossierErased) as refusal:  # or erased at another desk since
                refused.append((number, refusal.sentence))
            else:
                erased += 1
                take_away(papers)
        appointments = forget_appointments(desk, uuid5(NAMESPACE_OID, operation).hex)
        told(len(due), len(due))
    finally:
        scrubbed = desk.database.scrub(_NAMED) if erased or appointments else True
    return ErasedBatch(erased, tuple(refused), appointments, scrubbed)


def _papers(desk: Desk, dossier_id: int, kept: Papers) -> list[Path]:
    with desk.read(Right.GIVE_DATA) as connection:
        return papers_of(connection, family_of(connection, dossier_id), kept)


def forget_appointments(desk: Desk, operation: str) -> int:
    """Blank who came at the appointments without dossier that are past their retention; return how many."""

    def work(gesture: Gesture) -> Done:
        old = forgettable(gesture.commune.policy.retention, gesture.now)
        count = gesture.connection.execute(update(t.appointment).where(old).values(BLANKED[t.appointment])).rowcount
        return Done({"appointments": count}, "appointment", details={"appointments": count})

    return perform(desk, FORGET, Right.GIVE_DATA, operation, [], work, lambda kept: int(kept["appointments"]))


def _erase(desk: Desk, dossier_id: int, typed_number: str, reason: ErasureReason, operation: str) -> ErasedFamily:
    typed = compact(typed_number)

    def work(gesture: Gesture) -> Done:
        connection = gesture.connection
        dossier = lock_dossier(connection, dossier_id)
        if typed != dossier.number:
            raise InvalidInput(
                "Le numéro tapé n’est pas celui du dossier : rien n’a été effacé. Vérifiez-le, puis recommencez."
            )
        family = family_of(connection, dossier_id)
        lock_rows(connection, t.dossier, family.dossiers)
        lock_rows(connection, t.payer, family.payers)
        rules = gesture.commune.policy.retention
        if obstacles := _obstacles(connection, dossier, family, reason, rules, gesture.now):
            raise ErasureRefused(obstacles)
        close_expired(connection, family.payers, gesture.now)
        settled = gesture.now - SETTLED_AFTER
        write_orders(connection, gesture.commune, gesture.now, [_booked_by(family)], settled)  # its menus go
        waits = t.waiting_entry.c.dossier_id.in_(family.dossiers)
        made = withdraw_entries(gesture, waits, "Famille effacée")
        empty_family(connection, family, gesture.now)
        persons = len(family.guardians) + len(family.children)
        result = {"number": dossier.number, "persons": persons}
        return Done(result, "dossier", dossier_id, dossier_id, reason.value, {"persons": persons, **made})

    content = [dossier_id, typed, reason.value]
    return perform(desk, ERASE, Right.GIVE_DATA, operation, content, work, lambda kept: ErasedFamily(**kept))


def _booked_by(family: FamilyIds) -> ColumnElement[bool]:
    """Say, in a query over `slot`, that a child of the family was booked on it."""
    return t.slot.c.id.in_(select(t.booking.c.slot_id).where(t.booking.c.child_id.in_(family.children)))


def preview_erasure(desk: Desk, dossier_id: int) -> ErasurePreview:
    """Return what erasing a family would be refused for, before its number is asked. Raises DossierUnknown, DossierErased, NotAllowed."""
    with desk.read(Right.GIVE_DATA) as connection:
        now, rules = desk.instant(connection), desk.commune(connection).policy.retention
        dossier = connection.execute(select(t.dossier).where(t.dossier.c.id == dossier_id)).first()
        if dossier is None:
            raise DossierUnknown
        if dossier.erased_at is not None:
            raise DossierErased
        due = is_due(connection, dossier_id, rules, now)
        reason = ErasureReason.RETENTION if due else ErasureReason.REQUESTED
        obstacles = _obstacles(connection, dossier, family_of(connection, dossier_id), reason, rules, now)
    return ErasurePreview(dossier.number, dossier.label, reason, obstacles)


def _obstacles(
    connection: Connection, dossier: Any, family: FamilyIds, reason: ErasureReason, rules: RetentionRules, now: datetime
) -> tuple[str, ...]:
    """Return what must be settled first, a sentence each."""
    if dossier.merged_into_id is not None:
        number = connection.scalars(select(t.dossier.c.number).where(t.dossier.c.id == dossier.merged_into_id)).one()
        return (f"son dossier est fusionné dans le {display(number)} : effacez celui-là",)
    found = [sentence for matters in open_matters(connection, family.dossiers, now).values() for sentence in matters]
    if not is_due(connection, dossier.id, rules, now):
        if reason is ErasureReason.RETENTION:
            found.append(f"sa durée de conservation de {plural(rules.family_years, 'an')} n’est pas dépassée")
        elif unclosed := unclosed_money(connection, family.payers):
            found.append(unclosed)
    return tuple(dict.fromkeys(found))


def empty_family(connection: Connection, family: FamilyIds, now: datetime) -> None:
    """Take out of every table what is said of a family, within a transaction that holds its dossiers."""
    blank = {"name": "", "address": "", "erased_at": now}
    person = t.identity_snapshot
    _forget_words(connection, family)
    connection.execute(update(person).where(HELD[person](family), person.c.erased_at.is_(None)).values(blank))
    for table in DELETED:
        connection.execute(delete(table).where(HELD[table](family)))
    for table, values in BLANKED.items():
        connection.execute(update(table).where(HELD[table](family)).values(values))
    for column in (t.booking.c.derogation, t.booking.c.payer_reason):
        typed = column.is_not(None) & (column != "")
        connection.execute(update(t.booking).where(HELD[t.booking](family), typed).values({column.name: ""}))
    _keep_years_of_birth(connection, family)
    _close_accounts(connection, family, now)
    _empty_events(connection, family, now)
    archived = case((t.dossier.c.archived_at.is_(None), now), else_=t.dossier.c.archived_at)
    connection.execute(
        update(t.dossier)
        .where(HELD[t.dossier](family))
        .values(erased_at=now, archived_at=archived, version=t.dossier.c.version + 1)
    )


def _close_accounts(connection: Connection, family: FamilyIds, now: datetime) -> None:
    """End the accounts of the portal: their codes, their sessions, and their user names, which others may choose again."""
    account, code = t.portal_account, t.portal_code
    open_code = HELD[code](family) & code.c.ended_at.is_(None)
    connection.execute(update(code).where(open_code).values(ended_at=now))
    connection.execute(
        update(account)
        .where(HELD[account](family), account.c.erased_at.is_(None))
        .values(username=erased_username(), erased_at=now, version=account.c.version + 1)
    )


def _keep_years_of_birth(connection: Connection, family: FamilyIds) -> None:
    """Keep the year only. The tax certificate counts who is born after 1 January: those born on it stay so, the others become of July."""
    child = t.child.c
    for row in connection.execute(select(child.id, child.birth_on).where(HELD[t.child](family))).all():
        first = (row.birth_on.month, row.birth_on.day) == (1, 1)
        kept = date(row.birth_on.year, 1 if first else 7, 1)
        connection.execute(update(t.child).where(child.id == row.id).values(birth_on=kept))


def _forget_words(connection: Connection, family: FamilyIds) -> None:
    """Let the family be found by its numbers only; words that nobody else has leave the vocabulary.

    Those of its former names too, a maiden name or that of a guardian recorded twice: no dossier is found by them since they changed.
    """
    token, word, person = t.search_token, t.search_word, t.identity_snapshot
    numbers = select(t.dossier.c.number).where(t.dossier.c.id.in_(family.dossiers))
    own = token.c.dossier_id.in_(family.dossiers) & token.c.word.not_in(numbers)
    words = set(connection.scalars(select(token.c.word).where(own)))
    for name in connection.scalars(select(person.c.name).where(HELD[person](family))):
        words.update(_indexed(name))
    connection.execute(delete(token).where(own))
    nobody = ~exists().where(token.c.word == word.c.word)
    gone = sorted(words)
    for start in range(0, len(gone), BATCH):
        connection.execute(delete(word).where(word.c.word.in_(gone[start : start + BATCH]), nobody))


def _indexed(name: str) -> frozenset[str]:
    """Return the words that a person was found by under a name, wherever the first name ends in it."""
    parts = name.split(" ")
    cuts = [(" ".join(parts[:place]), " ".join(parts[place:])) for place in range(len(parts))]
    return frozenset().union(*(name_words(*cut) for cut in cuts))


def _empty_events(connection: Connection, family: FamilyIds, now: datetime) -> None:
    """Keep of each gesture who, when and what it gave; not its words, nor the payers its result named."""
    event = t.audit_event
    rows = connection.execute(
        select(event.c.operation_id, event.c.result).where(HELD[event](family), event.c.erased_at.is_(None))
    ).all()
    if rows:
        connection.execute(
            update(event)
            .where(event.c.operation_id == bindparam("of"))
            .values(result=bindparam("unnamed"), reason="", details="{}", erased_at=now),
            [{"of": row.operation_id, "unnamed": canonical(_unnamed(json.loads(row.result)))} for row in rows],
        )


def _unnamed(node: Any) -> Any:
    """Return a gesture's result without the names of payers."""
    if isinstance(node, Mapping):
        return {key: "" if key == "payer_name" else _unnamed(value) for key, value in node.items()}
    return [_unnamed(one) for one in node] if isinstance(node, list) else node
