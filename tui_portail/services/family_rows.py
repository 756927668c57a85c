"""Where a family is in the database: by table, the rows that are about it, for the right of access and for erasure.

Complete by construction: every table is either in `HELD`, with the rows it holds of a family, or in `NOTHING_HELD`, with why it holds
none. A test walks the tables: one added later is in one of the two, or the test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, or_, select

from models import tables as t
from models.states import ChangeSubject, SnapshotKind
from tui_portail.errors import InvalidInput
from tui_portail.services.family_facts import DossierUnknown
from tui_portail.services.ledger import OF_PAYERS


@dataclass(frozen=True, slots=True)
class FamilyIds:
    """Whose rows are looked for: the dossier and those merged into it, all its guardians or one, their accounts, the children.

    `guardian_id`: one guardian's own rows only, nothing of the other parent's; None: the whole family's.
    """

    dossiers: tuple[int, ...]
    guardians: tuple[int, ...]
    payers: tuple[int, ...]
    children: tuple[int, ...]
    guardian_id: int | None = None


def family_of(connection: Connection, dossier_id: int, guardian_id: int | None = None) -> FamilyIds:
    """Return whose rows make a family. Raises DossierUnknown, InvalidInput for a guardian of another dossier."""
    dossiers = _with_merged(connection, dossier_id)

    def ids(table: Table, *conditions: ColumnElement[bool]) -> tuple[int, ...]:
        query = select(table.c.id).where(table.c.dossier_id.in_(dossiers), *conditions).order_by(table.c.id)
        return tuple(connection.scalars(query))

    children = ids(t.child)
    if guardian_id is None:
        return FamilyIds(dossiers, ids(t.guardian), ids(t.payer), children)
    if not ids(t.guardian, t.guardian.c.id == guardian_id):
        raise InvalidInput("Ce responsable n’est pas de ce dossier : choisissez-le parmi ceux du dossier.")
    own = ids(t.payer, t.payer.c.guardian_id == guardian_id)
    payers = ids(
        t.payer, t.payer.c.id.in_(own) | t.payer.c.joined_into_id.in_(own)
    )  # other accounts of the same person
    same = select(t.payer.c.guardian_id).where(t.payer.c.id.in_(payers))
    guardians = ids(t.guardian, (t.guardian.c.id == guardian_id) | t.guardian.c.id.in_(same))
    return FamilyIds(dossiers, guardians, payers, children, guardian_id)


def _with_merged(connection: Connection, dossier_id: int) -> tuple[int, ...]:
    """Return the dossier and those merged into it, whatever the number of merges between."""
    if connection.scalar(select(t.dossier.c.id).where(t.dossier.c.id == dossier_id)) is None:
        raise DossierUnknown
    found, newest = [dossier_id], [dossier_id]
    while newest:
        merged = select(t.dossier.c.id).where(t.dossier.c.merged_into_id.in_(newest)).order_by(t.dossier.c.id)
        newest = [one for one in connection.scalars(merged) if one not in found]
        found += newest
    return tuple(found)


Held = Callable[[FamilyIds], ColumnElement[bool]]


def _by(table: Table, column: str, ids: str) -> Held:
    return lambda family: table.c[column].in_(getattr(family, ids))


def _paid(table: Table) -> Held:
    """The rows of the family's payments."""
    return lambda family: table.c.payment_id.in_(select(t.payment.c.id).where(t.payment.c.payer_id.in_(family.payers)))


def _of_avoirs(table: Table) -> Held:
    return lambda family: table.c.avoir_id.in_(select(t.avoir.c.id).where(t.avoir.c.payer_id.in_(family.payers)))


def _snapshots(family: FamilyIds) -> ColumnElement[bool]:
    person = t.identity_snapshot.c
    drawers = select(t.tender.c.drawer_snapshot_id).where(_paid(t.tender)(family))
    return or_(
        and_(person.kind == SnapshotKind.PAYER.value, person.person_id.in_(family.guardians)),
        and_(person.kind == SnapshotKind.CHILD.value, person.person_id.in_(family.children)),
        and_(person.kind == SnapshotKind.DRAWER.value, person.id.in_(drawers)),
    )


def _papers(family: FamilyIds) -> ColumnElement[bool]:
    paper = t.supporting_document.c
    of_dossier = paper.dossier_id.in_(family.dossiers)
    if family.guardian_id is None:
        return of_dossier
    return of_dossier & or_(paper.guardian_id.is_(None), paper.guardian_id.in_(family.guardians))


def _letters(family: FamilyIds) -> ColumnElement[bool]:
    letter = t.letter_printed.c
    of_dossier = letter.dossier_id.in_(family.dossiers)
    if family.guardian_id is None:
        return of_dossier
    return of_dossier & or_(letter.guardian_id.is_(None), letter.guardian_id.in_(family.guardians))


