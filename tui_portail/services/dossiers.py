"""A family's dossier as the screens show it: who, which children, which payers, what they have left, what happened lately.

Read in one snapshot and at most twelve statements, whatever the family's size. Comptabilité never receives what children eat, nor
anything of their health, doctor, insurance, consents, or of who fetches them (`ChildView.care` is then None, the rest empty).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models import tables as t
from models.states import BasketState, BookingState, ProofState
from tui_portail.commune import Commune
from tui_portail.custody import CustodyPattern
from tui_portail.custody_terms import custody_sentences
from tui_portail.errors import InvalidInput
from tui_portail.family_forms import ChildForm, ConsentForm, FamilyForm, FormRefused, GuardianForm
from tui_portail.french import short_date
from tui_portail.instants import in_paris
from tui_portail.planning import CellKey
from tui_portail.policy import BasketKind
from tui_portail.pricing import QuotientFamilial, quotient_on
from tui_portail.services.custody_reading import PATTERN_COLUMNS, patterns_of
from tui_portail.services.debts import owed_cents
from tui_portail.services.desk import Desk
from tui_portail.services.diary import next_appointment_of
from tui_portail.services.dossier_care import ChildCare, ContactView, care_of, contacts_of
from tui_portail.services.dossier_history import ACCOUNT, OperationLine, recent_operations
from tui_portail.services.family_facts import DossierUnknown, alsh_years, avoir_balances, in_force, refuse_merged
from tui_portail.services.family_reading import latest_consents
from tui_portail.services.identities import person_name
from tui_portail.services.registration import RegisteredFamily, register_family
from tui_portail.services.rights import Right
from tui_portail.services.waiting_reading import waiting_of

__all__ = [
    "ChildCare",
    "ChildForm",
    "ChildView",
    "ContactView",
    "DossierUnknown",
    "DossierView",
    "FamilyForm",
    "FormRefused",
    "GuardianForm",
    "GuardianView",
    "OperationLine",
    "PayerView",
    "RegisteredFamily",
    "SchoolView",
    "load_dossier",
    "register_family",
    "schools",
]

RENEWED, ATTENDED = "renouvelé", "fréquenté"


@dataclass(frozen=True, slots=True)
class GuardianView:
    """A parent or another person in charge; `payer_id` when they have a paying account."""

    guardian_id: int
    last_name: str
    first_name: str
    birth_on: date | None
    email: str
    phone: str
    address: str
    postcode: str
    city: str
    payer_id: int | None
    birth_name: str = ""
    phone_2: str = ""
    relation: str = ""
    authority: str = ""
    allowance: str = ""
    """The fund and the number there, « CAF 1234567A »."""
    account_id: int | None = None
    """Of the portal, if any."""


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child today: school, class, level, sites, ALSH years with why, custody in words and the latest pattern agreed, begun or not.

    `meal_supplied` and `care` are None where they may not be seen.
    """

    child_id: int
    last_name: str
    first_name: str
    birth_on: date
    school_code: str
    school_name: str
    class_name: str
    alp_site: str
    alsh_site: str
    meal_supplied: bool | None
    alsh_years: tuple[tuple[int, str], ...]
    custody: str
    custody_pattern: CustodyPattern | None
    level: str = ""
    care: ChildCare | None = None


