"""Families erased: nothing of them is left, and nothing is blank but theirs. A name emptied behind the program's back is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, String, Table, and_, cast, exists, or_, select

from models import tables as t
from models.states import SnapshotKind
from tui_portail.services.erased_columns import BLANKED, erased_username
from tui_portail.services.findings import Rule, asked

_LEFT = "la famille est effacée, et il en reste quelque chose."
_TAKEN = "elle est vide alors que la famille n’est pas effacée."
_OF_DOSSIER = (t.guardian, t.child, t.payer, t.appointment, t.dossier_change)


@asked
def check_erasures() -> Iterator[Rule]:
    """Yield what an erasure left, then what is blank without one."""
    for table in _OF_DOSSIER:
        yield table, and_(_erased(table.c.dossier_id), _says_something(table)), _LEFT
    erased = t.dossier.c.erased_at
    label = BLANKED[t.dossier]["label"]
    yield t.dossier, erased.is_not(None) & (t.dossier.c.label != label), _LEFT
    for table in (t.guardian, t.child):
        unnamed = (table.c.last_name == "") & (table.c.first_name == "")
        yield table, and_(~_erased(table.c.dossier_id), unnamed), _TAKEN
    change = t.dossier_change.c
    blank = (change.before == "") & (change.after == "")
    yield t.dossier_change, and_(~_erased(change.dossier_id), blank), _TAKEN
    yield from _reasons()
    yield from _accounts()
    yield from _snapshots()
    event = t.audit_event.c
    before = exists().where(t.dossier.c.id == event.dossier_id, erased > event.at)
    since = _erased(event.dossier_id)
    yield t.audit_event, event.erased_at.is_not(None) & ~since, _TAKEN
    yield t.audit_event, event.erased_at.is_(None) & before, _LEFT


def _erased(dossier_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(t.dossier.c.id == dossier_id, t.dossier.c.erased_at.is_not(None))


def _says_something(table: Table) -> ColumnElement[bool]:
    """Say that a column which erasure blanks is not blank."""
    values: Mapping[str, object] = BLANKED[table]
    return or_(
        *(table.c[name].is_not(None) if value is None else table.c[name] != value for name, value in values.items())
    )


def _reasons() -> Iterator[Rule]:
    booking = t.booking.c
    family = exists().where(t.child.c.id == booking.child_id, _erased(t.child.c.dossier_id))
    for column in (booking.derogation, booking.payer_reason):
        yield t.booking, and_(column == "", ~family), _TAKEN
        yield t.booking, and_(column != "", family), _LEFT


def _accounts() -> Iterator[Rule]:
    """Yield accounts of the portal blank or named against what became of their guardian's dossier; codes that still open one."""
    account, code, event = t.portal_account, t.portal_code.c, t.audit_event.c
    erased = account.c.erased_at.is_not(None)
    says = or_(_says_something(account), account.c.username != erased_username())
    nobodys = (account.c.last_name == "") & (account.c.first_name == "")
    of_guardian = exists().where(t.guardian.c.id == account.c.guardian_id, _erased(t.guardian.c.dossier_id))
    once = select(event.subject_id).where(event.subject == account.name, _erased(event.dossier_id))
    of_nobody = account.c.guardian_id.is_(None) & cast(account.c.id, String).in_(once)
    yield account, and_(erased, says), _LEFT
    yield account, and_(~erased, of_guardian), _LEFT
    yield account, and_(erased, ~of_guardian, ~of_nobody), _TAKEN
    yield account, and_(~erased, nobodys), _TAKEN
    opens = exists().where(account.c.id == code.account_id, erased)
    yield t.portal_code, and_(code.ended_at.is_(None), opens), _LEFT
    online = t.online_payment
    family = exists().where(t.payer.c.id == online.c.payer_id, _erased(t.payer.c.dossier_id))
    yield online, and_(family, _says_something(online)), _LEFT


def _snapshots() -> Iterator[Rule]:
    """Yield identities blank or named against what became of their person's dossier."""
    person, payment = t.identity_snapshot.c, t.payment.c
    drawers = (
        select(t.tender.c.drawer_snapshot_id)
        .join(t.payment, payment.id == t.tender.c.payment_id)
        .join(t.payer, t.payer.c.id == payment.payer_id)
        .where(t.tender.c.drawer_snapshot_id.is_not(None), _erased(t.payer.c.dossier_id))
    )
    erased = or_(
        and_(person.kind == SnapshotKind.PAYER.value, _of_an_erased(t.guardian)),
        and_(person.kind == SnapshotKind.CHILD.value, _of_an_erased(t.child)),
        and_(person.kind == SnapshotKind.DRAWER.value, person.id.in_(drawers)),
    )
    blank = or_(person.erased_at.is_not(None), person.name == "")
    yield t.identity_snapshot, and_(blank, ~erased), _TAKEN
    yield t.identity_snapshot, and_(person.erased_at.is_(None), erased), _LEFT


def _of_an_erased(table: Table) -> ColumnElement[bool]:
    return exists().where(table.c.id == t.identity_snapshot.c.person_id, _erased(table.c.dossier_id))