def _exceptions(family: FamilyIds) -> ColumnElement[bool]:
    days = t.custody_exception.c
    of_children = days.child_id.in_(family.children)
    return of_children if family.guardian_id is None else of_children & days.payer_id.in_(family.payers)


def _bookings(family: FamilyIds) -> ColumnElement[bool]:
    """The days of the children that these accounts pay: by the children first, whose days are in an index."""
    return t.booking.c.child_id.in_(family.children) & t.booking.c.payer_id.in_(family.payers)


def _absences(family: FamilyIds) -> ColumnElement[bool]:
    proof, booking = t.absence_proof.c, t.booking.c
    of_dossier = proof.dossier_id.in_(family.dossiers)
    if family.guardian_id is None:
        return of_dossier
    own = select(booking.proof_id).where(_bookings(family), booking.proof_id.is_not(None))
    return of_dossier & proof.id.in_(own)


def _accounts(family: FamilyIds) -> ColumnElement[bool]:
    """The accounts on the portal linked to the guardians, and those that were and are linked to nobody now."""
    account, change, event = t.portal_account.c, t.dossier_change.c, t.audit_event.c
    linking = select(change.operation_id).where(
        change.dossier_id.in_(family.dossiers),
        change.subject == ChangeSubject.GUARDIAN.value,
        change.subject_id.in_(family.guardians),
        change.field == "linked_at",
    )
    once = select(event.subject_id).where(event.operation_id.in_(linking), event.subject == t.portal_account.name)
    unlinked = account.guardian_id.is_(None) & cast(account.id, String).in_(once)
    return or_(account.guardian_id.in_(family.guardians), unlinked)


def _of_accounts(table: Table) -> Held:
    return lambda family: table.c.account_id.in_(select(t.portal_account.c.id).where(_accounts(family)))


_OF_CHILDREN = (
    ChangeSubject.CHILD,
    ChangeSubject.SCHOOLING,
    ChangeSubject.ALSH,
    ChangeSubject.CONSENT,
    ChangeSubject.WEEK_PATTERN,
)


def _changes(family: FamilyIds) -> ColumnElement[bool]:
    change, quotient, paper = t.dossier_change.c, t.quotient_familial.c, t.supporting_document.c
    of_dossier = change.dossier_id.in_(family.dossiers)
    if family.guardian_id is None:
        return of_dossier

    def about(subject: ChangeSubject, ids: object) -> ColumnElement[bool]:
        return and_(change.subject == subject.value, change.subject_id.in_(ids))  # type: ignore[arg-type]

    free_words = and_(change.subject == ChangeSubject.WEEK_PATTERN.value, change.field == "name")  # either parent's
    return (
        of_dossier
        & ~free_words
        & or_(
            change.subject.in_([subject.value for subject in _OF_CHILDREN]),
            about(ChangeSubject.GUARDIAN, family.guardians),
            about(ChangeSubject.PAYER, family.payers),
            about(ChangeSubject.QUOTIENT, select(quotient.id).where(quotient.payer_id.in_(family.payers))),
            about(ChangeSubject.PAPER, select(paper.id).where(_papers(family))),
        )
    )


def _events(family: FamilyIds) -> ColumnElement[bool]:
    """The gestures on the dossier; for one guardian, those on the children's rows and on their own, baskets and payments included."""
    event = t.audit_event.c
    of_dossier = event.dossier_id.in_(family.dossiers)
    if family.guardian_id is None:
        return of_dossier
    own = select(t.dossier_change.c.operation_id).where(_changes(family))
    paid = select(t.journal_entry.c.operation_id).where(
        t.journal_entry.c.seq == t.payment.c.entry_seq,
        t.journal_entry.c.regie_id == t.payment.c.regie_id,
        t.payment.c.payer_id.in_(family.payers),
    )
    accounts = select(cast(t.portal_account.c.id, String)).where(_accounts(family))
    of_account = and_(event.subject == t.portal_account.name, event.subject_id.in_(accounts))
    return of_dossier & or_(event.operation_id.in_(own), event.operation_id.in_(paid), of_account)