@dataclass(frozen=True, slots=True)
class PayerView:
    """A paying account: the quotient valid today (cents), avoirs left, the basket on hold with what it would ask, what is owed (cents).

    `quotient_source` is what proved the quotient, `quotient_seen_by` the agent who saw it.
    """

    payer_id: int
    guardian_id: int
    name: str
    rank: int
    resident: bool
    quotient_cents: int | None
    quotient_until: date | None
    avoir_cents: int
    live_basket_id: int | None
    basket_expires_at: datetime | None
    basket_due_cents: int
    quotient_from: date | None = None
    debt_cents: int = 0
    quotient_source: str = ""
    quotient_seen_by: str = ""


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier at one instant. `version` is given back when it is edited; `erased_on`: its persons are named no more since."""

    dossier_id: int
    number: str
    label: str
    version: int
    archived: bool
    guardians: tuple[GuardianView, ...]
    children: tuple[ChildView, ...]
    payers: tuple[PayerView, ...]
    operations: tuple[OperationLine, ...]
    waiting_proofs: int
    next_appointment_at: datetime | None = None
    erased_on: date | None = None
    contacts: tuple[ContactView, ...] = ()
    consents: tuple[ConsentForm, ...] | None = None
    """The family's own; None where they may not be seen."""
    waiting: tuple[WaitingDay, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingDay:
    """A full day that a child waits for: which cell of the planning, in words, and how it stands."""

    key: CellKey
    words: str


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school to choose from, its classes and levels (codes of `school_levels`)."""

    code: str
    name: str
    classes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


def schools(desk: Desk) -> tuple[SchoolView, ...]:
    """Return the commune's schools in the order of its set-up."""
    with desk.read(Right.SEARCH) as connection:
        commune = desk.commune(connection)
    return tuple(
        SchoolView(school.code, school.name, tuple(school.classes), tuple(school.levels)) for school in commune.schools
    )


def load_dossier(desk: Desk, dossier_id: int) -> DossierView:
    """Read a dossier. Raises DossierUnknown, DossierMerged, NotAllowed."""
    with desk.read(Right.SEARCH) as connection:
        agent = desk.require()
        now = desk.instant(connection)
        commune = desk.commune(connection)
        today = in_paris(now).date()
        waiting = (
            select(func.count())
            .where(t.absence_proof.c.dossier_id == dossier_id, t.absence_proof.c.state == ProofState.AWAITED.value)
            .scalar_subquery()
        )
        dossier = connection.execute(
            select(
                t.dossier, waiting.label("waiting"), next_appointment_of(dossier_id, now).label("next_appointment_at")
            ).where(t.dossier.c.id == dossier_id)
        ).first()
        if dossier is None:
            raise DossierUnknown
        refuse_merged(connection, dossier)
        guardians, payers = _guardians_and_payers(connection, dossier_id, today, now)
        names = {payer.payer_id: payer.name for payer in payers}
        sees = agent.may(Right.SEE_DIET)
        consents = latest_consents(connection, dossier_id) if sees else None
        contacts = contacts_of(connection, dossier_id) if sees else ()
        children = _children(connection, commune, dossier_id, today, names, consents)
        called = _called(guardians, payers, children)
        operations = recent_operations(connection, dossier_id, called)
        waited = _waiting(connection, commune, dossier_id, now)
    return DossierView(
        dossier.id,
        dossier.number,
        dossier.label,
        dossier.version,
        dossier.archived_at is not None,
        guardians,
        children,
        payers,
        operations,
        dossier.waiting,
        dossier.next_appointment_at,
        None if dossier.erased_at is None else in_paris(dossier.erased_at).date(),
        contacts,
        consents.get(None, ()) if consents is not None else None,
        waited,
    )


def _waiting(connection: Connection, commune: Commune, dossier_id: int, now: datetime) -> tuple[WaitingDay, ...]:
    found = waiting_of(connection, commune, dossier_id, now, in_paris(now).date())
    return tuple(
        WaitingDay(
            key, f"attend {commune.policy.activity(key.activity).label} du {short_date(key.day)} : {place.short_words}"
        )
        for key, place in sorted(found.items(), key=lambda one: (one[0].day, one[0]))
    )


def _guardians_and_payers(
    connection: Connection, dossier_id: int, today: date, now: datetime
) -> tuple[tuple[GuardianView, ...], tuple[PayerView, ...]]:
    guardian, payer, quotient = t.guardian, t.payer, t.quotient_familial
    rows = connection.execute(
        select(
            guardian,
            payer.c.id.label("payer_id"),
            payer.c.rank,
            payer.c.resident,
            quotient.c.value_cents,
            quotient.c.valid_from_on,
            quotient.c.valid_until_on,
            quotient.c.source.label("quotient_source"),
            t.agent.c.name.label("quotient_seen_by"),
            owed_cents().label("debt_cents"),
            t.portal_account.c.id.label("account_id"),
        )
        .outerjoin(payer, payer.c.guardian_id == guardian.c.id)
        .outerjoin(quotient, quotient.c.payer_id == payer.c.id)
        .outerjoin(t.agent, t.agent.c.id == quotient.c.seen_by)
        .outerjoin(t.portal_account, t.portal_account.c.guardian_id == guardian.c.id)
        .where(guardian.c.dossier_id == dossier_id)
        .order_by(guardian.c.id, quotient.c.id)
    ).all()
    by_guardian: dict[int, list[Any]] = {}
    for row in rows:
        by_guardian.setdefault(row.id, []).append(row)
    first_rows = [found[0] for found in by_guardian.values()]
    payer_ids = [row.payer_id for row in first_rows if row.payer_id is not None]
    avoirs = {
        payer_id: sum(avoir.remaining_cents for avoir in balances)
        for payer_id, balances in avoir_balances(connection, payer_ids).items()
    }
    baskets = _live_baskets(connection, payer_ids, now)
    guardians = tuple(
        GuardianView(
            row.id,
            row.last_name,
            row.first_name,
            row.birth_on,
            row.email,
            row.phone,
            row.address,
            row.postcode,
            row.city,
            row.payer_id,
            row.birth_name,
            row.phone_2,
            row.relation,
            row.authority,
            f"{row.allowance_fund} {row.allowance_number}".strip(),
            row.account_id,
        )
        for row in first_rows
    )
    payers = [
        _payer_view(found, today, avoirs.get(found[0].payer_id, 0), baskets.get(found[0].payer_id))
        for found in by_guardian.values()
        if found[0].payer_id is not None
    ]
    return guardians, tuple(sorted(payers, key=lambda view: (view.rank, view.payer_id)))


def _called(
    guardians: Iterable[GuardianView], payers: Iterable[PayerView], children: Iterable[ChildView]
) -> dict[tuple[str, int], str]:
    """Return how each person of the dossier is called, by table and id."""
    names = {("guardian", one.guardian_id): person_name(one.first_name, one.last_name) for one in guardians}
    return {
        **names,
        **{(ACCOUNT, one.account_id): names["guardian", one.guardian_id] for one in guardians if one.account_id},
        **{("payer", one.payer_id): one.name for one in payers},
        **{("child", one.child_id): person_name(one.first_name, one.last_name) for one in children},
    }


def _payer_view(rows: list[Any], today: date, avoir_cents: int, basket: Any | None) -> PayerView:
    first = rows[0]
    quotients = {
        QuotientFamilial(row.value_cents, row.valid_from_on, row.valid_until_on): row
        for row in rows
        if row.value_cents is not None
    }
    proven = quotient_on(quotients, today)
    proof = quotients[proven] if proven else None
    return PayerView(
        first.payer_id,
        first.id,
        person_name(first.first_name, first.last_name),
        first.rank,
        bool(first.resident),
        proven.value_cents if proven else None,
        proven.valid_until if proven else None,
        avoir_cents,
        basket.id if basket else None,
        basket.expires_at if basket else None,
        max(int(basket.total) - avoir_cents, 0) if basket else 0,
        proven.valid_from if proven else None,
        int(first.debt_cents or 0),
        proof.quotient_source if proof else "",
        (proof.quotient_seen_by or "") if proof else "",
    )


def _live_baskets(connection: Connection, payer_ids: list[int], now: datetime) -> dict[int, Any]:
    """Return the réservation on hold of each payer, with the total of its lines."""
    if not payer_ids:
        return {}
    basket, booking = t.basket, t.booking
    rows = connection.execute(
        select(
            basket.c.id,
            basket.c.payer_id,
            basket.c.expires_at,
            func.coalesce(func.sum(booking.c.price_cents), 0).label("total"),
        )
        .outerjoin(booking, (booking.c.basket_id == basket.c.id) & (booking.c.state == BookingState.HELD.value))
        .where(
            basket.c.payer_id.in_(payer_ids),
            basket.c.state == BasketState.OPEN.value,
            basket.c.kind == BasketKind.RESERVATION.value,
            basket.c.expires_at > now,
        )
        .group_by(basket.c.id, basket.c.payer_id, basket.c.expires_at)
    )
    return {row.payer_id: row for row in rows}


def _children(
    connection: Connection,
    commune: Commune,
    dossier_id: int,
    today: date,
    payers: dict[int, str],
    consents: Mapping[int | None, tuple[ConsentForm, ...]] | None,
) -> tuple[ChildView, ...]:
    child, schooling, custody = t.child, t.schooling, t.custody_pattern
    rows = connection.execute(
        select(
            child,
            schooling.c.school_code,
            schooling.c.class_name,
            schooling.c.level,
            schooling.c.from_on.label("school_from"),
            *PATTERN_COLUMNS,
        )
        .outerjoin(schooling, schooling.c.child_id == child.c.id)
        .outerjoin(custody, custody.c.child_id == child.c.id)
        .where(child.c.dossier_id == dossier_id, child.c.archived_at.is_(None))
        .order_by(child.c.birth_on, child.c.id)
    ).all()
    by_child: dict[int, list[Any]] = {}
    for row in rows:
        by_child.setdefault(row.id, []).append(row)
    years = alsh_years(connection, commune, dossier_id, today)
    sites = {site.code: site.name for site in commune.sites}
    views = []
    for child_id, found in by_child.items():
        first = found[0]
        school_row = in_force([row for row in found if row.school_from is not None], "school_from", today)
        patterns = patterns_of(found)
        school = commune.school(school_row.school_code) if school_row is not None else None
        facts = years.get(child_id)
        views.append(
            ChildView(
                child_id,
                first.last_name,
                first.first_name,
                first.birth_on,
                school.code if school else "",
                school.name if school else "",
                school_row.class_name if school_row is not None else "",
                sites.get(school.alp_site or "", "") if school else "",
                sites.get(school.alsh_site or "", "") if school else "",
                bool(first.meal_supplied) if consents is not None else None,
                tuple(
                    sorted([(y, ATTENDED) for y in facts.attended_years] + [(y, RENEWED) for y in facts.renewed_years])
                )
                if facts
                else (),
                custody_sentences(patterns, payers, today),
                patterns[-1] if patterns else None,
                school_row.level if school_row is not None else "",
                care_of(first, consents.get(child_id, ())) if consents is not None else None,
            )
        )
    return tuple(views)


def dossier_of(connection: Connection, table: Any, row_id: int) -> int:
    """Return the dossier of a payer or of a child. Raises InvalidInput when there is none, or another row is shown for that person."""
    shown_instead = table.c.merged_into_id if table is t.child else table.c.joined_into_id
    dossier_id = connection.scalar(select(table.c.dossier_id).where(table.c.id == row_id, shown_instead.is_(None)))
    if dossier_id is None:
        raise InvalidInput("Cette personne n’est plus dans le dossier. Rouvrez-le, puis recommencez.")
    return int(dossier_id)