HELD: Mapping[Table, Held] = {
    t.dossier: _by(t.dossier, "id", "dossiers"),
    t.guardian: _by(t.guardian, "id", "guardians"),
    t.payer: _by(t.payer, "id", "payers"),
    t.quotient_familial: _by(t.quotient_familial, "payer_id", "payers"),
    t.child: _by(t.child, "id", "children"),
    t.schooling: _by(t.schooling, "child_id", "children"),
    t.alsh_enrolment: _by(t.alsh_enrolment, "child_id", "children"),
    t.custody_pattern: _by(t.custody_pattern, "child_id", "children"),
    t.custody_exception: _exceptions,
    t.contact_person: _by(t.contact_person, "dossier_id", "dossiers"),
    t.consent: _by(t.consent, "dossier_id", "dossiers"),
    t.supporting_document: _papers,
    t.appointment: _by(t.appointment, "dossier_id", "dossiers"),
    t.letter_printed: _letters,
    t.basket: _by(t.basket, "payer_id", "payers"),
    t.booking: _bookings,
    t.absence_proof: _absences,
    t.waiting_entry: _by(t.waiting_entry, "child_id", "children"),
    t.attendance: _by(t.attendance, "child_id", "children"),
    t.week_pattern: _by(t.week_pattern, "child_id", "children"),
    t.day_closure_line: lambda family: t.day_closure_line.c.booking_id.in_(
        select(t.booking.c.id).where(_bookings(family))
    ),
    t.payment: _by(t.payment, "payer_id", "payers"),
    t.tender: _paid(t.tender),
    t.payment_line: _paid(t.payment_line),
    t.tender_allocation: _paid(t.tender_allocation),
    t.quittance: _paid(t.quittance),
    t.quittance_copy: lambda family: t.quittance_copy.c.quittance_id.in_(
        select(t.quittance.c.id).where(_paid(t.quittance)(family))
    ),
    t.reversal: _paid(t.reversal),
    t.reversal_line: _paid(t.reversal_line),
    t.reversal_tender: _paid(t.reversal_tender),
    t.late_unpaid: _paid(t.late_unpaid),
    t.avoir: _by(t.avoir, "payer_id", "payers"),
    t.avoir_line: _of_avoirs(t.avoir_line),
    t.avoir_use: _of_avoirs(t.avoir_use),
    t.avoir_withdrawal: _of_avoirs(t.avoir_withdrawal),
    t.refund: _by(t.refund, "payer_id", "payers"),
    t.payer_transfer: _by(t.payer_transfer, "from_payer_id", "payers"),
    t.posting: lambda family: t.posting.c.account.in_(OF_PAYERS) & t.posting.c.payer_id.in_(family.payers),
    t.portal_account: _accounts,
    t.portal_code: _of_accounts(t.portal_code),
    t.terms_accepted: _of_accounts(t.terms_accepted),
    t.online_payment: _by(t.online_payment, "payer_id", "payers"),
    t.online_payment_line: lambda family: t.online_payment_line.c.online_payment_id.in_(
        select(t.online_payment.c.id).where(t.online_payment.c.payer_id.in_(family.payers))
    ),
    t.identity_snapshot: _snapshots,
    t.dossier_change: _changes,
    t.audit_event: _events,
}
"""What each table holds of a family."""

_SET_UP, _AGENTS, _TILL = "réglages de la commune", "agents du service", "comptes de la caisse, sans personne"
_REFERENCES = "références de lignes remises par ailleurs"
NOTHING_HELD: Mapping[Table, str] = {
    **dict.fromkeys(
        (t.activity, t.coat_of_arms, t.commune_version, t.import_map, t.letter_template, t.offering, t.regie), _SET_UP
    ),
    **dict.fromkeys((t.school, t.site, t.slot, t.slot_age_limit, t.till), _SET_UP),
    **dict.fromkeys((t.day_closure, t.day_closure_activity), "journées annulées pour toutes les familles"),
    **dict.fromkeys((t.meal_order, t.meal_order_line), "nombres de repas, sans personne"),
    **dict.fromkeys((t.menu, t.menu_dish, t.news), "publié pour toutes les familles"),
    **dict.fromkeys((t.agent, t.agent_role, t.unknown_sign_in), _AGENTS),
    **dict.fromkeys((t.cash_count, t.cash_movement, t.deposit_slip, t.deposit_slip_cash, t.period_closing), _TILL),
    **dict.fromkeys((t.till_closing, t.till_count, t.till_difference, t.till_session), _TILL),
    **dict.fromkeys((t.cheque_count, t.deposit_slip_line, t.journal_entry, t.treasury_line), _REFERENCES),
    t.database_identity: "la base elle-même",
    t.import_run: "fichiers importés, sans leurs lignes",
    t.portal_try: "essais comptés par empreintes, sans retour possible au texte",
    t.treasury_statement: "fichiers du Trésor, sans leurs lignes",
    t.journal_head: "tête du journal",
    t.number_series: "compteurs de numéros",
    t.search_token: "mots des noms remis par ailleurs, défaits par l’effacement",
    t.search_word: "vocabulaire de tous les noms, défait par l’effacement",
}
"""The tables that hold nothing of a family, and why."""
